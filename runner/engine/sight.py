"""What a session sees of the markets: bars of each symbol, and what its rules read beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from runner.core.strategy import Strategy
from runner.data.history import RunData
from runner.engine.feed import Feed, RecordedFeed, short_histories
from runner.engine.terms import Terms
from runner.engine.world import CandleRow, Exchange, World, read
from runner.model.bars import Bars


class Sight:
    """Grows close by close. `data`: funding rates, mark prices and inputs as they are known now.

    `lacking`: symbols of which something of the newest instant is not told yet.
    """

    def __init__(self, strategy: Strategy, exchange: Exchange, world: World, data: RunData) -> None:
        self.data = data
        self.lacking: frozenset[str] = frozenset()
        self._strategy = strategy
        self._exchange = exchange
        self._world = world
        self._knows_end = world.profile.knows_end
        self._terms = Terms(strategy, exchange, world, data)
        self._feeds: dict[str, Feed | RecordedFeed] = {
            market.symbol: RecordedFeed(market.bars)
            if self._knows_end and market.symbol not in strategy.symbols
            else Feed(market.symbol, strategy.timeframe, partial(self._ask, market.symbol))
            for market in data.markets
        }

    def bars(self) -> Mapping[str, Bars]:
        """All bars so far, by symbol."""
        return {symbol: feed.bars() for symbol, feed in self._feeds.items()}

    @property
    def since_ms(self) -> int | None:
        """When the first bar opened; `None` while there is none."""
        return min(
            (int(own.opened_at[0]) for own in self.bars().values() if len(own)), default=None
        )

    async def load(self, anchor: int | None, now_ms: int) -> None:
        """All bars from the anchor (opened_at, UTC ms; `None`: the first there is) on.

        Tells of histories that are too short for values to settle.
        """
        for feed in self._feeds.values():
            await feed.load(anchor, now_ms)
        for text in short_histories(self._strategy, self.bars().values()):
            self._world.warn(text)

    async def until(self, instant: int) -> None:
        """Everything that has become known by `instant`."""
        for feed in self._feeds.values():
            await feed.until(instant)
        if not self._knows_end:
            await self._terms.until(self.since_ms or 0, instant)
            self.data = self._terms.told(self.bars(), instant)
            self.lacking = self._terms.lacking(instant)

    def is_complete(self, instant: int) -> bool:
        """Nothing of this instant is missing."""
        closed = all(len(own) and own.closed_at(-1) == instant for own in self.bars().values())
        return closed and not self.lacking

    def ends(self, symbol: str) -> bool:
        """No bar of this symbol follows in what is replayed."""
        past = next(market for market in self.data.markets if market.symbol == symbol)
        return self._knows_end and len(self._feeds[symbol].bars()) == len(past.bars)

    async def _ask(self, symbol: str, since_ms: int, limit: int) -> list[CandleRow]:
        timeframe = self._strategy.timeframe
        asked = partial(self._exchange.bars, symbol, timeframe, since_ms, limit)
        return await read(self._world, asked)
