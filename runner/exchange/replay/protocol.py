"""Which request is answered by whom, for whom, and at which weight.

In: a request. Out: status, JSON document and headers. A refused write is noted in the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.exchange.replay.access import EXCHANGE, Access
from runner.exchange.replay.futures.routes import ROUTES as FUTURES_ROUTES
from runner.exchange.replay.refusal import Refusal, not_permitted
from runner.exchange.replay.route import Route, Routes, Security
from runner.exchange.replay.spot.routes import KEY_ROUTES
from runner.exchange.replay.spot.routes import ROUTES as SPOT_ROUTES
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import SIGNED, Parameters, Request, authorize, check_window
from runner.exchange.sites import SITES
from runner.model.markets import MarketKind

MINUTE_MS, DAY_MS = 60_000, 86_400_000

#: What is answered in a run of one kind, at the hosts of that kind.
ROUTES: dict[MarketKind, Routes] = {
    MarketKind.SPOT: SPOT_ROUTES,
    MarketKind.FUTURES: FUTURES_ROUTES,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """`document` is sent as JSON, or as it is where it is text."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Protocol:
    """The endpoints over one venue and one key, and how much of its budget has been used."""

    def __init__(self, venue: Venue, access: Access) -> None:
        self._venue = venue
        self._access = access
        self._hosts = hosts_of(venue.setup.kind)
        self._meter = Meter()

    def speaks_for(self, host: str) -> bool:
        """The exchange's own host names."""
        return host in self._hosts

    def answer(self, host: str, request: Request) -> Reply:
        """Everything a request can lead to."""
        route = self._hosts[host].get((request.method, request.path))
        if route is None:
            return Reply(404, "<html><body><h2>404 Not found</h2></body></html>")
        now = self._venue.now_ms
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
        trading = key.futures if self._venue.setup.kind is MarketKind.FUTURES else key.spot
        if not (key.reading if route.security is Security.READ else trading):
            raise not_permitted()

    def _note(self, parameters: Parameters, refusal: Refusal, now_ms: int) -> None:
        names = ("newClientOrderId", "listClientOrderId", "clientAlgoId", "origClientOrderId")
        name = next((parameters.get(one) for one in names if one in parameters), None)
        self._venue.ledger.add_refusal(now_ms, name or "", refusal.code, refusal.message)


def hosts_of(kind: MarketKind) -> dict[str, Routes]:
    """What each host answers, at every venue; of keys spot's tells where the venue does."""
    hosts: dict[str, Routes] = {}
    for site in SITES[EXCHANGE].values():
        hosts[site.spot] = KEY_ROUTES if site.tells_keys else {}
        hosts[site.futures] = {}
        hosts[site.host(kind)] = hosts[site.host(kind)] | ROUTES[kind]
    return hosts


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
