"""What the codes of `runner validate` are about."""

from __future__ import annotations

#: By the first digit, as in `diagnostic.CODES`.
_ABOUT = {
    "0": "the text of the file cannot be read as YAML that every reader understands alike",
    "1": "a key or value is not of the shape that a rule file has",
    "2": "an expression is not in the language",
    "3": "an account declares what cannot be trusted",
    "4": "two parts of the file do not fit together",
    "5": "a warning: the file is right, and this is worth a second look",
}


def meaning(code: str) -> str:
    """What a code of the table is about; its own message names the fact and what to write."""
    return f"{_ABOUT[code[1]]}; `runner validate FILE` shows the place and what to write instead"
