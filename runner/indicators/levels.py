"""Sums and products since the first bar: only how they change means anything.

Their level depends on where the history starts, so that the checker lets them stand only where it
cancels out. Sums start from 0, the products from 1,000.
"""

from __future__ import annotations

import numpy as np

from runner.indicators.arithmetic import defined
from runner.indicators.ranges import flow
from runner.indicators.window import Series, Truths

_START = 1_000.0


def ad(high: Series, low: Series, close: Series, volume: Series) -> Series:
    """Volume times the place of the close in its range, added up."""
    return np.cumsum(flow(high, low, close, volume))


def obv(source: Series, volume: Series) -> Series:
    """Volume, added where the source rose and taken away where it fell.

    >>> obv(np.array([1.0, 2.0, 1.0]), np.array([5.0, 3.0, 4.0]))
    array([ 0.,  3., -1.])
    """
    return np.cumsum(np.sign(np.diff(source, prepend=source[:1])) * volume)


def pvt(close: Series, volume: Series) -> Series:
    """Volume times the change of the close as a part, added up."""
    return np.cumsum((_ratios(close) - 1) * volume)


def wad(high: Series, low: Series, close: Series) -> Series:
    """How far closes lie beyond the other end of their true range, added up; a price."""
    past = np.concatenate((close[:1], close[:-1]))
    rose, fell = close - np.minimum(low, past), close - np.maximum(high, past)
    return np.cumsum(np.where(close > past, rose, np.where(close < past, fell, 0.0)))


def nvi(close: Series, volume: Series) -> Series:
    """Changes of the close at bars of falling volume, multiplied."""
    return _product(close, np.diff(volume, prepend=volume[:1]) < 0)


def pvi(close: Series, volume: Series) -> Series:
    """Changes of the close at bars of rising volume, multiplied."""
    return _product(close, np.diff(volume, prepend=volume[:1]) > 0)


def _product(close: Series, at: Truths) -> Series:
    factors: Series = np.where(at, _ratios(close), 1.0)
    products: Series = np.multiply(np.cumprod(factors), _START)
    return products


def _ratios(close: Series) -> Series:
    """The close in parts of the one before; 1 at the first bar."""
    return defined(lambda: close / np.concatenate((close[:1], close[:-1])))
