"""One test file while it is being compiled: what is found, and where."""

from __future__ import annotations

from runner.rules.diagnostic import Diagnostic
from runner.rules.nodes import Node, Place, Scalar, place
from runner.rules.source import Source


class Sheet:
    """Holds the file and what is wrong with it."""

    def __init__(self, source: Source, found: list[Diagnostic]) -> None:
        self.source = source
        self.found = found

    def refuse(self, at: Node | Place, code: str, message: str, help: str) -> None:
        """Notes a mistake."""
        where = at if isinstance(at, tuple) else place(at)
        self.found.append(self.source.diagnostic(where, code, message, help))

    def is_told(self, node: Node) -> bool:
        """Whether something is wrong on its lines already."""
        first, last = (self.source.position(at)[0] for at in place(node))
        return any(first <= one.line <= last for one in self.found)

    def line(self, node: Node) -> int:
        """The line on which it begins."""
        return self.source.position(node.start)[0]

    def inside(self, node: Scalar, start: int, end: int) -> Place:
        """A stretch of a scalar's text; the whole of it where it is not written as it reads."""
        at = self.source.text.find(node.text, node.start, node.end + 1)
        if at < 0:
            return place(node)
        return at + start, at + end
