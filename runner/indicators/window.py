"""Figures of a moving window, each computed from that window alone.

Running sums carry rounding errors of all bars that ever passed, so their values depend on where
history starts. Here a window is put together from halves: figures of two neighbors of length k give
those of length 2k. A value depends on its window only, to the last bit, costs log2(n) passes, and a
NaN leaves exactly those windows undefined that hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from runner.model.values import dataclass

Series = NDArray[np.float64]
Truths = NDArray[np.bool_]
_Kind = TypeVar("_Kind", np.float64, np.bool_)
_Joined = TypeVar("_Joined", bound="Joined")

#: Rows worked on at a time: a few arrays of them stay in a core's second-level cache.
_BLOCK = 16_384


class Joined(Protocol):
    """Figures of windows of one length, of which two neighbors make those of a longer one."""

    @property
    def length(self) -> int:
        """Values in each window."""

    def followed_by(self, newer: Self, rows: int) -> Self:
        """Figures of both windows as one: `newer` starts where this one ends, `rows` of them."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Of windows of `length` values: mean, sum of squared distances from it, and the sum of
    (place - mean place) * (value - mean). Without the spread or the trend where nobody asks."""

    length: int
    mean: Series
    spread: Series | None
    trend: Series | None

    def followed_by(self, newer: Moments, rows: int) -> Moments:
        """Moments of both windows as one: `newer` starts where this one ends, `rows` of them."""
        a, b = self.length, newer.length
        mean = newer.mean[a : a + rows] - self.mean[:rows]  # how far the means are apart, first
        spread = trend = None
        if self.spread is not None and newer.spread is not None:
            spread = mean * mean
            spread *= a * b / (a + b)
            spread += self.spread[:rows]
            spread += newer.spread[a : a + rows]
        if self.trend is not None and newer.trend is not None:
            trend = mean * (a * b / 2)
            trend += self.trend[:rows]
            trend += newer.trend[a : a + rows]
        mean *= b / (a + b)
        mean += self.mean[:rows]
        return Moments(a + b, mean, spread, trend)


def mean(source: Series, n: int) -> Series:
    """Mean of the last `n` values, in the unit of `source`; exact where they are all equal.

    >>> mean(np.array([1.0, 2.0, 4.0, 6.0]), 3)
    array([       nan,        nan, 2.33333333, 4.        ])
    """
    return _windowed(
        source, n, lambda rows: halves(Moments(1, rows, None, None), n, rows.size).mean
    )


def total(source: Series, n: int) -> Series:
    """Sum of the last `n` values, in the unit of `source`; exact for whole numbers.

    >>> total(np.array([1.0, 2.0, 4.0]), 2)
    array([nan,  3.,  6.])
    """
    return _windowed(source, n, lambda rows: _totals(rows, n))


def mean_and_spread(source: Series, n: int) -> tuple[Series, Series]:
    """Mean of the last `n` values, and the sum of their squared distances from it."""
    means, spreads = _undefined_before(source, n), _undefined_before(source, n)
    for start, rows in blocks(source, n):
        of_block = halves(Moments(1, rows, np.zeros(rows.shape), None), n, rows.size)
        means[start + n - 1 : start + rows.size] = of_block.mean
        spreads[start + n - 1 : start + rows.size] = _given(of_block.spread)
    return means, spreads


def spread(source: Series, n: int) -> Series:
    """Sum of the squared distances of the last `n` values from their mean."""

    def of_block(rows: Series) -> Series:
        return _given(halves(Moments(1, rows, np.zeros(rows.shape), None), n, rows.size).spread)

    return _windowed(source, n, of_block)


def mean_and_trend(source: Series, n: int) -> tuple[Series, Series]:
    """Mean of the last `n` values, and the sum of (t - mean of t) * (value - mean)."""
    means, trends = _undefined_before(source, n), _undefined_before(source, n)
    for start, rows in blocks(source, n):
        of_block = halves(Moments(1, rows, None, np.zeros(rows.shape)), n, rows.size)
        means[start + n - 1 : start + rows.size] = of_block.mean
        trends[start + n - 1 : start + rows.size] = _given(of_block.trend)
    return means, trends


def highest(source: Series, n: int) -> Series:
    """Highest of the last `n` values, in the unit of `source`.

    >>> highest(np.array([1.0, 3.0, 2.0, 1.0]), 2)
    array([nan,  3.,  3.,  2.])
    """
    return _windowed(source, n, lambda rows: _reduced(np.maximum, rows, n))


def lowest(source: Series, n: int) -> Series:
    """Lowest of the last `n` values, in the unit of `source`."""
    return _windowed(source, n, lambda rows: _reduced(np.minimum, rows, n))


def all_of(source: Truths, n: int) -> Truths:
    """Whether the last `n` truths all hold; false where there are not that many."""
    held = np.zeros(source.shape, np.bool_)
    if n <= source.size:
        held[n - 1 :] = _reduced(np.logical_and, source, n)
    return held


def any_of(source: Truths, n: int) -> Truths:
    """Whether one of the last `n` truths holds; false where there are not that many."""
    held = np.zeros(source.shape, np.bool_)
    if n <= source.size:
        held[n - 1 :] = _reduced(np.logical_or, source, n)
    return held


def mean_deviation(source: Series, n: int) -> Series:
    """Mean distance of the last `n` values from their mean, in the unit of `source`."""

    def of_block(rows: Series) -> Series:
        centers = halves(Moments(1, rows, None, None), n, rows.size).mean
        total = np.zeros(centers.shape)
        for back in range(n):
            total += np.abs(rows[back : back + centers.size] - centers)
        return total / n

    return _windowed(source, n, of_block)


def share_not_above(source: Series, n: int) -> Series:
    """Part of the `n` values before each that are not above it, 0 to 1.

    >>> share_not_above(np.array([1.0, 3.0, 2.0]), 2)
    array([nan, nan, 0.5])
    """

    def of_block(rows: Series) -> Series:
        newest = rows[n:]
        count = np.zeros(newest.shape)
        for ago in range(1, n + 1):
            count += rows[n - ago : rows.size - ago] <= newest
        return count / n + _totals(rows * 0, n + 1)  # undefined where one value is

    return _windowed(source, n + 1, of_block)


def _given(figure: Series | None) -> Series:
    if figure is None:
        raise AssertionError("asked for when the window was put together")
    return figure


def halves(single: _Joined, n: int, total: int) -> _Joined:
    """Windows of `n` put together from the powers of two in `n`, the smallest oldest.

    `single`: the figures of `total` windows of one value.
    """
    power: _Joined = single
    built: _Joined | None = None
    while True:
        if n & power.length:
            rows = total - (built.length if built else 0) - power.length + 1
            built = built.followed_by(power, rows) if built else power
        if power.length * 2 > n:
            break
        power = power.followed_by(power, total - 2 * power.length + 1)
    if built is None:
        raise AssertionError("every length holds a power of two")
    return built


def _totals(rows: Series, n: int) -> Series:
    """Sums of `n`, put together from the powers of two in `n`, the smallest oldest."""
    size = rows.size - n + 1
    result: Series | None = None
    length, summed = 1, 0
    while True:
        if n & length:
            part = rows[summed : summed + size]
            result = part if result is None else result + part
            summed += length
        if length * 2 > n:
            break
        rows = rows[:-length] + rows[length:]
        length *= 2
    return _given(result)


def _reduced(join: np.ufunc, rows: NDArray[_Kind], n: int) -> NDArray[_Kind]:
    """`join` over windows of `n`; it may count a value twice."""
    length = 1
    while length * 2 <= n:
        rows = join(rows[:-length], rows[length:])
        length *= 2
    return rows if length == n else join(rows[: length - n], rows[n - length :])


def _windowed(source: Series, n: int, of_block: Callable[[Series], Series]) -> Series:
    """`of_block` over all rows, blockwise; NaN where there are not yet `n` values."""
    result = _undefined_before(source, n)
    for start, rows in blocks(source, n):
        result[start + n - 1 : start + rows.size] = of_block(rows)
    return result


def _undefined_before(source: Series, n: int) -> Series:
    """NaN where there are not yet `n` values; the rest is for `blocks` to fill."""
    result = np.empty(source.shape)
    result[: n - 1] = np.nan
    return result


def blocks(source: Series, n: int) -> Iterator[tuple[int, Series]]:
    """Overlapping stretches that hold each window of `n` once."""
    size = max(_BLOCK, 4 * n)
    for start in range(0, source.size - n + 1, size):
        yield start, source[start : start + size + n - 1]
