"""The backtest's loop: every instant through play, close and decide, for all symbols of a file.

In: a trader whose desks hold their tables. Out: rows in its log (columns: codes.py) and the equity
at each instant. A live session calls the same `close_bar` and `decide`; the embedded exchange plays
the same bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.core.book import liquidation_price, worth
from runner.core.codes import MARKET, NONE
from runner.core.decide import close_bar, decide
from runner.core.desk import Desk, plan_for
from runner.core.guards import watch_equity
from runner.core.play import accept_ladder, play_add, play_bar, play_entry, play_exit
from runner.core.trader import Trader

if TYPE_CHECKING:
    from runner.core.buffers import Instants, Numbers


NEVER = float("inf")  # a price that no bar reaches


def run(trader: Trader, opened_at: Instants, equities: Numbers) -> None:
    """Plays all bars. `opened_at` (UTC ms, ascending) is the union of the desks' own.

    `equities` receives the equity at each of these bars' closes.
    """
    if len(trader.desks) == 1:
        run_one(trader, trader.desks[0], equities)
        return
    for t in range(len(opened_at)):
        due: list[Desk] = []
        for desk in trader.desks:
            bar = desk.row + 1
            if bar < desk.table.count and desk.table.opened_at[bar] == opened_at[t]:
                due.append(desk)
        step(trader, due)
        equities[t] = trader.equity


def step(trader: Trader, due: list[Desk]) -> None:
    """One instant: the next bar of each of `due`, from its open to its close."""
    play_pending(trader, due)
    for desk in due:
        play_bar(trader, desk)
    for desk in due:
        desk.row = desk.row + 1
        trader.now = desk.table.opened_at[desk.row] + desk.table.tf_ms
        close_bar(trader, desk)
    decide(trader, due)


def play_pending(trader: Trader, due: list[Desk]) -> None:
    """Market orders at the open in the order in which they were decided."""
    if not is_pending(due):
        return
    waiting: list[Desk] = []
    for desk in due:
        if desk.exit_row != NONE:
            waiting.append(desk)
    while len(waiting) > 0:
        play_exit(trader, earliest(waiting))
    for desk in due:
        if desk.add_row != NONE or (desk.entry_row != NONE and desk.entry_type == MARKET):
            waiting.append(desk)
    fresh: list[Desk] = []
    while len(waiting) > 0:
        desk = earliest(waiting)
        if desk.add_row != NONE:
            play_add(trader, desk)
        else:
            play_entry(trader, desk)
            if desk.ladder_fresh:
                fresh.append(desk)
    for desk in fresh:
        accept_ladder(trader, desk)


def is_pending(due: list[Desk]) -> bool:
    """Whether an order may wait for the open."""
    for desk in due:
        if desk.exit_row != NONE or desk.add_row != NONE or desk.entry_row != NONE:
            return True
    return False


def earliest(waiting: list[Desk]) -> Desk:
    """Takes out the one whose order was decided first."""
    first = 0
    for k in range(1, len(waiting)):
        one = waiting[k]
        other = waiting[first]
        if one.arrival < other.arrival:
            first = k
    return waiting.pop(first)


def run_one(trader: Trader, desk: Desk, equities: Numbers) -> None:
    """The same for one symbol, without the work of bars on which nothing can happen."""
    table = desk.table
    position = desk.position
    account = trader.account
    guards = trader.guards
    leverage = desk.plan.leverage
    due = [desk]
    high = table.high
    low = table.low
    close = table.close
    quiet = False
    held = 0.0
    cash = account.cash
    floor = 0.0
    ceiling = NEVER
    for i in range(table.count):
        if quiet:
            if held == 0.0:
                if not (table.calls[i] & 1):
                    equities[i] = cash
                    if guards.active:
                        watch_equity(guards, table.opened_at[i] + table.tf_ms, cash + trader.own)
                    continue
            elif not (table.calls[i] & 6) and low[i] > floor and high[i] < ceiling:
                equities[i] = cash + worth(position, close[i], leverage)
                continue
        desk.row = i - 1
        step(trader, due)
        equities[i] = trader.equity
        held = position.quantity
        cash = account.cash
        quiet = is_quiet(trader, desk)
        if quiet and held > 0.0:
            floor = nearest(desk, -1.0)
            ceiling = nearest(desk, 1.0)


def is_quiet(trader: Trader, desk: Desk) -> bool:
    """Only a condition, or a price that its stop or targets rest at, can change anything."""
    if desk.entry_row != NONE or desk.add_row != NONE or desk.exit_row != NONE:
        return False
    if desk.position.quantity == 0.0:
        return True
    if trader.guards.active or desk.ladder_notional > 0.0:
        return False
    side = plan_for(desk, desk.position.side)
    watched = side.reads_position or side.has_add or desk.plan.moves_stop
    return not (watched or desk.plan.time_stop > 0)


def nearest(desk: Desk, direction: float) -> float:
    """The nearest price below (-1.0) or above (1.0) at which an order of the position fills."""
    side = desk.position.side
    found = NEVER if direction > 0.0 else 0.0
    if direction == side:
        for leg in range(desk.legs):
            price = desk.leg_price[leg]
            if price > 0.0 and (found - price) * direction > 0.0:
                found = price
        return found
    if desk.stop > 0.0:
        found = desk.stop
    plan = desk.plan
    liquidation = liquidation_price(desk.position, plan.maintenance, plan.leverage)
    if liquidation > 0.0 and (found - liquidation) * direction > 0.0:
        found = liquidation
    return found
