"""Deribit: spot that it matches itself; its contracts have cross margin only and are refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from runner.exchange.asking import Time
from runner.exchange.deribit import answers, endpoints, forms, orders
from runner.exchange.deribit.seeking import Seeking
from runner.exchange.deribit.surveying import Surveying
from runner.exchange.deribit.symbols import instrument_name
from runner.exchange.deribit.words import WORDS
from runner.exchange.dialect import BarRow, Line, Requests, Spoken, Standing
from runner.exchange.lastcheck.deribit import check_cancel, check_submit
from runner.exchange.speaking import Speaking, alone
from runner.exchange.writing import Form, Write
from runner.model.bars import Timeframe
from runner.model.errors import Refused, RunnerError
from runner.model.exchanges.deribit import NO_CONTRACTS
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind
from runner.model.orders import (
    ENDED,
    Accepted,
    OrderReport,
    Outcome,
    Pinned,
    Rejected,
    Unknown,
)


class Deribit(Speaking[Surveying, Seeking]):
    """Spot; whatever is asked about contracts is refused."""

    __slots__ = ()

    def __init__(self, line: Line) -> None:
        super().__init__(line, Surveying(line.asking, line.clock), Seeking(line.asking))

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        if self._line.kind is MarketKind.FUTURES:
            raise _no_contracts()
        market = await self._surveying.market(symbol)
        self._seeking.steps[symbol] = market.quantity.step
        return market

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        if self._line.kind is MarketKind.FUTURES:
            raise _no_contracts()
        return await self._surveying.bars(symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Of contracts only."""
        raise _no_contracts()

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """Of contracts only."""
        raise _no_contracts()

    async def positions(self) -> Mapping[str, Held]:
        """Of contracts only."""
        raise _no_contracts()

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """Of contracts only: there is neither isolated margin nor leverage to set."""
        raise _no_contracts()

    def submission(self, requests: Requests) -> Form:
        """What `submit` would send to; its cost does not depend on the order."""
        return forms.place(alone("deribit", requests)), {}

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order; the answer shows it, with its fills so far."""
        request = alone("deribit", requests)
        check = partial(check_submit, venue=self._line.venue, request=request, pinned=pinned)
        sent = await self._line.writing.send(
            Write("submit", forms.submit_form(request, pinned), check, pinned),
            lambda document: orders.submitted(document, request),
        )
        match sent:
            case Rejected() | Unknown() as told:
                return told
            case order:
                try:
                    return Accepted((await self._seeking.report(order),))
                except RunnerError as failure:  # looked up later, where it is raised again
                    return Unknown(f"accepted, but its fills are not known: {failure}")

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels one order; a number is the answer, so what became of it is asked for."""
        request = alone("deribit", requests)
        check = partial(check_cancel, venue=self._line.venue, request=request, pinned=pinned)
        sent = await self._line.writing.send(
            Write("cancel", forms.cancel_form(request), check, pinned), orders.canceled
        )
        if not isinstance(sent, int):
            return sent
        try:
            report = await self._seeking.order(request)
        except RunnerError as failure:  # looked up later, where it is raised again
            return Unknown(f"canceled, but what became of it is not known: {failure}")
        if report is None or report.state not in ENDED:
            return Unknown(f"deribit says that it canceled {sent}, but does not show it")
        return Accepted((report,))

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Of contracts only."""
        raise _no_contracts()

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Of contracts only."""
        raise _no_contracts()

    async def standing(self, symbol: str) -> Standing:
        """Of contracts only."""
        raise _no_contracts()

    async def account_id(self) -> str:
        """The number of the account, of a sub-account its own."""
        return await self._surveying.account_id()


def _no_contracts() -> Refused:
    return Refused(f"runner does not trade futures at deribit: {NO_CONTRACTS}")


def _time(_: MarketKind) -> Time:
    return Time(endpoints.TIME, answers.server_time)


#: A signature is taken for 60 s (docs.deribit.com, Authentication): what bounds a cancellation.
#: Orders name the same end as `valid_until`.
SPOKEN = Spoken(Deribit, WORDS, _time, instrument_name, window_ms=60_000)
