"""Mark prices and settled funding rates of contracts, as a running exchange tells them.

In: instants. Out: the run's data with what rules read beside bars. What no rule reads is not asked.
"""

from __future__ import annotations

import math
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

#: Settlements are whole hours apart; their stamps are a little late.
_HOUR_MS = 3_600_000

#: Binance's longest interval between settlements, so often before the first bar: two are known
#: then, which tell the interval, also where one of them is late.
_BEFORE_MS = 3 * 8 * _HOUR_MS

#: A settlement is told within minutes: one that is not told by then did not take place, for the
#: interval has become longer.
_SURELY_TOLD_MS = _HOUR_MS


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
            after = known[-1].at_ms + 1 if known else max(since_ms - _BEFORE_MS, 0)
            known += await read(self._world, partial(self._exchange.rates, symbol, after))

    def lacking(self, instant: int) -> frozenset[str]:
        """Symbols of which something of this instant is not told yet."""
        return frozenset(self._unmarked(instant) | self._unsettled(instant))

    def _unmarked(self, instant: int) -> set[str]:
        return {
            symbol
            for symbol, feed in self._marks.items()
            if not len(feed.bars()) or feed.bars().closed_at(-1) < instant
        }

    def _unsettled(self, instant: int) -> set[str]:
        """Of an interval that is not known, as of a new listing, nothing is waited for."""
        due = {symbol: _next_settlement(known) for symbol, known in self._rates.items()}
        return {
            symbol
            for symbol, at_ms in due.items()
            if at_ms is not None and 0 <= instant - at_ms < _SURELY_TOLD_MS
        }

    def told(self, bars: Mapping[str, Bars], instant: int) -> RunData:
        """The run's data as it is known now; what is due and not told yet is undefined.

        Neither the close stands for a mark price, nor the rate before for the one that is due.
        """
        markets = tuple(self._with_terms(market, bars, instant) for market in self._data.markets)
        return RunData(markets, self._data.inputs)

    def _with_terms(self, market: MarketData, bars: Mapping[str, Bars], instant: int) -> MarketData:
        symbol = market.symbol
        if symbol in self._marks:
            mark = _at_closes(self._marks[symbol].bars(), bars[symbol])
            market = replace(market, mark=mark)
        if symbol in self._rates:
            known = self._rates[symbol]
            if symbol in self._unsettled(instant):
                known = [*known, Rate(_next_settlement(known) or instant, math.nan)]
            market = replace(market, funding=_settled(known))
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


def _next_settlement(known: list[Rate]) -> int | None:
    """When the next one is due, UTC ms: as long after the last as that was after the one before."""
    if len(known) < 2:
        return None
    before, last = (round(rate.at_ms / _HOUR_MS) * _HOUR_MS for rate in known[-2:])
    return last + last - before


def _at_closes(marks: Bars, bars: Bars) -> NDArray[np.float64]:
    """The mark price at each bar's close as far as it is told, NaN where there is none."""
    told = np.searchsorted(bars.opened_at, marks.opened_at[-1], "right") if len(marks) else 0
    bars = bars.until(int(told))
    row = np.searchsorted(marks.opened_at, bars.opened_at)
    found = np.append(marks.opened_at, -1)[np.minimum(row, len(marks))] == bars.opened_at
    return np.where(found, np.append(marks.close, np.nan)[np.minimum(row, len(marks))], np.nan)


def _settled(known: list[Rate]) -> Funding:
    stamps = np.array([rate.at_ms for rate in known], np.int64)
    rates = np.array([rate.rate for rate in known], np.float64)
    return Funding(stamps, rates, "told by the exchange", "")
