"""A small exchange in this process: it remembers what it was sent, and misbehaves when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from runner.core.limits import CheckedOrder
from runner.core.strategy import Strategy
from runner.engine.session import Session, Watch
from runner.engine.world import CandleRow, Tick, VenueProfile
from runner.exchange.balances import Balance
from runner.journal.database import Journal
from runner.journal.history import History
from runner.model.bars import Bars, Timeframe
from runner.model.markets import Market
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderState,
    OrderType,
    Outcome,
    Pinned,
)
from tests.engine.values import HOUR, a_market

Answer = Callable[["Book", tuple[CheckedOrder, ...]], Outcome | None]


def bars(*rows: str) -> Bars:
    """One bar per text of open, high, low and close."""
    table = np.array([[float(number) for number in row.split()] for row in rows])
    prices = np.ascontiguousarray(table.T)
    opened_at = np.arange(len(rows), dtype=np.int64) * HOUR.ms
    volume = np.ones(len(rows))
    return Bars("BTC/USDT", HOUR, opened_at, prices[0], prices[1], prices[2], prices[3], volume)


class Clock:
    """Stands at the close of bar `row`; `forever`: the venue refuses a used id."""

    def __init__(self, market: Bars, forever: bool) -> None:
        self.market = market
        self.row = 0
        self.profile = VenueProfile(refuses_ids_for_ever=forever, window_ms=5000)

    def now_ms(self) -> int:
        return self.market.closed_at(self.row)

    async def advance(self, after_ms: int) -> Tick:
        last = len(self.market) - 1
        while self.row < last and self.now_ms() <= after_ms:
            self.row += 1
        return Tick(self.now_ms(), self.row == last)

    async def restore(self, attempt: int) -> None:
        """Nothing was away."""


class Book:
    """Fills market orders at the next open; `answer` may answer a submission in its place."""

    def __init__(self, market: Bars, *, forever: bool = True) -> None:
        self.clock = Clock(market, forever)
        self.orders: dict[str, OrderReport] = {}
        self.sent: list[tuple[str, ...]] = []
        self.answer: Answer = lambda book, orders: None
        self.late = False

    async def market(self) -> Market:
        return a_market()

    async def bars(self, timeframe: Timeframe, since_ms: int, limit: int) -> list[CandleRow]:
        seen = self.clock.market.until(self.clock.row + (1 if self.late else 2))
        rows = zip(
            seen.opened_at.tolist(), seen.open.tolist(), seen.high.tolist(), seen.low.tolist(),
            seen.close.tolist(), seen.volume.tolist(), strict=True,
        )  # fmt: skip
        if self.late:
            return [row for row in list(rows)[:-1] if row[0] >= since_ms][:limit]
        return [row for row in rows if row[0] >= since_ms][:limit]

    async def balances(self) -> Mapping[str, Balance]:
        return {"USDT": Balance(Decimal(10_000), Decimal(0))}

    async def submit(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        self.sent.append(tuple(f"{o.request.purpose} {o.request.type}" for o in orders))
        answer = self.answer(self, orders)
        if answer is not None:
            return answer
        return Accepted(tuple(self.accept(order) for order in orders))

    def accept(self, order: CheckedOrder) -> OrderReport:
        request, execution = order.request, None
        if request.type is OrderType.MARKET:
            row = self.clock.row + 1
            price = Decimal(repr(float(self.clock.market.open[row])))
            at_ms = int(self.clock.market.opened_at[row])
            execution = Execution(request.quantity or Decimal(0), price, Decimal(0), at_ms)
        report = OrderReport(
            request.client_order_id,
            str(len(self.orders) + 1),
            request.symbol,
            request.side,
            OrderState.ACCEPTED if execution is None else OrderState.FILLED,
            execution,
        )
        self.orders[request.client_order_id] = report
        return report

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        reports = [self.end(order.request.client_order_id) for order in orders]
        return Accepted(tuple(reports))

    def end(self, client_order_id: str) -> OrderReport:
        """Canceled, by us or by the exchange."""
        report = replace(self.orders[client_order_id], state=OrderState.CANCELED)
        self.orders[client_order_id] = report
        return report

    async def order(self, client_order_id: str) -> OrderReport | None:
        return self.orders.get(client_order_id)

    async def find(self, client_order_id: str, since_ms: int) -> OrderReport | None:
        return self.orders.get(client_order_id)

    async def open_orders(self) -> list[OrderReport]:
        return [one for one in self.orders.values() if one.state is OrderState.ACCEPTED]

    def resting(self) -> list[str]:
        return [name for name, one in self.orders.items() if one.state is OrderState.ACCEPTED]


def trade(
    strategy: Strategy,
    book: Book,
    path: Path,
    step: Callable[[str], None] = lambda name: None,
    after: Callable[[Bars], None] = lambda seen: None,
) -> History:
    """A session to the end of the bars; `after` is told of each bar. Returns the journal."""
    with Journal.open(path, book.clock.now_ms, step) as journal:
        journal.take_lease()
        watch = Watch(lambda record: None, after)
        asyncio.run(Session(strategy, a_market(), journal, book, book.clock, watch).run())
    return Journal.read(path)
