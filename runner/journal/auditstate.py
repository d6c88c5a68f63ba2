"""How a run finds its audit log when it starts: good, cut off by a crash, or damaged.

In: the files, and the newest line that the journal vouches for. Out: where to go on, and why not.
Only the newest file is read, and those before it as far back as that line lies.
"""

from __future__ import annotations

from pathlib import Path

from runner.journal.auditfile import (
    AUDIT_FILE,
    Examined,
    examined,
    files_in,
    follows,
)
from runner.journal.auditline import NOTHING, Mark
from runner.model.values import dataclass

#: Why a line may be missing, as a gap says it.
CRASH, DAMAGE, UNWRITABLE = "crash", "damage", "unwritable"

#: Before the first line.
NO_LINE = Mark(0, NOTHING)


@dataclass(frozen=True, slots=True)
class Found:
    """What a start finds. `last`: the newest line that is known; `log`: the log's identity.

    `bytes`: of `audit.jsonl`, behind which nothing is wanted; `None`: it is not there.
    `cause` and `reason`: of the gap to begin with; empty: nothing is missing. `pending`: why no
    entry may be sent, after damage that the journal does not know of yet.
    """

    last: Mark = NO_LINE
    log: str = ""
    bytes: int | None = None
    cause: str = ""
    reason: str = ""
    pending: str = ""


def find(folder: Path, vouched: Mark | None) -> Found:
    """Raises OSError where a file cannot be read."""
    wanted = () if vouched is None else (vouched.hash,)
    paths, newest = files_in(folder), None
    while paths and newest is None:
        one = examined(paths.pop(), wanted)
        newest = None if _is_unborn(one) else one
    known = vouched or NO_LINE
    if newest is None:
        gone = f"`{AUDIT_FILE}` is gone, and with it line {known.seq} of the log"
        return Found() if vouched is None else _damaged(known, "", gone)
    log, last = str(newest.opening.get("log", "")), newest.last or NO_LINE
    if last.seq <= known.seq:
        last = known
    if newest.bad and not newest.is_cut_off:
        return _damaged(last, log, _text(newest))
    why, pending = _back_to(known, newest, paths if vouched else [])
    if why and vouched:
        return _damaged(last, log, why)
    cause, reason = (CRASH, _text(newest)) if newest.bad else ("", "")
    size = newest.bytes if newest.path.name == AUDIT_FILE else None
    return Found(last, log, size, cause, reason, pending)


def _damaged(last: Mark, log: str, why: str) -> Found:
    return Found(last, log, None, DAMAGE, why, why)


def _is_unborn(one: Examined) -> bool:
    """Whoever began it died before its first line was whole: nothing was in it yet."""
    return one.lines == 0 and (one.is_cut_off or one.path.stat().st_size == 0)


def _text(one: Examined) -> str:
    assert one.bad is not None
    number, reason = one.bad
    return f"line {number} of `{one.path.name}` {reason}"


def _back_to(known: Mark, one: Examined, older: list[Path]) -> tuple[str, str]:
    """Why the known line is not in the log, and damage since that a start found but could not tell.

    Both empty: the log goes on from that line.
    """
    while known.hash not in one.found:
        if one.opening.get("cause") == DAMAGE and one.opening["seq"] > known.seq:
            return "", str(one.opening["reason"])
        if not older or one.opening["seq"] <= known.seq:
            why = f"line {known.seq} of the log is missing in `{one.path.name}`, or another one"
            return why, ""
        before = examined(older.pop(), (known.hash,))
        if before.bad:
            return _text(before), ""
        if not follows(before, one):
            return f"`{one.path.name}` does not follow `{before.path.name}`", ""
        one = before
    return "", ""
