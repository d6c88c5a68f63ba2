"""Which logs a person means: those of runs in a state folder, or files on their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.commands.runs import runs_in
from runner.journal.auditfile import files_in
from runner.journal.auditline import Mark
from runner.model.errors import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one log, oldest first. `vouched`: the newest line that its journal knows.

    `strategy` and `environment` are empty where files stand on their own, without a journal.
    """

    strategy: str
    environment: str
    paths: tuple[Path, ...]
    vouched: Mark | None

    @property
    def has_journal(self) -> bool:
        """It is a run's."""
        return bool(self.strategy)


def sources_of(words: tuple[str, ...], state: Path) -> list[Source]:
    """Files are one log; a name is that of a strategy; without a word all newest runs are meant."""
    files = tuple(Path(word) for word in words if word.endswith(".jsonl"))
    names = [word for word in words if not word.endswith(".jsonl")]
    found = [Source("", "", files, None)] if files else []
    asked: list[str | None] = [*names] if words else [None]
    for name in asked:
        for run in runs_in(state, name):
            # The journal was read before the folder: its line is there, however much has come.
            paths = tuple(files_in(run.path.parent))
            found.append(Source(run.name, run.environment, paths, run.history.vouched()))
    return found


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
