"""A Binance on 127.0.0.1 that takes orders, and at a fault of one's choice echoes what it was sent.

What it echoes is all that a hostile exchange knows, and more: headers and query of the request, the
key that came and its secret, in pieces and in the encodings that survive an answer.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from aiohttp import web

from runner.exchange.transport import Transport
from tests.canaries.secrets import PAIRS
from tests.exchange.key_answers import ANSWERS
from tests.exchange.scripted import AUTHORITY, Loopback, Reply, said, server_context
from tests.exchange.test_door_markets import symbol_row

HOUR_MS = 3_600_000
BARS = 60
#: What is answered in place of a good answer, made of that and of an echo.
Fault = Callable[[Any, str], Reply]


class Echoing:
    """`fault` is what happens `at` a path, or everywhere; else it answers as Binance does."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.over = now, asyncio.Event()
        self.signatures: list[str] = []
        self.paths: list[str] = []
        self.mend()

    def mend(self) -> None:
        """As new: no fault, no orders."""
        self.orders: dict[str, dict[str, Any]] = {}
        self.fault: Fault | None = None
        self.at = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        text = request.query_string or (await request.read()).decode()
        asked = said(text)
        self.paths.append(f"{request.method} {request.path}")
        if "signature" in asked:
            self.signatures.append(asked["signature"])
        good = self.answer(request.method, request.path, asked)
        reply = Reply(good, 400 if "code" in good else 200)
        if self.fault is not None and self.paths[-1].endswith(self.at):
            reply = self.fault(good, echo(request, text))
        if reply.act == "hang":
            await self.over.wait()
        if reply.act == "drop":
            assert request.transport is not None
            request.transport.abort()
        kind = "text/html" if isinstance(reply.body, str) else "application/json"
        return web.Response(
            text=reply.text(), status=reply.status, headers=reply.headers, content_type=kind
        )

    def answer(self, method: str, path: str, asked: dict[str, Any]) -> Any:
        """What Binance says when all is well."""
        match method, path:
            case "GET", "/api/v3/time":
                return {"serverTime": self.now()}
            case "GET", "/sapi/v1/account/apiRestrictions":
                return ANSWERS["binance"] | {"enableFutures": False}
            case "GET", "/api/v3/account":
                return {"balances": self._balances(), "uid": 7}
            case "GET", "/api/v3/exchangeInfo":
                return {"symbols": [symbol_row()]}
            case "GET", "/api/v3/klines":
                return bars(asked, self.now())
            case "POST", "/api/v3/order":
                return self._taken(asked)
            case "POST", "/api/v3/orderList/oco":
                return self._taken_pair(asked)
            case "GET", "/api/v3/openOrders":
                return [one for one in self.orders.values() if one["status"] == "NEW"]
            case "GET", "/api/v3/allOrders":
                return list(self.orders.values())
            case "GET", "/api/v3/order" if asked.get("origClientOrderId") in self.orders:
                return self.orders[asked["origClientOrderId"]]
            case "GET", "/api/v3/myTrades":
                return []
        return {"code": -2013, "msg": "Order does not exist."}

    def _balances(self) -> list[dict[str, str]]:
        """Money, and what was bought."""
        done = [Decimal(one["executedQty"]) for one in self.orders.values()]
        held = {"USDT": "10000", "BTC": str(sum(done, Decimal(0)))}
        return [{"asset": name, "free": free, "locked": "0"} for name, free in held.items()]

    def _taken(self, asked: dict[str, Any], name: str = "newClientOrderId") -> dict[str, Any]:
        """A market order fills at once, anything else rests."""
        at_market = asked["type"] == "MARKET"
        quantity = asked.get("quantity", "0.01")
        fill = {"price": "60000.1", "qty": quantity, "commission": "0", "commissionAsset": "USDT"}
        order = {
            "symbol": asked["symbol"],
            "orderId": 28 + len(self.orders),
            "orderListId": -1,
            "clientOrderId": asked[name],
            "transactTime": self.now(),
            "time": self.now(),
            "updateTime": self.now(),
            "price": asked.get("price", "0"),
            "origQty": quantity,
            "executedQty": quantity if at_market else "0",
            "origQuoteOrderQty": asked.get("quoteOrderQty", "0"),
            "cummulativeQuoteQty": "600.001" if at_market else "0",
            "status": "FILLED" if at_market else "NEW",
            "type": asked["type"],
            "side": asked["side"],
            "stopPrice": asked.get("stopPrice", "0"),
            "fills": [fill | {"tradeId": 56}] if at_market else [],
        }
        self.orders[asked[name]] = order
        return order

    def _taken_pair(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = []
        for leg in ("above", "below"):
            names = ("Type", "Price", "StopPrice", "ClientOrderId")
            own = {name[0].lower() + name[1:]: asked.get(f"{leg}{name}", "0") for name in names}
            rows.append(self._taken(asked | own, "clientOrderId") | {"orderListId": 1})
        known = {"orderListId": 1, "contingencyType": "OCO", "listOrderStatus": "EXECUTING"}
        return known | {"symbol": asked["symbol"], "orders": [], "orderReports": rows}


def bars(asked: dict[str, Any], now_ms: int) -> list[list[Any]]:
    """Bars of an hour from `startTime` on; they fall until the last that has closed."""
    now = now_ms // HOUR_MS * HOUR_MS
    begin = max(int(asked.get("startTime", 0)), now - BARS * HOUR_MS)
    first = -(-begin // HOUR_MS) * HOUR_MS
    last = min(now, first + (int(asked.get("limit", 500)) - 1) * HOUR_MS)
    return [bar(opened, now) for opened in range(first, last + 1, HOUR_MS)]


def bar(opened_ms: int, now_ms: int) -> list[Any]:
    age = (now_ms - opened_ms) // HOUR_MS
    price = 60_000 + age if age > 1 else 60_500
    ended_ms = opened_ms + HOUR_MS - 1
    return [opened_ms, f"{price - 1}", f"{price + 1}", f"{price - 2}", f"{price}", "1", ended_ms]


@contextmanager
def an_exchange(now: Callable[[], int]) -> Iterator[tuple[Echoing, Transport]]:
    """It answers in a thread of its own while commands run."""
    echoing, loop, ready = Echoing(now), asyncio.new_event_loop(), threading.Event()
    ports: list[int] = []

    async def serve() -> None:
        runner = web.ServerRunner(web.Server(echoing.handle, access_log=None), shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context())
        await site.start()
        ports.append(runner.addresses[0][1])
        ready.set()
        await echoing.over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    trusting = ssl.create_default_context()
    AUTHORITY.configure_trust(trusting)
    try:
        yield echoing, Transport(Loopback(ports[0]), trusting)
    finally:
        loop.call_soon_threadsafe(echoing.over.set)
        thread.join()
        loop.close()


def echo(request: web.BaseRequest, text: str) -> str:
    """The request's headers and parameters, and the key that came with its secret, encoded."""
    parts = [json.dumps(dict(request.headers)), request.path_qs, text]
    for secret in PAIRS.get(request.headers.get("X-MBX-APIKEY", ""), ()):
        raw = secret.encode()
        coded = base64.b64encode(raw).decode()
        parts += [secret, coded, base64.urlsafe_b64encode(raw).decode(), raw.hex(), secret[20:44]]
        parts += [quote(secret, safe=""), "".join(f"%{byte:02X}" for byte in raw)]
    return " ".join(parts).replace("\n", " ")
