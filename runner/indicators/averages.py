"""Moving averages beyond the plain ones, put together from those or taken from TA-Lib.

What is an average of a window is computed from that window alone; what remembers more is a
recursion of TA-Lib's, which starts anew after an undefined value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from runner.indicators import compute, window
from runner.indicators.arithmetic import defined
from runner.indicators.compute import ema
from runner.indicators.formulas import back, change, sma, total, wma
from runner.indicators.window import Series

#: Of `t3` where only its length is written.
T3_FACTOR = 0.7


def dema(source: Series, n: int) -> Series:
    """Twice the exponential average less its own average, in the unit of `source`.

    >>> dema(np.array([1.0, 2.0, 4.0, 8.0]), 2).round(3)
    array([  nan,   nan, 4.   , 7.741])
    """
    return compute.stretchwise("DEMA", (source,), (n,), 2 * (n - 1))[0]


def tema(source: Series, n: int) -> Series:
    """Three exponential averages, one of the other, weighted 3, -3 and 1; unit of `source`."""
    return compute.stretchwise("TEMA", (source,), (n,), 3 * (n - 1))[0]


def t3(source: Series, n: int, factor: float = T3_FACTOR) -> Series:
    """Six exponential averages, one of the other, of which the last four are weighted."""
    return compute.stretchwise("T3", (source,), (n, factor), 6 * (n - 1))[0]


def trima(source: Series, n: int) -> Series:
    """Mean of means: the middle of the window weighs most, in the unit of `source`.

    >>> trima(np.array([1.0, 2.0, 6.0, 6.0]), 3)
    array([ nan,  nan, 2.75, 5.  ])
    """
    return sma(sma(source, (n + 1) // 2), n // 2 + 1)


def hma(source: Series, n: int) -> Series:
    """Hull's average: of twice the one of half the length less that of all of it."""
    half = wma(source, max(n // 2, 1))
    whole = wma(source, n)
    return wma(defined(lambda: 2 * half - whole), math.isqrt(n))


def zlema(source: Series, n: int) -> Series:
    """Exponential average of the value and its change over half the length; unit of `source`."""
    past = back(source, (n - 1) // 2)
    return ema(defined(lambda: 2 * source - past), n)


def rma(source: Series, n: int) -> Series:
    """Wilder's average with weight 1 / n, started from the mean of `n` values."""
    return compute.stretchwise("RMA", (source,), (n,), n - 1)[0]


def kama(source: Series, n: int) -> Series:
    """Kaufman's average, quick where the way is straight; in the unit of `source`.

    Not TA-Lib's, whose running sum of changes never comes back to zero where nothing moves.

    >>> kama(np.array([1.0, 2.0, 3.0]), 2).round(4)
    array([   nan,    nan, 2.4444])
    """
    if n == 1:
        return source
    moved, way = np.abs(change(source, n)), total(np.abs(change(source, 1)), n)
    straight = np.where(way > moved, moved / np.where(way > 0, way, 1.0), way * 0 + 1)
    weights = np.square(straight * (2 / 3 - 2 / 31) + 2 / 31)
    return np.array(_followed(source, weights))


def _followed(source: Series, weights: Series) -> list[float]:
    """The average that goes the part `weights` of the way to each value, started from the value
    before the first weight."""
    held, before, found = math.nan, math.nan, []
    for value, weight in zip(source.tolist(), weights.tolist(), strict=True):
        start = before if math.isnan(held) else held
        held = start + weight * (value - start)  # NaN where the weight is
        found.append(held)
        before = value
    return found


def mama(source: Series, fast: float, slow: float) -> tuple[Series, ...]:
    """MESA's average and the one that follows it, in the unit of `source`."""
    return compute.stretchwise("MAMA", (source,), (fast, slow), 32, outputs=2)


def vwma(source: Series, volume: Series, n: int) -> Series:
    """Mean of the last `n` values weighted by volume; undefined without any.

    >>> vwma(np.array([1.0, 4.0]), np.array([1.0, 2.0]), 2)
    array([nan,  3.])
    """
    worth, traded = total(defined(lambda: source * volume), n), total(volume, n)
    return defined(lambda: worth / traded)


#: The averages that stand as a word at an argument's place.
BY_WORD: Mapping[str, Callable[[Series, int], Series]] = {
    "sma": sma,
    "ema": ema,
    "wma": wma,
    "dema": dema,
    "tema": tema,
    "trima": trima,
    "kama": kama,
    "t3": t3,
    "hma": hma,
    "zlema": zlema,
    "rma": rma,
}


def ma(source: Series, n: int, word: str) -> Series:
    """The average of that name over `n` values, in the unit of `source`."""
    return BY_WORD[word](source, n)


def mavp(source: Series, periods: Series, shortest: int, longest: int, word: str) -> Series:
    """The average of as many values as `periods` says at each bar, within the two bounds."""
    lengths = np.clip(np.trunc(periods), shortest, longest)
    result = np.full(source.shape, np.nan)
    for n in np.unique(lengths[~np.isnan(lengths)]).astype(int).tolist():
        rows = lengths == n
        result[rows] = ma(source, n, word)[rows]
    result[np.isnan(ma(source, longest, word))] = np.nan  # whatever the first periods are
    return result


def midpoint(source: Series, n: int) -> Series:
    """Middle between the highest and the lowest of the last `n` values."""
    top, floor = window.highest(source, n), window.lowest(source, n)
    return defined(lambda: (top + floor) / 2)


def midprice(high: Series, low: Series, n: int) -> Series:
    """Middle between the highest high and the lowest low of the last `n` bars; a price."""
    top, floor = window.highest(high, n), window.lowest(low, n)
    return defined(lambda: (top + floor) / 2)


def accbands(high: Series, low: Series, close: Series, n: int) -> tuple[Series, Series, Series]:
    """Mean close, and means of highs and lows pushed out by four times their relative range."""
    push = defined(lambda: 4 * (high - low) / (high + low))
    upper = sma(defined(lambda: high * (1 + push)), n)
    lower = sma(defined(lambda: low * (1 - push)), n)
    return upper, sma(close, n), lower


def kc(
    high: Series, low: Series, close: Series, n: int, ranges: int, multiple: float
) -> tuple[Series, Series, Series]:
    """Average typical price, and average true ranges of another length above and below it."""
    middle = ema(defined(lambda: (high + low + close) / 3), n)
    middle[: max(n - 1, ranges)] = np.nan  # all outputs start together
    half = multiple * compute.atr(high, low, close, ranges)
    return middle + half, middle, middle - half
