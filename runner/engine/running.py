"""One rule file traded on a real exchange, from its key to its last word.

In: a strategy, its credentials, the machine's clocks. Out: the journal, and nothing that could
still open an order. The first start fails where the world is not ready; later that is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.core.strategy import Strategy
from runner.data.history import MarketData, RunData
from runner.data.markets import refuse_leverage
from runner.data.timed import Timed
from runner.engine.edited import edit_line, refuse_lost_side
from runner.engine.leaving import leave, what_stays
from runner.engine.live import LiveWorld, Outside
from runner.engine.logbook import keeping_log, recorder
from runner.engine.rotation import Rotation, signers_of
from runner.engine.schedule import BarTimes
from runner.engine.session import Session, Watch
from runner.engine.world import VenueProfile
from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client
from runner.exchange.ownaddress import own_addresses
from runner.exchange.transport import Transport
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.model.accounts import NOWHERE, Egress, Venue
from runner.model.bars import Bars
from runner.model.errors import Abandon, Halt, KeyRefused, Refused, RunnerError, Unavailable
from runner.model.secrets import Secret

JOURNAL_FILE = "journal.db"

#: After a stop was asked for, a turn that is under way may end, and entries are canceled: together
#: less than the 10 s of SPEC section 3, "Stopping".
TURN_S, LEAVING_S = 3.0, 5.0

#: Where the exchange stays away, the whole session starts again after so long; why is told again
#: after so long.
AWAY_MS, TOLD_AGAIN_MS = 30_000, 600_000


@dataclass(frozen=True, slots=True)
class Run:
    """What trades: `others` are symbols that are only read, `inputs` what files tell.

    `budgets`: where the runners of this machine count what they send; `None`: nothing is counted.
    """

    strategy: Strategy
    others: tuple[str, ...]
    inputs: Mapping[str, Timed]
    folder: Path
    budgets: Path | None

    def identity(self, environment: str) -> dict[str, str]:
        """What may not change while a journal is used; the rules may."""
        strategy, account = self.strategy, self.strategy.account
        return {
            "name": strategy.name,
            "environment": environment,
            "account": account.name,
            "exchange": account.exchange,
            "venue": account.venue.value,
            "market": strategy.market_kind.value,
            "symbols": " ".join(strategy.symbols),
            "timeframe": strategy.timeframe.text,
        }

    def data(self) -> RunData:
        """What is read beside the exchange's candles; of those nothing is known before."""
        symbols = (*self.strategy.symbols, *self.others)
        return RunData(tuple(self._nothing_of(symbol) for symbol in symbols), self.inputs)

    def _nothing_of(self, symbol: str) -> MarketData:
        import numpy as np

        empty = np.zeros(0)
        bars = Bars(symbol, self.strategy.timeframe, empty.astype(np.int64), *[empty] * 5)
        return MarketData(symbol, bars, "", self.strategy.account.exchange, None, None)

    def journal(self, outside: Outside, step: Callable[[str], None]) -> Journal:
        """The journal in the run's folder; whoever has it open is the only one that trades."""
        with in_our_words(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Journal.open(self.folder / JOURNAL_FILE, outside.clock.wall_ms, step)

    def tell(self, journal: Journal, outside: Outside) -> None:
        """Where the journal lies; it is new as long as no start has come so far."""
        outside.opened(journal.path, not journal.identity())

    def begin(self, journal: Journal, environment: str, outside: Outside) -> None:
        """The lease under this text; whoever has edited the file over a position is told."""
        journal.identify(self.identity(environment))
        refuse_lost_side(self.strategy, journal)
        before, digest = journal.digest(), self.strategy.digest
        journal.take_lease(digest)
        if journal.positions() and before not in ("", digest):
            outside.tell(edit_line(self.strategy, journal))

    def pace(self, credentials: Mapping[str, Secret], outside: Outside) -> Pace | None:
        """How fast the exchange may be asked, together with all others that count there."""
        if self.budgets is None:
            return None
        account, clock = self.strategy.account, outside.clock
        venue = account.venue if credentials else Venue.LIVE  # prices are everybody's

        async def sleep(seconds: float) -> None:
            await outside.bell.ring(clock.wall_ms() + round(seconds * 1000), seconds)

        return Pace.shared(self.budgets, account.exchange, venue, credentials, clock, sleep)

    @property
    def times(self) -> BarTimes:
        """When its closes are due."""
        strategy = self.strategy
        schedule = strategy.schedule
        return BarTimes(
            strategy.name, strategy.timeframe.ms, schedule.delay_ms, schedule.max_lateness_ms
        )


def refuse_venue(strategy: Strategy, environment: str) -> None:
    """The account's key belongs where the orders would go."""
    account = strategy.account
    if account.venue.value != environment:
        raise Refused(
            f"account `{account.name}` of `{strategy.name}` says `venue: {account.venue}`, the "
            f"command says `--environment {environment}`: make them say the same"
        )


async def run_live(
    run: Run,
    credentials: Mapping[str, Secret],
    outside: Outside,
    watch: Watch,
    transport: Transport | None = None,
    step: Callable[[str], None] = lambda name: None,
    waiting: Mapping[str, Secret] | None = None,
    egress: Egress = NOWHERE,
) -> None:
    """Trades until a stop is asked for, and tells in one line what stays.

    `transport` and `step` are for tests: where the exchange is found, and where the process dies.
    `waiting`: of the key in `next`, where the file names one. `egress`: whence this machine's
    address is known.
    """
    strategy, clock = run.strategy, outside.clock.wall_ms

    def tell(text: str) -> None:
        outside.tell(f"{strategy.name}: {text}")

    async def own() -> tuple[str, ...]:
        return await own_addresses(egress, transport)

    venue = strategy.account.venue.value
    with run.journal(outside, step) as journal, keeping_log(journal, venue, clock, step):

        async def opened(secrets: Mapping[str, Secret]) -> Client:
            return await Client.open(
                strategy.account.exchange,
                strategy.account.venue,
                secrets,
                strategy.account.permissions,
                strategy.market_kind,
                strategy.symbols,
                clock,
                transport,
                step,
                run.pace(secrets, outside),
                recorder(journal, strategy.account.name),
            )

        signers = await signers_of(strategy, credentials, waiting, opened)
        keys = Rotation(signers, strategy.symbols, clock, tell, own)
        try:
            await _trade_through(keys, run, journal, outside, watch)
        finally:
            await keys.close()


async def _trade_through(
    keys: Rotation, run: Run, journal: Journal, outside: Outside, watch: Watch
) -> None:
    """The start, in the order of docs/guide/live.md, and then the session."""
    strategy = run.strategy
    await keys.server_time()  # where nobody answers, this is the one line
    exchange = await keys.begin()
    markets = tuple([await exchange.market(symbol) for symbol in strategy.symbols])
    for market in markets:
        refuse_leverage(market, strategy.leverage)
    run.tell(journal, outside)
    profile = VenueProfile(refuses_ids_for_ever=False, window_ms=keys.window_ms)
    world = LiveWorld(run.times, journal, outside, keys.server_time, keys, profile)
    await world.measure()
    run.begin(journal, strategy.account.venue.value, outside)
    await keys.keep(journal)
    data = run.data()

    def make() -> Session:
        return Session(strategy, markets, journal, exchange, world, watch, data)

    await trade(make, world, outside, keeps=strategy.keeps_entries_on_stop)


async def trade(
    make: Callable[[], Session], world: LiveWorld, outside: Outside, *, keeps: bool
) -> None:
    """To the end; whatever ends it, nothing that could still open is left behind.

    Only a journal that cannot be relied on leaves everything as it is: see `Abandon`.
    """
    try:
        await keep_on(make, world, outside)
    except Abandon:
        outside.tell(
            f"{world.times.name}: ended: without its journal nothing can be done safely; what "
            "rests at the exchange stays there, entries too"
        )
        raise
    except RunnerError as reason:
        if world.is_on or isinstance(reason, Halt):
            await farewell(make(), outside, keeps=False)
        raise
    except Exception:  # our own mistake: it is reported as ever, once nothing can open any more
        await after_a_crash(make, outside, world.times.name)
        raise
    if outside.stop.is_asked:
        await farewell(make(), outside, keeps=keeps)
    else:
        outside.tell(f"{world.times.name}: {what_stays(world.journal)}; {world.next_close()}")
        if world.halted_for:
            raise Halt(world.halted_for)  # nobody stays to go on with its exits


async def keep_on(make: Callable[[], Session], world: LiveWorld, outside: Outside) -> None:
    """Sessions one after the other: each begins with recovery, and ends where the exchange is away.

    One that halts is followed by one that opens nothing new, at once; by further ones after a
    while, as long as what halted it keeps it from going on. Returns when a stop is asked for, or
    with `once` when nothing more is due.
    """
    told, told_at = "", 0
    while not outside.stop.is_asked:
        try:
            await outside.stop.end(make().run(), TURN_S)
        except Unavailable as reason:
            if not world.is_on and not world.halted_for:
                raise  # nobody was told yet that it goes on
            now_ms = outside.clock.wall_ms()
            if str(reason) != told or abs(now_ms - told_at) >= TOLD_AGAIN_MS:
                told, told_at = str(reason), now_ms
                outside.tell(f"{world.times.name}: {reason}")
            if world.key.doubted:
                await world.see_to_key(world.key.doubted)
            await world.wait(AWAY_MS)
        except KeyRefused as reason:
            if outside.once or not (world.is_on or world.halted_for):
                raise
            world.key.doubt(str(reason))
            await world.see_to_key(str(reason))
            await world.wait(AWAY_MS)
        except Abandon:
            raise
        except Halt as reason:
            was_halted = bool(world.journal.halts())
            world.halt(str(reason))
            if outside.once:
                raise
            if was_halted:
                await world.wait(AWAY_MS)
        else:
            return


async def farewell(session: Session, outside: Outside, *, keeps: bool) -> None:
    """Cancels entries, unless the file keeps them, and tells what stays; within `LEAVING_S`."""
    problem = ""
    try:
        async with asyncio.timeout(LEAVING_S):
            await leave(session, keeps=keeps)
    except TimeoutError:
        problem = "; the exchange did not answer in time"
    except RunnerError as reason:
        problem = f"; {reason}"
    name = session.strategy.name
    outside.tell(f"{name}: stopped; {what_stays(session.journal)}{problem}")


async def after_a_crash(make: Callable[[], Session], outside: Outside, name: str) -> None:
    """The same as far as it goes: what crashed once may crash again."""
    try:
        await farewell(make(), outside, keeps=False)
    except Exception as error:
        kind = type(error).__name__
        outside.tell(f"{name}: entries were not canceled ({kind}): cancel them at the exchange")
