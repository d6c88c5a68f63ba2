"""What the arguments of a file's own function may be, to check its body before any call.

Where an argument stands tells what it has to be: a length and a look-back are written out, beside
`and` is a condition; everything else is a series.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from runner.indicators.table import FUNCTIONS, ArgumentKind
from runner.language.types import Expression, Kind, Scope

#: Numbers for what is written out; a length may have to be above, or below, another one.
_NUMBERS = ((10, 1), (40, -1), (2, 0), (1, 0))

_CONDITION = Expression("True", ast.Constant(True), Kind.TRUTH, 0, 1, frozenset(), (), None, ())
_SERIES = Expression("close", ast.Name("close"), Kind.NUMBER, 0, 1, frozenset(), (), None, ())


def trials(tree: ast.expr, arguments: tuple[str, ...], scope: Scope) -> Iterator[Scope]:
    """Scopes in which the arguments mean something; the body is right if it is in one of them."""
    fixed = [name for name in arguments if name in _fixed(tree)]
    truths = [name for name in arguments if name in _truths(tree) and name not in fixed]
    series = [name for name in arguments if name not in fixed and name not in truths]
    for first, step in _NUMBERS if fixed else _NUMBERS[:1]:
        numbers = {name: float(first + step * index) for index, name in enumerate(fixed)}
        yield replace(
            scope,
            params={**scope.params, **numbers},
            indicators={**dict.fromkeys(truths, _CONDITION), **dict.fromkeys(series, _SERIES)},
            position=True,
        )


def _fixed(tree: ast.expr) -> set[str]:
    """Names that stand where a number has to be written out."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=bars):
                found |= _named(bars)
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
                for place, argument in zip(FUNCTIONS[name].arguments, arguments, strict=False):
                    if place.kind in (ArgumentKind.LENGTH, ArgumentKind.NUMBER):
                        found |= _named(argument)
    return found


def _truths(tree: ast.expr) -> set[str]:
    """Names that stand where a condition has to be."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.BoolOp(values=values):
                found = found.union(*map(_named, values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                found |= _named(operand)
            case ast.IfExp(test=test):
                found |= _named(test)
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
                for place, argument in zip(FUNCTIONS[name].arguments, arguments, strict=False):
                    if place.kind is ArgumentKind.CONDITION:
                        found |= _named(argument)
    return found


def _named(node: ast.expr) -> set[str]:
    """The name that a part is, with or without a minus sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return {node.id} if isinstance(node, ast.Name) else set()
