"""What the exchange would not do for a position, and what is tried instead.

A stop that it ended is placed again, one that cannot rest becomes a market order, and an exit that
it refused is sent again at the next close. Where none of that helps a person must look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.core import codes
from runner.core.desk import Desk
from runner.core.leaving import leave_part
from runner.core.legs import protect
from runner.core.trader import Trader, less
from runner.engine.news import is_passed
from runner.engine.rows import LEG_UNPROTECTED, Row
from runner.journal.orders import OrderRecord
from runner.model.orders import OrderState, Purpose

#: Times that the exchange may end a position's stop before a person must look.
MOST_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Exit:
    """One that was refused: what is still to be closed (base currency), for which `codes` reason.

    `told`: which order it was and what the exchange said.
    """

    quantity: float
    reason: int
    told: str


class Refusals:
    """Of one trader, by desk; what a restart needs of it is in `snapshot`."""

    def __init__(self, trader: Trader) -> None:
        self.trader = trader
        self.troubles: dict[int, str] = {}  # what a person must see to
        self._counts: dict[int, int] = {}  # since the stop last rested
        self._exits: dict[int, Exit] = {}  # to be sent again
        self._told: dict[int, str] = {}  # by row of the log: why it is sent again

    def lost(self, desk: Desk, record: OrderRecord, row: Row) -> None:
        """The exchange ended an order, and we did not."""
        if desk.position.quantity == 0.0:
            return
        if record.request.purpose is Purpose.EXIT:
            if record.pinned is not None:  # else it was never sent
                self._exits[desk.index] = _refused(desk, record, row)
            protect(desk, self.trader.log)
        elif record.request.purpose is Purpose.PROTECT and desk.exit_row == codes.NONE:
            self._stay_protected(desk, record)

    def _stay_protected(self, desk: Desk, lost: OrderRecord) -> None:
        """The position's protection is placed again.

        Refused for the first time it comes back without its targets. A stop that the price has
        passed already, or that is refused again and again, becomes a market order; where that does
        not end it either, a person must look.
        """
        count = self._counts.get(desk.index, 0) + 1
        self._counts[desk.index] = count
        if count == MOST_REFUSALS or is_passed(lost):
            self._counts[desk.index] = MOST_REFUSALS
            self._close_unprotected(desk, lost)
            return
        if count > MOST_REFUSALS:
            self.troubles[desk.index] = (
                f"the exchange ends the protective orders of {lost.request.symbol} as soon as they "
                f"are placed ({'; '.join(lost.reasons)}): protect or close it by hand now"
            )
            return
        if lost.state is OrderState.REJECTED:
            for part in range(desk.plan.targets):
                desk.done_targets = desk.done_targets | 1 << part
        protect(desk, self.trader.log)

    def _close_unprotected(self, desk: Desk, lost: OrderRecord) -> None:
        """What cannot be protected is closed, once for each refused attempt."""
        reason = desk.stop_reason or codes.BY_STOP_LOSS
        leave_part(self.trader, desk, desk.position.quantity, reason)
        self.trader.log.write(desk.exit_row, codes.DECIDED, float(lost.request.decided_at))
        self.trader.log.write(desk.exit_row, codes.LEG, float(LEG_UNPROTECTED))
        attempt = float(lost.body.get("attempt", 1))
        self.trader.log.write(desk.exit_row, codes.ATTEMPT, attempt)

    def leave_again(self, due: Iterable[Desk]) -> None:
        """At a close, after its decisions: the exits that were refused, one a symbol at most."""
        for desk in due:
            refused = self._exits.get(desk.index)
            if refused is None or desk.exit_row != codes.NONE or desk.row >= desk.table.last:
                continue
            leave_part(
                self.trader, desk, min(refused.quantity, desk.position.quantity), refused.reason
            )
            self._told[desk.exit_row] = refused.told

    def reasons(self, row: int) -> tuple[str, ...]:
        """Why this row of the log is sent although nothing was decided."""
        told = self._told.get(row)
        return () if told is None else (told,)

    def forget(self, desk: Desk) -> None:
        """Whatever is on its way out, or gone, needs nothing again."""
        is_flat, refused = desk.position.quantity == 0.0, self._exits.get(desk.index)
        if is_flat:
            self.troubles.pop(desk.index, None)
        leaves = desk.exit_quantity if desk.exit_row != codes.NONE else 0.0
        if refused is not None and (is_flat or leaves >= refused.quantity):
            del self._exits[desk.index]

    def rests(self) -> None:
        """Whatever is held rests behind its stop: the count of refusals begins anew."""
        self._counts = {one: self._counts[one] for one in self.troubles}

    def resumed(self) -> None:
        """A person has seen to it: what could not be protected is tried once more."""
        bare, self.troubles = list(self.troubles), {}
        self._counts.clear()
        for index in bare:
            desk = self.trader.desks[index]
            if desk.exit_row == codes.NONE:
                protect(desk, self.trader.log)

    def snapshot(self) -> dict[str, object]:
        """What the journal keeps beside the trader's state; nothing where nothing was refused."""
        exits = {
            str(index): [repr(one.quantity), one.reason, one.told]
            for index, one in self._exits.items()
        }
        return {"refused_exits": exits} if exits else {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What `snapshot` told."""
        for index, (quantity, reason, told) in state.get("refused_exits", {}).items():
            self._exits[int(index)] = Exit(float(quantity), reason, told)


def _refused(desk: Desk, record: OrderRecord, row: Row) -> Exit:
    done = float(record.filled_quantity)
    why = "; ".join(record.reasons)
    return Exit(
        quantity=less(desk, float(record.request.quantity or 0), done),
        reason=int(row[codes.REASON]),
        told=f"again: the exit {record.client_order_id} was {record.state}"
        + (f" ({why})" if why else ""),
    )
