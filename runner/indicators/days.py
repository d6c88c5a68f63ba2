"""UTC days: which one a bar belongs to, and what was traded since it began."""

from __future__ import annotations

import numpy as np

from runner.indicators.arithmetic import defined
from runner.indicators.window import Series
from runner.model.bars import Bars

_DAY_MS = 86_400_000


def days(bars: Bars) -> Series:
    """The day each bar opened on, counted from the epoch; undefined on one whose begin is cut off.

    The first bar begins a day if the bar before it would have opened on another.
    """
    numbers = bars.opened_at // _DAY_MS
    found = numbers.astype(np.float64)
    if len(bars) and (bars.opened_at[0] - bars.timeframe.ms) // _DAY_MS == numbers[0]:
        found[numbers == numbers[0]] = np.nan
    return found


def vwap(high: Series, low: Series, close: Series, volume: Series, days: Series) -> Series:
    """Mean price (hlc3) since the UTC day began, weighted by volume; undefined without volume.

    >>> ones = np.array([1.0, 1.0, 1.0])
    >>> vwap(ones * 6, ones * 2, np.array([4.0, 7.0, 4.0]), ones, np.array([0.0, 0.0, 1.0]))
    array([4. , 4.5, 4. ])
    """
    flow = _since_start((high + low + close) / 3 * volume, days)
    volume = _since_start(volume, days)
    return defined(lambda: flow / volume)


def _since_start(source: Series, days: Series) -> Series:
    """Sums from each day's first bar on; a day is a row of a table, so no other's errors add up."""
    result = np.full(source.shape, np.nan)
    cut_off = int(np.isnan(days).sum())
    day_of = days[cut_off:]
    if day_of.size == 0:
        return result
    starts = np.flatnonzero(np.diff(day_of, prepend=day_of[0] - 1))
    counts = np.diff(starts, append=day_of.size)
    rows = np.repeat(np.arange(starts.size), counts)
    columns = np.arange(day_of.size) - np.repeat(starts, counts)
    table = np.zeros((starts.size, int(counts.max())))
    table[rows, columns] = source[cut_off:]
    result[cut_off:] = np.cumsum(table, axis=1)[rows, columns]
    return result
