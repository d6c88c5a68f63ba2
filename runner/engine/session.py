"""One rule file on one account: at each closed bar the rules in, journaled orders out.

Live, paper and replay run this same class; they differ in the exchange and the world handed in.
Starting is recovery, and there is no other start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from runner.core import limits
from runner.core.book import Account, Position, equity
from runner.core.codes import ENTER, EXIT
from runner.core.columns import Columns, columns
from runner.core.decide import wants
from runner.core.limits import CheckedOrder, Denied, Snapshot
from runner.core.plan import plan_of
from runner.core.size import Draft, Signal, draft
from runner.core.strategy import Fire, Strategy
from runner.engine.feed import Feed
from runner.engine.orders import Orders, exits_first, passes
from runner.engine.protection import Protection
from runner.engine.requests import entry_request, exit_request, signal_body
from runner.engine.world import CandleRow, Exchange, Tick, World, read
from runner.journal.database import Journal
from runner.journal.orders import CheckedRow, DeniedRow, OrderRecord
from runner.model.bars import Bars
from runner.model.clock import iso
from runner.model.errors import Halt, Unavailable
from runner.model.markets import Market
from runner.model.orders import OrderRequest, OrderState, Purpose

#: A minute in milliseconds, for `max_orders_per_minute`.
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told what happens; both are called after the journal knows it."""

    order: Callable[[OrderRecord], None]
    bar: Callable[[Bars], None]


