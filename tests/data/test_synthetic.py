"""The made-up market: repeatable, possible, and like a market."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.data.barfile import _refuse_impossible_bars
from runner.data.store import digest
from runner.data.synthetic import BARS, synthetic
from runner.model.bars import Bars, Timeframe, gaps

HOUR = Timeframe("1h", 3_600_000)
GOLDEN = "986cc79a96f9b448416ca5d0fda5645cf9ba5ccc505c446aecbe9efa1a391e4e"
TIMEFRAMES = ("1m", "5m", "1h", "4h", "1d", "1w")


def returns(bars: Bars) -> np.ndarray:
    return np.diff(np.log(bars.close))


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_seed_7_is_this_market() -> None:
    bars = synthetic(7, "BTC/USDT", HOUR, BARS)

    assert len(bars) == 3_000
    assert digest(bars) == GOLDEN


def test_more_bars_begin_with_the_same_bars() -> None:
    assert digest(synthetic(7, "BTC/USDT", HOUR, 500).until(200)) == digest(
        synthetic(7, "BTC/USDT", HOUR, 200)
    )


def test_seeds_symbols_and_timeframes_are_markets_of_their_own() -> None:
    closes = {
        tuple(synthetic(seed, symbol, timeframe, 20).close.tolist())
        for seed in (1, 2)
        for symbol in ("BTC/USDT", "ETH/USDT")
        for timeframe in (HOUR, Timeframe("4h", 14_400_000))
    }

    assert len(closes) == 8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**18 - 1), st.sampled_from(TIMEFRAMES))
def test_every_bar_is_possible(seed: int, text: str) -> None:
    timeframe = Timeframe.parse(text)
    assert timeframe is not None

    bars = synthetic(seed, "BTC/USDT", timeframe, 300)

    prices = np.stack((bars.open, bars.high, bars.low, bars.close))
    _refuse_impossible_bars(Path("x"), np.column_stack((bars.opened_at, *prices, bars.volume)))
    assert np.array_equal(prices, np.round(prices, 2))
    assert bars.opened_at[0] % timeframe.ms == 0
    assert gaps(bars) == []
    assert np.isfinite(prices).all()
    assert prices.max() < 2**51 / 100  # beyond, float64 does not tell cents apart


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_it_looks_like_a_market(seed: int) -> None:
    bars = synthetic(seed, "BTC/USDT", HOUR, BARS)
    moves = returns(bars)
    size = np.abs(moves)

    assert 0.004 < moves.std() < 0.02  # real hours of BTC/USDT: 0.009
    assert abs(correlation(moves[1:], moves[:-1])) < 0.1  # no free money
    assert correlation(size[10:], size[:-10]) > 0.08  # volatility clusters
    assert float(np.mean((moves / moves.std()) ** 4)) > 5.0  # jumps; a normal has 3
    assert correlation(size, bars.volume[1:]) > 0.3
    by_hour = bars.volume.reshape(-1, 24).mean(axis=0)
    assert by_hour[12:18].mean() > 1.5 * by_hour[0:6].mean()
