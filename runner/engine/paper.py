"""Paper trading: live prices from the real exchange, fills simulated by the embedded one.

Each bar that has closed is appended to the embedded exchange's tapes with the open of the one that
forms; its clock then moves there, stopping at fills as in a replay. No key is resolved. What is
late by the wall clock is played, so that stops fill, and not decided.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from runner.engine.auditing import audited
from runner.engine.beginning import Run
from runner.engine.due import newest_close
from runner.engine.live import AGAIN_MS, POLL_MS, LiveWorld, Outside, missed_line
from runner.engine.logbook import keeping_log, recorder
from runner.engine.rehearsal import setup_for
from runner.engine.replay import WINDOW_MS, door_to, issued
from runner.engine.running import beside_candles, take_lease, trade
from runner.engine.session import LAST_CALL_MS, Session, Watch
from runner.engine.world import CandleRow, Tick, VenueProfile, read
from runner.exchange.client import Client
from runner.exchange.dialect import BarRow
from runner.exchange.keys.audit import AuditedKey
from runner.exchange.live import AuditedExchange
from runner.exchange.replay.process import Clock as Simulated
from runner.exchange.replay.process import EmbeddedExchange
from runner.journal.database import Journal
from runner.journal.failures import in_our_words
from runner.model.bars import Timeframe
from runner.model.errors import Unavailable
from runner.model.holdings import Rate
from runner.model.markets import Market

#: More than any run's steps: the history before the first decision is played in one go.
ALL_STEPS = 2**40


class PaperWorld(LiveWorld):
    """The embedded exchange's clock, led by the wall clock. `prices`: the real exchange."""

    def __init__(
        self,
        run: Run,
        journal: Journal,
        outside: Outside,
        prices: Client,
        start: Callable[[], EmbeddedExchange],
    ) -> None:
        profile = VenueProfile(refuses_ids_for_ever=True, window_ms=WINDOW_MS)
        super().__init__(run.times, journal, outside, prices.server_time, profile=profile)
        self._strategy = run.strategy
        self._prices = prices
        self._start = start
        self.embedded = start()
        self._simulated: Simulated | None = None
        self._lost: list[int] = []

    def now_ms(self) -> int:
        """The simulated clock as last told."""
        return 0 if self._simulated is None else self._simulated.now_ms

    async def look(self) -> Tick:
        """Where the simulated clock stands; of a fresh exchange at the end of its history."""
        found = await read(self, lambda: self.embedded.clock())
        if found.step == 0:
            found = await read(self, lambda: self.embedded.advance(ALL_STEPS))
        self._simulated = await self._begin(found)
        self._returned = None
        return Tick(0, found.now_ms, False, found.in_bar)

    async def advance(self, after: Tick) -> Tick:
        """The next fill to protect or close to decide; else every few seconds a look for words."""
        self.is_on = True
        while not self.outside.stop.is_asked:
            simulated = await self._present()
            wall_ms = self._alarm.now_ms()
            if not simulated.in_bar and simulated.now_ms > self._last(wall_ms):
                if self._is_too_late(simulated.now_ms, wall_ms):
                    self.journal.missed([simulated.now_ms])
                    self._lost.append(simulated.now_ms)
                elif self._returned != simulated.now_ms:
                    self._returned = simulated.now_ms
                    return self._tick(simulated.now_ms, in_bar=False)
                else:
                    self._returned = None
                    await self.wait(AGAIN_MS)
                continue
            if not simulated.ended:
                if (await self._play(simulated)).in_bar:
                    return self._tick(self.now_ms(), in_bar=True)
                continue
            self._tell_lost()
            waits = self._newest(wall_ms) > simulated.now_ms
            if waits and await self._grow(simulated, wall_ms):
                continue
            if self.outside.once and not waits:
                break
            await self.wait(AGAIN_MS if waits else self._until_due(wall_ms))
            return self._tick(simulated.now_ms, in_bar=True)
        return Tick(0, self.now_ms(), True, False)

    async def _begin(self, simulated: Simulated) -> Simulated:
        """A process that has just started does not know the bars that form now."""
        forming = {}
        for symbol in self._strategy.symbols:
            rows = await candles(
                self, self._prices, symbol, self._strategy.timeframe, simulated.now_ms
            )
            if rows and rows[0][0] == simulated.now_ms and len(rows) == 1:
                forming[symbol] = rows[0][:2]
        return await read(self, lambda: self.embedded.grow({}, forming))

    async def _present(self) -> Simulated:
        """Asked each time: the embedded exchange ends when nobody asks it for long."""
        self._simulated = await read(self, lambda: self.embedded.clock())
        return self._simulated

    async def _play(self, simulated: Simulated) -> Simulated:
        self._simulated = await read(self, lambda: self.embedded.advance(simulated.step))
        return self._simulated

    def _is_too_late(self, instant: int, wall_ms: int) -> bool:
        late = wall_ms - instant > self.times.max_lateness_ms
        return late and not self.journal.is_decided(instant)

    def _newest(self, wall_ms: int) -> int:
        return newest_close(wall_ms - self.times.delay_ms, self.times.timeframe_ms)

    def _until_due(self, wall_ms: int) -> int:
        due_ms = self.times.next_after(self._newest(wall_ms)) or wall_ms
        return min(POLL_MS, max(due_ms - wall_ms, 0))

    def _tell_lost(self) -> None:
        if self._lost:
            self.outside.tell(missed_line(self.times.name, tuple(self._lost)))
        self._lost = []

    async def _grow(self, simulated: Simulated, wall_ms: int) -> bool:
        """Tells the embedded exchange what has closed; false where it is not served yet."""
        newest, length = self._newest(wall_ms), self.times.timeframe_ms
        since = simulated.now_ms - length
        served = {
            symbol: await self._rows(symbol, since, newest) for symbol in self._strategy.symbols
        }
        complete = all(any(row[0] + length == newest for row in rows) for rows in served.values())
        waits = wall_ms < newest + self.times.max_lateness_ms - LAST_CALL_MS
        closed = {
            symbol: [row for row in rows if simulated.now_ms < row[0] + length <= newest]
            for symbol, rows in served.items()
        }
        if not any(closed.values()) or (waits and not complete):
            return False
        forming = {
            symbol: (rows[-1][0], rows[-1][1])
            for symbol, rows in served.items()
            if rows and rows[-1][0] >= newest
        }
        self._simulated = await read(self, lambda: self.embedded.grow(closed, forming))
        return True

    async def _rows(self, symbol: str, since: int, newest: int) -> list[CandleRow]:
        """Candles from `since` on; without a successor the last is read twice to be believed."""
        rows = await candles(self, self._prices, symbol, self._strategy.timeframe, since)
        if rows and rows[-1][0] < newest:
            again = await candles(self, self._prices, symbol, self._strategy.timeframe, since)
            if again[: len(rows)] != rows:
                rows.pop()
        return rows

    async def restore(self, attempt: int) -> None:
        """Whichever exchange was away: the embedded one is found or started again, then a wait."""
        await self.embedded.close()
        try:
            self.embedded = self._start()
        except Unavailable:
            if attempt:
                raise
        await super().restore(attempt)


