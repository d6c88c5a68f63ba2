"""OKX: spot, and linear perpetual contracts in one-way mode with isolated margin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial

from runner.exchange.asking import Time
from runner.exchange.dialect import BarRow, Line, Requests, Spoken, Standing
from runner.exchange.lastcheck.okx import check_cancel, check_submit
from runner.exchange.okx import algo, answers, endpoints, forms, orders
from runner.exchange.okx.algo import Conditional
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.orders import Seen
from runner.exchange.okx.preparing import WINDOW_MS, prepare, standing
from runner.exchange.okx.seeking import Seeking, waits
from runner.exchange.okx.surveying import Surveying
from runner.exchange.okx.symbols import instrument_id
from runner.exchange.okx.words import WORDS
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
    Unknown,
)

#: Where our names and theirs stand in the answer to a write: of plain orders, of conditional ones.
_PLAIN, _CONDITIONAL = ("clOrdId", "ordId"), ("algoClOrdId", "algoId")


class Okx(SpeakingOfContracts[Surveying, Seeking]):
    """Its two kinds of market, in one place."""

    __slots__ = ()

    def __init__(self, line: Line) -> None:
        surveying = Surveying(line.kind, line.asking, line.clock)
        super().__init__(line, surveying, Seeking(line.asking, surveying, line.clock))

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        return await self._surveying.market(symbol)

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
        """One-way mode and isolated margin are checked, the leverage is set."""
        await prepare(self._line, await self._surveying.account(), symbol, leverage)

    def submission(self, requests: Requests) -> Form:
        """What `submit` would send to; its cost does not depend on the order."""
        return endpoints.PLACE_ALGO if waits(alone("okx", requests)) else endpoints.PLACE, {}

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order; what came of it is asked for, as the answer tells its names only."""
        request = alone("okx", requests)
        instrument = await self._surveying.instrument(request.symbol)
        check = partial(
            check_submit,
            venue=self._line.venue,
            request=request,
            pinned=pinned,
            size=instrument.size,
        )
        form, headers = forms.submit_form(request, instrument), forms.deadline(request, pinned)
        names = _CONDITIONAL if waits(request) else _PLAIN
        number = await self._line.writing.send(
            Write("submit", form, check, pinned, headers),
            lambda document: orders.acknowledged(document, *names, request),
        )
        if not isinstance(number, str):
            return number
        return await self._told("accepted", lambda: self._placed(request, instrument, number))

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels one order; what became of it is asked for."""
        request = alone("okx", requests)
        check = partial(check_cancel, venue=self._line.venue, request=request, pinned=pinned)
        name = (_CONDITIONAL if waits(request) else _PLAIN)[0]
        refused = await self._line.writing.send(
            Write("cancel", forms.cancel_form(request), check, pinned),
            lambda document: orders.let_go(document, name, request),
        )
        if refused is not None:
            return refused
        return await self._told("canceled", lambda: self._canceled(request))

    async def standing(self, symbol: str) -> Standing:
        """What `prepare` would find; nothing is set."""
        return await standing(self._line, await self._surveying.account(), symbol)

    async def account_id(self) -> str:
        """Its `uid`."""
        return await self._surveying.account_id()

    async def _placed(
        self, request: OrderRequest, instrument: Instrument, number: str
    ) -> OrderReport | None:
        """The order that was just taken, equal to what was sent."""
        found: Seen | Conditional | None
        if waits(request):
            found = await self._seeking.conditional(
                request, lambda row: algo.same(row, request, instrument, number)
            )
        else:
            found = await self._seeking.plain(
                request, lambda row: orders.same(row, request, instrument, number)
            )
        return None if found is None else await self._seeking.report(found, instrument)

    async def _canceled(self, request: OrderRequest) -> OrderReport | None:
        report = await self._seeking.order(request)
        if report is not None and report.state not in ENDED:
            raise Unavailable("the order goes on after its cancellation")
        return report

    async def _told(self, done: str, ask: Callable[[], Awaitable[OrderReport | None]]) -> Outcome:
        """What is looked up after a write; if that fails, it is looked up later once more."""
        try:
            report = await ask()
        except RunnerError as failure:
            return Unknown(f"{done}, but what came of it is not known: {failure}")
        if report is None:
            return Unknown(f"{done}, but not told yet by okx")
        return Accepted((report,))


def _time(_: MarketKind) -> Time:
    return Time(endpoints.TIME, answers.server_time)


#: Plain orders end with their window by `expTime`; conditional ones and cancellations, which read
#: none, by the time that they are signed with.
SPOKEN = Spoken(Okx, WORDS, _time, instrument_id, WINDOW_MS)
