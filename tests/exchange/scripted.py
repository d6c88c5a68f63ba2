"""A small exchange on 127.0.0.1 that answers from a table and remembers what reached its socket.

Real TLS under the real host names, real sockets; the answers alone are scripted.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client
from runner.exchange.transport import Transport
from runner.model.accounts import CREDENTIALS, Permission, Venue
from runner.model.calls import CallRecord
from runner.model.markets import MarketKind
from runner.model.orders import OrderRequest, Outcome, Pinned
from runner.model.secrets import Secret

NOW = 1_700_000_000_000
PINNED = Pinned(NOW, 5_000)
#: Where orders are placed and canceled.
PLACES = (
    "/api/v3/order",
    "/api/v3/orderList/oco",
    "/api/v3/orderList",
    "/fapi/v1/order",
    "/fapi/v1/algoOrder",
)
KEY, SECRET = "CANARYkey" + "k" * 55, "CANARYsecret" + "s" * 52
PASSPHRASE = "CANARYpass" + "p" * 20
KEYS = {"api_key": Secret(KEY), "api_secret": Secret(SECRET)}
AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert(
    "*.binance.com",
    "testnet.binance.vision",
    "testnet.binancefuture.com",
    "*.bybit.com",
    "www.okx.com",
    "*.deribit.com",
    "*.bingx.com",
    "*.bitget.com",
    "api.coinbase.com",
    "api.gateio.ws",
    "api.hyperliquid.xyz",
    "api.hyperliquid-testnet.xyz",
    "api.kraken.com",
    "api.kucoin.com",
    "elsewhere.example",
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer; `act` may be `drop` (the connection) or `hang` (to the end)."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    act: str = ""

    def text(self) -> str:
        return self.body if isinstance(self.body, str) else json.dumps(self.body)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it arrived."""

    method: str
    host: str
    path: str
    parameters: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(code: int, message: str, status: int = 400) -> Reply:
    return Reply({"code": code, "msg": message}, status)


def said(text: str) -> dict[str, Any]:
    """Parameters of a query, a form or a JSON body; of a list of orders, of the first."""
    if text.startswith(("{", "[")):
        found = json.loads(text)
        return dict(found[0] if isinstance(found, list) else found)
    return dict(parse_qsl(text, keep_blank_values=True))


class Scripted:
    """`answers` by method and path; a list is answered one by one, its last for ever.

    Where one path answers several questions, the one by `#` and the `type` of it goes before.
    """

    told: ClassVar[list[str] | None] = None  # all answers of all of them, where somebody listens

    def __init__(self, answers: Mapping[str, Reply | list[Reply] | Any]) -> None:
        self.answers = dict(answers)
        self.sent: list[Sent] = []
        self.over = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        text = request.query_string or (await request.read()).decode()
        self.sent.append(
            Sent(request.method, request.host, request.path, said(text), dict(request.headers))
        )
        place = f"{request.method} {request.path}"
        typed = f"{place}#{self.sent[-1].parameters.get('type')}"
        answer = self.answers.get(typed, self.answers.get(place, Reply("nothing here", 404)))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        reply = answer if isinstance(answer, Reply) else Reply(answer)
        if reply.act == "hang":
            await self.over.wait()
        if reply.act == "drop":
            assert request.transport is not None
            request.transport.abort()
        if Scripted.told is not None:
            Scripted.told.append(reply.text())
        kind = "text/html" if isinstance(reply.body, str) else "application/json"
        return web.Response(
            text=reply.text(), status=reply.status, headers=reply.headers, content_type=kind
        )

    @property
    def paths(self) -> list[str]:
        return [f"{sent.method} {sent.path}" for sent in self.sent]


class Loopback(AbstractResolver):
    """Every name is this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self.port, family=2, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


def server_context() -> ssl.SSLContext:
    """Proves to be Binance to whoever trusts `AUTHORITY`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    CERTIFICATE.configure_cert(context)
    return context


@asynccontextmanager
async def serving(answers: Mapping[str, Any]) -> AsyncIterator[tuple[Scripted, Transport]]:
    scripted = Scripted(answers)
    runner = web.ServerRunner(web.Server(scripted.handle, access_log=None), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context())
    await site.start()
    client_context = ssl.create_default_context()
    AUTHORITY.configure_trust(client_context)
    port = runner.addresses[0][1]
    try:
        yield scripted, Transport(Loopback(port), client_context)
    finally:
        scripted.over.set()
        await runner.cleanup()


async def opened(
    transport: Transport,
    *,
    exchange: str = "binance",
    venue: Venue = Venue.LIVE,
    permissions: frozenset[Permission] | None = None,
    symbols: tuple[str, ...] = ("BTC/USDT",),
    clock: Callable[[], int] = lambda: NOW,
    step: Callable[[str], None] = lambda _: None,
    pace: Pace | None = None,
    record: Callable[[CallRecord], None] = lambda _: None,
    beside: tuple[Secret, ...] = (),
) -> Client:
    """`symbols` say of which kind of market; `permissions` are those that its orders need."""
    kind = MarketKind.FUTURES if ":" in symbols[0] else MarketKind.SPOT
    if permissions is None:
        permissions = frozenset({Permission.READ, Permission(kind)})
    values = {"api_key": KEY, "api_secret": SECRET}
    credentials = {name: Secret(values.get(name, PASSPHRASE)) for name in CREDENTIALS[exchange]}
    return await Client.open(
        exchange,
        venue,
        credentials,
        permissions,
        kind,
        symbols,
        clock,
        transport,
        step,
        pace,
        record,
        beside,
    )


@asynccontextmanager
async def door(
    answers: Mapping[str, Any], **options: Any
) -> AsyncIterator[tuple[Client, Scripted]]:
    """A client and the scripted exchange behind it; options as of `opened`."""
    async with serving(answers) as (scripted, transport):
        client = await opened(transport, **options)
        try:
            yield client, scripted
        finally:
            await client.close()


def ask(
    question: Callable[[Client], Awaitable[Any]], answers: Mapping[str, Any], **options: Any
) -> tuple[Any, Scripted]:
    """What one question comes to, and what it sent; options as of `opened`."""

    async def act() -> tuple[Any, Scripted]:
        async with door(answers, **options) as (client, exchange):
            return await question(client), exchange

    return asyncio.run(act())


def submit(
    requests: tuple[OrderRequest, ...], answer: Any, more: dict[str, Any] | None = None
) -> tuple[Outcome, Scripted]:
    """The outcome of a write that is answered so, and what it sent; `more` answers of reads."""
    answers = {f"POST {path}": answer for path in PLACES} | (more or {})
    symbols = (requests[0].symbol,)
    return ask(lambda client: client.submit(requests, PINNED), answers, symbols=symbols)


def cancel(
    requests: tuple[OrderRequest, ...], answer: Any, more: dict[str, Any] | None = None
) -> tuple[Outcome, Scripted]:
    """The same of a cancellation."""
    answers = {f"DELETE {path}": answer for path in PLACES} | (more or {})
    symbols = (requests[0].symbol,)
    return ask(lambda client: client.cancel(requests, PINNED), answers, symbols=symbols)
