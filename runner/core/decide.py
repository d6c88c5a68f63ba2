"""What the rules want at a close, for all symbols of one instant: SPEC section 3, "One instant".

Exits are decided before adds, adds before entries.
"""

from __future__ import annotations

from runner.core.book import fund
from runner.core.codes import (
    CANCELED,
    MARKET,
    NONE,
)
from runner.core.desk import Desk, plan_for
from runner.core.entering import chase, decide_add, decide_entries
from runner.core.guards import watch_equity
from runner.core.held import follow_stop, watch_bar
from runner.core.leaving import decide_exit
from runner.core.legs import cancel_ladder
from runner.core.plan import SidePlan
from runner.core.table import ENDS_ALL, ENDS_SESSION, NO_ENTRIES
from runner.core.trader import (
    Trader,
    clear_entry,
    marked,
)


def close_bar(trader: Trader, desk: Desk) -> None:
    """A bar of this symbol has closed: funding, the stop in force, timeouts."""
    table = desk.table
    row = desk.row
    desk.mark = table.close[row]
    if desk.position.quantity > 0.0:
        if table.funding[row] != 0.0:
            fund(trader.account, desk.position, table.funding[row])
        watch_bar(desk)
    desk.entry_chased = False
    if desk.entry_row != NONE and desk.entry_type != MARKET:
        side = plan_for(desk, desk.entry_side)
        if table.flags[row] & (ENDS_SESSION | ENDS_ALL | NO_ENTRIES):
            trader.log.end(desk.entry_row, CANCELED)
            clear_entry(desk)
        elif row >= desk.signal_row + side.timeout:
            time_out(trader, desk, side)


def time_out(trader: Trader, desk: Desk, side: SidePlan) -> None:
    """A resting entry has waited long enough: it goes, or is to be bought at market."""
    trader.log.end(desk.entry_row, CANCELED)
    clear_entry(desk)
    desk.entry_chased = side.chases


def decide(trader: Trader, due: list[Desk]) -> None:
    """All decisions of an instant; `due` are the symbols whose bar has just closed."""
    decide_orders(trader, due)
    for desk in due:
        follow_stop(desk, trader.log)


def decide_orders(trader: Trader, due: list[Desk]) -> None:
    """Protections, exits, adds and entries, in this order."""
    trader.equity = marked(trader)
    if trader.guards.active:
        watch_equity(trader.guards, trader.now, trader.equity + trader.own)
        if trader.guards.paused:
            stop_entering(trader)
    leaving = trader.desks if trader.guards.closing else due
    adds = chases = False
    for desk in leaving:
        chases = chases or desk.entry_chased
        stays = desk.position.quantity > 0.0 and desk.exit_row == NONE
        if stays and desk.row < desk.table.last:  # a symbol without bars has no table
            decide_exit(trader, desk)
            adds = adds or plan_for(desk, desk.position.side).has_add
    if trader.guards.paused or trader.halted:
        return
    if adds:
        decide_adds(trader, due)
    if chases:
        for desk in due:
            if desk.entry_chased:
                chase(trader, desk)
    decide_entries(trader, due)


def decide_adds(trader: Trader, due: list[Desk]) -> None:
    """Adds to positions that stay."""
    for desk in due:
        stays = desk.position.quantity > 0.0 and desk.exit_row == NONE
        if stays and desk.row < desk.table.last and plan_for(desk, desk.position.side).has_add:
            decide_add(trader, desk)


def stop_entering(trader: Trader) -> None:
    """A pause: what could still open or add is canceled."""
    for desk in trader.desks:
        if desk.entry_row != NONE and desk.entry_type != MARKET:
            trader.log.end(desk.entry_row, CANCELED)
            clear_entry(desk)
        cancel_ladder(desk, trader.log)
