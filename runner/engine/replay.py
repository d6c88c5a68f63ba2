"""A rule file traded on the embedded exchange: one run, resumed wherever it was cut off.

In: a strategy, its data, the market's rules. Out: the journal's `Result`. A run is identified by
the file's digest, the data's digest and the seed: unfinished it goes on, finished it is made anew.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from runner.core.strategy import Strategy
from runner.data.history import MarketData, RunData
from runner.engine.auditing import audited
from runner.engine.logbook import Record, keeping_log, recorder
from runner.engine.record import result_of
from runner.engine.session import Session, Watch
from runner.engine.world import Tick, VenueProfile, read
from runner.exchange.client import Client
from runner.exchange.live import AuditedExchange
from runner.exchange.replay.access import EXCHANGE
from runner.exchange.replay.process import Clock, EmbeddedExchange
from runner.exchange.replay.setup import (
    Funding,
    KeyProfile,
    Setup,
    SymbolSetup,
    save_bars,
    save_funding,
)
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.model.accounts import AccountDeclaration, Permission, Venue, Waiver, allows
from runner.model.clock import iso
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.markets import Market
from runner.model.results import Result

JOURNAL_FILE = "journal.db"

#: Signed requests live this long on the simulated clock, which stands still while one is under way.
WINDOW_MS = 5_000


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed. `pace_s`: seconds of real time that a bar takes, 0.0 for none."""

    strategy: Strategy
    data: RunData
    markets: tuple[Market, ...]
    seed: int
    pace_s: float
    key: KeyProfile | None = None  # of the embedded exchange; `None`: as the file declares

    def identity(self) -> dict[str, str]:
        """What makes two runs the same run."""
        return {
            "name": self.strategy.name,
            "environment": "replay",
            "account": self.strategy.account.name,
            "file_digest": self.strategy.digest,
            "data_digest": self.data.digest(),
            "market": sha256(repr(self.markets).encode()).hexdigest(),
            "seed": str(self.seed),
        }

    @property
    def begins_ms(self) -> int:
        """Open of the first bar."""
        traded = self.data.markets[: len(self.markets)]
        return min(int(market.bars.opened_at[0]) for market in traded)


class ReplayWorld:
    """The embedded exchange's clock in lock step; a dead exchange is started again."""

    profile = VenueProfile(refuses_ids_for_ever=True, window_ms=WINDOW_MS, knows_end=True)

    def __init__(self, start: Callable[[], EmbeddedExchange], pace_s: float) -> None:
        self._start = start
        self._pace_s = pace_s
        self._now_ms = 0
        self._embedded: EmbeddedExchange | None = None

    @property
    def embedded(self) -> EmbeddedExchange:
        """The exchange, started when it is first needed."""
        if self._embedded is None:
            self._embedded = self._start()
        return self._embedded

    def now_ms(self) -> int:
        """The simulated clock as last told."""
        return self._now_ms

    async def look(self) -> Tick:
        """Reads the clock, as a restarted runner must before it signs anything."""
        if self._embedded is None:
            self._embedded = self._start()
        return self._tick(await read(self, lambda: self.embedded.clock()))

    async def advance(self, after: Tick) -> Tick:
        """To the next close or fill that needs protection, at the pace that was asked for."""
        if not after.in_bar:
            await asyncio.sleep(self._pace_s)
        return self._tick(await read(self, lambda: self.embedded.advance(after.step)))

    def _tick(self, clock: Clock) -> Tick:
        self._now_ms = clock.now_ms
        return Tick(clock.step, clock.now_ms, clock.ended, clock.in_bar)

    def halt(self, reason: str) -> bool:
        """Nothing passes in the meantime: the run ends, and goes on from here."""
        raise Halt(reason)

    def warn(self, text: str) -> None:
        """The result states what it assumes."""

    async def restore(self, attempt: int) -> None:
        """Finds the exchange, or starts it again from its ledger.

        Where it is alive, what was lost is one connection; then there is nothing to wait for.
        """
        await self.close()
        try:
            self._embedded = self._start()
        except Unavailable:
            if attempt:  # it failed before: what keeps it from starting will not pass
                raise

    async def stop(self) -> None:
        """Ends it; only who holds the run's journal may."""
        if self._embedded is not None:
            await self._embedded.stop()
            self._embedded = None

    async def close(self) -> None:
        """Closes our connections to it."""
        if self._embedded is not None:
            await self._embedded.close()
            self._embedded = None


def folder_of(replay: Replay, state: Path, *, fresh: bool) -> Path:
    """The run's folder: the unfinished one of this identity, else the next number."""
    text = json.dumps(replay.identity(), sort_keys=True)
    parent = state / "replay" / f"{replay.strategy.name}-{sha256(text.encode()).hexdigest()[:12]}"
    numbers = [int(entry.name) for entry in parent.glob("[0-9]*") if entry.name.isdigit()]
    newest = max(numbers, default=0)
    if newest and not fresh and not _is_finished(parent / f"{newest:04d}"):
        return parent / f"{newest:04d}"
    return parent / f"{newest + 1:04d}"


def _is_finished(folder: Path) -> bool:
    path = folder / JOURNAL_FILE
    try:
        with in_our_words(path):
            return path.exists() and Journal.read(path).is_finished()
    except (Halt, Refused) as error:
        raise type(error)(f"{error}; a replay can also start over with `--fresh`") from error


