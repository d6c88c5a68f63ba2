"""The bars of a run and how far they have been played: the simulated clock.

The clock stands at the close of the newest closed bar; before the first `step` at the open of the
first one. Nothing after it is visible but the next bar's open, and that only to what fills at it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from runner.model.bars import Bars


class Bar(NamedTuple):
    """One bar; times are UTC milliseconds."""

    opened_at: int
    closed_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class Tape:
    """`index` is the newest closed bar, -1 before the first."""

    def __init__(self, bars: Bars, index: int) -> None:
        self.bars = bars
        self.index = index

    @property
    def now_ms(self) -> int:
        """The simulated time."""
        if self.index < 0:
            return int(self.bars.opened_at[0])
        return self.bars.closed_at(self.index)

    @property
    def ended(self) -> bool:
        """The last bar has closed."""
        return self.index == len(self.bars) - 1

    @property
    def last_price(self) -> float:
        """Close of the newest closed bar."""
        return float(self.bars.open[0] if self.index < 0 else self.bars.close[self.index])

    def bar(self, index: int) -> Bar:
        """Any bar, played or not."""
        bars = self.bars
        return Bar(
            int(bars.opened_at[index]),
            bars.closed_at(index),
            float(bars.open[index]),
            float(bars.high[index]),
            float(bars.low[index]),
            float(bars.close[index]),
            float(bars.volume[index]),
        )

    def next_bar(self) -> Bar | None:
        """The next bar that exists, also across a gap; `None` after the last."""
        return None if self.ended else self.bar(self.index + 1)

    def visible(self, start_ms: int | None, end_ms: int | None, limit: int) -> list[Bar]:
        """Closed bars, and the forming one where it opened at this very instant.

        Opened within `start_ms … end_ms`: the first `limit` from a start on, else the last.
        Of the forming bar only the open is known.
        """
        opened = self.bars.opened_at[: self.index + 1]
        low = 0 if start_ms is None else int(np.searchsorted(opened, start_ms, "left"))
        high = len(opened) if end_ms is None else int(np.searchsorted(opened, end_ms, "right"))
        shown = [self.bar(index) for index in _clip(low, high, limit, start_ms is not None)]
        forming = self._forming()
        if forming is not None and _within(forming.opened_at, start_ms, end_ms):
            shown.append(forming)
        return shown[:limit] if start_ms is not None else shown[-limit:]

    def _forming(self) -> Bar | None:
        following = self.next_bar()
        if following is None or following.opened_at != self.now_ms:
            return None
        price = following.open
        return following._replace(high=price, low=price, close=price, volume=0.0)


def _clip(low: int, high: int, limit: int, from_start: bool) -> range:
    if high - low <= limit:
        return range(low, high)
    return range(low, low + limit) if from_start else range(high - limit, high)


def _within(at_ms: int, start_ms: int | None, end_ms: int | None) -> bool:
    return (start_ms is None or start_ms <= at_ms) and (end_ms is None or at_ms <= end_ms)
