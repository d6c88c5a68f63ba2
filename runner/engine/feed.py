"""The bars of a session, from its anchor to the newest closed one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from runner.core.strategy import Strategy
from runner.engine.world import CandleRow
from runner.model.bars import Bars, Timeframe
from runner.model.clock import iso
from runner.model.errors import Halt

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Candles per call: Binance serves at most 1,000 (exchanges.md 4.3).
PAGE = 1000

Ask = Callable[[int, int], Awaitable[list[CandleRow]]]


def bars_needed(strategy: Strategy) -> int:
    """Bars from which on values no longer depend on where the history begins."""
    return max(strategy.warmup, strategy.lookback + 2)


def short_histories(strategy: Strategy, bars: Iterable[Bars]) -> Iterator[str]:
    """Symbols of which fewer bars are served than values need to settle."""
    for own in bars:
        if len(own) < strategy.warmup:
            yield (
                f"the exchange serves {len(own)} bars of {own.symbol}, `warmup` is "
                f"{strategy.warmup}: until there are as many, values may differ from those of a "
                "backtest"
            )


class Feed:
    """Closed bars that only grow; a bar that changes after it closed stops the session."""

    def __init__(self, symbol: str, timeframe: Timeframe, ask: Ask) -> None:
        self._symbol = symbol
        self._timeframe = timeframe
        self._ask = ask
        self._prices: NDArray[np.float64] = np.empty((5, 1024))  # a contiguous row per column
        self._opened_at: NDArray[np.int64] = np.empty(1024, np.int64)
        self._count = 0

    async def load(self, anchor: int | None, instant: int) -> None:
        """All bars from the anchor (opened_at, UTC ms; `None`: the first there is) to `instant`."""
        since = 0 if anchor is None else anchor
        while True:
            rows = await self._ask(since, PAGE)
            self._append([row for row in rows if row[0] + self._timeframe.ms <= instant])
            if len(rows) < PAGE:
                return
            since = rows[-1][0] + 1

    async def until(self, instant: int) -> Bars:
        """Everything closed by `instant`. The newest known bar is read again and must not change.

        A bar counts as closed when the answer also holds its successor, else by a second read that
        says the same; one that does not is left out for now.
        """
        while True:
            since = int(self._opened_at[self._count - 1]) if self._count else 0
            rows = await self._ask(since, PAGE)
            closed = [row for row in rows if row[0] + self._timeframe.ms <= instant]
            if closed and len(closed) == len(rows) and closed != await self._ask(since, PAGE):
                closed.pop()
            self._append(closed)
            if len(rows) < PAGE or len(closed) < len(rows):
                return self.bars()

    def bars(self) -> Bars:
        """All bars so far, sharing memory."""
        count = self._count
        columns = self._prices[:, :count]
        return Bars(self._symbol, self._timeframe, self._opened_at[:count], *columns)

    def _append(self, rows: list[CandleRow]) -> None:
        for row in rows:
            if self._count and row[0] <= self._opened_at[self._count - 1]:
                self._expect_unchanged(row)
                continue
            self._grow()
            self._opened_at[self._count] = row[0]
            self._prices[:, self._count] = row[1:]
            self._count += 1

    def _expect_unchanged(self, row: CandleRow) -> None:
        known = self._count - 1
        if row[0] == self._opened_at[known] and tuple(self._prices[:, known]) != row[1:]:
            raise Halt(
                f"the exchange changed the bar of {iso(row[0])} after it was decided on: compare "
                "it by hand before you resume"
            )

    def _grow(self) -> None:
        if self._count == len(self._opened_at):
            self._opened_at = np.concatenate([self._opened_at, np.empty_like(self._opened_at)])
            self._prices = np.concatenate([self._prices, np.empty_like(self._prices)], axis=1)


class RecordedFeed:
    """Bars of a symbol that a replay only reads: what had closed by each instant, and no more."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._count = 0

    async def load(self, anchor: int | None, instant: int) -> None:
        """All bars that had closed by `instant`."""
        await self.until(instant)

    async def until(self, instant: int) -> Bars:
        """The same; recorded bars cannot change."""
        last_open = instant - self._bars.timeframe.ms
        self._count = int(np.searchsorted(self._bars.opened_at, last_open, side="right"))
        return self.bars()

    def bars(self) -> Bars:
        """All bars so far, sharing memory."""
        return self._bars.until(self._count)
