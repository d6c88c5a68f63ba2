"""A rule file's text as the pieces it is made of, each with its place.

In: text that `rules/document.py` has read without a complaint. Out: its marks, values and the
beginnings and ends of its blocks, in the order of the text; what lies between two pieces is space,
line breaks and comments. With that module the only one that knows PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Any

import yaml

from runner.model.values import dataclass

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mark(Enum):
    """What a piece is. The first four hold no text."""

    MAPPING = auto()  # a block of keys begins
    SEQUENCE = auto()  # a block of items begins
    END = auto()  # one of them ends
    KEY = auto()  # the next piece is a key
    ITEM = auto()  # `-`
    VALUE = auto()  # `:`
    OPEN = auto()  # `{` or `[`
    CLOSE = auto()
    COMMA = auto()
    SCALAR = auto()
    ANCHOR = auto()  # `&name`, or a tag
    ALIAS = auto()
    DOCUMENT = auto()  # `---` or `...`


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece; `start` and `end` are offsets, `column` counts from 0.

    `value`: what a quoted or plain scalar unfolds to. `style`: how a scalar is written, by its
    first character; empty where it is plain.
    """

    mark: Mark
    start: int
    end: int
    column: int
    value: str = ""
    style: str = ""

    @property
    def has_text(self) -> bool:
        """It stands in the text, and is not only the beginning or end of something."""
        return self.mark not in _SILENT


_SILENT = frozenset((Mark.MAPPING, Mark.SEQUENCE, Mark.END, Mark.KEY))

_BLANK_LINES = re.compile(r"(?:\n[ \t]*)+\Z")  # after the text of a block
_MARKS = {
    yaml.BlockMappingStartToken: Mark.MAPPING,
    yaml.BlockSequenceStartToken: Mark.SEQUENCE,
    yaml.BlockEndToken: Mark.END,
    yaml.KeyToken: Mark.KEY,
    yaml.BlockEntryToken: Mark.ITEM,
    yaml.ValueToken: Mark.VALUE,
    yaml.FlowMappingStartToken: Mark.OPEN,
    yaml.FlowSequenceStartToken: Mark.OPEN,
    yaml.FlowMappingEndToken: Mark.CLOSE,
    yaml.FlowSequenceEndToken: Mark.CLOSE,
    yaml.FlowEntryToken: Mark.COMMA,
    yaml.ScalarToken: Mark.SCALAR,
    yaml.AnchorToken: Mark.ANCHOR,
    yaml.TagToken: Mark.ANCHOR,
    yaml.AliasToken: Mark.ALIAS,
    yaml.DocumentStartToken: Mark.DOCUMENT,
    yaml.DocumentEndToken: Mark.DOCUMENT,
}


def pieces(text: str) -> Iterator[Piece]:
    """Every piece of a text that can be read."""
    for token in yaml.scan(text, Loader=LOADER):
        mark = _MARKS.get(type(token))
        if mark is None:
            continue  # the beginning and the end of the stream
        start, end = token.start_mark.index, token.end_mark.index
        column = token.start_mark.column
        if isinstance(token, yaml.ScalarToken):
            end = start + len(_BLANK_LINES.sub("", text[start:end]))
            yield Piece(mark, start, end, column, token.value, token.style or "")
        else:
            yield Piece(mark, start, end, column)
