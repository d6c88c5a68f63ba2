"""`rank(x)` compares all symbols at one instant, and nothing of later ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from runner.language.evaluate import EvaluationError, Evaluator
from runner.language.parse import Expression, ExpressionError, Kind, Scope, parse
from runner.language.surroundings import Place, Surroundings, alone
from runner.model.bars import Bars
from tests.indicators.markets import cut, made_bars

SYMBOLS = ("A/USDT", "B/USDT", "C/USDT")


def closes(symbol: str, *values: float) -> Bars:
    """Hourly bars with these closes; NaN: there is no such bar."""
    series = np.array(values, np.float64)
    rows = np.flatnonzero(~np.isnan(series))
    column = series[rows]
    bars = made_bars(1, len(values))
    volume = bars.volume[rows]
    return Bars(
        symbol, bars.timeframe, bars.opened_at[rows], column, column, column, column, volume
    )


def around(symbol: str, *every: Bars) -> Surroundings:
    by_symbol = {bars.symbol: bars for bars in every}
    return replace(alone(by_symbol[symbol]), others=by_symbol, symbols=SYMBOLS)


def ranks(text: str, symbol: str, *every: Bars) -> list[float | None]:
    found = Evaluator(around(symbol, *every), {}, {}).number(parse(text, Scope(), Kind.NUMBER))
    return [None if np.isnan(value) else float(value) for value in found]


GONE = float("nan")
MARKET = (
    closes("A/USDT", 3, 5, 5, 1),
    closes("B/USDT", 2, 5, GONE, 2),
    closes("C/USDT", 1, 5, 6, 2),
)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("A/USDT", [1, 1, 2, 3]), ("B/USDT", [2, 2, 1]), ("C/USDT", [3, 3, 1, 2])],
)
def test_the_highest_is_1_and_equal_ones_go_by_the_file(symbol: str, expected: list[int]) -> None:
    assert ranks("rank(close)", symbol, *MARKET) == expected


def test_it_is_undefined_where_x_is_and_leaves_out_symbols_without_one() -> None:
    assert ranks("rank(close[1])", "A/USDT", *MARKET) == [None, 1, 1, 2]
    assert ranks("rank(sma(close, 3))", "B/USDT", *MARKET) == [None, None, 3]


def test_windows_of_a_rank_are_those_of_its_own_symbol() -> None:
    assert ranks("highest(rank(close), 2)", "A/USDT", *MARKET) == [None, 1, 2, 3]
    assert ranks("rank(rank(close))", "A/USDT", *MARKET) == [3, 3, 1, 1]


def test_an_indicator_of_slower_bars_is_ranked_on_those_of_each_symbol() -> None:
    every = [replace(made_bars(seed, 60), symbol=name) for seed, name in enumerate(SYMBOLS)]
    slow = Place(None, replace(every[0].timeframe, text="4h", ms=4 * 3_600_000))
    strength = parse("roc(close, 2)", Scope(elsewhere=True), Kind.NUMBER)
    named: dict[str, Expression] = {"strength": strength}
    tree = parse("rank(strength)", Scope({}, named), Kind.NUMBER)
    values = [
        Evaluator(around(symbol, *every), {}, named, {"strength": slow}) for symbol in SYMBOLS
    ]
    found = np.array([one.number(tree) for one in values])
    known = ~np.isnan(found).any(axis=0)

    assert known.sum() > 40
    assert np.array_equal(np.sort(found[:, known], axis=0).T, [[1, 2, 3]] * known.sum())


def test_later_bars_change_no_rank() -> None:
    every = [replace(made_bars(seed, 80), symbol=name) for seed, name in enumerate(SYMBOLS)]
    text = "rank(ema(close, 5) / close)"
    whole = ranks(text, "B/USDT", *every)

    for count in range(1, 80, 7):
        past = [replace(cut(bars, 0, count), symbol=bars.symbol) for bars in every]
        assert ranks(text, "B/USDT", *past) == whole[:count]


@pytest.mark.parametrize(
    ("text", "scope", "message"),
    [
        ("rank(5) > 1", Scope(), "a number is the same for all"),
        ("rank(profit) > 1", Scope(position=True), "the position is no series"),
        ("rank(close > 1) > 1", Scope(), "is a condition where a number is needed"),
        ("rank(close, 3) > 1", Scope(), "`rank` takes 1 argument by position"),
        ("rank(close - mark) > 1", Scope(futures=True), "`mark` is not known of the other"),
        ("rank(fear) > 1", Scope(inputs=frozenset({"fear"})), "`fear` is not known of the other"),
        ("rank(close) > 1", Scope(elsewhere=True), "at the file's own bars"),
        ("rank > 1", Scope(), "`rank` is a function"),
        ("rank(close)", Scope(), "is a number where a condition is needed"),
    ],
)
def test_what_cannot_be_ranked_is_refused(text: str, scope: Scope, message: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text, scope, Kind.TRUTH)

    assert message in refused.value.problems[0].message


def said_of(text: str, symbols: int | None) -> list[str]:
    scope = Scope(symbols=symbols)
    place = parse("rank(close)", scope, Kind.NUMBER)
    warned = parse(text, replace(scope, indicators={"place": place}), Kind.TRUTH).warnings
    return [it.name for it in warned]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rank(close) > 3", ["never-true"]),
        ("rank(close) >= 4", ["never-true"]),
        ("rank(close) == 4", ["never-true"]),
        ("rank(close) < 1", ["never-true"]),
        ("place[2] + 1 > 4 and volume > 0", ["never-true"]),
        ("close > open or place <= 3", ["always-true"]),
        ("rank(close) < 3.5", ["always-true"]),
        ("rank(close) > 2", []),
        ("place == 3", []),
        ("rank(close) <= 2", []),
        ("rank(close) != 1", []),
    ],
)
def test_no_symbol_ranks_beyond_the_last(text: str, said: list[str]) -> None:
    assert said_of(text, symbols=3) == said


@pytest.mark.parametrize("text", ["rank(close) > 3", "place > 3", "place >= 2 and place > 3"])
def test_the_same_text_is_judged_by_the_symbols_of_each_file(text: str) -> None:
    found = [bool(said_of(text, symbols)) for symbols in (3, 4, None, 2, 5, 3)]

    assert found == [True, False, False, True, False, True]


def test_the_evaluator_ranks_no_symbol_that_is_not_compared() -> None:
    tree = parse("rank(close)", Scope(), Kind.NUMBER)

    with pytest.raises(EvaluationError):
        Evaluator(alone(made_bars(1, 5)), {}, {}).number(tree)
