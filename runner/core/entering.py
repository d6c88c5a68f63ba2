"""What opens or adds to a position at a close, sized and limited at once.

The next symbol sees what the last has reserved. What is wanted becomes rows of the log, denied ones
included.
"""

from __future__ import annotations

from runner.core.book import floor_to_grid, worth
from runner.core.bounds import (
    ABOVE_MAX_OPEN,
    BELOW_MINIMUM_NOTIONAL,
    BELOW_MINIMUM_QUANTITY,
    account_breaches,
    breaches,
    protection_breaches,
)
from runner.core.codes import (
    ADD,
    BY_REVERSAL,
    BY_RULE,
    ENTRY,
    MARKET,
    NO_REASON,
    NONE,
)
from runner.core.desk import Desk, plan_for, table_for, trades
from runner.core.leaving import all_true
from runner.core.size import Draft, cost_of, draft, draft_ladder, entry_price
from runner.core.table import NO_ENTRIES
from runner.core.trader import (
    Trader,
    arrive,
    exposure,
    free_cash,
    sent_now,
)


def decide_entries(trader: Trader, due: list[Desk]) -> None:
    """Entries in order of preference, then of the file, each within what the last has left."""
    waiting: list[Desk] | None = None  # mostly nobody waits
    for desk in due:
        side = entering_side(trader, desk)
        if side == 0.0:
            continue
        if waiting is None:
            waiting = []
        desk.entry_side = side
        waiting.append(desk)
    while waiting is not None and len(waiting) > 0:
        best = 0
        for k in range(1, len(waiting)):
            if preference(waiting[k]) > preference(waiting[best]):
                best = k
        enter_now(trader, waiting.pop(best))


def preference(desk: Desk) -> float:
    """`prefer` of the entry that is wanted; what is undefined comes last."""
    wanted = table_for(desk, desk.entry_side).prefer[desk.row]
    return wanted if wanted == wanted else -1e308


def entering_side(trader: Trader, desk: Desk) -> float:
    """1.0, -1.0 or, where nothing is to be entered, 0.0; long before short."""
    row = desk.row
    table = desk.table
    if row < table.first or row >= table.last or row < desk.free_from or desk.entry_row != NONE:
        return 0.0
    if table.flags[row] & NO_ENTRIES or trader.silent:
        return 0.0
    held = desk.position.quantity > 0.0
    if held and not (desk.plan.reverse and desk.exit_row != NONE and leaves_by_rule(desk)):
        return 0.0
    for side in (1.0, -1.0):
        if held and side == desk.position.side:
            continue
        if not trades(desk, side):
            continue
        age = table_for(desk, side).rise[row]
        taken = desk.taken_long if side > 0.0 else desk.taken_short
        if age > 0 and row - age + 1 > taken:
            return side
    return 0.0


def leaves_by_rule(desk: Desk) -> bool:
    """The whole position is on its way out because a rule said so."""
    return desk.exit_reason == BY_RULE and desk.exit_quantity == desk.position.quantity


def enter_now(trader: Trader, desk: Desk) -> None:
    """Sizes and limits an entry: a living order, or a denied row."""
    plan = desk.plan
    side = desk.entry_side
    wanted = plan_for(desk, side)
    read_signal(trader, desk, side)
    draft(plan, wanted, desk.signal, trader.draft)
    order = trader.draft
    cash = free_cash(trader)
    held = exposure(trader)
    if desk.position.quantity > 0.0:  # as if the exit had filled at the close
        notional = desk.position.quantity * desk.mark
        cash = cash + (
            desk.position.margin + worth(desk.position, desk.mark, plan.leverage)
        ) - notional * plan.taker  # fmt: skip
        held = held - notional
    bits = breaches(plan, wanted, desk.signal, order, cash, held, sent_now(trader))
    if trader.max_open > 0 and open_count(trader) >= trader.max_open:
        bits |= ABOVE_MAX_OPEN
    resting = wanted.order_type != MARKET
    row = trader.log.add(
        trader.now, desk.index, ENTRY, 0, 1, side, wanted.order_type, order.quantity, order.spend,
        desk.signal.price if resting else 0.0, NO_REASON, order.cost,
    )  # fmt: skip
    if bits:
        trader.log.deny(row, bits, cash, held, order.uncut, order.notional)
        return
    desk.entry_row = row
    desk.entry_type = wanted.order_type
    desk.entry_quantity = order.quantity
    desk.entry_spend = order.spend
    desk.entry_price = desk.signal.price
    desk.entry_cost = order.cost + order.ladder_cost
    desk.entry_notional = order.notional + order.ladder_notional
    if desk.position.quantity > 0.0:
        desk.exit_reason = BY_REVERSAL
        trader.log.explain(desk.exit_row, BY_REVERSAL)
    desk.signal_row = desk.row
    desk.signal_at = trader.now
    desk.attempt = 0
    desk.rise_row = desk.row - table_for(desk, side).rise[desk.row] + 1
    arrive(trader, desk)


