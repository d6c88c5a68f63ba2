"""One line of the audit log: canonical JSON that is sealed with a hash over all that came before.

A line is `{"body":BODY,"hash":"HASH"}`, and HASH the SHA-256 of the hash of the line before it
(64 characters) and BODY as they stand in the file. docs/guide/audit.md specifies every member.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from runner.journal.auditshape import misfit

FORMAT = 1

#: What the first line of a log names as the one before it.
NOTHING = "0" * 64

#: Types of the line that a file begins with.
GENESIS, ROTATION, GAP, CALL = "genesis", "rotation", "gap", "call"
_OPENING = frozenset({GENESIS, ROTATION, GAP})

_HEAD, _MIDDLE, _TAIL = b'{"body":', b',"hash":"', b'"}\n'
_SEAL = len(_MIDDLE) + 64 + len(_TAIL)

CUT_OFF = "is cut off"

#: No line has so many bytes: what has may be no log, and larger than the memory.
MOST_BYTES = 16 * 2**20


class Mark(NamedTuple):
    """A line: its number in the whole log, from 1, and its hash."""

    seq: int
    hash: str


class Line(NamedTuple):
    """An intact line; `body` is what it tells."""

    mark: Mark
    body: Mapping[str, Any]


class Bad(Exception):
    """The first line of a file that is not intact: its number in the file, from 1, and why."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(number, reason)
        self.number, self.reason = number, reason


def sealed(body: Mapping[str, object], prev: str) -> tuple[bytes, str]:
    """The line, and its hash; `prev`: the hash of the line before."""
    content = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    digest = sha256(prev.encode() + content).hexdigest()
    return b"".join((_HEAD, content, _MIDDLE, digest.encode(), _TAIL)), digest


def intact(path: Path) -> Iterator[Line]:
    """The lines of a file up to its end, or to its first bad one: raises Bad, or OSError."""
    prev, seq, number = b"", 0, 0
    with path.open("rb") as file:
        for number, text in enumerate(iter(partial(file.readline, MOST_BYTES), b""), 1):
            if len(text) == MOST_BYTES:
                raise Bad(number, "is longer than any line of a log")
            content, digest = text[len(_HEAD) : -_SEAL], text[-_SEAL + len(_MIDDLE) : -len(_TAIL)]
            if number == 1:
                prev, seq = _before(text, content)
            if sha256(prev + content).hexdigest().encode() != digest or not _is_framed(text):
                raise Bad(number, _reason(text))
            body = _read(number, content)
            seq += 1
            if body.get("seq") != seq:
                raise Bad(number, f"has another number than {seq}")
            if wrong := misfit(body, number == 1):
                raise Bad(number, wrong)
            yield Line(Mark(seq, digest.decode()), body)
            prev = digest
    if number == 0:
        raise Bad(1, "is missing")


def _before(text: bytes, content: bytes) -> tuple[bytes, int]:
    """What the first line of a file says of the line before it."""
    try:
        opening = orjson.loads(content)
        known = opening["type"] in _OPENING and opening["format"] == FORMAT
        prev, seq = opening["prev"].encode("ascii"), opening["seq"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Bad(1, _reason(text)) from None
    if not known or len(prev) != 64 or type(seq) is not int or seq < 1:
        raise Bad(1, f"does not begin a log of format {FORMAT}")
    return prev, seq - 1


def _is_framed(text: bytes) -> bool:
    middle = text[-_SEAL : -_SEAL + len(_MIDDLE)]
    return text.startswith(_HEAD) and text.endswith(_TAIL) and middle == _MIDDLE


def _read(number: int, content: bytes) -> dict[str, Any]:
    """The body, if there is no other way to write it."""
    try:
        body = orjson.loads(content)
        same = content.isascii() and orjson.dumps(body, option=orjson.OPT_SORT_KEYS) == content
    except ValueError:
        body, same = None, False
    if not isinstance(body, dict) or not same:
        raise Bad(number, "is not canonical JSON")
    return body


def _reason(text: bytes) -> str:
    if not text.endswith(b"\n"):
        return CUT_OFF
    return "is not as written, or does not follow the line before it"
