"""`file:PATH`: a file that only we can read; a relative path starts at the rule file's folder."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from runner.model.errors import Refused

MOST_BYTES = 65_536  # a key is 64 bytes, an RSA key in PEM 3,300


def read(name: str, rule_file: Path) -> str:
    """The file's text without the line break at its end."""
    return without_line_end(read_private(rule_file.absolute().parent / name))


def without_line_end(text: str) -> str:
    """The text as it was meant: editors and `echo` end it with a line break."""
    return text.removesuffix("\n").removesuffix("\r")


def require_private(path: Path, facts: os.stat_result) -> None:
    """Ours, and closed to everybody else."""
    if facts.st_uid != os.geteuid():
        raise Refused(f"the secret file {path} belongs to somebody else: chown it to this user")
    if facts.st_mode & 0o077:
        raise Refused(f"others can read the secret file {path}: chmod 600 it, then change the key")


def read_private(
    path: Path, require: Callable[[Path, os.stat_result], None] = require_private
) -> str:
    """The text of a file that nobody else can read and that git does not track."""
    content = _content(path, require)
    if isinstance(content, Refused):
        raise content  # here, where no frame and no cause holds a part of it
    return content


def _content(path: Path, require: Callable[[Path, os.stat_result], None]) -> str | Refused:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                return Refused(f"{path} is not a file")
            require(path, facts)
            _require_untracked(path)
            return text_of(file.read(MOST_BYTES + 1), f"the secret file {path}")
    except OSError as failure:
        why = (failure.strerror or "unreadable").lower()
        return Refused(f"the secret file {path} cannot be read: {why}")


def text_of(content: bytes, what: str) -> str | Refused:
    """Bytes as text, or why they are no secret."""
    if len(content) > MOST_BYTES:
        return Refused(f"{what} is too large for a secret")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return Refused(f"{what} is not UTF-8 text")


def _require_untracked(path: Path) -> None:
    """Neither the file nor a link that leads to it."""
    for place in sorted({path.parent.resolve() / path.name, path.resolve()}):
        _require_untracked_at(place, path)


def _require_untracked_at(real: Path, path: Path) -> None:
    """Asks git only inside a work tree; where git cannot answer, the file is refused."""
    if not any((folder / ".git").exists() for folder in real.parents):
        return
    asked = ["git", "-c", "core.fsmonitor=false", "-C", str(real.parent)]
    asked += ["ls-files", "--error-unmatch", "--", real.name]
    told = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        code = subprocess.run(asked, env=told, capture_output=True, timeout=10).returncode
    except (OSError, subprocess.TimeoutExpired):
        code = -1
    if code == 0:
        raise Refused(f"git tracks the secret file {path}: untrack it, then change the key")
    if code != 1:
        raise Refused(f"git does not say whether it tracks {path}: move it out of the work tree")
