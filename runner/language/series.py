"""Evaluates the numbers of an expression on whole series: simpleeval, stripped to the grammar.

Every default of simpleeval is taken away: its operators, functions, names, attributes and all node
kinds but those below. Functions and outputs are found in a table, never on an object. Whatever else
it is handed, from a checker or not, it refuses by itself.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from simpleeval import SimpleEval

from runner.indicators import arithmetic
from runner.indicators.arithmetic import Value
from runner.indicators.computed import NUMBERS
from runner.indicators.days import days
from runner.indicators.formulas import back
from runner.indicators.table import FUNCTIONS, MAX_LENGTH, Argument, ArgumentKind, Function
from runner.indicators.window import Series
from runner.language.surroundings import NAMED, Surroundings
from runner.language.types import Expression, Kind
from runner.model.bars import Bars

#: As for text, where it is bounded first.
LARGEST = 10**15


class EvaluationError(Exception):
    """A tree that no checker would have passed; checked expressions do not raise it."""


_OPERATORS: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: arithmetic.add,
    ast.Sub: arithmetic.subtract,
    ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide,
}

_SERIES: Mapping[str, Callable[[Bars], Series]] = {
    "open": lambda bars: bars.open,
    "high": lambda bars: bars.high,
    "low": lambda bars: bars.low,
    "close": lambda bars: bars.close,
    "volume": lambda bars: bars.volume,
    "hl2": lambda bars: (bars.high + bars.low) / 2,
    "hlc3": lambda bars: (bars.high + bars.low + bars.close) / 3,
    "ohlc4": lambda bars: (bars.open + bars.high + bars.low + bars.close) / 4,
}

#: What functions read without being told.
READ: Mapping[str, Callable[[Bars], Series]] = {**_SERIES, "days": days}


class SeriesEval(SimpleEval):  # type: ignore[misc]
    """Numbers over one set of bars; a call or a name that stands twice is computed once."""

    def __init__(
        self,
        surroundings: Surroundings,
        params: Mapping[str, float],
        indicators: Mapping[str, Expression],
    ) -> None:
        super().__init__(operators=dict(_OPERATORS), functions={}, names={}, allowed_attrs={})
        self.nodes: dict[type[ast.AST], Callable[[Any], Any]] = {}
        self._handle(ast.Constant, "_eval_number")
        self._handle(ast.Name, "_eval_name")
        self._handle(ast.UnaryOp, "_eval_negative")
        self._handle(ast.BinOp, "_eval_binop")
        self._handle(ast.Call, "_eval_function")
        self._handle(ast.Subscript, "_eval_past")
        self._handle(ast.Attribute, "_eval_output")
        self._here = surroundings
        self._bars = surroundings.bars
        self._params = params
        self._indicators = indicators
        self._computed: dict[str, Any] = {}

    def _handle(self, node: type[ast.AST], method: str) -> None:
        """Enters a method of this evaluator without holding it.

        Else the two would hold each other, and megabytes of arrays until garbage is looked for.
        """
        evaluator = weakref.ref(self)
        self.nodes[node] = lambda node: getattr(evaluator(), method)(node)

    @property
    def bars(self) -> Bars:
        """The bars that expressions are evaluated on."""
        return self._bars

    def _eval_number(self, node: ast.Constant) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            refuse("only numbers can be written out")
        if not -LARGEST <= node.value <= LARGEST:  # false for NaN
            refuse("a number is too large")
        return float(node.value)

    def _eval_name(self, node: ast.Name) -> Any:
        plain(node)
        return self._named(node.id)

    def _named(self, name: str) -> Any:
        if name in self._computed:
            return self._computed[name]
        if name in _SERIES:
            self._computed[name] = _SERIES[name](self._bars)
        elif name in NAMED:
            self._computed[name] = NAMED[name](self._here)
        elif name in self._params:
            return float(self._params[name])
        elif name in self._here.inputs:
            return self._here.inputs[name]
        elif name in self._indicators:
            self._computed[name] = self._indicator(name)
        else:
            refuse("a name is not known")
        return self._computed[name]

    def _indicator(self, name: str) -> Any:
        named = self._indicators[name]
        if named.kind is Kind.TRUTH:
            refuse("a condition stands where a number is needed")
        value = self._eval(named.tree)
        if named.kind is Kind.OUTPUTS or np.ndim(value) == 0:
            return value
        return undefined_before(named.lookback, value)

    def _eval_negative(self, node: ast.UnaryOp) -> Value:
        if not isinstance(node.op, ast.USub):
            refuse("an operator is not part of the language")
        return -self._numeric(node.operand)

    def _eval_binop(self, node: ast.BinOp) -> Value:
        if type(node.op) not in self.operators:
            refuse("an operator is not part of the language")
        operator: Callable[[Value, Value], Value] = self.operators[type(node.op)]
        return operator(self._numeric(node.left), self._numeric(node.right))

    def _eval_past(self, node: ast.Subscript) -> Value:
        bars, value = self._bars_back(node), self._numeric(node.value)
        if not isinstance(value, np.ndarray):
            return value
        past: Series = back(value, bars)
        return past

    def _bars_back(self, node: ast.Subscript) -> int:
        return int(self._bounded(node.slice, Argument("n", ArgumentKind.LENGTH, 0, MAX_LENGTH)))

    def _eval_output(self, node: ast.Attribute) -> Series:
        function = self._function_of(node.value)
        if function is None or node.attr not in function.outputs:
            refuse("an attribute is not an output")
        value: Series = self._eval(node.value)[function.outputs.index(node.attr)]
        return value

    def _function_of(self, node: ast.expr) -> Function | None:
        """The function whose outputs a node gives, through indicators that only rename it."""
        while isinstance(node, ast.Name) and node.id in self._indicators:
            node = self._indicators[node.id].tree
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return FUNCTIONS.get(node.func.id)
        return None

    def _eval_function(self, node: ast.Call) -> Any:
        function = called(node)
        if function.name not in NUMBERS:
            refuse("a condition stands where a number is needed")
        key = ast.dump(node)
        if key not in self._computed:
            series = [READ[name](self._bars) for name in function.reads]
            arguments = self._arguments(function, node)
            self._computed[key] = NUMBERS[function.name](*series, *arguments)
        return self._computed[key]

    def _arguments(self, function: Function, node: ast.Call) -> list[Any]:
        given = [
            self._argument(place, argument)
            for place, argument in zip(function.arguments, node.args, strict=True)
            if place.kind is not ArgumentKind.WORD or self._is_choice(place, argument)
        ]
        constants = given[len(given) - len(function.constants) :]
        if not function.in_order(constants):
            refuse("a length is out of range")
        return given

    def _is_choice(self, place: Argument, node: ast.expr) -> bool:
        """Whether the word is a value: one that cannot be another is a part of the call."""
        if not isinstance(node, ast.Name) or node.id not in place.words:
            refuse("a function has the wrong arguments")
        plain(node)
        return len(place.words) > 1

    def _argument(self, place: Argument, node: ast.expr) -> Any:
        if place.kind is ArgumentKind.VALUE:
            return self._numeric(node)
        if place.kind is ArgumentKind.WORD and isinstance(node, ast.Name):
            return node.id
        if place.kind is ArgumentKind.BAR and getattr(node, "id", None) not in _SERIES:
            refuse("a function has the wrong arguments")
        if place.kind in (ArgumentKind.SERIES, ArgumentKind.BAR):
            return self._spread_out(np.asarray(self._numeric(node), np.float64))
        value = self._bounded(node, place)
        return int(value) if place.kind is ArgumentKind.LENGTH else value

    def _bounded(self, node: ast.expr, place: Argument) -> float:
        """A constant within its bounds, written out or a param."""
        if isinstance(node, ast.Name) and node.id not in self._params:
            refuse("a length is not written out")
        if not isinstance(node, ast.Constant | ast.Name):
            refuse("a length is not written out")
        value = float(self._eval(node))
        whole = place.kind is not ArgumentKind.LENGTH or value == int(value)
        if not (whole and place.minimum <= value <= place.maximum):
            refuse("a length is out of range")
        return value

    def _numeric(self, node: ast.expr) -> Value:
        value = self._eval(node)
        if isinstance(value, tuple):
            refuse("several outputs stand where a number is needed")
        return value  # type: ignore[no-any-return]

    def _eval(self, node: ast.AST) -> Any:
        if type(node) not in self.nodes:
            refuse("something is not part of the language")
        return super()._eval(node)

    def _spread_out(self, value: NDArray[Any]) -> NDArray[Any]:
        return value if value.ndim else np.broadcast_to(value, len(self._bars))


def refuse(message: str) -> NoReturn:
    """Ends the evaluation; the message quotes nothing."""
    raise EvaluationError(message)


def plain(node: ast.Name) -> None:
    """A name as it was written: Python folds look-alikes of letters into the letters."""
    width = (node.end_col_offset or 0) - node.col_offset
    if width != len(node.id):
        refuse("a name is not plain ASCII")


def called(node: ast.Call) -> Function:
    """The function of a call with as many arguments as it takes."""
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        refuse("a function is not known")
    plain(node.func)
    function = FUNCTIONS[node.func.id]
    if node.keywords or len(node.args) != len(function.arguments):
        refuse("a function has the wrong arguments")
    return function


def undefined_before(row: int, value: Series) -> Series:
    """NaN in the first rows, whatever is known there."""
    if np.isnan(value[:row]).all():
        return value
    masked = value.copy()
    masked[:row] = np.nan
    return masked
