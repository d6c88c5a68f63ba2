"""A made-up market that looks like one: for first steps and tests, never for judging a strategy.

Volatility clusters and changes with the market's mood, moods drift up or down or go sideways,
prices jump, and volume follows volatility and the hour of the day. The same seed gives the same
bars: only uniform and normal numbers are drawn, and prices are rounded to a grid of 0.01.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING
from zlib import crc32

from runner.model.bars import Bars, Timeframe
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np

BARS = 3_000  # four months of hours: enough trades for an example, seconds for a replay

_START_MS = 1_609_459_200_000  # 2021-01-01T00:00:00Z
_FIRST_PRICE = 30_000.0
_HOUR_MS = 3_600_000
_PATH = 20  # moves inside a bar; its highest and lowest make the wicks

_JUMPS_PER_HOUR = 0.004
_JUMP = 0.025  # size of a usual jump, as a logarithm
_CLUSTER_HOURS = 30.0  # how long a burst of volatility is remembered
_CLUSTER_SPREAD = 0.4  # standard deviation of the logarithm of volatility within a mood
_VOLUME_PER_HOUR = 400.0  # base currency
_DEAREST_HOUR = 15.0  # UTC; European afternoon, American morning


@dataclass(frozen=True, slots=True)
class _Mood:
    """Drift and volatility of the logarithm of price, and its `pull` to the mean, per hour."""

    drift: float
    volatility: float
    pull: float


_MOODS = (
    _Mood(drift=0.0000, volatility=0.0040, pull=0.030),  # sideways
    _Mood(drift=0.0009, volatility=0.0055, pull=0.0),  # rising
    _Mood(drift=-0.0009, volatility=0.0070, pull=0.0),  # falling
    _Mood(drift=0.0000, volatility=0.0120, pull=0.0),  # nervous
)
_MOOD_HOURS = 90.0  # how long one lasts


def synthetic(seed: int, symbol: str, timeframe: Timeframe, count: int) -> Bars:
    """`count` bars from 2021 on; each symbol and timeframe is a market of its own."""
    import numpy as np

    random = np.random.Generator(np.random.PCG64([seed, crc32(symbol.encode()), timeframe.ms]))
    start = _START_MS // timeframe.ms * timeframe.ms
    opened_at = start + timeframe.ms * np.arange(count, dtype=np.int64)
    rows = np.array(_rows(random, opened_at.tolist(), timeframe.ms))
    values = np.ascontiguousarray(rows.reshape(count, 5).T)
    return Bars(symbol, timeframe, opened_at, *values)


def _rows(
    random: np.random.Generator, opened_at: list[int], bar_ms: int
) -> list[tuple[float, float, float, float, float]]:
    """Open, high, low, close and volume of each bar, each open where the last one closed."""
    hours = bar_ms / _HOUR_MS
    mood, cluster, price, mean = _MOODS[0], 0.0, math.log(_FIRST_PRICE), math.log(_FIRST_PRICE)
    memory = math.exp(-hours / _CLUSTER_HOURS)
    rows = []
    for time in opened_at:
        chance, which, jumps, up = random.random(4).tolist()
        moves = random.standard_normal(_PATH + 2).tolist()
        if chance < 1.0 - math.exp(-hours / _MOOD_HOURS):
            mood, mean = _MOODS[int(which * len(_MOODS))], price
        cluster = memory * cluster + math.sqrt(1.0 - memory * memory) * _CLUSTER_SPREAD * moves[-1]
        activity = _activity(time, bar_ms)
        burst = math.exp(cluster) * math.sqrt(activity)
        pulled = (1.0 - math.exp(-mood.pull * hours)) * (price - mean)
        drift = (mood.drift * hours - pulled) / _PATH
        size = mood.volatility * burst * math.sqrt(hours / _PATH)
        path = list(accumulate((drift + size * move for move in moves[:_PATH]), initial=price))
        jumped = jumps < 1.0 - math.exp(-_JUMPS_PER_HOUR * hours)
        if jumped:
            path.append(path[-1] + _JUMP * (1.0 + 0.5 * moves[0]) * (1.0 if up < 0.5 else -1.0))
        price = path[-1]
        prices = [max(round(math.exp(at), 2), 0.01) for at in path]
        loudness = math.exp(0.8 * cluster + 0.35 * moves[-2]) * activity * (4.0 if jumped else 1.0)
        volume = _VOLUME_PER_HOUR * hours * loudness * mood.volatility / _MOODS[0].volatility
        rows.append((prices[0], max(prices), min(prices), prices[-1], round(volume, 5)))
    return rows


def _activity(opened_at: int, bar_ms: int) -> float:
    """How busy the hours of a bar are: low at night, high in the afternoon, 1 over a whole day."""
    if bar_ms >= 24 * _HOUR_MS:
        return 1.0
    hour = (opened_at + bar_ms / 2) / _HOUR_MS % 24.0
    return 1.0 + 0.55 * math.cos((hour - _DEAREST_HOUR) / 12.0 * math.pi)
