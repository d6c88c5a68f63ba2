"""What a number of a canonical expression cannot leave.

Nothing here is rounded the wrong way: a range holds what arithmetic on float64 gives.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import cache

from runner.indicators.table import FUNCTIONS
from runner.language.terms import ANY, Range, Term, is_number, value_of
from runner.language.types import PRICES

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


def range_of(term: Term) -> Range:
    """What a number of a canonical expression cannot leave."""
    if term.bounds is None:
        term.bounds = _range_of(term)
    return term.bounds


def _range_of(term: Term) -> Range:
    kind, mark, parts = term.kind, term.mark, term.parts
    if kind is ast.Constant and is_number(term):
        return (value_of(term), value_of(term))
    if kind is ast.Name:
        return _NAMED.get(str(mark), ANY)
    if kind is ast.Call:
        return _called(str(mark), parts)
    if kind is ast.Subscript:
        return range_of(parts[0])
    if kind is ast.BinOp:
        return _calculated(mark, range_of(parts[0]), range_of(parts[1]))
    if kind is ast.Attribute and parts[0].kind is ast.Call:
        return _of_unit(str(parts[0].mark), str(mark))
    if kind is ast.UnaryOp and mark is ast.USub:
        low, high = range_of(parts[0])
        return (-high, -low)
    if kind is ast.IfExp:
        return _union(range_of(parts[1]), range_of(parts[2]))
    return ANY


def _calculated(operator: object, left: Range, right: Range) -> Range:
    """Rounding keeps order, so that the corners bound all that lies between."""
    if operator is ast.Add:
        return _known(left[0] + right[0], left[1] + right[1])
    if operator is ast.Sub:
        return _known(left[0] - right[1], left[1] - right[0])
    if operator is ast.Mult:
        return _corners(lambda a, b: 0.0 if a == 0 or b == 0 else a * b, left, right)
    if operator is ast.Div and (right[0] > 0 or right[1] < 0):
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


def _called(name: str, arguments: tuple[Term, ...]) -> Range:
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
        case "rank", [_, (_, symbols)]:
            return (1.0, symbols)
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


@cache
def _of_unit(name: str, output: str | None) -> Range:
    function = FUNCTIONS.get(name)
    if function is None:
        return ANY
    if name in _NEVER_NEGATIVE:
        return _NOT_NEGATIVE
    if name == "supertrend" and output == "direction":
        return (-1.0, 1.0)
    found = _SCALE.match(function.unit)
    overshoots = any(argument.words for argument in function.arguments)  # as some averages do
    if found is None or overshoots:
        return ANY
    slack = 0.0 if name in _EXACT else _ROUNDING
    return (float(found[1]) - slack, float(found[2]) + slack)
