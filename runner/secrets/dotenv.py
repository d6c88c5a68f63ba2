"""`dotenv:NAME`: a line of the file `.env` beside the rule file."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from runner.model.errors import Refused
from runner.secrets.file import read_private
from runner.secrets.shown import shown


def read(name: str, rule_file: Path) -> str:
    """The value that the file gives to `name`; nothing in it is expanded or exported."""
    from dotenv import dotenv_values

    path = rule_file.absolute().parent / ".env"
    value = dotenv_values(stream=StringIO(read_private(path)), interpolate=False).get(name)
    if value is None:
        raise Refused(f"{shown('dotenv', name)} is not in {path}: add it there")
    return value
