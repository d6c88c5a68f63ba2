"""The bars of one symbol and how far they have been played.

Nothing after the newest closed bar is visible but the open of the bar that is forming.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from runner.core.funding import per_unit
from runner.exchange.replay.setup import Funding
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

    def __init__(self, bars: Bars, funding: Funding) -> None:
        self.bars = bars
        self.funding = funding
        self.index = -1
        self.grows = False  # bars come into being while it is played
        self._begun: Bar | None = None  # the bar after the last, of which only the open is known
        self._measure()

    def _measure(self) -> None:
        bars, funding = self.bars, self.funding
        self.closed_at: NDArray[np.int64] = bars.opened_at + bars.timeframe.ms
        self._per_unit = per_unit(self.closed_at, bars.close, funding.stamps_ms, funding.rates)

    def append(self, rows: Sequence[tuple[int, float, float, float, float, float]]) -> None:
        """Closed bars that follow the last, ascending: opened_at, open, …, close, volume."""
        bars = self.bars
        known = (bars.open, bars.high, bars.low, bars.close, bars.volume)
        opened_at = np.append(bars.opened_at, np.array([row[0] for row in rows], np.int64))
        columns = [
            np.append(column, np.array([row[place] for row in rows], np.float64))
            for place, column in enumerate(known, 1)
        ]
        self.bars = Bars(bars.symbol, bars.timeframe, opened_at, *columns)
        self.grows, self._begun = True, None
        self._measure()

    def begin(self, opened_at: int, price: float) -> None:
        """A bar has begun: what is sent now fills at its open."""
        self.grows = True
        if opened_at > int(self.bars.opened_at[-1]):
            closed_at = opened_at + self.bars.timeframe.ms
            self._begun = Bar(opened_at, closed_at, price, price, price, price, 0.0)

    @property
    def last_price(self) -> float:
        """Close of the newest closed bar."""
        return float(self.bars.open[0] if self.index < 0 else self.bars.close[self.index])

    @property
    def funding_per_unit(self) -> float:
        """What one unit held at the newest close pays there; quote currency."""
        return float(self._per_unit[self.index])

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
        following = self.index + 1
        return self._begun if following == len(self.bars) else self.bar(following)

    def visible(
        self, now_ms: int, start_ms: int | None, end_ms: int | None, limit: int
    ) -> list[Bar]:
        """Closed bars, and the forming one, of which only the open is known.

        Opened within `start_ms … end_ms`: the first `limit` from a start on, else the last.
        """
        opened = self.bars.opened_at[: self.index + 1]
        low = 0 if start_ms is None else int(np.searchsorted(opened, start_ms, "left"))
        high = len(opened) if end_ms is None else int(np.searchsorted(opened, end_ms, "right"))
        shown = [self.bar(index) for index in _clip(low, high, limit, start_ms is not None)]
        forming = self._forming(now_ms)
        if forming is not None and _within(forming.opened_at, start_ms, end_ms):
            shown.append(forming)
        return shown[:limit] if start_ms is not None else shown[-limit:]

    def _forming(self, now_ms: int) -> Bar | None:
        following = self.next_bar()
        if following is None or not following.opened_at <= now_ms < following.closed_at:
            return None
        price = following.open
        return following._replace(high=price, low=price, close=price, volume=0.0)


def _clip(low: int, high: int, limit: int, from_start: bool) -> range:
    if high - low <= limit:
        return range(low, high)
    return range(low, low + limit) if from_start else range(high - limit, high)


def _within(at_ms: int, start_ms: int | None, end_ms: int | None) -> bool:
    return (start_ms is None or start_ms <= at_ms) and (end_ms is None or at_ms <= end_ms)
