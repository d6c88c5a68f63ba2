"""A live run from its audited key to its last word.

In: a run that has begun, the machine's clocks. Out: the journal, and nothing that could
still open an order. The first start fails where the world is not ready; later that is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from runner.core.strategy import Strategy
from runner.data.history import MarketData, RunData
from runner.data.markets import refuse_leverage
from runner.engine.beginning import Begun, Run
from runner.engine.edited import edit_line, refuse_lost_side
from runner.engine.leaving import leave, what_stays
from runner.engine.live import LiveWorld, Outside
from runner.engine.session import Session, Watch
from runner.engine.world import VenueProfile
from runner.journal.database import Journal
from runner.model.bars import Bars
from runner.model.errors import Abandon, Halt, KeyRefused, RunnerError, Unavailable

#: After a stop was asked for, a turn that is under way may end, and entries are canceled: together
#: less than the 10 s of SPEC section 3, "Stopping".
TURN_S, LEAVING_S = 3.0, 5.0

#: Where the exchange stays away, the whole session starts again after so long; why is told again
#: after so long.
AWAY_MS, TOLD_AGAIN_MS = 30_000, 600_000


async def run_live(begun: Begun, outside: Outside, watch: Watch) -> None:
    """Trades until a stop is asked for, and tells in one line what stays.

    The start goes on in the order of docs/guide/live.md, and then the session.
    """
    run, journal, keys, exchange = begun.run, begun.journal, begun.keys, begun.exchange
    strategy = run.strategy
    markets = tuple([await exchange.market(symbol) for symbol in strategy.symbols])
    for market in markets:
        refuse_leverage(market, strategy.leverage)
    run.tell(journal, outside)
    profile = VenueProfile(refuses_ids_for_ever=False, window_ms=keys.window_ms)
    world = LiveWorld(run.times, journal, outside, keys.server_time, keys, profile)
    await world.measure()
    take_lease(run, journal, strategy.account.venue.value, outside)
    await keys.keep(journal)
    data = beside_candles(run)

    def make() -> Session:
        return Session(strategy, markets, journal, exchange, world, watch, data)

    await trade(make, world, outside, keeps=strategy.keeps_entries_on_stop)


def take_lease(run: Run, journal: Journal, environment: str, outside: Outside) -> None:
    """The lease under this text; whoever has edited the file over a position is told."""
    strategy = run.strategy
    journal.identify(identity(strategy, environment))
    refuse_lost_side(strategy, journal)
    before, digest = journal.digest(), strategy.digest
    journal.take_lease(digest)
    if journal.positions() and before not in ("", digest):
        outside.tell(edit_line(strategy, journal))


def identity(strategy: Strategy, environment: str) -> dict[str, str]:
    """What may not change while a journal is used; the rules may."""
    account = strategy.account
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


def beside_candles(run: Run) -> RunData:
    """What is read beside the exchange's candles; of those nothing is known before."""
    symbols = (*run.strategy.symbols, *run.others)
    return RunData(tuple(_nothing_of(symbol, run.strategy) for symbol in symbols), run.inputs)


def _nothing_of(symbol: str, strategy: Strategy) -> MarketData:
    empty = np.zeros(0)
    bars = Bars(symbol, strategy.timeframe, empty.astype(np.int64), *[empty] * 5)
    return MarketData(symbol, bars, "", strategy.account.exchange, None, None)


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
