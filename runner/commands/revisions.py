"""Rule files as they were at a revision: the only door to git.

In: a revision and paths. Out: which rule files lay there then, and their bytes. Only what git has
stored is read: no hook, filter or configured program runs.
"""

from __future__ import annotations

import os
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
        """YAML files at or below a path, hidden ones not, as the person named the path."""
        inside = self._inside(path)
        kind, name, _ = self._asked("--batch-check", inside)
        if kind == "blob":
            return [path]
        listed = (
            _git(self.top, "ls-tree", "-r", "-z", "--name-only", name) if kind == "tree" else b""
        )
        names = [Path(it) for it in (listed or b"").decode(errors="replace").split("\0") if it]
        return [path / it for it in names if it.suffix in {".yaml", ".yml"} and not _is_hidden(it)]

    def read(self, path: Path) -> bytes | None:
        """What a file, or the one that a link led to, held; `None` where there was none."""
        kind, _, held = self._asked("--batch", self._inside(path))
        if kind == "symlink":
            raise Refused(f"at `{self.name}`, {path} leads out of the repository: name its files")
        return held if kind == "blob" else None

    def _asked(self, how: str, inside: str) -> tuple[str, str, bytes]:
        """The kind of what lay there, its name in git and what it held; links are followed."""
        if "\n" in inside:
            raise Refused(f"{inside!r} has a line break in its name: give the file another")
        words = ("cat-file", how, "--follow-symlinks")
        said = _git(self.top, *words, asked=f"{self.commit}:{inside}\n".encode()) or b""
        first, _, held = said.partition(b"\n")
        match first.decode(errors="replace").split(" "):
            case [name, kind, size] if size.isdigit():
                return kind, name, held[:-1]
            case [kind, _]:
                return kind, "", b""
        return "", "", b""

    def _inside(self, path: Path) -> str:
        """From the top, as git names it: a link there is a place of its own, wherever it leads."""
        whole = Path(os.path.abspath(path))
        for above in (*reversed(whole.parents), whole):
            if above.resolve() == self.top:
                return _named(whole.relative_to(above))
        try:
            return _named(whole.resolve().relative_to(self.top))
        except ValueError:
            raise Refused(f"{path} lies outside of the repository {self.top}") from None


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


def _named(path: Path) -> str:
    return "" if path == Path() else path.as_posix()


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _git(folder: Path, *words: str, asked: bytes = b"") -> bytes | None:
    """What git answers to words and to what it reads; `None` where it says no."""
    import subprocess

    # a hook of git names its own repository, which need not be the one of this folder
    environment = {name: it for name, it in os.environ.items() if name not in _OF_HOOKS}
    command = ["git", "--no-pager", "--literal-pathspecs", "-C", str(folder), *words]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            input=asked,
            env=environment,
        )
    except FileNotFoundError:
        raise Refused("git is not installed: install it, or compare two files") from None
    return done.stdout if done.returncode == 0 else None
