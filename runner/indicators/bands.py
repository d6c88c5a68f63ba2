"""Bands around the price: of its extremes, of its range, and the ones it flips between."""

from __future__ import annotations

import math

import numpy as np

from runner.indicators import compute, window
from runner.indicators.arithmetic import defined
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

    Undefined until the close first leaves a band: before that no side is the right one.

    >>> close = np.array([4.0, 5.0, 6.0, 9.0, 9.0, 6.0])
    >>> supertrend(close + 1, close - 1, close, 1, 1.0)
    (array([nan, nan, nan,  5.,  7., 10.]), array([nan, nan, nan,  1.,  1., -1.]))
    """
    half = multiple * compute.atr(high, low, close, n)
    middle = (high + low) / 2
    lower = _ratcheted(middle - half, close)
    upper = -np.asarray(_ratcheted(-middle - half, -close))
    direction = np.array(_sides(close, lower, upper.tolist()))
    return np.where(direction > 0, lower, np.where(direction < 0, upper, np.nan)), direction


def _ratcheted(band: Series, close: Series) -> list[float]:
    """A lower band that only rises, until a close below it lets it start anew."""
    held, before, found = math.nan, math.nan, []
    for basic, closed in zip(band.tolist(), close.tolist(), strict=True):
        if not (held > basic and before >= held):
            held = basic
        found.append(held)
        before = closed
    return found


def _sides(close: Series, lower: list[float], upper: list[float]) -> list[float]:
    """1 from a close above the upper band on, -1 from one below the lower band on."""
    side, found = math.nan, []
    for closed, floor, ceiling in zip(close.tolist(), lower, upper, strict=True):
        if closed < floor and side != -1:
            side = -1.0
        elif closed > ceiling and side != 1:
            side = 1.0
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
