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
SCALE = 2.0**200


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

    A bar without a move fades both alike: it keeps the index, which TA-Lib's rounding would not.
    """

    def of_stretch(rows: Series) -> Series:
        index = _call("RSI", rows * SCALE, timeperiod=n)
        if (index == 0).any():
            index[(index == 0) & ~_only_fell(rows)] = np.nan
        still = np.flatnonzero(rows[n + 1 :] == rows[n:-1]) + n + 1
        if still.size:
            first = np.flatnonzero(np.diff(still, prepend=0) != 1)  # of each run of them
            kept = index[still[first] - 1]
            index[still] = np.repeat(kept, np.diff(first, append=still.size))
        return index

    return _by_stretch(of_stretch, source, n + 1)


def _only_fell(rows: Series) -> NDArray[np.bool_]:
    """Where an index of 0 is true: TA-Lib also writes it where rises and falls are both nothing."""
    steps = np.diff(rows, prepend=rows[:1])
    rose = np.logical_or.accumulate(steps > 0)
    return np.logical_or.accumulate(steps < 0) & ~rose


def macd(source: Series, fast: int, slow: int, signal: int) -> tuple[Series, Series, Series]:
    """Line, signal and histogram, in the unit of `source`; `fast` is below `slow`."""
    lengths = (fast, slow, signal)
    line, smoothed, histogram = stretchwise("MACD", (source,), lengths, slow + signal - 2, 3)
    return line, smoothed, histogram


def atr(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's average true range, a price; the bars' own series are defined everywhere."""
    return _call("ATR", high, low, close, timeperiod=n)


def adx(high: Series, low: Series, close: Series, n: int) -> Series:
    """Wilder's average directional index, 0 to 100."""
    return _call("ADX", high * SCALE, low * SCALE, close * SCALE, timeperiod=n)


def stretchwise(
    name: str,
    inputs: tuple[Series, ...],
    parameters: tuple[float, ...],
    lookback: int,
    outputs: int = 1,
) -> tuple[Series, ...]:
    """All outputs of a TA-Lib function, over each stretch where all its inputs are defined.

    What TA-Lib writes before its own `lookback` (0 where it counts) and what is not finite is
    undefined.
    """
    function: Callable[..., Any] = getattr(talib, name)
    size, stretches = inputs[0].size, list(_stretches_of_all(inputs, lookback + 1))
    if stretches == [slice(0, size)]:
        return _outputs(function(*map(np.ascontiguousarray, inputs), *parameters), lookback)
    results = tuple(np.full(size, np.nan) for _ in range(outputs))
    for rows in stretches:
        given = (np.ascontiguousarray(series[rows]) for series in inputs)
        found = _outputs(function(*given, *parameters), lookback)
        for result, output in zip(results, found, strict=True):
            result[rows] = output
    return results


def _outputs(found: Any, lookback: int) -> tuple[Series, ...]:
    """What TA-Lib returned, undefined where it stands for nothing."""
    outputs = found if isinstance(found, tuple) else (found,)
    results = tuple(np.asarray(output, np.float64) for output in outputs)
    for result in results:
        result[:lookback] = np.nan
        infinite = np.isinf(result)
        if infinite.any():
            result[infinite] = np.nan
    return results


def _stretches_of_all(inputs: tuple[Series, ...], shortest: int) -> Iterator[slice]:
    """Where all of them are defined."""
    holed = [series for series in inputs if np.isnan(series).any()]
    return _stretches(np.add.reduce(holed) if holed else inputs[0], shortest)


def described(name: str) -> Any:
    """A function as TA-Lib describes it itself."""
    from talib import abstract

    return abstract.Function(name)  # type: ignore[attr-defined]


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
    first = int(np.argmin(undefined))  # of what a window or an average gives, all that follows
    if not undefined[first:].any():
        if source.size - first >= shortest:
            yield slice(first, source.size)
        return
    edges = np.flatnonzero(np.diff(undefined, prepend=True, append=True))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= shortest
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        yield slice(start, end)
