"""How much evaluating expressions costs beside the same written by hand with numpy.

`python bench/expressions.py` makes a market of 1,000,000 bars and computes each expression three
ways in turn, in one process, from bars to an array of truths, with everything new each time. By
hand means what a good script does: numpy, with running sums for means, and TA-Lib for recursions,
which numpy has not; undefined values compared as they are. The last column takes TA-Lib for windows
too, whose running sums are quicker than our windows, which depend on their own bars to the last
bit. The first round is not counted: it teaches the allocator to keep pages. Exits with 1 where
truths differ beyond ties, or the whole table costs more than 1.3 times what numpy does.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import talib
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from runner.commands.memory import keep_pages
from runner.language.evaluate import Evaluator
from runner.language.parse import Expression, Kind, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars, Timeframe

BARS, ROUNDS, MOST = 1_000_000, 9, 1.3
Truths = NDArray[np.bool_]
Series = NDArray[np.float64]


def crossed(a: NDArray[np.float64], b: NDArray[np.float64]) -> Truths:
    """a > b here and not at the bar before."""
    above = a > b
    crossed = np.zeros(above.shape, np.bool_)
    crossed[1:] = above[1:] & (a[:-1] <= b[:-1])
    return crossed


def running_mean(x: Series, n: int) -> Series:
    """Mean of the last n, from sums since the beginning."""
    sums = np.cumsum(x)
    mean = np.full(x.shape, np.nan)
    mean[n - 1] = sums[n - 1]
    mean[n:] = sums[n:] - sums[:-n]
    return mean / n


def running_deviation(x: Series, n: int, mean: Series) -> Series:
    """Standard deviation of the last n, from sums of squares."""
    return np.sqrt(np.maximum(running_mean(x * x, n) - mean * mean, 0.0))


def mean_and_index(b: Bars) -> Truths:
    """Above the average, and oversold."""
    return (b.close > running_mean(b.close, 20)) & (talib.RSI(b.close, 14) < 30)


def breakout_of_windows(b: Bars) -> Truths:
    """A close above the highs of the 20 bars before."""
    found = np.zeros(len(b), np.bool_)
    found[20:] = b.close[20:] > sliding_window_view(b.high, 20).max(axis=-1)[:-1]
    return found


def below_band(b: Bars) -> Truths:
    """A close below the lower band with rising volume."""
    mean = running_mean(b.close, 20)
    lower = mean - 2.0 * running_deviation(b.close, 20, mean)
    return (b.close < lower) & (b.volume > 1.5 * running_mean(b.volume, 20))


def far_from_mean(b: Bars) -> Truths:
    """A z-score beyond 2."""
    mean = running_mean(b.close, 50)
    return np.abs((b.close - mean) / running_deviation(b.close, 50, mean)) > 2


def volume_flow(b: Bars) -> Truths:
    """On-balance volume above its average."""
    moves = np.sign(np.diff(b.close, prepend=b.close[:1]))
    moves[0] = 1.0
    level = np.cumsum(moves * b.volume)
    return level > running_mean(level, 20)


def engulfing(b: Bars) -> Truths:
    """A pattern in a rising market."""
    pattern = talib.CDLENGULFING(b.open, b.high, b.low, b.close)
    return (pattern > 0) & (b.close > talib.TEMA(b.close, 30))


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


#: By expression: with numpy, and with TA-Lib wherever it has the function.
BY_HAND: dict[str, tuple[Callable[[Bars], Truths], Callable[[Bars], Truths]]] = {
    "close > sma(close, 20) and rsi(close, 14) < 30": (
        mean_and_index,
        lambda b: (b.close > talib.SMA(b.close, 20)) & (talib.RSI(b.close, 14) < 30),
    ),
    "close > highest(high, 20)[1]": (breakout_of_windows, breakout),
    "crossover(ema(close, 12), ema(close, 26)) and adx(14) > 20": (averages, averages),
    "close < bbands(close, 20, 2, 2).lower and volume > 1.5 * sma(volume, 20)": (below_band, bands),
    "abs(zscore(close, 50)) > 2": (far_from_mean, standardized),
    "macd(close, 12, 26, 9).histogram > 0 and atr(14) / close > 0.001": (moment, moment),
    "obv(close, volume) > sma(obv(close, volume), 20)": (volume_flow, flow),
    "cdlengulfing() > 0 and close > tema(close, 30)": (engulfing, engulfing),
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
    keep_pages()  # as `runner backtest` does
    bars, wrong = market(), 0
    sums = [0.0, 0.0, 0.0]
    print(f"{'ms of CPU over 1,000,000 bars':74}{'ours':>7}{'numpy':>7}{'':7}{'TA-Lib':>7}")
    for text, by_hand in BY_HAND.items():
        expression = parse(text, Scope(), Kind.TRUTH)
        ways = (lambda b, it=expression: ours(b, it), *by_hand)  # type: ignore[misc]
        costs: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS + 1):
            found = []
            for way, cost in zip(ways, costs, strict=True):
                took, truths = spent(lambda do=way: do(bars))  # type: ignore[misc]
                cost.append(took)
                found.append(truths[300:])
        wrong += sum(int((found[0] != one).sum() > 5) for one in found[1:])
        medians = [statistics.median(cost[1:]) for cost in costs]
        sums = [one + more for one, more in zip(sums, medians, strict=True)]
        print(line(text, medians))
    print(line("all", sums))
    return 1 if wrong or sums[0] / sums[1] > MOST else 0


def ours(bars: Bars, expression: Expression) -> Truths:
    """As a backtest does it."""
    return Evaluator(alone(bars), {}, {}).surely_true(expression)


def line(text: str, cost: list[float]) -> str:
    """One row: milliseconds, and how many times as much ours is."""
    one, by_numpy, by_talib = (seconds * 1e3 for seconds in cost)
    return (
        f"{text:74}{one:7.1f}{by_numpy:7.1f}{one / by_numpy:6.2f}x{by_talib:7.1f}"
        f"{one / by_talib:6.2f}x"
    )


if __name__ == "__main__":
    sys.exit(main())
