"""`file:PATH`: a file that only we can read; a relative path starts at the rule file's folder."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from runner.model.errors import Refused

_MOST_BYTES = 65_536  # a key is 64 bytes, an RSA key in PEM 3,300


def read(name: str, rule_file: Path) -> str:
    """The file's text without the line break at its end."""
    return read_private(rule_file.absolute().parent / name).removesuffix("\n").removesuffix("\r")


def read_private(path: Path) -> str:
    """The text of a file of ours that nobody else can read and that git does not track."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            _require_private(path, os.fstat(file.fileno()))
            content = file.read(_MOST_BYTES + 1)
    except OSError as failure:
        why = (failure.strerror or "unreadable").lower()
        raise Refused(f"the secret file {path} cannot be read: {why}") from None
    if len(content) > _MOST_BYTES:
        raise Refused(f"{path} is too large for a secret")
    _require_untracked(path)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Refused(f"the secret file {path} is not UTF-8 text") from None


def _require_private(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise Refused(f"{path} is not a file")
    if facts.st_uid != os.geteuid():
        raise Refused(f"the secret file {path} belongs to somebody else: chown it to this user")
    if facts.st_mode & 0o077:
        raise Refused(f"others can read the secret file {path}: chmod 600 it, then change the key")


def _require_untracked(path: Path) -> None:
    """Asks git only inside a work tree; where git cannot answer, the file is refused."""
    real = path.resolve()
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
