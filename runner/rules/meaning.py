"""What expressions of a rule file mean when every name in them is written out.

In: a resolved file. Out: for an expression a text that is equal for two expressions exactly when
they are built alike from numbers, series, inputs and functions, whatever names stand in between.
"""

from __future__ import annotations

import ast

from runner.core.strategy import Strategy
from runner.language.expand import Expander
from runner.language.tokens import scan
from runner.language.types import IN_SESSION, Expression
from runner.model.digests import sha256
from runner.rules.resolved import Leaf, Tree
from runner.rules.units import percentage


class Meanings:
    """The names of one file, each with what it stands for."""

    def __init__(self, tree: dict[str, Tree], strategy: Strategy) -> None:
        self.names: dict[str, str] = {}
        self.functions = {function.name: function for function in strategy.functions}
        self.sessions = {
            it.name: _short(
                "session", f"{sorted(it.days)} {it.from_minute} {it.until_minute} {it.timezone}"
            )
            for it in strategy.sessions
        }
        for name, param in _entries(tree, "params"):
            text = _text(param, "default")
            part = percentage(text)
            self.names[name] = f"{float(text) if part is None else float(part)!r}"
        for it in strategy.inputs:
            self.names[it.name] = _short("input", it.path, it.column, str(it.lag_ms))
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
        expander = Expander(self.functions, _nowhere)
        return ast.unparse(_WrittenOut(self.names, self.sessions).visit(expander.visit(tree)))


def reads_session(strategy: Strategy, name: str) -> bool:
    """Whether anything but `entry.sessions` asks for a session: positions may end by it."""
    return strategy.exits.session_end == name or _asks(
        (strategy.entries, strategy.exits, strategy.indicators), name
    )


def _asks(value: object, name: str) -> bool:
    """Whether an expression anywhere below asks for the session."""
    match value:
        case Expression():
            return any(
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == IN_SESSION
                and any(isinstance(it, ast.Name) and it.id == name for it in node.args)
                for node in ast.walk(value.tree)
            )
        case tuple():
            return any(_asks(item, name) for item in value)
    fields: tuple[str, ...] = getattr(value, "__match_args__", ())
    return any(_asks(getattr(value, key), name) for key in fields)


class _WrittenOut(ast.NodeTransformer):
    """Names of the file as what they stand for, every number as a float."""

    def __init__(self, names: dict[str, str], sessions: dict[str, str]) -> None:
        self.names = names
        self.sessions = sessions

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """A session is one where it is asked for only."""
        match node:
            case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=name)]) if (
                called == IN_SESSION
            ):
                return ast.Call(node.func, [ast.Name(self.sessions.get(name, name))], [])
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Names of the language stay."""
        return ast.Name(self.names.get(node.id, node.id))

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """`70` and `70.0` are one."""
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            node.value = float(node.value)
        return node


def _nowhere(node: ast.AST) -> tuple[int, int]:
    """Of a right file nothing is said, so that no place is asked for."""
    return 0, 0


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
