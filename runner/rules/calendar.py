"""A calendar of a blackout: a CSV file with a column `time`, read when the rules are.

In: the rule file's path, and the calendar's as written there. Out: UTC milliseconds, ascending. A
message names rows, and never what stands in them: the path may be of another file than meant.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath

from runner.language.words import quoted

_MOST_BYTES = 1 << 20
_MS = re.compile(r"[0-9]{12,14}\Z")  # from 2001 on
_UTC_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|\+00:00)\Z"
)
_EXAMPLE = "write `2026-11-06T13:30:00Z`, or milliseconds since 1970"


class Unusable(Exception):
    """The file cannot be used; the message says why, `help` what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def beside(rule_file: str, written: str) -> Path:
    """A path of a rule file, which counts from its folder; raises Unusable for an absolute one."""
    if PurePosixPath(written).is_absolute() or PureWindowsPath(written).drive:
        help = "write it relative to the rule file, so that both travel together"
        raise Unusable("an absolute path holds on one machine only", help)
    return Path(rule_file).parent / written


def instants_of(rule_file: str, written: str) -> tuple[int, ...]:
    """All instants of a calendar, each once."""
    import csv

    lines = _text(beside(rule_file, written), written).splitlines()
    try:
        header, *rows = csv.reader(lines) if lines else [[""]]
    except csv.Error:
        raise Unusable(f"{quoted(written)} is not a CSV file", _EXAMPLE) from None
    if "time" not in header:
        raise Unusable(f"{quoted(written)} has no column `time`", "name it in the first line")
    at = header.index("time")
    found = {
        _instant(row[at].strip() if at < len(row) else "", written, line)
        for line, row in enumerate(rows, start=2)
        if row
    }
    if not found:
        raise Unusable(f"{quoted(written)} holds no instant", "add rows, or remove the blackout")
    return tuple(sorted(found))


def _text(path: Path, written: str) -> str:
    help = "paths are relative to the rule file"
    if not path.is_file():
        raise Unusable(f"there is no file {quoted(written)}", help)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise Unusable(f"{quoted(written)}: {reason}", help) from None
    if len(data) > _MOST_BYTES:
        raise Unusable(
            f"{quoted(written)} is larger than 1 MiB", "keep the instants that still matter"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable(f"{quoted(written)} is not UTF-8", "save it as UTF-8") from None


def _instant(text: str, written: str, line: int) -> int:
    if _MS.match(text):
        return int(text)
    if _UTC_INSTANT.match(text):
        try:
            read = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            pass  # such as the 30th of February
        else:
            return (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    raise Unusable(f"line {line} of {quoted(written)} holds no UTC instant in `time`", _EXAMPLE)
