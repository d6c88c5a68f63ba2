"""Which logs a person means: of runs and of doctors in a state folder, or files on their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.commands.runs import DOCTOR, JOURNAL_FILE, newest_runs, runs_in
from runner.journal.auditfile import files_in
from runner.journal.auditline import Mark
from runner.model.errors import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one log, oldest first. `vouched`: the newest line that its journal knows.

    `environment` is empty where files stand on their own, without a journal, and `doctor` of what
    `runner doctor` has asked, which is of no strategy.
    """

    strategy: str
    environment: str
    paths: tuple[Path, ...]
    vouched: Mark | None
    fault: str = ""  # why nobody can say whether it is whole

    @property
    def has_journal(self) -> bool:
        """It is a run's, or the doctor's."""
        return bool(self.environment)


def sources_of(words: tuple[str, ...], state: Path) -> list[Source]:
    """Files are one log; a name is that of a strategy, or `doctor`.

    Without a word all newest runs are meant, and all doctors.
    """
    files = tuple(Path(word) for word in words if word.endswith(".jsonl"))
    names = [word for word in words if not word.endswith(".jsonl")]
    found = [Source("", "", files, None)] if files else []
    asked: list[str | None] = [*names] if words else [None]
    for name in asked:
        doctors = _of_doctors(state, name) if name in (None, DOCTOR) else []
        runs = newest_runs(state, name) if doctors or name == DOCTOR else runs_in(state, name)
        if not runs and not doctors:
            raise Refused(f"`runner doctor` has asked nobody yet with `{state}` as state folder")
        for run in runs:
            # The journal was read before the folder: its line is there, however much has come.
            paths = tuple(files_in(run.path.parent))
            found.append(Source(run.name, run.environment, paths, run.history.vouched()))
        found += doctors
    return found


def _of_doctors(state: Path, name: str | None) -> list[Source]:
    """What was asked without a run; nothing where no doctor has begun to ask.

    Beside runs, whose logs are as good as ever, a doctor's that nobody vouches for is a fault.
    """
    from runner.journal.database import Journal
    from runner.journal.lease import witness_of

    path = state / DOCTOR / JOURNAL_FILE
    if not path.exists():
        if not files_in(path.parent) and not witness_of(path).seq:
            return []
        fault = (
            f"`{path}` is gone, which vouched for the log beside it: restore it from a backup, or "
            f"move `{path.parent}` away to start over"
        )
        if name is None and newest_runs(state, None):
            return [Source("", DOCTOR, tuple(files_in(path.parent)), None, fault)]
        raise Refused(fault)
    vouched = Journal.read(path).vouched()
    paths = tuple(files_in(path.parent))
    return [Source("", DOCTOR, paths, vouched)] if paths or vouched else []


@contextmanager
def readable() -> Iterator[None]:
    """A file that cannot be read, in our words."""
    try:
        yield
    except FileNotFoundError as error:
        raise Unavailable(
            f"there is no `{error.filename}`: check its path, or try again if a runner has just "
            "begun a new file"
        ) from error
    except OSError as error:
        raise Refused(f"cannot read `{error.filename}`: check its rights") from error
