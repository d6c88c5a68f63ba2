"""`dotenv:NAME`: a line of the file `.env` beside the rule file."""

from __future__ import annotations

import os
import stat
from io import StringIO
from pathlib import Path

from runner.model.errors import Refused
from runner.secrets.file import read_private, require_private
from runner.secrets.shown import shown


def read(name: str, rule_file: Path) -> str:
    """The value that the file gives to `name`; nothing in it is expanded or exported."""
    from dotenv import dotenv_values

    path = rule_file.absolute().parent / ".env"
    value = dotenv_values(stream=StringIO(read_private(path, _require_own)), interpolate=False).get(
        name
    )
    if value is None:
        raise Refused(f"{shown('dotenv', name)} is not in {path}: add it there")
    return value


def _require_own(path: Path, facts: os.stat_result) -> None:
    """The very file beside the rule file: a link in a change of rules would bring another key."""
    itself = path.lstat()
    if stat.S_ISLNK(itself.st_mode) or not os.path.samestat(itself, facts):
        raise Refused(
            f"{path} is a link to another file: put the secrets into it, or write `file:`"
        )
    require_private(path, facts)
