"""One rule file on one account: at each closed bar the rules in, journaled orders out.

Live, paper and replay run this same class; they differ in the exchange and the world handed in.
What is decided is the trader's (core/kernel.py says how a backtest runs it). Starting is recovery,
and there is no other start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from runner.core.columns import table_of
from runner.core.decide import close_bar, decide
from runner.core.desk import Desk
from runner.core.strategy import Fire, Strategy
from runner.data.history import RunData
from runner.engine.byhand import Requests
from runner.engine.desks import Desks
from runner.engine.feed import bars_needed
from runner.engine.orders import Orders, passes, together
from runner.engine.past import surroundings_of
from runner.engine.present import Present
from runner.engine.queue import next_group
from runner.engine.sight import Sight
from runner.engine.takings import Takings
from runner.engine.tracing import journaled_trace
from runner.engine.world import Exchange, Tick, World, read
from runner.journal.database import Journal
from runner.journal.history import Settled
from runner.journal.orders import OrderRecord
from runner.model.bars import Bars
from runner.model.clock import iso
from runner.model.errors import Unavailable
from runner.model.markets import Market
from runner.model.orders import OPENING, OrderType, Purpose

#: In a replay one instant of so many is journaled as handled: each costs a wait for the disk.
REMEMBERED_STEPS = 100

#: So long before it is too late, live decides without the symbols whose bar is not served.
LAST_CALL_MS = 5_000


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told what happens; both are called after the journal knows it."""

    order: Callable[[OrderRecord], None]
    bar: Callable[[Mapping[str, Bars]], None]


