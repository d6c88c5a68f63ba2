"""What an exchange takes from a position by itself: funding, and the position in a liquidation."""

from __future__ import annotations

from functools import partial

from runner.core import codes
from runner.core.desk import Desk
from runner.core.strategy import Strategy
from runner.engine.desks import Desks
from runner.engine.rows import LIQUIDATION, request_of
from runner.engine.world import Exchange, World, read
from runner.journal.database import Journal
from runner.journal.history import Funded, Settled
from runner.model.orders import OrderReport, OrderRequest


class Takings:
    """Asks while something is held; on spot there is nothing to ask for."""

    def __init__(
        self, strategy: Strategy, journal: Journal, exchange: Exchange, world: World, desks: Desks
    ) -> None:
        self.strategy = strategy
        self.journal = journal
        self.exchange = exchange
        self.world = world
        self.desks = desks
        self._left: set[str] = set()

    def _held(self) -> list[Desk]:
        if not self.strategy.is_futures:
            return []
        return [desk for desk in self.desks.trader.desks if desk.position.quantity > 0.0]

    def _held_since(self) -> list[Desk]:
        """Held now, or left since the newest decided close or the one before it.

        A position may end between a settlement and the next close, and what it paid may be shown
        late. A replay charges at closes only, what is held then.
        """
        now = self._held()
        if not self.strategy.is_futures or self.world.profile.knows_end:
            return now
        filled = {
            one.after.request.symbol
            for one in self.journal.events_since_decided()
            if isinstance(one, Settled) and one.after.execution != one.before.execution
        }
        symbols, self._left = filled | self._left, filled
        return [
            desk
            for desk in self.desks.trader.desks
            if desk in now or self.strategy.symbols[desk.index] in symbols
        ]

    async def fundings(self, instant: int) -> None:
        """Funding that was charged since the last, up to this instant, in the file's order."""
        for desk in self._held_since():
            symbol = self.strategy.symbols[desk.index]
            known = self.journal.funded_at(symbol)
            since = int(desk.signal_at) if known is None else max(known + 1, int(desk.signal_at))
            for one in await read(self.world, partial(self.exchange.fundings, symbol, since)):
                self.journal.funded(symbol, one.at_ms, -one.amount)
                self.desks.apply([Funded(symbol, one.at_ms, -one.amount)])

    async def liquidations(self) -> None:
        """A position that is gone at the exchange without an order of ours was liquidated."""
        held = self._held()
        if not held:
            return
        there = await read(self.world, self.exchange.positions)
        for desk in held:
            symbol = self.strategy.symbols[desk.index]
            if symbol not in there:
                await self._look_for_liquidation(desk, symbol)

    async def _look_for_liquidation(self, desk: Desk, symbol: str) -> None:
        since = int(desk.signal_at)
        ask = partial(self.exchange.liquidations, symbol, since)
        for report in await read(self.world, ask):
            request = self._request(desk)
            if report.execution is None or self.journal.order(request.client_order_id):
                continue
            told = OrderReport(
                request.client_order_id,
                report.exchange_order_id,
                symbol,
                request.side,
                report.state,
                report.execution,
            )
            self.journal.taken(request, told, LIQUIDATION)
            self.desks.apply(self.journal.events()[-1:])
            return

    def _request(self, desk: Desk) -> OrderRequest:
        """The row that the trader will add for it, as an order."""
        cells = [0.0] * codes.WIDTH
        cells[codes.DECIDED] = desk.signal_at
        cells[codes.DESK] = float(desk.index)
        cells[codes.PURPOSE] = float(codes.LEAVE)
        cells[codes.LEG] = 1.0
        cells[codes.ATTEMPT] = 1.0
        cells[codes.SIDE] = -desk.position.side
        cells[codes.TYPE] = float(codes.MARKET)
        cells[codes.QUANTITY] = desk.position.quantity
        return request_of(self.strategy, cells)
