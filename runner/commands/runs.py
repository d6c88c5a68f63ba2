"""Which journals lie in a state folder, for commands that look at them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.model.errors import Refused

if TYPE_CHECKING:
    from runner.journal.history import History

JOURNAL_FILE = "journal.db"


@dataclass(frozen=True, slots=True)
class Run:
    """A journal and what it tells now."""

    path: Path
    history: History


def runs_in(state: Path, name: str | None) -> list[Run]:
    """Every strategy's newest run, in order of names; only that of `name` when given.

    Refused where there is none, with what to do first.
    """
    from runner.journal.database import Journal

    newest: dict[str, Path] = {}
    for path in sorted(state.glob(f"replay/*/[0-9]*/{JOURNAL_FILE}"), key=_written_at):
        newest[path.parent.parent.name.rpartition("-")[0]] = path
    paths = [newest[known] for known in sorted(newest) if name in (None, known)]
    runs = [Run(path, Journal.read(path)) for path in paths]
    found = [run for run in runs if run.history.identity()]  # without one it has just begun
    if not found:
        whose = "" if name is None else f" of `{name}`"
        raise Refused(
            f"no run{whose} in `{state}`; start one with `runner run FILE --replay synthetic:7`"
        )
    return found


def _written_at(path: Path) -> int:
    """When the newest row was written: its witness lies beside the journal."""
    from runner.journal.lease import lock_path

    witness = lock_path(path)
    return witness.stat().st_mtime_ns if witness.exists() else 0
