"""Live mode on a driven clock: the real door, the embedded exchange in this process, no sleep.

Time passes only where somebody waits for it. The exchange's clock is the true time; its bars are
played 90 s before they close, so that what fills inside them can be protected in time.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp.abc import ResolveResult

from runner.core.strategy import Strategy
from runner.engine import live, paper
from runner.engine.beginning import Run, begun, priced
from runner.engine.live import Outside, Stop
from runner.engine.paper import run_paper
from runner.engine.replay import key_of
from runner.engine.running import run_live
from runner.engine.session import Watch
from runner.exchange.replay import server
from runner.exchange.replay.access import client_context, issue_access, read_access
from runner.exchange.replay.faults import Faults
from runner.exchange.replay.play import Player
from runner.exchange.replay.process import Resolver
from runner.exchange.replay.setup import (
    SETUP_FILE,
    Setup,
    SymbolSetup,
    save_bars,
    save_funding,
    setup_text,
)
from runner.exchange.replay.setup import Funding as Rates
from runner.exchange.replay.venue import Venue
from runner.exchange.transport import Transport
from runner.journal.database import Journal
from runner.journal.history import History
from runner.journal.orders import OrderRecord
from runner.model.accounts import NOWHERE, Egress
from runner.model.bars import Bars
from runner.model.secrets import Secret
from tests.engine.issued import Keys
from tests.engine.values import HOUR, a_market

H, S = HOUR.ms, 1_000
POLL_MS, EARLY_MS = 60 * S, 90 * S

Act = Callable[[], None]


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Wall:
    """Clock and bell in one. `acts` happen at their moment of true time, in order."""

    ms: int
    exchange: Venue | None = None
    acts: list[tuple[int, Act]] = field(default_factory=list)
    lag_ms: int = 0  # of the exchange's bars
    offset_ms: int = 0  # this machine's clock minus the true time
    slept_ms: int = 0

    def wall_ms(self) -> int:
        return self.ms + self.offset_ms

    def monotonic_s(self) -> float:
        return (self.ms - self.slept_ms) / 1000

    async def ring(self, at_ms: int, within_s: float) -> None:
        """Time passes, act by act."""
        self.pass_to(min(at_ms - self.offset_ms, self.ms + round(within_s * 1000)))
        await asyncio.sleep(0)  # whoever was asked to stop does

    def pass_to(self, ms: int) -> None:
        while self.acts and self.acts[0][0] <= ms:
            at_ms, act = self.acts.pop(0)
            self.ms = max(self.ms, at_ms)
            self.play()
            act()
        self.ms = max(self.ms, ms)
        self.play()

    def sleep(self, ms: int) -> Act:
        """The machine is suspended."""

        def act() -> None:
            self.ms += ms
            self.slept_ms += ms

        return act

    def play(self) -> None:
        """What has happened at the exchange by now."""
        if self.exchange is None:
            return
        line, player = self.exchange.timeline, Player(self.exchange)
        while not line.ended:
            close = int(line._instants[line.instant + 1])
            if self.ms - self.lag_ms < (close if line.in_bar else close - EARLY_MS):
                return
            player.advance(line.step)


@dataclass
class Place:
    """One machine: its folder, its clock, the exchange it reaches, and what it said."""

    folder: Path
    strategy: Strategy
    bars: tuple[Bars, ...]
    wall: Wall
    monkeypatch: pytest.MonkeyPatch
    cash: str = "10000"
    settled: Rates | None = None
    said: list[str] = field(default_factory=list)
    told: list[OrderRecord] = field(default_factory=list)
    transport: Transport | None = None
    step: Callable[[str], None] = lambda name: None
    once: bool = False
    environment: str = ""
    egress: Egress = NOWHERE
    budgets: Path | None = None  # what is sent is counted there
    hosts: set[str] = field(default_factory=set)  # whose addresses were looked up
    keys: Keys | None = None  # where there are two

    def __post_init__(self) -> None:
        self.environment = self.strategy.account.venue.value

    def live(self, until_ms: int | None = None) -> History:
        """A runner from now on, until it is stopped at a moment or ends; all of its journal."""
        try:
            asyncio.run(self._live(until_ms))
        finally:
            self.wall.exchange = None
        return self.journal()

    def paper(self, until_ms: int | None = None) -> History:
        """The same at the exchange's prices, with simulated fills."""
        self.environment = "paper"
        return self.live(until_ms)

    def journal(self) -> History:
        return Journal.read(self.folder / self.environment / "journal.db")

    async def _live(self, until_ms: int | None) -> None:
        stop, wall = Stop(), self.wall
        self.monkeypatch.setattr(paper, "POLL_MS", POLL_MS)
        self.monkeypatch.setattr(live, "POLL_MS", POLL_MS)  # an hour's bar is long
        if until_ms is not None:
            wall.acts = sorted([*wall.acts, (until_ms, stop.ask)], key=lambda act: act[0])
        others = tuple(one.symbol for one in self.bars if one.symbol not in self.strategy.symbols)
        run = Run(self.strategy, others, {}, self.folder / self.environment, self.budgets)
        outside = Outside(wall, wall, stop, self.said.append, lambda path, new: None, self.once)
        watch = Watch(self.told.append, lambda seen: None)
        async with self.exchange() as transport:
            there = self.transport or transport
            if self.environment == "paper":
                markets = tuple(a_market(symbol) for symbol in self.strategy.symbols)
                async with priced(run, outside, there) as prices:
                    await run_paper(run, markets, prices, outside, watch, self.step)
                return
            if self.keys is not None:
                old, new = self.keys.old.secrets, self.keys.new.secrets
                async with begun(run, old, outside, there, self.step, new) as ready:
                    await run_live(ready, outside, watch)
                return
            access = read_access(self.folder / "exchange")
            assert access is not None
            keys = {"api_key": Secret(access.api_key), "api_secret": Secret(access.api_secret)}
            async with begun(run, keys, outside, there, self.step, egress=self.egress) as ready:
                await run_live(ready, outside, watch)

    def exchange(self) -> Served:
        return Served(self)

    def fills(self) -> list[str]:
        """Purpose, side, quantity and price of every fill, in order."""
        lines = []
        for one in self.journal().orders():
            if one.execution is not None:
                request, done = one.request, one.execution
                what = f"{request.purpose} {request.side} {plain(done.quantity)}"
                lines.append((done.at_ms, f"{what} at {plain(done.price)}"))
        return [words for _, words in sorted(lines, key=lambda line: line[0])]


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


