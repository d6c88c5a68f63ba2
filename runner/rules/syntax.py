"""Text that cannot be read as a rule file, in our words.

In: bytes, or an error of PyYAML's. Out: what is wrong, where, and what to write instead; never a
word of the file, which may be a secret.
"""

from __future__ import annotations

import re
from typing import Any


class Unreadable(Exception):
    """Reading cannot go on; `place` is a pair of offsets."""

    def __init__(self, place: tuple[int, int], code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.place, self.code, self.message, self.help = place, code, message, help


# Line breaks of YAML 1.1 only, byte-order marks, controls, and characters that reorder the text a
# reviewer sees (CVE-2021-42574).
_FORBIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_FIRST_LINES = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*")
_TAB_INDENT = re.compile(r"[ ]*\t+")


def decoded(data: bytes) -> tuple[str, Unreadable | None]:
    """The text of UTF-8 bytes without a leading byte-order mark."""
    try:
        return data.decode().removeprefix("\ufeff"), None
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"byte {data[error.start]:#04x} at offset {error.start} is not UTF-8"
        at = len(before.removeprefix("\ufeff"))
        return before, Unreadable((at, at), "R001", message, "save the file as UTF-8")


def forbidden(text: str) -> Unreadable | None:
    """Characters that a rule file may not hold, and directives."""
    match = None if _is_plain(text) else _FORBIDDEN.search(text)
    if match:
        name = f"U+{ord(match[0]):04X}"
        help = f'remove it, or write "\\u{ord(match[0]):04x}" inside double quotes'
        return Unreadable(match.span(), "R015", f"the character {name} may not stand here", help)
    first = _FIRST_LINES.match(text)
    at = first.end() if first else 0
    if text[at : at + 1] == "%":
        message = "directives are not part of a rule file"
        return Unreadable((at, at + 1), "R009", message, 'quote text that begins with `%`: "…"')
    return None


def _is_plain(text: str) -> bool:
    """Whether it is of printable ASCII in lines, as nearly all are: quicker to see."""
    return text.isascii() and text.replace("\n", " ").isprintable()


_INDENT = "this line is indented unlike its neighbors"
_NO_COLON = ("R003", "a key without its `:`", "write `key: value`")
_OUTSIDE = ("R003", "this is outside of what came before", "indent keys alike")
_OPEN_QUOTE = ("R003", "a quote is opened and never closed", "close it")
_HEADER = ("R003", "text right after `>` or `|`", "quote an expression that begins with `>`")
_CUT_SHORT = (
    "R003",
    "`,` or a closing bracket is missing",
    "quote what holds a comma or a bracket",
)
_COLON = ("R003", "a `:` where no key can end", "indent keys alike; quote a value that holds `: `")
_NO_ANCHOR = ("R008", "an anchor or alias without a name", "quote text that begins with `&` or `*`")

# Parts of what libyaml and PyYAML say, and what we say; the first that fits.
_WORDS = (
    (" tag", "R006", "tags are not part of a rule file", "quote text that begins with `!`"),
    ("scanning an anchor", *_NO_ANCHOR),
    ("scanning an alias", *_NO_ANCHOR),
    ("mapping values are not allowed", *_COLON),
    ("escape", "R003", "an escape that YAML does not know", "double the backslash"),
    ("expected ':'", *_NO_COLON),
    ("simple key", *_NO_COLON),
    ("expected <document start>", *_OUTSIDE),
    ("expected '<document start>'", *_OUTSIDE),
    ("',' or", *_CUT_SHORT),
    ("unexpected end of stream", *_OPEN_QUOTE),
    ("document separator", *_OPEN_QUOTE),
    ("document indicator", *_OPEN_QUOTE),
    ("block scalar", *_HEADER),
    ("node content", "R003", "a value is missing here", "remove the extra comma or bracket"),
    ("cannot start any token", "R003", "no value can begin with this character", "quote the value"),
    ("'-' indicator", "R003", _INDENT, "indent keys alike"),
    ("expected <block end>", "R003", _INDENT, "indent keys alike"),
    ("expected key", "R003", _INDENT, "indent keys alike"),
)


# A tag or an anchor between a key or a dash and the mark of a block on its line.
_PROPERTY = re.compile(r"(?<=[:\-] )[ ]*([!&])[^\r\n]*\Z")
_AFTER_VALUE = ("R003", "this stands after the end of a value", "quote the whole value")
_OPEN_BRACKET = ("R003", "a bracket is opened and not closed where its value ends", "close it")
_ENDS_LATE = ("R003", "a quote is opened and not closed where its value ends", "close it")


def in_our_words(error: Exception, text: str, quoted: list[tuple[int, int]]) -> Unreadable:
    """What PyYAML found, without its words. `quoted`: the quoted texts before it, in order."""
    at = _offset(error, "problem_mark", text)
    problem = f"{getattr(error, 'problem', '')} {getattr(error, 'context', '')}"
    if text[at : at + 1] == "\t" or _indented_by_tab(text, at):
        return Unreadable((at, at + 1), "R017", "a tab outside of quotes", "use spaces")
    open_quote = "quoted scalar" in problem and at >= len(text.rstrip())
    if open_quote or "scanning a simple key" in problem:
        at = _offset(error, "context_mark", text)
    known = (row[1:] for row in _WORDS if row[0] in problem)
    code, message, help = next(known, ("R003", "this is not YAML", "check quotes and brackets"))
    if message == _INDENT and text[_line_start(text, at) : at].strip(" -"):
        code, message, help = _AFTER_VALUE
        opened = _opened_in_an_earlier_line(text, at, quoted)
        if opened is not None:
            at, (code, message, help) = opened, _ENDS_LATE
    if message == _HEADER[1]:
        at, (code, message, help) = _before_the_block(text, at)
    bracket = _offset(error, "context_mark", text)
    below = _line_start(text, bracket) < _line_start(text, at)
    if message == _CUT_SHORT[1] and below and _indent(text, at) <= _indent(text, bracket):
        at, (code, message, help) = bracket, _OPEN_BRACKET
    return Unreadable((at, min(at + 1, len(text))), code, message, help)


def _before_the_block(text: str, at: int) -> tuple[int, tuple[str, str, str]]:
    """What makes a later `>` the head of a block: a tag, an anchor, or a quoted word before it."""
    before = text[_line_start(text, at) : at]
    property_ = _PROPERTY.search(before)
    if property_ is not None:
        mark, code = property_[1], "R006" if property_[1] == "!" else "R008"
        what = "a tag" if mark == "!" else "an anchor"
        help = f'quote text that begins with `{mark}`: "…"'
        return at - len(before) + property_.start(1), (code, f"`{mark}` begins {what} here", help)
    if before.rstrip(" >|").endswith(("'", '"')):
        return at, _AFTER_VALUE
    return at, _HEADER


def _offset(error: Exception, mark_name: str, text: str) -> int:
    mark: Any = getattr(error, mark_name, None)
    return min(mark.index, len(text)) if mark else 0


def _indented_by_tab(text: str, at: int) -> bool:
    """Whether the line of `at` is indented by a tab: the usual reason of an error further on."""
    match = _TAB_INDENT.match(text, _line_start(text, at))
    return match is not None and match.end() <= max(at, 1)


def _opened_in_an_earlier_line(text: str, at: int, quoted: list[tuple[int, int]]) -> int | None:
    """Where a quoted text begins that ends in a later line, right before this place."""
    start, end = next((it for it in reversed(quoted) if it[1] <= at), (at, at))
    later = "\n" in text[start:end] and not text[end:at].strip(" ")
    return start if later else None


def _indent(text: str, at: int) -> int:
    """Blanks before the first other character of the line."""
    line = text[_line_start(text, at) : at + 1]
    return len(line) - len(line.lstrip(" "))


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
