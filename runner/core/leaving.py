"""What ends a position, or a part of it, at a close: SPEC section 3 and 1.1, `exit`.

What is wanted becomes a row of the log, and nothing protects what is on its way out.
"""

from __future__ import annotations

from runner.core.book import steps_away
from runner.core.codes import (
    BY_PROTECTION,
    BY_RULE,
    BY_SESSION_END,
    BY_TIME_STOP,
    CANCELED,
    LEAVE,
    MARKET,
    NO_REASON,
    NONE,
)
from runner.core.desk import Desk, plan_for, table_for
from runner.core.legs import cancel_ladder, is_too_small, part_of, unprotect
from runner.core.plan import SidePlan
from runner.core.program import Code, Columns, Facts
from runner.core.program import run as run_code
from runner.core.table import ENDS_ALL, ENDS_SESSION
from runner.core.trader import (
    Trader,
    arrive,
    clear_add,
    clear_entry,
)

NOT_A_NUMBER = float("nan")
facts = Facts()


def decide_exit(trader: Trader, desk: Desk) -> None:
    """Whether something ends the position, or a part of it, at this close."""
    row = desk.row
    side = desk.position.side
    plan = plan_for(desk, side)
    flags = desk.table.flags[row]
    reason = NO_REASON
    if trader.guards.closing or flags & ENDS_ALL:
        reason = BY_PROTECTION
    elif flags & ENDS_SESSION:
        reason = BY_SESSION_END
    elif desk.plan.time_stop > 0 and row - desk.opened_row + 1 >= desk.plan.time_stop:
        reason = BY_TIME_STOP
    if reason != NO_REASON:
        leave_part(trader, desk, desk.position.quantity, reason)
        return
    if row < desk.table.first or plan.rules == 0:
        return
    part = 0.0
    for rule in range(plan.rules):
        if desk.done_rules >> rule & 1 or not is_leaving(desk, plan, rule):
            continue
        if plan.rule_fraction[rule] >= 1.0:
            leave_part(trader, desk, desk.position.quantity, BY_RULE)
            return
        desk.done_rules = desk.done_rules | 1 << rule
        part = part + part_of(desk, plan.rule_fraction[rule])
    if part > 0.0:
        leave_some(trader, desk, part)


def is_leaving(desk: Desk, plan: SidePlan, rule: int) -> bool:
    """An exit rule is surely true at this close."""
    table = table_for(desk, desk.position.side)
    if table.leave[desk.row] >> rule & 1 == 0:
        return False
    codes = plan.rule_codes[rule]
    return len(codes) == 0 or all_true(desk, codes, table.rule_columns[rule])


def all_true(desk: Desk, codes: list[Code], columns: list[Columns]) -> bool:
    """Every program gives 1.0 for the position at this close."""
    read_position(desk, facts)
    for k in range(len(codes)):
        if run_code(codes[k], facts, columns[k], desk.row, desk.signal_row) != 1.0:
            return False
    return True


def read_position(desk: Desk, facts: Facts) -> None:
    """Writes what expressions read of the position at this close into `facts`."""
    position = desk.position
    close = desk.table.close[desk.row]
    facts.entry_price = position.entry_price
    facts.first_entry_price = desk.first_price
    facts.last_entry_price = desk.last_price
    facts.adds = desk.adds
    facts.bars_held = desk.row - desk.opened_row + 1
    facts.profit = position.side * (close - position.entry_price)
    facts.peak_profit = position.side * (desk.best - position.entry_price)
    facts.profit_r = facts.profit / desk.risk if desk.risk > 0.0 else NOT_A_NUMBER
    facts.stop_price = desk.stop if desk.stop > 0.0 else NOT_A_NUMBER


def leave_some(trader: Trader, desk: Desk, part: float) -> None:
    """Sells a part; what would be left below the market's minimum goes with it."""
    plan = desk.plan
    quantity = desk.position.quantity
    part = steps_away(part, 0.0, plan.step_numerator, plan.step_denominator)
    left = steps_away(quantity - part, 0.0, plan.step_numerator, plan.step_denominator)
    if is_too_small(plan, part, desk.mark):
        return
    if is_too_small(plan, left, desk.stop if desk.stop > 0.0 else desk.mark):
        part = quantity
    leave_part(trader, desk, part, BY_RULE)


def leave_part(trader: Trader, desk: Desk, quantity: float, reason: int) -> None:
    """A market order to close; nothing protects what is on its way out."""
    unprotect(desk, trader.log)
    if quantity == desk.position.quantity:
        cancel_ladder(desk, trader.log)
        if desk.add_row != NONE:  # it waits for a bar that has not begun
            trader.log.end(desk.add_row, CANCELED)
            clear_add(desk)
        if desk.entry_row != NONE:  # a part of it has filled
            trader.log.end(desk.entry_row, CANCELED)
            clear_entry(desk)
    desk.exit_quantity = quantity
    desk.exit_reason = reason
    desk.exit_row = trader.log.add(
        trader.now, desk.index, LEAVE, 0, 1, -desk.position.side, MARKET, quantity, 0.0, 0.0,
        reason, 0.0,
    )  # fmt: skip
    arrive(trader, desk)
