"""One account's symbols under one rule file: what fills do to it, and what it counts.

Backtest, replay and live call the same functions. In the log an order is RESTING from its decision
to its end; who fills rows (the loop of `kernel`, or a session that asks an exchange) tells here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.core.book import Account, enter, leave, steps_away, worth
from runner.core.codes import (
    ADD,
    BY_BREAK_EVEN,
    BY_LIQUIDATION,
    BY_STOP_LOSS,
    BY_TRAILING_STOP,
    CANCELED,
    ENTRY,
    LEAVE,
    LEG,
    MARKET,
    MOST_LADDER,
    NONE,
    PURPOSE,
    REASON,
    SIDE,
    STOP,
    TARGET,
    TYPE,
)
from runner.core.desk import Desk, forget, plan_for
from runner.core.guards import Guards, count_stop
from runner.core.held import added, opened, topped_up
from runner.core.legs import cancel_ladder, drop_leg, protect, unprotect, weigh_ladder
from runner.core.log import Log
from runner.core.size import Draft

if TYPE_CHECKING:
    from runner.core.plan import Plan

MINUTE_MS = 60000.0


class Trader:
    """`now`: the instant of the newest closed bars, UTC ms; `equity` the file's at that instant.

    `own` added to it is what protections judge: capital and what the file's orders gained. `sent`
    counts the orders of the UTC minute `minute`; `halted`: a person stopped new exposure.
    """

    __slots__ = (
        "account",
        "arrivals",
        "desks",
        "draft",
        "equity",
        "guards",
        "halted",
        "log",
        "max_open",
        "minute",
        "now",
        "own",
        "sent",
        "silent",
    )

    def __init__(self, account: Account, guards: Guards, max_open: int) -> None:
        self.account = account
        self.guards = guards
        self.max_open = max_open
        self.log = Log()
        self.desks: list[Desk] = []
        self.draft = Draft()
        self.now = 0.0
        self.own = 0.0
        self.equity = account.cash
        self.minute = 0.0
        self.sent = 0
        self.arrivals = 0
        self.halted = False
        self.silent = False


def trader_of(cash: float, guards: Guards, max_open: int | None, plans: list[Plan]) -> Trader:
    """A trader with nothing held; one desk for each plan, in file order."""
    trader = Trader(Account(cash), guards, max_open or 0)
    trader.desks = [Desk(index, plan) for index, plan in enumerate(plans)]
    return trader


def free_cash(trader: Trader) -> float:
    """Cash that no position, living entry or safety order holds back."""
    held = 0.0
    for desk in trader.desks:
        held = held + desk.position.margin + desk.entry_cost + desk.add_cost + desk.ladder_cost
    return trader.account.cash - held


def exposure(trader: Trader) -> float:
    """Worth of all positions, living entries and safety orders, quote currency."""
    total = 0.0
    for desk in trader.desks:
        total = total + desk.position.quantity * desk.mark
        total = total + desk.entry_notional + desk.add_notional + desk.ladder_notional
    return total


def marked(trader: Trader) -> float:
    """Equity: cash and every position at its newest close."""
    total = trader.account.cash
    for desk in trader.desks:
        if desk.position.quantity > 0.0:
            total = total + worth(desk.position, desk.mark, desk.plan.leverage)
    return total


def filled(
    trader: Trader,
    desk: Desk,
    row: int,
    quantity: float,
    price: float,
    paid: float,
    at: float,
    inside: bool,
    sibling: int,
) -> None:
    """The order of a log row filled whole; the other half of a pair ends in state `sibling`.

    `quantity`, `price` and `paid` are of what was not told by `filled_part` before.
    """
    log = trader.log
    purpose = int(log.value(row, PURPOSE))
    log.fill(row, quantity, price, paid, at, inside)
    if purpose == ENTRY:
        resting = log.value(row, TYPE) != MARKET
        give_up_entry(desk, log, row)
        clear_entry(desk)
        enter_part(trader, desk, log.value(row, SIDE), quantity, price, paid, resting)
    elif purpose == ADD:
        fill_add(trader, desk, row, quantity, price, paid)
    else:
        reduce(trader, desk, row, purpose, quantity, price, paid, at, sibling)


def enter_part(
    trader: Trader,
    desk: Desk,
    side: float,
    quantity: float,
    price: float,
    paid: float,
    resting: bool,
) -> None:
    """An entry's fill: the first opens the position, a further one of the same order tops it up."""
    is_first = desk.position.quantity == 0.0
    if is_first:
        desk.signal.side = side  # a newer signal may have been read since
    enter(trader.account, desk.position, side, quantity, price, paid, desk.plan.leverage)
    if is_first:
        opened(desk, trader.log, quantity, price, resting)
    else:
        topped_up(desk, trader.log, price)


