"""How much evaluating expressions costs beside the same written by hand with numpy and TA-Lib.

`python bench/expressions.py` makes a market of 1,000,000 bars and computes each expression both
ways in turn, in one process, from bars to an array of truths, with everything new each time. By
hand means: what a good script would do, TA-Lib where it has the function and numpy for the rest,
undefined values compared as they are; its running sums are quicker than our windows, which hold
their own bars to the last bit. The first round is not counted: it teaches the allocator to keep
pages. Exits with 1 where truths differ beyond ties, or the whole table costs more than 1.3 times.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import talib
from numpy.typing import NDArray

from runner.language.evaluate import Evaluator
from runner.language.parse import Kind, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars, Timeframe

BARS, ROUNDS, MOST = 1_000_000, 9, 1.3
Truths = NDArray[np.bool_]


def crossed(a: NDArray[np.float64], b: NDArray[np.float64]) -> Truths:
    """a > b here and not at the bar before."""
    above = a > b
    crossed = np.zeros(above.shape, np.bool_)
    crossed[1:] = above[1:] & (a[:-1] <= b[:-1])
    return crossed


def breakout(b: Bars) -> Truths:
    """A close above the highs of the 20 bars before."""
    found = np.zeros(len(b), np.bool_)
    found[1:] = b.close[1:] > talib.MAX(b.high, 20)[:-1]
    return found


def bands(b: Bars) -> Truths:
    """A close below the lower band with rising volume."""
    _, _, lower = talib.BBANDS(b.close, 20, 2.0, 2.0)
    return (b.close < lower) & (b.volume > 1.5 * talib.SMA(b.volume, 20))


def standardized(b: Bars) -> Truths:
    """A z-score beyond 2."""
    mean, deviation = talib.SMA(b.close, 50), talib.STDDEV(b.close, 50)
    return np.abs((b.close - mean) / deviation) > 2


def averages(b: Bars) -> Truths:
    """Two averages that cross while the trend is strong."""
    fast, slow = talib.EMA(b.close, 12), talib.EMA(b.close, 26)
    return crossed(fast, slow) & (talib.ADX(b.high, b.low, b.close, 14) > 20)


def moment(b: Bars) -> Truths:
    """A histogram above zero in a wide market."""
    return (talib.MACD(b.close, 12, 26, 9)[2] > 0) & (
        talib.ATR(b.high, b.low, b.close, 14) / b.close > 0.001
    )


def flow(b: Bars) -> Truths:
    """On-balance volume above its average."""
    level = talib.OBV(b.close, b.volume)
    return level > talib.SMA(level, 20)


BY_HAND: dict[str, Callable[[Bars], Truths]] = {
    "close > sma(close, 20) and rsi(close, 14) < 30": lambda b: (
        (b.close > talib.SMA(b.close, 20)) & (talib.RSI(b.close, 14) < 30)
    ),
    "close > highest(high, 20)[1]": breakout,
    "crossover(ema(close, 12), ema(close, 26)) and adx(14) > 20": averages,
    "close < bbands(close, 20, 2, 2).lower and volume > 1.5 * sma(volume, 20)": bands,
    "abs(zscore(close, 50)) > 2": standardized,
    "macd(close, 12, 26, 9).histogram > 0 and atr(14) / close > 0.001": moment,
    "obv(close, volume) > sma(obv(close, volume), 20)": flow,
    "cdlengulfing() > 0 and close > tema(close, 30)": lambda b: (
        (talib.CDLENGULFING(b.open, b.high, b.low, b.close) > 0)
        & (b.close > talib.TEMA(b.close, 30))
    ),
}


def market() -> Bars:
    """A random walk in steps of a cent."""
    random = np.random.default_rng(1)
    close = np.round(30_000 * np.exp(np.cumsum(random.normal(0, 5e-4, BARS))), 2)
    opened = np.concatenate((close[:1], close[:-1]))
    high = np.round(np.maximum(opened, close) * (1 + random.exponential(2e-4, BARS)), 2)
    low = np.round(np.minimum(opened, close) * (1 - random.exponential(2e-4, BARS)), 2)
    volume = np.round(random.exponential(10.0, BARS), 3)
    minutes = np.arange(BARS, dtype=np.int64) * 60_000
    return Bars("BTC/USDT", Timeframe("1m", 60_000), minutes, opened, high, low, close, volume)


def spent(work: Callable[[], Truths]) -> tuple[float, Truths]:
    """CPU seconds, and what was found."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def main() -> int:
    """One line an expression; 1 when it is wrong or too slow."""
    bars, ours_all, theirs_all, wrong = market(), 0.0, 0.0, 0
    ratios: list[float] = []
    for text, by_hand in BY_HAND.items():
        Evaluator(alone(bars), {}, {}).surely_true(parse(text, Scope(), Kind.TRUTH))
        by_hand(bars)
    print(f"{'ms of CPU over 1,000,000 bars':76}{'ours':>8}{'by hand':>9}{'ratio':>7}")
    for text, by_hand in BY_HAND.items():
        expression = parse(text, Scope(), Kind.TRUTH)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS + 1):
            cost, found = spent(
                lambda it=expression: Evaluator(alone(bars), {}, {}).surely_true(it)
            )  # type: ignore[misc]
            ours.append(cost)
            cost, expected = spent(lambda it=by_hand: it(bars))  # type: ignore[misc]
            theirs.append(cost)
        wrong += int((found[300:] != expected[300:]).sum() > 5)
        one, other = statistics.median(ours[1:]), statistics.median(theirs[1:])
        ratios.append(one / other)
        ours_all, theirs_all = ours_all + one, theirs_all + other
        print(f"{text:76}{one * 1e3:8.1f}{other * 1e3:9.1f}{one / other:7.2f}")
    ratio = ours_all / theirs_all
    print(f"{'all':76}{ours_all * 1e3:8.1f}{theirs_all * 1e3:9.1f}{ratio:7.2f}")
    print(f"{'geometric mean of the ratios':76}{statistics.geometric_mean(ratios):24.2f}")
    return 1 if wrong or ratio > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
