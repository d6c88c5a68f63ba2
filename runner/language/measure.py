"""Whether a number is a percentage, a bare number, or in the unit of what it is made of.

`2%` and `0.02` are one value and two meanings: a part of something, and a number whose unit is
missing. What a rule file does with a number can depend on which was written.
"""

from __future__ import annotations

import ast
from collections.abc import Set

from runner.indicators.table import FUNCTIONS
from runner.language.types import AT_ENTRY, Measure, Scope

#: Functions that give one of their arguments, or its distance from zero.
_CHOOSING = frozenset({"abs", AT_ENTRY, "clamp", "max", "min"})


class Measures:
    """The measure of each number in one checked tree; `percents`: places of its `2%`."""

    def __init__(self, scope: Scope, percents: Set[tuple[int, int]]) -> None:
        self._scope = scope
        self._percents = percents

    def of(self, node: ast.expr) -> Measure:
        """The measure of a number; SERIES for conditions."""
        match node:
            case ast.Constant(value=bool()):
                return Measure.SERIES
            case ast.Constant():
                return (
                    Measure.PERCENT
                    if (node.lineno, node.col_offset) in self._percents
                    else Measure.BARE
                )
            case ast.Name(id=name):
                return self._named(name)
            case ast.UnaryOp(op=ast.USub(), operand=inner) | ast.Subscript(value=inner):
                return self.of(inner)
            case ast.BinOp():
                return self._calculated(node)
            case ast.IfExp():
                return _chosen(self.of(node.body), self.of(node.orelse))
            case ast.Call(func=ast.Name(id=name), args=arguments) if arguments:
                return self._called(name, [self.of(argument) for argument in arguments])
        return Measure.SERIES

    def _named(self, name: str) -> Measure:
        if name in self._scope.params:
            return Measure.PERCENT if name in self._scope.percents else Measure.BARE
        named = self._scope.indicators.get(name)
        return named.measure if named else Measure.SERIES

    def _calculated(self, node: ast.BinOp) -> Measure:
        left, right = self.of(node.left), self.of(node.right)
        if Measure.SERIES in (left, right):
            return Measure.SERIES
        if isinstance(node.op, ast.Div) and right is Measure.PERCENT:
            return Measure.BARE  # `3% / 1%` is 3
        return _chosen(left, right)

    def _called(self, name: str, measures: list[Measure]) -> Measure:
        if name in _CHOOSING:
            return _chosen(*measures)
        bare = all(measure is Measure.BARE for measure in measures)
        known = name in FUNCTIONS and not FUNCTIONS[name].reads
        return Measure.BARE if bare and known else Measure.SERIES


def _chosen(*measures: Measure) -> Measure:
    """The measure of what may be any of these: one percentage makes the rest percentages."""
    if Measure.PERCENT in measures:
        return Measure.PERCENT
    return Measure.SERIES if Measure.SERIES in measures else Measure.BARE
