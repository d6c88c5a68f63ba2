"""Mark prices and settled funding rates of contracts, as a running exchange tells them.

In: instants. Out: the run's data with what rules read beside bars. What no rule reads is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from runner.core.strategy import Strategy
from runner.data.funding import Funding
from runner.data.history import MarketData, RunData
from runner.engine.feed import Feed
from runner.engine.world import CandleRow, Exchange, World, read
from runner.language.types import Expression
from runner.model.bars import Bars
from runner.model.holdings import Rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MINUTE_MS = 60_000

#: Binance's longest interval between settlements: one that lies before the first bar is known.
_LONGEST_MS = 8 * 3_600_000


class Terms:
    """Asks the exchange for them at each close; `told` puts them beside the bars."""

    def __init__(self, strategy: Strategy, exchange: Exchange, world: World, data: RunData) -> None:
        names = names_read(strategy)
        self._exchange = exchange
        self._world = world
        self._data = data
        self._marks = {
            symbol: Feed(symbol, strategy.timeframe, partial(self._ask, symbol))
            for symbol in strategy.symbols
            if "mark" in names
        }
        self._timeframe = strategy.timeframe
        self._rates: dict[str, list[Rate]] = {
            symbol: [] for symbol in strategy.symbols if "funding_rate" in names
        }

    async def until(self, since_ms: int, instant: int) -> None:
        """What has become known by `instant`; a first time from the bar that opened `since_ms`."""
        for feed in self._marks.values():
            if not len(feed.bars()):
                await feed.load(since_ms, instant)
            await feed.until(instant)
        for symbol, known in self._rates.items():
            after = known[-1].at_ms + 1 if known else max(since_ms - _LONGEST_MS, 0)
            known += await read(self._world, partial(self._exchange.rates, symbol, after))

    def lacking(self, instant: int) -> frozenset[str]:
        """Symbols of which something of this instant is not told yet."""
        unmarked = {
            symbol
            for symbol, feed in self._marks.items()
            if not len(feed.bars()) or feed.bars().closed_at(-1) < instant
        }
        unsettled = {
            symbol for symbol, known in self._rates.items() if _next_settlement(known) <= instant
        }
        return frozenset(unmarked | unsettled)

    def told(self, bars: Mapping[str, Bars]) -> RunData:
        """The run's data as it is known now."""
        markets = tuple(self._with_terms(market, bars) for market in self._data.markets)
        return RunData(markets, self._data.inputs)

    def _with_terms(self, market: MarketData, bars: Mapping[str, Bars]) -> MarketData:
        symbol = market.symbol
        if symbol in self._marks:
            mark = _at_closes(self._marks[symbol].bars(), bars[symbol])
            market = replace(market, mark=mark)
        if symbol in self._rates:
            market = replace(market, funding=_settled(self._rates[symbol]))
        return market

    async def _ask(self, symbol: str, since_ms: int, limit: int) -> list[CandleRow]:
        asked = partial(self._exchange.mark_bars, symbol, self._timeframe, since_ms, limit)
        return await read(self._world, asked)


def names_read(thing: object) -> frozenset[str]:
    """Names in all expressions of a strategy or a part of it."""
    if isinstance(thing, Expression):
        return thing.names
    if isinstance(thing, tuple):
        return frozenset().union(*map(names_read, thing))
    if type(thing).__module__ == Strategy.__module__ and hasattr(thing, "__slots__"):
        return frozenset().union(*(names_read(getattr(thing, one)) for one in thing.__slots__))
    return frozenset()


def _next_settlement(known: list[Rate]) -> int:
    """When the next one is due, UTC ms: as long after the last as that was after the one before."""
    if len(known) < 2:
        return 0 if not known else known[-1].at_ms + _MINUTE_MS
    before, last = (round(rate.at_ms / _MINUTE_MS) * _MINUTE_MS for rate in known[-2:])
    return last + last - before


def _at_closes(marks: Bars, bars: Bars) -> NDArray[np.float64]:
    """The mark price at each bar's close, NaN where there is none."""
    row = np.searchsorted(marks.opened_at, bars.opened_at)
    found = np.append(marks.opened_at, -1)[np.minimum(row, len(marks))] == bars.opened_at
    return np.where(found, np.append(marks.close, np.nan)[np.minimum(row, len(marks))], np.nan)


def _settled(known: list[Rate]) -> Funding:
    stamps = np.array([rate.at_ms for rate in known], np.int64)
    rates = np.array([rate.rate for rate in known], np.float64)
    return Funding(stamps, rates, "told by the exchange", "")
