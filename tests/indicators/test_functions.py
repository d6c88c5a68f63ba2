"""Laws that every function of the table keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runner.indicators.compute import talib
from runner.indicators.formulas import NUMBERS, TRUTHS
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


def test_the_table_agrees_with_talib() -> None:
    assert list(disagreements()) == []


@pytest.mark.parametrize("text", [*calls(), *COMPOSITIONS])
def test_the_first_defined_row_is_the_lookback(text: str, shared: Path) -> None:
    bars = cut(real_bars(shared), MIDNIGHT, 2_000)

    values = columns_of(text, bars)

    first = int(np.flatnonzero(~np.isnan(values))[0])
    if text.startswith("supertrend"):  # silent until the close first leaves a band
        assert expression(text).lookback <= first < 200
    else:
        assert first == expression(text).lookback


@pytest.mark.parametrize("text", [*calls(), *COMPOSITIONS])
def test_a_window_of_warmup_bars_agrees_with_all_history(text: str, shared: Path) -> None:
    bars = real_bars(shared)
    warmup = expression(text).warmup
    assert warmup is not None
    everything = columns_of(text, bars)

    for last in np.random.default_rng(5).integers(warmup, len(bars), 60).tolist():
        window = columns_of(text, cut(bars, last + 1 - warmup, last + 1))

        assert window[-1] == pytest.approx(everything[last], rel=1e-9, abs=0, nan_ok=True)


@pytest.mark.parametrize("text", [*calls(), *COMPOSITIONS])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_value_changes_when_later_bars_arrive(text: str, seed: int, shared: Path) -> None:
    bars = made_bars(seed, 400) if seed == 1 else cut(real_bars(shared), 20_000, 20_400)
    everything = columns_of(text, bars)

    for count in (1, 2, 3, 30, 31, 32, 33, 97, 128, 255, 399):
        prefix = columns_of(text, bars.until(count))

        np.testing.assert_array_equal(prefix, everything[:count])


ORACLES = {
    "sma(close, 20)": lambda b: talib.SMA(b.close, 20),
    "sum(close, 20)": lambda b: talib.SUM(b.close, 20),
    "wma(close, 20)": lambda b: talib.WMA(b.close, 20),
    "ema(close, 20)": lambda b: talib.EMA(b.close, 20),
    "highest(high, 20)": lambda b: talib.MAX(b.high, 20),
    "lowest(low, 33)": lambda b: talib.MIN(b.low, 33),
    "stdev(close, 20)": lambda b: talib.STDDEV(b.close, 20),
    "bbands(close, 20, 2, 3).upper": lambda b: talib.BBANDS(b.close, 20, 2, 3)[0],
    "bbands(close, 20, 2, 3).lower": lambda b: talib.BBANDS(b.close, 20, 2, 3)[2],
    "linreg(close, 14)": lambda b: talib.LINEARREG(b.close, 14),
    "ols_slope(close, 14)": lambda b: talib.LINEARREG_SLOPE(b.close, 14),
    "change(close, 3)": lambda b: talib.MOM(b.close, 3),
    "roc(close, 3)": lambda b: talib.ROC(b.close, 3),
    "rsi(close, 14)": lambda b: talib.RSI(b.close, 14),
    "macd(close, 12, 26, 9).line": lambda b: talib.MACD(b.close, 12, 26, 9)[0],
    "macd(close, 12, 26, 9).signal": lambda b: talib.MACD(b.close, 12, 26, 9)[1],
    "macd(close, 12, 26, 9).histogram": lambda b: talib.MACD(b.close, 12, 26, 9)[2],
    "stoch(14, 3, 5).k": lambda b: talib.STOCH(b.high, b.low, b.close, 14, 3, 0, 5, 0)[0],
    "stoch(14, 3, 5).d": lambda b: talib.STOCH(b.high, b.low, b.close, 14, 3, 0, 5, 0)[1],
    "cci(20)": lambda b: talib.CCI(b.high, b.low, b.close, 20),
    "mfi(14)": lambda b: talib.MFI(b.high, b.low, b.close, b.volume, 14),
    "willr(14)": lambda b: talib.WILLR(b.high, b.low, b.close, 14),
    "atr(14)": lambda b: talib.ATR(b.high, b.low, b.close, 14),
    "natr(14)": lambda b: talib.NATR(b.high, b.low, b.close, 14),
    "adx(14)": lambda b: talib.ADX(b.high, b.low, b.close, 14),
}


@pytest.mark.parametrize("text", ORACLES)
def test_values_are_talibs(text: str, shared: Path) -> None:
    bars = real_bars(shared)

    np.testing.assert_allclose(number(text, bars), ORACLES[text](bars), rtol=1e-9, atol=1e-8)


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
