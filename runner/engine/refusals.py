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

#: Times in a row that the exchange may end a position's stop before a person must look.
MOST_REFUSALS = 3

#: How the reason of an exit begins that takes the place of one which was refused.
AGAIN = "again: "


@dataclass(frozen=True, slots=True)
class Exit:
    """One that was refused: what is still to be closed (base currency), for which `codes` reason.

    `whole`: it was to close all, whatever has been added since. `told`: which order it was, the
    newest of several, and what the exchange said.
    """

    quantity: float
    reason: int
    told: str
    whole: bool

    def of(self, held: float) -> float:
        """What it closes of a position."""
        return held if self.whole else min(self.quantity, held)


class Refusals:
    """Of one trader, by desk; what a restart needs of it is in `snapshot`."""

    def __init__(self, trader: Trader) -> None:
        self.trader = trader
        self.troubles: dict[int, str] = {}  # what a person must see to
        #: By desk, its stops or its targets, and part: ended since one was last accepted.
        self._counts: dict[tuple[int, bool, int], int] = {}
        self._exits: dict[int, Exit] = {}  # to be sent again
        self._told: dict[int, str] = {}  # by row of the log: why it is sent again

    def lost(self, desk: Desk, record: OrderRecord, row: Row) -> None:
        """The exchange ended an order, and we did not."""
        if desk.position.quantity == 0.0:
            return
        if record.request.purpose is Purpose.EXIT:
            known = self._exits.get(desk.index)
            self._exits[desk.index] = _refused(desk, record, row, known)
            protect(desk, self.trader.log)
        elif record.request.purpose is Purpose.PROTECT and desk.exit_row == codes.NONE:
            self._stay_protected(desk, record)

    def _stay_protected(self, desk: Desk, lost: OrderRecord) -> None:
        """The position's protection is placed again.

        Refused for the first time it comes back without its targets. A stop that the price has
        passed already, or that is refused again and again, becomes a market order; where that does
        not end it either, a person must look.
        """
        kind = _kind(desk, lost)
        count = self._counts.get(kind, 0) + 1
        self._counts[kind] = count
        if count == MOST_REFUSALS or is_passed(lost):
            self._counts[kind] = MOST_REFUSALS
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
            self._counts[desk.index, True, desk.plan.targets] = count  # one stop for all of it
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
            is_leaving = desk.exit_row != codes.NONE
            if desk.index not in self._exits or is_leaving or desk.row >= desk.table.last:
                continue
            refused = self._exits.pop(desk.index)
            leave_part(self.trader, desk, refused.of(desk.position.quantity), refused.reason)
            self._told[desk.exit_row] = refused.told

    def reasons(self, row: int) -> tuple[str, ...]:
        """Why this row of the log is sent although nothing was decided."""
        told = self._told.get(row)
        return () if told is None else (told,)

    def forget(self, desk: Desk) -> None:
        """What is gone, or on its way out as a whole, needs nothing again."""
        if desk.position.quantity == 0.0:
            self.troubles.pop(desk.index, None)
            self._counts = {kind: n for kind, n in self._counts.items() if kind[0] != desk.index}
        leaves = desk.exit_quantity if desk.exit_row != codes.NONE else 0.0
        if leaves >= desk.position.quantity:
            self._exits.pop(desk.index, None)

    def rests(self, desk: Desk, accepted: OrderRecord) -> None:
        """The exchange has taken an order: of its kind, refusals count anew."""
        if accepted.request.purpose is Purpose.PROTECT:
            self._counts.pop(_kind(desk, accepted), None)
            counts = [count for kind, count in self._counts.items() if kind[0] == desk.index]
            if max(counts, default=0) <= MOST_REFUSALS:
                self.troubles.pop(desk.index, None)

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
            str(index): [repr(one.quantity), one.reason, one.told, one.whole]
            for index, one in self._exits.items()
        }
        counts = [[*kind, count] for kind, count in self._counts.items()]
        told = {"refused_exits": exits, "refused_protection": counts}
        return {name: known for name, known in told.items() if known}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What `snapshot` told."""
        for index, (quantity, reason, told, *whole) in state.get("refused_exits", {}).items():
            self._exits[int(index)] = Exit(float(quantity), reason, told, whole == [True])
        for index, is_stop, part, count in state.get("refused_protection", []):
            self._counts[index, is_stop, part] = count


def _kind(desk: Desk, record: OrderRecord) -> tuple[int, bool, int]:
    return desk.index, record.request.stop_price is not None, int(record.body.get("leg", 0))


def _refused(desk: Desk, record: OrderRecord, row: Row, known: Exit | None) -> Exit:
    """Added to what was refused before it."""
    left = less(desk, float(record.request.quantity or 0), float(record.filled_quantity))
    why = "; ".join(one for one in record.reasons if not one.startswith(AGAIN))
    return Exit(
        quantity=left if known is None else less(desk, left + known.quantity, 0.0),
        reason=int(row[codes.REASON]),
        told=f"{AGAIN}the exit {record.client_order_id} was {record.state}"
        + (f" ({why})" if why else ""),
        whole=bool(record.body.get("whole")) or (known is not None and known.whole),
    )
