"""What the exchange says an account holds; live it is right, and the journal must agree with it.

In: balances and positions. Out: the cash to decide with, or Halt with both numbers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

import numpy as np

from runner.core.desk import Desk
from runner.core.held import watch_bar
from runner.core.strategy import Strategy
from runner.engine.desks import Desks
from runner.engine.world import Exchange, World, read
from runner.exchange.balances import Balance
from runner.journal.database import Journal
from runner.model.bars import Bars
from runner.model.errors import Halt
from runner.model.markets import Market

#: Fills that arrive while balances are read make them disagree; they are read this often again.
_ROUNDS = 3


class Present:
    """Asks what is held; `settle` makes known what was filled in the meantime."""

    def __init__(
        self,
        strategy: Strategy,
        markets: tuple[Market, ...],
        journal: Journal,
        exchange: Exchange,
        world: World,
        desks: Desks,
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        self.strategy = strategy
        self.markets = markets
        self.journal = journal
        self.exchange = exchange
        self.world = world
        self.desks = desks
        self.settle = settle

    async def cash(self) -> Decimal:
        """The whole quote currency of the account, what orders lock and margins included."""
        quote = self.markets[0].quote
        balance = (await self._balances()).get(quote)
        if balance is None:
            raise Halt(f"the account shows no {quote}: look at it before you resume")
        return balance.total

    async def synced_cash(self) -> Decimal:
        """The same at a moment before and after which nothing new had been filled."""
        for _ in range(_ROUNDS):
            cash, known = await self.cash(), len(self.journal.events())
            await self.settle()
            if len(self.journal.events()) == known:
                break
        return cash

    async def agree(self) -> None:
        """The journal's positions are those of the exchange; else Halt."""
        for attempt in range(_ROUNDS):
            difference = await self._difference()
            if difference is None:
                return
            await self.world.restore(attempt)
            await self.settle()
        raise Halt(
            f"{difference}: somebody else trades this account, or an order of ours is not known; "
            "compare `runner orders` with the exchange before you start again"
        )

    async def _difference(self) -> str | None:
        """Futures are held by us alone; on spot there may be more than what we bought."""
        theirs = await self._held()
        for market in self.markets:
            ours, found = self.desks.held(market.symbol), theirs.get(market.symbol, Decimal(0))
            if found < ours or (self.strategy.is_futures and found != ours):
                return (
                    f"the journal holds {ours.normalize():f} {market.base} of {market.symbol}, the "
                    f"exchange says {found.normalize():f}"
                )
        return None

    async def _held(self) -> Mapping[str, Decimal]:
        if self.strategy.is_futures:
            there = await read(self.world, self.exchange.positions)
            return {symbol: position.quantity for symbol, position in there.items()}
        if all(self.desks.has_flat(market.symbol) for market in self.markets):
            return {}
        balances = await self._balances()
        nothing = Balance(Decimal(0), Decimal(0))
        return {one.symbol: balances.get(one.base, nothing).total for one in self.markets}

    async def _balances(self) -> Mapping[str, Balance]:
        return await read(self.world, self.exchange.balances)

    def watch_missed(self, desk: Desk, bars: Bars) -> None:
        """Bars that closed over a position while nobody decided move its best price too.

        `desk.row` is the newest that was looked at, the last of `bars` will be looked at next.
        """
        symbol, before, last = bars.symbol, int(desk.row), len(bars) - 1
        position = self.journal.position(symbol)
        if position is None or desk.position.quantity == 0.0 or before + 1 >= last:
            return
        if desk.opened_row == before + 1:  # it was opened in one of them
            desk.opened_row = self._row_of_fill(position.entry_order_id, bars, before + 1)
        for row in range(max(before + 1, int(desk.opened_row)), last):
            desk.row = row
            watch_bar(desk)

    def _row_of_fill(self, client_order_id: str, bars: Bars, least: int) -> int:
        execution = self.journal.expected(client_order_id).execution
        if execution is None:
            return least
        row = int(np.searchsorted(bars.opened_at, execution.at_ms, side="right")) - 1
        return max(row, least)
