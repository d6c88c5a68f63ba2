"""Laws that every function of the table keeps."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from runner.indicators.computed import NUMBERS, TRUTHS
from runner.indicators.groups import NAMES
from runner.indicators.probe import disagreements
from runner.indicators.table import FUNCTIONS
from runner.language.evaluate import Evaluator
from runner.language.parse import Kind
from runner.language.surroundings import alone
from runner.model.bars import Bars
from tests.indicators.markets import (
    COMPOSITIONS,
    calls,
    cut,
    expression,
    flat_bars,
    made_bars,
    number,
    real_bars,
)

#: A row of the real bars that opens a UTC day and closes above its open.
MIDNIGHT = 974


def columns_of(text: str, bars: Bars) -> np.ndarray:
    """What is known at each bar: the number, or for a condition 1, 0 or NaN."""
    parsed, evaluator = expression(text), Evaluator(alone(bars), {}, {})
    if parsed.kind is Kind.NUMBER:
        return evaluator.number(parsed)
    surely_true, surely_false = evaluator.truth(parsed)
    assert not (surely_true & surely_false).any()
    return np.where(surely_true, 1.0, np.where(surely_false, 0.0, np.nan))


def test_every_function_is_computed_and_nothing_else() -> None:
    assert {*NUMBERS, *TRUTHS} == set(FUNCTIONS)


@pytest.mark.parametrize("module", sorted(NAMES))
def test_functions_are_where_they_are_looked_for(module: str) -> None:
    rows = import_module(f"runner.indicators.{module}").ROWS

    assert [function.name for function in rows] == sorted(
        NAMES[module].split(), key=[function.name for function in rows].index
    )


def test_the_table_agrees_with_talib() -> None:
    assert list(disagreements()) == []


@pytest.mark.parametrize("text", [*calls(), *COMPOSITIONS])
def test_the_first_defined_row_is_the_lookback(text: str, shared: Path) -> None:
    bars = cut(real_bars(shared), MIDNIGHT, 2_000)

    values = columns_of(text, bars)

    first = int(np.flatnonzero(~np.isnan(values))[0])
    if text.startswith("pivot"):  # silent until something stands out
        assert expression(text).lookback <= first
    elif text.startswith("supertrend"):  # silent until the close first leaves a band
        assert expression(text).lookback <= first < 200
    else:
        assert first == expression(text).lookback


@pytest.mark.parametrize("text", [*calls(), *COMPOSITIONS])
def test_a_window_of_warmup_bars_agrees_with_all_history(text: str, shared: Path) -> None:
    bars = real_bars(shared)
    warmup = expression(text).warmup
    assert warmup is not None
    everything = columns_of(text, bars)
    near_zero = 1e-11 * np.nanmax(np.abs(everything))

    for last in np.random.default_rng(5).integers(warmup, len(bars), 20).tolist():
        window = columns_of(text, cut(bars, last + 1 - warmup, last + 1))

        assert window[-1] == pytest.approx(everything[last], rel=1e-9, abs=near_zero, nan_ok=True)


@pytest.mark.parametrize("text", [*calls(), *COMPOSITIONS])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_value_changes_when_later_bars_arrive(text: str, seed: int, shared: Path) -> None:
    bars = made_bars(seed, 400) if seed == 1 else cut(real_bars(shared), 20_000, 20_400)
    everything = columns_of(text, bars)

    for count in (1, 2, 33, 97, 399):
        prefix = columns_of(text, bars.until(count))

        np.testing.assert_array_equal(prefix, everything[:count])


@pytest.mark.parametrize("n", [1, 5, 12, 26])
def test_ewma_starts_from_the_first_value(n: int, shared: Path) -> None:
    bars = cut(real_bars(shared), 0, 2_000)
    expected, x = [], bars.close[0]
    for close in bars.close.tolist():
        x += 2 / (n + 1) * (close - x)
        expected.append(x)

    np.testing.assert_allclose(number(f"ewma(close, {n})", bars), expected, rtol=1e-15)


@pytest.mark.parametrize("price", [0.1, 123.456, 3.3e-7])
@pytest.mark.parametrize("text", ["sma(close, 20)", "wma(close, 7)", "linreg(close, 13)"])
def test_the_mean_of_equal_prices_is_that_price(text: str, price: float) -> None:
    assert set(number(text, flat_bars(price, 60))[19:].tolist()) == {price}


@pytest.mark.parametrize(
    "text",
    ["rsi(close, 14)", "zscore(close, 5)", "stoch(5, 3, 3).k", "willr(5)", "cci(5)", "mfi(5)"],
)
def test_where_nothing_moves_an_oscillator_is_undefined(text: str) -> None:
    assert np.isnan(number(text, flat_bars(100.0, 60))).all()


@pytest.mark.parametrize("n", [2, 3, 14])
def test_a_bar_without_a_move_keeps_the_index_to_the_last_bit(n: int) -> None:
    random = np.random.default_rng(2)
    steps = np.round(random.normal(0, 1, 800), 2) * (random.random(800) < 0.3)
    bars = _closes(200 + np.round(np.cumsum(steps), 2))
    still = np.flatnonzero(bars.close[n + 1 :] == bars.close[n:-1]) + n + 1

    index = number(f"rsi(close, {n})", bars)

    np.testing.assert_array_equal(index[still], index[still - 1])


@pytest.mark.parametrize("lengths", ["14, 14, 3, sma", "14, 5, 3, ema", "5, 8, 2, sma"])
def test_where_an_index_stands_still_it_has_no_place_in_its_range(lengths: str) -> None:
    random = np.random.default_rng(1)
    moved = 100 + np.round(np.cumsum(random.normal(0, 1, 600)), 2)
    close = np.concatenate((moved, np.full(30, moved[-1])))
    text = f"stochrsi(close, {lengths}).k"
    k = int(lengths.split(", ")[1])

    values = number(text, _closes(close))
    window = number(text, _closes(close[-expression(text).warmup :]))  # type: ignore[operator]

    assert np.flatnonzero(np.isnan(values[-40:])).tolist() == list(range(9 + k - 1, 40))
    np.testing.assert_array_equal(np.isnan(window[-30:]), np.isnan(values[-30:]))


def _closes(close: np.ndarray) -> Bars:
    bars = made_bars(1, close.size)
    columns = (close, close + 0.1, close - 0.1, close)
    return Bars(bars.symbol, bars.timeframe, bars.opened_at, *columns, bars.volume)


def test_stdev_keeps_the_digits_of_a_cheap_coin() -> None:
    bars = made_bars(3, 200)

    assert (number("stdev(close, 20)", bars)[30:] > 0).all()  # TA-Lib says 0 below 1e-7


UNDEFINED_AT_50 = "close / (0 if close == 50 else 1)"


@pytest.mark.parametrize(
    ("text", "again_at"),
    [
        ("sma({}, 5)", 55),
        ("highest({}, 5)", 55),
        ("ema({}, 5)", 55),
        ("rsi({}, 5)", 56),
        ("macd({}, 3, 5, 2).line", 56),
        ("ewma({}, 5)", 51),
        ("stdev({}, 5)", 55),
    ],
)
def test_an_undefined_value_leaves_exactly_its_windows_undefined(text: str, again_at: int) -> None:
    bars = made_bars(1, 120)
    counting = Bars(
        bars.symbol, bars.timeframe, bars.opened_at, *[np.arange(120.0) for _ in range(5)]
    )

    values = number(text.format(UNDEFINED_AT_50), counting)

    assert np.flatnonzero(np.isnan(values[30:])).tolist() == list(range(20, again_at - 30))
