"""Orders looked up: by name, in the lists of all orders, and with their fills.

In: requests and symbols of ours. Out: reports with their executions. Stops of futures are followed
to the orders that they became.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.bitget import endpoints, fills, orders, stops
from runner.exchange.bitget.endpoints import ENDPOINTS
from runner.exchange.bitget.fills import Fill
from runner.exchange.bitget.orders import Seen
from runner.exchange.bitget.stops import Page, Stop
from runner.exchange.bitget.symbols import at, beside
from runner.exchange.bitget.words import NO_SUCH_ORDER
from runner.model.errors import Unavailable
from runner.model.markets import MarketKind
from runner.model.orders import OrderReport, OrderRequest, OrderType

_PAGE = 100  # most rows of one answer (Get-History-Orders, Get-Fills and their like of futures)


class Seeking:
    """Asks about the orders of one account and one kind of market."""

    __slots__ = ("_asking", "_endpoints", "_kind", "steps")

    def __init__(self, kind: MarketKind, asking: Asking) -> None:
        self._kind, self._asking = kind, asking
        self._endpoints = ENDPOINTS[kind]
        self.steps: dict[str, Decimal] = {}  # of quantities, by symbol, as far as they are known

    def waits(self, request: OrderRequest) -> bool:
        """Whether the order is a stop, and so in another list than the others."""
        return self._kind is MarketKind.FUTURES and request.type is OrderType.STOP

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        if self.waits(request):
            stop = await self._stop(request, {"clientOid": request.client_order_id})
            return None if stop is None else await self.stop_report(stop)
        name, symbol = request.client_order_id, request.symbol
        found = await self._asking.look_up(
            f"order `{name}`",
            self._endpoints.order,
            beside(symbol) | {"clientOid": name},
            lambda document: orders.one(document, symbol, name),
            NO_SUCH_ORDER,
        )
        return None if found is None else await self.report(found)

    async def submitted(self, request: OrderRequest) -> OrderReport | None:
        """The order that was placed a moment ago, equal to what was sent."""
        if self.waits(request):
            stop = await self._stop(request, {"clientOid": request.client_order_id})
            if stop is None:
                return None
            self._asking.understood("the stop", lambda: stops.require_same(stop, request))
            return await self.stop_report(stop)
        found = await self._asking.look_up(
            f"order `{request.client_order_id}`",
            self._endpoints.order,
            beside(request.symbol) | {"clientOid": request.client_order_id},
            lambda document: orders.submitted(document, request),
            NO_SUCH_ORDER,
        )
        return None if found is None else await self.report(found)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`.

        What rests is listed first: an order that ends meanwhile is then in the list of old ones.
        """
        since = {"startTime": str(since_ms)}
        if self.waits(request):
            stop = await self._stop(request, since)
            return None if stop is None else await self.stop_report(stop)
        resting = await self._resting(request.symbol)
        async for order in self._listed(self._endpoints.history, request.symbol, since, resting):
            if order.report.client_order_id == request.client_order_id:
                return await self.report(order)
        return None

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""
        found = [await self.report(order) for order in await self._resting(symbol)]
        if self._kind is MarketKind.FUTURES:
            for kind in stops.KINDS:
                async for page in self._stops(endpoints.STOPS, symbol, kind, {}):
                    found += [stop.report for stop in page.stops]
        return found

    async def forced(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position: liquidations and deleveraging."""
        found: list[Seen] = []
        asked = at(symbol) | {"limit": str(_PAGE), "startTime": str(since_ms)}
        while True:
            rows = await self._asking.read(
                "the orders", self._endpoints.history, asked, lambda it: orders.forced(it, symbol)
            )
            found += [order for order, is_forced in rows if is_forced]
            if len(rows) < _PAGE:
                break
            asked = _older(asked, rows[-1][0].number)
        in_time = sorted(found, key=lambda order: order.placed_ms)
        return [await self.report(order) for order in in_time]

    async def _resting(self, symbol: str) -> list[Seen]:
        """Futures list partly filled orders only where they are asked for (Get-Orders-Pending)."""
        if self._kind is MarketKind.SPOT:
            return [it async for it in self._listed(endpoints.SPOT_RESTING, symbol, {}, [])]
        found: dict[str, Seen] = {}
        for status in ("live", "partially_filled"):
            asked = {"status": status}
            async for order in self._listed(endpoints.RESTING, symbol, asked, []):
                found[order.number] = order
        return list(found.values())

    async def _listed(
        self, endpoint: str, symbol: str, asked: dict[str, str], first: list[Seen]
    ) -> AsyncIterator[Seen]:
        """`first`, then every order of a list, page by page, the newest first."""
        for order in first:
            yield order
        question = at(symbol) | {"limit": str(_PAGE)} | asked
        while True:
            rows = await self._asking.read(
                "the orders", endpoint, question, lambda it: orders.all_seen(it, symbol)
            )
            for order in rows:
                yield order
            if len(rows) < _PAGE:
                return
            question = _older(question, rows[-1].number)

    async def _stop(self, request: OrderRequest, asked: dict[str, str]) -> Stop | None:
        """Ours, among those that wait or among the old ones."""
        for endpoint in (endpoints.STOPS, endpoints.OLD_STOPS):
            async for page in self._stops(endpoint, request.symbol, stops.OURS, asked):
                if (found := self._named(page, request)) is not None:
                    return found
        return None

    def _named(self, page: Page, request: OrderRequest) -> Stop | None:
        return self._asking.understood("the stop", lambda: stops.named(page.stops, request))

    async def _stops(
        self, endpoint: str, symbol: str, kind: str, asked: dict[str, str]
    ) -> AsyncIterator[Page]:
        question = at(symbol) | {"planType": kind, "limit": str(_PAGE)} | asked
        while True:
            page = await self._asking.read(
                "the stops", endpoint, question, lambda it: stops.page(it, symbol)
            )
            yield page
            if len(page.stops) < _PAGE or not page.before:
                return
            question = _older(question, page.before)

    async def stop_report(self, stop: Stop) -> OrderReport:
        """The stop, or what became of it."""
        if not stop.number:
            return stop.report
        symbol, name = stop.report.symbol, stop.report.client_order_id
        real = await self._asking.look_up(
            f"what became of stop `{name}`",
            self._endpoints.order,
            at(symbol) | {"orderId": stop.number},
            lambda document: _became(stop, orders.one(document, symbol, None)),
            NO_SUCH_ORDER,
        )
        if real is None:  # triggered a moment ago
            raise Unavailable(f"what became of stop `{name}` is not told yet; try again later")
        return await self.report(real)

    async def report(self, order: Seen) -> OrderReport:
        """The order with its execution."""
        if not order.filled:
            return order.report
        step = self.steps.get(order.report.symbol)
        parts = await self._fills(order)
        return self._asking.understood(
            "its fills", lambda: fills.with_execution(order, parts, step)
        )

    async def _fills(self, order: Seen) -> list[Fill]:
        """The fills of one order, page by page."""
        found: list[Fill] = []
        asked: dict[str, Any] = at(order.report.symbol)
        asked |= {"orderId": order.number, "limit": str(_PAGE)}
        while True:
            page = await self._asking.read(
                "the fills", self._endpoints.trades, asked, lambda it: fills.told(it, order)
            )
            found += page
            if len(page) < _PAGE:
                return found
            asked = _older(asked, page[-1].number)


def _older(asked: Mapping[str, Any], before: str) -> dict[str, Any]:
    """The question for the next page; an exchange that tells one page again never ends."""
    if asked.get("idLessThan") == before:
        raise Unavailable("bitget tells the same page of a list again; try again later")
    return {**asked, "idLessThan": before}


def _became(stop: Stop, real: Seen | None) -> Seen | None:
    return None if real is None else stops.became(stop, real)
