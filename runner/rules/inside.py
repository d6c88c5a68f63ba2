"""From a character of a scalar's text to its place in the file.

The text of a scalar is what remains of its source after quotes, escapes, folding and indentation.
All of them keep the order of what is visible, so source and text are walked side by side.
"""

from __future__ import annotations

import re

from runner.rules.nodes import Place, Scalar, Style

_BLANK = " \t\r\n"
_ESCAPED_BLANK = re.compile(r"\\(?:[nt \t]|(?:x|u00|U000000)(?:09|0[aAdD]|20))")
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}  # after the letter of an escape


def stretch(source: str, scalar: Scalar, start: int, end: int) -> Place:
    """Where the characters `start` to `end` (exclusive) of a scalar's text stand in the file.

    >>> scalar = Scalar("it's", "it's", 3, 10, Style.SINGLE)
    >>> stretch("a: 'it''s'", scalar, 2, 4)
    (6, 9)
    """
    places = _places(source, scalar)
    first = places[min(start, len(places) - 1)]
    if end <= start:
        return first[0], first[0]
    return first[0], places[min(end, len(places) - 1) - 1][1]


def _places(source: str, scalar: Scalar) -> list[Place]:
    """Start and end of each character, and one more for the end of the text."""
    at = _content_start(source, scalar)
    places = []
    for character in scalar.text:
        at = _next(source, at, scalar, character)
        length = _length(source, at, scalar, character)
        places.append((at, at + length))
        at = min(at + length, scalar.end)
    return [*places, (at, at)]


def _content_start(source: str, scalar: Scalar) -> int:
    """Past the opening quote, or past the line of `|` and `>`."""
    match scalar.style:
        case Style.PLAIN:
            return scalar.start
        case Style.SINGLE | Style.DOUBLE:
            return scalar.start + 1
    breaks = (source.find(mark, scalar.start, scalar.end) for mark in "\r\n")
    return min((at for at in breaks if at >= 0), default=scalar.end)


def _next(source: str, at: int, scalar: Scalar, character: str) -> int:
    """Skips what the text does not show: folded blanks, indentation, escaped line breaks."""
    while at < scalar.end:
        if scalar.style is Style.DOUBLE and source[at] == "\\" and source[at + 1] in "\r\n":
            at += 1
        elif character in _BLANK:
            break
        elif source[at] in _BLANK:
            at += 1
        elif scalar.style is Style.DOUBLE and _ESCAPED_BLANK.match(source, at):
            at += _length(source, at, scalar, " ")
        else:
            break
    return at


def _length(source: str, at: int, scalar: Scalar, character: str) -> int:
    """How many characters of the source make this one."""
    if scalar.style is Style.DOUBLE and source[at] == "\\":
        return 2 + _HEX_DIGITS.get(source[at + 1], 0)
    if scalar.style is Style.SINGLE and character == "'":
        return 2
    return 1 if at < scalar.end and (character not in _BLANK or source[at] in _BLANK) else 0
