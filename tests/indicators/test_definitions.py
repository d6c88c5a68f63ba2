"""The functions that TA-Lib does not have, against their definitions in plain Python."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from runner.indicators.compute import talib
from runner.language.parse import ExpressionError, Kind, Scope, parse
from runner.model.bars import Bars, Timeframe
from tests.indicators.markets import cut, expression, flat_bars, made_bars, number, real_bars

MIDNIGHT = 974  # a row of the real bars that opens a UTC day
DAY_MS = 86_400_000


@pytest.fixture
def bars(shared: Path) -> Bars:
    return cut(real_bars(shared), MIDNIGHT, MIDNIGHT + 1_000)


def supertrend_by_hand(bars: Bars, n: int, multiple: float) -> list[tuple[float, float]]:
    ranges = talib.ATR(bars.high, bars.low, bars.close, n)
    upper = lower = side = math.nan
    found = []
    for row in range(len(bars)):
        middle, half = (bars.high[row] + bars.low[row]) / 2, multiple * ranges[row]
        before = bars.close[row - 1] if row else math.nan
        if not (upper < middle + half and before <= upper):
            upper = middle + half
        if not (lower > middle - half and before >= lower):
            lower = middle - half
        if bars.close[row] > upper and side != 1:
            side = 1.0
        elif bars.close[row] < lower and side != -1:
            side = -1.0
        found.append(({1.0: lower, -1.0: upper}.get(side, math.nan), side))
    return found


@pytest.mark.parametrize(("n", "multiple"), [(10, 3), (1, 1), (7, 0.5), (20, 10)])
def test_supertrend_is_the_band_that_the_close_last_crossed_to(
    n: int, multiple: float, bars: Bars
) -> None:
    lines, directions = zip(*supertrend_by_hand(bars, n, multiple), strict=True)

    line, direction = (
        number(f"supertrend({n}, {multiple}).{output}", bars) for output in ("line", "direction")
    )

    np.testing.assert_allclose(line, lines, rtol=1e-12)
    np.testing.assert_array_equal(direction, directions)
    assert {1.0, -1.0} <= set(direction.tolist())
    known = direction > 0
    assert (bars.close >= line)[known].mean() > 0.99  # unless both bands have met


def test_supertrend_is_silent_until_the_close_leaves_a_band() -> None:
    assert np.isnan(number("supertrend(3, 1).direction", flat_bars(5.0, 50))).all()


def test_channels_are_what_they_stand_for(bars: Bars) -> None:
    same = {
        "donchian(20).upper": "highest(high, 20)",
        "donchian(20).lower": "lowest(low, 20)",
        "donchian(20).middle": "(highest(high, 20) + lowest(low, 20)) / 2",
        "keltner(20, 2).upper": "ema(close, 20) + 2 * atr(20)",
        "keltner(20, 2).middle": "ema(close, 20) + 0 * atr(20)",
        "keltner(20, 1.5).lower": "ema(close, 20) - 1.5 * atr(20)",
    }
    for short, long in same.items():
        np.testing.assert_array_equal(number(short, bars), number(long, bars))


def test_heikin_ashi_averages_bars(bars: Bars) -> None:
    opened = closed = None
    expected = []
    columns = (bars.open, bars.high, bars.low, bars.close)
    for open_, high, low, close in zip(*(column.tolist() for column in columns), strict=True):
        start = (open_ + close) / 2 if opened is None or closed is None else (opened + closed) / 2
        opened, closed = start, (open_ + high + low + close) / 4
        expected.append((opened, max(high, opened, closed), min(low, opened, closed), closed))

    found = [number(f"heikin_ashi().{output}", bars) for output in ("open", "high", "low", "close")]

    np.testing.assert_allclose(np.transpose(found), expected, rtol=1e-12)


def test_vwap_starts_anew_each_utc_day(bars: Bars) -> None:
    expected, day, flow, traded = [], None, 0.0, 0.0
    prices = ((bars.high + bars.low + bars.close) / 3).tolist()
    for opened, price, volume in zip(bars.opened_at, prices, bars.volume.tolist(), strict=True):
        if opened // DAY_MS != day:
            day, flow, traded = opened // DAY_MS, 0.0, 0.0
        flow, traded = flow + price * volume, traded + volume
        expected.append(flow / traded)

    np.testing.assert_allclose(number("vwap(day)", bars), expected, rtol=1e-12)


@pytest.mark.parametrize(("start", "known"), [(0, 0), (1, 24), (23, 24), (24, 24)])
def test_a_day_whose_begin_is_cut_off_has_no_vwap(start: int, known: int) -> None:
    bars = made_bars(1, 100)
    bars = replace(bars, volume=bars.volume + 1)

    found = number("vwap(day)", cut(bars, start, 100))

    whole = number("vwap(day)", bars)
    np.testing.assert_array_equal(found[known - start :], whole[known:])
    assert np.isnan(found[: known - start]).all()


def test_a_bar_of_a_day_is_its_own_vwap() -> None:
    bars = replace(made_bars(1, 9), timeframe=Timeframe("1d", DAY_MS), volume=np.ones(9))
    bars = replace(bars, opened_at=np.arange(9) * DAY_MS)

    np.testing.assert_array_equal(number("vwap(day)", bars), number("hlc3", bars))


CONDITION = "close > highest(high, 5)[1]"


def happened(bars: Bars) -> list[bool]:
    before = number("highest(high, 5)[1]", bars)
    return (bars.close > before).tolist()


@pytest.mark.parametrize("n", [1, 3, 50])
def test_the_last_time_is_looked_for_n_bars_back(n: int, bars: Bars) -> None:
    truths, since, value = happened(bars), [], []
    for row in range(len(bars)):
        ago = next((ago for ago in range(min(n, row) + 1) if truths[row - ago]), None)
        since.append(math.nan if ago is None else ago)
        value.append(math.nan if ago is None else bars.low[row - ago])

    np.testing.assert_array_equal(number(f"barssince({CONDITION}, {n})", bars), since)
    np.testing.assert_array_equal(number(f"valuewhen({CONDITION}, low, {n})", bars), value)
    assert 0 < np.isnan(since).sum() < len(bars) - 20


def test_what_is_undefined_has_not_happened() -> None:
    bars = made_bars(1, 60)
    never = "close / (close - close) > 0"

    for text in (f"barssince({never}, 9)", f"barssince(not ({never}), 9)"):
        assert np.isnan(number(text, bars)).all()


def test_percentrank_counts_what_is_not_above(bars: Bars) -> None:
    closes = bars.close.tolist()
    expected = [math.nan] * 14 + [
        100 * sum(past <= closes[row] for past in closes[row - 14 : row]) / 14
        for row in range(14, len(closes))
    ]

    np.testing.assert_allclose(number("percentrank(close, 14)", bars), expected, rtol=1e-12)


def test_correlation_is_talibs(bars: Bars) -> None:
    found = number("correlation(close, volume, 20)", bars)

    np.testing.assert_allclose(found, talib.CORREL(bars.close, bars.volume, 20), atol=1e-6)
    same = number("correlation(close, 2 * close + 1, 20)", bars)[19:]
    np.testing.assert_allclose(same, 1, rtol=1e-9)
    assert (same <= 1).all()
    assert np.isnan(number("correlation(close, volume, 5)", flat_bars(5.0, 30))).all()


def test_correlation_of_a_cheap_coin_keeps_its_digits() -> None:
    bars = made_bars(3, 300)
    dear = replace(bars, close=bars.close * 2.0**40)

    np.testing.assert_array_equal(
        number("correlation(close, volume, 20)", bars),
        number("correlation(close, volume, 20)", dear),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vwap(week)", "`vwap` is known by the `day` only"),
        ("vwap(1)", "`vwap` is known by the `day` only"),
        ("vwap()", "`vwap` takes 1 argument by position"),
        ("barssince(close, 5)", "`close` is a number where a condition is needed"),
        ("valuewhen(close > open, 5, 5)", "`x` of `valuewhen(condition, x, n)` must change"),
        ("supertrend(10, 11).line", "`multiple` of `supertrend(n, multiple)` must be a number"),
        ("supertrend(10, 3)", "`supertrend(10, 3)` has several outputs"),
    ],
)
def test_wrong_arguments_are_refused(text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text, Scope(), Kind.NUMBER)

    assert refused.value.problems[0].message.startswith(said)


def test_the_direction_is_compared_without_a_warning() -> None:
    assert expression("supertrend(10, 3).direction == 1").warnings == ()