def filled_part(
    trader: Trader, desk: Desk, row: int, quantity: float, price: float, paid: float
) -> None:
    """A part of an order filled, and the rest lives on; a backtest fills whole orders only."""
    log = trader.log
    purpose = int(log.value(row, PURPOSE))
    if purpose == ENTRY:
        give_up_entry(desk, log, row)
        desk.entry_quantity = less(desk, desk.entry_quantity, quantity)
        rests = log.value(row, TYPE) != MARKET
        enter_part(trader, desk, log.value(row, SIDE), quantity, price, paid, rests)
    elif purpose == ADD and desk.position.quantity == 0.0:  # its position ended in between
        enter_part(trader, desk, log.value(row, SIDE), quantity, price, paid, True)
    elif purpose == ADD:
        side = desk.position.side
        enter(trader.account, desk.position, side, quantity, price, paid, desk.plan.leverage)
        topped_up(desk, log, price)
    else:
        leave(trader.account, desk.position, quantity, price, paid, desk.plan.leverage)
        is_stale = purpose >= STOP and desk.exit_row == NONE
        for leg in range(desk.legs):
            if desk.leg_stop_row[leg] == row or desk.leg_target_row[leg] == row:
                desk.leg_quantity[leg] = less(desk, desk.leg_quantity[leg], quantity)
                is_stale = False
        if row == desk.exit_row:
            desk.exit_quantity = less(desk, desk.exit_quantity, quantity)
        if is_stale:
            protect(desk, log)


def less(desk: Desk, quantity: float, filled: float) -> float:
    """What is left of an order, on the market's grid."""
    plan = desk.plan
    left = steps_away(quantity - filled, 0.0, plan.step_numerator, plan.step_denominator)
    return left if left > 0.0 else 0.0


def give_up_entry(desk: Desk, log: Log, filled_row: int) -> None:
    """An entry that was given up has filled after all: the one decided since is not sent."""
    if desk.entry_row != NONE and desk.entry_row != filled_row:
        log.end(desk.entry_row, CANCELED)
        clear_entry(desk)


def fill_add(
    trader: Trader, desk: Desk, row: int, quantity: float, price: float, paid: float
) -> None:
    """A pyramid's market order or a safety order filled."""
    log = trader.log
    resting = row != desk.add_row
    if resting:
        for k in range(MOST_LADDER):
            if desk.ladder_rows[k] == row:
                desk.ladder_rows[k] = NONE
        weigh_ladder(desk, plan_for(desk, log.value(row, SIDE)))
    else:
        clear_add(desk)
    if desk.position.quantity == 0.0:  # its position ended in between: this is one of its own
        enter_part(trader, desk, log.value(row, SIDE), quantity, price, paid, resting)
        return
    enter(
        trader.account, desk.position, desk.position.side, quantity, price, paid,
        desk.plan.leverage,
    )  # fmt: skip
    added(desk, log, price, resting)


