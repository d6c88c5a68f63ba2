"""Conditions on neighboring bars, each as a pair: where surely true, and where surely false.

An undefined value (NaN) makes a comparison neither; a condition is surely false as soon as one of
its comparisons is.
"""

from __future__ import annotations

import numpy as np

from runner.indicators.arithmetic import Value
from runner.indicators.window import Series, Truths, all_of, any_of


def crossed_over(a: Value, b: Value) -> Truths:
    """a[i] > b[i] and a[i - 1] <= b[i - 1]

    >>> crossed_over(np.array([1.0, 2.0, 3.0]), 1.5)
    array([False,  True, False])
    """
    return _now_and_before(np.logical_and, np.greater(a, b), np.less_equal(a, b))


def not_crossed_over(a: Value, b: Value) -> Truths:
    """a[i] <= b[i] or a[i - 1] > b[i - 1]"""
    return _now_and_before(np.logical_or, np.less_equal(a, b), np.greater(a, b))


def crossed_under(a: Value, b: Value) -> Truths:
    """a[i] < b[i] and a[i - 1] >= b[i - 1]"""
    return crossed_over(b, a)


def not_crossed_under(a: Value, b: Value) -> Truths:
    """a[i] >= b[i] or a[i - 1] < b[i - 1]"""
    return not_crossed_over(b, a)


def rose(source: Series, n: int) -> Truths:
    """Each of the last `n` values is above the one before it.

    >>> rose(np.array([1.0, 2.0, 3.0, 3.0]), 2)
    array([False, False,  True, False])
    """
    return _after_first(all_of(source[1:] > source[:-1], n), source.size)


def rose_not(source: Series, n: int) -> Truths:
    """One of the last `n` values is not above the one before it."""
    return _after_first(any_of(source[1:] <= source[:-1], n), source.size)


def fell(source: Series, n: int) -> Truths:
    """Each of the last `n` values is below the one before it."""
    return rose(-source, n)


def fell_not(source: Series, n: int) -> Truths:
    """One of the last `n` values is not below the one before it."""
    return rose_not(-source, n)


def _now_and_before(join: np.ufunc, now: Truths, before: Truths) -> Truths:
    """`join` of `now` at each bar and `before` at the previous one; false at the first bar."""
    joined = np.zeros(np.shape(now), np.bool_)
    join(now[1:], before[:-1], out=joined[1:])
    return joined


def _after_first(steps: Truths, size: int) -> Truths:
    truths = np.zeros(size, np.bool_)
    truths[1:] = steps
    return truths
