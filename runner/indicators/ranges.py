"""How far bars reach, how fast they are traded, and where prices stand in their range."""

from __future__ import annotations

import numpy as np

from runner.indicators import compute, window
from runner.indicators.arithmetic import defined
from runner.indicators.averages import ma, rma
from runner.indicators.compute import SCALE, ema
from runner.indicators.formulas import back, change, roc, sma, stdev, total
from runner.indicators.momentum import ppo
from runner.indicators.window import Series

#: Range of an index from 0 to 100 that is none: parts of it would be known to 1e-8 only.
_STILL = 1e-4


def trange(high: Series, low: Series, close: Series) -> Series:
    """Range of the bar, the way from the close before it included; a price."""
    past = back(close, 1)
    return np.maximum(high, past) - np.minimum(low, past)


def adr(high: Series, low: Series, n: int) -> Series:
    """Mean of high less low; a price."""
    return sma(high - low, n)


def cvi(high: Series, low: Series, n: int, bars: int) -> Series:
    """Change of the average range since `bars` ago in percent."""
    return roc(ema(high - low, n), bars)


def massi(high: Series, low: Series, n: int, count: int) -> Series:
    """Sum of `count` ratios of the average range to its own average."""
    once = ema(high - low, n)
    twice = ema(once, n)
    return total(defined(lambda: once / twice), count)


def rvi(source: Series, n: int, deviations: int) -> Series:
    """Deviations at rises in percent of all of them, 0 to 100, each averaged as Wilder does."""
    spread, step = stdev(source, deviations), change(source, 1)
    rising = rma(np.where(step > 0, spread, spread * 0 + step * 0), n)
    falling = rma(np.where(step < 0, spread, spread * 0 + step * 0), n)
    return defined(lambda: 100 * rising / (rising + falling))


def stochf(
    high: Series, low: Series, close: Series, k: int, d: int, word: str
) -> tuple[Series, Series]:
    """Place of the close in the range of `k` bars, 0 to 100, and its average."""
    floor = window.lowest(low, k)
    return _placed(close - floor, window.highest(high, k) - floor, d, word)


def _placed(above: Series, reach: Series, d: int, word: str) -> tuple[Series, Series]:
    part = defined(lambda: above / reach)
    place = 100 * part  # exactly 100 at the top
    slow = ma(place, d, word)
    return np.where(np.isnan(slow), np.nan, place), slow


def stochrsi(source: Series, n: int, k: int, d: int, word: str) -> tuple[Series, Series]:
    """Place of the relative strength index in its own range, 0 to 100, and its average.

    Undefined where the index stands still: where `source` does not move, rises and falls fade
    alike, and what is left of a range is rounding.
    """
    index = compute.rsi(source, n)
    floor = window.lowest(index, k)
    reach = window.highest(index, k) - floor
    reach[reach < _STILL] = np.nan
    return _placed(index - floor, reach, d, word)


def kdj(
    high: Series, low: Series, close: Series, k: int, k_slow: int, k_word: str, d: int, d_word: str
) -> tuple[Series, Series, Series]:
    """Smoothed stochastic, its average, and three times the first less twice the second."""
    _, quick = stochf(high, low, close, k, k_slow, k_word)
    slow = ma(quick, d, d_word)
    quick = np.where(np.isnan(slow), np.nan, quick)  # all outputs start together
    return quick, slow, defined(lambda: 3 * quick - 2 * slow)


def smi(
    high: Series, low: Series, close: Series, n: int, fast: int, slow: int, signal: int
) -> tuple[Series, Series]:
    """Distance from the middle of the range in parts of half of it, both smoothed twice, and the
    average of that; -100 to 100."""
    top, floor = window.highest(high, n), window.lowest(low, n)
    distance = ema(ema(defined(lambda: close - (top + floor) / 2), slow), fast)
    reach = ema(ema(top - floor, slow), fast)
    index = defined(lambda: 200 * distance / reach)
    smoothed = ema(index, signal)
    return np.where(np.isnan(smoothed), np.nan, index), smoothed


