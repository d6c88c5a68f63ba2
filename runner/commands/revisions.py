"""Rule files as they were at a revision: the only door to git.

In: a revision and paths. Out: which rule files lay there then, and their bytes. Only what git has
stored is read: no hook, filter or configured program runs.
"""

from __future__ import annotations

from os.path import isdir
from pathlib import Path

from runner.model.errors import Refused
from runner.model.values import dataclass

_OF_HOOKS = frozenset(("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"))


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository whose work tree begins at `top`."""

    name: str  # as the person wrote it
    commit: str
    top: Path

    def files_below(self, path: Path) -> list[Path]:
        """YAML files at or below a path, hidden ones not, as paths of the work tree."""
        inside = self._inside(path)
        listed = _git(self.top, "ls-tree", "-r", "-z", "--name-only", self.commit, "--", inside)
        names = [
            Path(name) for name in (listed or b"").decode(errors="replace").split("\0") if name
        ]
        return [
            self.top / name
            for name in names
            if str(name) == inside or (name.suffix in {".yaml", ".yml"} and not _is_hidden(name))
        ]

    def read(self, path: Path) -> bytes | None:
        """What a file held; `None` where there was none."""
        return _git(self.top, "cat-file", "blob", f"{self.commit}:{self._inside(path)}")

    def _inside(self, path: Path) -> str:
        try:
            found = path.absolute().resolve().relative_to(self.top)
        except ValueError:
            raise Refused(f"{path} lies outside of the repository {self.top}") from None
        return found.as_posix()


def revision(name: str, path: Path) -> Revision:
    """The revision of the repository that holds a path; Refused where there is none."""
    folder = next(it for it in (path.absolute(), *path.absolute().parents) if isdir(it))
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        raise Refused(f"{path} is in no git repository: compare two files, `runner diff A B`")
    wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    commit = _git(folder, *wanted)
    if commit is None:
        raise Refused(f"`{name}` is no revision of this repository: fetch it, or name another")
    return Revision(name, commit.decode().strip(), Path(top.decode().rstrip("\n")).resolve())


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _git(folder: Path, *words: str) -> bytes | None:
    """What git answers; `None` where it says no."""
    import os
    import subprocess

    # a hook of git names its own repository, which need not be the one of this folder
    environment = {name: it for name, it in os.environ.items() if name not in _OF_HOOKS}
    command = ["git", "--no-pager", "--literal-pathspecs", "-C", str(folder), *words]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    except FileNotFoundError:
        raise Refused("git is not installed: install it, or compare two files") from None
    return done.stdout if done.returncode == 0 else None
