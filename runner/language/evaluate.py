"""Evaluates expressions on whole series: one array for a number, two for a condition.

In: bars and the meaning of names. Out: arrays of the bars' length, NaN where a number is undefined;
of a condition where it is surely true, and where surely false. Each side is computed when it is
asked for, and what stands twice is computed once. An indicator of another symbol or a slower
timeframe is evaluated on the bars there, by an evaluator of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

import numpy as np

from runner.indicators.arithmetic import Value
from runner.indicators.computed import TRUTHS
from runner.indicators.table import Argument, ArgumentKind
from runner.indicators.window import Series, Truths
from runner.language.chains import ChainedEval
from runner.language.series import (
    EvaluationError,
    called,
    plain,
    refuse,
    undefined_before,
)
from runner.language.surroundings import Place, Surroundings, sure
from runner.language.types import IN_SESSION, Expression, Kind
from runner.language.wallclock import inside

__all__ = ["EvaluationError", "Evaluator", "Surely"]

#: Of a file whose indicators all stand where they are used.
_ALL_HERE: Mapping[str, Place] = MappingProxyType({})


class Surely(Enum):
    """The side of a condition that is asked for; both are false where it is undefined."""

    TRUE = 0
    FALSE = 1

    @property
    def opposite(self) -> Surely:
        """`not` exchanges the sides."""
        return Surely.FALSE if self is Surely.TRUE else Surely.TRUE


def _unequal(a: Value, b: Value) -> Any:
    """NaN differs from everything; here it is undefined instead."""
    return np.less(a, b) | np.greater(a, b)


_COMPARISONS: Mapping[type[ast.cmpop], tuple[Callable[..., Any], Callable[..., Any]]] = {
    ast.Lt: (np.less, np.greater_equal),
    ast.LtE: (np.less_equal, np.greater),
    ast.Gt: (np.greater, np.less_equal),
    ast.GtE: (np.greater_equal, np.less),
    ast.Eq: (np.equal, _unequal),
    ast.NotEq: (_unequal, np.equal),
}


class Evaluator(ChainedEval):
    """Expressions over one set of bars; ask one evaluator for all of them.

    `places`: of the indicators that stand elsewhere. Their expressions are never asked for
    themselves, which would evaluate them on these bars, but by their names in another one.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        params: Mapping[str, float],
        indicators: Mapping[str, Expression],
        places: Mapping[str, Place] = _ALL_HERE,
    ) -> None:
        super().__init__(surroundings, params, indicators, places)
        self._handle(ast.IfExp, "_eval_choice")
        self._sides: dict[tuple[str, Surely], Any] = {}

    def number(self, expression: Expression) -> Series:
        """The number at each bar, NaN where it is undefined. Not to be written to."""
        self._bounded_depth(expression)
        value = np.asarray(self._numeric(expression.tree), np.float64)
        return undefined_before(expression.lookback, self._spread_out(value))

    def truth(self, expression: Expression) -> tuple[Truths, Truths]:
        """Where the condition is surely true, and where it is surely false."""
        return self.surely_true(expression), self.surely_false(expression)

    def surely_true(self, expression: Expression) -> Truths:
        """Where the condition is surely true. Not to be written to."""
        return self._sided(expression, Surely.TRUE)

    def surely_false(self, expression: Expression) -> Truths:
        """Where the condition is surely false. Not to be written to."""
        return self._sided(expression, Surely.FALSE)

    def _sided(self, expression: Expression, side: Surely) -> Truths:
        self._bounded_depth(expression)
        return _silent_before(
            expression.lookback, self._spread_out(np.asarray(self._side(expression.tree, side)))
        )

    def _eval_choice(self, node: ast.IfExp) -> Value:
        yes, no = (self._side(node.test, side) for side in Surely)
        body, otherwise = self._numeric(node.body), self._numeric(node.orelse)
        return np.where(yes, body, np.where(no, otherwise, np.nan))[()]

    # Conditions, by node kind; a side is an array, or one truth for all bars.

    def _side(self, node: ast.expr, side: Surely) -> Any:
        match node:
            case ast.Constant(value=bool() as value):
                return np.bool_(value is (side is Surely.TRUE))
            case ast.Name():
                return self._named_side(node, side)
            case ast.UnaryOp(op=ast.Not()):
                return self._side(node.operand, side.opposite)
            case ast.BoolOp():
                together = isinstance(node.op, ast.And) is (side is Surely.TRUE)
                join = np.logical_and if together else np.logical_or
                return _joined(join, [self._side(value, side) for value in node.values])
            case ast.Compare():
                return self._compared_side(node, side)
            case ast.IfExp():
                yes, no = (self._side(node.test, each) for each in Surely)
                return (yes & self._side(node.body, side)) | (no & self._side(node.orelse, side))
            case ast.Call():
                return self._called_side(node, side)
            case ast.Subscript():
                return _truth_back(self._side(node.value, side), self._bars_back(node))
        raise EvaluationError("a condition is missing")

    def _named_side(self, node: ast.Name, side: Surely) -> Any:
        plain(node)
        return self._side_of(node.id, side)

    def _side_of(self, name: str, side: Surely) -> Any:
        named = self._indicators.get(name)
        if named is None or named.kind is not Kind.TRUTH:
            refuse("a number stands where a condition is needed")
        key = (name, side)
        if key not in self._sides:
            self._sides[key] = (
                self._placed_side(name, side) if name in self._places else self._sided(named, side)
            )
        return self._sides[key]

    def _evaluate_named(self, name: str) -> None:
        if self._indicators[name].kind is Kind.TRUTH:
            for side in Surely:
                self._side_of(name, side)
        else:
            super()._evaluate_named(name)

    def _placed_side(self, name: str, side: Surely) -> Truths:
        there = self._evaluator_at(self._places[name])
        if there is not self:
            return sure(there._side_of(name, side), self._known(there))
        return self._spread_out(np.asarray(self._side(self._indicators[name].tree, side)))

    def _compared_side(self, node: ast.Compare, side: Surely) -> Any:
        operands = [self._numeric(operand) for operand in (node.left, *node.comparators)]
        parts = []
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            if type(operator) not in _COMPARISONS:
                refuse("a comparison is not part of the language")
            parts.append(_COMPARISONS[type(operator)][side.value](left, right))
        return _joined(np.logical_and if side is Surely.TRUE else np.logical_or, parts)

    def _called_side(self, node: ast.Call, side: Surely) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == IN_SESSION:
            return self._session_side(node, side)
        function = called(node)
        if function.name not in TRUTHS:
            refuse("a number stands where a condition is needed")
        key = (ast.dump(node), side)
        if key not in self._sides:
            arguments = self._arguments(function, node)
            if all(np.ndim(argument) == 0 for argument in arguments):
                arguments[0] = self._spread_out(np.asarray(arguments[0]))
            self._sides[key] = TRUTHS[function.name][side.value](*arguments)
        return self._sides[key]

    def _session_side(self, node: ast.Call, side: Surely) -> Any:
        """`in_session(name)`: a bar is inside when its close is."""
        match node:
            case ast.Call(args=[ast.Name(id=name) as word], keywords=[]):
                plain(word)
            case _:
                refuse("a function has the wrong arguments")
        session = self._here.session(name)
        if session is None:
            refuse("a session is not known")
        key = (f"{IN_SESSION}({name})", side)
        if key not in self._sides:
            found = inside(self._bars.closes_at, session)
            self._sides[key] = found if side is Surely.TRUE else ~found
        return self._sides[key]

    def _argument(self, place: Argument, node: ast.expr) -> Any:
        if place.kind is ArgumentKind.CONDITION:  # whatever is not surely true has not happened
            return self._spread_out(np.asarray(self._side(node, Surely.TRUE)))
        return super()._argument(place, node)


def _joined(join: np.ufunc, parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    result = join(parts[0], parts[1])
    for part in parts[2:]:
        result = join(result, part, out=result if np.ndim(result) else None)
    return result


def _truth_back(side: Any, bars: int) -> Any:
    """A side `bars` ago; before the first bar nothing is sure."""
    if np.ndim(side) == 0:
        return side
    past = np.zeros(side.shape, np.bool_)
    past[bars:] = side[: max(side.size - bars, 0)]
    return past


def _silent_before(row: int, side: Truths) -> Truths:
    if not side[:row].any():
        return side
    masked = side.copy()
    masked[:row] = False
    return masked
