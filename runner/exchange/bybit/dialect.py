"""Bybit: spot and USDT perpetuals of a unified trading account, in one-way mode.

A submission or cancellation is answered with the order's names alone; what became of it is read
afterwards, and where that fails the outcome is unknown.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from runner.exchange.asking import Time
from runner.exchange.bybit import endpoints, forms, markets, orders
from runner.exchange.bybit.preparing import prepare, standing
from runner.exchange.bybit.seeking import Seeking
from runner.exchange.bybit.surveying import Surveying
from runner.exchange.bybit.symbols import is_contract, market_id
from runner.exchange.bybit.words import WORDS
from runner.exchange.dialect import BarRow, Line, Requests, Spoken, Standing
from runner.exchange.lastcheck.bybit import check_cancel, check_submit
from runner.exchange.sites import SITES
from runner.exchange.speaking import SpeakingOfContracts, alone
from runner.exchange.wire import Check
from runner.exchange.writing import Form, Write
from runner.model.bars import Timeframe
from runner.model.errors import RunnerError, Unavailable
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

#: Words by which the engine knows that a stop's price has been touched already.
_PASSED = "the price has passed this stop already: it would trigger immediately"
_CENT = Decimal("0.01")


class Bybit(SpeakingOfContracts[Surveying, Seeking]):
    """Its two kinds of market, told apart by `category`."""

    __slots__ = ()

    def __init__(self, line: Line) -> None:
        surveying = Surveying(line)
        super().__init__(line, surveying, Seeking(line, surveying.price))

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        found = await self._surveying.instrument(symbol)
        self._seeking.steps[symbol] = found.market.quantity.step
        if found.spend_step is not None:
            self._seeking.spend_steps[symbol] = found.spend_step
        return found.market

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        return await self._surveying.bars(endpoints.BARS, symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        return await self._surveying.bars(endpoints.MARK_BARS, symbol, timeframe, since_ms, limit)

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode and isolated margin are checked, leverage is set."""
        await prepare(self._line, await self._surveying.account(), symbol, leverage)

    def submission(self, requests: Requests) -> Form:
        """The form that `submit` would send; its cost does not depend on the amount."""
        request = alone("bybit", requests)
        return forms.submit_form(request, self._seeking.spend_steps.get(request.symbol, _CENT))

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order; a stop of spot only where its price has not been passed."""
        request = alone("bybit", requests)
        if await self._is_late(request):
            return Rejected("not sent", _PASSED)
        form = forms.submit_form(request, await self._spend_step(request))
        check = partial(check_submit, venue=self._line.venue, requests=requests, pinned=pinned)
        told = await self._write("submit", form, check, request, pinned)
        if not isinstance(told, str):
            return told
        try:
            report = await self._seen(request, told)
            if not await self._seeking.is_misplaced(request):
                return Accepted((report,))
        except RunnerError as failure:  # looked up later, where it is raised again
            return Unknown(f"accepted, but what became of it is not known: {failure}")
        return await self._taken_back(request, pinned)

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels what was submitted."""
        request = alone("bybit", requests)
        check = partial(check_cancel, venue=self._line.venue, requests=requests, pinned=pinned)
        form = forms.cancel_form(request)
        told = await self._write("cancel", form, check, request, pinned)
        if not isinstance(told, str):
            return told
        try:
            report = await self._seen(request, told)
        except RunnerError as failure:
            return Unknown(f"canceled, but what became of it is not known: {failure}")
        if report.state not in ENDED:
            return Unknown("bybit takes the cancellation, but the order goes on so far")
        return Accepted((report,))

    async def standing(self, symbol: str) -> Standing:
        """What `prepare` would find; nothing is set."""
        return await standing(self._line.asking, await self._surveying.account(), symbol)

    async def account_id(self) -> str:
        """`userID` of the account; the demo venue is not asked about keys and does not tell."""
        tells = SITES["bybit"][self._line.venue].tells_keys
        return await self._surveying.account_id() if tells else ""

    async def _write(
        self, verb: str, form: Form, check: Check, request: OrderRequest, pinned: Pinned
    ) -> str | Rejected | Unknown:
        """The exchange's name of the order."""
        write = Write(verb, form, check, pinned)
        return await self._line.writing.send(write, lambda it: orders.named(it, request))

    async def _spend_step(self, request: OrderRequest) -> Decimal | None:
        """In what steps the amount can be spent; asked for where it is not known yet."""
        if request.spend is not None and request.symbol not in self._seeking.spend_steps:
            await self.market(request.symbol)
        return self._seeking.spend_steps.get(request.symbol)

    async def _is_late(self, request: OrderRequest) -> bool:
        """Whether a stop of spot would wait on the wrong side; seen again after it is placed."""
        if is_contract(request.symbol) or request.type is not OrderType.STOP:
            return False
        try:
            return await self._seeking.has_passed(request)
        except RunnerError:
            return False

    async def _seen(self, request: OrderRequest, number: str) -> OrderReport:
        """The order that a write was about, with its execution; `number` as the write was told."""
        found = await self._seeking.by_name(request)
        if found is None:
            raise Unavailable("bybit does not show the order yet")
        if found.report.exchange_order_id != number:
            raise Unavailable("bybit shows an order of another number")
        return await self._seeking.report(found)

    async def _taken_back(self, request: OrderRequest, pinned: Pinned) -> Outcome:
        """A stop that waits wrongly protects nothing: canceled before it fills, it was refused."""
        try:
            now_ms = self._line.clock()  # the order's own time is long ago by now
            told = await self.cancel((request,), Pinned(now_ms, pinned.window_ms))
        except RunnerError as failure:  # nothing was canceled: the order is looked up later
            return Unknown(f"a stop that waits wrongly could not be canceled: {failure}")
        match told:
            case Accepted((report,)) if report.execution is None:
                return Rejected("taken back", _PASSED)
            case Accepted():
                return told
            case Rejected(code, reason):
                return Unknown(f"a stop that waits wrongly could not be canceled: {code} {reason}")
            case Unknown(reason):
                return Unknown(f"a stop that waits wrongly was canceled: {reason}")


def _time(_: MarketKind) -> Time:
    return Time(endpoints.TIME, markets.server_time)


#: `X-BAPI-RECV-WINDOW` as the library sends it: Bybit takes a request until its time plus this.
SPOKEN = Spoken(Bybit, WORDS, _time, market_id, window_ms=5_000)
