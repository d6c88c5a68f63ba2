"""A small exchange in this process: it remembers what it was sent, and misbehaves when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from runner.core.limits import CheckedOrder
from runner.core.strategy import Strategy
from runner.engine.session import Session, Watch
from runner.engine.world import CandleRow, Tick, VenueProfile
from runner.exchange.balances import Balance
from runner.journal.database import Journal
from runner.journal.history import History
from runner.model.bars import Bars, Timeframe
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    OrderType,
    Outcome,
    Pinned,
    Side,
)
from tests.engine.values import a_market, run_data

Answer = Callable[["Book", tuple[CheckedOrder, ...]], Outcome | None]
OPEN = (OrderState.ACCEPTED, OrderState.PARTIALLY_FILLED)


class Clock:
    """Stands at the close of bar `row`; `forever`: the venue refuses a used id."""

    def __init__(self, market: Bars, forever: bool) -> None:
        self.market = market
        self.row = 0
        self.profile = VenueProfile(forever, window_ms=5000, knows_end=True)

    def now_ms(self) -> int:
        return self.market.closed_at(self.row)

    async def look(self) -> Tick:
        return Tick(self.row + 1, self.now_ms(), self.row == len(self.market) - 1, False)

    async def advance(self, after: Tick) -> Tick:
        if self.row < len(self.market) - 1 and self.row + 1 <= after.step:
            self.row += 1
        return await self.look()

    def halt(self, reason: str) -> bool:
        raise Halt(reason)

    def warn(self, text: str) -> None:
        """Nobody listens."""

    async def restore(self, attempt: int) -> None:
        """Nothing was away."""


class Book:
    """Fills market orders at the next open; `answer` may answer a submission in its place.

    What rests fills when a test says so. `log` has every request: sent or canceled.
    """

    def __init__(self, market: Bars, *, forever: bool = True) -> None:
        self.clock = Clock(market, forever)
        self.orders: dict[str, OrderReport] = {}
        self.requests: dict[str, OrderRequest] = {}
        self.log: list[str] = []
        self.answer: Answer = lambda book, orders: None
        self.late = False
        self.limits: Callable[[tuple[CheckedOrder, ...]], str] = lambda orders: ""

    @property
    def sent(self) -> list[str]:
        return [line for line in self.log if not line.startswith("cancel")]

    @property
    def held(self) -> Decimal:
        """Signed, base currency."""
        filled = [(one.side, one.execution) for one in self.orders.values()]
        signed = [(1 if side is Side.BUY else -1, done) for side, done in filled if done]
        return sum((sign * done.quantity for sign, done in signed), Decimal(0))

    async def market(self, symbol: str) -> Market:
        return a_market(symbol)

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        seen = self.clock.market.until(self.clock.row + (0 if self.late else 2))
        rows = zip(
            seen.opened_at.tolist(), seen.open.tolist(), seen.high.tolist(), seen.low.tolist(),
            seen.close.tolist(), seen.volume.tolist(), strict=True,
        )  # fmt: skip
        return [row for row in rows if row[0] >= since_ms][:limit]

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        return await self.bars(symbol, timeframe, since_ms, limit)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        return []

    async def balances(self) -> Mapping[str, Balance]:
        return {"USDT": Balance(Decimal(10_000), Decimal(0))}

    async def positions(self) -> Mapping[str, Held]:
        symbol, held = self.clock.market.symbol, self.held
        if ":" not in symbol or not held:
            return {}
        return {symbol: Held(symbol, held, Decimal(100), Decimal(1), None)}

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """It is so already."""

    async def admit(self, orders: tuple[CheckedOrder, ...]) -> str:
        return self.limits(orders)

    async def submit(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        self.log.append(" + ".join(in_words(order.request) for order in orders))
        answer = self.answer(self, orders)
        if answer is not None:
            return answer
        return Accepted(tuple(self.accept(order) for order in orders))

    def accept(self, order: CheckedOrder) -> OrderReport:
        request = order.request
        self.requests[request.client_order_id] = request
        self.orders[request.client_order_id] = OrderReport(
            request.client_order_id,
            str(len(self.orders) + 1),
            request.symbol,
            request.side,
            OrderState.ACCEPTED,
            None,
        )
        if request.type is OrderType.MARKET:
            opened = float(self.clock.market.open[self.clock.row + 1])
            self.fill(request.client_order_id, str(request.quantity), repr(opened))
        return self.orders[request.client_order_id]

    def fill(self, client_order_id: str, quantity: str, price: str) -> None:
        """So much of an order is filled in all; what is filled whole ends its siblings on spot."""
        request, at_ms = self.requests[client_order_id], self.clock.now_ms()
        whole = Decimal(quantity) == request.quantity
        self.orders[client_order_id] = replace(
            self.orders[client_order_id],
            state=OrderState.FILLED if whole else OrderState.PARTIALLY_FILLED,
            execution=Execution(Decimal(quantity), Decimal(price), Decimal(0), at_ms),
        )

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        self.log.append("cancel " + " + ".join(in_words(order.request) for order in orders))
        reports = [self.end(order.request.client_order_id) for order in orders]
        return Accepted(tuple(reports))

    def end(self, client_order_id: str) -> OrderReport:
        """Canceled, by us or by the exchange."""
        if self.orders[client_order_id].state in OPEN:
            ended = replace(self.orders[client_order_id], state=OrderState.CANCELED)
            self.orders[client_order_id] = ended
        return self.orders[client_order_id]

    async def order(self, request: OrderRequest) -> OrderReport | None:
        return self.orders.get(request.client_order_id)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        return self.orders.get(request.client_order_id)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        return [one for one in self.orders.values() if one.state in OPEN]

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        return []

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        return []

    def resting(self, kind: OrderType | None = None) -> list[str]:
        """Client order ids of what may still fill."""
        return [
            name
            for name, one in self.orders.items()
            if one.state in OPEN and kind in (None, self.requests[name].type)
        ]

    def behind_stops(self) -> Decimal:
        """What resting stops would sell or buy back."""
        return sum(
            (
                (self.requests[name].quantity or Decimal(0))
                - (done.quantity if (done := self.orders[name].execution) else 0)
                for name in self.resting(OrderType.STOP)
                if self.requests[name].purpose == "protect"
            ),
            Decimal(0),
        )


def in_words(request: OrderRequest) -> str:
    """`protect sell 10 stop 95`."""
    price = request.price or request.stop_price
    numbers = [] if price is None else [number(price)]
    amount = number(request.quantity or request.spend or Decimal(0))
    return " ".join([request.purpose, request.side, amount, request.type, *numbers])


def number(value: Decimal) -> str:
    """Without zeros at its end."""
    return f"{value.normalize():f}"


def trade(
    strategy: Strategy,
    book: Book,
    path: Path,
    step: Callable[[str], None] = lambda name: None,
    after: Callable[[], None] = lambda: None,
) -> History:
    """A session to the end of the bars; `after` is told of each bar. Returns the journal."""
    data = run_data(book.clock.market)
    markets = tuple(a_market(symbol, step="0.001") for symbol in strategy.symbols)
    with Journal.open(path, book.clock.now_ms, step) as journal:
        journal.take_lease()
        watch = Watch(lambda record: None, lambda seen: after())
        session = Session(strategy, markets, journal, book, book.clock, watch, data)
        asyncio.run(session.run())
    return Journal.read(path)
