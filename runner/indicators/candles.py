"""Candlestick patterns, each decided by its own bars alone.

TA-Lib keeps running sums of bodies and shadows, whose rounding errors depend on where history
starts and can decide between equal bodies. Prices of 40 binary digits (12 decimal ones; exchanges
quote fewer) make these sums exact, so that they hold nothing but their bars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from runner.indicators.compute import stretchwise
from runner.indicators.talib_candles import ROWS
from runner.indicators.window import Series

#: Veltkamp's splitter: of 53 digits it leaves the first 40.
_SPLITTER = 2.0**13 + 1

#: Rows worked on at a time, which stay in a core's second-level cache.
_BLOCK = 32_768


def rounded(prices: Series) -> Series:
    """To 40 binary digits.

    >>> float(rounded(np.array([0.1]))[0])
    0.10000000000002274
    """
    result = np.empty_like(prices)
    for start in range(0, prices.size, _BLOCK):
        rows = prices[start : start + _BLOCK]
        spread = rows * _SPLITTER
        np.subtract(spread, spread - rows, out=result[start : start + _BLOCK])
    return result


def _pattern(talib: str, lookback: int) -> Callable[..., Series]:
    def seen(open: Series, high: Series, low: Series, close: Series, *deep: float) -> Series:
        bars = (rounded(open), rounded(high), rounded(low), rounded(close))
        return stretchwise(talib, bars, deep, lookback)[0]

    return seen


def _patterns() -> Iterator[tuple[str, Callable[..., Series]]]:
    for function in ROWS:
        lookback = function.lookback(*(0 for _ in function.arguments))
        yield function.name, _pattern(function.name.upper(), lookback)


#: By name in the language.
PATTERNS: Mapping[str, Callable[..., Series]] = dict(_patterns())
