"""Lays a rule file's text out anew: indentation, spaces, blank lines and quotes.

In: text that can be read. Out: the same pieces and comments in the same order, each level two
columns deeper. What stands on a line of its own stays there; a comment beside a value keeps its
column where there is room.
"""

from __future__ import annotations

from runner.model.errors import Refused
from runner.model.values import dataclass
from runner.rules.pieces import Mark, Piece, pieces
from runner.rules.quoting import requoted

_STEP = 2  # columns of one level
_BEFORE_COMMENT = 2  # columns between a value and the comment beside it, at least


@dataclass(frozen=True, slots=True)
class _Block:
    """An open block of keys or items: the column it had, and the one it gets.

    `bare`: items as deep as the key that holds them, which begin and end without a mark.
    """

    column: int
    target: int
    items: bool = False
    bare: bool = False


class Layout:
    """Walks the pieces of one file with the blocks that are open."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines: list[str] = []
        self.line = ""  # the one being written
        self.end = 0  # of the last piece that was written
        self.last: Piece | None = None
        self.blocks = [_Block(-1, -_STEP, items=True)]
        self.before = self.blocks  # as they were at the last piece
        self.brackets = 0
        self.is_key = False

    def written(self) -> str:
        """The whole text anew."""
        for piece in pieces(self.text):
            match piece.mark:
                case Mark.MAPPING | Mark.SEQUENCE:
                    self.open(_Block(piece.column, 0, items=piece.mark is Mark.SEQUENCE))
                case Mark.END:
                    self.close()
                case Mark.KEY:
                    self.key(piece)
                case _:
                    self.write(piece)
        self.between(f"{self.text[self.end :]}\n", 0, 0)
        while self.lines and not self.lines[-1]:
            self.lines.pop()
        return "".join(f"{line}\n" for line in self.lines)

    def open(self, block: _Block) -> None:
        """A block one level deeper."""
        target = self.blocks[-1].target + _STEP
        self.blocks = [*self.blocks, _Block(block.column, target, block.items, block.bare)]

    def close(self) -> None:
        """A block ends, and with it the bare items in it."""
        self.leave_bare()
        self.blocks = self.blocks[:-1]

    def leave_bare(self) -> None:
        """Bare items end at the next key."""
        if self.blocks[-1].bare:
            self.blocks = self.blocks[:-1]

    def key(self, piece: Piece) -> None:
        """The next piece is a key."""
        if self.text[piece.start : piece.end] == "?":
            raise self.refused(piece, "a key after `?`: write `key: value`")
        if not self.brackets:
            self.leave_bare()
        self.is_key = True

    def write(self, piece: Piece) -> None:
        """A piece with text, after what stands before it."""
        if piece.mark is Mark.ITEM and not self.blocks[-1].items:
            self.open(_Block(piece.column, 0, items=True, bare=True))
        self.brackets -= piece.mark is Mark.CLOSE
        gap, target = self.text[self.end : piece.start], self.target(piece)
        if self.last is None or "\n" in gap:
            self.between(gap, piece.column, target)
            self.line = " " * target
        else:
            self.line += _space(self.last, piece)
        self.line += self.shown(piece)
        self.brackets += piece.mark is Mark.OPEN
        self.is_key = self.is_key and piece.mark is Mark.ANCHOR
        self.end, self.last, self.before = piece.end, piece, self.blocks

    def target(self, piece: Piece) -> int:
        """The column of a piece that begins a line."""
        if piece.mark is Mark.DOCUMENT:
            return 0
        top = self.blocks[-1].target
        if self.brackets:
            return top + _STEP + _STEP * self.brackets
        return top if self.is_key or piece.mark is Mark.ITEM else top + _STEP

    def between(self, gap: str, column: int, target: int) -> None:
        """Comments and blank lines before a piece of this column, which gets another."""
        *whole, _ = gap.split("\n")  # the rest is the indentation of the piece
        if self.last is not None:
            self.beside(whole[0] if whole else "")
            whole = whole[1:]
        for line in whole:
            text = line.strip()
            if text:
                self.lines.append(" " * self.comment_target(line, column, target) + text)
            elif self.lines and self.lines[-1]:
                self.lines.append("")

    def beside(self, rest: str) -> None:
        """Ends a line; a comment beside what it holds keeps its column where there is room."""
        comment = rest.strip()
        if comment:
            start = self.end - self.text.rfind("\n", 0, self.end) - 1
            column = start + len(rest) - len(rest.lstrip())
            *_, last = self.line.split("\n")
            self.line += " " * (max(column, len(last) + _BEFORE_COMMENT) - len(last)) + comment
        self.lines += self.line.split("\n")

    def comment_target(self, line: str, column: int, target: int) -> int:
        """A comment goes with what follows, or, where it was deeper, with the block that ends."""
        own = len(line) - len(line.lstrip())
        if own <= column or self.brackets:
            return target
        deepest = max((it.target for it in self.before if it.column <= own), default=0)
        return max(deepest, target)

    def shown(self, piece: Piece) -> str:
        """The text of a piece."""
        raw = self.text[piece.start : piece.end]
        if piece.mark is not Mark.SCALAR:
            return raw
        if piece.style in {"|", ">"}:
            return self.block_text(piece, raw)
        if "\n" in raw:
            return self.folded(raw)
        if piece.style in {"'", '"'}:
            return requoted(raw, piece.value, self.is_key, self.brackets > 0)
        return raw

    def block_text(self, piece: Piece, raw: str) -> str:
        """Text after `|` or `>`: its lines one level deeper than what holds them."""
        head, *lines = raw.split("\n")
        if set(head.partition("#")[0]) & set("+0123456789"):
            raise self.refused(piece, f"`{head}`: write it without `+` and digits")
        first = next((line for line in lines if line.strip()), "")
        had = len(first) - len(first.lstrip(" "))
        indent = " " * (self.blocks[-1].target + _STEP)
        return "\n".join([head, *(indent + it[had:] if it[had:] else "" for it in lines)])

    def folded(self, raw: str) -> str:
        """Text on several lines, whose indentation has no meaning."""
        first, *lines = raw.split("\n")
        indent = " " * (self.blocks[-1].target + _STEP + _STEP * self.brackets)
        return "\n".join([first, *(indent + it.lstrip() if it.strip() else "" for it in lines)])

    def refused(self, piece: Piece, what: str) -> Refused:
        """What has no canonical form, with its line."""
        line = self.text.count("\n", 0, piece.start) + 1
        return Refused(f"{self.file}:{line}: cannot be formatted because of {what}")


_TIGHT_BEFORE = frozenset((Mark.COMMA, Mark.CLOSE))


def _space(last: Piece, piece: Piece) -> str:
    """What stands between two pieces of one line."""
    if piece.mark in _TIGHT_BEFORE or last.mark is Mark.OPEN:
        return ""
    if piece.mark is Mark.VALUE and last.mark is not Mark.ALIAS:
        return ""
    return " "
