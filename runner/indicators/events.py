"""What is known of the last time a condition was true.

`happened` is where it is surely true: an undefined condition has not happened.
"""

from __future__ import annotations

import numpy as np

from runner.indicators.window import Series, Truths


def barssince(happened: Truths, n: int) -> Series:
    """Bars since it was last true, 0 at a bar where it is; undefined if not within `n` bars.

    >>> barssince(np.array([False, True, False, False]), 1)
    array([nan,  0.,  1., nan])
    """
    rows = np.arange(happened.size)
    since = rows - _last(happened)
    return np.where(since <= np.minimum(rows, n), since, np.nan)


def valuewhen(happened: Truths, source: Series, n: int) -> Series:
    """The value at the bar where it was last true; undefined if not within `n` bars.

    >>> valuewhen(np.array([False, True, False, False]), np.array([5.0, 6.0, 7.0, 8.0]), 1)
    array([nan,  6.,  6., nan])
    """
    return np.where(np.isnan(barssince(happened, n)), np.nan, source[_last(happened)])


def _last(happened: Truths) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The row at which it was last true; -1 before the first."""
    return np.maximum.accumulate(np.where(happened, np.arange(happened.size), -1))
