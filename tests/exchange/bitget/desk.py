"""Doors to a scripted Bitget that are opened once and asked many times: opening one takes longest.

Real TLS, real sockets, real ccxt; what is answered is set anew for every question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from runner.exchange.client import Client
from runner.model.accounts import Venue
from tests.exchange.scripted import Scripted, Sent, door

Question = Callable[[Client], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What reached the exchange's socket for one question."""

    sent: list[Sent]

    @property
    def paths(self) -> list[str]:
        return [f"{sent.method} {sent.path}" for sent in self.sent]


class Desk:
    """One loop with all its doors, by venue and symbols."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._doors: dict[tuple[Venue, tuple[str, ...]], tuple[Client, Scripted]] = {}

    def ask(
        self,
        question: Question,
        answers: Mapping[str, Any],
        venue: Venue = Venue.LIVE,
        symbols: tuple[str, ...] = ("BTC/USDT",),
    ) -> tuple[Any, Heard]:
        """What one question comes to, and what it sent."""
        return self._loop.run_until_complete(self._ask(question, answers, venue, symbols))

    async def _ask(
        self,
        question: Question,
        answers: Mapping[str, Any],
        venue: Venue,
        symbols: tuple[str, ...],
    ) -> tuple[Any, Heard]:
        key = (venue, symbols)
        if key not in self._doors:
            opened = door({}, exchange="bitget", venue=venue, symbols=symbols)
            self._doors[key] = await self._stack.enter_async_context(opened)
        client, exchange = self._doors[key]
        exchange.answers, exchange.sent = dict(answers), []
        told = await question(client)
        return told, Heard(exchange.sent)

    def close(self) -> None:
        self._loop.run_until_complete(self._stack.aclose())
        self._loop.close()


#: That of this process, opened by the first question.
OPEN: list[Desk] = []


def at_bitget(question: Question, answers: Mapping[str, Any], **options: Any) -> tuple[Any, Heard]:
    """What one question comes to, and what it sent; options as of `Desk.ask`."""
    if not OPEN:
        OPEN.append(Desk())
    return OPEN[0].ask(question, answers, **options)
