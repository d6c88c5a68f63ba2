"""One scripted server, and one library an exchange, for all tests of these: what is told changes.

Real TLS, real sockets, real ccxt, of which making one takes longer than most tests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any

from runner.exchange.client import Client
from runner.model.accounts import Permission, Venue
from runner.model.markets import MarketKind
from runner.model.secrets import Secret
from tests.exchange.scripted import Scripted, serving
from tests.exchange.untraded.told import NOW, secrets

READ = frozenset({Permission.READ})


class Room:
    """The server, its loop, and the first client of each exchange and venue."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.first: dict[tuple[str, Venue], Client] = {}
        self.scripted, self.transport = self.loop.run_until_complete(
            self.stack.enter_async_context(serving({}))
        )

    async def at(self, exchange: str, venue: Venue) -> Client:
        if (exchange, venue) not in self.first:
            client = await self.opened(exchange, venue)
            self.first[exchange, venue] = client
            self.stack.push_async_callback(client.close)
        return self.first[exchange, venue]

    async def opened(
        self,
        exchange: str,
        venue: Venue = Venue.LIVE,
        permissions: frozenset[Permission] = READ,
        keys: Mapping[str, Secret] | None = None,
    ) -> Client:
        return await Client.open(
            exchange,
            venue,
            secrets(exchange) | dict(keys or {}),
            permissions,
            MarketKind.SPOT,
            ("BTC/USDT",),
            lambda: NOW,
            self.transport,
            lambda _: None,
            None,
            lambda _: None,
        )

    def answering(self, answers: Mapping[str, Any]) -> Scripted:
        self.scripted.sent = []
        self.scripted.answers = dict(answers)
        return self.scripted

    def close(self) -> None:
        self.loop.run_until_complete(self.stack.aclose())
        self.loop.close()


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
    exchange: str,
    question: Callable[[Client], Awaitable[Any]],
    answers: Mapping[str, Any],
    venue: Venue = Venue.LIVE,
) -> tuple[Any, Scripted]:
    """What one question comes to, and what it sent."""
    here = room()

    async def act() -> Any:
        return await question(await here.at(exchange, venue))

    scripted = here.answering(answers)
    return here.loop.run_until_complete(act()), scripted


@contextmanager
def impatient(exchange: str) -> Iterator[None]:
    """The library waits 0.3 s for an answer instead of ten."""
    here = room()
    client = here.loop.run_until_complete(here.at(exchange, Venue.LIVE))
    library: Any = client._library._ccxt
    usual, library.timeout = library.timeout, 300
    try:
        yield
    finally:
        library.timeout = usual