def reduce(
    trader: Trader,
    desk: Desk,
    row: int,
    purpose: int,
    quantity: float,
    price: float,
    paid: float,
    at: float,
    sibling: int,
) -> None:
    """An exit, a stop or a target filled."""
    log = trader.log
    position = desk.position
    funding = position.funding
    reason = int(log.value(row, REASON))
    lost = position.side * (price - position.entry_price) < 0.0
    side = position.side
    is_stale = purpose >= STOP and desk.exit_row == NONE
    leave(trader.account, position, quantity, price, paid, desk.plan.leverage)
    if purpose >= STOP:
        if purpose == TARGET:
            desk.done_targets = desk.done_targets | 1 << int(log.value(row, LEG))
        for leg in range(desk.legs):
            if desk.leg_stop_row[leg] == row or desk.leg_target_row[leg] == row:
                drop_leg(desk, log, leg, row, sibling)
                is_stale = False
                break
    elif purpose == LEAVE:
        desk.exit_row = NONE
    if position.quantity == 0.0:
        log.fund(row, funding)
        if desk.entry_row != NONE and log.value(desk.entry_row, SIDE) == side:
            ended(trader, desk, desk.entry_row, CANCELED)  # what was left of its entry
        closed(trader, desk, reason, lost, at)
    elif purpose == LEAVE or is_stale:  # stale: of a protection that was replaced meanwhile
        protect(desk, log)


def closed(trader: Trader, desk: Desk, reason: int, lost: bool, at: float) -> None:
    """Flat: what rested for the position goes, and protections take note."""
    unprotect(desk, trader.log)
    cancel_ladder(desk, trader.log)
    if lost and reason in (BY_STOP_LOSS, BY_TRAILING_STOP, BY_BREAK_EVEN, BY_LIQUIDATION):
        count_stop(trader.guards, at)
    if trader.guards.cooldown > 0:
        desk.free_from = desk.row + 1 + trader.guards.cooldown
    forget(desk)


def clear_entry(desk: Desk) -> None:
    """No entry lives any more."""
    desk.entry_row = NONE
    desk.entry_cost = 0.0
    desk.entry_notional = 0.0


def clear_add(desk: Desk) -> None:
    """No add is on its way."""
    desk.add_row = NONE
    desk.add_cost = 0.0
    desk.add_notional = 0.0


def ended(trader: Trader, desk: Desk, row: int, state: int) -> None:
    """The order of a log row ended without a fill: rejected, expired or canceled."""
    log = trader.log
    log.end(row, state)
    if row == desk.entry_row:
        clear_entry(desk)
    elif row == desk.add_row:
        clear_add(desk)
    elif row == desk.exit_row:
        desk.exit_row = NONE
        if desk.position.quantity > 0.0:  # it is held on, so it is protected again
            protect(desk, log)
    for k in range(MOST_LADDER):
        if desk.ladder_rows[k] == row:
            desk.ladder_rows[k] = NONE
            weigh_ladder(desk, plan_for(desk, desk.position.side))
    for leg in range(desk.legs):
        if desk.leg_stop_row[leg] == row:
            desk.leg_stop_row[leg] = NONE
        if desk.leg_target_row[leg] == row:
            desk.leg_target_row[leg] = NONE


def liquidated(trader: Trader, desk: Desk, quantity: float, price: float, at: float) -> None:
    """The exchange took the position: a row that nobody decided, filled without a fee."""
    log = trader.log
    row = log.add(
        desk.signal_at, desk.index, LEAVE, 1, 1, -desk.position.side, MARKET, quantity, 0.0, 0.0,
        BY_LIQUIDATION, 0.0,
    )  # fmt: skip
    log.fill(row, quantity, price, 0.0, at, True)
    reduce(trader, desk, row, LEAVE, quantity, price, 0.0, at, 0)


def count_order(trader: Trader) -> None:
    """One more order in this UTC minute."""
    sent = sent_now(trader)
    trader.minute = trader.now // MINUTE_MS
    trader.sent = sent + 1


def sent_now(trader: Trader) -> int:
    """Orders decided in this UTC minute so far."""
    return trader.sent if trader.now // MINUTE_MS == trader.minute else 0


def arrive(trader: Trader, desk: Desk) -> None:
    """Orders reach the exchange in the order in which they were decided."""
    trader.arrivals = trader.arrivals + 1
    desk.arrival = trader.arrivals
    count_order(trader)
