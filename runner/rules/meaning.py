"""What expressions of a rule file mean when every name in them is written out.

In: a resolved file. Out: for an expression a text that is equal for two expressions exactly when
they are built alike from numbers, series, inputs and functions, whatever names stand in between.
"""

from __future__ import annotations

import ast

from runner.language.tokens import scan
from runner.model.digests import sha256
from runner.rules.resolved import Leaf, Tree
from runner.rules.units import percentage


class Meanings:
    """The names of one file, each with what it stands for."""

    def __init__(self, tree: dict[str, Tree]) -> None:
        self.names: dict[str, str] = {}
        for name, param in _entries(tree, "params"):
            text = _text(param, "default")
            part = percentage(text)
            self.names[name] = f"{float(text) if part is None else float(part)!r}"
        for name, series in _entries(tree, "inputs"):
            parts = [_text(series, key) for key in ("file", "column", "lag")]
            self.names[name] = _short("input", *parts)
        for name, indicator in _entries(tree, "indicators"):  # later ones use earlier ones
            bars = [_text(indicator, key) for key in ("timeframe", "symbol")]
            self.names[name] = _short(self.of(_text(indicator, "value")), *bars)

    def of(self, text: str) -> str:
        """The meaning of an expression; of what is none its words."""
        scanned = scan(text)
        plain = " ".join(token.plain for token in scanned.tokens)
        if scanned.problems or not scanned.parsable:
            return " ".join(text.split())
        try:
            tree = ast.parse(plain, mode="eval").body
        except SyntaxError:
            return " ".join(text.split())
        return ast.unparse(_WrittenOut(self.names).visit(tree))


class _WrittenOut(ast.NodeTransformer):
    """Names of the file as what they stand for, every number as a float."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Names of the language stay."""
        return ast.Name(self.names.get(node.id, node.id))

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """`70` and `70.0` are one."""
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            node.value = float(node.value)
        return node


def _short(*parts: str) -> str:
    """A name for a meaning: written out in full, names of names would grow without end."""
    return f"_{sha256(repr(parts).encode()).hexdigest()[:24]}"


def _entries(tree: dict[str, Tree], block: str) -> list[tuple[str, Tree]]:
    found = tree.get(block)
    return list(found.items()) if isinstance(found, dict) else []


def _text(tree: Tree, key: str) -> str:
    """The value below, or of the short form in which the value stands alone."""
    if isinstance(tree, dict):
        tree = tree.get(key, Leaf("", ""))
    elif key not in {"default", "value"}:
        return ""
    return str(tree.value) if isinstance(tree, Leaf) and not tree.silent else ""
