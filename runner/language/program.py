"""Expressions that read the position, as postfix programs over what bars alone have given.

In: a checked expression. Out: a `Program`, which `core/program.py` runs at one bar. Its largest
parts that do not read the position are columns, evaluated over whole series like all expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from runner.language import opcodes
from runner.language.types import AT_ENTRY, POSITION, Expression, Kind, Measure
from runner.model.values import dataclass

_FIELDS: Mapping[str, int] = {
    name: opcodes.FIRST_FIELD + index for index, name in enumerate(POSITION)
}
_OPERATORS: Mapping[type[ast.operator], int] = {
    ast.Add: opcodes.ADD,
    ast.Sub: opcodes.SUBTRACT,
    ast.Mult: opcodes.MULTIPLY,
    ast.Div: opcodes.DIVIDE,
}
_COMPARISONS: Mapping[type[ast.cmpop], int] = {
    ast.Lt: opcodes.LESS,
    ast.LtE: opcodes.LESS_EQUAL,
    ast.Gt: opcodes.GREATER,
    ast.GtE: opcodes.GREATER_EQUAL,
    ast.Eq: opcodes.EQUAL,
    ast.NotEq: opcodes.NOT_EQUAL,
}
#: What follows each argument; the first stands alone.
_CALLS: Mapping[str, tuple[int, ...]] = {
    "abs": (opcodes.ABS,),
    "sign": (opcodes.SIGN,),
    "sqrt": (opcodes.SQRT,),
    "min": (opcodes.MIN,),
    "max": (opcodes.MAX,),
    "mod": (opcodes.MOD,),
    "clamp": (opcodes.MAX, opcodes.MIN),
}


@dataclass(frozen=True, slots=True)
class Program:
    """`codes` are the integers of `opcodes`; `depth`: the most numbers that are on the stack.

    A column that is a condition holds 1.0, 0.0 and NaN, as the program's own conditions do.
    """

    codes: tuple[int, ...]
    numbers: tuple[float, ...]
    columns: tuple[Expression, ...]
    depth: int


def program_of(expression: Expression) -> Program:
    """The program of any checked number or condition; of one that reads no position, its column."""
    if expression.kind is Kind.OUTPUTS:
        raise AssertionError("a program gives one value")
    writer = _Writer(expression)
    writer.write(expression.tree, expression.kind)
    return Program(
        tuple(writer.codes), tuple(writer.numbers), tuple(writer.columns.values()), writer.depth
    )


def given_by_bars(expression: Expression) -> tuple[Expression, ...]:
    """Conditions of bars alone, without all of which the whole is not surely true; maybe none."""
    if not _reads_position(expression.tree):
        return (expression,)
    match expression.tree:
        case ast.BoolOp(op=ast.And(), values=values):
            alone = [value for value in values if not _reads_position(value)]
            return tuple(_part(expression, value, Kind.TRUTH) for value in alone)
    return ()


class _Writer:
    """One walk over one tree, operands first."""

    def __init__(self, whole: Expression) -> None:
        self.codes: list[int] = []
        self.numbers: dict[float, int] = {}
        self.columns: dict[str, Expression] = {}
        self.depth = 0
        self._whole = whole
        self._height = 0  # of the stack after the steps written so far

    def write(self, node: ast.expr, kind: Kind) -> None:
        """The steps that leave the value of a part on the stack."""
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                self._push(opcodes.NUMBER, self._number(float(value)))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                self._push(opcodes.NUMBER, self._number(-float(value)))
            case _ if not _reads_position(node):
                self._push(opcodes.COLUMN, self._column(node, kind))
            case ast.Name(id=name):
                self._push(_FIELDS[name])
            case ast.Call(func=ast.Name(id=name), args=[value]) if name == AT_ENTRY:
                self._push(opcodes.AT_ENTRY, self._column(value, kind))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                self._call(name, arguments)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._apply([operand], Kind.TRUTH, opcodes.NOT)
            case ast.UnaryOp(operand=operand):
                self._apply([operand], Kind.NUMBER, opcodes.NEGATE)
            case ast.BinOp(left=left, op=operator, right=right):
                self._apply([left, right], Kind.NUMBER, _OPERATORS[type(operator)])
            case ast.BoolOp(op=operator, values=values):
                self._join(values, opcodes.AND if isinstance(operator, ast.And) else opcodes.OR)
            case ast.Compare():
                self._compare(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.write(test, Kind.TRUTH)
                self._apply([body, orelse], kind, opcodes.CHOOSE, takes=3)
            case _:
                raise AssertionError("the checker lets nothing else read the position")

    def _push(self, *codes: int) -> None:
        self.codes += codes
        self._height += 1
        self.depth = max(self.depth, self._height)

    def _step(self, code: int, takes: int) -> None:
        self.codes.append(code)
        self._height += 1 - takes

    def _apply(self, operands: list[ast.expr], kind: Kind, code: int, takes: int = 0) -> None:
        for operand in operands:
            self.write(operand, kind)
        self._step(code, takes or len(operands))

    def _call(self, name: str, arguments: list[ast.expr]) -> None:
        self.write(arguments[0], Kind.NUMBER)
        if len(arguments) == 1:
            self._step(_CALLS[name][0], 1)
        for argument, code in zip(arguments[1:], _CALLS[name], strict=False):
            self._apply([argument], Kind.NUMBER, code, takes=2)

    def _join(self, values: list[ast.expr], code: int) -> None:
        self.write(values[0], Kind.TRUTH)
        for value in values[1:]:
            self._apply([value], Kind.TRUTH, code, takes=2)

    def _compare(self, node: ast.Compare) -> None:
        """A chain; an operand between two comparisons is computed once and tucked away."""
        codes = [_COMPARISONS[type(operator)] for operator in node.ops]
        self.write(node.left, Kind.NUMBER)
        for operand, code in zip(node.comparators[:-1], codes, strict=False):
            self.write(operand, Kind.NUMBER)
            self._push(opcodes.TUCK)
            self._step(code, 2)
            self.codes.append(opcodes.SWAP)
        self._apply([node.comparators[-1]], Kind.NUMBER, codes[-1], takes=2)
        for _ in codes[1:]:
            self._step(opcodes.AND, 2)

    def _number(self, value: float) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    def _column(self, node: ast.expr, kind: Kind) -> int:
        """The place of a part that bars give, the same place for the same part."""
        key = ast.dump(node)
        if key not in self.columns:
            self.columns[key] = _part(self._whole, node, kind)
        return list(self.columns).index(key)


def _part(whole: Expression, node: ast.expr, kind: Kind) -> Expression:
    """A part of a checked expression, as an expression of its own.

    It keeps the lookback of the whole: no row before that is read.
    """
    named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return replace(
        whole,
        text=ast.unparse(node),
        tree=node,
        kind=kind,
        names=whole.names & named,
        outputs=(),
        constant=None,
        warnings=(),
        measure=Measure.SERIES,
        reads_position=False,
    )


def _reads_position(node: ast.expr) -> bool:
    """Whether a name of the position, or `at_entry`, stands anywhere in it."""
    return any(
        isinstance(each, ast.Name) and (each.id == AT_ENTRY or each.id in _FIELDS)
        for each in ast.walk(node)
    )
