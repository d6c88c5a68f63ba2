"""Bands around the price: of its extremes, of its range, and the ones it flips between."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from runner.indicators import compute, window
from runner.indicators.arithmetic import defined
from runner.indicators.table import RATCHET
from runner.indicators.window import Series


def donchian(high: Series, low: Series, n: int) -> tuple[Series, Series, Series]:
    """Highest high, their middle, lowest low of the last `n` bars, this one included; prices."""
    upper, lower = window.highest(high, n), window.lowest(low, n)
    return upper, defined(lambda: (upper + lower) / 2), lower


def keltner(
    high: Series, low: Series, close: Series, n: int, multiple: float
) -> tuple[Series, Series, Series]:
    """Average close, and average true ranges above and below it; prices."""
    middle = compute.ema(close, n)
    middle[:n] = np.nan  # all outputs start together
    half = multiple * compute.atr(high, low, close, n)
    return middle + half, middle, middle - half


def supertrend(
    high: Series, low: Series, close: Series, n: int, multiple: float
) -> tuple[Series, Series]:
    """The band on the far side of the price, and 1 where the price is above it, -1 below.

    Undefined until the close first leaves a band: before that no side is the right one; and once
    it has left none for so long that who begins later could not know the side.

    >>> close = np.array([4.0, 5.0, 6.0, 9.0, 9.0, 6.0])
    >>> supertrend(close + 1, close - 1, close, 1, 1.0)
    (array([nan, nan, nan,  5.,  7., 10.]), array([nan, nan, nan,  1.,  1., -1.]))
    """
    half = multiple * compute.atr(high, low, close, n)
    middle = (high + low) / 2
    lower, upper = _ratcheted(middle - half, close), -_ratcheted(-middle - half, -close)
    direction = np.array(_sides((close < lower).tolist(), (close > upper).tolist()))
    return np.where(direction > 0, lower, np.where(direction < 0, upper, np.nan)), direction


def _ratcheted(band: Series, close: Series) -> Series:
    """A lower band that only rises, until a close below it lets it start anew.

    The ratchet of each bar begins RATCHET bars before it. Whoever holds the band of a bar, drops it
    at the same one: it is found by leaps from one such bar to the next, of 1, 2, 4 … of them.
    """
    rows, begin = np.arange(band.size), int(np.isnan(band).sum())
    held = np.maximum(rows - RATCHET, min(begin, band.size))
    leaps = [_drops(band, close)]
    while 2 ** len(leaps) <= RATCHET:
        leaps.append(leaps[-1][leaps[-1]])
    for leap in reversed(leaps):
        later = leap[held]
        held = np.where(later <= rows, later, held)
    found = np.full(band.shape, np.nan)
    found[begin:] = band[held[begin:]]
    return found


def _drops(band: Series, close: Series) -> NDArray[np.intp]:
    """For each bar, and for none, the bar at which its band is no longer held."""
    basics, before = band.tolist(), math.nan
    drops, held = [band.size] * (band.size + 1), deque[int]()  # the oldest is the highest
    for at, (basic, closed) in enumerate(zip(basics, close.tolist(), strict=True)):
        while held and before < basics[held[0]]:
            drops[held.popleft()] = at
        while held and basics[held[-1]] <= basic:
            drops[held.pop()] = at
        if not math.isnan(basic):
            held.append(at)
        before = closed
    return np.array(drops, np.intp)


def _sides(below: list[bool], above: list[bool]) -> list[float]:
    """1 from a close above the upper band on, -1 from one below the lower band on.

    A close beyond both, where they have crossed, turns the side; it does not tell it.
    """
    side, told_at, found = math.nan, 0, []
    for at, (is_below, is_above) in enumerate(zip(below, above, strict=True)):
        if is_below and is_above:
            side = -side
        elif is_below or is_above:
            side, told_at = (1.0 if is_above else -1.0), at
        if at - told_at >= RATCHET:
            side = math.nan
        found.append(side)
    return found


def heikin_ashi(
    open: Series, high: Series, low: Series, close: Series
) -> tuple[Series, Series, Series, Series]:
    """Open, high, low and close of averaged bars; prices.

    >>> bars = [np.array(prices) for prices in ([2.0, 4.0], [5.0, 8.0], [1.0, 2.0], [4.0, 6.0])]
    >>> heikin_ashi(*bars)
    (array([3., 3.]), array([5., 8.]), array([1., 2.]), array([3., 5.]))
    """
    closes = (open + high + low + close) / 4
    starts = np.concatenate(((open[:1] + close[:1]) / 2, closes[:-1]))
    opens = compute.ewma(starts, 3)  # of length 3: the mean of the last open and the last close
    return (
        opens,
        np.maximum(high, np.maximum(opens, closes)),
        np.minimum(low, np.minimum(opens, closes)),
        closes,
    )
