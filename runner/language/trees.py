"""Walks over Python's trees that pass by what the language does not have."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from runner.language.types import Expression

#: The parts of each kind of node that the grammar allows, without operators and contexts.
_PARTS: dict[type, Callable[[Any], Sequence[ast.AST]]] = {
    ast.Attribute: lambda node: (node.value,),
    ast.BinOp: lambda node: (node.left, node.right),
    ast.BoolOp: lambda node: node.values,
    ast.Call: lambda node: (node.func, *node.args, *node.keywords),
    ast.Compare: lambda node: (node.left, *node.comparators),
    ast.Constant: lambda _: (),
    ast.IfExp: lambda node: (node.test, node.body, node.orelse),
    ast.Name: lambda _: (),
    ast.Subscript: lambda node: (node.value, node.slice),
    ast.UnaryOp: lambda node: (node.operand,),
}


#: What tells two nodes of one kind apart beside their parts.
_MARKS: dict[type, Callable[[Any], object]] = {
    ast.Attribute: lambda node: node.attr,
    ast.BinOp: lambda node: type(node.op),
    ast.BoolOp: lambda node: type(node.op),
    ast.Call: lambda node: getattr(node.func, "id", None),
    ast.Compare: lambda node: [type(operator) for operator in node.ops],
    ast.Constant: lambda node: (type(node.value), node.value),
    ast.IfExp: lambda _: None,
    ast.Name: lambda node: node.id,
    ast.Subscript: lambda _: None,
    ast.UnaryOp: lambda node: type(node.op),
}


_NUMBERS = {kind: at for at, kind in enumerate(_MARKS)}


def levels(tree: ast.AST) -> list[list[ast.AST]]:
    """All nodes, those at one depth together, without recursion."""
    found, level = [], [tree]
    while level:
        found.append(level)
        level = [part for node in level for part in _parts(node)]
    return found


@lru_cache(4096)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All of them, from the top; kept, as a tree is looked at wherever its text stands."""
    return tuple(chain.from_iterable(levels(tree)))


@lru_cache(4096)
def size(tree: ast.AST) -> int:
    """How many nodes it has, with Python's operators and contexts."""
    return sum(1 for _ in ast.walk(tree))


def names_below(tree: ast.AST, indicators: Mapping[str, Expression]) -> set[str]:
    """All names in a tree and in the indicators that it names; each of these is looked at once."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        names = {node.id for node in nodes(waiting.pop()) if isinstance(node, ast.Name)} - found
        found |= names
        waiting += [indicators[name].tree for name in names if name in indicators]
    return found


def depth(found: list[list[ast.AST]]) -> int:
    """Nodes on the longest way down; a name has its context below it."""
    return len(found) + any(isinstance(node, ast.Name) for node in found[-1])


def _parts(node: ast.AST) -> Sequence[ast.AST]:
    parts = _PARTS.get(type(node))
    return tuple(ast.iter_child_nodes(node)) if parts is None else parts(node)


def spelled(node: ast.AST) -> str:
    """A tree as text that only equal trees have; a tenth of the time that `ast.dump` takes."""
    kind = type(node)
    mark = _MARKS.get(kind)
    if mark is None:
        return ast.dump(node)
    parts = [spelled(part) for part in _parts(node)]
    return f"{_NUMBERS[kind]}{mark(node)}({','.join(parts)})"


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are written alike, wherever they stand; `70` and `70.0` are not."""
    kind = type(one)
    if kind is not type(other):
        return False
    mark = _MARKS.get(kind)
    if one is other or mark is None:
        return one is other or ast.dump(one) == ast.dump(other)
    if mark(one) != mark(other):
        return False
    ours, theirs = _parts(one), _parts(other)
    if len(ours) != len(theirs):
        return False
    for left, right in zip(ours, theirs, strict=True):  # noqa: SIM110 - three times as fast
        if not same(left, right):
            return False
    return True
