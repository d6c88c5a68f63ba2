"""The TA-Lib door: its recursions, over series that may hold undefined values.

TA-Lib's averages stay NaN for ever after one NaN, and its RSI passes over it in silence. Here each
stretch without NaN is a series of its own: after an undefined value a recursion starts anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runner.indicators.window import Series


def _imported() -> Any:
    """TA-Lib without pandas and polars, which it imports where it finds them: 430 ms."""
    unwanted = [name for name in ("pandas", "polars") if name not in sys.modules]
    for name in unwanted:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        import talib
    finally:
        for name in unwanted:
            del sys.modules[name]
    return talib


talib = _imported()

#: TA-Lib takes anything below 1e-14 for zero, which steps of small coins' prices are. Where a
#: result has no unit its inputs may be scaled; by a power of two that changes no bit of it.
_SCALE = 2.0**200


def ema(source: Series, n: int) -> Series:
    """Exponential moving average, in the unit of `source`, started from the mean of `n` values.

    ema[i] = ema[i - 1] + 2 / (n + 1) * (source[i] - ema[i - 1])

    >>> ema(np.array([1.0, 2.0, 4.0, 6.0]), 2)
    array([       nan, 1.5       , 3.16666667, 5.05555556])
    """
    return _by_stretch(lambda rows: _call("EMA", rows, timeperiod=n), source, n)


def ewma(source: Series, n: int) -> Series:
    """Exponential moving average, in the unit of `source`, started from the first value.

    TA-Lib starts from the mean of `n` values, which is the first when it stands there `n` times.

    >>> ewma(np.array([1.0, 2.0, 4.0]), 3)
    array([1.  , 1.5 , 2.75])
    """

    def of_stretch(rows: Series) -> Series:
        padded = np.concatenate((np.full(n - 1, rows[0]), rows))
        return _call("EMA", padded, timeperiod=n)[n - 1 :]

    return _by_stretch(of_stretch, source, 1)


def rsi(source: Series, n: int) -> Series:
    """Wilder's relative strength index, 0 to 100; undefined as long as nothing has moved.

    rsi = 100 * gain / (gain + loss), the averages of rises and of falls with weight 1 / n
    """

    def of_stretch(rows: Series) -> Series:
        index = _call("RSI", rows * _SCALE, timeperiod=n)
        if (index == 0).any():
            index[(index == 0) & ~_only_fell(rows)] = np.nan
        return index

    return _by_stretch(of_stretch, source, n + 1)


def _only_fell(rows: Series) -> NDArray[np.bool_]:
    """Where an index of 0 is true: TA-Lib also writes it where rises and falls are both nothing."""
    steps = np.diff(rows, prepend=rows[:1])
    rose = np.logical_or.accumulate(steps > 0)
    return np.logical_or.accumulate(steps < 0) & ~rose


def macd(source: Series, fast: int, slow: int, signal: int) -> tuple[Series, Series, Series]:
    """Line, signal and histogram, in the unit of `source`; `fast` is below `slow`."""
    lookback = slow + signal - 2
    line, smoothed, histogram = (np.full(source.shape, np.nan) for _ in range(3))
    for rows in _stretches(source, lookback + 1):
        line[rows], smoothed[rows], histogram[rows] = talib.MACD(
            np.ascontiguousarray(source[rows]),
            fastperiod=fast,
            slowperiod=slow,
            signalperiod=signal,
        )
    return line, smoothed, histogram


def atr(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's average true range, a price; the bars' own series are defined everywhere."""
    return _call("ATR", high, low, close, timeperiod=n)


def adx(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's average directional index, 0 to 100."""
    return _call("ADX", high * _SCALE, low * _SCALE, close * _SCALE, timeperiod=n)


def lookback(name: str, *lengths: int) -> int | None:
    """What TA-Lib itself says of a function; `None` where it takes no such lengths."""
    from talib import abstract

    function: Any = abstract.Function(name)  # type: ignore[attr-defined]
    periods = [key for key in function.info["parameters"] if "period" in key]
    function.set_parameters(dict(zip(periods, lengths, strict=True)))
    rows = int(function.lookback)
    return rows if rows >= 0 else None


def _call(name: str, *inputs: Series, **lengths: int) -> Series:
    if inputs[0].size == 0:
        return inputs[0].copy()
    function: Callable[..., Series] = getattr(talib, name)
    return function(*(np.ascontiguousarray(series) for series in inputs), **lengths)


def _by_stretch(of_stretch: Callable[[Series], Series], source: Series, shortest: int) -> Series:
    stretches = list(_stretches(source, shortest))
    if stretches == [slice(0, source.size)]:
        return of_stretch(source)
    result = np.full(source.shape, np.nan)
    for rows in stretches:
        result[rows] = of_stretch(source[rows])
    return result


def _stretches(source: Series, shortest: int) -> Iterator[slice]:
    """Where `source` is defined for `shortest` rows or more, in order."""
    undefined = np.isnan(source)
    if not undefined.any():
        if source.size >= shortest:
            yield slice(0, source.size)
        return
    edges = np.flatnonzero(np.diff(undefined, prepend=True, append=True))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= shortest
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        yield slice(start, end)