class PricedExchange(AuditedExchange):
    """The embedded exchange; candles of symbols that are only read come from the real one."""

    def __init__(self, client: Client, key: AuditedKey, prices: Client, others: tuple[str, ...]):
        super().__init__(client, key)
        self._prices = prices
        self._others = others

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars from `since_ms` on, oldest first, the forming one included."""
        if symbol in self._others:
            return await self._prices.bars(symbol, timeframe, since_ms, limit)
        return await super().bars(symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The real exchange's: the embedded one knows only what was traded."""
        return await self._prices.mark_bars(symbol, timeframe, since_ms, limit)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """The real exchange's too."""
        return await self._prices.rates(symbol, since_ms)


async def candles(
    world: LiveWorld, prices: Client, symbol: str, timeframe: Timeframe, since_ms: int
) -> list[CandleRow]:
    """All candles of the real exchange from `since_ms` on, page by page."""
    found: list[CandleRow] = []
    while True:
        page = await read(world, partial(prices.bars, symbol, timeframe, since_ms, 1000))
        found += page
        if len(page) < 1000:
            return found
        since_ms = page[-1][0] + 1


async def run_paper(
    run: Run,
    markets: tuple[Market, ...],
    prices: Client,
    outside: Outside,
    watch: Watch,
    step: Callable[[str], None] = lambda name: None,
) -> None:
    """Trades until a stop is asked for, and tells in one line what stays.

    `prices`: the real exchange, which has answered; `step` hears every step between journal and
    socket.
    """
    with run.journal(outside, step) as journal:
        run.tell(journal, outside)
        folder, setup = await setup_for(run, markets, journal, prices, outside)
        take_lease(run, journal, "paper", outside)

        def start() -> EmbeddedExchange:
            with in_our_words(folder):
                return EmbeddedExchange.start(folder, setup)

        world = PaperWorld(run, journal, outside, prices, start)
        try:
            await world.look()  # its clock signs what follows
            with keeping_log(journal, "paper", world.now_ms, step):
                await _trade(run, markets, journal, world, outside, watch, step, prices)
        finally:
            await world.embedded.stop()


async def _trade(
    run: Run,
    markets: tuple[Market, ...],
    journal: Journal,
    world: PaperWorld,
    outside: Outside,
    watch: Watch,
    step: Callable[[str], None],
    prices: Client,
) -> None:
    strategy = run.strategy
    record = recorder(journal, strategy.account.name)
    client = await door_to(world.embedded, strategy, world.now_ms, step, record)
    try:
        account = issued(strategy.account)
        key = await read(world, lambda: audited(client, account, world.now_ms))
        exchange, data = PricedExchange(client, key, prices, run.others), beside_candles(run)

        def make() -> Session:
            return Session(strategy, markets, journal, exchange, world, watch, data)

        await trade(make, world, outside, keeps=strategy.keeps_entries_on_stop)
    finally:
        await client.close()
