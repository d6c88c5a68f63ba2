"""Numbers with a time each in CSV: rates of funding, and the files that `inputs:` names.

In: a `.csv` or `.csv.gz` whose first column is a time: UTC milliseconds, an ISO date or an ISO date
and time (UTC unless it says otherwise). Out: times and one named column of numbers. A refusal names
lines and never what stands there: the path may be of another file than meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from runner.data.content import content_of
from runner.model.clock import iso
from runner.model.errors import Refused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Timed = tuple["NDArray[np.int64]", "NDArray[np.float64]"]

_MIN_MS, _MAX_MS = 100_000_000_000, 4_000_000_000_000  # 1973 to 2096
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.?[0-9]*)([eE][-+]?[0-9]+)?\Z")
_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_timed(path: Path, column: str, holds: str) -> Timed:
    """Times (UTC ms, rising) and the numbers of `column`; Refused at the first wrong line."""
    import numpy as np

    times: list[int] = []
    values: list[float] = []
    for line, time, text in _cells(path, column, holds):
        instant = _instant(time)
        if instant is None:
            raise _wrong(path, line, "the time is no UTC milliseconds and no ISO date")
        if times and instant <= times[-1]:
            raise _wrong(
                path,
                line,
                f"{iso(instant)} is not later than the line before it; sort the file, drop "
                "duplicates",
            )
        times.append(instant)
        values.append(_value(path, line, column, text))
    if not times:
        raise Refused(f"{path} holds no {holds}; add lines or name another file")
    return np.array(times, dtype=np.int64), np.array(values, dtype=np.float64)


def _cells(path: Path, column: str, holds: str) -> Iterator[tuple[int, str, str]]:
    """Line number, time and wanted cell of every row."""
    import csv
    import io

    try:
        text = content_of(path, holds).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{path} is no text in UTF-8; save it as CSV") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        at = _place(path, header, column)
        for row in rows:
            if len(row) != len(header):
                raise _wrong(path, rows.line_num, _count(row, header))
            yield rows.line_num, row[0].strip(), row[at].strip()
    except csv.Error:
        raise _wrong(path, rows.line_num, "the line is no CSV; check its quotes") from None


def _place(path: Path, header: list[str], column: str) -> int:
    """Where the wanted column is; the first one is the time."""
    if header and _instant(header[0]) is not None:
        raise Refused(f"{path}:1: the first line must name the columns, such as `time,{column}`")
    found = [at for at, name in enumerate(header) if name == column and at > 0]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"{path}:1: {len(found)} columns are named `{column}`; rename all but one")
    raise Refused(
        f"{path}:1: no column `{column}` behind the time; "
        f"the first line must name the columns, such as `time,{column}`"
    )


def _count(row: list[str], header: list[str]) -> str:
    if not row:
        return "the line is empty; remove it"
    are = "value" if len(row) == 1 else "values"
    return f"{len(row)} {are} where {len(header)} are needed; correct or remove it"


def _instant(text: str) -> int | None:
    """UTC milliseconds, rounded up: nothing is known before its time."""
    if _WHOLE.match(text):
        return int(text) if _MIN_MS <= int(text) <= _MAX_MS else None
    if not _MOMENT.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    instant = -((_EPOCH - aware) // timedelta(milliseconds=1))
    return instant if _MIN_MS <= instant <= _MAX_MS else None


def _value(path: Path, line: int, column: str, text: str) -> float:
    if not text:
        raise _wrong(path, line, f"{column} is empty; write a number or remove the line")
    number = float(text) if _NUMBER.match(text) else math.nan
    if not math.isfinite(number):
        raise _wrong(path, line, f"{column} is no plain number; correct it")
    return number


def _wrong(path: Path, line: int, problem: str) -> Refused:
    return Refused(f"{path}:{line}: {problem}")
