"""`env:NAME`: a variable of the process's environment."""

from __future__ import annotations

import os
import re
from pathlib import Path

from runner.model.errors import Refused

#: What may be shown of a name: a key pasted in its place would not look like this.
SHOWN = re.compile(r"[A-Z][A-Z0-9_]{0,62}")


def read(name: str, rule_file: Path) -> str:
    """The variable's value."""
    value = os.environ.get(name)
    if value is None:
        raise Refused(f"{shown('env', name)} is not set: export it before the start")
    return value


def shown(provider: str, name: str) -> str:
    """The reference as a message may quote it."""
    return f"`{provider}:{name}`" if SHOWN.fullmatch(name) else f"the variable after `{provider}:`"
