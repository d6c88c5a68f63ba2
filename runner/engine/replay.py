"""A rule file traded on the embedded exchange: one run, resumed wherever it was cut off.

In: a strategy, its data, the market's rules. Out: the journal's `Result`. A run is identified by
the file's digest, the data's digest and the seed: unfinished it goes on, finished it is made anew.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from runner.core.strategy import Strategy
from runner.engine.record import result_of
from runner.engine.session import Session, Watch
from runner.engine.world import Tick, VenueProfile, read
from runner.exchange.client import Client
from runner.exchange.keys.audit import AuditedKey, audit
from runner.exchange.live import AuditedExchange
from runner.exchange.replay.process import EmbeddedExchange
from runner.exchange.replay.setup import KeyProfile, Setup, save_bars
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.model.accounts import AccountDeclaration
from runner.model.bars import Bars
from runner.model.clock import iso
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.markets import Market
from runner.model.results import DataUsed, Result

JOURNAL_FILE = "journal.db"

#: Signed requests live this long on the simulated clock, which stands still while one is under way.
WINDOW_MS = 5_000


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed. `pace_s`: seconds of real time that a bar takes, 0.0 for none."""

    strategy: Strategy
    bars: Bars
    data: DataUsed
    market: Market
    seed: int
    pace_s: float
    key: KeyProfile = field(default_factory=KeyProfile)

    def identity(self) -> dict[str, str]:
        """What makes two runs the same run."""
        return {
            "name": self.strategy.name,
            "environment": "replay",
            "account": self.strategy.account.name,
            "file_digest": self.strategy.digest,
            "data_digest": self.data.sha256,
            "market": sha256(repr(self.market).encode()).hexdigest(),
            "seed": str(self.seed),
        }


class ReplayWorld:
    """The embedded exchange's clock in lock step; a dead exchange is started again."""

    profile = VenueProfile(refuses_ids_for_ever=True, window_ms=WINDOW_MS)

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

    async def look(self) -> None:
        """Reads the clock, as a restarted runner must before it signs anything."""
        self._embedded = self._start()
        self._now_ms = (await read(self, lambda: self.embedded.clock())).now_ms

    async def advance(self, after_ms: int) -> Tick:
        """To the first bar close after `after_ms`, at the pace that was asked for."""
        await asyncio.sleep(self._pace_s)
        clock = await read(self, lambda: self.embedded.advance(after_ms))
        self._now_ms = clock.now_ms
        return Tick(clock.now_ms, clock.ended)

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
            await world.look()
            expect_one_past(replay, journal, folder, world.now_ms())
            journal.identify(replay.identity())
            journal.take_lease()
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
    strategy, embedded = replay.strategy, world.embedded
    client = await Client.open(
        strategy.account.exchange,
        {"api_key": embedded.api_key, "api_secret": embedded.api_secret},
        strategy.account.permissions,
        strategy.symbol,
        world.now_ms,
        embedded.transport(),
        step,
    )
    try:
        key = await read(world, lambda: audited(client, strategy.account))
        exchange = AuditedExchange(client, key)
        market = await read(world, exchange.market)
        expect_same_rules(market, replay.market)
        session = Session(strategy, replay.market, journal, exchange, world, watch)
        bars = await session.run()
    finally:
        await client.close()
    return result_of(strategy, replay.market, journal, bars, replay.data, "replay", replay.seed)


async def audited(client: Client, declaration: AccountDeclaration) -> AuditedKey:
    """The third pass, or Refused with what the key may do and what to change."""
    verdict = audit(declaration.exchange, await client.key_facts(), declaration)
    if isinstance(verdict, AuditedKey):
        return verdict
    refused = [finding for finding in verdict if finding.verdict == "refused"]
    texts = "; ".join(f"{finding.fact}: {finding.help}" for finding in refused or verdict)
    raise Refused(f"the key of account `{declaration.name}` is refused: {texts}")


def expect_one_past(replay: Replay, journal: Journal, folder: Path, now_ms: int) -> None:
    """Journal and ledger begin together: one that is new beside one that is not has been lost."""
    is_new = now_ms == int(replay.bars.opened_at[0])
    was_asked = any(record.exchange_order_id for record in journal.orders())
    if is_new and was_asked:
        raise Halt(
            f"the exchange's ledger in `{folder}` is gone while its journal has orders: restore "
            "it from a backup, or start over with `--fresh`"
        )
    if not is_new and not journal.identity():
        raise Halt(
            f"the journal in `{folder}` is gone while its exchange stands at {iso(now_ms)}: "
            "restore it from a backup, or start over with `--fresh`"
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
    return Setup(
        bars_folder=save_bars(folder, replay.bars),
        timeframe=replay.strategy.timeframe.text,
        market=replay.market,
        costs=replay.strategy.backtest.costs,
        initial=replay.strategy.backtest.initial,
        key=replay.key,
        seed=replay.seed,
    )
