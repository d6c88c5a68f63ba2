"""A person's words, carried out on the trader: halt, resume, close, cancel, flatten.

In: words of the journal, in order; applied to the state before them they give the same after any
restart. Out: rows of the log that a session sends and cancels like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from runner.core import codes, guards
from runner.core.codes import NONE
from runner.core.desk import Desk
from runner.core.legs import cancel_ladder, unprotect
from runner.core.strategy import Strategy
from runner.core.trader import Trader, count_order, ended
from runner.journal.database import Journal
from runner.journal.history import Event, Word
from runner.journal.mailbox import Mailbox
from runner.model.errors import Abandon

HALT, RESUME, CLOSE, CANCEL, FLATTEN = "halt", "resume", "close", "cancel", "flatten"

#: In place of an order's id: every living entry and safety order.
ALL = "all"

#: Of `Pause.kind`: a day's loss is counted from the equity that the day began with.
_DAILY_LOSS = 2

#: Of `LEAVE` rows, see engine/rows.py: 0 is decided by the rules, 1 the exchange made itself.
LEG_BY_HAND = 2


class Learns(Protocol):
    """Whoever keeps the trader in step with the journal."""

    def apply(self, events: list[Event]) -> None:
        """What became known, in order."""


class Requests:
    """Takes up what waits beside the journal; each request once, whenever the process dies."""

    def __init__(self, journal: Journal, desks: Learns) -> None:
        self.journal = journal
        self.desks = desks
        self.mailbox = Mailbox(journal.path)

    def take_up(self) -> None:
        """Oldest first: journaled, applied, then its file goes."""
        for request in self.mailbox.waiting():
            if not self.journal.was_heard(request.id):
                self.journal.heard(request)
                self.desks.apply(self.journal.events()[-1:])
            self.mailbox.drop(request)


def obey(trader: Trader, strategy: Strategy, word: Word, rows: Mapping[str, int]) -> None:
    """Carries out one word; `rows` of the log by client order id."""
    match word.verb:
        case "halt":
            trader.halted = True
        case "resume":
            _resume(trader)
        case "close":
            for desk in trader.desks:
                if strategy.symbols[desk.index] == word.argument:
                    leave_by_hand(trader, desk, word)
        case "cancel":
            for desk in trader.desks:
                for row in opening_rows(desk):
                    if word.argument == ALL or row == rows.get(word.argument):
                        ended(trader, desk, row, codes.CANCELED)
        case "flatten":
            trader.halted = True
            for desk in trader.desks:
                leave_by_hand(trader, desk, word)
        case _:
            raise Abandon(f"the journal holds the word `{word.verb}`: use the runner that wrote it")


def stop_opening(trader: Trader) -> None:
    """Halted: nothing that could still open or add stays, whatever fills brought about."""
    for desk in trader.desks:
        for row in opening_rows(desk):
            ended(trader, desk, row, codes.CANCELED)
        desk.entry_chased = False


def opening_rows(desk: Desk) -> list[int]:
    """Rows of the living entry, add and safety orders."""
    rows = [desk.entry_row, desk.add_row, *desk.ladder_rows]
    return [int(row) for row in rows if row != NONE]


def leave_by_hand(trader: Trader, desk: Desk, word: Word) -> None:
    """A market order for all that is held; a whole exit that is under way stays as it is.

    The word's number is its attempt: no other order of the run has that id.
    """
    quantity = desk.position.quantity
    if quantity == 0.0 or (desk.exit_row != NONE and desk.exit_quantity == quantity):
        return
    if desk.exit_row != NONE:  # of a part only
        trader.log.end(desk.exit_row, codes.CANCELED)
    unprotect(desk, trader.log)
    cancel_ladder(desk, trader.log)
    if desk.add_row != NONE:
        ended(trader, desk, desk.add_row, codes.CANCELED)
    desk.exit_quantity = quantity
    desk.exit_reason = codes.BY_HAND
    desk.exit_row = trader.log.add(
        float(word.at_ms), desk.index, codes.LEAVE, LEG_BY_HAND, word.number,
        -desk.position.side, codes.MARKET, quantity, 0.0, 0.0, codes.BY_HAND, 0.0,
    )  # fmt: skip
    trader.arrivals = trader.arrivals + 1
    desk.arrival = trader.arrivals
    count_order(trader)


def _resume(trader: Trader) -> None:
    """Ends the halt and every pause; a day's loss counts anew from the equity of now."""
    trader.halted = False
    trader.guards.paused = False
    guards.resume(trader.guards)
    for pause in trader.guards.pauses:
        if pause.kind == _DAILY_LOSS:
            pause.day_equity = pause.last_equity
