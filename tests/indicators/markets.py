"""Bars to try indicators on: real ones, and made ones with flat stretches and empty bars."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from runner.indicators.signature import Level
from runner.indicators.table import FUNCTIONS, Argument, ArgumentKind, Function
from runner.language.evaluate import Evaluator
from runner.language.parse import Expression, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars, Timeframe

_HOUR = Timeframe("1h", 3_600_000)


@lru_cache(maxsize=4)
def real_bars(shared: Path) -> Bars:
    """BTC/USDT by the hour from Binance, 42,565 bars."""
    with gzip.open(shared / "data/binance/spot/BTC-USDT-1h.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",", skiprows=1)
    return _bars(table[:, 0], *table[:, 1:].T)


def made_bars(seed: int, count: int) -> Bars:
    """A coin at about 1e-5 with coarse ticks: ties, flat stretches, bars without volume."""
    random = np.random.default_rng(seed)
    steps = random.integers(-3, 4, count) * (random.random(count) < 0.6)
    close = (1_000 + np.cumsum(steps)).clip(1) * 1e-8
    opened = np.concatenate((close[:1], close[:-1]))
    high = np.maximum(opened, close) + random.integers(0, 2, count) * 1e-8
    low = np.minimum(opened, close)
    volume = random.exponential(1e6, count) * (random.random(count) < 0.8)
    return _bars(np.arange(count) * _HOUR.ms, opened, high, low, close, volume)


def flat_bars(price: float, count: int) -> Bars:
    """Nothing moves and nothing is traded."""
    same = np.full(count, price)
    return _bars(np.arange(count) * _HOUR.ms, same, same, same, same, np.zeros(count))


def cut(bars: Bars, start: int, stop: int) -> Bars:
    """Rows `start` to `stop` as if there were no others."""
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return _bars(bars.opened_at[start:stop], *(column[start:stop] for column in columns))


def _bars(opened_at: np.ndarray, *columns: np.ndarray) -> Bars:
    series = (np.ascontiguousarray(column, np.float64) for column in columns)
    return Bars("BTC/USDT", _HOUR, opened_at.astype(np.int64), *series)


def expression(text: str) -> Expression:
    return parse(text, Scope(), None)


def number(text: str, bars: Bars) -> np.ndarray:
    return Evaluator(alone(bars), {}, {}).number(expression(text))


def calls() -> list[str]:
    """Every function of the table at three sets of lengths, each output; new ones by themselves."""
    return list(itertools.chain.from_iterable(_calls(function) for function in FUNCTIONS.values()))


#: What stands at a place of this name.
_WRITTEN = {
    "a": "close",
    "b": "open",
    "low": "0.9",
    "high": "1.1",
    "y": "volume",
    "condition": "close > open",
    "multiple": "2.5",
    "up": "2.5",
    "down": "2.5",
    "day": "day",
    "volume": "volume",
    "periods": "3 + mod(volume, 20)",
    "percent": "40",
    "factor": "0.7",
    "fast_limit": "0.5",
    "slow_limit": "0.05",
    "penetration": "0.3",
    "acceleration": "0.02",
    "maximum": "0.2",
    "offset": "0",
    **dict.fromkeys(("first", "step", "short_first", "short_step"), "0.02"),
    **dict.fromkeys(("most", "short_most"), "0.2"),
}

#: Lengths in the order of the arguments, and the average where one is named.
_SIZES = (
    ((3, 7, 4, 5), "sma"),
    ((14, 26, 9, 6), "ema"),
    ((50, 77, 20, 12), "t3"),
)


def _calls(function: Function) -> Iterator[str]:
    for lengths, word in _SIZES:
        left = iter(lengths)
        written = ", ".join(_written(place, left, word) for place in function.arguments)
        call = f"{function.name}({written})"
        if function.level is not None:  # what alone is known of it
            known = "change" if function.level is Level.ADDED else "roc"
            yield from (f"{known}({call}, {n})" for n in lengths)
            return
        yield from (
            (f"{call}.{output}" for output in function.outputs) if function.outputs else (call,)
        )
        if not any(place.kind is ArgumentKind.LENGTH for place in function.arguments):
            return


def _written(place: Argument, lengths: Iterator[int], word: str) -> str:
    if place.kind is ArgumentKind.LENGTH:
        return str(next(lengths))
    if place.kind is ArgumentKind.WORD and len(place.words) > 1:
        return word
    in_general = "close / 20000" if place.kind is ArgumentKind.VALUE else "close"
    return _WRITTEN.get(place.name, in_general)


#: Functions of functions, and everything else the grammar joins.
COMPOSITIONS = (
    "sma(rsi(close, 14), 5)",
    "ema(ema(close, 12), 9) - close[3]",
    "stdev(roc(close, 1), 30)[2] * 100",
    "ewma(atr(14) / close, 20)",
    "highest(bbands(close, 20, 2, 2).upper, 10)",
    "macd(hlc3, 12, 26, 9).signal + stoch(14, 3, 3).d",
    "1 if close > sma(close, 50) else -1",
    "zscore(volume, 96)",
    "ema(volume, 50)",
    "ols_slope(ln(close), 20)",
    "change(adx(14), 5)",
    "clamp(rsi(volume, 14), 20, 80)",
    "crossover(ema(close, 12), ema(close, 26)) and rsi(close, 14) < 70",
    "(close > highest(high, 20)[1])[3]",
    "not rising(close, 3) or falling(sma(close, 5), 2)",
    "10 < rsi(close, 14) < 60 if close > open else crossunder(close, ema(close, 9))",
    "close > 0 or sma(close, 20) > 5",
)
