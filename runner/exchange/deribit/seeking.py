"""Orders looked up: by name, in the lists of all orders, and with their fills.

In: requests and symbols of ours. Out: reports with their executions. Deribit keeps ended orders for
30 minutes and fills for a day in one place, and later in another (`historical`); an order that is
on its way there is in both for a while (articles/accessing-historical-trades-orders).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.deribit import answers, endpoints, orders
from runner.exchange.deribit.orders import Seen, StopsPage
from runner.exchange.deribit.symbols import base_of, instrument_name, quote_of
from runner.exchange.reading import Row
from runner.model.errors import Unavailable
from runner.model.orders import OrderReport, OrderRequest, OrderType

_PAGE = 1_000  # most orders in one answer
_NO_SUCH_CURRENCY = frozenset({"-32602"})  # "Invalid params"
_NEXT = "continuation"
_NOW_AND_THEN = ("false", "true")  # of late; older ones


class Seeking:
    """Asks about the orders of one account."""

    __slots__ = ("_asking", "steps")

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.steps: dict[str, Decimal] = {}  # of quantities, by symbol, as far as they are known

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` where the exchange lists none of that name.

        Of a pair of two currencies it is not documented which its orders are filed under: the
        quote currency is asked for first.
        """
        name, symbol = request.client_order_id, request.symbol
        found = await self._asking.read(
            f"order `{name}`",
            endpoints.BY_NAME,
            {"currency": quote_of(symbol), "label": name},
            lambda document: orders.named(document, request),
        )
        others = await self._asking.look_up(
            f"order `{name}`",
            endpoints.BY_NAME,
            {"currency": base_of(symbol), "label": name},
            lambda document: orders.named(document, request),
            _NO_SUCH_CURRENCY,
        )
        order = orders.one([*found, *(others or [])], request)
        return None if order is None else await self.report(order)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        found = await self._resting(request.symbol)
        for historical in _NOW_AND_THEN:
            found += await self._ended(request.symbol, historical, since_ms)
        order = orders.one(found, request)
        if order is not None:
            return await self.report(order)
        if request.type is not OrderType.STOP:
            return None
        return await self._ended_stop(request, since_ms)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""
        return [await self.report(order) for order in await self._resting(symbol)]

    async def _resting(self, symbol: str) -> list[Seen]:
        return await self._asking.read(
            "the orders",
            endpoints.OPEN_ORDERS,
            {"instrument_name": instrument_name(symbol), "type": "all"},
            lambda document: orders.all_seen(document, symbol),
        )

    async def _ended(self, symbol: str, historical: str, since_ms: int) -> list[Seen]:
        """Page by page, at least those since `since_ms`."""
        found: dict[str, Seen] = {}
        while True:
            asked = {
                "instrument_name": instrument_name(symbol),
                "count": _PAGE,
                "offset": len(found),
                "include_old": "true",
                "include_unfilled": "true",
                "historical": historical,
            }
            page = await self._asking.read(
                "the orders",
                endpoints.ENDED_ORDERS,
                asked,
                lambda document: orders.all_seen(document, symbol),
            )
            known = len(found)
            found |= {order.number: order for order in page}
            told_ms = [order.placed_ms for order in page]
            if len(page) < _PAGE or orders.are_before(told_ms, since_ms):
                return list(found.values())
            if len(found) == known:
                raise Unavailable("deribit tells the same orders again and again; try again later")

    async def _ended_stop(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """A stop that ended without an order; it may be filed under either currency."""
        for currency in (quote_of(request.symbol), base_of(request.symbol)):
            asked: dict[str, Any] = {
                "currency": currency,
                "instrument_name": instrument_name(request.symbol),
                "count": _PAGE,
            }
            while page := await self._stops(request, asked):
                if page.ours is not None:
                    return page.ours
                over = len(page.told_ms) < _PAGE or page.following in ("", asked.get(_NEXT))
                if over or orders.are_before(page.told_ms, since_ms):
                    break
                asked[_NEXT] = page.following
        return None

    async def _stops(self, request: OrderRequest, asked: dict[str, Any]) -> StopsPage | None:
        return await self._asking.look_up(
            f"stop `{request.client_order_id}`",
            endpoints.ENDED_STOPS,
            asked,
            lambda document: orders.ended_stops(document, request),
            _NO_SUCH_CURRENCY,
        )

    async def report(self, order: Seen) -> OrderReport:
        """The order with its execution."""
        if not order.filled:
            return order.report
        step = self.steps.get(order.report.symbol)
        rows = order.fills
        if orders.quantity_of(rows) != order.filled:
            rows = await self._fills(order)
        return self._asking.understood(
            "its fills", lambda: orders.with_execution(order, rows, step)
        )

    async def _fills(self, order: Seen) -> tuple[Row, ...]:
        """Those of late, and where they do not add up, the older ones, too."""
        found: dict[str, Row] = {}
        for historical in _NOW_AND_THEN:
            rows = await self._asking.read(
                "the fills",
                endpoints.FILLS,
                {"order_id": order.number, "historical": historical},
                lambda document: orders.fills(document, order),
            )
            found |= {row["trade_id"]: row for row in rows}
            if orders.quantity_of(found.values()) == order.filled:
                break
        return tuple(sorted(found.values(), key=lambda row: answers.amount(row, "timestamp")))
