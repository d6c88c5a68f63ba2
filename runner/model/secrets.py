"""Where a secret may be kept, and the secret itself: shown as `***`, revealed at its door only."""

from __future__ import annotations

import re
from typing import NoReturn

from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """A kind of reference: what stands behind its colon, for people and as a pattern."""

    takes: str
    pattern: str


#: Fields that are signed with, and never sent: a key in PEM is of several lines.
_SIGNED_WITH = frozenset({"api_secret", "private_key"})
_PEM = "-----BEGIN "
#: Fields of wallets: how each is written, and in words.
_DIGITS = {
    "private_key": (r"(0x)?[0-9A-Fa-f]{64}", "64 hexadecimal digits"),
    "wallet_address": (r"0x[0-9A-Fa-f]{40}", "`0x` with 40 hexadecimal digits behind it"),
}
_PART = r"(?!\.\.?[/#])[A-Za-z0-9_.@+-]+"  # of a path in Vault; `..` would leave it
_FIELD = r"#[^#\s]+"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
_SPACED = r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?"
#: What a credentials field of a rule file may hold; a literal is never one of them.
SCHEMES = {
    "aws-sm": Scheme("NAME#FIELD", rf"[A-Za-z0-9/_+=.@:!-]+(?:{_FIELD})?"),
    "credential": Scheme("NAME", r"[A-Za-z0-9_][A-Za-z0-9_.@+-]*"),
    "dotenv": Scheme("NAME", _VARIABLE),
    "env": Scheme("NAME", _VARIABLE),
    "exec": Scheme("/PROGRAM ARGUMENT…", rf"/{_SPACED}"),
    "file": Scheme("PATH", _SPACED),
    "keyring": Scheme("SERVICE/USER", r"\S+/[^/\s]+"),
    "vault": Scheme("MOUNT/PATH#FIELD", rf"{_PART}(?:/{_PART})+{_FIELD}"),
}


class Secret:
    """Text that must not be shown, compared, copied or pickled by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; called in `exchange/client.py` and `exchange/replay/` only."""
        return self._text

    def fault_as(self, field: str) -> str:
        """Why it cannot be this field of `credentials`; empty: it can. No part of it is told."""
        text = self._text
        is_pem = text.startswith(_PEM)
        if field in _SIGNED_WITH and is_pem:
            if "\\n" in text:
                return "has `\\n` in it, as JSON writes the end of a line: write the key in lines"
            text = text.replace("\r", "").replace("\n", "")
        if any(character < " " or "\x7f" <= character <= "\x9f" for character in text):
            return (
                "holds a line break or another control character: write the key alone, on one line"
            )
        if field in _DIGITS and not is_pem and not re.fullmatch(_DIGITS[field][0], text):
            return f"is not {_DIGITS[field][1]}"
        return ""

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")
