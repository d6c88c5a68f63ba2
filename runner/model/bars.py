"""Bars: the candles of one market at one timeframe, as arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNIT_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
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

    steps = np.diff(bars.opened_at)
    return [
        Gap(int(at) + 1, int(-(-steps[at] // bars.timeframe.ms) - 1))
        for at in np.flatnonzero(steps > bars.timeframe.ms)
    ]
