"""Bars in CSV: read fast, believed only when every row is right.

In: a `.csv` or `.csv.gz` with the header `timestamp,open,high,low,close,volume`. Out: a table with
one row per bar. A refusal names the file, the line and what to do about it, and never what stands
there: the path may be of another file than meant, one of secrets even.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from runner.data.content import content_of
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Refused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
HEADER = ",".join(COLUMNS)
FIRST_LINE = 2  # of the bars; line 1 is the header

_OF_NUMBERS = b"0123456789.-+eE"
_ROW = b"," * (len(COLUMNS) - 1) + b"\n"  # what remains of a row without its numbers
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
_CHUNK = 1 << 18  # 256 KiB of text at a time: what a processor's cache holds
_MIN_MS, _MAX_MS = 100_000_000_000, 4_000_000_000_000  # 1973 to 2096


def read(path: Path, timeframe: Timeframe) -> NDArray[np.float64]:
    """Rows of `COLUMNS`; raises Refused at the first line that is wrong."""
    return _believed(path, _body(path, content_of(path, "bars")), timeframe)


def read_mark(path: Path, timeframe: Timeframe) -> NDArray[np.float64]:
    """Bars of mark prices: the same, but volume may be empty (nobody trades at a mark price)."""
    body = _body(path, content_of(path, "mark prices"))
    return _believed(path, (body + b"\n").replace(b",\n", b",0\n")[:-1], timeframe)


def _believed(path: Path, body: bytes, timeframe: Timeframe) -> NDArray[np.float64]:
    table = _numbers(path, body)
    _refuse_impossible_bars(path, table)
    _refuse_other_timeframe(path, table, timeframe)
    return table


def _body(path: Path, content: bytes) -> bytes:
    """What follows the header, lines ending in one newline."""
    text = content.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    header, _, body = text.partition(b"\n")
    body = body.rstrip(b"\n")
    if not content:
        raise Refused(f"{path} is empty; download the data again")
    if header != HEADER.encode():
        raise Refused(f"{path}:1: the first line must be `{HEADER}`{_known_names(header)}")
    if not body:
        raise Refused(f"{path} holds no bars; download the data again")
    return body


def _known_names(header: bytes) -> str:
    """Which of our columns a wrong header has; its other words are not ours to show."""
    there = {name.strip().lower() for name in header.decode("latin-1").split(",")}
    named = [name for name in COLUMNS if name in there]
    return f"; of these it has {', '.join(f'`{name}`' for name in named)}" if named else ""


def _numbers(path: Path, body: bytes) -> NDArray[np.float64]:
    import numpy as np
    import orjson

    rows = body.count(b"\n") + 1
    if body.translate(None, _OF_NUMBERS) + b"\n" != _ROW * rows:
        raise _first_wrong_line(path, body)
    chunks, at = [], 0
    try:
        while at < len(body):
            cut = body.find(b"\n", at + _CHUNK)
            end = len(body) if cut < 0 else cut
            values = orjson.loads(b"[" + body[at:end].replace(b"\n", b",") + b"]")
            chunks.append(np.array(values, dtype=np.float64))
            at = end + 1
    except orjson.JSONDecodeError:
        raise _first_wrong_line(path, body) from None
    return np.concatenate(chunks).reshape(rows, len(COLUMNS))


def _first_wrong_line(path: Path, body: bytes) -> Refused:
    """Looks again, slowly, for words."""
    lines = body.decode("ascii", "replace").split("\n")
    for number, line in enumerate(lines, FIRST_LINE):
        problem = _problem_of(line)
        if problem is not None:
            last = number == len(lines) + FIRST_LINE - 1
            help_ = "the file may be cut off: download it again" if last else "correct or remove it"
            return Refused(f"{path}:{number}: {problem}; {help_}")
    raise AssertionError("the fast reader refused what the slow one takes")


def _problem_of(line: str) -> str | None:
    if not line:
        return "the line is empty"
    fields = line.split(",")
    if len(fields) != len(COLUMNS):
        return f"{len(fields)} values where {len(COLUMNS)} are needed (`{HEADER}`)"
    for name, field in zip(COLUMNS, fields, strict=True):
        if not field:
            return f"{name} is empty"
        if not _NUMBER.match(field) or not math.isfinite(float(field)):
            return f"{name} is no plain number"
    return None


def _refuse_impossible_bars(path: Path, table: NDArray[np.float64]) -> None:
    """The first row that no market could have made; of several faults in it, the first listed."""
    import numpy as np

    time, open_, high, low, close, volume = table.T
    later = np.full(len(time), True)
    later[1:] = time[1:] > time[:-1]
    checks = (
        ((time < _MIN_MS) | (time > _MAX_MS), "the timestamp is not in UTC milliseconds"),
        (time != np.floor(time), "the timestamp is not a whole number of milliseconds"),
        (~later, "the bar is not later than the one before it; sort the file, drop duplicates"),
        ((table[:, 1:5] <= 0.0).any(axis=1), "a price is not above zero"),
        (high < low, "high is below low"),
        (high < np.maximum(open_, close), "high is below open or close"),
        (low > np.minimum(open_, close), "low is above open or close"),
        (volume < 0.0, "volume is below zero"),
    )
    found = [(int(np.argmax(wrong)), text) for wrong, text in checks if wrong.any()]
    if found:
        row, text = min(found, key=lambda fault: fault[0])
        raise Refused(f"{path}:{row + FIRST_LINE}: {_with_help(text, time, row)}")


def _with_help(text: str, time: NDArray[np.float64], row: int) -> str:
    if "milliseconds" in text:
        return f"{text}: {time[row]:.17g}; multiply seconds by 1000, divide microseconds by 1000"
    if "later" in text:
        return f"{text} (it opens at {iso(int(time[row]))})"
    return f"{text} in the bar of {iso(int(time[row]))}; correct or remove it"


def _refuse_other_timeframe(path: Path, table: NDArray[np.float64], timeframe: Timeframe) -> None:
    """Bars may be missing and a few may be off the grid (both are real); most must fit."""
    import numpy as np

    steps = np.diff(table[:, 0])
    shorter = np.count_nonzero(steps < timeframe.ms)
    # 5 %: ten times what the oddest real file has. 10 steps: fewer may all be outages.
    if shorter <= 0.05 * len(steps) and (len(steps) < 10 or (steps == timeframe.ms).any()):
        return
    usual = int(np.median(steps)) // 1000
    raise Refused(
        f"{path} holds no bars of {timeframe.text}: they are {usual} s apart; "
        "name the file of that timeframe, or change `timeframe`"
    )