class Heard(Resolver):
    """Leads to the exchange, and remembers under which names it was looked for."""

    def __init__(self, folder: Path, hosts: set[str]) -> None:
        super().__init__(folder)
        self.hosts = hosts

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.hosts.add(host)
        return await super().resolve(host, port, family)


class Served:
    """The exchange answers while this is entered; its ledger outlives it."""

    def __init__(self, place: Place) -> None:
        self.place = place

    async def __aenter__(self) -> Transport:
        folder = self.place.folder / "exchange"
        wall, ready = self.place.wall, asyncio.Event()

        class OnTheWall(Venue):
            @property
            def now_ms(self) -> int:
                return wall.ms

        def venue(*parts: Any) -> Venue:
            wall.exchange = OnTheWall(*parts)
            wall.play()
            return wall.exchange

        self.place.monkeypatch.setattr(server, "Venue", venue)
        if self.place.keys is not None:
            self.place.monkeypatch.setattr(server, "Protocol", self.place.keys.protocol())
        self._write(folder)
        self._task = asyncio.ensure_future(
            server.serve(folder, Faults.read(None), 600.0, ready.set)
        )
        waiting = asyncio.ensure_future(ready.wait())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            self._task.result()
        return Transport(Heard(folder, self.place.hosts), client_context(folder))

    async def __aexit__(self, *raised: object) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})

    def _write(self, folder: Path) -> None:
        place = self.place
        folder.mkdir(mode=0o700, exist_ok=True)
        strategy = place.strategy
        settled, symbol = place.settled, strategy.symbols[0]
        rates = None if settled is None else save_funding(folder, symbol, settled)
        setup = Setup(
            strategy.market_kind,
            tuple(
                SymbolSetup(a_market(one.symbol), save_bars(folder, one), rates)
                for one in place.bars
            ),
            strategy.timeframe.text,
            strategy.backtest.costs,
            place.strategy.backtest.initial,
            key_of(strategy.account),
            7,
        )
        (folder / SETUP_FILE).write_text(setup_text(setup))
        issue_access(folder)
