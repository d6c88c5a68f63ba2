"""Which request is answered by whom: Binance's endpoints with their parameters and weights.

In: a request. Out: status, JSON document and headers. A refused write is noted in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from runner.exchange.replay import account, market_data, trading
from runner.exchange.replay.access import Access
from runner.exchange.replay.refusal import Refusal, not_permitted
from runner.exchange.replay.trading import ORDER_PARAMETERS, PAIR_NEEDS, PAIR_PARAMETERS
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import SIGNED, Parameters, Request, authorize, check_window

MINUTE_MS, DAY_MS = 60_000, 86_400_000


class Security(Enum):
    """Who may ask."""

    PUBLIC = 0
    READ = 1
    TRADE = 2


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint; `weight` of the minute's budget, `orders` it adds to the order counts."""

    answer: Callable[[Venue, Parameters], Any]
    security: Security
    weight: int
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """`document` is sent as JSON, or as it is where it is text."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)


_P, _R, _T = Security.PUBLIC, Security.READ, Security.TRADE
_IDS, _TIMES = ("orderId", "origClientOrderId"), ("startTime", "endTime", "limit")
_INFO = ("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus")

# Weights: Binance spot API docs, rest-api.md, "Weight" of each endpoint.
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/api/v3/ping"): Route(market_data.ping, _P, 1),
    ("GET", "/api/v3/time"): Route(market_data.server_time, _P, 1),
    ("GET", "/api/v3/exchangeInfo"): Route(market_data.exchange_info, _P, 20, takes=_INFO),
    ("GET", "/api/v3/klines"): Route(market_data.klines, _P, 2, ("symbol", "interval"), _TIMES),
    ("GET", "/api/v3/ticker/price"): Route(market_data.price, _P, 2, takes=("symbol",)),
    ("GET", "/api/v3/ticker/bookTicker"): Route(market_data.book_ticker, _P, 2, takes=("symbol",)),
    ("GET", "/api/v3/ticker/24hr"): Route(market_data.day_ticker, _P, 2, takes=("symbol",)),
    ("GET", "/sapi/v1/account/apiRestrictions"): Route(account.restrictions, _R, 1),
    ("GET", "/api/v3/account"): Route(account.account, _R, 20, takes=("omitZeroBalances",)),
    ("GET", "/api/v3/order"): Route(account.order, _R, 4, ("symbol",), _IDS),
    ("GET", "/api/v3/openOrders"): Route(account.open_orders, _R, 6, takes=("symbol",)),
    ("GET", "/api/v3/allOrders"): Route(
        account.all_orders, _R, 20, ("symbol",), ("orderId", *_TIMES)
    ),
    ("GET", "/api/v3/myTrades"): Route(
        account.trades, _R, 20, ("symbol",), ("orderId", "fromId", *_TIMES)
    ),
    ("GET", "/api/v3/orderList"): Route(
        account.order_list, _R, 4, takes=("orderListId", "origClientOrderId")
    ),
    ("GET", "/api/v3/openOrderList"): Route(account.open_order_lists, _R, 6),
    ("POST", "/api/v3/order"): Route(
        trading.new_order, _T, 1, ("symbol", "side", "type"), ORDER_PARAMETERS, 1
    ),
    ("POST", "/api/v3/order/test"): Route(
        trading.test_order, _T, 1, ("symbol", "side", "type"), ORDER_PARAMETERS
    ),
    ("DELETE", "/api/v3/order"): Route(
        trading.cancel_order, _T, 1, ("symbol",), (*_IDS, "newClientOrderId")
    ),
    ("POST", "/api/v3/orderList/oco"): Route(
        trading.new_pair, _T, 1, PAIR_NEEDS, PAIR_PARAMETERS, 2
    ),
    ("DELETE", "/api/v3/orderList"): Route(
        trading.cancel_pair,
        _T,
        1,
        ("symbol",),
        ("orderListId", "listClientOrderId", "newClientOrderId"),
    ),
}


class Protocol:
    """The endpoints over one venue and one key, and how much of its budget has been used."""

    def __init__(self, venue: Venue, access: Access) -> None:
        self._venue = venue
        self._access = access
        self._meter = Meter()

    def answer(self, request: Request) -> Reply:
        """Everything a request can lead to."""
        route = ROUTES.get((request.method, request.path))
        if route is None:
            return Reply(404, "<html><body><h2>404 Not found</h2></body></html>")
        now = self._venue.tape.now_ms
        try:
            document = self._act(route, request, now)
        except Refusal as refusal:
            answer = {"code": refusal.code, "msg": refusal.message}
            return Reply(refusal.status, answer, self._meter.used(now, route.weight, 0))
        return Reply(200, document, self._meter.used(now, route.weight, route.orders))

    def _act(self, route: Route, request: Request, now_ms: int) -> Any:
        parameters = Parameters.of(request)
        if route.security is Security.PUBLIC:
            parameters.expect(route.needs, route.takes)
            return route.answer(self._venue, parameters)
        authorize(request, parameters, self._access)
        try:
            check_window(parameters, now_ms)
            parameters.expect(route.needs, (*route.takes, *SIGNED))
            self._check_permission(route)
            return route.answer(self._venue, parameters)
        except Refusal as refusal:
            if route.security is Security.TRADE:
                self._note(parameters, refusal, now_ms)
            raise

    def _check_permission(self, route: Route) -> None:
        key = self._venue.setup.key
        if not (key.reading if route.security is Security.READ else key.spot):
            raise not_permitted()

    def _note(self, parameters: Parameters, refusal: Refusal, now_ms: int) -> None:
        names = ("newClientOrderId", "listClientOrderId", "origClientOrderId")
        name = next((parameters.get(one) for one in names if one in parameters), None)
        self._venue.ledger.add_refusal(now_ms, name or "", refusal.code, refusal.message)


class Meter:
    """Used weight of the simulated minute and orders of the simulated day, as headers."""

    def __init__(self) -> None:
        self._minute = self._day = -1
        self._weight = self._orders = self._orders_day = 0

    def used(self, now_ms: int, weight: int, orders: int) -> dict[str, str]:
        """Adds one request; order counts are told of requests that placed some."""
        if now_ms // MINUTE_MS != self._minute:
            self._minute = now_ms // MINUTE_MS
            self._weight = self._orders = 0
        if now_ms // DAY_MS != self._day:
            self._day = now_ms // DAY_MS
            self._orders_day = 0
        self._weight += weight
        self._orders += orders
        self._orders_day += orders
        headers = {
            "X-MBX-USED-WEIGHT": str(self._weight),
            "X-MBX-USED-WEIGHT-1M": str(self._weight),
        }
        if orders:
            headers["X-MBX-ORDER-COUNT-10S"] = str(self._orders)
            headers["X-MBX-ORDER-COUNT-1D"] = str(self._orders_day)
        return headers
