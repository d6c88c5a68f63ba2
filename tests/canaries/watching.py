"""All that a command shows beside its output: log records, errors with their frames, live objects.

Every logger speaks at DEBUG, asyncio and Python's development mode too; nothing of it may hold a
secret, whoever keeps or sends it.
"""

from __future__ import annotations

import dataclasses
import gc
import logging
import os
import pickle
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

#: Where frames know the canaries by right.
OURS = str(Path(__file__).resolve().parent)

#: Whose objects live as long as a command; rules, words and indicators are tables.
HOLDERS = tuple(
    f"runner.{room}"
    for room in ("commands", "engine", "exchange", "journal", "model", "report", "secrets")
)


class Everything(logging.Handler):
    """Remembers records as a log writes them, and all that a formatter could add to them."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        text = errors_of(error) if error is not None else ""
        self.lines.append(f"{self.format(record)} {record.args!r} {record.msg!r} {text}")


@contextmanager
def listening() -> Iterator[Everything]:
    """Every logger there is hands every record on."""
    heard, root = Everything(), logging.root
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.propagate, one.disabled) for one in (root, *known)]
    for one, *_ in before:
        one.setLevel(logging.DEBUG)
        one.propagate, one.disabled = True, False
    root.addHandler(heard)
    logging.captureWarnings(True)
    try:
        yield heard
    finally:
        logging.captureWarnings(False)
        root.removeHandler(heard)
        for one, level, propagate, disabled in before:
            one.setLevel(level)
            one.propagate, one.disabled = propagate, disabled


def errors_of(error: BaseException | None) -> str:
    """An error as a crash report with locals shows it; causes, contexts and groups too."""
    text, seen = "", set[int]()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        text += "".join(traceback.format_exception(one)) + repr(one) + repr(vars(one))
        for frame, _ in traceback.walk_tb(one.__traceback__):
            text += locals_of(frame)
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return text


def locals_of(frame: FrameType) -> str:
    """Values of a frame, unless it is one of these tests."""
    if frame.f_code.co_filename.startswith(OURS):
        return ""
    return "".join(f"\n{name} = {shown(value)}" for name, value in frame.f_locals.items())


def shown(value: object) -> str:
    try:
        return repr(value)
    except Exception as broken:  # half-made objects of other libraries
        return f"{type(value).__name__} has no repr: {type(broken).__name__}"


def living() -> bytes:
    """What all objects of runner's own types show: printed, formatted, pickled, taken apart."""
    content = BytesIO()
    for one in gc.get_objects():
        kind = type(one)
        if isinstance(one, type) or not str(kind.__module__).startswith(HOLDERS):
            continue
        content.write(f"\n{kind.__qualname__}: {shown(one)} {one!s} {one}".encode(errors="replace"))
        content.write(taken_apart(one))
    return content.getvalue()


def taken_apart(one: Any) -> bytes:
    """As programs carry values on: pickled, or as a dict of fields."""
    found = b""
    try:
        found += pickle.dumps(one)
    except Exception:
        found += b"not pickled"
    if dataclasses.is_dataclass(one):
        fields = [getattr(one, field.name, None) for field in dataclasses.fields(one)]
        found += shown(fields).encode(errors="replace")
    return found


def process() -> bytes:
    """What other programs of this user see of this process, but for its environment."""
    own = Path("/proc/self")
    links = []
    for descriptor in (own / "fd").iterdir():
        try:
            links.append(os.readlink(descriptor))
        except OSError:
            continue
    return (own / "cmdline").read_bytes() + "\n".join(links).encode(errors="surrogateescape")
