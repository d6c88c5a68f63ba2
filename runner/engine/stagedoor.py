"""The embedded exchange and its door without a wire between, and the faults a test asks for.

In: checked orders of a session. Out: outcomes and reports, as a real exchange's door tells them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from runner.core.limits import CheckedOrder
from runner.engine.replay import WINDOW_MS
from runner.engine.world import CandleRow, Tick, VenueProfile
from runner.exchange.balances import Balance
from runner.exchange.replay.acceptance import (
    cancel,
    rest,
    rest_pair,
    set_isolated,
    set_leverage,
    trade,
)
from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.orders import Kind, Order, Status, Ticket
from runner.exchange.replay.play import Player
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.setup import Setup
from runner.exchange.replay.tables import Window
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wallet import symbol_id
from runner.model.bars import Timeframe
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market
from runner.model.money import decimal_of
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    OrderType,
    Outcome,
    Pinned,
    Rejected,
    Side,
    Unknown,
)
from runner.rules.cases import Fault

_STATES = {
    Status.NEW: OrderState.ACCEPTED,
    Status.FILLED: OrderState.FILLED,
    Status.CANCELED: OrderState.CANCELED,
    Status.EXPIRED: OrderState.EXPIRED,
}
_ALL = 2**31  # rows of a ledger: no test has as many


class StagedVenue(Venue):
    """The embedded exchange with its faults; what is filled in part has its rest expired."""

    def __init__(
        self, setup: Setup, tapes: tuple[Tape, ...], ledger: Ledger, faults: Sequence[Fault]
    ) -> None:
        super().__init__(setup, tapes, ledger)
        self._faults = faults
        self._met: dict[str, set[str]] = {}  # by purpose, orders that were sent
        self._parts: dict[str, float] = {}
        self._happened: set[Fault] = set()

    def fault_of(self, requests: Sequence[OrderRequest]) -> str:
        """What happens to a request that is sent; empty: what should. Asked again it is well."""
        purpose, name = requests[0].purpose, requests[0].client_order_id
        met = self._met.setdefault(purpose, set())
        if name in met:
            return ""
        met.add(name)
        for fault in self._faults:
            if fault.purpose == purpose and fault.nth == len(met):
                self._happened.add(fault)
                if fault.kind == "partial_fill":
                    for one in requests:
                        self._parts[one.client_order_id] = float(fault.part)
                return fault.kind
        return ""

    def unmet(self) -> tuple[Fault, ...]:
        """Faults of which no request has come."""
        return tuple(fault for fault in self._faults if fault not in self._happened)

    def fill(self, order: Order, quantity: float, price: float, at_ms: int, maker: bool) -> Order:
        """On the market's steps, so much as a fault leaves of it."""
        part = self._parts.get(order.client_order_id, 1.0)
        if part < 1.0:
            step = self.market(order.symbol).quantity.step
            quantity = float(decimal_of(quantity * part) // step * step)
        return super().fill(order, quantity, price, at_ms, maker)


class StagedWorld:
    """Its clock, in lock step."""

    profile = VenueProfile(refuses_ids_for_ever=True, window_ms=WINDOW_MS, knows_end=True)

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def now_ms(self) -> int:
        """The simulated time."""
        return self._venue.now_ms

    async def look(self) -> Tick:
        """Where it stands."""
        clock = self._venue.timeline
        return Tick(clock.step, clock.now_ms, clock.ended, clock.in_bar)

    async def advance(self, after: Tick) -> Tick:
        """To the next close or fill to protect."""
        Player(self._venue).advance(after.step)
        return await self.look()

    def halt(self, reason: str) -> bool:
        """The test ends with the reason."""
        raise Halt(reason)

    def warn(self, text: str) -> None:
        """A test states what it assumes."""

    async def restore(self, attempt: int) -> None:
        """Nothing was away."""


class StagedExchange:
    """The door to it: the same words as the door to a real one, without a wire between."""

    def __init__(self, venue: StagedVenue) -> None:
        self._venue = venue
        self._markets = {market.symbol: market for market in venue.wallet.markets.values()}
        self._ids = {symbol: symbol_id(market) for symbol, market in self._markets.items()}
        self._symbols = {name: symbol for symbol, name in self._ids.items()}

    async def market(self, symbol: str) -> Market:
        """The rules that sizes are rounded by."""
        return self._markets[symbol]

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        """Closed bars, and the open of the one that forms."""
        tape = self._venue.tape(self._ids[symbol])
        rows = tape.visible(self._venue.now_ms, since_ms, None, limit)
        return [(row[0], *row[2:]) for row in rows]

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        """Contracts are worth what they last traded at."""
        return await self.bars(symbol, timeframe, since_ms, limit)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """What was settled by now."""
        funding = self._venue.tape(self._ids[symbol]).funding
        known = zip(funding.stamps_ms.tolist(), funding.rates.tolist(), strict=True)
        return [Rate(at, rate) for at, rate in known if since_ms <= at <= self._venue.now_ms]

    async def balances(self) -> Mapping[str, Balance]:
        """The quote currency: a replay asks for nothing else."""
        cash, free = (
            decimal_of(value) for value in (self._venue.wallet.account.cash, self._venue.available)
        )
        quote = next(iter(self._markets.values())).quote
        return {quote: Balance(free, cash - free)}

    async def positions(self) -> Mapping[str, Held]:
        """What is held."""
        return {
            symbol: Held(
                symbol,
                decimal_of(held.side * held.quantity),
                decimal_of(held.entry_price),
                decimal_of(held.margin),
                None,
            )
            for symbol, name in self._ids.items()
            if (held := self._venue.wallet.positions[name]).quantity > 0.0
        }

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """Isolated margin and this leverage."""
        name, wallet = self._ids[symbol], self._venue.wallet
        if wallet.futures:
            if not wallet.isolated[name]:
                set_isolated(self._venue, name)
            set_leverage(self._venue, name, int(leverage))

    async def admit(self, orders: tuple[CheckedOrder, ...]) -> str:
        """It has no limits."""
        return ""

    async def submit(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """As the faults have it."""
        requests = [order.request for order in orders]
        fault = self._venue.fault_of(requests)
        if fault == "timeout_before_accepting":
            return Unknown("no answer: the test's fault `timeout_before_accepting`")
        if fault == "reject":
            return Rejected("fault", "the test's fault `reject`")
        try:
            taken = self._taken(requests)
        except Refusal as no:
            return Rejected(str(no.code), no.message)
        if fault == "timeout_after_accepting":
            return Unknown("no answer: the test's fault `timeout_after_accepting`")
        return Accepted(tuple(map(self._report, taken)))

    def _taken(self, requests: Sequence[OrderRequest]) -> list[Order]:
        """In the order of the requests."""
        tickets = [self._ticket(request) for request in requests]
        if len(tickets) > 1:
            legs = sorted(
                tickets, key=lambda ticket: ticket.kind.is_stop
            )  # limit above, stop below
            rest_pair(self._venue, self._venue.made_up_id("list"), legs)
            names = [ticket.client_order_id for ticket in tickets]
            return [one for name in names if (one := self._venue.ledger.order_named(name))]
        take = trade if tickets[0].kind is Kind.MARKET else rest
        return [take(self._venue, tickets[0])]

    def _ticket(self, request: OrderRequest) -> Ticket:
        futures = self._venue.wallet.futures
        kinds = {
            OrderType.MARKET: Kind.MARKET,
            OrderType.LIMIT: Kind.LIMIT,
            OrderType.STOP: Kind.STOP_MARKET if futures else Kind.STOP_LOSS,
        }
        return Ticket(
            request.client_order_id,
            self._ids[request.symbol],
            request.side.upper(),
            kinds[request.type],
            float(request.quantity or 0),
            float(request.spend or 0),
            float(request.price or 0),
            float(request.stop_price or 0),
            reduces=request.reduce_only if futures else request.side is Side.SELL,
            post_only=request.post_only,
            by_mark=request.trigger_by_mark,
        )

    def _report(self, order: Order) -> OrderReport:
        state = _STATES[order.status]
        if state is OrderState.FILLED and order.executed < order.quantity and not order.spend:
            state = OrderState.EXPIRED
        return OrderReport(
            order.client_order_id,
            str(order.order_id),
            self._symbols[order.symbol],
            Side(order.side.lower()),
            state,
            self._execution(order),
        )

    def _execution(self, order: Order) -> Execution | None:
        fills = self._venue.ledger.fills_of(order.order_id)
        if not fills or not order.executed:
            return None
        (fill,) = fills
        return Execution(
            decimal_of(fill.quantity), decimal_of(fill.price), decimal_of(fill.fee), fill.at_ms
        )

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """All that was submitted together."""
        order = self._venue.ledger.order_named(orders[0].request.client_order_id)
        try:
            ended = cancel(self._venue, order) if order is not None else []
        except Refusal as no:
            return Rejected(str(no.code), no.message)
        return Accepted(tuple(map(self._report, ended)))

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """Whatever became of it; `None` where it never arrived."""
        order = self._venue.ledger.order_named(request.client_order_id)
        return None if order is None else self._report(order)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The list of all orders is the same ledger."""
        return await self.order(request)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """What rests."""
        name = self._ids[symbol]
        return [self._report(one) for one in self._venue.resting if one.symbol == name]

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Paid and received."""
        window = Window(self._ids[symbol], None, since_ms, None, _ALL)
        found = self._venue.ledger.payments_within(window)
        return [Funding(one.at_ms, decimal_of(one.income)) for one in found]

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """What the exchange closed by itself."""
        window = Window(self._ids[symbol], None, since_ms, None, _ALL)
        found = self._venue.ledger.orders_within(window, "client_order_id LIKE 'autoclose-%'")
        return [self._report(one) for one in found]