class Session:
    """Holds the feed, the journal and the exchange of one strategy open."""

    def __init__(
        self,
        strategy: Strategy,
        market: Market,
        journal: Journal,
        exchange: Exchange,
        world: World,
        watch: Watch,
    ) -> None:
        self.strategy = strategy
        self.market = market
        self.plan = plan_of(strategy, market, strategy.backtest.costs)
        self.journal = journal
        self.exchange = exchange
        self.world = world
        self.watch = watch
        self.orders = Orders(journal, exchange, world, watch.order)
        self.protection = Protection(strategy, self.plan, journal, self.orders)
        self.feed = Feed(strategy.symbol, strategy.timeframe, self._candles)

    async def run(self) -> Bars:
        """Turns from the first unhandled instant to the end of the data; returns all bars."""
        tick = await self.start()
        while True:
            await self.turn(tick)
            self.watch.bar(self.feed.bars())
            if tick.ended:
                return self.feed.bars()
            tick = await self.world.advance(tick.now_ms)

    async def start(self) -> Tick:
        """Settles every row without an end and protects what is held, before any decision."""
        tick = await self.world.advance(self.journal.handled_at() or 0)
        await self.orders.settle_all_unknown()
        await self.orders.settle_fills()
        await self.protection.ensure(tick.now_ms)
        await self.feed.load(self.journal.anchor_of(), tick.now_ms)
        if self.journal.anchor_of() is None and len(self.feed.bars()):
            self.journal.anchor(int(self.feed.bars().opened_at[0]))
        return tick

    async def turn(self, tick: Tick) -> None:
        """All that is due at one instant. Rows of an instant that was decided are only finished."""
        instant = tick.now_ms
        await self.orders.settle_all_unknown()
        await self.orders.settle_fills()
        bars = await self.feed.until(instant)
        if not len(bars) or bars.closed_at(len(bars) - 1) != instant:
            raise Unavailable(
                f"the exchange does not yet serve the bar that closed at {iso(instant)}: nothing "
                "was decided, start again to go on from there"
            )
        if not tick.ended and not self.journal.is_decided(instant):
            await self.decide(instant, bars)
        for record in exits_first(self.journal.unsent()):
            await self.send(record, instant)
        await self.protection.ensure(instant)
        self.journal.handled(instant)

    async def decide(self, instant: int, bars: Bars) -> None:
        """What the rules want at this close, checked and journaled in one transaction."""
        table, row, position = columns(self.strategy, bars), len(bars) - 1, self.position()
        want = wants(bool(table.entry[row]), bool(table.leave[row]), position.quantity)
        if want == ENTER and not self._is_silent() and not self._open_entries():
            await self._decide_entry(instant, table, row, float(bars.close[row]))
        elif want == EXIT:
            self._decide_exit(instant)

    def _is_silent(self) -> bool:
        """A level alone is silent on the first bar of a fresh journal: it did not become true."""
        return self.strategy.fire is Fire.WHILE_TRUE and self.journal.handled_at() is None

    def _open_entries(self) -> list[OrderRecord]:
        """Entries that may still fill; one that never arrived counts until it is known for sure."""
        living = self.journal.orders_in(OrderState)
        return [record for record in living if record.request.purpose is Purpose.ENTRY]

    def _exposure(self, close: float) -> float:
        """Worth of what is held and of every entry that may still fill, in quote currency."""
        reserved = sum(Decimal(record.body["reserved"]) for record in self._open_entries())
        return float(self._held()) * close + float(reserved)

    async def _decide_entry(self, instant: int, table: Columns, row: int, close: float) -> None:
        balance = (await read(self.world, self.exchange.balances)).get(self.market.quote)
        if balance is None:
            raise Halt(f"the account shows no {self.market.quote}: look at it before you resume")
        account = Account(float(balance.total))
        signal = Signal(
            close,
            self.plan.capital or equity(account, Position(), close),
            float(table.value[row]),
            float(table.stop[row]),
            float(table.target[row]),
        )
        order = Draft()
        draft(self.plan, signal, order)
        snapshot = Snapshot(
            float(balance.free), self._exposure(close), self._sent_in_minute(instant)
        )
        request = entry_request(self.strategy, instant, order)
        checked = limits.entry(request, self.strategy, self.plan, signal, order, snapshot)
        self._journal_decision(instant, checked, signal)

    def _decide_exit(self, instant: int) -> None:
        held = self._held()
        request = exit_request(self.strategy, instant, held)
        self._journal_decision(instant, limits.reducing(request, self.strategy, held), None)

    def _journal_decision(
        self, instant: int, checked: CheckedOrder | Denied, signal: Signal | None
    ) -> None:
        reserved = checked.reserved if isinstance(checked, CheckedOrder) else Decimal(0)
        body = {"reserved": reserved} if signal is None else signal_body(signal, reserved)
        match checked:
            case Denied(request, reasons):
                self.journal.decided(instant, [], [DeniedRow(request, reasons, body)], {})
            case CheckedOrder(request, _):
                self.journal.decided(instant, [CheckedRow(request, body)], [], {})
        self.watch.order(self.journal.expected(checked.request.client_order_id))

    async def send(self, record: OrderRecord, instant: int) -> None:
        """An intended order leaves, unless its instant has passed or its reason is gone."""
        request = record.request
        if request.purpose is Purpose.PROTECT:
            return None  # placed together by `protection`
        if request.decided_at != instant or not self._is_called_for(request):
            return self._expire(record, "its instant has passed, or nothing was left to do")
        if request.purpose is Purpose.EXIT:
            await self.protection.withdraw()
            if self._held() != request.quantity:
                return self._expire(record, "what is held changed as its protection ended")
        await self.orders.place(passes([record]))
        return None

    def _expire(self, record: OrderRecord, reason: str) -> None:
        self.journal.settled(record.client_order_id, OrderState.EXPIRED, None, reason)
        self.watch.order(self.journal.expected(record.client_order_id))

    def _is_called_for(self, request: OrderRequest) -> bool:
        """An exit needs something held, an entry nothing."""
        return bool(self._held()) is (request.purpose is Purpose.EXIT)

    def position(self) -> Position:
        """What is held, as the core reads it."""
        position = Position()
        position.quantity = float(self._held())
        return position

    def _held(self) -> Decimal:
        position = self.journal.position(self.strategy.symbol)
        return Decimal(0) if position is None else position.quantity

    def _sent_in_minute(self, instant: int) -> int:
        """Orders sent in the UTC minute of `instant`."""
        minute, unsent = instant // MINUTE_MS, (OrderState.INTENDED, OrderState.DENIED)
        count = 0
        for record in reversed(self.journal.orders()):
            if record.request.decided_at // MINUTE_MS < minute:
                break
            count += record.state not in unsent
        return count

    async def _candles(self, since_ms: int, limit: int) -> list[CandleRow]:
        timeframe = self.strategy.timeframe
        return await read(self.world, lambda: self.exchange.bars(timeframe, since_ms, limit))
