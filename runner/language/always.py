"""Conditions that every market meets, or none: known from the text and the table of functions.

Where an operand is undefined a condition is neither true nor false; that is left out here.
"""

from __future__ import annotations

import ast
import re

from runner.indicators.table import FUNCTIONS
from runner.language.types import Scope

_RANGE = re.compile(r"(-?[0-9]+) to (-?[0-9]+)\Z")  # the unit of what cannot leave its scale

#: The scales of names that have one.
_SCALES = {"hour": (0.0, 23.0), "minute": (0.0, 59.0), "weekday": (1.0, 7.0)}


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
    """A number that is written out, or a param's."""
    match origin(node, scope):
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name) if name in scope.params:
            return float(scope.params[name])
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = constant_of(operand, scope)
            return None if inner is None else -inner
    return None


def decided(node: ast.expr, scope: Scope) -> bool | None:
    """The truth of a condition at every bar; `None` when bars decide."""
    match node:
        case ast.Constant(value=bool() as truth):
            return truth
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = decided(operand, scope)
            return None if inner is None else not inner
        case ast.BoolOp(values=values):
            parts = [decided(value, scope) for value in values]
            if isinstance(node.op, ast.And):
                return _every(parts)
            return _opposite(_every([_opposite(part) for part in parts]))
        case ast.Compare(left=left, ops=operators, comparators=rights):
            pairs = zip([left, *rights], operators, rights, strict=False)
            return _every([compared(*pair, scope) for pair in pairs])
        case ast.Call(func=ast.Name(id="crossover"), args=[left, right]):
            return False if compared(left, ast.Gt(), right, scope) is False else None
        case ast.Call(func=ast.Name(id="crossunder"), args=[left, right]):
            return False if compared(left, ast.Lt(), right, scope) is False else None
    return None


def _every(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def compared(left: ast.expr, operator: ast.cmpop, right: ast.expr, scope: Scope) -> bool | None:
    """The truth of a comparison at every bar; `None` when bars or params decide."""
    if ast.dump(meaning(left, scope)) == ast.dump(meaning(right, scope)):
        return isinstance(operator, ast.LtE | ast.GtE | ast.Eq)
    one, other = _scale(left, scope), _scale(right, scope)
    if one is None or other is None or _is_switch(left, right, scope):
        return None
    match operator:
        case ast.Lt():
            return _below(one, other)
        case ast.Gt():
            return _below(other, one)
        case ast.LtE():
            return _opposite(_below(other, one))
        case ast.GtE():
            return _opposite(_below(one, other))
        case ast.Eq() | ast.NotEq() if one[1] < other[0] or other[1] < one[0]:
            return isinstance(operator, ast.NotEq)
    return None


def _is_switch(left: ast.expr, right: ast.expr, scope: Scope) -> bool:
    """Whether params alone decide, as in `with_trend == 1`: then it is meant."""
    if constant_of(left, scope) is None or constant_of(right, scope) is None:
        return False
    return any(isinstance(it, ast.Name) for side in (left, right) for it in ast.walk(side))


def _scale(node: ast.expr, scope: Scope) -> tuple[float, float] | None:
    """What a number cannot leave: itself, or the range of its function."""
    value = constant_of(node, scope)
    if value is not None:
        return value, value
    match origin(node, scope):
        case ast.Name(id=clock) if clock in _SCALES:
            return _SCALES[clock]
    name = function_of(node, scope)
    found = _RANGE.match(FUNCTIONS[name].unit) if name else None
    return (float(found[1]), float(found[2])) if found else None


def _below(one: tuple[float, float], other: tuple[float, float]) -> bool | None:
    if one[1] < other[0]:
        return True
    return False if one[0] >= other[1] else None


def _opposite(truth: bool | None) -> bool | None:
    return None if truth is None else not truth
