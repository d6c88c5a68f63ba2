"""What a message may show of a reference: nothing that could be a key in place of a name."""

from __future__ import annotations

import re

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,62}")
# Words with few digits behind them, parted by marks: `prod/binance#api_key`.
_WORD = r"(?:[A-Za-z][a-z]{0,19}|[A-Z]{2,20})[0-9]{0,3}"
_PATH = re.compile(rf"/?{_WORD}(?:[/#._-]{_WORD}){{0,9}}")


def shown(scheme: str, name: str) -> str:
    """The reference as a message may quote it."""
    if _VARIABLE.fullmatch(name) or _PATH.fullmatch(name):
        return f"`{scheme}:{name}`"
    return f"the name after `{scheme}:`"
