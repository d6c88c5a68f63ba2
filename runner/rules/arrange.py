"""The topmost keys of a rule file in the order of its schema, each with its comments.

In: text that is laid out, and its tree. Out: the same lines in another order. A comment at the
left edge goes with the key below it, a deeper one with the block that it ends. What stands above
the last blank line before the first key is about the file and stays on top, all of it where there
is no such line; so do comments at the left edge below the last value, at the end.
"""

from __future__ import annotations

from runner.rules.kinds import SHAPES
from runner.rules.nodes import Entry, Mapping, Scalar
from runner.rules.pieces import Mark, pieces


def arranged(text: str, root: Mapping) -> str:
    """The text in the order of the schema; as it is where an order cannot be told for sure."""
    order = _order(root)
    names = list(root.entries)
    if order is None or names == sorted(names, key=order.index) or not _is_movable(text):
        return text
    lines = text.splitlines()
    starts = _starts(text, lines, root)
    first, last = _end_of_header(lines, starts[0]), _start_of_footer(lines)
    ends = [*starts[1:], last]
    chunks = dict(zip(names, zip([first, *starts[1:]], ends, strict=True), strict=True))
    moved = lines[:first]
    for name in sorted(names, key=order.index):
        begin, end = chunks[name]
        is_second_blank = not lines[begin] and not (moved and moved[-1])
        moved += lines[begin + is_second_blank : end]
    moved += lines[last:]
    return "".join(f"{line}\n" for line in moved)


def _order(root: Mapping) -> list[str] | None:
    kind = root.entries.get("kind")
    name = kind.value.text if kind is not None and isinstance(kind.value, Scalar) else ""
    shape = SHAPES.get(name)
    return list(shape.fields) if shape and set(root.entries) <= set(shape.fields) else None


def _is_movable(text: str) -> bool:
    """No anchor, whose place is before its alias; and keys in lines, not in brackets."""
    found = list(pieces(text))
    moves = {Mark.ANCHOR, Mark.ALIAS, Mark.DOCUMENT}
    return found[0].mark is Mark.MAPPING and not any(piece.mark in moves for piece in found)


def _starts(text: str, lines: list[str], root: Mapping) -> list[int]:
    """Of each key, the line at which it and what is written above it begin."""
    starts, ends = [], [0]
    for entry in root.entries.values():
        line = text.count("\n", 0, entry.key.start)
        while line > ends[-1] and (not lines[line - 1] or lines[line - 1][0] == "#"):
            line -= 1
        starts.append(line)
        ends.append(_last_line(text, entry) + 1)
    return starts


def _last_line(text: str, entry: Entry) -> int:
    """The last line of a key's value."""
    return text.count("\n", 0, max(entry.key.end, entry.value.end))


def _end_of_header(lines: list[str], start: int) -> int:
    """Where the first key's own comment begins: after the last blank line above it."""
    at = start
    while at < len(lines) and (not lines[at] or lines[at][0] == "#"):
        at += 1
    blanks = [number for number in range(start, at) if not lines[number]]
    return blanks[-1] + 1 if blanks else at


def _start_of_footer(lines: list[str]) -> int:
    """Comments at the left edge below everything else are about the file, too."""
    at = len(lines)
    while at and (not lines[at - 1] or lines[at - 1][0] == "#"):
        at -= 1
    return at
