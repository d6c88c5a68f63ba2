"""Bitget: spot, and USDT-margined futures in one-way mode, of a classic account.

Answers to writes tell ids alone: what was done is read afterwards, and reported only if it can be.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from typing import Any

from runner.exchange.asking import Time
from runner.exchange.bitget import endpoints, forms, markets, orders
from runner.exchange.bitget.bars import Barring
from runner.exchange.bitget.preparing import WINDOW_MS, prepare, standing
from runner.exchange.bitget.seeking import Seeking
from runner.exchange.bitget.surveying import Surveying
from runner.exchange.bitget.symbols import market_id
from runner.exchange.bitget.words import WORDS
from runner.exchange.dialect import BarRow, Line, Requests, Spoken, Standing
from runner.exchange.lastcheck.bitget import check_cancel, check_submit
from runner.exchange.speaking import SpeakingOfContracts, alone
from runner.exchange.writing import Form, Write
from runner.model.bars import Timeframe
from runner.model.errors import RunnerError
from runner.model.markets import Market, MarketKind
from runner.model.orders import (
    ENDED,
    Accepted,
    OrderReport,
    OrderRequest,
    OrderType,
    Outcome,
    Pinned,
    Rejected,
    Unknown,
)

#: How often what was written a moment ago is read until it is told, or told to have ended.
_LOOKS = 3
_CENTS = 2  # decimals that an amount to spend has in any market


class Bitget(SpeakingOfContracts[Surveying, Seeking]):
    """Its two kinds of market, by endpoints of their own."""

    __slots__ = ("_barring",)

    def __init__(self, line: Line) -> None:
        surveying = Surveying(line.kind, line.asking, line.clock)
        super().__init__(line, surveying, Seeking(line.kind, line.asking))
        self._barring = Barring(line.kind, line.asking, line.clock)

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        market = await self._surveying.market(symbol)
        self._seeking.steps[symbol] = market.quantity.step
        return market

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        return await self._barring.bars(symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        return await self._barring.mark_bars(symbol, timeframe, since_ms, limit)

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode is checked, isolated margin and leverage are set."""
        await prepare(self._line, symbol, leverage)

    def submission(self, requests: Requests) -> Form:
        """The form that `submit` would send, but for its time and the decimals of an amount."""
        return forms.submit_form(alone("bitget", requests), Pinned(self._line.clock(), 0), _CENTS)

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order; a stop and its target are two here."""
        request = alone("bitget", requests)
        places = 0
        if request.spend is not None and self._line.kind is MarketKind.SPOT:
            places = await self._surveying.quote_places(request.symbol)
        form = forms.submit_form(request, pinned, places)
        check = partial(check_submit, venue=self._line.venue, requests=requests, pinned=pinned)
        write = Write("submit", form, check, pinned)
        refused = await self._write(write, partial(orders.acknowledged, request=request))
        if refused is not None:
            return refused
        at_market = request.type is OrderType.MARKET
        found = await self._told(request, self._seeking.submitted, ends=at_market)
        return found if isinstance(found, Unknown) else Accepted((found,))

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels one order."""
        request = alone("bitget", requests)
        check = partial(check_cancel, venue=self._line.venue, requests=requests, pinned=pinned)
        write = Write("cancel", forms.cancel_form(request), check, pinned)
        waits = self._seeking.waits(request)
        read = orders.stop_canceled if waits else orders.canceled
        refused = await self._write(write, partial(read, request=request))
        if refused is not None:
            return refused
        found = await self._told(request, self._seeking.order, ends=True)
        if isinstance(found, Unknown):
            return found
        goes_on = found.state not in ENDED
        return Unknown("canceled, but it goes on so far") if goes_on else Accepted((found,))

    async def standing(self, symbol: str) -> Standing:
        """What `prepare` would find; nothing is set."""
        return await standing(self._line.asking, symbol)

    async def account_id(self) -> str:
        """The account's `userId`, of a unified one its `uid`."""
        return await self._surveying.account_id()

    async def _write(self, write: Write, read: Callable[[Any], None]) -> Rejected | Unknown | None:
        """`None` where the exchange has taken it."""
        return await self._line.writing.send(write, read)

    async def _told(
        self,
        request: OrderRequest,
        ask: Callable[[OrderRequest], Awaitable[OrderReport | None]],
        ends: bool,
    ) -> OrderReport | Unknown:
        """An order that the exchange has just taken or canceled; `ends`: read until it has."""
        found = None
        for _ in range(_LOOKS):
            try:
                found = await ask(request)
            except RunnerError as failure:  # looked up later, where it is raised again
                return Unknown(f"accepted, but what became of it is not known: {failure}")
            if found is not None and (found.state in ENDED or not ends):
                break
        return found or Unknown("accepted, but not told yet")


def _time(_: MarketKind) -> Time:
    return Time(endpoints.TIME, markets.server_time)


SPOKEN = Spoken(Bitget, WORDS, _time, market_id, window_ms=WINDOW_MS)
