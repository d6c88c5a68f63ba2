"""What the exchange says an account holds; live it is right, and the journal must agree with it.

In: balances and positions. Out: the cash to decide with, and where the two disagree, both numbers
for a person and how much can be closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from runner.core import codes
from runner.core.desk import Desk
from runner.core.held import watch_bar
from runner.core.strategy import Strategy
from runner.core.trader import ended
from runner.engine.desks import Desks
from runner.engine.world import Exchange, World, read
from runner.exchange.balances import Balance
from runner.journal.database import Journal
from runner.model.bars import Bars
from runner.model.markets import Market

_NOTHING = Decimal(0)

#: Fills that arrive while balances are read make them disagree; they are read this often again.
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Difference:
    """What the journal and the exchange say of one symbol, signed, base currency."""

    symbol: str
    base: str
    ours: Decimal
    found: Decimal

    @property
    def is_other(self) -> bool:
        """They disagree."""
        return self.found != self.ours

    @property
    def closable(self) -> float:
        """What is there of what we hold."""
        side = -1 if self.ours < 0 else 1
        return float(max(min(side * self.found, abs(self.ours)), _NOTHING))

    @property
    def text(self) -> str:
        """Both numbers."""
        return (
            f"the journal holds {self.ours.normalize():f} {self.base} of {self.symbol}, the "
            f"exchange says {self.found.normalize():f}"
        )


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
        heed: Callable[[str], None],
    ) -> None:
        self.strategy = strategy
        self.markets = markets
        self.journal = journal
        self.exchange = exchange
        self.world = world
        self.desks = desks
        self.settle = settle
        self.heed = heed
        self.there: Mapping[str, float] = {}  # of symbols of which less is there than we hold

    async def cash(self) -> Decimal | None:
        """The whole quote currency of the account, what orders lock and margins included.

        `None` where the account shows none at all.
        """
        quote = self.markets[0].quote
        balance = (await self._balances()).get(quote)
        if balance is None:
            self.heed(f"the account shows no {quote}: look at it before you resume")
            return None
        return balance.total

    async def synced_cash(self) -> Decimal | None:
        """The same at a moment before and after which nothing new had been filled."""
        for _ in range(_ROUNDS):
            cash, known = await self.cash(), len(self.journal.events())
            await self.settle()
            if len(self.journal.events()) == known:
                break
        return cash

    async def agree(self) -> None:
        """The journal's positions are those of the exchange; else a person must look.

        The exchange is right: what is not there is not closed, see `cut_exits`.
        """
        wrong: list[_Difference] = []
        for attempt in range(_ROUNDS):
            wrong = self._differences(await self._held())
            if not wrong:
                break
            await self.world.restore(attempt)
            await self.settle()
        self.there = {one.symbol: one.closable for one in wrong if one.closable < abs(one.ours)}
        if wrong:
            self.heed(
                f"{wrong[0].text}: somebody else trades this account, or an order of ours is not "
                "known; compare `runner orders` with the exchange before you resume"
            )

    def _differences(self, theirs: Mapping[str, Decimal]) -> list[_Difference]:
        """Futures are held by us alone; on spot there may be more than what we bought.

        Where nobody knows what became of an order, nothing can be compared yet.
        """
        unclear = {one.request.symbol for one in self.journal.unsettled()}
        found = [
            _Difference(
                one.symbol, one.base, self.desks.held(one.symbol), theirs.get(one.symbol, _NOTHING)
            )
            for one in self.markets
            if one.symbol not in unclear
        ]
        is_futures = self.strategy.is_futures
        return [one for one in found if one.found < one.ours or (is_futures and one.is_other)]

    def can_leave(self, desk: Desk) -> bool:
        """Something of it is there to be closed."""
        return self.there.get(self.strategy.symbols[desk.index]) != 0.0

    def cut_exits(self) -> None:
        """A new exit closes no more than is there; where nothing is, none is sent."""
        log = self.desks.trader.log
        for symbol, most in self.there.items():
            desk = self.desks.desk_of(symbol)
            if desk.exit_row == codes.NONE or not self.desks.is_new(desk.exit_row):
                continue
            if most == 0.0:
                ended(self.desks.trader, desk, desk.exit_row, codes.CANCELED)
            elif desk.exit_quantity > most:
                log.write(desk.exit_row, codes.QUANTITY, most)
                desk.exit_quantity = most

    async def _held(self) -> Mapping[str, Decimal]:
        if self.strategy.is_futures:
            there = await read(self.world, self.exchange.positions)
            return {symbol: position.quantity for symbol, position in there.items()}
        if all(self.desks.has_flat(market.symbol) for market in self.markets):
            return {}
        balances = await self._balances()
        nothing = Balance(_NOTHING, _NOTHING)
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
