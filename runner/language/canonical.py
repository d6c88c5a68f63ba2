"""An expression with its names spelled out, so that equal parts look equal; and the range of each.

In: checked trees. Out: trees that are only looked at, never evaluated, and numbers that a part
cannot leave. Nothing here is rounded the wrong way: a range holds what arithmetic on float64 gives.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from runner.indicators.table import FUNCTIONS
from runner.language.types import PRICES, Scope

#: Least and most that a number can be, where it is defined.
Range = tuple[float, float]

ANY: Range = (-math.inf, math.inf)
_POSITIVE: Range = (math.nextafter(0.0, 1.0), math.inf)
_NOT_NEGATIVE: Range = (0.0, math.inf)

_NAMED: Mapping[str, Range] = {
    **dict.fromkeys(PRICES, _POSITIVE),
    "volume": _NOT_NEGATIVE,
    "hour": (0.0, 23.0),
    "minute": (0.0, 59.0),
    "weekday": (1.0, 7.0),
}

_SCALE = re.compile(r"(-?[0-9]+) to (-?[0-9]+)\Z")  # the unit of what cannot leave its scale

#: Scales that are kept to the last bit; sums elsewhere may round beyond theirs by this much.
_EXACT = frozenset({"correlation", "percentrank", "rsi"})
_ROUNDING = 1e-6

_NEVER_NEGATIVE = frozenset({"atr", "barssince", "exp", "natr", "sqrt", "stdev"})

#: A tree with more parts is left as it is: what follows from it would not be looked at anyway.
_MOST_NODES = 200


def canonical(tree: ast.expr, scope: Scope) -> ast.expr:
    """The tree with indicators and params replaced by what they stand for at this bar.

    Where params alone decide a comparison, as in `with_trend == 1`, it is meant to be switched: it
    becomes a name of which nothing is known.
    """
    return _Speller(scope).expr(tree)


class _Speller:
    """Makes new nodes where something changes and keeps the others."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._left = _MOST_NODES

    def expr(self, node: ast.expr) -> ast.expr:
        """One part, spelled out."""
        match node:
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                return ast.Constant(float(value))  # `70` and `70.0` are one
            case ast.Constant():
                return node
            case ast.Compare() if self._is_switch(node):
                return ast.Name(f"<{ast.dump(node)}>", ast.Load())  # no name looks like it
            case ast.Subscript(value=value, slice=bars):
                back = self.expr(bars)
                is_here = isinstance(back, ast.Constant) and back.value == 0
                return (
                    self.expr(value) if is_here else ast.Subscript(self.expr(value), back, node.ctx)
                )
            case ast.Call(func=func, args=arguments):
                return ast.Call(func, [self.expr(argument) for argument in arguments], [])
        changed = {
            name: self._part(value)
            for name, value in ast.iter_fields(node)
            if isinstance(value, ast.expr | list)
        }
        fields = {**dict(ast.iter_fields(node)), **changed}
        found: ast.expr = type(node)(**fields)
        return found

    def _part(self, value: ast.expr | list[ast.AST]) -> ast.expr | list[ast.AST]:
        if isinstance(value, ast.expr):
            return self.expr(value)
        return [self.expr(each) if isinstance(each, ast.expr) else each for each in value]

    def _name(self, node: ast.Name, name: str) -> ast.expr:
        """A param's number, or an indicator's expression unless that is read elsewhere."""
        if name in self._scope.params:
            return ast.Constant(float(self._scope.params[name]))
        named = self._scope.indicators.get(name)
        if named is None or named.elsewhere or self._left <= 0:
            return node
        self._left -= sum(1 for _ in ast.walk(named.tree))
        return self.expr(named.tree)

    def _is_switch(self, node: ast.Compare) -> bool:
        operands = [node.left, *node.comparators]
        return any(
            self._is_fixed(one) and self._is_fixed(other) and (_is_named(one) or _is_named(other))
            for one, other in pairwise(operands)
        )

    def _is_fixed(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call | ast.Subscript):
            return False
        names = (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        return all(name in self._scope.params for name in names)


def _is_named(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) for each in ast.walk(node))


