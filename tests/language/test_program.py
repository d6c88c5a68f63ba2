"""Programs over the position mean what the language means, compiled and as plain Python."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.core import program as running
from runner.language import opcodes
from runner.language.parse import Expression, Kind, Scope, parse
from runner.language.program import Program, given_by_bars, program_of
from runner.language.types import POSITION

EXITS = Scope({"far": 2.0}, position=True, sessions=frozenset({"us"}))
SERIES = ("close", "open", "volume")

Value = float | bool | None
Bar = Mapping[str, Value]


def plain_core() -> ModuleType:
    """The same file as plain Python, also where an extension lies beside it."""
    file = Path(opcodes.__file__).parents[1] / "core" / "program.py"
    spec = spec_from_file_location("plain_program", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CORES = [running, plain_core()]


# The reference: the tree itself, `None` for undefined.


def meant(node: ast.expr, now: Bar, then: Bar) -> Value:
    """The value at a bar, `then` being the signal's."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return value if isinstance(value, bool) else float(value)
        case ast.Name(id=name):
            return now[name]
        case ast.Call(func=ast.Name(id="at_entry"), args=[inner]):
            return meant(inner, then, then)
        case ast.Call(func=ast.Name(id="in_session")):
            return now["us"]
        case ast.Subscript(value=inner):
            return now[f"{ast.unparse(inner)}[1]"]
        case ast.BoolOp(op=joins, values=values):
            decisive = isinstance(joins, ast.Or)
            parts = [meant(value, now, then) for value in values]
            return decisive if decisive in parts else None if None in parts else not decisive
        case ast.IfExp(test=test, body=body, orelse=orelse):
            found = meant(test, now, then)
            return None if found is None else meant(body if found else orelse, now, then)
        case ast.Compare(left=left, ops=ops, comparators=rights):
            return compared([meant(each, now, then) for each in (left, *rights)], ops)
        case ast.UnaryOp(op=sign, operand=operand):
            act = operator.not_ if isinstance(sign, ast.Not) else operator.neg
            return of_defined(act, meant(operand, now, then))
        case ast.BinOp(left=left, op=sign, right=right):
            return of_defined(
                OPERATORS[type(sign)], meant(left, now, then), meant(right, now, then)
            )
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return of_defined(FUNCTIONS[name], *(meant(each, now, then) for each in arguments))
    raise AssertionError(ast.dump(node))


def of_defined(act: Callable[..., float], *operands: Value) -> Value:
    """`None` where an operand or the result is no number."""
    if None in operands:
        return None
    try:
        result = act(*operands)
    except (ZeroDivisionError, ValueError):
        return None
    return result if math.isfinite(result) else None


def compared(values: list[Value], ops: list[ast.cmpop]) -> Value:
    parts: list[Value] = []
    for (left, right), each in zip(pairwise(values), ops, strict=True):
        unknown = left is None or right is None
        parts.append(None if unknown else COMPARISONS[type(each)](left, right))
    return False if False in parts else None if None in parts else True


OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARISONS: dict[type[ast.cmpop], Callable[..., bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "sign": lambda x: (x > 0) - (x < 0),
    "sqrt": math.sqrt,
    "min": min,
    "max": max,
    "mod": lambda a, b: a % b,
    "clamp": lambda x, low, high: min(max(x, low), high),
}


def number(value: Value) -> float:
    return math.nan if value is None else float(value)


def ran(core: ModuleType, program: Program, now: Bar, then: Bar) -> float:
    """The program at row 1, signaled at row 0."""
    facts = core.Facts()
    for name in POSITION:
        setattr(facts, name, number(now[name]))
    rows = [[number(meant(it.tree, bar, bar)) for bar in (then, now)] for it in program.columns]
    columns = np.array(rows, np.float64).reshape(-1, 2)
    return float(core.run(core.code_of(program), facts, core.Columns(columns), 1, 0))


NUMBERS = st.one_of(
    st.none(), st.sampled_from([0.0, 1.0, -1.0, 2.0, 1e300]), st.floats(-100, 100, width=32)
)
BARS = st.fixed_dictionaries(
    {
        **dict.fromkeys((*POSITION, *SERIES, "close[1]", "volume[1]"), NUMBERS),
        "us": st.one_of(st.none(), st.booleans()),
        "far": st.just(2.0),
    }
)
ATOMS = st.sampled_from(
    (
        *(*POSITION, *SERIES, "close[1]", "far", "0", "0.5", "3%"),
        *("at_entry(close)", "at_entry(volume[1] - far)"),
    )
)


def _numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    build = st.builds
    return st.one_of(
        build(
            "({} {} {})".format, inner, st.sampled_from("+-*/"), inner.filter(lambda x: x != "0")
        ),
        build("{}({}, {} + adds)".format, st.sampled_from(["min", "max", "mod"]), inner, inner),
        build("{}({})".format, st.sampled_from(["abs", "sign", "sqrt"]), inner),
        build("clamp({}, {}, {})".format, inner, inner, inner),
        build("({} if {} else {})".format, inner, _truths(inner), inner),
        build("(-{})".format, inner),
    )


def _truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    compared = st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds("({} {} {} {} {} {} {})".format, *(inner, signs) * 3, inner),
        st.sampled_from(["in_session(us)", "at_entry(in_session(us))", "True"]),
    )
    return st.one_of(
        compared,
        st.builds(
            "({0} {1} {2} {1} {3})".format,
            compared,
            st.sampled_from(["and", "or"]),
            *[compared] * 2,
        ),
        st.builds("(not {})".format, compared),
        st.builds("({} if {} else {})".format, compared, compared, compared),
    )


