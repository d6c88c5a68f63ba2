"""Orders looked up at BingX: by our id, and in the lists of all orders.

In: requests and symbols of ours. Out: reports with their executions. On spot BingX knows an order
by our id for two hours only (Place order, `newClientOrderId`); then its lists are searched.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from runner.exchange.bingx import answers, endpoints, orders
from runner.exchange.bingx.endpoints import signed
from runner.exchange.bingx.orders import Seen
from runner.exchange.bingx.paging import AHEAD_MS, all_rows
from runner.exchange.bingx.symbols import market_id
from runner.exchange.bingx.words import NO_SUCH_ORDER
from runner.exchange.dialect import Line
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.markets import MarketKind
from runner.model.orders import OrderReport, OrderRequest, OrderState

# Most rows of one answer (All Orders; Query Order history; User's Force Orders).
_ORDERS, _PAST, _FORCED = 1000, 100, 100
#: How long our id is trusted on spot: half of what BingX promises.
_NAMED_MS = 3_600_000


class Seeking:
    """Asks about the orders of one account and one kind of market."""

    __slots__ = ("_asking", "_clock", "_spot", "steps")

    def __init__(self, line: Line) -> None:
        self._asking, self._clock = line.asking, line.clock
        self._spot = line.kind is MarketKind.SPOT
        self.steps: dict[str, Decimal] = {}  # of quantities, by symbol, as far as they are known

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        found = await self.by_name(request)
        return None if found is None else await self.report(found)

    async def by_name(self, request: OrderRequest) -> Seen | None:
        """The order by our id, its execution still to be read."""
        named = "clientOrderID" if self._spot else "clientOrderId"
        found = await self._asking.look_up(
            f"order `{request.client_order_id}`",
            endpoints.SPOT_ORDER if self._spot else endpoints.ORDER,
            _at(request.symbol) | {named: request.client_order_id},
            lambda document: orders.one(document, request),
            NO_SUCH_ORDER,
        )
        if found is None and self.outlives_its_name(request):
            return await self._listed(request, request.decided_at)
        return found

    def outlives_its_name(self, request: OrderRequest) -> bool:
        """Whether BingX may have forgotten our id by now."""
        return self._spot and self._clock() - request.decided_at > _NAMED_MS

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        found = await self._listed(request, since_ms)
        return None if found is None else await self.report(found)

    async def _listed(self, request: OrderRequest, since_ms: int) -> Seen | None:
        """Halt where the lists have an order like it that nobody's id is at: it may be this one."""
        listed = await self._all(request.symbol, since_ms)
        for order in listed:
            if order.name == request.client_order_id:
                return self._asking.understood(
                    "the orders", partial(orders.same, order.row, request)
                )
        for order in listed:
            if self._asking.understood("the orders", partial(_is_twin, order, request)):
                raise Halt(
                    f"bingx has an order like `{request.client_order_id}` that it took without "
                    f"the id, {order.report.exchange_order_id}: look at the account there"
                )
        return None

    async def _all(self, symbol: str, since_ms: int) -> list[Seen]:
        async def ask(span: dict[str, int]) -> list[Row]:
            if self._spot:
                asked = {"pageIndex": 1, "pageSize": _PAST} | span
                return await self._rows(endpoints.SPOT_PAST_ORDERS, symbol, asked)
            return await self._rows(endpoints.ALL_ORDERS, symbol, {"limit": _ORDERS} | span)

        rows = await self._rows(self._open_endpoint(), symbol, {})
        most = _PAST if self._spot else _ORDERS
        rows += await all_rows(ask, since_ms, self._clock() + AHEAD_MS, most)
        return self._asking.understood("the orders", lambda: orders.all_seen(rows, symbol))

    def _open_endpoint(self) -> str:
        return endpoints.SPOT_OPEN_ORDERS if self._spot else endpoints.OPEN_ORDERS

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""
        rows = await self._rows(self._open_endpoint(), symbol, {})
        read = self._asking.understood("the orders", lambda: orders.all_seen(rows, symbol))
        return [await self.report(order) for order in read]

    async def forced(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position: liquidations and deleveraging."""

        async def ask(span: dict[str, int]) -> list[Row]:
            return await self._rows(endpoints.FORCED_ORDERS, symbol, {"limit": _FORCED} | span)

        rows = await all_rows(ask, since_ms, self._clock() + AHEAD_MS, _FORCED)
        read = self._asking.understood("the liquidations", lambda: orders.all_seen(rows, symbol))
        told = [await self.report(order) for order in read]
        return sorted(told, key=lambda it: it.execution.at_ms if it.execution else 0)

    async def report(self, order: Seen) -> OrderReport:
        """The order with its execution; asked for by number where a list lacks a part of it."""
        if not order.filled:
            return order.report
        if not orders.tells_fee(order):
            order = await self._by_number(order)
        step = self.steps.get(order.report.symbol)
        return self._asking.understood("its fills", lambda: orders.with_execution(order, step))

    async def _by_number(self, order: Seen) -> Seen:
        number, symbol = order.report.exchange_order_id, order.report.symbol

        def read(document: Any) -> Seen:
            found = orders.seen(answers.fields(document), symbol)
            other = bool(order.name) and found.name != order.name
            if other or found.report.exchange_order_id != number:
                raise Unreadable("with another order than the one asked for")
            return found

        asked = _at(symbol) | {"orderId": number}
        return await self._asking.read(f"order {number}", endpoints.SPOT_ORDER, asked, read)

    async def _rows(self, endpoint: str, symbol: str, asked: dict[str, Any]) -> list[Row]:
        return await self._asking.read(
            "the orders", endpoint, _at(symbol) | asked, lambda it: answers.listed(it, "orders")
        )


def _is_twin(order: Seen, request: OrderRequest) -> bool:
    """An order without an id that equals the one that was sent, and is not known to have failed."""
    if order.name is None:
        raise Unreadable("with an order that does not tell whose it is")
    return order.report.state is not OrderState.REJECTED and orders.looks_like(order, request)


def _at(symbol: str) -> dict[str, Any]:
    return signed({"symbol": market_id(symbol)})