async def run_replay(
    replay: Replay,
    folder: Path,
    watch: Watch,
    step: Callable[[str], None],
    summary: Callable[[Result], dict[str, Any]],
    start: Callable[[Path, Setup], EmbeddedExchange] = EmbeddedExchange.start,
) -> Result:
    """Trades the whole file and leaves a finished journal in `folder`.

    `step` hears the name of every step between journal and socket (crash tests die there); `start`
    starts the exchange (fault tests give it faults).
    """
    with in_our_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        setup = _setup(replay, folder)

    def start_in_folder() -> EmbeddedExchange:
        with in_our_words(folder):
            return start(folder, setup)

    world = ReplayWorld(start_in_folder, replay.pace_s)
    with Journal.open(folder / JOURNAL_FILE, world.now_ms, step) as journal:
        try:
            tick = await world.look()
            expect_one_past(replay, journal, folder, is_new=tick.step == 0)
            journal.identify(replay.identity())
            journal.take_lease()
            with keeping_log(journal, "replay", world.now_ms, step) as log:
                if log.trouble:
                    raise Halt(f"{log.trouble}, or start over with `--fresh`")
                result = await _trade(replay, journal, world, watch, step)
            journal.finished(summary(result))
            return result
        finally:
            await world.stop()


async def _trade(
    replay: Replay,
    journal: Journal,
    world: ReplayWorld,
    watch: Watch,
    step: Callable[[str], None],
) -> Result:
    strategy = replay.strategy
    record = recorder(journal, strategy.account.name)
    client = await door_to(world.embedded, strategy, world.now_ms, step, record)
    try:
        account = issued(strategy.account)
        key = await read(world, lambda: audited(client, account, world.now_ms))
        exchange = AuditedExchange(client, key)
        for symbol, used in zip(strategy.symbols, replay.markets, strict=True):
            expect_same_rules(await read(world, partial(exchange.market, symbol)), used)
        session = Session(strategy, replay.markets, journal, exchange, world, watch, replay.data)
        bars = await session.run()
    finally:
        await client.close()
    return result_of(strategy, replay.markets, journal, bars, replay.data, "replay", replay.seed)


async def door_to(
    embedded: EmbeddedExchange,
    strategy: Strategy,
    clock: Callable[[], int],
    step: Callable[[str], None],
    record: Record,
) -> Client:
    """The door to the embedded exchange, with the key that it issued."""
    return await Client.open(
        EXCHANGE,
        Venue.LIVE,  # whatever the account's: its own key is audited as strictly as a live one
        {"api_key": embedded.api_key, "api_secret": embedded.api_secret},
        issued(strategy.account).permissions,
        strategy.market_kind,
        strategy.symbols,
        clock,
        embedded.transport(),
        step,
        pace=None,  # its clock is in lock step: it asks for none
        record=record,
    )


def issued(account: AccountDeclaration) -> AccountDeclaration:
    """As declared of a key that the exchange on this machine issued: its age is the run's own.

    What the file says of the age of its key, and of what the exchange does not tell, is of another.
    The exchange here speaks Binance, whatever the account's; it has no bundles.
    """
    waiver = Waiver("ip_list", "issued on this machine, for this run", "9999-12-31")
    own = replace(account, unverifiable=(waiver,), rotation=None, created=None)
    if account.exchange == EXCHANGE:
        return own
    traded = {it for it in (Permission.SPOT, Permission.FUTURES) if _may(account, it)}
    return replace(own, exchange=EXCHANGE, permissions=frozenset({Permission.READ, *traded}))


def _may(account: AccountDeclaration, permission: Permission) -> bool:
    return allows(account.permissions, account.exchange, permission)


def expect_one_past(replay: Replay, journal: Journal, folder: Path, *, is_new: bool) -> None:
    """Journal and ledger begin together: one that is new beside one that is not has been lost."""
    was_asked = any(record.exchange_order_id for record in journal.orders())
    if is_new and was_asked:
        raise Halt(
            f"the exchange's ledger in `{folder}` is gone while its journal has orders: restore "
            "it from a backup, or start over with `--fresh`"
        )
    if not is_new and not journal.identity():
        raise Halt(
            f"the journal in `{folder}` is gone while its exchange has moved on from "
            f"{iso(replay.begins_ms)}: restore it from a backup, or start over with `--fresh`"
        )


def expect_same_rules(told: Market, used: Market) -> None:
    """The exchange's own rules are those that sizes are rounded by."""
    for name in ("symbol", "price", "quantity", "minimum_quantity", "minimum_notional"):
        if getattr(told, name) != getattr(used, name):
            raise Refused(
                f"the exchange's `{name}` of {used.symbol} is {getattr(told, name)}, the run's is "
                f"{getattr(used, name)}: start over with `--fresh`"
            )


def _setup(replay: Replay, folder: Path) -> Setup:
    strategy = replay.strategy
    return Setup(
        kind=strategy.market_kind,
        symbols=tuple(
            _symbol_setup(folder, market, data)
            for market, data in zip(replay.markets, replay.data.markets, strict=False)
        ),
        timeframe=strategy.timeframe.text,
        costs=strategy.backtest.costs,
        initial=strategy.backtest.initial,
        key=replay.key or key_of(strategy.account),
        seed=replay.seed,
    )


def _symbol_setup(folder: Path, market: Market, data: MarketData) -> SymbolSetup:
    funding = None
    if data.funding is not None:
        rates = Funding(data.funding.stamps_ms, data.funding.rates)
        funding = save_funding(folder, market.symbol, rates)
    return SymbolSetup(market, save_bars(folder, data.bars), funding)


def key_of(declaration: AccountDeclaration) -> KeyProfile:
    """A key that may do exactly what the file declares."""
    spot, futures = (_may(declaration, it) for it in (Permission.SPOT, Permission.FUTURES))
    return KeyProfile(spot=spot, futures=futures)
