"""The one search for secrets: in whatever form, whole or twelve characters from anywhere in it.

In: bytes or text. Out: names of the secrets that stand in it. What is searched is decoded rather
than the secret encoded, so that every alignment of base64 and every mixture of encodings is seen.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import unquote_to_bytes

import numpy as np

#: Every piece of 12 bytes holds one of these parts: 8 bytes long, one each 5. Eight alone may be
#: chance: of a hash, once in a thousand journeys.
PIECE, PART, EACH = 12, 8, 5
#: How often one encoding may be wrapped in another.
DEPTH = 2
#: What a signed request says beside its parameters; neither is secret, both come with secrets.
SIGNED = {
    "a signed address": re.compile(rb"signature(=|%3d|['\"]?:\s*['\"])[0-9a-z%+/_-]{16}", re.I),
    "the header of the key": re.compile(rb"x-mbx-apikey['\"]?\s*[:=,]\s*['\"]?[0-9a-z]{12}"),
}
_ARMOR = re.compile(rb"-----(?:BEGIN|END) [A-Z ]*PRIVATE KEY-----")
_ALIKE = 16  # bytes with which all private keys of one kind begin
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}")
_HEX = re.compile(rb"[0-9A-Fa-f](?:[ :]?[0-9A-Fa-f]){15,}")
_ESCAPE = re.compile(rb"\\(?:(?:u00|x)([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_STANDARD = bytes.maketrans(b"-_", b"+/")
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads parts over the table


@dataclass(frozen=True, slots=True)
class Part:
    """Where in a secret a part of it begins."""

    name: str
    secret: bytes
    start: int

    def at(self, view: bytes, place: int) -> bool:
        """Whether a whole piece of the secret stands around its part in `view`."""
        left = _alike(view[max(0, place - PIECE) : place][::-1], self.secret[: self.start][::-1])
        right = _alike(view[place : place + PIECE], self.secret[self.start :])
        return left + right >= min(PIECE, len(self.secret))


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes at their beginnings are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((count for count, (a, b) in pairs if a != b), min(len(one), len(other)))


class Scanner:
    """Knows secrets by their names; `found` says which of them stand in something."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._parts: dict[bytes, list[Part]] = {}
        self._clean: set[bytes] = set()
        self._table = np.zeros(2**16, dtype=bool)
        for name, text in secrets.items():
            self.learn(name, text)

    def learn(self, name: str, text: str) -> None:
        """One secret more: a key that an exchange issued, the signature of a request."""
        content = _ARMOR.sub(b"", text.encode())
        self._learn(name, content)
        if content != text.encode():
            self._learn(name, b"".join(content.split()))
            self._learn(name, base64.b64decode(content)[_ALIKE:])
        self._clean.clear()

    def _learn(self, name: str, content: bytes) -> None:
        small = content.lower()
        assert len(small) >= PART, name
        for secret, called in ((small, name), (small[::-1], f"{name}, backwards")):
            for start in (*range(0, len(secret) - PART, EACH), len(secret) - PART):
                known = self._parts.setdefault(secret[start : start + PART], [])
                known.append(Part(called, secret, start))
        words = np.frombuffer(b"".join(self._parts), dtype="<u8")
        self._table[_places(words)] = True

    def found(self, content: bytes | str) -> list[str]:
        """Names of what stands there, without repeats."""
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        digest = blake2b(raw).digest()
        if digest in self._clean:
            return []
        names = list(dict.fromkeys(name for view in views(raw) for name in self._in(view)))
        if not names:
            self._clean.add(digest)
        return names

    def _in(self, view: bytes) -> Iterator[str]:
        small = view.lower()
        for start in range(min(PART, len(small) - PART + 1)):
            count = (len(small) - start) // PART
            words = np.frombuffer(small, dtype="<u8", offset=start, count=count)
            for number in np.flatnonzero(self._table[_places(words)]):
                place = start + int(number) * PART
                for part in self._parts.get(small[place : place + PART], ()):
                    if part.at(small, place):
                        yield part.name
        yield from (name for name, pattern in SIGNED.items() if pattern.search(small))


def _places(words: np.ndarray) -> np.ndarray:
    """Where in the table of what may be a part each word is looked up."""
    return (words * _MIX) >> np.uint64(48)


def views(content: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """The content, and what it is once one encoding after another is taken off."""
    yield content
    if depth:
        for decode in (_percent, _escaped, _wide, _entities, _hexes, _base64s):
            decoded = decode(content)
            if decoded and decoded != content:
                yield from views(decoded, depth - 1)


def _percent(content: bytes) -> bytes:
    return unquote_to_bytes(content) if b"%" in content else b""


def _escaped(content: bytes) -> bytes:
    """The escapes of JSON and of Python."""
    return _ESCAPE.sub(_unescaped, content) if b"\\" in content else b""


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes([int(found[1], 16)])
    return b"\n" if found[2] == b"n" else found[2]


def _wide(content: bytes) -> bytes:
    """UTF-16 and UTF-32, of either order."""
    return content.replace(b"\0", b"") if b"\0" in content else b""


def _entities(content: bytes) -> bytes:
    return html.unescape(content.decode("latin-1")).encode() if b"&" in content else b""


def _hexes(content: bytes) -> bytes:
    """All runs of hexadecimal digits, each at both alignments."""
    runs = dict.fromkeys(re.sub(rb"[ :]", b"", run) for run in _HEX.findall(content))
    return b"\n".join(
        binascii.unhexlify(run[start : start + (len(run) - start) // 2 * 2])
        for run in runs
        for start in (0, 1)
    )


def _base64s(content: bytes) -> bytes:
    """All runs of its letters, standard or for addresses, each at the four alignments."""
    runs = dict.fromkeys(run.translate(_STANDARD) for run in _BASE64.findall(content))
    return b"\n".join(_letters(run[start:]) for run in runs for start in range(4))


def _letters(run: bytes) -> bytes:
    whole = run[:-1] if len(run) % 4 == 1 else run
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))
