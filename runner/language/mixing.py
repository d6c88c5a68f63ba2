"""The dimension of every part of a checked expression, and a warning where two do not mix.

Never of what is only suspected: a bare number fits everything, and so does what is not known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from runner.indicators.table import FUNCTIONS
from runner.language.always import constant_of
from runner.language.dimension import (
    BARE,
    BARS,
    INDEX,
    PERCENT,
    PRICE,
    RATIO,
    TIME,
    UNKNOWN,
    VOLUME,
    Dimension,
    Sort,
    calculated,
    differ,
    together,
)
from runner.language.measure import Measures
from runner.language.trees import nodes
from runner.language.types import AT_ENTRY, CLOCK, POSITION_PRICES, PRICES, Measure, Problem, Scope
from runner.language.words import quoted

Place = Callable[[ast.AST], tuple[int, int]]

_NAMED = {
    **dict.fromkeys((*PRICES, *POSITION_PRICES, "mark", "profit", "peak_profit"), PRICE),
    **dict.fromkeys(CLOCK, TIME),
    "volume": VOLUME,
    "funding_rate": RATIO,
    "bars_held": BARS,
}

#: Units of the table of functions; scales, and what has the unit of an argument, are read below.
_UNITS = {
    "1": BARE,
    "1 or -1": BARE,
    "bars": BARS,
    "percent": PERCENT,
    "price": PRICE,
    "prices": PRICE,
    "ratio": RATIO,
    "standard deviations": RATIO,
    "volume": VOLUME,
}
_SCALE = re.compile(r"(?:index, mostly )?(-?[0-9]+) to (-?[0-9]+)\Z")
_OF = re.compile(r"of ([a-z]+)(?: per bar)?\Z")

#: What can mix its parts.
_MIXING = (ast.Compare, ast.Call, ast.BinOp)

#: Functions that give one of their arguments: all of these have to be of one kind.
_CHOOSING = frozenset({"clamp", "max", "min"})


class Dimensions:
    """The dimension of each part of one checked tree, and what is mixed in it."""

    def __init__(self, text: str, scope: Scope, measures: Measures, place: Place) -> None:
        self._text = text
        self._scope = scope
        self._measures = measures
        self._place = place

    def of(self, node: ast.expr) -> Dimension:
        """The dimension of a number; UNKNOWN for conditions."""
        match node:
            case ast.Constant():
                return self._written(node)
            case ast.Name(id=name):
                return self._named(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=inner) | ast.Subscript(value=inner):
                return self.of(inner)
            case ast.BinOp(left=left, op=operator, right=right):
                return calculated(operator, self.of(left), self.of(right))
            case ast.IfExp(body=body, orelse=orelse):
                return together(self.of(body), self.of(orelse))
            case ast.Attribute(value=value, attr=output):
                return self._output(value, output)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(name, arguments, None)
        return UNKNOWN

    def mixed(self, tree: ast.expr) -> Iterator[Problem]:
        """A warning for each operation on what has nothing in common."""
        for node in nodes(tree):
            if type(node) not in _MIXING:
                continue
            match node:
                case ast.Compare(left=left, comparators=rights):
                    for one, other in zip([left, *rights], rights, strict=False):
                        yield from self._compared(node, one, other)
                case ast.Call(func=ast.Name(id="crossover" | "crossunder"), args=[one, other]):
                    yield from self._compared(node, one, other)
                case ast.BinOp(left=one, op=ast.Add() | ast.Sub(), right=other):
                    yield from self._added(node, one, other)
                case ast.Call(func=ast.Name(id=name), args=[one, *more]) if name in _CHOOSING:
                    for other in more:
                        yield from self._added(node, one, other)

    def _compared(self, node: ast.expr, one: ast.expr, other: ast.expr) -> Iterator[Problem]:
        left, right = self.of(one), self.of(other)
        if not differ(left, right):
            return
        for scale, number, written in ((left, one, other), (right, other, one)):
            if scale in (INDEX, PERCENT) and self._measures.of(written) is Measure.PERCENT:
                yield from self._scaled(number, written)
                break
        else:
            help = "compare what has one unit, as in `close > sma(close, 20)`"
            if {left, right} == {PRICE, RATIO}:
                help = "write a product with a price, as in `1% * entry_price` or `2% * close`"
            yield self._problem(node, one, other, help)

    def _added(self, node: ast.expr, one: ast.expr, other: ast.expr) -> Iterator[Problem]:
        left, right = self.of(one), self.of(other)
        if differ(left, right) and Sort.MARKET in (left.sort, right.sort):
            help = "bring both to one unit first"
            if Sort.RATIO in (left.sort, right.sort):
                help = "write a product, as in `close * (1 + 2%)`"
            yield self._problem(node, one, other, help)

    def _problem(self, node: ast.expr, one: ast.expr, other: ast.expr, help: str) -> Problem:
        first, second = self._as_written(one), self._as_written(other)
        message = f"{first} is {self.of(one).words} and {second} is {self.of(other).words}"
        return Problem(*self._place(node), "mixed-units", message, help)

    def _as_written(self, node: ast.expr) -> str:
        start, end = self._place(node)
        return quoted(" ".join(self._text[start:end].split()))

    def _scaled(self, number: ast.expr, written: ast.expr) -> Iterator[Problem]:
        """`rsi(close, 14) < 30%`: 30 is written on a scale of 100, and `30%` is 0.3."""
        value = constant_of(written, self._scope)
        if value:  # 0 is 0 on every scale
            plain, words = f"{value * 100:.12g}", self.of(number).words
            message = f"{self._as_written(number)} is {words}, where `{plain}%` is {value:.12g}"
            yield Problem(*self._place(written), "percent-of-scale", message, f"write `{plain}`")

    def _written(self, node: ast.expr) -> Dimension:
        measure = self._measures.of(node)
        if measure is Measure.BARE:
            return BARE
        return RATIO if measure is Measure.PERCENT else UNKNOWN

    def _named(self, node: ast.expr, name: str) -> Dimension:
        if name in self._scope.params:
            return self._written(node)
        if name in self._scope.indicators:
            return self._scope.indicators[name].dimension
        return _NAMED.get(name, UNKNOWN)

    def _output(self, node: ast.expr, output: str) -> Dimension:
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(name, arguments, output)
            case ast.Name(id=name) if name in self._scope.indicators:
                named = self._scope.indicators[name]
                if named.units:
                    return named.units[named.outputs.index(output)]
        return UNKNOWN

    def units(self, node: ast.expr, outputs: Sequence[str]) -> tuple[Dimension, ...]:
        """Those of what has several outputs."""
        return tuple(self._output(node, output) for output in outputs)

    def _called(self, name: str, arguments: list[ast.expr], output: str | None) -> Dimension:
        if name == AT_ENTRY and len(arguments) == 1:
            return self.of(arguments[0])
        if name not in FUNCTIONS:
            return UNKNOWN
        function = FUNCTIONS[name]
        if name in _CHOOSING:
            return together(*(self.of(argument) for argument in arguments))
        unit, parts = function.unit, function.unit.split("; ")
        if output is not None and len(parts) == len(function.outputs):
            unit = parts[function.outputs.index(output)]
        if found := _OF.match(unit):
            names = [argument.name for argument in function.arguments]
            return self.of(arguments[names.index(found[1])]) if found[1] in names else UNKNOWN
        if scale := _SCALE.match(unit):
            return INDEX if max(abs(int(scale[1])), abs(int(scale[2]))) >= 100 else RATIO
        return _UNITS.get(unit, UNKNOWN)