TREES = st.recursive(ATOMS, _numbers, max_leaves=8)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.one_of(TREES, _truths(TREES)), now=BARS, then=BARS)
def test_a_program_means_what_its_expression_means(text: str, now: Bar, then: Bar) -> None:
    if len(text) > 900:
        return
    parsed = parse(text, EXITS, None)
    program = program_of(parsed)
    expected = number(meant(parsed.tree, now, then))

    for core in CORES:
        np.testing.assert_array_equal(ran(core, program, now, then), expected)
    assert all(not column.reads_position for column in program.columns)


TRUTHS = {"T": "(profit < 1)", "F": "(profit > 1)", "U": "(profit_r > 1)"}
WORDS = {**TRUTHS, "HUGE": " * ".join(["(adds + 1e15)"] * 21)}
KLEENE = """
T and T = T | T and F = F | T and U = U | F and F = F | F and U = F | U and U = U | U and F = F
T or T = T  | T or F = T  | T or U = T  | F or F = F  | F or U = U  | U or U = U  | U or T = T
not T = F   | not F = T   | not U = U   | T if T else U = T | U if F else F = F | F if U else F = U
1 if U else 1 = U         | profit_r if F else 1 = T        | profit < 1 < profit_r = U
1 < profit < profit_r = F | profit / adds > 0 = U           | adds / adds == 1 = U
mod(profit, adds) = U     | sqrt(-1 - profit) = U           | profit * 0 + 1 = T
profit + 1e15 > 1 = T     | profit + HUGE > 1 = U
"""


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize(
    "case", [case for case in KLEENE.replace("\n", "|").split("|") if case.strip()]
)
def test_undefined_is_a_third_truth(core: ModuleType, case: str) -> None:
    text, _, letter = case.strip().rpartition(" = ")
    for name, meaning in WORDS.items():
        text = " ".join(meaning if word == name else word for word in text.split(" "))
    bar: Bar = {**dict.fromkeys(POSITION), "profit": 0.0, "adds": 0.0}

    found = ran(core, program_of(parse(text, EXITS, None)), bar, bar)

    assert {"T": 1.0, "F": 0.0}.get(letter, "U") == ("U" if math.isnan(found) else found)


def the(expression: Expression) -> tuple[str, Kind, int, bool]:
    return expression.text, expression.kind, expression.lookback, expression.reads_position


def test_the_largest_parts_that_bars_give_are_columns() -> None:
    parsed = parse(
        "close > sma(close, 9) + far and profit_r > close[1] * 2 - -1 or at_entry(atr(5)) < atr(5)",
        EXITS,
        Kind.TRUTH,
    )

    program = program_of(parsed)

    assert [the(column) for column in program.columns] == [
        ("close > sma(close, 9) + far", Kind.TRUTH, 8, False),
        ("close[1] * 2 - -1", Kind.NUMBER, 8, False),
        ("atr(5)", Kind.NUMBER, 8, False),
    ]
    assert [sorted(column.names) for column in program.columns] == [["close", "far"], ["close"], []]


def test_what_bars_alone_give_is_one_column() -> None:
    parsed = parse("close > open", EXITS, Kind.TRUTH)

    program = program_of(parsed)

    assert program.codes == (opcodes.COLUMN, 0)
    assert [the(column) for column in program.columns] == [the(parsed)]


def test_a_chain_within_a_chain_stays_short() -> None:
    text = "profit"
    for _ in range(20):
        text = f"(1 if 0 < {text} < 2 else 0)"

    program = program_of(parse(text, EXITS, Kind.NUMBER))

    assert len(program.codes) < 20 * 20
    assert program.depth < 60


def test_numbers_and_parts_that_stand_twice_are_kept_once() -> None:
    program = program_of(parse("profit > 2 * close or adds > 2 + profit * 2 * close", EXITS, None))

    assert program.numbers == (2.0,)
    assert [column.text for column in program.columns] == ["2 * close", "close"]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("close > open and bars_held > 3", ["close > open"]),
        (
            "bars_held > 3 and close > open and volume > 1 and profit > 0",
            ["close > open", "volume > 1"],
        ),
        ("close > open or bars_held > 3", []),
        ("not (close > open and bars_held > 3)", []),
        ("bars_held > 3", []),
        ("close > open", ["close > open"]),
    ],
)
def test_what_must_be_true_before_a_program_need_run(text: str, alone: list[str]) -> None:
    found = given_by_bars(parse(text, EXITS, Kind.TRUTH))

    assert [part.text for part in found] == alone
    assert not any(part.reads_position for part in found)
