"""What the functions of the table compute: arrays of the bars' length, NaN where undefined.

Every value depends on its own and earlier bars only, and is the same to the last bit whatever
follows.
"""

from __future__ import annotations

import numpy as np

from runner.indicators import compute, window
from runner.indicators.arithmetic import defined
from runner.indicators.window import Series


def back(source: Series, n: int) -> Series:
    """The value `n` bars ago.

    >>> back(np.array([1.0, 2.0, 4.0]), 1)
    array([nan,  1.,  2.])
    """
    past = np.empty_like(source)
    past[:n] = np.nan
    past[n:] = source[: max(source.size - n, 0)]
    return past


def sma(source: Series, n: int) -> Series:
    """Mean of the last `n` values, in the unit of `source`."""
    return defined(lambda: window.mean(source, n))


def total(source: Series, n: int) -> Series:
    """Sum of the last `n` values, in the unit of `source`."""
    return defined(lambda: window.total(source, n))


def wma(source: Series, n: int) -> Series:
    """Mean with weights 1 ... n, the newest heaviest, in the unit of `source`.

    >>> wma(np.array([1.0, 4.0, 4.0]), 2)
    array([nan,  3.,  4.])
    """

    def weighted() -> Series:
        mean, trend = window.mean_and_trend(source, n)
        return mean + trend / (n * (n + 1) / 2)

    return defined(weighted)


def ols_slope(source: Series, n: int) -> Series:
    """Slope of the least-squares line through the last `n` values, in units of `source` per bar.

    >>> ols_slope(np.array([1.0, 2.0, 4.0]), 2)
    array([nan,  1.,  2.])
    """
    return defined(lambda: window.mean_and_trend(source, n)[1] / (n * (n * n - 1) / 12))


def linreg(source: Series, n: int) -> Series:
    """Newest point of that line, in the unit of `source`.

    >>> linreg(np.array([1.0, 2.0, 6.0]), 3)
    array([nan, nan, 5.5])
    """

    def newest() -> Series:
        mean, trend = window.mean_and_trend(source, n)
        return mean + trend / (n * (n + 1) / 6)  # slope * (n - 1) / 2

    return defined(newest)


def stdev(source: Series, n: int) -> Series:
    """Standard deviation of the last `n` values (population), in the unit of `source`.

    >>> stdev(np.array([1.0, 1.0, 3.0]), 2)
    array([nan,  0.,  1.])
    """
    return defined(lambda: _deviation(window.spread(source, n), n))


def _deviation(spread: Series, n: int) -> Series:
    """Standard deviation of `n` values, in place of the sum of their squared distances."""
    spread /= n
    return np.sqrt(spread, out=spread)


def zscore(source: Series, n: int) -> Series:
    """Distance from the mean of the last `n` values in standard deviations; undefined for none.

    >>> zscore(np.array([1.0, 1.0, 3.0]), 2)
    array([nan, nan,  1.])
    """

    def standardized() -> Series:
        mean, spread = window.mean_and_spread(source, n)
        distance = np.subtract(source, mean, out=mean)
        distance /= _deviation(spread, n)
        return distance

    return defined(standardized)


def bbands(source: Series, n: int, up: float, down: float) -> tuple[Series, Series, Series]:
    """Upper, middle and lower Bollinger band, in the unit of `source`."""
    with np.errstate(all="ignore"):
        middle, spread = window.mean_and_spread(source, n)
        deviation = _deviation(spread, n)
    return (
        defined(lambda: _beyond(middle, up, deviation)),
        defined(lambda: middle + 0.0),
        defined(lambda: _beyond(middle, -down, deviation)),
    )


def _beyond(middle: Series, times: float, deviation: Series) -> Series:
    band = deviation * times
    band += middle
    return band


def change(source: Series, n: int) -> Series:
    """Difference to `n` bars ago, in the unit of `source`."""
    return defined(lambda: source - back(source, n))


def roc(source: Series, n: int) -> Series:
    """Change since `n` bars ago in percent.

    >>> roc(np.array([2.0, 3.0, 0.0]), 1)
    array([  nan,   50., -100.])
    """
    past = back(source, n)
    return defined(lambda: (source / past - 1) * 100)


def stoch(
    high: Series, low: Series, close: Series, k: int, k_slow: int, d: int
) -> tuple[Series, Series]:
    """Stochastic %K and %D, 0 to 100; undefined where high equals low over `k` bars."""
    floor = window.lowest(low, k)
    place = defined(lambda: (close - floor) / (window.highest(high, k) - floor))
    slow = sma(place * 100, k_slow)
    slower = sma(slow, d)
    slow[: k + k_slow + d - 3] = np.nan  # as TA-Lib: both outputs start together
    return slow, slower


def willr(high: Series, low: Series, close: Series, n: int) -> Series:
    """Williams %R, -100 to 0; undefined where high equals low over `n` bars."""
    top = window.highest(high, n)
    return defined(lambda: (top - close) * -100 / (top - window.lowest(low, n)))


def cci(high: Series, low: Series, close: Series, n: int) -> Series:
    """Commodity channel index of hlc3; undefined where nothing moved."""
    typical = (high + low + close) / 3
    mean, deviation = window.mean(typical, n), window.mean_deviation(typical, n)
    return defined(lambda: (typical - mean) / (0.015 * deviation))


def mfi(high: Series, low: Series, close: Series, volume: Series, n: int) -> Series:
    """Money flow index, 0 to 100; undefined where no money flowed."""
    typical = (high + low + close) / 3
    flow, step = typical * volume, change(typical, 1)
    still = step * 0  # undefined where there is no step
    rising = total(np.where(step > 0, flow, still), n)
    falling = total(np.where(step < 0, flow, still), n)
    return defined(lambda: 100 * rising / (rising + falling))


def natr(high: Series, low: Series, close: Series, n: int) -> Series:
    """Average true range in percent of the close."""
    return defined(lambda: 100 * compute.atr(high, low, close, n) / close)


def percentrank(source: Series, n: int) -> Series:
    """Percent of the previous `n` values that are not above this one."""
    return 100 * window.share_not_above(source, n)


def minmax(source: Series, n: int) -> tuple[Series, Series]:
    """Lowest and highest of the last `n` values, in the unit of `source`."""
    return window.lowest(source, n), window.highest(source, n)


def avgdev(source: Series, n: int) -> Series:
    """Mean distance of the last `n` values from their mean, in the unit of `source`."""
    return defined(lambda: window.mean_deviation(source, n))


def var(source: Series, n: int) -> Series:
    """Variance of the last `n` values (population), in the square of the unit of `source`."""
    return defined(lambda: window.spread(source, n) / n)


def percentile(source: Series, n: int, percent: float) -> Series:
    """The smallest of the last `n` values that `percent` of them are not above.

    >>> percentile(np.array([5.0, 1.0, 3.0]), 3, 50)
    array([nan, nan,  3.])
    """
    return compute.stretchwise("PERCENTILE", (source,), (n, percent), n - 1)[0]
