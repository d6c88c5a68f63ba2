"""How fast and how straight prices move; every window is computed from itself alone."""

from __future__ import annotations

import numpy as np

from runner.indicators import compute, window
from runner.indicators.arithmetic import defined
from runner.indicators.averages import ma
from runner.indicators.compute import ema
from runner.indicators.formulas import back, change, linreg, ols_slope, roc, sma, total, wma
from runner.indicators.window import Series


def apo(source: Series, fast: int, slow: int, word: str) -> Series:
    """Difference of a fast and a slow average, in the unit of `source`."""
    quick, lazy = ma(source, fast, word), ma(source, slow, word)
    return defined(lambda: quick - lazy)


def ppo(source: Series, fast: int, slow: int, word: str) -> Series:
    """The same in percent of the slow one."""
    quick, lazy = ma(source, fast, word), ma(source, slow, word)
    return defined(lambda: (quick - lazy) / lazy * 100)


def macdext(
    source: Series, fast: int, fast_word: str, slow: int, slow_word: str, signal: int, word: str
) -> tuple[Series, Series, Series]:
    """Line, signal and histogram of averages of any kind, in the unit of `source`."""
    quick, lazy = ma(source, fast, fast_word), ma(source, slow, slow_word)
    line = defined(lambda: quick - lazy)
    smoothed = ma(line, signal, word)
    line = np.where(np.isnan(smoothed), np.nan, line)  # all outputs start together
    return line, smoothed, defined(lambda: line - smoothed)


def macdfix(source: Series, signal: int) -> tuple[Series, ...]:
    """Line, signal and histogram with weights 0.15 and 0.075 instead of 2 / 13 and 2 / 27."""
    return compute.stretchwise("MACDFIX", (source,), (signal,), 24 + signal, outputs=3)


def ao(high: Series, low: Series, fast: int, slow: int) -> Series:
    """Difference of two means of the bars' middles; a price."""
    return apo(defined(lambda: (high + low) / 2), fast, slow, "sma")


def ac(high: Series, low: Series, fast: int, slow: int, signal: int) -> Series:
    """That difference less its own mean; a price."""
    line = ao(high, low, fast, slow)
    mean = sma(line, signal)
    return defined(lambda: line - mean)


def adxr(high: Series, low: Series, close: Series, n: int) -> Series:
    """Mean of `adx` now and n - 1 bars ago, 0 to 100."""
    strength = compute.adx(high, low, close, n)
    past = back(strength, n - 1)
    return defined(lambda: (strength + past) / 2)


def aroon(high: Series, low: Series, n: int) -> tuple[Series, Series]:
    """How new the lowest low and the highest high of n + 1 bars are, 0 to 100."""
    return _newness(-low, n), _newness(high, n)


def _newness(source: Series, n: int) -> Series:
    """100 where the last of n + 1 values is their highest, 0 where the first is; of equal ones the
    newest counts."""
    top = window.highest(source, n + 1)
    ago = np.full(source.shape, np.nan)
    for bars in range(n, -1, -1):
        ago[back(source, bars) == top] = bars
    return 100 * (n - ago) / n


def aroonosc(high: Series, low: Series, n: int) -> Series:
    """`up` of aroon less its `down`, -100 to 100."""
    down, up = aroon(high, low, n)
    return up - down


def bop(open: Series, high: Series, low: Series, close: Series) -> Series:
    """Body of the bar in parts of its range, -1 to 1; undefined where the range is zero."""
    return defined(lambda: (close - open) / (high - low))


def cmo(source: Series, n: int) -> Series:
    """Chande's momentum oscillator with Wilder's averages, -100 to 100."""
    return 2 * compute.rsi(source, n) - 100


def cmou(source: Series, n: int) -> Series:
    """Chande's momentum oscillator of plain sums, -100 to 100; undefined where nothing moved."""
    step = change(source, 1)
    moved = total(step, n)
    way = total(np.abs(step), n)
    return defined(lambda: 100 * moved / way)


def coppock(source: Series, n: int, first: int, second: int) -> Series:
    """Weighted average of the sum of two rates of change, in percent."""
    one, other = roc(source, first), roc(source, second)
    return wma(defined(lambda: one + other), n)


def dpo(source: Series, n: int) -> Series:
    """The value n / 2 + 1 bars ago less the mean of the last n, in the unit of `source`."""
    past, mean = back(source, n // 2 + 1), sma(source, n)
    return defined(lambda: past - mean)


def er(source: Series, n: int) -> Series:
    """Change over n bars in parts of the way there, 0 to 1; undefined where nothing moved."""
    moved, way = np.abs(change(source, n)), total(np.abs(change(source, 1)), n)
    return np.minimum(defined(lambda: moved / way), 1)


def eri(high: Series, low: Series, close: Series, n: int) -> tuple[Series, Series]:
    """Elder's bull and bear power: high and low less the average close; prices."""
    mean = ema(close, n)
    return high - mean, low - mean


def fosc(source: Series, n: int) -> Series:
    """How far the value is from what the line through the n before it foretold, in percent."""
    foretold = back(tsf(source, n), 1)
    return defined(lambda: 100 * (source - foretold) / source)


def tsf(source: Series, n: int) -> Series:
    """The least-squares line through the last n values, one bar on; in the unit of `source`."""
    line, slope = linreg(source, n), ols_slope(source, n)
    return defined(lambda: line + slope)


def linreg_start(source: Series, n: int) -> Series:
    """Its point at the oldest of these values, in the unit of `source`."""
    line, slope = linreg(source, n), ols_slope(source, n)
    return defined(lambda: line - slope * (n - 1))


def linreg_angle(source: Series, n: int) -> Series:
    """Its slope as an angle in degrees, -90 to 90."""
    return np.degrees(np.arctan(ols_slope(source, n)))


def imi(open: Series, close: Series, n: int) -> Series:
    """Sum of rising bodies in percent of all bodies; undefined where there are none."""
    body = close - open
    rising, all_of_them = total(np.maximum(body, 0), n), total(np.abs(body), n)
    return defined(lambda: 100 * rising / all_of_them)


def qstick(open: Series, close: Series, n: int) -> Series:
    """Mean of close less open; a price."""
    return sma(close - open, n)


def rocp(source: Series, n: int) -> Series:
    """Change since n bars ago as a part, 0.01 for one percent."""
    past = back(source, n)
    return defined(lambda: (source - past) / past)


def rocr(source: Series, n: int) -> Series:
    """The value in parts of the one n bars ago."""
    past = back(source, n)
    return defined(lambda: source / past)


def rocr100(source: Series, n: int) -> Series:
    """The same in percent."""
    return 100 * rocr(source, n)


def trix(source: Series, n: int) -> Series:
    """Change of a threefold exponential average since the bar before, in percent."""
    return roc(ema(ema(ema(source, n), n), n), 1)


def tsi(source: Series, first: int, second: int) -> Series:
    """Smoothed changes in percent of their smoothed sizes, -100 to 100."""
    step = change(source, 1)
    moved = ema(ema(step, first), second)
    way = ema(ema(np.abs(step), first), second)
    return defined(lambda: 100 * moved / way)


def vhf(source: Series, n: int) -> Series:
    """Range of the last n values in parts of the way through n changes."""
    reach, way = window.highest(source, n), total(np.abs(change(source, 1)), n)
    floor = window.lowest(source, n)
    return defined(lambda: (reach - floor) / way)
