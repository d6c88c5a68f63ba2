"""Turning points: bars that stand out from their neighbors, known once these have closed."""

from __future__ import annotations

import numpy as np

from runner.indicators import compute, events, window
from runner.indicators.window import Series, Truths


def pivot(high: Series, low: Series, left: int, right: int, n: int) -> tuple[Series, Series]:
    """The last high and low that stood out, each known `right` bars after it; prices.

    Undefined where none has become known within the last `n` bars, this one included.

    >>> high = np.array([2.0, 5.0, 3.0, 4.0, 4.0, 4.0])
    >>> pivot(high, high - 1, 1, 1, 2)
    (array([nan, nan,  5.,  5.,  4.,  4.]), array([nan, nan, nan,  2.,  2.,  2.]))
    """
    tops = events.valuewhen(_stood_out(high, left, right), _past(high, right), n)
    floors = events.valuewhen(_stood_out(-low, left, right), _past(low, right), n)
    return tops, floors


def sar(high: Series, low: Series, acceleration: float, maximum: float) -> Series:
    """Wilder's parabolic stop; a price."""
    return compute.stretchwise("SAR", (high, low), (acceleration, maximum), 1)[0]


def sarext(high: Series, low: Series, *numbers: float) -> Series:
    """The same with weights for each side; negative while it is above the price."""
    return compute.stretchwise("SAREXT", (high, low), (0.0, *numbers), 1)[0]


def fractal(high: Series, low: Series, left: int, right: int) -> tuple[Series, Series]:
    """100 where a high, or a low, of `right` bars ago turns out to be above all its neighbors."""
    known = np.where(np.arange(high.size) < left + right, np.nan, 0.0)
    return known + 100 * _peaked(high, left, right), known + 100 * _peaked(-low, left, right)


def _stood_out(source: Series, left: int, right: int) -> Truths:
    """Where the value `right` bars ago is above the `left` before it and below none since.

    Of equal neighbors the first one counts.
    """
    middle, found = _past(source, right), np.ones(source.shape, np.bool_)
    found &= middle > _past(window.highest(source, left), right + 1)
    found &= middle >= window.highest(source, right)
    return found


def _peaked(source: Series, left: int, right: int) -> Truths:
    """The same, but above all its neighbors."""
    middle = _past(source, right)
    before = middle > _past(window.highest(source, left), right + 1)
    return np.asarray(before & (middle > window.highest(source, right)))


def _past(source: Series, bars: int) -> Series:
    past = np.full(source.shape, np.nan)
    past[bars:] = source[: max(source.size - bars, 0)]
    return past
