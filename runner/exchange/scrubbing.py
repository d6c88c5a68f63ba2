"""Takes our own secrets out of what an exchange answers: whole, in pieces and in encodings.

Messages of exchanges quote the key that they do not know, sometimes cut or encoded; what they say
gets into journals, audit logs and onto screens.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Iterator
from typing import NoReturn
from urllib.parse import quote, quote_plus

#: Twelve characters from anywhere in a secret hold one of its parts: 8 characters, one each 5.
_PART, _EACH = 8, 5
_HIDDEN = "***"
#: What a part may go on with, on either side of it.
_RUN = frozenset(string.ascii_letters + string.digits + "+/=_%\\-")
#: What keys of all people have: the lines around one in PEM, words in the name of one of Coinbase.
_COMMON = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----|organizations/|/apiKeys/")
#: As `html.escape` writes them: importing it costs a hundredth of a start.
_HTML = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"},
)
_QUOTE = '\\"'  # behind a key that is quoted in an answer in JSON, which would be none without it
_BACKSLASH = "\\\\"  # one, in JSON; a quote behind it ends the text
#: A parameter, the headers `OK-ACCESS-SIGN` and its like, a word in `Authorization` of Deribit.
_SIGNATURE = re.compile(
    r"""((?:signature|-sign|\bsig)(?:=|%3D|\\?["']:\s*\\?["']))[A-Za-z0-9+/_%-]{16,}=*""", re.I
)


class Scrubber:
    """Knows the secrets of one door; `hide` takes them out of a text, and signatures with them."""

    __slots__ = ("_heads", "_parts", "_secrets")

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = secrets
        own = (piece.strip() for secret in secrets for piece in _COMMON.split(secret))
        parts = (part for piece in own for part in _parts(piece))
        self._parts = list(dict.fromkeys(parts))
        self._heads = frozenset(part[:_PART] for part in self._parts)

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets cannot be pickled or copied")

    def hide(self, text: str) -> str:
        """The text without these secrets, and without signatures."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        small = text.lower()
        if found := self._found(small):
            text = _without(text, found)
        return _SIGNATURE.sub(rf"\1{_HIDDEN}", text) if "sig" in small else text

    def _found(self, small: str) -> list[str]:
        """Parts that stand in a text; one pass over it, as a key in PEM has thousands of them."""
        places = range(len(small) - _PART + 1)
        heads = self._heads.intersection(small[at : at + _PART] for at in places)
        return [part for part in self._parts if part[:_PART] in heads and part in small]


def _without(text: str, parts: list[str]) -> str:
    """The text without these parts, and without what goes on around them."""
    shown, done = list[str](), 0
    for start, end in _stretches(text, parts):
        shown += [text[done:start], _HIDDEN]
        done = end
    return "".join([*shown, text[done:]])


def _stretches(text: str, parts: list[str]) -> list[tuple[int, int]]:
    """Where parts begin and end, one overlapping the next, with the runs around them."""
    found, done = list[tuple[int, int]](), 0
    anywhere = re.compile(f"(?=({'|'.join(map(re.escape, parts))}))", re.I)
    for start, end in (match.span(1) for match in anywhere.finditer(text)):
        if end <= done:
            continue
        while start > done and text[start - 1] in _RUN:
            start -= 1
        while end < len(text) and text[end] in _RUN and not text.startswith(_QUOTE, end):
            end += 2 if text.startswith(_BACKSLASH, end) else 1
        if found and start <= done:
            start, _ = found.pop()
        found.append((start, end))
        done = end
    return found


def _parts(secret: str) -> Iterator[str]:
    """Pieces of each form in small letters, short enough to be in any larger piece."""
    content = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    for wide, form in (
        (1, secret),
        (1, escaped),
        (1, json.dumps(escaped)[1:-1]),
        (1, quote(secret, safe="")),
        (1, quote_plus(secret)),
        (1, secret.translate(_HTML)),
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
    last = len(form) - length
    for start in range(0, last + each, each) if last >= 0 else ():
        yield form[min(start, last) :][:length].lower()
    if last < 0 and len(form) > max(_PART, length // 2):  # a short secret, written at length
        yield form.lower()
