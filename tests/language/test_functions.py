"""Functions of a file mean what they mean written out by hand, wherever they are called."""

from __future__ import annotations

import ast
import time

import pytest

from runner.language.expand import MOST_PARTS
from runner.language.parse import (
    Expression,
    ExpressionError,
    Kind,
    Measure,
    Scope,
    parse,
    parse_function,
)
from runner.language.program import program_of
from runner.language.types import NamedFunction

DECLARED = {
    "spread(a, b)": "a / b - 1",
    "over(x, bars)": "x > sma(x, bars)",
    "held(c, bars)": "c and not c[bars]",
    "both(c, d)": "over(c, 5) and over(d, 5)",
    "bands(bars)": "bbands(close, bars, 2, 2)",
    "choice(c, x)": "x if c else -x",
    "step(part)": "part * 2",
    "trend(fast, slow)": "macd(close, fast, slow, 9).line",
    "won(part)": "profit > part * entry_price",
}


def declared(texts: dict[str, str]) -> dict[str, NamedFunction]:
    functions: dict[str, NamedFunction] = {}
    for signature, text in texts.items():
        name, _, rest = signature.partition("(")
        arguments = tuple(it.strip() for it in rest.rstrip(")").split(","))
        functions[name] = parse_function(name, arguments, text, Scope(functions=functions))
    return functions


FUNCTIONS = declared(DECLARED)
HERE = Scope({"length": 20.0}, functions=FUNCTIONS, position=True)


@pytest.mark.parametrize(
    ("called", "written"),
    [
        ("spread(close, open) > 0", "close / open - 1 > 0"),
        ("spread(close + 1, open - 2) > 0", "(close + 1) / (open - 2) - 1 > 0"),
        ("over(volume, length)", "volume > sma(volume, length)"),
        ("held(close > open, 3)", "close > open and not (close > open)[3]"),
        ("both(close, spread(close, open))",
         "close > sma(close, 5) and close / open - 1 > sma(close / open - 1, 5)"),
        ("close > bands(20).upper", "close > bbands(close, 20, 2, 2).upper"),
        ("choice(close > open, close) > 3", "(close if close > open else -close) > 3"),
        ("spread(spread(close, open), open) > 0", "(close / open - 1) / open - 1 > 0"),
        ("trend(12, 26) > 0", "macd(close, 12, 26, 9).line > 0"),
        ("won(2%)", "profit > 2% * entry_price"),
    ],
)  # fmt: skip
def test_a_call_is_its_body_written_out(called: str, written: str) -> None:
    by_call, by_hand = parse(called, HERE, Kind.TRUTH), parse(written, HERE, Kind.TRUTH)

    assert ast.dump(by_call.tree) == ast.dump(by_hand.tree)
    assert facts(by_call) == facts(by_hand)
    assert program_of(by_call).codes == program_of(by_hand).codes


def facts(expression: Expression) -> tuple[object, ...]:
    names = expression.names - set(FUNCTIONS)
    return (expression.kind, expression.lookback, expression.warmup, names, expression.measure)


def test_a_percentage_stays_one_in_a_body_and_as_an_argument() -> None:
    functions = declared({"part(x)": "x + 1%", "half(x)": "part(x) / 2"})
    scope = Scope(functions=functions)

    assert parse("half(1)", scope, None).measure is Measure.PERCENT
    assert parse("step(2%)", HERE, None).measure is Measure.PERCENT
    assert parse("step(2)", HERE, None).measure is Measure.BARE


@pytest.mark.parametrize(
    ("text", "stretch", "name"),
    [
        ("close > 1 and spread(close) > 1", "spread(close)", "wrong-arguments"),
        ("over(close, volume)", "volume", "computed-length"),
        ("over(close, 0)", "0", "out-of-range"),
        ("over(close > 1, 5)", "close > 1", "not-a-number"),
        ("held(close, 5)", "close", "not-a-condition"),
        ("trend(26, 12) > 0", "trend(26, 12)", "wrong-arguments"),
        ("spread > 1", "spread", "wrong-arguments"),
        ("spread(close, 0) > 1", "0", "out-of-range"),
        ("bands(20) > 1", "bands(20)", "which-output"),
    ],
)
def test_what_is_wrong_with_a_call_is_said_at_the_call(text: str, stretch: str, name: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text, HERE, Kind.TRUTH)

    problem = raised.value.problems[0]
    assert (text[problem.start : problem.end], problem.name) == (stretch, name)


@pytest.mark.parametrize(
    ("body", "stretch"),
    [
        ("smaa(a, 20) > b", "smaa"),
        ("a > b and a", "a"),
        ("rsi(a)", "rsi(a)"),
        ("a > c", "c"),
        ("own(a, b)", "own"),
        ("a ** b", "**"),
        ("sma(a, 1.5) > b", "1.5"),
        ("a[-1] > b", "-1"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_the_body(body: str, stretch: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_function("own", ("a", "b"), body, Scope())

    problem = raised.value.problems[0]
    assert body[problem.start : problem.end].startswith(stretch)


def test_calls_in_calls_are_bounded_in_size_depth_and_time() -> None:
    texts = {"twice0(a)": "a + a"}
    texts |= {f"twice{n}(a)": f"twice{n - 1}(twice{n - 1}(a))" for n in range(1, 3)}
    functions = declared(texts)
    started = time.process_time()
    nested = "close"
    for _ in range(20):
        nested = f"twice0({nested})"

    for text in (nested, "twice2(twice2(twice2(close)))"):
        with pytest.raises(ExpressionError) as raised:
            parse(f"{text} > 1", Scope(functions=functions), Kind.TRUTH)
        assert raised.value.problems[0].name in ("too-long", "too-deep")
    with pytest.raises(ExpressionError) as raised:
        declared({**texts, "much(a)": "twice2(twice2(twice2(a)))"})
    assert str(MOST_PARTS) in raised.value.problems[0].message
    assert time.process_time() - started < 1.0


def test_an_argument_is_nothing_outside_its_body() -> None:
    with pytest.raises(ExpressionError):
        parse("spread(close, open) > b", HERE, None)
    with pytest.raises(ExpressionError):
        parse_function("f", ("x",), "x + a", Scope(functions=FUNCTIONS))
