"""The canonical form of a rule file: one way to indent, space and quote it, comments kept.

In: a document without a complaint. Out: its text in that form, which means the same: this is
looked at before it is handed out, value by value and comment by comment.
"""

from __future__ import annotations

from runner.model.errors import Refused
from runner.rules.arrange import arranged
from runner.rules.document import Document, read
from runner.rules.layout import Layout
from runner.rules.nodes import Mapping, Node, Scalar
from runner.rules.pieces import pieces


def canonical(document: Document) -> str:
    """The text in canonical form.

    Raises Refused where that text would not mean the same; nobody should ever see it.
    """
    file, text = document.source.file, _with_one_line_break(document.source.text)
    laid_out = Layout(file, text).written()
    again = read(file, laid_out.encode())
    if isinstance(again.root, Mapping):
        laid_out = arranged(laid_out, again.root)
        again = read(file, laid_out.encode())
    kept = sorted(comments(laid_out)) == sorted(comments(text))
    if again.diagnostics or not kept or _meaning(again.root) != _meaning(document.root):
        raise Refused(f"{file}: it cannot be formatted without changing what it means; left alone")
    return laid_out


def comments(text: str) -> list[str]:
    """Every comment of a text that can be read."""
    found, end = [], 0
    for piece in pieces(text):
        if piece.has_text:
            found += _comments_of(text[end : piece.start])
            end = piece.end
    return [*found, *_comments_of(text[end:])]


def _comments_of(gap: str) -> list[str]:
    return [line.strip() for line in gap.split("\n") if line.strip()]


def _with_one_line_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _meaning(node: Node | None) -> object:
    """What two texts must have in common; the order of the topmost keys has no meaning."""
    found = _deep_meaning(node)
    return (
        sorted(found, key=repr) if isinstance(node, Mapping) and isinstance(found, list) else found
    )


def _deep_meaning(node: Node | None) -> object:
    match node:
        case None:
            return None
        case Scalar():
            return type(node.value).__name__, node.value, node.text
        case Mapping():
            return [(name, _deep_meaning(entry.value)) for name, entry in node.entries.items()]
        case _:
            return tuple(_deep_meaning(item) for item in node.items)
