"""A rule file as nodes that know their place, and as plain values."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from runner.model.values import dataclass

Value = str | int | bool | Decimal | None
Place = tuple[int, int]  # offsets into the text: start, and end (exclusive)


class Style(StrEnum):
    """How a scalar is written, by its first character."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts; `text` as the parser unfolds it.

    `refused`: reported already. `inserted`: the value of a param whose `$name` stands here.
    """

    value: Value
    text: str
    start: int
    end: int
    style: Style
    refused: bool = False
    inserted: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in the order of the file; spans from the first key to the end of the last value."""

    entries: dict[str, Entry]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in the order of the file."""

    items: tuple[Node, ...]
    start: int
    end: int


Node = Scalar | Mapping | Sequence
Plain = dict[str, "Plain"] | list["Plain"] | str | int | bool | Decimal | None


def place(node: Node) -> Place:
    """Where a node stands."""
    return node.start, node.end


def number_in(node: Scalar) -> Decimal:
    """The number that was read from a right scalar, quoted or not: `0x10` is 16."""
    value = node.value
    return Decimal(node.text if value is None or isinstance(value, str) else value)


def plain(node: Node) -> Plain:
    """The value of a node as plain Python values, nothing shared."""
    match node:
        case Scalar():
            return node.value
        case Mapping():
            return {name: plain(entry.value) for name, entry in node.entries.items()}
        case Sequence():
            return [plain(item) for item in node.items]
