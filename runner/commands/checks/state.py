"""What lies in the state folder: room for more, and this file's journals."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from runner.commands.checks.verdict import Check, Verdict, ok, refused
from runner.commands.runs import JOURNAL_FILE, written_at
from runner.model.errors import RunnerError

if TYPE_CHECKING:
    from runner.core.strategy import Strategy
    from runner.journal.history import History

_GIB = 1 << 30
_LITTLE = 1 * _GIB  # a year of minute decisions is a few hundred mebibytes of journal
_TOO_LITTLE = 64 << 20  # the write-ahead log alone may want some of it
_REPLAY = "replay"


def folder_checks(state: Path) -> Iterator[Check]:
    """Whether the folder can be written, and what is free there."""
    there = _nearest(state)
    problem = _write_problem(state, there)
    if problem is not None:
        help = "make it a folder that this user may write, or name another with `--state`"
        yield Check("state", str(state), Verdict.REFUSED, problem, help, 3)
    else:
        fact = "can be written" if there == state else "not there yet, can be made"
        yield ok("state", str(state), fact)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        fact = f"its free space cannot be read ({os.strerror(error.errno or 0).lower()})"
        yield Check("disk", str(state), Verdict.CANNOT_VERIFY, fact)
        return
    fact = f"{free / _GIB:.1f} GiB free"
    if free < _TOO_LITTLE:
        yield Check("disk", str(state), Verdict.REFUSED, fact, "free some space", 3)
    elif free < _LITTLE:
        yield Check("disk", str(state), Verdict.WARNING, fact, "free some space")
    else:
        yield ok("disk", str(state), fact)


def _nearest(state: Path) -> Path:
    """The folder itself, or what is there of the way to it."""
    absolute = state.absolute()
    there = next(path for path in (absolute, *absolute.parents) if os.path.exists(path))
    return state if there == absolute else there


def _write_problem(state: Path, there: Path) -> str | None:
    """Why nothing can be written; a file without a name leaves nothing behind."""
    if not there.is_dir():
        return f"`{there}` is not a folder"
    try:
        if there == state:
            with tempfile.TemporaryFile(dir=state) as file:
                file.write(b"x")
        elif not os.access(there, os.W_OK | os.X_OK):
            return f"`{there}` cannot be written"
    except OSError as error:
        return f"it cannot be written ({os.strerror(error.errno or 0).lower()})"
    return None


def journal_checks(strategy: Strategy, state: Path) -> Iterator[Check]:
    """Each journal of this file: readable, whole, how it stands, who holds it."""
    from runner.journal.database import Journal
    from runner.journal.holder import holder_of

    found = False
    for path in journals_of(strategy.name, state):
        try:
            history, holder = Journal.read(path), holder_of(path)
        except RunnerError as error:
            found = True
            yield refused("journal", str(path), error)
            continue
        if history.identity().get("name") == strategy.name:
            found = True
            yield _journal(strategy, path, history)
            yield _unsettled(path, history)
            yield _lease(path, holder, history)
    if not found:
        yield ok("journal", strategy.name, "none yet: the next start is the first")


def journals_of(name: str, state: Path) -> list[Path]:
    """The newest replay of this name, and every other journal in a folder of this name."""
    named = [
        path
        for path in sorted(state.rglob(JOURNAL_FILE))
        if any(name in (part, part.rpartition("-")[0]) for part in path.relative_to(state).parts)
    ]
    replays = [path for path in named if path.relative_to(state).parts[0] == _REPLAY]
    newest = [max(replays, key=written_at)] if replays else []
    return [path for path in named if path not in replays] + newest


def _journal(strategy: Strategy, path: Path, history: History) -> Check:
    unfinished = not history.is_finished()
    environment = history.identity().get("environment", "unknown")
    same = history.digest() == strategy.digest
    stands = "unfinished: the same command resumes it" if same else "unfinished, of another text"
    fact = f"{environment}, hash chain intact, {stands if unfinished else 'finished'}"
    if same or not unfinished or environment == _REPLAY:
        return ok("journal", str(path), fact)
    help = "the next start goes on with it; open positions keep their entry data"
    return Check("journal", str(path), Verdict.WARNING, f"{fact} of this file", help)


def _unsettled(path: Path, history: History) -> Check:
    ids = [record.client_order_id for record in history.unsettled()]
    if ids:
        fact = f"the outcome of {', '.join(ids)} is not known"
        help = "the next start looks them up at the exchange"
        return Check("orders", str(path), Verdict.WARNING, fact, help)
    resting = len(history.open_orders())
    fact = f"{len(history.orders())} journaled, {resting} resting, every outcome known"
    return ok("orders", str(path), fact)


def _lease(path: Path, holder: str | None, history: History) -> Check:
    if holder is not None:
        return ok("lease", str(path), f"held by the runner with pid {holder}")
    held = ", ".join(position.symbol for position in history.positions())
    if held and not history.is_finished() and history.identity().get("environment") != _REPLAY:
        fact = f"no runner holds it, and a position in {held} is open"
        return Check("lease", str(path), Verdict.WARNING, fact, "start the runner again")
    return ok("lease", str(path), "free")
