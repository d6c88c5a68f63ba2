"""Takes our own secrets out of what an exchange answers: whole, in pieces and in encodings.

Messages of exchanges quote the key that they do not know, sometimes cut or encoded; what they say
gets into journals, audit logs and onto screens.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import NoReturn

#: Twelve characters from anywhere in a secret hold one of its parts: 8 characters, one each 5.
_PART, _EACH = 8, 5
_HIDDEN = "***"
_RUN = re.compile(r"[A-Za-z0-9+/=_%\\-]{8,}")
_SIGNATURE = re.compile(r"""(signature(?:=|%3D|\\?["']:\s*\\?["']))[A-Za-z0-9+/_%-]{16,}=*""", re.I)


class Scrubber:
    """Knows the secrets of one door; `hide` takes them out of a text, and signatures with them."""

    __slots__ = ("_parts", "_secrets")

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = secrets
        self._parts = [part for secret in secrets for part in _parts(secret)]

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets cannot be pickled or copied")

    def hide(self, text: str) -> str:
        """The text without these secrets, and without signatures."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        small = text.lower()
        found = [part for part in self._parts if part in small]
        if found:
            text = _RUN.sub(lambda run: _HIDDEN if _holds(run[0], found) else run[0], text)
        return _SIGNATURE.sub(rf"\1{_HIDDEN}", text) if "ignature" in text else text


def _holds(run: str, parts: list[str]) -> bool:
    small = run.lower()
    return any(part in small for part in parts)


def _parts(secret: str) -> Iterator[str]:
    """Pieces of each form in small letters, short enough to be in any larger piece."""
    content = secret.encode()
    for wide, form in (
        (1, secret),
        (2, content.hex()),
        (3, "".join(f"%{byte:02x}" for byte in content)),
        (6, "".join(f"\\u{byte:04x}" for byte in content)),
    ):
        yield from _cut(form, _PART * wide, _EACH * wide)
    for start in range(3):  # base64 takes three bytes at a time; what begins within three differs
        whole = content[start:]
        for coded in (base64.b64encode(whole), base64.urlsafe_b64encode(whole)):
            yield from _cut(coded.decode().rstrip("="), _PART, _EACH)


def _cut(form: str, length: int, each: int) -> Iterator[str]:
    for start in range(0, len(form) - length + 1, each):
        yield form[start : start + length].lower()
