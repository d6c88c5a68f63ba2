"""`env:NAME`: a variable of the process's environment."""

from __future__ import annotations

import os
from pathlib import Path

from runner.model.errors import Refused
from runner.secrets.shown import shown


def read(name: str, rule_file: Path) -> str:
    """The variable's value."""
    value = os.environ.get(name)
    if value is None:
        raise Refused(f"{shown('env', name)} is not set: export it before the start")
    return value
