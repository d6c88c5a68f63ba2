"""How two series move together over a moving window, computed from that window alone."""

from __future__ import annotations

import numpy as np

from runner.indicators.arithmetic import defined
from runner.indicators.window import Series, blocks, halves
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class _Together:
    """Of windows of `length` values: both means, the sums of their squared distances from them,
    and the sum of the products of these distances."""

    length: int
    mean: Series
    other_mean: Series
    spread: Series
    other_spread: Series
    product: Series

    def followed_by(self, newer: _Together, rows: int) -> _Together:
        """Figures of both windows as one: `newer` starts where this one ends, `rows` of them."""
        a, b = self.length, newer.length
        here, there = slice(rows), slice(a, a + rows)
        apart = newer.mean[there] - self.mean[here]
        other_apart = newer.other_mean[there] - self.other_mean[here]
        weight = a * b / (a + b)
        return _Together(
            a + b,
            self.mean[here] + apart * (b / (a + b)),
            self.other_mean[here] + other_apart * (b / (a + b)),
            self.spread[here] + newer.spread[there] + apart * apart * weight,
            self.other_spread[here]
            + newer.other_spread[there]
            + other_apart * other_apart * weight,
            self.product[here] + newer.product[there] + apart * other_apart * weight,
        )


def correlation(x: Series, y: Series, n: int) -> Series:
    """Pearson's correlation of the last `n` values, -1 to 1; undefined where one stood still.

    >>> correlation(np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 0.0]), 2)
    array([nan, -1., -1.])
    """
    result = np.full(x.shape, np.nan)
    for (start, rows), (_, other_rows) in zip(blocks(x, n), blocks(y, n), strict=True):
        nothing = np.zeros(rows.shape)
        single = _Together(1, rows, other_rows, nothing, nothing, nothing)
        with np.errstate(all="ignore"):
            found = halves(single, n, rows.size)
        result[start + n - 1 : start + rows.size] = _coefficient(found)
    return result


def beta(x: Series, y: Series, n: int) -> Series:
    """Slope of the changes of `y` over those of `x`, as parts, `n` of them; no unit.

    >>> beta(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 8.0]), 2)
    array([nan, nan,  4.])
    """
    result = np.full(x.shape, np.nan)
    one, other = _steps(x), _steps(y)
    for (start, rows), (_, other_rows) in zip(blocks(one, n), blocks(other, n), strict=True):
        nothing = np.zeros(rows.shape)
        single = _Together(1, rows, other_rows, nothing, nothing, nothing)
        with np.errstate(all="ignore"):
            found = halves(single, n, rows.size)
        result[start + n - 1 : start + rows.size] = _slope(found)
    return result


def _steps(source: Series) -> Series:
    """Changes since the value before, as parts."""
    past = np.concatenate((np.full(min(1, source.size), np.nan), source[:-1]))
    return defined(lambda: source / past - 1)


def _slope(found: _Together) -> Series:
    return defined(lambda: found.product / found.spread)


def _coefficient(found: _Together) -> Series:
    scale = defined(lambda: np.sqrt(found.spread) * np.sqrt(found.other_spread))
    return np.clip(defined(lambda: found.product / scale), -1, 1)
