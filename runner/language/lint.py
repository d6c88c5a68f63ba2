"""Warnings: what is in the language but cannot be meant."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from runner.indicators.table import FUNCTIONS
from runner.language.types import PRICES, Problem, Scope

Place = Callable[[ast.AST], tuple[int, int]]

#: Functions whose values are few, so that `==` can hold.
_STEPPED = frozenset({"mod", "sign"})


def warnings(tree: ast.expr, scope: Scope, place: Place) -> Iterator[Problem]:
    """Everything worth a warning in a checked tree, by no particular order."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
                yield from _comparison(left, operator, right, node, scope, place)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "crossover":
                yield from _breakout(node.args[0], node.args[1], node, scope, place)
            elif node.func.id == "crossunder":
                yield from _breakout(node.args[1], node.args[0], node, scope, place)


def _comparison(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, node: ast.expr, scope: Scope, place: Place
) -> Iterator[Problem]:
    match operator:
        case ast.Gt():
            yield from _breakout(left, right, node, scope, place)
        case ast.Lt():
            yield from _breakout(right, left, node, scope, place)
        case ast.Eq() | ast.NotEq() if _priced(left, scope) or _priced(right, scope):
            if not (_stepped(left, scope) or _stepped(right, scope)):
                message = "prices are hardly ever exactly equal"
                yield Problem(
                    *place(node),
                    "equal-prices",
                    message,
                    "compare with `<=` or `>=`, or a difference",
                )


def _breakout(
    above: ast.expr, below: ast.expr, node: ast.expr, scope: Scope, place: Place
) -> Iterator[Problem]:
    """`above > below` where one of them is a window that holds the other."""
    for window, other, name, bound in (
        (below, above, "highest", "high"),
        (above, below, "lowest", "low"),
    ):
        match _meaning(window, scope):
            case ast.Call(func=ast.Name(id=called), args=[source, _]) if called == name:
                if _inside(_meaning(other, scope), _meaning(source, scope), bound):
                    written = ast.unparse(window)
                    message = "this can never be true: the window includes the current bar"
                    yield Problem(
                        *place(node), "never-true", message, f"write `{written}[1]`"[:300]
                    )


def _inside(value: ast.expr, source: ast.expr, bound: str) -> bool:
    """Whether `value` never leaves the window of `source`."""
    if ast.dump(value) == ast.dump(source):
        return True
    return (
        isinstance(source, ast.Name)
        and source.id == bound
        and isinstance(value, ast.Name)
        and value.id in PRICES
    )


def _meaning(node: ast.expr, scope: Scope) -> ast.expr:
    """What a name stands for, through all indicators that only rename."""
    while isinstance(node, ast.Name) and node.id in scope.indicators:
        node = scope.indicators[node.id].tree
    return node


def _priced(node: ast.expr, scope: Scope) -> bool:
    """Whether the value moves with a price."""
    node = _meaning(node, scope)
    match node:
        case ast.Name(id=name):
            return name in PRICES
        case ast.Call(func=ast.Name(id=name), args=arguments):
            if "of source" in FUNCTIONS[name].unit or FUNCTIONS[name].unit in (
                "price",
                "of a",
                "of x",
            ):
                return (
                    not arguments or _priced(arguments[0], scope) or FUNCTIONS[name].unit == "price"
                )
            return False
    return any(
        _priced(child, scope) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
    )


def _stepped(node: ast.expr, scope: Scope) -> bool:
    match _meaning(node, scope):
        case ast.Call(func=ast.Name(id=name)):
            return name in _STEPPED
    return False
