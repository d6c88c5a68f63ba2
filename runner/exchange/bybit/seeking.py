"""Orders looked up at Bybit: by our id, in the lists of all orders, and with their fills.

In: requests and symbols of ours. Out: reports with their executions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from typing import Any

from runner.exchange.bybit import endpoints, orders
from runner.exchange.bybit.orders import Seen
from runner.exchange.bybit.paging import all_rows, spans, weeks
from runner.exchange.bybit.symbols import category_of, is_contract, market_id
from runner.exchange.dialect import Line
from runner.exchange.reading import Row
from runner.model.errors import Halt
from runner.model.orders import ENDED, OrderReport, OrderRequest, OrderType, Side

# Most rows of one answer (order/open-order, order-list; order/execution).
_ORDERS, _FILLS = 50, 100


class Seeking:
    """Asks about the orders of one account; `price` tells what a symbol was last traded at."""

    __slots__ = ("_asking", "_clock", "_price", "spend_steps", "steps")

    def __init__(self, line: Line, price: Callable[[str], Awaitable[Decimal]]) -> None:
        self._asking, self._clock, self._price = line.asking, line.clock, price
        #: Of quantities, and of amounts to spend, by symbol, as far as they are known.
        self.steps: dict[str, Decimal] = {}
        self.spend_steps: dict[str, Decimal] = {}

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist.

        Halt where a stop of spot waits on the wrong side of the price, which is asked twice: the
        stop may be triggered at this moment.
        """
        found = await self.by_name(request)
        if found is None:
            return None
        if found.waits and await self.is_misplaced(request) and await self.is_misplaced(request):
            raise Halt(
                f"stop `{request.client_order_id}` of {request.symbol} waits for the price to come "
                f"back to {request.stop_price}: cancel it at bybit, and do by hand what it was for"
            )
        return await self.report(found)

    async def by_name(self, request: OrderRequest) -> Seen | None:
        """The order by our id, its fills still to be read."""
        asked = _at(request.symbol) | {"orderLinkId": request.client_order_id}
        found = await self._one(endpoints.ORDERS, request, asked)
        for span in () if found else spans(request.decided_at, self._clock()):
            found = await self._one(endpoints.PAST_ORDERS, request, asked | span)
            if found:
                break
        return found

    async def _one(
        self, endpoint: str, request: OrderRequest, asked: dict[str, Any]
    ) -> Seen | None:
        return await self._asking.read(
            f"order `{request.client_order_id}`",
            endpoint,
            asked,
            lambda document: orders.one(document, request),
        )

    async def has_passed(self, request: OrderRequest) -> bool:
        """Whether the price is where a stop would be triggered at once."""
        price, stop = await self._price(request.symbol), request.stop_price
        assert stop is not None  # asked of stops only
        return price >= stop if request.side is Side.BUY else price <= stop

    async def is_misplaced(self, request: OrderRequest) -> bool:
        """Whether a stop of spot waits although the price has passed it.

        Bybit takes from the price at that instant which way a stop of spot waits: one that arrives
        too late waits for the price to come back (ccxt issue 19000), and no answer tells. The price
        is asked first: a stop that waits afterwards, with the price beyond it, waits wrongly.
        """
        if is_contract(request.symbol) or request.type is not OrderType.STOP:
            return False
        passed = await self.has_passed(request)
        if not passed:
            return False
        found = await self.by_name(request)
        return found is not None and found.waits

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        for row in await self._all(endpoints.ORDERS, request.symbol, {"openOnly": 0}):
            if row.get("orderLinkId") == request.client_order_id:
                return await self._same(row, request)
        for week in weeks(since_ms, self._clock()):
            for row in await self._all(endpoints.PAST_ORDERS, request.symbol, week):
                if row.get("orderLinkId") == request.client_order_id:
                    return await self._same(row, request)
        return None

    async def _same(self, row: Row, request: OrderRequest) -> OrderReport:
        found = self._asking.understood("the orders", lambda: orders.same(row, request))
        return await self.report(found)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it.

        The list also has orders that have ended.
        """
        rows = await self._all(endpoints.ORDERS, symbol, {"openOnly": 0})
        read = [
            self._asking.understood("the orders", partial(orders.seen, row, symbol)) for row in rows
        ]
        return [await self.report(order) for order in read if order.report.state not in ENDED]

    async def _all(self, endpoint: str, symbol: str, asked: dict[str, Any]) -> list[Row]:
        asked = _at(symbol) | asked | {"limit": _ORDERS}
        return await all_rows(self._asking, "the orders", endpoint, asked, category_of(symbol))

    async def forced(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position: liquidations and deleveraging."""
        rows: list[Row] = []
        for week in weeks(since_ms, self._clock()):
            rows += await self._fills(symbol, week)
        return self._asking.understood("the liquidations", lambda: orders.forced(rows, symbol))

    async def report(self, order: Seen) -> OrderReport:
        """The order with its execution."""
        if not order.filled:
            return order.report
        symbol, number = order.report.symbol, order.report.exchange_order_id
        rows: list[Row] = []
        for span in spans(order.placed_ms, self._clock()):
            rows += await self._fills(symbol, {"orderId": number} | span)
        step = None if is_contract(symbol) else self.steps.get(symbol)
        return self._asking.understood(
            "its fills", lambda: orders.with_execution(order, rows, step)
        )

    async def _fills(self, symbol: str, asked: dict[str, Any]) -> list[Row]:
        asked = _at(symbol) | asked | {"limit": _FILLS}
        return await all_rows(
            self._asking, "the fills", endpoints.FILLS, asked, category_of(symbol)
        )


def _at(symbol: str) -> dict[str, Any]:
    return {"category": category_of(symbol), "symbol": market_id(symbol)}