class Session:
    """Holds the sight, the journal and the exchange of one strategy open.

    `data`: what the run reads beside the exchange's candles: funding rates, mark prices, inputs.
    """

    def __init__(
        self,
        strategy: Strategy,
        markets: tuple[Market, ...],
        journal: Journal,
        exchange: Exchange,
        world: World,
        watch: Watch,
        data: RunData,
    ) -> None:
        self.strategy = strategy
        self.markets = markets
        self.journal = journal
        self.exchange = exchange
        self.world = world
        self.watch = watch
        profile = world.profile
        self.desks = Desks(
            strategy,
            markets,
            float(strategy.backtest.initial),
            asks_again=profile.refuses_ids_for_ever,
        )
        self.orders = Orders(
            journal, exchange, world, self._hear, self.desks.in_playing_order, self.heed
        )
        self.takings = Takings(strategy, journal, exchange, world, self.desks)
        self.requests = Requests(journal, self.desks)
        self.present = Present(
            strategy, markets, journal, exchange, world, self.desks, self.settle, self.heed
        )
        self.sight = Sight(strategy, exchange, world, data)

    async def run(self) -> Mapping[str, Bars]:
        """Turns from the first unhandled instant to the end of the data; returns all bars."""
        tick = await self.start()
        while True:
            if tick.in_bar:
                await self.catch_up()
                self._take_up(tick)
                await self.carry_out()
            elif tick.step and tick.now_ms > (self.journal.handled_at() or 0):
                await self.turn(tick)
                self.watch.bar(self.sight.bars())
            if tick.ended and not tick.in_bar:
                return self.sight.bars()
            tick = await self.world.advance(tick)

    async def start(self) -> Tick:
        """Settles every row without an end and protects what is held, before any decision."""
        tick = await self.world.look()
        for symbol in self.strategy.symbols:
            await self._read_prepared(symbol)
        self.recover()
        self._heed_troubles()
        self._heed_log()
        await self.settle()
        self._take_up(tick)  # before anything is sent that a person may have withdrawn
        if self.is_live:
            await self.present.agree()
        await self.carry_out()
        await self._load(tick.now_ms)
        return tick

    def recover(self) -> None:
        """All that the journal tells; by a file that was edited it is told only once."""
        self.desks.resume(self.journal)
        if self.journal.is_edited():
            self.journal.edited(self.desks.snapshot())

    @property
    def is_live(self) -> bool:
        """Time goes on by itself, whoever fills the orders."""
        return not self.world.profile.knows_end

    def _take_up(self, tick: Tick) -> None:
        """What a person asked for; in a replay neither inside a bar nor after the last one."""
        if not tick.ended and (self.is_live or not tick.in_bar):
            self.requests.take_up()

    async def _read_prepared(self, symbol: str) -> None:
        leverage = self.strategy.leverage
        await read(self.world, lambda: self.exchange.prepare(symbol, leverage))

    async def _load(self, now_ms: int) -> None:
        anchor = self.journal.anchor_of()
        if anchor is None and self.is_live:
            anchor = max(now_ms - bars_needed(self.strategy) * self.strategy.timeframe.ms, 0)
        await self.sight.load(anchor, now_ms)
        if self.journal.anchor_of() is None and self.sight.since_ms is not None:
            self.journal.anchor(self.sight.since_ms)

    async def catch_up(self) -> None:
        """What happened since the exchange was last asked; afterwards all that is held is safe."""
        await self.settle()
        await self.carry_out()

    async def settle(self) -> None:
        """What became of everything that was sent, and what the exchange itself did."""
        await self.orders.settle_all_unknown()
        await self.orders.settle_fills()
        await self.takings.liquidations()

    async def turn(self, tick: Tick) -> None:
        """All that is due at one instant. Rows of an instant that was decided are only finished."""
        instant = tick.now_ms
        await self.settle()
        self._take_up(tick)
        await self.carry_out()
        if not self.journal.is_decided(instant):
            due = await self._due(instant, ended=tick.ended)
            if not due:
                return  # live, it is asked for again until it is too late
            await self.takings.fundings(instant)
            await self._decide(tick, due)
        await self.carry_out()
        self._handled(tick)

    def _handled(self, tick: Tick) -> None:
        """Live, every instant is remembered; a replay's clock remembers most of them itself.

        An instant that is not remembered is at most looked at again: what was decided at it is
        journaled, and where nothing was, nothing is.
        """
        if self.is_live or tick.ended or tick.step % REMEMBERED_STEPS == 0:
            self.journal.handled(tick.now_ms)

    async def _due(self, instant: int, *, ended: bool) -> list[Desk]:
        """The symbols of which a bar has closed at this instant, with everything read from it."""
        await self.sight.until(instant)
        if self.is_live and self._waits_for_bars(instant):
            return []
        bars, due = self.sight.bars(), []
        for symbol in self.strategy.symbols:
            own = bars[symbol]
            desk = self.desks.desk_of(symbol)
            is_due = len(own) and own.closed_at(-1) == instant
            # What is held has a table also where its bar is missing: a protection may close it.
            if is_due or (desk.position.quantity > 0.0 and getattr(desk, "table", None) is None):
                here = surroundings_of(self.strategy, symbol, bars, self.sight.data)
                is_last = ended or self.sight.ends(symbol)
                desk.table = table_of(self.strategy, here, None, len(own) - is_last)
                if self.is_live:
                    self.present.watch_missed(desk, own)
                desk.row = len(own) - 1
                if is_due:
                    due.append(desk)
        if not due and not self.is_live:
            raise Unavailable(
                f"the exchange does not yet serve the bar that closed at {iso(instant)}: nothing "
                "was decided, start again to go on from there"
            )
        return due

    def _waits_for_bars(self, instant: int) -> bool:
        """Something of this instant is not served yet, and there is time to ask again."""
        left_ms = instant + self.strategy.schedule.max_lateness_ms - self.world.now_ms()
        return not self.sight.is_complete(instant) and left_ms > LAST_CALL_MS

    async def _decide(self, tick: Tick, due: list[Desk]) -> None:
        """What the rules want at this close, checked and journaled in one transaction."""
        trader, instant = self.desks.trader, tick.now_ms
        if self.is_live:
            await self.present.agree()
            is_first = self.journal.state() is None and self.journal.handled_at() is None
            cash = await self.present.synced_cash()
            if cash is not None:
                self.desks.know_cash(float(cash), is_first=is_first)
            await self.carry_out()  # what was filled in the meantime is protected before all else
        was_idle, was_halted = self.desks.is_idle(), trader.halted
        trader.now = float(instant)
        trader.silent = self._is_silent()
        if not self.is_live and any(desk.table.calls[desk.row] & 1 for desk in due):
            trader.account.cash = float(await self.present.cash() or 0)
        for desk in due:
            close_bar(trader, desk)
        trader.halted = was_halted or not tick.timely
        able = [desk for desk in due if self.present.can_leave(desk)]
        decide(trader, able)
        trader.halted = was_halted
        self.desks.refusals.leave_again(able)
        self.present.cut()
        wanted = self.desks.intentions(self.journal)
        told = journaled_trace(
            self.strategy, self.sight.bars(), self.sight.data, trader, due, wanted.requests()
        )
        idle = was_idle and self.desks.is_idle() and not told["symbols"]
        if idle and not self.is_live:
            return  # decided again after a restart, with the same result
        trace = {"state": self.desks.snapshot(), "equity": trader.equity, **told}
        self.journal.decided(instant, wanted.rows, trace)
        for request in wanted.requests():
            self.watch.order(self.journal.expected(request.client_order_id))

    def _is_silent(self) -> bool:
        """Live, a level is silent on the first bar of a fresh journal: it did not rise."""
        levels = any(entry.fire is Fire.WHILE_TRUE for entry in self.strategy.entries)
        return self.is_live and levels and self.journal.handled_at() is None

    async def carry_out(self) -> None:
        """Makes what is at the exchange what the trader wants, one request at a time.

        Spot locks what a protection sells, so that cancels come first there; on futures the new
        stop rests before the old one goes.
        """
        while True:
            self._heed_log()
            self._intend()
            known = self.journal.unsent()
            unsent = [one for one in known if not await self._drop(one)]
            if len(unsent) < len(known):
                continue  # what is still held may have to be protected again
            given_up = self._given_up()
            group = next_group(unsent, given_up, self.journal, self.strategy)
            if group is None:
                if given_up:
                    await self.orders.cancel(passes(together(given_up)[0]))
                    continue
                return
            await self.orders.place(passes(group))

    def _given_up(self) -> list[OrderRecord]:
        """To be canceled; on futures no stop goes while nobody knows whether its exit exists."""
        found = [one for one in self.journal.open_orders() if self.desks.is_given_up(one)]
        unclear = [one.request for one in self.journal.unsettled() if self.strategy.is_futures]
        exits = {(one.symbol, Purpose.PROTECT) for one in unclear if one.purpose is Purpose.EXIT}
        return [one for one in found if (one.request.symbol, one.request.purpose) not in exits]

    def _intend(self) -> None:
        """Journals what a fill has called for."""
        self.present.cut()
        wanted = self.desks.intentions(self.journal)
        self.journal.intended(wanted.orders)
        for row in wanted.orders:
            self.watch.order(self.journal.expected(row.request.client_order_id))

    async def _drop(self, record: OrderRecord) -> bool:
        """An order that was never sent and is no longer called for expires."""
        if self.desks.is_wanted(record) and not self._is_late(record):
            return False
        reason = "its instant has passed, or nothing was left to do"
        news = self.orders.expired(record.client_order_id, reason)
        self.desks.apply(news)
        return True

    def _is_late(self, record: OrderRecord) -> bool:
        """An entry is for its own instant; an exit needs something to close, and no less."""
        request = record.request
        if self.desks.is_void(record):
            return True
        waits = request.type is OrderType.MARKET or request.purpose is Purpose.ENTRY
        late = self.world.now_ms() - request.decided_at > self.strategy.schedule.max_lateness_ms
        return request.purpose in OPENING and waits and late

    def _hear(self, news: list[Settled]) -> None:
        """Something became known of orders: the trader first, then whoever watches."""
        self.desks.apply(news)
        for one in news:
            self.watch.order(one.after)
        self._heed_troubles()

    def heed(self, reason: str) -> None:
        """A person must look: nothing new is opened, exits and protection go on; see `World`."""
        if self.world.halt(reason):
            self.desks.apply(self.journal.events()[-1:])

    def _heed_troubles(self) -> None:
        for reason in list(self.desks.refusals.troubles.values()):
            self.heed(reason)

    def _heed_log(self) -> None:
        """Without an audit log nothing new is opened."""
        log = self.journal.log
        if log is not None and log.trouble:
            self.heed(log.trouble)
            log.heeded()
