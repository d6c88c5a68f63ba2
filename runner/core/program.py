"""Runs the postfix program of an expression that reads the position, at one bar.

In: a `Program` as arrays, numbers of the position, a matrix of columns. Out: one number; a
condition is 1.0, 0.0 or NaN. Undefined (NaN) is a third truth value, and a result that is not
finite is undefined, as in the expressions that bars alone give.
"""

from __future__ import annotations

from array import array
from math import sqrt
from typing import TYPE_CHECKING

from runner.language.opcodes import (
    ABS,
    ADD,
    ADDS,
    AND,
    BARS_HELD,
    COLUMN,
    DIVIDE,
    ENTRY_PRICE,
    EQUAL,
    FIRST_ARITHMETIC,
    FIRST_ENTRY_PRICE,
    FIRST_FIELD,
    FIRST_TRUTH,
    FIRST_UNARY,
    GREATER,
    GREATER_EQUAL,
    LAST_ENTRY_PRICE,
    LESS,
    LESS_EQUAL,
    MAX,
    MIN,
    MULTIPLY,
    NEGATE,
    NOT,
    NUMBER,
    OR,
    PEAK_PROFIT,
    PROFIT,
    PROFIT_R,
    SIGN,
    SUBTRACT,
    SWAP,
    TUCK,
)

if TYPE_CHECKING:
    from runner.core.buffers import Counts, Numbers
    from runner.language.program import Program


UNDEFINED = float("nan")


class Code:
    """A program as the loop reads it; `stack` is its scratch, so one bar runs at a time."""

    __slots__ = ("length", "numbers", "ops", "stack")

    def __init__(self, ops: Counts, numbers: Numbers, stack: Numbers, length: int) -> None:
        self.ops = ops
        self.numbers = numbers
        self.stack = stack
        self.length = length


def code_of(program: Program) -> Code:
    """The arrays of a program."""
    return Code(
        memoryview(array("i", program.codes)),
        memoryview(array("d", program.numbers)),
        memoryview(array("d", bytes(8 * program.depth))),
        len(program.codes),
    )


class Columns:
    """What a program reads of bars, column × bar: a view that is made once, not for each bar."""

    __slots__ = ("rows",)

    def __init__(self, rows: Numbers) -> None:
        self.rows = rows


class Facts:
    """The position as expressions read it at the close of a bar; NaN where it is undefined."""

    __slots__ = (
        "adds",
        "bars_held",
        "entry_price",
        "first_entry_price",
        "last_entry_price",
        "peak_profit",
        "profit",
        "profit_r",
        "stop_price",
    )

    def __init__(self) -> None:
        self.entry_price = UNDEFINED
        self.first_entry_price = UNDEFINED
        self.last_entry_price = UNDEFINED
        self.adds = UNDEFINED
        self.bars_held = UNDEFINED
        self.profit = UNDEFINED
        self.profit_r = UNDEFINED
        self.peak_profit = UNDEFINED
        self.stop_price = UNDEFINED


def run(code: Code, facts: Facts, columns: Columns, row: int, signal_row: int) -> float:
    """The value at a bar; `signal_row` is the bar that the entry read."""
    at = 0
    top = 0  # numbers on the stack
    while at < code.length:
        op = code.ops[at]
        at += 1
        if op < FIRST_FIELD:
            code.stack[top] = given(code, columns, op, code.ops[at], row, signal_row)
            at += 1
            top += 1
        elif op < FIRST_UNARY:
            code.stack[top] = field(facts, op)
            top += 1
        elif op < FIRST_ARITHMETIC:
            code.stack[top - 1] = unary(op, code.stack[top - 1])
        elif op < TUCK:
            top -= 1
            code.stack[top - 1] = binary(op, code.stack[top - 1], code.stack[top])
        else:
            top = move(code, op, top)
    value: float = code.stack[0]
    return value


def given(code: Code, columns: Columns, op: int, index: int, row: int, signal_row: int) -> float:
    """A number that is written out or that bars have given."""
    value: float
    if op == NUMBER:
        value = code.numbers[index]
    elif op == COLUMN:
        value = columns.rows[index, row]
    else:
        value = columns.rows[index, signal_row]
    return value


def field(facts: Facts, op: int) -> float:
    """A number of the position."""
    if op == ENTRY_PRICE:
        return facts.entry_price
    if op == FIRST_ENTRY_PRICE:
        return facts.first_entry_price
    if op == LAST_ENTRY_PRICE:
        return facts.last_entry_price
    if op == ADDS:
        return facts.adds
    if op == BARS_HELD:
        return facts.bars_held
    if op == PROFIT:
        return facts.profit
    if op == PROFIT_R:
        return facts.profit_r
    if op == PEAK_PROFIT:
        return facts.peak_profit
    return facts.stop_price


def unary(op: int, x: float) -> float:
    """One number of one; `not` of a condition that is undefined is undefined."""
    if x != x:
        return UNDEFINED
    if op == NEGATE:
        return -x
    if op == ABS:
        return -x if x < 0.0 else x
    if op == NOT:
        return 1.0 - x
    if op == SIGN:
        return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0
    return sqrt(x) if x >= 0.0 else UNDEFINED


def binary(op: int, a: float, b: float) -> float:
    """One number of two; only `and` and `or` can be sure where one of them is undefined."""
    if op == AND:
        return conjunction(a, b)
    if op == OR:
        return 1.0 - conjunction(1.0 - a, 1.0 - b)
    if a != a or b != b:
        return UNDEFINED
    return arithmetic(op, a, b) if op < FIRST_TRUTH else comparison(op, a, b)


def conjunction(a: float, b: float) -> float:
    """Surely false where one is, surely true where both are."""
    if a == 0.0 or b == 0.0:
        return 0.0
    if a != a or b != b:
        return UNDEFINED
    return 1.0


def arithmetic(op: int, a: float, b: float) -> float:
    """Of defined numbers; a result beyond every number is undefined."""
    if op == MIN:
        return a if a < b else b
    if op == MAX:
        return a if a > b else b
    if op == ADD:
        result = a + b
    elif op == SUBTRACT:
        result = a - b
    elif op == MULTIPLY:
        result = a * b
    elif b == 0.0:
        return UNDEFINED
    elif op == DIVIDE:
        result = a / b
    else:
        result = remainder(a, b)
    return result if result - result == 0.0 else UNDEFINED


def remainder(a: float, b: float) -> float:
    """With the sign of b. C's `%` has the sign of a, Python's that of b: both end here."""
    rest = a % b
    if rest != 0.0 and (rest < 0.0) != (b < 0.0):
        rest += b
    return rest


def comparison(op: int, a: float, b: float) -> float:
    """1.0 or 0.0, of defined numbers."""
    if op == LESS:
        holds = a < b
    elif op == LESS_EQUAL:
        holds = a <= b
    elif op == GREATER:
        holds = a > b
    elif op == GREATER_EQUAL:
        holds = a >= b
    elif op == EQUAL:
        holds = a == b
    else:
        holds = a != b
    return 1.0 if holds else 0.0


def move(code: Code, op: int, top: int) -> int:
    """Moves numbers about on the stack; returns how many are on it then."""
    a, b = code.stack[top - 2], code.stack[top - 1]
    if op == TUCK:
        code.stack[top - 2] = b
        code.stack[top - 1] = a
        code.stack[top] = b
        return top + 1
    if op == SWAP:
        code.stack[top - 2] = b
        code.stack[top - 1] = a
        return top
    test = code.stack[top - 3]
    if test != test:
        code.stack[top - 3] = UNDEFINED
    else:
        code.stack[top - 3] = b if test == 0.0 else a
    return top - 2