def range_of(node: ast.expr) -> Range:
    """What a number of a canonical tree cannot leave."""
    match node:
        case ast.Constant(value=bool()):
            return ANY
        case ast.Constant(value=int() | float() as value):
            return (float(value), float(value))
        case ast.Name(id=name):
            return _NAMED.get(name, ANY)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            low, high = range_of(inner)
            return (-high, -low)
        case ast.Subscript(value=inner):
            return range_of(inner)
        case ast.BinOp(left=left, op=operator, right=right):
            return _calculated(operator, range_of(left), range_of(right))
        case ast.IfExp(body=body, orelse=orelse):
            return _union(range_of(body), range_of(orelse))
        case ast.Attribute(value=ast.Call(func=ast.Name(id=name)), attr=output):
            return _of_unit(name, output)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, arguments)
    return ANY


def _calculated(operator: ast.operator, left: Range, right: Range) -> Range:
    """Rounding keeps order, so that the corners bound all that lies between."""
    match operator:
        case ast.Add():
            return _known(left[0] + right[0], left[1] + right[1])
        case ast.Sub():
            return _known(left[0] - right[1], left[1] - right[0])
        case ast.Mult():
            return _corners(lambda a, b: 0.0 if a == 0 or b == 0 else a * b, left, right)
        case ast.Div() if right[0] > 0 or right[1] < 0:
            return _corners(_quotient, left, right)
    return ANY


def _quotient(a: float, b: float) -> float:
    if math.isinf(a) and math.isinf(b):
        return math.nan
    return a / b


def _corners(operation: Callable[[float, float], float], left: Range, right: Range) -> Range:
    found = [operation(a, b) for a in left for b in right]
    if any(map(math.isnan, found)):
        return _signed(left, right)
    return _known(min(found), max(found))


def _signed(left: Range, right: Range) -> Range:
    """Of two that may be endless only the sign of the result is known."""
    if left[0] >= 0 and right[0] >= 0:
        return _NOT_NEGATIVE
    return ANY


def _known(low: float, high: float) -> Range:
    """A corner that is no number bounds nothing."""
    return (-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)


def _union(*ranges: Range) -> Range:
    return (min(low for low, _ in ranges), max(high for _, high in ranges))


def _called(name: str, arguments: list[ast.expr]) -> Range:
    ranges = [range_of(argument) for argument in arguments]
    match name, ranges:
        case "highest" | "lowest", [source, _]:
            return source
        case "valuewhen", [_, source, _]:
            return source
        case "abs", [(low, high)]:
            least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return (least, max(abs(low), abs(high)))
        case "min", [one, other]:
            return (min(one[0], other[0]), min(one[1], other[1]))
        case "max", [one, other]:
            return (max(one[0], other[0]), max(one[1], other[1]))
        case "clamp", [source, low, high]:
            raised = (max(source[0], low[0]), max(source[1], low[1]))
            return (min(raised[0], high[0]), min(raised[1], high[1]))
        case "rank", _:
            return (1.0, math.inf)
        case "sign", _:
            return (-1.0, 1.0)
        case "mod", [_, (low, high)] if low > 0:
            return (0.0, high)
        case "sma" | "mean" | "wma" | "ema" | "ewma", [(low, high), _] if _is_small(low, high):
            return (low - _ROUNDING, high + _ROUNDING)
        case "sma" | "mean" | "wma", [(low, _), _] if low > 0:
            return _NOT_NEGATIVE  # a sum that rounds below zero takes prices 1e12 apart
        case "ema" | "ewma", [(low, _), _] if low >= 0:
            return _NOT_NEGATIVE
    return _of_unit(name, None)


def _is_small(low: float, high: float) -> bool:
    """Whether sums of such numbers round by much less than `_ROUNDING`."""
    return low >= -1e6 and high <= 1e6


def _of_unit(name: str, output: str | None) -> Range:
    function = FUNCTIONS.get(name)
    if function is None:
        return ANY
    if name in _NEVER_NEGATIVE:
        return _NOT_NEGATIVE
    if name == "supertrend" and output == "direction":
        return (-1.0, 1.0)
    found = _SCALE.match(function.unit)
    if found is None:
        return ANY
    slack = 0.0 if name in _EXACT else _ROUNDING
    return (float(found[1]) - slack, float(found[2]) + slack)
