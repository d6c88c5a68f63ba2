"""One scripted BingX and one library a venue for all tests of it: what is told changes.

Real TLS, real sockets, real ccxt, of which making one takes longer than most tests; each question
gets a client of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any

from runner.exchange.client import Client
from runner.model.accounts import Permission, Venue
from runner.model.markets import MarketKind
from runner.model.orders import OrderRequest, Outcome
from tests.exchange.scripted import NOW, PINNED, Scripted, opened, serving

LIVE = Venue.LIVE
TRADING = frozenset({Permission.READ, Permission.SPOT, Permission.FUTURES})


class Room:
    """The server, its loop, and a client of each venue whose library is shared."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.first: dict[Venue, Client] = {}
        self.scripted, self.transport = self.loop.run_until_complete(
            self.stack.enter_async_context(serving({}))
        )

    async def at(self, venue: Venue) -> Client:
        if venue not in self.first:
            options: dict[str, Any] = {"exchange": "bingx", "venue": venue, "permissions": TRADING}
            self.first[venue] = await opened(self.transport, **options)
            self.stack.push_async_callback(self.first[venue].close)
        return self.first[venue]

    def close(self) -> None:
        self.loop.run_until_complete(self.stack.aclose())
        self.loop.close()

    async def ask(
        self,
        question: Callable[[Client], Awaitable[Any]],
        answers: Mapping[str, Any],
        symbols: tuple[str, ...],
        now_ms: int,
        venue: Venue,
    ) -> tuple[Any, Scripted]:
        first, scripted = await self.at(venue), self.scripted
        scripted.sent = []
        scripted.answers = {  # lists are used up
            key: list(it) if isinstance(it, list) else it for key, it in answers.items()
        }
        kind = MarketKind.FUTURES if ":" in symbols[0] else MarketKind.SPOT
        library, http = first._library, first._http
        client = Client("bingx", venue, kind, symbols, lambda: now_ms, library, http)
        return await question(client), scripted


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
    venue: Venue = LIVE,
) -> tuple[Any, Scripted]:
    """What one question comes to, and what it sent."""
    here = room()
    return here.loop.run_until_complete(here.ask(question, answers, symbols, now_ms, venue))


def sent(
    request: OrderRequest, answers: Mapping[str, Any], verb: str = "submit", now_ms: int = NOW
) -> tuple[Outcome, Scripted]:
    """What became of a write, and all that was asked around it."""

    async def question(client: Client) -> Outcome:
        outcome: Outcome = await getattr(client, verb)((request,), PINNED)
        return outcome

    return asked(question, answers, (request.symbol,), now_ms)


@contextmanager
def impatient() -> Iterator[None]:
    """The library waits 0.3 s for an answer instead of ten."""
    here = room()
    library: Any = here.loop.run_until_complete(here.at(LIVE))._library._ccxt
    usual, library.timeout = library.timeout, 300
    try:
        yield
    finally:
        library.timeout = usual
