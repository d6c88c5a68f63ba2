"""The text of a rule file and the places in it.

In: a file's text, offsets into it. Out: lines and columns, diagnostics, lines fit to be shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import chain

from runner.rules.diagnostic import Diagnostic, Severity

_BREAK = re.compile(r"\r\n|\n|\r")

# A key whose value may be a secret: fields of `credentials`, and what people write by mistake.
_SECRET_WORDS = r"(?:secret|api_?key|pass(?:phrase|word|wd)|private_?key|token|credential)"
_SECRET_KEY = re.compile(rf"{_SECRET_WORDS}|\Anext\Z", re.IGNORECASE)
_GLUED = re.compile(rf"\w{{0,20}}{_SECRET_WORDS}\w{{0,20}}[:=]\S", re.IGNORECASE)
_SECRET_WORD = re.compile(_SECRET_WORDS, re.IGNORECASE)


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
        starts = chain([0], (match.end() for match in _BREAK.finditer(text)))
        return Source(file, text, tuple(starts), ())

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
        for first, last in self.masked:
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
        return Diagnostic(
            self.file, line, column, end_line, end_column, severity, code, message, help
        )


def may_be_secret(key: str) -> bool:
    """Whether the value of this key must never be shown.

    >>> may_be_secret("api_secret"), may_be_secret("Password"), may_be_secret("symbol")
    (True, True, False)
    """
    return _SECRET_KEY.search(key) is not None


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
