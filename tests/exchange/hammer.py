"""One of several processes that ask an exchange as fast as one budget lets them.

`python -m tests.exchange.hammer FOLDER PORT CERTIFICATE TURNS PROCESSES`; each prints what it
came to as one line of JSON. What takes longest, importing, is done once for all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from dataclasses import dataclass, field
from pathlib import Path

from runner.exchange.budget.limits import Scope
from runner.exchange.budget.pace import Pace
from runner.exchange.budget.window import Counts, Window
from runner.exchange.client import Client
from runner.exchange.importing import async_exchange
from runner.exchange.transport import Transport
from runner.model.accounts import Venue
from runner.model.clock import MachineClock
from runner.model.errors import Unavailable
from runner.model.orders import Unknown
from tests.exchange.asked import ENTRY, EXIT
from tests.exchange.scripted import PINNED, Loopback, opened

#: Binance's own weights against a window of a second: what takes minutes there takes seconds.
LIMIT, ORDERS, WINDOW_MS = 400, 100, 1_000
SCOPES = (
    Scope(
        "spot",
        ("public", "private"),
        10,
        (Window(Counts.WEIGHT, LIMIT, WINDOW_MS, "x-mbx-used-weight-1m"),),
        (Window(Counts.ORDERS, ORDERS, WINDOW_MS, "x-mbx-order-count-10s"),),
    ),
)


@dataclass
class Came:
    """How often it read, how long it waited for that; for each exit how long that waited (s)."""

    reads: int = 0
    refused: int = 0  # reads that were answered with a limit, or would have had to wait too long
    entries: int = 0
    lapsed: int = 0
    unknown: int = 0  # writes that were answered with a limit
    waited: float = 0.0
    exits: list[float] = field(default_factory=list)


class Hammer:
    """Reads; now and then enters, and sometimes exits."""

    def __init__(self, folder: Path, transport: Transport) -> None:
        self.came, self._slept = Came(), 0.0
        clock = MachineClock()
        self._pace = Pace.shared(
            folder, "binance", Venue.LIVE, "0f" * 8, clock, self._sleep, SCOPES
        )
        self._transport = transport

    async def _sleep(self, seconds: float) -> None:
        self._slept += seconds
        await asyncio.sleep(seconds)

    async def run(self, turns: int) -> Came:
        client = await opened(self._transport, pace=self._pace)
        try:
            for turn in range(turns):
                if turn % 8 == 7:
                    await self._exit(client)
                elif turn % 8 == 3:
                    await self._enter(client)
                else:
                    await self._read(client)
        finally:
            await client.close()
        return self.came

    async def _read(self, client: Client) -> None:
        self._slept = 0.0
        try:
            await client.balances()
            self.came.reads += 1
        except Unavailable:
            self.came.refused += 1
        self.came.waited += self._slept

    async def _enter(self, client: Client) -> None:
        if await client.admit((ENTRY,)):
            self.came.lapsed += 1
            return
        self.came.entries += 1
        self.came.unknown += isinstance(await client.submit((ENTRY,), PINNED), Unknown)

    async def _exit(self, client: Client) -> None:
        self._slept = 0.0
        assert await client.admit((EXIT,)) == ""
        self.came.exits.append(self._slept)
        self.came.unknown += isinstance(await client.submit((EXIT,), PINNED), Unknown)


def alone(folder: str, port: str, certificate: str, turns: str) -> None:
    context = ssl.create_default_context(cafile=certificate)
    hammer = Hammer(Path(folder), Transport(Loopback(int(port)), context))
    came = asyncio.run(hammer.run(int(turns)))
    text = json.dumps({name: getattr(came, name) for name in Came.__dataclass_fields__})
    os.write(sys.stdout.fileno(), text.encode() + b"\n")  # whole, whoever else writes


def main() -> None:
    *words, processes = sys.argv[1:]
    async_exchange("binance")
    children = []
    for _ in range(int(processes) - 1):
        child = os.fork()
        if child == 0:
            alone(*words)
            return
        children.append(child)
    alone(*words)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)


if __name__ == "__main__":
    main()
