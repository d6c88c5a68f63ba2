"""Orders looked up: by name, in the lists of all orders, and with their fills.

In: requests and symbols of ours. Out: reports with their executions. Conditional orders are
followed to the orders that they became.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from runner.exchange.asking import Asking
from runner.exchange.okx import algo, answers, endpoints, forms, orders
from runner.exchange.okx.algo import Conditional
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.orders import Seen
from runner.exchange.okx.surveying import Surveying
from runner.exchange.okx.symbols import instrument_id, kind_of
from runner.exchange.reading import Row, equal
from runner.model.errors import Unavailable
from runner.model.orders import OrderReport, OrderRequest, OrderType

_PAGE = 100  # most rows in one answer, of each of these lists
_DAY_MS = 86_400_000
_ORDERS_MS = 6 * _DAY_MS  # orders of the last 7 days are told apart from older ones,
_FILLS_MS = 2 * _DAY_MS  # and so are fills of the last 3 days
_ENDS = ("effective", "canceled", "order_failed")  # what ended is listed by how
#: By these the exchange itself closes a position.
_FORCED = ("full_liquidation", "partial_liquidation", "adl")

Found = TypeVar("Found", bound=Seen | Conditional)


def waits(request: OrderRequest) -> bool:
    """Whether the order is conditional, and so in other lists than the others."""
    return request.type is OrderType.STOP


class Seeking:
    """Asks about the orders of one account."""

    __slots__ = ("_asking", "_clock", "_surveying")

    def __init__(self, asking: Asking, surveying: Surveying, clock: Callable[[], int]) -> None:
        self._asking, self._surveying, self._clock = asking, surveying, clock

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        instrument = await self._surveying.instrument(request.symbol)
        found: Seen | Conditional | None
        if waits(request):
            found = await self.conditional(request, _by_name(algo.seen, request, instrument))
        else:
            found = await self.plain(request, _by_name(orders.seen, request, instrument))
        return None if found is None else await self.report(found, instrument)

    async def plain(self, request: OrderRequest, read: Callable[[Row], Seen]) -> Seen | None:
        """A plain order by our id, as `read` makes it of its row."""
        name = request.client_order_id
        return await self._asking.look_up(
            f"order `{name}`",
            endpoints.ORDER,
            _at(request.symbol) | {"clOrdId": name},
            lambda document: read(answers.only(document)),
            {orders.NO_SUCH_ORDER},
        )

    async def conditional(
        self, request: OrderRequest, read: Callable[[Row], Conditional]
    ) -> Conditional | None:
        """The same of a conditional order."""
        name = request.client_order_id
        return await self._asking.look_up(
            f"order `{name}`",
            endpoints.ALGO_ORDER,
            {"algoClOrdId": name},
            lambda document: read(answers.only(document)),
            {orders.NO_SUCH_ORDER},
        )

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        instrument = await self._surveying.instrument(request.symbol)
        for endpoint, asked in self._lists(request, since_ms):
            for order in await self._pages(endpoint, asked, instrument, since_ms):
                if order.report.client_order_id == request.client_order_id:
                    ours = self._asking.understood("the order", partial(_ours, order, request))
                    return await self.report(ours, instrument)
        return None

    def _lists(self, request: OrderRequest, since_ms: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Those that rest, then those that ended, as far back as is told."""
        of = _of(request.symbol)
        if waits(request):
            of["ordType"] = forms.CONDITIONAL
            yield endpoints.OPEN_ALGO_ORDERS, of
            for state in _ENDS:
                yield endpoints.ENDED_ALGO_ORDERS, of | {"state": state}
            return
        yield endpoints.OPEN_ORDERS, of
        yield endpoints.ENDED_ORDERS, of | {"begin": since_ms}
        if since_ms < self._clock() - _ORDERS_MS:
            yield endpoints.OLD_ORDERS, of | {"begin": since_ms}

    async def _pages(
        self, endpoint: str, asked: Mapping[str, Any], instrument: Instrument, since_ms: int
    ) -> list[Seen | Conditional]:
        """Newest first, at least those since `since_ms`; a full page has a next one behind it."""
        of_algo = endpoint in (endpoints.OPEN_ALGO_ORDERS, endpoints.ENDED_ALGO_ORDERS)
        seen: Callable[[Row, Instrument, None], Seen | Conditional]
        seen, number = (algo.seen, "algoId") if of_algo else (orders.seen, "ordId")
        page: dict[str, Any] = dict(asked) | {"limit": _PAGE}
        found: list[Seen | Conditional] = []
        while True:
            rows = await self._asking.read("the orders", endpoint, page, answers.rows)
            read = partial(_each, rows, seen, instrument)
            found += self._asking.understood("the orders", read)
            if len(rows) < _PAGE or found[-1].placed_ms < since_ms:
                return found
            page["after"] = rows[-1][number]

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """What rests at the symbol, whoever placed it: plain orders, stops and targets."""
        instrument = await self._surveying.instrument(symbol)
        waiting = _of(symbol) | {"ordType": f"{forms.CONDITIONAL},oco"}
        resting = await self._pages(endpoints.OPEN_ORDERS, _of(symbol), instrument, 0)
        resting += await self._pages(endpoints.OPEN_ALGO_ORDERS, waiting, instrument, 0)
        return [await self.report(order, instrument) for order in resting]

    async def forced(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position: liquidations and deleveraging."""
        instrument = await self._surveying.instrument(symbol)
        old = since_ms < self._clock() - _ORDERS_MS
        endpoint = endpoints.OLD_ORDERS if old else endpoints.ENDED_ORDERS
        found: list[Seen | Conditional] = []
        for category in _FORCED:
            asked = _of(symbol) | {"category": category, "begin": since_ms}
            found += await self._pages(endpoint, asked, instrument, since_ms)
        in_time = sorted(found, key=lambda order: order.placed_ms)
        return [await self.report(order, instrument) for order in in_time]

    async def report(self, order: Seen | Conditional, instrument: Instrument) -> OrderReport:
        """The order with its execution."""
        if isinstance(order, Conditional):
            if not order.numbers:
                return order.report
            order = await self._became(order, instrument)
        if not order.filled:
            return order.report
        seen, fills = order, await self._fills(order, instrument)
        return self._asking.understood(
            "its fills", lambda: orders.with_execution(seen, fills, instrument)
        )

    async def _became(self, order: Conditional, instrument: Instrument) -> Seen:
        """The order that a triggered one became."""
        name = order.report.client_order_id
        real = await self._asking.look_up(
            f"what became of stop `{name}`",
            endpoints.ORDER,
            _at(order.report.symbol) | {"ordId": order.numbers[0]},
            lambda it: algo.became(order, orders.seen(answers.only(it), instrument, None)),
            {orders.NO_SUCH_ORDER},
        )
        if real is None:  # triggered a moment ago
            raise Unavailable(f"what became of stop `{name}` is not told yet; try again later")
        return real

    async def _fills(self, order: Seen, instrument: Instrument) -> list[Row]:
        """The fills of one order, page by page."""
        old = order.changed_ms < self._clock() - _FILLS_MS
        endpoint = endpoints.OLD_FILLS if old else endpoints.FILLS
        symbol = order.report.symbol
        asked: dict[str, Any] = _of(symbol) | {"ordId": order.number, "limit": _PAGE}
        found: list[Row] = []
        while True:
            page = await self._asking.read(
                "the fills", endpoint, asked, lambda it: orders.fills(it, order)
            )
            found += page
            if len(page) < _PAGE:
                return found
            asked["after"] = page[-1]["billId"]


def _by_name(
    read: Callable[[Row, Instrument, str | None], Found],
    request: OrderRequest,
    instrument: Instrument,
) -> Callable[[Row], Found]:
    return lambda row: _ours(read(row, instrument, request.client_order_id), request)


def _ours(order: Found, request: OrderRequest) -> Found:
    """Under our name only what we sent."""
    equal("side", order.report.side, request.side)
    return order


def _each(
    rows: list[Row], seen: Callable[[Row, Instrument, None], Found], instrument: Instrument
) -> list[Found]:
    return [seen(row, instrument, None) for row in rows]


def _at(symbol: str) -> dict[str, Any]:
    return {"instId": instrument_id(symbol)}


def _of(symbol: str) -> dict[str, Any]:
    return {"instType": kind_of(symbol)} | _at(symbol)
