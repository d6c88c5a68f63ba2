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
from runner.core.legs import is_too_small, protect
from runner.core.strategy import Strategy
from runner.core.trader import ended, less
from runner.engine.desks import Desks
from runner.engine.world import Exchange, World, read
from runner.exchange.balances import Balance
from runner.journal.database import Journal
from runner.model.bars import Bars
from runner.model.markets import Market
from runner.model.money import decimal_of

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
    def missing(self) -> Decimal:
        """What is not there of what we hold, unsigned."""
        held, side = abs(self.ours), -1 if self.ours < 0 else 1
        return held - max(min(side * self.found, held), _NOTHING)

    @property
    def text(self) -> str:
        """Both numbers."""
        return (
            f"the journal holds {self.ours.normalize():f} {self.base} of {self.symbol}, the "
            f"exchange says {self.found.normalize():f}"
        )


class Present:
    """Asks what is held; `settle` makes known what was filled in the meantime, sending nothing."""

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
        self.missing: Mapping[str, Decimal] = {}  # what of a symbol we hold and is not there

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

        The exchange is right: what is not there is neither closed nor protected, see `cut`.
        """
        wrong: list[_Difference] = []
        for attempt in range(_ROUNDS):
            wrong = await self.compare()
            if not wrong:
                break
            await self.world.restore(attempt)
            await self.settle()
        if wrong:
            self.heed(
                f"{wrong[0].text}: somebody else trades this account, or an order of ours is not "
                "known; compare `runner orders` with the exchange before you resume"
            )

    async def compare(self) -> list[_Difference]:
        """One look at what is there; afterwards nothing is sent for what is not."""
        wrong = self._differences(await self._held())
        self.missing = {one.symbol: one.missing for one in wrong if one.missing}
        for desk in self.desks.trader.desks:
            if self._is_short(desk):  # less was there when it was protected
                protect(desk, self.desks.trader.log)
        return wrong

    def _is_short(self, desk: Desk) -> bool:
        """A stop protects less than is there to be closed."""
        legs = [leg for leg in range(desk.legs) if desk.leg_stop_row[leg] != codes.NONE]
        behind = sum(decimal_of(desk.leg_quantity[leg]) for leg in legs)
        stays = desk.stop > 0.0 and desk.exit_row == codes.NONE
        is_lost = desk.index in self.desks.refusals.troubles
        return stays and not is_lost and behind < decimal_of(self._there(desk))

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
        return desk.position.quantity == 0.0 or self._there(desk) > 0.0

    def _there(self, desk: Desk) -> float:
        """What an order can close: whole steps, and nothing where the market takes no so little."""
        market, held = self.markets[desk.index], desk.position.quantity
        missing = self.missing.get(market.symbol)
        if missing is None:
            return float(held)
        left = max(decimal_of(held) - missing, _NOTHING)
        there = float(left // market.quantity.step * market.quantity.step)
        return 0.0 if is_too_small(desk.plan, there, desk.mark) else there

    def cut(self) -> None:
        """New orders close and protect no more than is there; where nothing is, none is sent."""
        trader = self.desks.trader
        for symbol in self.missing:
            desk = self.desks.desk_of(symbol)
            most = self._there(desk)
            if desk.exit_row != codes.NONE and self.desks.is_new(desk.exit_row, self.journal):
                if most == 0.0:
                    ended(trader, desk, desk.exit_row, codes.CANCELED)
                elif desk.exit_quantity > most:
                    trader.log.write(desk.exit_row, codes.QUANTITY, most)
                    desk.exit_quantity = most
            self._cut_protection(desk, most)

    def _cut_protection(self, desk: Desk, most: float) -> None:
        """Part by part from the first; parts of which nothing is there are given up."""
        log, left = self.desks.trader.log, most
        for leg in range(desk.legs):
            pair = (desk.leg_stop_row[leg], desk.leg_target_row[leg])
            rows = [row for row in pair if row != codes.NONE]
            if not all(self.desks.is_new(row, self.journal) for row in rows):
                continue  # it rests, and the exchange sells no more by it than there is
            if desk.leg_quantity[leg] > left:
                desk.leg_quantity[leg] = left
                for row in rows:
                    log.write(row, codes.QUANTITY, left)
            if is_too_small(desk.plan, desk.leg_quantity[leg], desk.stop or desk.mark):
                for row in rows:
                    ended(self.desks.trader, desk, row, codes.CANCELED)
            left = less(desk, left, desk.leg_quantity[leg])

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
