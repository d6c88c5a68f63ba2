"""Bars: the candles of one market at one timeframe, as arrays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_FIRST_MONDAY_MS = 4 * _UNIT_MS["d"]  # the epoch was a Thursday; weekly bars open on Mondays
_BLOCK = 16_384  # bars looked at together: they stay in a core's cache
_TIMEFRAME = re.compile(r"([1-9][0-9]{0,3})([mhdw])\Z")


@dataclass(frozen=True, slots=True)
class Timeframe:
    """Length of a bar; `text` as written in the rule file ("1h"), `ms` in milliseconds."""

    text: str
    ms: int

    @staticmethod
    def parse(text: str) -> Timeframe | None:
        """`None` when `text` is not a whole number of m, h, d or w."""
        match = _TIMEFRAME.match(text)
        if match is None:
            return None
        return Timeframe(text, int(match[1]) * _UNIT_MS[match[2]])

    @property
    def origin_ms(self) -> int:
        """UTC milliseconds from which its bars are counted."""
        return _FIRST_MONDAY_MS if self.text.endswith("w") else 0

    def counts_as(self, other: Timeframe) -> bool:
        """Whether their bars are the same, however they are written (`60m` and `1h`)."""
        return (self.ms, self.origin_ms) == (other.ms, other.origin_ms)

    def holds(self, other: Timeframe) -> bool:
        """Whether each of its bars is made of whole bars of the other."""
        return self.ms % other.ms == 0 == (self.origin_ms - other.origin_ms) % other.ms


@dataclass(frozen=True, slots=True)
class Bars:
    """Closed bars in ascending order; all arrays have the same length.

    `opened_at` is the bar's open in UTC milliseconds; it closes at `opened_at + timeframe.ms`.
    Prices are in quote currency, `volume` in base currency. Missing bars are absent rows.
    """

    symbol: str
    timeframe: Timeframe
    opened_at: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.opened_at)

    def closed_at(self, index: int) -> int:
        """UTC milliseconds at which bar `index` closes."""
        return int(self.opened_at[index]) + self.timeframe.ms

    @property
    def closes_at(self) -> NDArray[np.int64]:
        """UTC milliseconds at which each bar closes."""
        return self.opened_at + self.timeframe.ms

    def until(self, count: int) -> Bars:
        """The first `count` bars, sharing memory."""
        return Bars(
            self.symbol,
            self.timeframe,
            self.opened_at[:count],
            self.open[:count],
            self.high[:count],
            self.low[:count],
            self.close[:count],
            self.volume[:count],
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Bars that are missing before bar `index`."""

    index: int
    missing: int


def gaps(bars: Bars) -> list[Gap]:
    """Every place where bars are missing, in order."""
    import numpy as np

    found, length_ms = [], bars.timeframe.ms
    for start in range(0, len(bars), _BLOCK):
        steps = np.diff(bars.opened_at[start : start + _BLOCK + 1])
        for at in np.flatnonzero(steps > length_ms).tolist():
            found.append(Gap(start + at + 1, int(-(-steps[at] // length_ms) - 1)))
    return found


def resample(bars: Bars, timeframe: Timeframe, until_ms: int = 0) -> Bars:
    """Bars of a slower timeframe, counted from the UTC epoch (weeks from a Monday).

    A bar is made of those that exist; where none do it is absent. The last one is there if it ended
    by the last bar's close, or by `until_ms`: the instant until which all bars are known.
    """
    import numpy as np

    if not timeframe.holds(bars.timeframe):
        raise ValueError(f"bars of {bars.timeframe.text} do not make up {timeframe.text}")
    if len(bars) == 0:
        return Bars(bars.symbol, timeframe, bars.opened_at, *[bars.close] * 5)
    numbers = (bars.opened_at - timeframe.origin_ms) // timeframe.ms
    starts = np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))
    opened_at = numbers[starts] * timeframe.ms + timeframe.origin_ms
    ended = bool(opened_at[-1] + timeframe.ms <= max(bars.closed_at(-1), until_ms))
    return Bars(
        bars.symbol,
        timeframe,
        opened_at,
        bars.open[starts],
        np.maximum.reduceat(bars.high, starts),
        np.minimum.reduceat(bars.low, starts),
        bars.close[np.append(starts[1:], len(bars)) - 1],
        np.add.reduceat(bars.volume, starts),
    ).until(len(starts) if ended else len(starts) - 1)
