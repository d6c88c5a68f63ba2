"""The text of a rule file and the places in it.

In: a file's text, offsets into it. Out: lines and columns, diagnostics, lines fit to be shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from runner.model.values import dataclass
from runner.rules.diagnostic import Diagnostic, Severity

_BREAK = re.compile(r"\r\n|\n|\r")

# A key whose value may be a secret: fields of `credentials`, and what people write by mistake.
_SECRET_WORDS = (
    r"(?:secret|api[_-]?key|pass(?:phrase|word|wd)|private[_-]?key|token|credential|webhook)"
)
_SHORT_WORDS = "key|to|uid|url"  # too short to be looked for inside other words
_SECRET_KEY = re.compile(rf"{_SECRET_WORDS}|\A(?:next|references|{_SHORT_WORDS})\Z", re.IGNORECASE)
_GLUED = re.compile(rf"\w{{0,20}}{_SECRET_WORDS}\w{{0,20}}[:=]\S", re.IGNORECASE)
_SECRET_WORD = re.compile(
    rf"{_SECRET_WORDS}|(?<![\w-])(?:{_SHORT_WORDS})(?=[\"']?[ \t]*:)", re.IGNORECASE
)

# What keys and tokens look like wherever they stand: long runs of letters and digits, base64 with
# its marks, and UUIDs. A rule file's own words are shorter, or hold no digit.
_RUN = re.compile(r"[A-Za-z0-9+/_-]{24,}")
_MIXED = re.compile(r"[A-Za-z0-9]{24,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_BASE64 = 32  # characters from which a run of both cases, digits and marks is taken for one
_QUOTED = re.compile(r"`([^`]+)`")
_MOST_SAID, _MOST_QUOTED = 300, 60  # characters of a message, and of a word in one that is longer


@dataclass(frozen=True, slots=True)
class Source:
    """One rule file. `masked`: stretches (start, end) that no message may show."""

    file: str  # as given on the command line
    text: str
    line_starts: tuple[int, ...]
    masked: tuple[tuple[int, int], ...]

    @staticmethod
    def of(file: str, text: str) -> Source:
        """A source in which nothing is masked yet."""
        return Source(file, text, tuple(_line_starts(text)), ())

    def masking(self, stretches: tuple[tuple[int, int], ...]) -> Source:
        """The same source with these stretches hidden."""
        return Source(self.file, self.text, self.line_starts, stretches)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its break, secrets as asterisks of the same width."""
        start = self.line_starts[number - 1]
        shown = list(self.text[start : _end_of_line(self, number)].rstrip("\r\n"))
        looks = [(start + a, start + b) for a, b in looks_secret("".join(shown))]
        for first, last in (*self.masked, *looks):
            for index in range(max(first - start, 0), min(last - start, len(shown))):
                shown[index] = "*"
        return "".join(shown)

    def diagnostic(
        self,
        place: tuple[int, int],
        code: str,
        message: str,
        help: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """What is wrong between two offsets."""
        start, end = place
        line, column = self.position(start)
        end_line, end_column = self.position(max(start, end))
        message, help = (self._safe(text, place) for text in (message, help))
        return Diagnostic(
            self.file, line, column, end_line, end_column, severity, code, message, help
        )

    def _safe(self, words: str, place: tuple[int, int]) -> str:
        """Printable, without what looks like a secret or is masked at this place."""
        hidden = [self.text[a:b] for a, b in self.masked if a < place[1] and place[0] < b]

        def shown(found: re.Match[str]) -> str:
            word = found[1].removesuffix("...")
            leaks = not word.endswith(":") and any(word in stretch for stretch in hidden)
            return "`***`" if leaks else found[0]  # `vault:` names a keeper, not what it keeps

        safe = _QUOTED.sub(shown, words) if hidden else words
        for start, end in reversed(list(looks_secret(safe))):
            safe = f"{safe[:start]}***{safe[end:]}"
        if len(safe) > _MOST_SAID:
            safe = _QUOTED.sub(_cut, safe)
        if safe.isprintable():
            return safe
        return "".join(it if it.isprintable() else f"\\u{ord(it):04x}" for it in safe)


def _cut(found: re.Match[str]) -> str:
    """A quoted word of a message that is too long."""
    return found[0] if len(found[1]) <= _MOST_QUOTED else f"`{found[1][:_MOST_QUOTED]}...`"


def _line_starts(text: str) -> Iterator[int]:
    if "\r" in text:
        yield 0
        yield from (match.end() for match in _BREAK.finditer(text))
        return
    start = -1
    yield start + 1
    while (start := text.find("\n", start + 1)) >= 0:
        yield start + 1


@lru_cache(1024)
def may_be_secret(key: str) -> bool:
    """Whether the value of this key must never be shown.

    >>> may_be_secret("api_secret"), may_be_secret("Password"), may_be_secret("symbol")
    (True, True, False)
    """
    return _SECRET_KEY.search(key) is not None


def looks_secret(text: str) -> Iterator[tuple[int, int]]:
    """Where in a text something stands that looks like a key or a token.

    >>> list(looks_secret("close > 0d3a8f2b9c71e4f5a6b7c8d9")), list(looks_secret("ema_of_20"))
    ([(8, 32)], [])
    """
    for run in _RUN.finditer(text):
        kinds = [re.search(kind, run[0]) is not None for kind in ("[0-9]", "[a-z]", "[A-Z]")]
        if len(run[0]) >= _BASE64 and all(kinds):
            yield run.span()
            continue
        for mixed in _MIXED.finditer(run[0]):
            if re.search("[0-9]", mixed[0]) and re.search("[A-Za-z]", mixed[0]):
                yield run.start() + mixed.start(), run.start() + mixed.end()


def is_glued_secret(text: str) -> bool:
    """Whether unquoted text is a key and a secret without the space that would part them.

    >>> is_glued_secret("api_key:abc"), is_glued_secret("env:API_KEY")
    (True, False)
    """
    return _GLUED.match(text) is not None


def likely_secrets(text: str) -> tuple[tuple[int, int], ...]:
    """What to hide in a file that cannot be read: rather too much than too little.

    Around a key that may hold a secret: its line from the first `:` on, and all deeper lines.
    """
    source = Source.of("", text)
    stretches: list[tuple[int, int]] = []
    end = 0
    for match in _SECRET_WORD.finditer(text):
        line = source.position(match.start())[0]
        colon = text.find(":", source.line_starts[line - 1], _end_of_line(source, line))
        if match.start() >= end and colon >= 0:
            end = _end_of_value(source, line)
            stretches.append((colon + 1, end))
    return tuple(stretches)


def _end_of_value(source: Source, line: int) -> int:
    """End of this line and of the blank or deeper ones that follow."""
    indent = _indent(source, line)
    while line < len(source.line_starts) and _indent(source, line + 1) > indent:
        line += 1
    return _end_of_line(source, line)


def _indent(source: Source, line: int) -> int:
    """Spaces and tabs before the first other character; a blank line is deeper than any."""
    start, end = source.line_starts[line - 1], _end_of_line(source, line)
    text = source.text[start:end]
    return len(text) - len(text.lstrip(" \t")) if text.strip() else len(source.text)


def _end_of_line(source: Source, line: int) -> int:
    starts = source.line_starts
    return starts[line] if line < len(starts) else len(source.text)
