"""One scripted Deribit and one connection for all tests of it: what is told changes, not who asks.

Making a library of ccxt takes longer than most tests; each question gets a client of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any

from runner.exchange.client import Client
from runner.exchange.library import Library
from runner.model.accounts import Permission, Venue
from runner.model.markets import MarketKind
from runner.model.orders import OrderRequest, Outcome, Pinned
from tests.exchange.scripted import NOW, Scripted, opened, serving

SYMBOL = "BTC/USDC"
PINNED = Pinned(NOW, 60_000)
ROOT = "/api/v2"


class Room:
    """The server, its loop, and one library."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.loop.run_until_complete(self._open())

    async def _open(self) -> None:
        self.scripted, transport = await self.stack.enter_async_context(serving({}))
        bundle = frozenset({Permission.READ, Permission.TRADE_BUNDLE})
        first = await opened(transport, exchange="deribit", permissions=bundle)
        self.stack.push_async_callback(first.close)
        self.library: Library = first._library
        self.http = first._http

    def close(self) -> None:
        self.loop.run_until_complete(self.stack.aclose())
        self.loop.close()

    def ask(
        self,
        question: Callable[[Client], Awaitable[Any]],
        answers: Mapping[str, Any],
        symbol: str,
        now_ms: int,
    ) -> tuple[Any, Scripted]:
        self.scripted.sent = []
        self.scripted.answers = {
            f"GET {ROOT}/{place}": list(it) if isinstance(it, list) else it
            for place, it in answers.items()
        }
        kind = MarketKind.FUTURES if ":" in symbol else MarketKind.SPOT
        clock = lambda: now_ms  # noqa: E731
        client = Client("deribit", Venue.LIVE, kind, (symbol,), clock, self.library, self.http)
        return self.loop.run_until_complete(question(client)), self.scripted


_ROOMS: list[Room] = []


@contextmanager
def kept_open() -> Iterator[None]:
    """Closes what tests have opened."""
    try:
        yield
    finally:
        while _ROOMS:
            _ROOMS.pop().close()


def room() -> Room:
    if not _ROOMS:
        _ROOMS.append(Room())
    return _ROOMS[0]


def asked(
    question: Callable[[Client], Awaitable[Any]],
    answers: Mapping[str, Any],
    symbol: str = SYMBOL,
    now_ms: int = NOW,
) -> tuple[Any, Scripted]:
    """What one question comes to, and what it sent; answers by the end of their path."""
    return room().ask(question, answers, symbol, now_ms)


def submit(request: OrderRequest, answers: Mapping[str, Any]) -> tuple[Outcome, Scripted]:
    """What became of an order."""
    return asked(lambda client: client.submit((request,), PINNED), answers, request.symbol)


def cancel(request: OrderRequest, answers: Mapping[str, Any]) -> tuple[Outcome, Scripted]:
    """The same of a cancellation."""
    return asked(lambda client: client.cancel((request,), PINNED), answers, request.symbol)


@contextmanager
def impatient() -> Iterator[None]:
    """The library waits 0.3 s for an answer instead of ten."""
    library: Any = room().library._ccxt
    usual, library.timeout = library.timeout, 300
    try:
        yield
    finally:
        library.timeout = usual
