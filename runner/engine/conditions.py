"""Conditions at one bar: their truth, and the numbers on both sides of what they compare."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from runner.core.columns import program_columns
from runner.core.desk import Desk
from runner.core.leaving import read_position
from runner.core.program import Facts, code_of, run
from runner.core.strategy import NamedCondition
from runner.indicators.computed import TRUTHS
from runner.language.evaluate import Evaluator
from runner.language.parse import Expression, Kind
from runner.language.program import program_of


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition of a rule; `None` is undefined, and a number that is undefined is NaN.

    `numbers`: both sides of its comparisons, as they are written and what they came to.
    """

    name: str  # empty where the file gives none
    text: str
    truth: bool | None
    numbers: tuple[tuple[str, float], ...]


def judged(
    conditions: tuple[NamedCondition, ...], evaluator: Evaluator, desk: Desk
) -> tuple[Judged, ...]:
    """Each of them at the newest bar of `desk`."""
    at = _Bar(evaluator, desk)
    return tuple(
        Judged(
            one.name,
            one.expression.text,
            at.truth(one.expression),
            tuple(at.sides(one.expression)),
        )
        for one in conditions
    )


def truths(
    conditions: tuple[NamedCondition, ...], evaluator: Evaluator, desk: Desk
) -> tuple[bool | None, ...]:
    """The same without the numbers, which cost most."""
    at = _Bar(evaluator, desk)
    return tuple(at.truth(one.expression) for one in conditions)


class _Bar:
    """Expressions at one bar, also those that read the position."""

    def __init__(self, evaluator: Evaluator, desk: Desk) -> None:
        self._evaluator = evaluator
        self._desk = desk
        self._facts = Facts()
        if desk.position.quantity > 0.0:
            read_position(desk, self._facts)

    def truth(self, expression: Expression) -> bool | None:
        """`None` where it is undefined."""
        row = self._desk.row
        if expression.reads_position:
            value = self._program(expression)
            return None if value != value else value == 1.0
        if self._evaluator.surely_true(expression)[row]:
            return True
        return False if self._evaluator.surely_false(expression)[row] else None

    def sides(self, whole: Expression) -> Iterator[tuple[str, float]]:
        """What is compared in it, each text once; numbers that are written out tell themselves."""
        told = set()
        for node in _compared(whole.tree):
            text = ast.unparse(node)
            if text not in told and not _is_written_out(node):
                told.add(text)
                yield text, self._value(replace(whole, tree=node, kind=Kind.NUMBER, outputs=()))

    def _value(self, expression: Expression) -> float:
        if expression.reads_position:
            return self._program(expression)
        return float(self._evaluator.number(expression)[self._desk.row])

    def _program(self, expression: Expression) -> float:
        """A position that is not held has no numbers: they are undefined."""
        (columns,) = program_columns((NamedCondition("", expression),), self._evaluator)
        code, desk = code_of(program_of(expression)), self._desk
        return float(run(code, self._facts, columns, desk.row, desk.signal_row))


def _compared(node: ast.expr) -> Iterator[ast.expr]:
    """Operands of comparisons, and what conditions such as `crossover(a, b)` are made of."""
    match node:
        case ast.Compare(left=left, comparators=comparators):
            yield from (left, *comparators)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _compared(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _compared(operand)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            for part in (test, body, orelse):
                yield from _compared(part)
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in TRUTHS:
            yield from arguments


def _is_written_out(node: ast.expr) -> bool:
    """A number, which needs no value beside it."""
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)
