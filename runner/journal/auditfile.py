"""The files of an audit log as they lie in a folder, and whether they are intact.

The newest is `audit.jsonl`; full ones lie beside it as `audit-000001.jsonl` and so on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from runner.journal.auditline import CUT_OFF, GAP, Bad, Line, Mark, intact
from runner.model.values import dataclass

AUDIT_FILE = "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Examined:
    """A file up to its end or its first bad line. `found`: which of the hashes asked for it has."""

    path: Path
    first: Line | None  # `None`: it has no intact line
    last: Mark | None
    lines: int  # intact ones
    bytes: int  # of these
    bad: tuple[int, str] | None  # number in the file, and why
    found: frozenset[str]

    @property
    def opening(self) -> Mapping[str, Any]:
        """What its first line tells."""
        return {} if self.first is None else self.first.body

    @property
    def is_cut_off(self) -> bool:
        """Nothing is wrong but that its last line has no end: whoever wrote it died over it."""
        return self.bad is not None and self.bad[1] == CUT_OFF

    def missing(self, why: str) -> Examined:
        """The same where more lines had been written."""
        return replace(self, bad=(self.lines + 1, f"is missing: {why}"))


def files_in(folder: Path) -> list[Path]:
    """The files of the log in this folder, oldest first."""
    newest = folder / AUDIT_FILE
    return [*full_files(folder), *([newest] if newest.exists() else [])]


def full_files(folder: Path) -> list[Path]:
    """Those that are not written any more."""
    return sorted(path for path in folder.glob("audit-*.jsonl") if path.stem[6:].isdigit())


def examined(path: Path, wanted: Collection[str] = ()) -> Examined:
    """Reads a file line by line; raises OSError where it cannot be read."""
    first: Line | None = None
    last, lines, bad = None, 0, None
    found: list[str] = []
    try:
        for line in intact(path):
            first = first or line
            last, lines = line.mark, lines + 1
            if last.hash in wanted:
                found.append(last.hash)
    except Bad as told:
        bad = (told.number, told.reason)
    return Examined(path, first, last, lines, _bytes_of(path, lines), bad, frozenset(found))


def verified(paths: Sequence[Path], wanted: Collection[str] = ()) -> list[Examined]:
    """The same of files that follow one another; one that ends too early is bad behind its end."""
    found = [examined(path, wanted) for path in paths]
    for place, (before, after) in enumerate(pairwise(found)):
        if before.bad is None and after.first is not None and not follows(before, after):
            line = after.first.mark.seq - 1
            found[place] = before.missing(f"`{after.path.name}` follows line {line} of the log")
    return found


def follows(before: Examined, after: Examined) -> bool:
    """The first line of `after` names the last one of `before`."""
    if before.last is None or after.first is None:
        return False
    named = Mark(after.first.mark.seq - 1, after.opening["prev"])
    return before.last == named


def vouched_for(found: Sequence[Examined], mark: Mark) -> list[Examined]:
    """The same held against a line that the journal vouches for: it must be in one of them."""
    told = list(found)
    if not told or any(one.bad or mark.hash in one.found for one in told):
        return told
    for place, one in enumerate(told):
        if one.first is not None and one.last is not None and mark.seq <= one.last.seq:
            number = mark.seq - one.first.mark.seq + 1
            reason = f"is not line {mark.seq} of the log as the journal vouches for it"
            if number < 1:
                reason = f"comes after line {mark.seq} of the log, which the journal vouches for"
            told[place] = replace(one, bad=(max(number, 1), reason))
            return told
    told[-1] = told[-1].missing(f"the journal vouches for line {mark.seq} of the log")
    return told


def gap_of(one: Examined) -> str:
    """Why lines may be missing before this file; empty: none are."""
    return str(one.opening["reason"]) if one.opening.get("type") == GAP else ""


def _bytes_of(path: Path, lines: int) -> int:
    with path.open("rb") as file:
        return sum(len(text) for _, text in zip(range(lines), file, strict=False))
