"""Which journals lie in a state folder, for commands that look at them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from runner.model.errors import Refused
from runner.model.values import dataclass

if TYPE_CHECKING:
    from runner.journal.history import History

JOURNAL_FILE = "journal.db"
REPLAY = "replay"
#: Below the state folder too: what all its runs have sent to exchanges.
BUDGETS = "budgets"
#: The same of what `runner doctor` has asked: its journal and audit log, of every file.
DOCTOR = "doctor"
#: Where a run's folder lies below the state folder, by how much is at stake there.
ENVIRONMENTS = (REPLAY, "paper", "testnet", "demo", "live")

_NAME = re.compile(r"^name:[ \t]*[\"']?([A-Za-z0-9_-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """A journal and what it tells now."""

    path: Path
    history: History

    @property
    def name(self) -> str:
        """The strategy's."""
        return self.history.identity().get("name", "")

    @property
    def environment(self) -> str:
        """Where its orders go."""
        return self.history.identity().get("environment", "")

    def holder(self) -> str | None:
        """The process id of the runner that is running it; `None`: none is."""
        from runner.journal.holder import holder_of

        return holder_of(self.path)


def runs_in(state: Path, word: str | None) -> list[Run]:
    """Every strategy's newest run in each environment, in order of names; only `word`'s if given.

    Refused where there is none, with what to do first.
    """
    name = name_from(word)
    found = newest_runs(state, name)
    if not found:
        raise _none(state, name)
    return found


def newest_runs(state: Path, name: str | None) -> list[Run]:
    """The same, which may be none."""
    newest = {(strategy_of(path), _rank(path)): path for path in journals(state, name)}
    runs = [_read(newest[known]) for known in sorted(newest)]
    return [run for run in runs if run.name]  # without one it has just begun


def run_to_ask(state: Path, word: str | None) -> Run:
    """The run that a person means: one that is running, else the newest that is unfinished.

    Money before test venues, those before paper, paper before a replay. Refused where that may be
    either of two strategies, or where there is none.
    """
    name = name_from(word)
    found = [run for run in map(_read, journals(state, name)) if run.name]
    unfinished = [run for run in found if not run.history.is_finished()]
    meant = [run for run in unfinished if run.holder() is not None] or unfinished
    names = sorted({run.name for run in meant})
    if len(names) > 1:
        raise Refused(f"several runs are unfinished, of `{'`, `'.join(names)}`: name one of them")
    if meant:
        return max(meant, key=lambda run: (_rank(run.path), written_at(run.path)))
    if found:
        raise Refused(
            f"the run of `{found[-1].name}` is finished, so that nothing of it can be stopped: "
            f"`runner status {found[-1].name}` shows what it left"
        )
    raise _none(state, name)


def name_from(word: str | None) -> str | None:
    """NAME, or the name that FILE gives itself, even where the rest of the file is wrong."""
    if word is None or not word.endswith((".yaml", ".yml")):
        return word
    try:
        text = Path(word).read_text()
    except (OSError, ValueError):
        raise Refused(
            f"cannot read `{word}`: check its path, or write the strategy's name"
        ) from None
    found = _NAME.search(text)
    if found is None:
        raise Refused(f"`{word}` has no `name`: write the strategy's name in its place")
    return found[1]


def journals(state: Path, name: str | None) -> list[Path]:
    """All journals of a strategy, or of all of them; the one written last at the end."""
    found = [*state.glob(f"{REPLAY}/*/[0-9]*/{JOURNAL_FILE}"), *state.glob(f"*/*/{JOURNAL_FILE}")]
    paths = sorted(found, key=written_at)
    return [path for path in paths if name in (None, strategy_of(path))]


def strategy_of(journal: Path) -> str:
    """The strategy's name: the folder's, or what a replay's folder begins with."""
    if _rank(journal) == 0:
        return journal.parent.parent.name.rpartition("-")[0]
    return journal.parent.name


def _rank(journal: Path) -> int:
    """How much is at stake: 0 in a replay, most with money."""
    if journal.parent.name.isdigit() and journal.parents[2].name == REPLAY:
        return 0
    known = ENVIRONMENTS[1:-1]
    folder = journal.parents[1].name
    return ENVIRONMENTS.index(folder) if folder in known else len(ENVIRONMENTS) - 1


def _read(path: Path) -> Run:
    from runner.journal.database import Journal

    return Run(path, Journal.read(path))


def _none(state: Path, name: str | None) -> Refused:
    whose = "" if name is None else f" of `{name}`"
    return Refused(
        f"no run{whose} in `{state}`; start one with `runner run FILE --replay synthetic:7`"
    )


def written_at(path: Path) -> int:
    """When the newest row was written: its witness lies beside the journal."""
    from runner.journal.lease import lock_path

    witness = lock_path(path)
    return witness.stat().st_mtime_ns if witness.exists() else 0