def ultosc(high: Series, low: Series, close: Series, short: int, middle: int, long: int) -> Series:
    """Buying pressure in parts of the true range over three spans, weighted 4, 2, 1; 0 to 100."""
    past = back(close, 1)
    pressure, reach = close - np.minimum(low, past), trange(high, low, close)

    def part(n: int) -> Series:
        bought, moved = total(pressure, n), total(reach, n)
        return defined(lambda: bought / moved)

    first, second, third = part(short), part(middle), part(long)
    return defined(lambda: 100 * (4 * first + 2 * second + third) / 7)


def vortex(high: Series, low: Series, close: Series, n: int) -> tuple[Series, Series]:
    """Reach from the last low up, and from the last high down, in parts of the true range."""
    reach = total(trange(high, low, close), n)
    up, down = total(np.abs(high - back(low, 1)), n), total(np.abs(low - back(high, 1)), n)
    return defined(lambda: up / reach), defined(lambda: down / reach)


def dx(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's directional index before it is averaged, 0 to 100."""
    return compute.stretchwise("DX", (high * SCALE, low * SCALE, close * SCALE), (n,), n)[0]


def plus_di(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's upward movement in percent of the true range."""
    return compute.stretchwise("PLUS_DI", (high * SCALE, low * SCALE, close * SCALE), (n,), n)[0]


def minus_di(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's downward movement in percent of the true range."""
    return compute.stretchwise("MINUS_DI", (high * SCALE, low * SCALE, close * SCALE), (n,), n)[0]


def plus_dm(high: Series, low: Series, n: int) -> Series:
    """Wilder's sum of upward movements; a price."""
    return _movement("PLUS_DM", high, low, n)


def minus_dm(high: Series, low: Series, n: int) -> Series:
    """Wilder's sum of downward movements; a price."""
    return _movement("MINUS_DM", high, low, n)


def _movement(name: str, high: Series, low: Series, n: int) -> Series:
    lookback = n - 1 if n > 1 else 1
    return compute.stretchwise(name, (high * SCALE, low * SCALE), (n,), lookback)[0] / SCALE


def cmf(high: Series, low: Series, close: Series, volume: Series, n: int) -> Series:
    """Chaikin's money flow, -1 to 1: where bars closed, weighted by volume."""
    flowed, traded = total(flow(high, low, close, volume), n), total(volume, n)
    return defined(lambda: flowed / traded)


def flow(high: Series, low: Series, close: Series, volume: Series) -> Series:
    """Volume times the place of the close, -1 at the low and 1 at the high; 0 without a range."""
    place = defined(lambda: ((close - low) - (high - close)) / (high - low))
    return np.where(high > low, place, 0.0) * volume


def adosc(high: Series, low: Series, close: Series, volume: Series, fast: int, slow: int) -> Series:
    """Difference of a fast and a slow average of `ad`, computed without its level.

    `ad` less its average is the average of its steps times (1 - a) / a, where a is the weight.
    """
    steps = flow(high, low, close, volume)
    steps[:1] = 0.0  # both averages start from the first level
    quick, lazy = _behind(steps, fast), _behind(steps, slow)
    result = lazy - quick
    result[: max(fast, slow) - 1] = np.nan
    return result


def _behind(steps: Series, n: int) -> Series:
    """How far a level is ahead of its exponential average."""
    return compute.ewma(steps, n) * ((n - 1) / 2)


def efi(close: Series, volume: Series, n: int) -> Series:
    """Average of the close's change times volume."""
    return ema(change(close, 1) * volume, n)


def marketfi(high: Series, low: Series, volume: Series) -> Series:
    """High less low for each unit of volume; undefined without any."""
    return defined(lambda: (high - low) / volume)


def pvo(volume: Series, fast: int, slow: int, word: str) -> Series:
    """Difference of a fast and a slow average of volume in percent of the slow one."""
    return ppo(volume, fast, slow, word)


def rvol(volume: Series, n: int) -> Series:
    """Volume in parts of the mean of the n bars before."""
    mean = back(sma(volume, n), 1)
    return defined(lambda: volume / mean)


def wclprice(high: Series, low: Series, close: Series) -> Series:
    """Mean of high, low and twice the close; a price."""
    return (high + low + close * 2) / 4
