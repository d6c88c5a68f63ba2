"""BingX: spot, and USDT perpetuals in one-way mode.

A submission or cancellation is answered with little more than the order's names; what became of it
is read afterwards by our id, and where that fails the outcome is unknown. Stops are not sent: of
contracts BingX takes no id of ours with them (Place order, `clientOrderId`; ccxt issue 19563), of
spot it does not say what a triggered one becomes.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.asking import Time
from runner.exchange.bingx import endpoints, forms, markets, orders
from runner.exchange.bingx.endpoints import WINDOW_MS
from runner.exchange.bingx.preparing import prepare, standing
from runner.exchange.bingx.seeking import Seeking
from runner.exchange.bingx.surveying import Surveying
from runner.exchange.bingx.symbols import market_id
from runner.exchange.bingx.words import WORDS
from runner.exchange.dialect import BarRow, Line, Requests, Spoken, Standing
from runner.exchange.lastcheck.bingx import check_cancel, check_submit
from runner.exchange.speaking import SpeakingOfContracts, alone
from runner.exchange.writing import Form, Write
from runner.model.bars import Timeframe
from runner.model.errors import RunnerError, Unavailable
from runner.model.markets import Market, MarketKind
from runner.model.orders import (
    ENDED,
    Accepted,
    OrderReport,
    OrderRequest,
    Outcome,
    Pinned,
    Rejected,
    Unknown,
)


class BingX(SpeakingOfContracts[Surveying, Seeking]):
    """Its two kinds of market, by endpoints of their own at one host."""

    __slots__ = ()

    def __init__(self, line: Line) -> None:
        super().__init__(line, Surveying(line), Seeking(line))

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        market = await self._surveying.market(symbol)
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
        return forms.submit_form(alone("bingx", requests), Pinned(self._line.clock(), 0))

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order, read by our id afterwards: BingX may have cut what was too fine for it."""
        request = alone("bingx", requests)
        check = partial(check_submit, venue=self._line.venue, requests=requests, pinned=pinned)
        write = Write("submit", forms.submit_form(request, pinned), check, pinned)
        match await self._line.writing.send(write, lambda it: orders.placed(it, request)):
            case Rejected() | Unknown() as told:
                return told
            case number:
                return await self._accepted(request, number)

    async def _accepted(self, request: OrderRequest, number: str) -> Outcome:
        try:
            return Accepted((await self._seen(request, number),))
        except RunnerError as failure:  # looked up later, where it is raised again
            return Unknown(f"accepted, but what became of it is not known: {failure}")

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels what was submitted."""
        request = alone("bingx", requests)
        number = await self._number(request)
        check = partial(
            check_cancel, venue=self._line.venue, requests=requests, number=number, pinned=pinned
        )
        write = Write("cancel", forms.cancel_form(request, number, pinned), check, pinned)
        match await self._line.writing.send(write, lambda it: orders.canceled(it, request, number)):
            case Rejected() | Unknown() as told:
                return told
            case canceled:
                return await self._ended(request, canceled)

    async def _number(self, request: OrderRequest) -> str | None:
        """The exchange's number of an order that it may not know by our id any more."""
        if not self._seeking.outlives_its_name(request):
            return None
        found = await self._seeking.by_name(request)
        return None if found is None else found.report.exchange_order_id

    async def _ended(self, request: OrderRequest, number: str) -> Outcome:
        try:
            report = await self._seen(request, number)
        except RunnerError as failure:
            return Unknown(f"canceled, but what became of it is not known: {failure}")
        if report.state not in ENDED:
            return Unknown("bingx takes the cancellation, but the order goes on so far")
        return Accepted((report,))

    async def _seen(self, request: OrderRequest, number: str) -> OrderReport:
        """The order that a write was about, with its execution."""
        found = await self._seeking.by_name(request)
        if found is None:
            raise Unavailable("bingx does not show the order by its id yet")
        if found.report.exchange_order_id != number:
            raise Unavailable(f"bingx shows another order than {number} by its id")
        return await self._seeking.report(found)

    async def standing(self, symbol: str) -> Standing:
        """What `prepare` would find; nothing is set."""
        return await standing(self._line, symbol)

    async def account_id(self) -> str:
        """Its `uid`, where the key may ask for it."""
        return await self._surveying.uid() or ""


def _time(_: MarketKind) -> Time:
    return Time(endpoints.TIME, markets.server_time)


#: BingX takes a request until its time plus `recvWindow` (Signature Authentication).
SPOKEN = Spoken(BingX, WORDS, _time, market_id, window_ms=WINDOW_MS)
