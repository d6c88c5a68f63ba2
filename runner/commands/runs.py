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
    """Every run's newest journal, by strategy; only those of `name` when given.

    Refused where there is none, with what to do first.
    """
    from runner.journal.database import Journal

    newest: dict[Path, Path] = {}
    for path in sorted(state.glob(f"replay/*/[0-9]*/{JOURNAL_FILE}")):
        newest[path.parent.parent] = path
    runs = [Run(path, Journal.read(path)) for path in newest.values()]
    found = [run for run in runs if name in (None, run.history.identity().get("name"))]
    if not found:
        whose = "" if name is None else f" of `{name}`"
        raise Refused(
            f"no run{whose} in `{state}`; start one with `runner run FILE --replay synthetic:7`"
        )
    return found
