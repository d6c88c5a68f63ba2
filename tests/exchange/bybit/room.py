"""One scripted Bybit and one connection for all tests of it: what is told changes, not who listens.

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
from runner.model.orders import OrderRequest, Outcome
from tests.exchange.scripted import NOW, PINNED, Scripted, opened, serving

LIVE = Venue.LIVE
TRADING = frozenset({Permission.READ, Permission.SPOT, Permission.FUTURES})


class Room:
    """The server, its loop, and one library."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.loop.run_until_complete(self._open())

    async def _open(self) -> None:
        self.scripted, transport = await self.stack.enter_async_context(serving({}))
        first = await opened(transport, exchange="bybit", permissions=TRADING)
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
        symbols: tuple[str, ...],
        now_ms: int,
    ) -> tuple[Any, Scripted]:
        scripted = self.scripted
        scripted.sent = []
        scripted.answers = {  # lists are used up
            key: list(it) if isinstance(it, list) else it for key, it in answers.items()
        }
        kind = MarketKind.FUTURES if ":" in symbols[0] else MarketKind.SPOT
        client = Client("bybit", LIVE, kind, symbols, lambda: now_ms, self.library, self.http)
        return self.loop.run_until_complete(question(client)), scripted


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
    symbols: tuple[str, ...] = ("BTC/USDT",),
    now_ms: int = NOW,
) -> tuple[Any, Scripted]:
    """What one question comes to, and what it sent."""
    return room().ask(question, answers, symbols, now_ms)


def sent(
    request: OrderRequest, answers: Mapping[str, Any], verb: str = "submit"
) -> tuple[Outcome, Scripted]:
    """What became of a write, and all that was asked around it."""
    return asked(
        lambda client: getattr(client, verb)((request,), PINNED), answers, (request.symbol,)
    )


@contextmanager
def impatient() -> Iterator[None]:
    """The library waits 0.3 s for an answer instead of ten."""
    library: Any = room().library._ccxt
    usual, library.timeout = library.timeout, 300
    try:
        yield
    finally:
        library.timeout = usual
