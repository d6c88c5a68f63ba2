"""How a quoted text is written in a canonical rule file: without quotes where none are needed.

In: a quoted scalar as it stands. Out: the shortest way to write it that every reader of YAML and
the loader understand as the same text.
"""

from __future__ import annotations

import re

from runner.rules.resolved import PLAIN
from runner.rules.scalars import resolve
from runner.rules.source import is_glued_secret

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def requoted(raw: str, value: str, is_key: bool, in_brackets: bool) -> str:
    """The text of a scalar that is quoted and stands on one line.

    >>> requoted("'close > open'", "close > open", False, True)
    'close > open'
    >>> requoted("'ema(close, 5)'", "ema(close, 5)", False, True)
    '"ema(close, 5)"'
    >>> requoted('"13:30"', "13:30", False, False)
    '"13:30"'
    """
    if is_key:
        return value if _WORD.match(value) and resolve(value) == value else raw
    if _is_safe(value) and not (in_brackets and "," in value):
        return value
    if raw[0] == "'" and value.isprintable() and not set(value) & {'"', "\\"}:
        return f'"{value}"'
    return raw


def _is_safe(value: str) -> bool:
    """Plain text that cannot be taken for anything else, not even for a part of something."""
    return (
        PLAIN.match(value) is not None
        and value == value.strip()
        and resolve(value) == value
        and value.count("(") == value.count(")")
        and not is_glued_secret(value)
    )
