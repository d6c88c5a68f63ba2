"""`credential:NAME`: what systemd hands to a service by `LoadCredential=` and the like."""

from __future__ import annotations

import os
from pathlib import Path

from runner.model.errors import Refused
from runner.secrets.file import read_private, require_private, without_line_end
from runner.secrets.shown import shown


def read(name: str, rule_file: Path) -> str:
    """The text of the file of that name in the folder that systemd made."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder or not Path(folder).is_absolute():
        raise Refused(
            f"{shown('credential', name)} needs $CREDENTIALS_DIRECTORY: start as a systemd service "
            "with `LoadCredential=`"
        )
    return without_line_end(read_private(Path(folder) / name, require_handed_over))


def require_handed_over(path: Path, facts: os.stat_result) -> None:
    """Ours or root's, written by nobody and closed to others.

    With `User=` systemd lets the service in by an access list, whose mask shows as a group that
    reads: root owns the file, and its mode is 0440 (systemd issues 29096 and 29435). Else 0400.
    """
    if facts.st_uid != 0:
        require_private(path, facts)
    elif facts.st_mode & 0o037:
        raise Refused(f"others can read the secret file {path}: systemd makes them 0400 or 0440")