def read_signal(trader: Trader, desk: Desk, side: float) -> None:
    """The row as the entry reads it."""
    plan = desk.plan
    table = desk.table
    row = desk.row
    columns = table_for(desk, side)
    signal = desk.signal
    signal.side = side
    signal.close = table.close[row]
    signal.price = entry_price(
        plan, plan_for(desk, side).order_type, side, columns.price[row], signal.close
    )
    signal.capital = plan.capital
    if plan.capital == 0.0:
        signal.capital = trader.equity
        if desk.position.quantity > 0.0:
            signal.capital = trader.equity - desk.position.quantity * desk.mark * plan.taker
    signal.value = columns.value[row]
    signal.stop = table.stop[row]
    signal.trail = table.trail[row]
    for part in range(plan.targets):
        signal.targets[part] = table.targets[part, row]


def open_count(trader: Trader) -> int:
    """Positions that stay and living entries, of all symbols."""
    count = 0
    for desk in trader.desks:
        leaving = desk.exit_row != NONE and desk.exit_quantity == desk.position.quantity
        if (desk.position.quantity > 0.0 and not leaving) or desk.entry_row != NONE:
            count = count + 1
    return count


def chase(trader: Trader, desk: Desk) -> None:
    """Buys at market what did not fill in time, within all limits as they are now."""
    desk.entry_chased = False
    if desk.row >= desk.table.last or desk.table.flags[desk.row] & NO_ENTRIES:
        return
    side = plan_for(desk, desk.entry_side)
    order = trader.draft
    desk.signal.price = desk.mark
    draft_market(desk, order, desk.entry_quantity)
    if side.ladder:
        draft_ladder(desk.plan, side, desk.signal, order, order.quantity)
    bits = protection_breaches(desk.plan, desk.signal)
    row = judged(trader, desk, ENTRY, 1, desk.entry_side, bits)
    if row == NONE:
        return
    desk.entry_row = row
    desk.entry_type = MARKET
    desk.entry_cost = order.cost + order.ladder_cost
    desk.entry_notional = order.notional + order.ladder_notional
    desk.signal_at = trader.now
    arrive(trader, desk)


def decide_add(trader: Trader, desk: Desk) -> None:
    """A pyramid's next step, by a market order of a part of the first entry."""
    plan = desk.plan
    side = plan_for(desk, desk.position.side)
    table = table_for(desk, desk.position.side)
    if desk.adds >= side.add_most or desk.add_row != NONE or desk.row < desk.table.first:
        return
    if desk.table.flags[desk.row] & NO_ENTRIES:
        return
    if not all_true(desk, side.add_codes, table.add_columns):
        return
    order = trader.draft
    draft_market(desk, order, floor_to_grid(
        desk.first_quantity * side.add_fraction, plan.step_numerator, plan.step_denominator
    ))  # fmt: skip
    row = judged(trader, desk, ADD, 0, desk.position.side, 0)
    if row == NONE:
        return
    desk.add_row = row
    desk.add_quantity = order.quantity
    desk.add_cost = order.cost
    desk.add_notional = order.notional
    arrive(trader, desk)


def draft_market(desk: Desk, order: Draft, quantity: float) -> None:
    """A market order of a known quantity, at the newest close."""
    order.quantity = quantity
    order.spend = 0.0
    order.notional = quantity * desk.mark
    order.uncut = order.notional
    order.largest = order.notional
    order.cost = cost_of(desk.plan, MARKET, order.notional)
    order.ladder_cost = 0.0
    order.ladder_notional = 0.0


def judged(trader: Trader, desk: Desk, purpose: int, leg: int, side: float, bits: int) -> int:
    """Logs the drafted market order; its row, or NONE where `bits` or a limit deny it."""
    plan = desk.plan
    order = trader.draft
    cash = free_cash(trader)
    held = exposure(trader)
    bits |= account_breaches(plan, order, cash, held, sent_now(trader))
    if not order.quantity >= plan.minimum_quantity:
        bits |= BELOW_MINIMUM_QUANTITY
    if not order.notional >= plan.minimum_notional:
        bits |= BELOW_MINIMUM_NOTIONAL
    row = trader.log.add(
        trader.now, desk.index, purpose, leg, 1, side, MARKET, order.quantity, 0.0, 0.0,
        NO_REASON, order.cost,
    )  # fmt: skip
    if bits:
        trader.log.deny(row, bits, cash, held, order.uncut, order.notional)
        return NONE
    return row
