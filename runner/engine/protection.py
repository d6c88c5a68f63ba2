"""Keeps what is held behind the stop and the target that its signal fixed.

Whatever ended them too early (a crash, a refusal, an exit that failed, the exchange itself): as
long as something is held they are placed again, under the next attempt's ids; or the account halts.
"""

from __future__ import annotations

from decimal import Decimal

from runner.core import limits
from runner.core.limits import Denied
from runner.core.plan import Plan
from runner.core.strategy import Strategy
from runner.engine.orders import UNCERTAIN, Orders, attempt_of, passes
from runner.engine.requests import protection_requests
from runner.journal.database import Journal
from runner.journal.orders import OPEN, UNSETTLED, OrderRecord
from runner.journal.positions import Position
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderState, OrderType, Purpose

#: Attempts at one instant: the pair, the stop alone, and one for what ends at once.
MOST_ATTEMPTS = 3


class Protection:
    """The resting orders of one symbol's position."""

    def __init__(self, strategy: Strategy, plan: Plan, journal: Journal, orders: Orders) -> None:
        self.strategy = strategy
        self.plan = plan
        self.journal = journal
        self.orders = orders

    async def ensure(self, instant: int) -> None:
        """Whatever is held rests behind its protection, unless an exit is selling it right now.

        A pair that the exchange refuses is placed again as the stop alone; raises Halt when that is
        refused too.
        """
        for _ in range(MOST_ATTEMPTS):
            position = self.journal.position(self.strategy.symbol)
            if position is None:
                return
            newest = self._newest(position)
            states = {record.state for record in newest}
            if self._is_leaving(instant) or states & UNCERTAIN or not self._is_wanted(position):
                return
            if self._rests(newest, position.quantity):
                return
            if OrderState.INTENDED not in states:
                await self.withdraw()
                self._intend(position, newest)
            await self.orders.place(passes(self._newest(position)))
        if not self._is_protected():
            raise Halt(
                "the protective orders end as soon as they are placed: protect it by hand now"
            )

    def _is_protected(self) -> bool:
        position = self.journal.position(self.strategy.symbol)
        if position is None:
            return True
        newest = self._newest(position)
        uncertain = any(record.state in UNCERTAIN for record in newest)
        return uncertain or self._rests(newest, position.quantity)

    async def withdraw(self) -> None:
        """Cancels what rests: before an exit (on spot it locks what is sold) or a change."""
        resting = [r for r in self.journal.open_orders() if r.request.purpose is Purpose.PROTECT]
        if resting:
            await self.orders.cancel(passes(resting))

    def _newest(self, position: Position) -> list[OrderRecord]:
        """The last attempt's orders for this position; none before the first."""
        entry = self.journal.expected(position.entry_order_id)
        placed = [
            record
            for record in self.journal.orders()
            if record.request.purpose is Purpose.PROTECT
            and record.request.decided_at == entry.request.decided_at
        ]
        last = max(map(attempt_of, placed), default=0)
        return [record for record in placed if attempt_of(record) == last]

    def _is_wanted(self, position: Position) -> bool:
        return bool(self._wanted(position, 1))

    def _wanted(self, position: Position, attempt: int) -> list[OrderRequest]:
        entry = self.journal.expected(position.entry_order_id)
        return protection_requests(self.strategy, self.plan, entry, position.quantity, attempt)

    def _is_leaving(self, instant: int) -> bool:
        """An exit of this instant will be sent, or one was sent and its outcome is not known."""
        states = (OrderState.INTENDED, *UNSETTLED)
        return any(
            record.request.purpose is Purpose.EXIT
            and (record.state is not OrderState.INTENDED or record.request.decided_at == instant)
            for record in self.journal.orders_in(states)
        )

    def _rests(self, newest: list[OrderRecord], held: Decimal) -> bool:
        """The stop rests (the target, where there is no stop), and for all that is held."""
        resting = [record for record in newest if record.state in OPEN]
        needed = OrderType.STOP if self.plan.has_stop else OrderType.LIMIT
        left = [(r.request.quantity or held) - r.filled_quantity for r in resting]
        return needed in {r.request.type for r in resting} and all(one == held for one in left)

    def _intend(self, position: Position, newest: list[OrderRecord]) -> None:
        """Journals the next attempt."""
        attempt = max(map(attempt_of, newest), default=0) + 1
        wanted = self._wanted(position, attempt)
        refused = [record for record in newest if record.state is OrderState.REJECTED]
        if refused:
            wanted = [one for one in wanted if one.type is OrderType.STOP]
            if len(newest) == 1 or not wanted:
                raise self._unprotected(refused[0])
        for request in wanted:
            match limits.reducing(request, self.strategy, position.quantity):
                case Denied(_, reasons):
                    raise Halt(f"a protective order was denied ({reasons[0]}): protect it by hand")
        self.journal.intended(wanted, {"reserved": Decimal(0), "attempt": attempt})

    def _unprotected(self, refused: OrderRecord) -> Halt:
        request, why = refused.request, "; ".join(refused.reasons)
        return Halt(
            f"the exchange refused the {request.type} order that protects {request.quantity} of "
            f"{request.symbol} ({why}): protect or close it by hand now, then start again"
        )
