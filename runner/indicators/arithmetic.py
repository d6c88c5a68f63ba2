"""Arithmetic whose results are numbers or undefined (NaN), never infinite."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

#: A series, or one number that stands for every bar.
Value = NDArray[np.float64] | float


def defined(computed: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """What is computed, undefined where it is not finite.

    The processor's own flags say whether there is such a place; looking for it costs nothing else.
    """
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            return computed()
    except FloatingPointError:
        with np.errstate(all="ignore"):
            return _finite(computed())


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


def _applied(operation: np.ufunc, *operands: Value) -> Value:
    """As `defined`, for values of either form."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            result: Value = operation(*operands)
    except FloatingPointError:
        result = _looked_over(operation, *operands)
    return result


def _looked_over(operation: np.ufunc, *operands: Value) -> Value:
    """As `_applied`, each value looked at."""
    with np.errstate(all="ignore"):
        result: Value = _finite(operation(*operands))[()]
    return result


def add(a: Value, b: Value) -> Value:
    """a + b"""
    return _applied(np.add, a, b)


def subtract(a: Value, b: Value) -> Value:
    """a - b"""
    return _applied(np.subtract, a, b)


def multiply(a: Value, b: Value) -> Value:
    """a * b"""
    return _applied(np.multiply, a, b)


def divide(a: Value, b: Value) -> Value:
    """a / b, undefined for b = 0.

    >>> divide(np.array([1.0, 2.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    return _applied(np.divide, a, b)


def mod(a: Value, b: Value) -> Value:
    """What remains of a divided by b, with the sign of b, as Python's `%`; undefined for b = 0.

    >>> mod(np.array([7.0, -7.0]), 3.0)
    array([1., 2.])
    """
    return _looked_over(np.mod, a, b)


def minimum(a: Value, b: Value) -> Value:
    """The smaller of two; undefined where one of them is."""
    return np.minimum(a, b)


def maximum(a: Value, b: Value) -> Value:
    """The larger of two; undefined where one of them is."""
    return np.maximum(a, b)


def absolute(x: Value) -> Value:
    """Distance from zero."""
    return np.abs(x)


def sign(x: Value) -> Value:
    """-1, 0 or 1."""
    return np.sign(x)


def sqrt(x: Value) -> Value:
    """Square root, undefined below zero."""
    return _looked_over(np.sqrt, x)


def ln(x: Value) -> Value:
    """Natural logarithm, undefined at and below zero."""
    return _looked_over(np.log, x)


def exp(x: Value) -> Value:
    """e to the power of x, undefined where that is beyond every number."""
    return _looked_over(np.exp, x)


def clamp(x: Value, low: Value, high: Value) -> Value:
    """x, but never below `low` nor above `high`.

    >>> clamp(np.array([1.0, 5.0, 9.0]), 2.0, 8.0)
    array([2., 5., 8.])
    """
    return np.minimum(np.maximum(x, low), high)


def _plain(operation: np.ufunc) -> Callable[[Value], Value]:
    return lambda x: _looked_over(operation, x)


#: Mathematics of one number, undefined where it has no result.
PLAIN: Mapping[str, Callable[[Value], Value]] = {
    "acos": _plain(np.arccos),
    "asin": _plain(np.arcsin),
    "atan": _plain(np.arctan),
    "ceil": _plain(np.ceil),
    "cos": _plain(np.cos),
    "cosh": _plain(np.cosh),
    "floor": _plain(np.floor),
    "log10": _plain(np.log10),
    "sin": _plain(np.sin),
    "sinh": _plain(np.sinh),
    "tan": _plain(np.tan),
    "tanh": _plain(np.tanh),
}
