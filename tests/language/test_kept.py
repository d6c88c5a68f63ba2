"""Expressions that were judged before mean the same again, and no other."""

from __future__ import annotations

import ast
import sys

import pytest

from runner.language.parse import Expression, ExpressionError, Kind, Scope, parse
from runner.language.trees import depth, levels, same


def an_indicator(text: str, **params: float) -> Expression:
    return parse(text, Scope(params), None)


def test_the_same_text_and_meaning_is_judged_once() -> None:
    scopes = [Scope({"n": 20.0, "other": float(number)}) for number in range(2)]

    first, second = (parse("sma(close, n) > close", scope, Kind.TRUTH) for scope in scopes)

    assert first is second


def test_a_param_an_indicator_or_a_place_of_another_meaning_is_judged_anew() -> None:
    short, long = (parse("sma(close, n)", Scope({"n": n}), None) for n in (5.0, 50.0))
    calm, wild = (an_indicator(text) for text in ("sma(close, 9)", "ema(close, 9)"))
    above_calm, above_wild = (
        parse("close > line", Scope(indicators={"line": line}), None) for line in (calm, wild)
    )
    number = parse("2 * part", Scope({"part": 0.02}), None)
    percentage = parse("2 * part", Scope({"part": 0.02}, percents=frozenset({"part"})), None)

    assert (short.lookback, long.lookback) == (4, 49)
    assert above_calm.warmup != above_wild.warmup
    assert number.measure is not percentage.measure
    with pytest.raises(ExpressionError):
        parse("bars_held > 3", Scope(), None)
    assert parse("bars_held > 3", Scope(position=True), None).reads_position


def test_what_an_indicator_names_belongs_to_its_meaning() -> None:
    found = []
    for limit in (30.0, 130.0):
        scope = Scope({"limit": limit})
        named = Scope({"limit": limit}, {"bound": parse("limit", scope, None)})
        found.append(parse("rsi(close, 14) < bound", named, None).warnings)

    assert [[it.name for it in warned] for warned in found] == [[], ["always-true"]]


def test_advice_knows_names_that_the_text_does_not_hold() -> None:
    with pytest.raises(ExpressionError) as wrong:
        parse("lenght > 3", Scope({"length": 4.0}), None)

    assert wrong.value.problems[0].help == "did you mean `length`?"


def test_what_is_named_by_names_belongs_to_the_meaning_however_far() -> None:
    found = []
    for bound in (30.0, 130.0):
        indicators: dict[str, Expression] = {"a0": an_indicator(f"{bound}")}
        for at in range(1, 9):
            indicators[f"a{at}"] = parse(f"a{at - 1}", Scope(indicators=indicators), None)
        found.append(parse("rsi(close, 14) < a8", Scope(indicators=indicators), None).warnings)

    assert [[it.name for it in warned] for warned in found] == [[], ["always-true"]]


@pytest.mark.parametrize("text", ["{0} + {0}", "{0} and {1}", "max({0}, {1}) - 1", "-{0}"])
def test_a_file_twice_as_long_is_twice_the_work(text: str) -> None:
    short, long = (_calls_for_a_chain(text, lines) for lines in (150, 300))

    assert long < 2.3 * short


def _calls_for_a_chain(text: str, lines: int) -> int:
    """How many functions are called, of Python's and of C, to read indicators of each other."""
    first = "close > open" if "and" in text else "close"
    names = [f"c{lines}_{at}" for at in range(lines)]
    indicators = {names[0]: parse(first, Scope(), None)}
    calls = 0

    def counted(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(counted)
    try:
        for at in range(1, lines):
            written = text.format(names[at - 1], names[max(at - 2, 0)])
            indicators[names[at]] = parse(written, Scope(indicators=indicators), None)
    finally:
        sys.setprofile(None)
    return calls


def test_names_that_lead_far_are_followed_without_recursion() -> None:
    numbers = {"n0": parse("5", Scope(), None)}
    prices = {"n0": parse("close", Scope(), None)}
    for at in range(1, 1200):
        numbers[f"n{at}"] = parse(f"-n{at - 1}", Scope(indicators=numbers), None)
        prices[f"n{at}"] = parse(f"n{at - 1} + 1", Scope(indicators=prices), None)

    lower = parse("rsi(close, 14) > n1199", Scope(indicators=numbers), Kind.TRUTH)
    ranked = parse("rank(n1199) == 1", Scope(indicators=prices), Kind.TRUTH)

    assert (lower.lookback, ranked.lookback) == (14, 0)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("sma(close, 5)", "sma( close,5 )", True),
        ("sma(close, 5)", "ema(close, 5)", False),
        ("sma(close, 5)", "sma(close)", False),
        ("70", "70.0", False),
        ("1", "True", False),
        ("a + b", "a - b", False),
        ("-a", "not a", False),
        ("a < b < c", "a < b <= c", False),
        ("bands.upper", "bands.lower", False),
        ("a and b", "a and b and c", False),
        ("f(x=1)", "f(x=2)", False),
        ("a[1] if b else c", "a[1] if b else c", True),
    ],
)
def test_trees_are_the_same_when_they_are_written_alike(one: str, other: str, alike: bool) -> None:
    left, right = (ast.parse(text, mode="eval").body for text in (one, other))

    assert same(left, right) is alike
    assert (ast.dump(left) == ast.dump(right)) is alike


@pytest.mark.parametrize("text", ["a", "1", "a + 1", "f(a, -b)[2].x", "a if b < 1 else c or d"])
def test_the_depth_counts_what_python_counts(text: str) -> None:
    tree = ast.parse(text, mode="eval").body

    assert depth(levels(tree)) == _deepest(tree)


def _deepest(node: ast.AST) -> int:
    return 1 + max((_deepest(below) for below in ast.iter_child_nodes(node)), default=0)
