"""Expressions that were judged before mean the same again, and no other."""

from __future__ import annotations

import ast

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
