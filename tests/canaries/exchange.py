"""An exchange on 127.0.0.1 that takes orders, and at a fault of our choice echoes what it was sent.

What it echoes is all that a hostile exchange knows, and more: headers and query of the request, the
key that came and its secret, in pieces and in the encodings that survive an answer.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import quote

from aiohttp import web

from runner.exchange.transport import Transport
from tests.canaries.binance import Binance
from tests.canaries.secrets import PAIRS, PASSPHRASES
from tests.exchange.scripted import AUTHORITY, Loopback, Reply, said, server_context

#: What is answered in place of a good answer, made of that and of an echo.
Fault = Callable[[Any, str], Reply]
#: Where exchanges are told signatures, beside the parameter `signature`.
SIGNATURES = re.compile(r"sig=(\w+)|-SIGN['\"]: ['\"]([^'\"]+)", re.I)


#: So many times a fault comes: what became of an order is asked for until it is told.
MOST = 25
#: Headers of every request of anybody.
PLAIN = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection", "Content-Length"}


class Answers(Protocol):
    """One exchange, as it was never asked anything before."""

    def answer(self, method: str, path: str, asked: dict[str, Any]) -> Reply:
        """What it says when all is well."""


class Echoing:
    """`fault` is what happens `at` a path, or everywhere; else it answers as the exchange does."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.over, self.hangs = now, asyncio.Event(), threading.Event()
        self.signatures: list[str] = []
        self.mend(Binance(now))

    def mend(self, exchange: Answers, pairs: Mapping[str, tuple[str, str]] = PAIRS) -> None:
        """As new: this exchange, which knows these keys with their secrets; no fault, no orders."""
        self.exchange, self.pairs = exchange, pairs
        self.paths: list[str] = []
        self.fault: Fault | None = None
        self.at = ""
        self.echoes = 0
        self.hangs.clear()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        text = request.query_string or (await request.read()).decode()
        asked = said(text)
        self.paths.append(f"{request.method} {request.path}")
        self.signatures += signatures(request, asked)
        reply = self.exchange.answer(request.method, request.path, asked)
        if self.fault is not None and self.paths[-1].endswith(self.at) and self.echoes < MOST:
            reply = self.fault(reply.body, self.echo(request, text))
        if reply.act == "hang":
            self.hangs.set()
            await self.over.wait()
        if reply.act == "drop":
            assert request.transport is not None
            request.transport.abort()
        kind = "text/html" if isinstance(reply.body, str) else "application/json"
        return web.Response(
            text=reply.text(), status=reply.status, headers=reply.headers, content_type=kind
        )

    def echo(self, request: web.BaseRequest, text: str) -> str:
        """The request's headers and parameters, and the key that came with its secrets, encoded.

        Messages are cut to their first 200 characters: each echo begins with something else.
        """
        headers = {name: value for name, value in request.headers.items() if name not in PLAIN}
        parts = [json.dumps(headers), request.path_qs, text]
        for secret in shown_by(request.headers.values(), self.pairs):
            raw = secret.encode()
            coded = base64.b64encode(raw).decode()
            parts += [secret, coded, base64.urlsafe_b64encode(raw).decode(), raw.hex()]
            parts += [quote(secret, safe=""), "".join(f"%{byte:02X}" for byte in raw)]
            lines = secret.splitlines()[1:-1]
            parts += [secret[20:44], *lines, "".join(lines)]
        self.echoes += 1
        first = self.echoes * 5 % len(parts)
        return " ".join(parts[first:] + parts[:first]).replace("\n", " ")


def shown_by(headers: Iterable[str], pairs: Mapping[str, tuple[str, str]]) -> list[str]:
    """The key in one of them with its secret, and with its passphrase if that is there too."""
    told = " ".join(headers)
    key = next((key for key in pairs if key in told), None)
    if key is None:
        return []
    return [*pairs[key], *(it for it in [PASSPHRASES[key]] if it in told)]


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


def signatures(request: web.BaseRequest, asked: dict[str, Any]) -> list[str]:
    """Those of one request."""
    found = [asked["signature"]] if "signature" in asked else []
    pairs = SIGNATURES.findall(str(dict(request.headers)))
    return found + [one or other for one, other in pairs]
