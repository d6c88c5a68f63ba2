"""Marks of YAML that its events do not tell, found in the text itself."""

from __future__ import annotations

import re
from bisect import bisect_right

from runner.language.words import quoted as in_backticks
from runner.rules.nodes import Node, Place, Scalar, Style, place
from runner.rules.source import Source

# The line of `|` or `>`, and a later line that a tab indents: the two parsers disagree on others.
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]* *(?:(?<= )#[^\n\r]*)?(?=[\n\r]|\Z)")
_TAB_INDENT = re.compile(r"[\n\r] *\t")
_COLON = re.compile(r"[ \t\r\n]*:(?=[ \t\r\n])")  # after an unquoted key inside `{…}`
# The properties before a node: an anchor, a tag, and what separates them from the node itself.
PROPERTIES = re.compile(r"(?:(?:&[\w-]*|![^\s,\[\]{}]*)(?:\s+|#[^\n\r]*)*)+", re.ASCII)
_COMMENT = re.compile(r"(?:^|(?<=[ \t\r\n]))#")


def stray_tab(source: Source, quoted: list[Place]) -> int | None:
    """The first tab outside of quotes, blocks and comments, where the two parsers disagree."""
    text = source.text
    at = text.find("\t")
    while at >= 0:
        index = bisect_right(quoted, (at, len(text)))
        before = quoted[index - 1][1] if index else 0
        line_start = source.line_starts[source.position(at)[0] - 1]
        if before <= at and not _COMMENT.search(text, max(before, line_start), at):
            return at
        at = text.find("\t", at + 1)
    return None


Found = tuple[Place, str, str, str]  # where, code, message, help


def odd_text(text: str, style: Style, at: Place) -> Found | None:
    """Why the two parsers would read this quoted text or block differently."""
    if style in {Style.LITERAL, Style.FOLDED} and not _BLOCK_HEADER.match(text, at[0]):
        help = "write the text in the next line, indented"
        return (at[0], at[0] + 1), "R003", "text right after `>` or `|`", help
    tab = _TAB_INDENT.search(text, *at)
    if tab is None:
        return None
    return (tab.end() - 1, tab.end()), "R017", "a tab indents this line", "use spaces"


def cut(text: str, key: Scalar | None, value: Node, secret: bool) -> Found | None:
    """Why a key or an item inside brackets is a piece of a text that a comma has cut in two."""
    for node in (key, value):
        if not isinstance(node, Scalar) or node.style is not Style.PLAIN or node.refused:
            continue
        if node.text.isalnum() and (node is value or text.startswith(": ", node.end)):
            continue  # as nearly all are
        shown, at = "this" if secret else in_backticks(node.text), place(node)
        if node is key and not _COLON.match(text, node.end):
            help = "quote text that holds a comma; write a space after `:`"
            return at, "R014", f"{shown} stands alone inside brackets", help
        if "?" in node.text:  # the two parsers disagree on it
            return at, "R014", f"{shown} holds a `?` inside brackets", "quote it"
        if node.text.count("(") != node.text.count(")"):
            help = "quote the whole expression when it holds a comma"
            return at, "R014", f"{shown} is cut in two by a comma", help
    return None
