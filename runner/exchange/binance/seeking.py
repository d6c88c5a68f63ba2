"""Orders looked up: by name, in the lists of all orders, and with their fills.

In: requests and symbols of ours. Out: reports with their executions. Conditional orders of futures
are followed to the orders that they became.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.binance import algo, endpoints, orders
from runner.exchange.binance.algo import Conditional
from runner.exchange.binance.orders import Seen
from runner.exchange.binance.symbols import market_id, quote_of
from runner.exchange.reading import Row
from runner.model.errors import Unavailable
from runner.model.markets import MarketKind
from runner.model.orders import OrderReport, OrderRequest, OrderType

_PAGE = 1000  # most orders and trades in one answer (rest-api.md; futures: Account-Trade-List)
_FORCED_PAGE = 100  # most forced orders in one answer (Users-Force-Orders)
_DAY_MS = 86_400_000
#: Futures tell at most 7 days of orders in one answer, and trades of the last 7 days unless told
#: since when (All-Orders, Query-All-Algo-Orders, Account-Trade-List).
_WEEK_MS = 7 * _DAY_MS
_RECENT_MS = 6 * _DAY_MS


class Seeking:
    """Asks about the orders of one account and one kind of market."""

    __slots__ = ("_asking", "_clock", "_endpoints", "_kind", "steps")

    def __init__(self, kind: MarketKind, asking: Asking, clock: Callable[[], int]) -> None:
        self._kind, self._asking, self._clock = kind, asking, clock
        self._endpoints = endpoints.ENDPOINTS[kind]
        self.steps: dict[str, Decimal] = {}  # of quantities, by symbol, as far as they are known

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        name, symbol = request.client_order_id, request.symbol
        found: Seen | Conditional | None
        if self.waits(request):
            found = await self._asking.look_up(
                f"order `{name}`",
                endpoints.ALGO_ORDER,
                {"clientAlgoId": name},
                lambda row: algo.seen(row, symbol, name),
                {orders.NO_SUCH_ORDER},
            )
        else:
            found = await self._asking.look_up(
                f"order `{name}`",
                self._endpoints.order,
                _at(symbol) | {"origClientOrderId": name},
                lambda row: orders.seen(row, symbol, name),
                {orders.NO_SUCH_ORDER},
            )
        return None if found is None else await self.report(found, request.decided_at)

    def waits(self, request: OrderRequest) -> bool:
        """Whether the order is conditional, and so in another list than the others."""
        return self._kind is MarketKind.FUTURES and request.type is OrderType.STOP

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        for asked in self._weeks(since_ms):
            while found := await self._list(request, asked):
                for order in found:
                    if order.report.client_order_id == request.client_order_id:
                        return await self.report(order, request.decided_at)
                if len(found) < _PAGE:
                    break
                asked = self._after(request, found)
        return None

    def _weeks(self, since_ms: int) -> Iterator[dict[str, Any]]:
        """Stretches of time that one question may span."""
        if self._kind is MarketKind.SPOT:
            yield {"startTime": since_ms}
            return
        while since_ms + _WEEK_MS <= self._clock():
            yield {"startTime": since_ms, "endTime": since_ms + _WEEK_MS - 1}
            since_ms += _WEEK_MS
        yield {"startTime": since_ms}

    async def _list(
        self, request: OrderRequest, asked: dict[str, Any]
    ) -> tuple[Seen, ...] | tuple[Conditional, ...]:
        asked = asked | {"limit": _PAGE}
        if self.waits(request):
            return await self._conditional(endpoints.ALL_ALGO_ORDERS, request.symbol, asked)
        return await self._plain(self._endpoints.all_orders, request.symbol, asked)

    def _after(
        self, request: OrderRequest, found: tuple[Seen, ...] | tuple[Conditional, ...]
    ) -> dict[str, Any]:
        """What asks for the orders behind those found."""
        last = max(int(order.report.exchange_order_id) for order in found)
        return {"algoId" if self.waits(request) else "orderId": last + 1}

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""
        resting: tuple[Seen | Conditional, ...]
        resting = await self._plain(self._endpoints.open_orders, symbol, {})
        if self._kind is MarketKind.FUTURES:
            resting += await self._conditional(endpoints.OPEN_ALGO_ORDERS, symbol, {})
        return [await self.report(order, None) for order in resting]

    async def forced(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position: liquidations and deleveraging.

        Their names are the exchange's (`autoclose-…`, `adl_autoclose`), not always different.
        """
        found: dict[str, Seen] = {}
        asked: dict[str, Any] = {"startTime": since_ms, "limit": _FORCED_PAGE}
        while rows := await self._plain(endpoints.FORCED_ORDERS, symbol, asked):
            new = {order.number: order for order in rows if order.number not in found}
            found |= new
            if len(rows) < _FORCED_PAGE or not new:
                break
            asked["startTime"] = max(order.placed_ms or 0 for order in rows)
        in_time = sorted(found.values(), key=lambda order: order.placed_ms or 0)
        return [await self.report(order, None) for order in in_time]

    async def _plain(self, endpoint: str, symbol: str, asked: dict[str, Any]) -> tuple[Seen, ...]:
        return await self._asking.read(
            "the orders", endpoint, _at(symbol) | asked, lambda rows: orders.all_seen(rows, symbol)
        )

    async def _conditional(
        self, endpoint: str, symbol: str, asked: dict[str, Any]
    ) -> tuple[Conditional, ...]:
        return await self._asking.read(
            "the stop orders",
            endpoint,
            _at(symbol) | asked,
            lambda rows: algo.all_seen(rows, symbol),
        )

    async def report(self, order: Seen | Conditional, since_ms: int | None) -> OrderReport:
        """The order with its execution; `since_ms`: when it was decided, if that is known."""
        if isinstance(order, Conditional):
            if not order.number:
                return order.report
            order = await self._became(order)
        if not order.filled:
            return order.report
        seen, quote = order, quote_of(order.report.symbol)
        step = self.steps.get(seen.report.symbol)
        placed_ms = since_ms if seen.placed_ms is None else seen.placed_ms
        fills = seen.fills or await self._trades(seen, placed_ms)
        return self._asking.understood(
            "its fills", lambda: orders.with_execution(seen, fills, quote, step)
        )

    async def _became(self, order: Conditional) -> Seen:
        """The order that a triggered one became."""
        symbol, name = order.report.symbol, order.report.client_order_id
        real = await self._asking.look_up(
            f"what became of stop `{name}`",
            self._endpoints.order,
            _at(symbol) | {"orderId": order.number},
            lambda row: algo.became(order, orders.seen(row, symbol, None)),
            {orders.NO_SUCH_ORDER},
        )
        if real is None:  # triggered a moment ago
            raise Unavailable(f"what became of stop `{name}` is not told yet; try again later")
        return real

    async def _trades(self, order: Seen, placed_ms: int | None) -> tuple[Row, ...]:
        """The fills of one order, page by page; of futures week by week where it is old."""
        old = placed_ms is not None and placed_ms < self._clock() - _RECENT_MS
        if self._kind is MarketKind.FUTURES and old:
            assert placed_ms is not None
            weeks = [await self._page(order, asked) for asked in self._weeks(placed_ms)]
            return tuple(row for rows in weeks for row in rows)
        trades = rows = await self._page(order, {})
        while len(rows) == _PAGE:
            rows = await self._page(order, {"fromId": int(rows[-1]["id"]) + 1})
            trades += rows
        return trades

    async def _page(self, order: Seen, asked: dict[str, Any]) -> tuple[Row, ...]:
        asked = _at(order.report.symbol) | {"orderId": order.number, "limit": _PAGE} | asked
        return await self._asking.read("the fills", self._endpoints.trades, asked, orders.trades)


def _at(symbol: str) -> dict[str, Any]:
    return {"symbol": market_id(symbol)}
