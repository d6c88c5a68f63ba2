"""Binance: spot, and USDⓈ-M futures in one-way mode."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from runner.exchange.asking import Time
from runner.exchange.binance import algo, forms, markets, orders
from runner.exchange.binance.algo import Conditional
from runner.exchange.binance.endpoints import ENDPOINTS
from runner.exchange.binance.orders import Seen
from runner.exchange.binance.preparing import prepare, standing
from runner.exchange.binance.seeking import Seeking
from runner.exchange.binance.surveying import Surveying
from runner.exchange.binance.symbols import market_id
from runner.exchange.binance.words import WORDS
from runner.exchange.dialect import BarRow, Line, Requests, Spoken, Standing
from runner.exchange.lastcheck.binance import check_cancel, check_submit
from runner.exchange.speaking import SpeakingOfContracts
from runner.exchange.writing import Form, Write
from runner.model.bars import Timeframe
from runner.model.errors import RunnerError
from runner.model.markets import Market, MarketKind
from runner.model.orders import (
    Accepted,
    Outcome,
    Pinned,
    Rejected,
    Unknown,
)

Found = tuple[Seen, ...] | tuple[Conditional, ...]


class Binance(SpeakingOfContracts[Surveying, Seeking]):
    """Its two kinds of market, by endpoints of their own."""

    __slots__ = ()

    def __init__(self, line: Line) -> None:
        surveying = Surveying(line.kind, line.asking, line.clock)
        super().__init__(line, surveying, Seeking(line.kind, line.asking, line.clock))

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        if self._line.kind is MarketKind.FUTURES:
            market = await self._surveying.contract(symbol)
        else:
            market = await self._surveying.spot_market(symbol)
        self._seeking.steps[symbol] = market.quantity.step
        return market

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        return await self._surveying.bars(symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        return await self._surveying.mark_bars(symbol, timeframe, since_ms, limit)

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode is checked, isolated margin and leverage are set."""
        await prepare(self._line, symbol, leverage)

    def submission(self, requests: Requests) -> Form:
        """The form that `submit` would send."""
        return forms.submit_form(requests, Pinned(self._line.clock(), 0))

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order, or on spot a stop and a target of which one cancels the other (OCO)."""
        check = partial(check_submit, venue=self._line.venue, requests=requests, pinned=pinned)
        write = Write("submit", forms.submit_form(requests, pinned), check, pinned)
        if self._seeking.waits(requests[0]):
            return await self._write(write, requests, lambda it: algo.submitted(it, requests[0]))
        return await self._write(write, requests, lambda it: orders.submitted(it, requests))

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""
        check = partial(check_cancel, venue=self._line.venue, requests=requests, pinned=pinned)
        write = Write("cancel", forms.cancel_form(requests, pinned), check, pinned)
        if self._seeking.waits(requests[0]):
            return await self._write(write, requests, lambda it: algo.canceled(it, requests[0]))
        return await self._write(write, requests, lambda it: orders.canceled(it, requests))

    async def standing(self, symbol: str) -> Standing:
        """What `prepare` would find; nothing is set."""
        return await standing(self._line.asking, symbol)

    async def account_id(self) -> str:
        """Spot's `uid`, futures' `accountAlias`."""
        return await self._surveying.account_id()

    async def _write(
        self, write: Write, requests: Requests, read: Callable[[Any], Found]
    ) -> Outcome:
        match await self._line.writing.send(write, read):
            case Rejected() | Unknown() as told:
                return told
            case found:
                return await self._accepted(found, requests)

    async def _accepted(self, found: Found, requests: Requests) -> Outcome:
        decided_at = min(request.decided_at for request in requests)
        try:
            reports = [await self._seeking.report(order, decided_at) for order in found]
        except RunnerError as failure:  # looked up later, where it is raised again
            return Unknown(f"accepted, but its fills are not known: {failure}")
        return Accepted(tuple(reports))


def _time(kind: MarketKind) -> Time:
    return Time(ENDPOINTS[kind].time, markets.server_time)


#: `recvWindow`: Binance's own default (rest-api.md, Timing security).
SPOKEN = Spoken(Binance, WORDS, _time, market_id, window_ms=5_000)
