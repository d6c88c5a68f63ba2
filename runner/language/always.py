"""Conditions that every market meets, or none: known from the text and the table of functions.

Where an operand is undefined a condition is neither true nor false; that is left out here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from runner.indicators.table import FUNCTIONS
from runner.language.canonical import canonical
from runner.language.possible import possible
from runner.language.terms import Term, make_room
from runner.language.types import Scope


def meaning(node: ast.expr, scope: Scope) -> ast.expr:
    """What a name stands for at this bar, through all indicators that only rename."""
    while isinstance(node, ast.Name) and node.id in scope.indicators:
        if scope.indicators[node.id].elsewhere:
            return node  # `close` of another symbol is not the close
        node = scope.indicators[node.id].tree
    return node


def origin(node: ast.expr, scope: Scope) -> ast.expr:
    """What a name stands for, on whichever bars, and what `at_entry` is of."""
    while True:
        match node:
            case ast.Name(id=name) if name in scope.indicators:
                node = scope.indicators[name].tree
            case ast.Call(func=ast.Name(id="at_entry"), args=[inner]):
                node = inner
            case _:
                return node


def function_of(node: ast.expr, scope: Scope) -> str | None:
    """The function whose value or output this is."""
    node = origin(node, scope)
    if isinstance(node, ast.Attribute):
        node = origin(node.value, scope)
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name if name in FUNCTIONS else None
    return None


def constant_of(node: ast.expr, scope: Scope) -> float | None:
    """A number that is written out, or a param's, or one less another: `0 - 80`."""
    sign = 1.0
    while True:  # names lead to names: a thousand of them are no deeper than one
        match origin(node, scope):
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                node, sign = operand, -sign
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int() | float() as value):
                return sign * float(value)
            case ast.BinOp(
                left=ast.Constant(value=int() | float() as value),
                op=ast.Sub(),
                right=ast.Constant(value=int() | float() as less),
            ):
                return sign * (float(value) - float(less))
            case ast.Name(id=name) if name in scope.params:
                return sign * float(scope.params[name])
            case _:
                return None


def decided(node: ast.expr, scope: Scope) -> bool | None:
    """The truth of a condition at every bar; `None` when bars or params decide."""
    make_room()
    tree = canonical(node, scope)
    if not possible([(tree, True)]):
        return False
    return None if possible([(tree, False)]) else True


def is_never(node: ast.expr, scope: Scope) -> bool:
    """Whether it is surely true at no bar."""
    make_room()
    return not possible([(canonical(node, scope), True)])


def is_always(node: ast.expr, scope: Scope) -> bool:
    """Whether it is surely false at no bar."""
    make_room()
    return not possible([(canonical(node, scope), False)])


def meant(conditions: Iterable[ast.expr], scope: Scope) -> list[Term]:
    """The terms of conditions; who asks about several lists calls `make_room` before the first."""
    return [canonical(tree, scope) for tree in conditions]


def exclude(conditions: Iterable[Term]) -> bool:
    """Whether conditions are never true together."""
    return not possible([(condition, True) for condition in conditions])


def follows(some: Iterable[Term], conditions: Iterable[Term]) -> bool:
    """Whether all `conditions` are true wherever all of `some` are, or are undefined there."""
    given = [(condition, True) for condition in some]
    return not any(possible([*given, (condition, False)]) for condition in conditions)
