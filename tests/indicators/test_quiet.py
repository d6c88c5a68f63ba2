"""A window of warm-up bars agrees with all history in markets that trade little, too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from runner.language.evaluate import Evaluator
from runner.language.parse import Kind
from runner.language.surroundings import alone
from runner.model.bars import Bars
from tests.indicators.markets import COMPOSITIONS, calls, cut, expression, made_bars

BARS = 5_000
MARKETS = ("ranging", "standing still at times", "few trades")

#: Cycles that TA-Lib finds in rounding where nothing moves, and the change in percent of a range
#: that has faded to nothing.
NOT_WHERE_NOTHING_MOVES = ("cvi(", "ht_", "mama(")


def a_market(kind: str, seed: int) -> Bars:
    """Hourly bars; those without a move are one price, without volume."""
    random = np.random.default_rng(seed)
    steps = np.round(random.normal(0, 0.5, BARS), 1)
    if kind == "ranging":
        close = np.zeros(BARS)
        for row in range(1, BARS):
            close[row] = 0.9 * close[row - 1] + steps[row] / 5
        close[:300] += np.linspace(-20, 0, 300)  # after a rise
    elif kind == "few trades":
        close = np.cumsum(steps * (random.random(BARS) < 0.15))
    else:
        close = np.cumsum(steps * np.repeat(random.random(BARS // 10) < 0.6, 10))
    close = np.round(300 + close - np.linspace(0, close[-1], BARS).round(1), 2)
    opened = np.concatenate((close[:1], close[:-1]))
    moved = np.ones(BARS) if kind == "ranging" else (close != opened) * 1.0
    wick, bars = 0.1 * moved, made_bars(1, BARS)
    high, low = np.maximum(opened, close) + wick, np.minimum(opened, close) - wick
    volume = moved * random.random(BARS).round(1)
    return Bars(bars.symbol, bars.timeframe, bars.opened_at, opened, high, low, close, volume)


def values(text: str, bars: Bars) -> np.ndarray:
    parsed, evaluator = expression(text), Evaluator(alone(bars), {}, {})
    if parsed.kind is Kind.NUMBER:
        return evaluator.number(parsed)
    yes, no = evaluator.truth(parsed)
    return np.where(yes, 1.0, np.where(no, 0.0, np.nan))


def disagreements(text: str, bars: Bars) -> list[tuple[str, int, float, float]]:
    """Rows at which the last warm-up bars give something else than all of them."""
    warmup = expression(text).warmup
    assert warmup is not None
    everything, found = values(text, bars), []
    near_zero = 1e-11 * np.nanmax(np.abs(everything), initial=0.0)
    for row in np.random.default_rng(7).integers(min(warmup, BARS - 1), BARS, 6).tolist():
        window = values(text, cut(bars, max(row + 1 - warmup, 0), row + 1))[-1]
        if window != pytest.approx(everything[row], rel=1e-9, abs=near_zero, nan_ok=True):
            found.append((text, row, float(everything[row]), float(window)))
    return found


@pytest.mark.parametrize("kind", MARKETS)
def test_every_function_forgets_where_history_began(kind: str) -> None:
    left_out = () if kind == "ranging" else NOT_WHERE_NOTHING_MOVES
    texts = [text for text in (*calls(), *COMPOSITIONS) if not text.startswith(left_out)]
    bars = a_market(kind, 3)

    assert [each for text in texts for each in disagreements(text, bars)] == []


@pytest.mark.parametrize("kind", MARKETS)
@pytest.mark.parametrize(
    "text",
    [
        *("supertrend(10, 3).direction", "supertrend(14, 3).line", "supertrend(5, 8).line"),
        *("supertrend(10, 1.5).line", "supertrend(10, 10).direction", "supertrend(2, 0).line"),
        *("stochrsi(close, 14, 14, 3, sma).d", "stochrsi(close, 14, 5, 3, ema).k"),
    ],
)
def test_what_once_did_not_forget_does(text: str, kind: str) -> None:
    for seed in range(4):
        assert disagreements(text, a_market(kind, seed)) == []


def test_a_side_that_nobody_could_know_is_undefined_and_known_at_the_next_band() -> None:
    bars = a_market("ranging", 1)
    up = np.where(np.arange(BARS) >= BARS - 3, 50.0, 0.0)
    jumping = replace(
        bars, open=bars.open + up, high=bars.high + up, low=bars.low + up, close=bars.close + up
    )

    direction = values("supertrend(14, 10).direction", jumping)

    assert direction[300] == 1
    assert np.isnan(direction[1_000:-3]).all()
    assert direction[-3:].tolist() == [1, 1, 1]
