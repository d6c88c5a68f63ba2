"""One simulated bar of one symbol against its orders (SPEC section 3, "One simulated bar").

The embedded exchange plays the same phases over its own book with the same functions of `fill`.
"""

from __future__ import annotations

from runner.core.book import bankruptcy_price, liquidation_price, needed
from runner.core.codes import (
    AT_OPEN,
    CANCELED,
    EXPIRED,
    INSIDE,
    LIMIT,
    LIQUIDATED,
    MARKET,
    MOST_LADDER,
    NONE,
    NOTHING,
    REJECTED,
)
from runner.core.desk import Desk, plan_for
from runner.core.fill import (
    limit_event,
    market_price,
    protective_event,
    quantity_for,
    stop_event,
)
from runner.core.plan import Plan
from runner.core.size import cost_of
from runner.core.trader import Trader, ended, filled, liquidated


def play_exit(trader: Trader, desk: Desk) -> None:
    """The pending exit at the open of the bar after `desk.row`."""
    bar = desk.row + 1
    plan = desk.plan
    price = market_price(-desk.position.side, desk.table.open[bar], plan.slippage)
    quantity = desk.exit_quantity
    filled(
        trader, desk, desk.exit_row, quantity, price, quantity * price * plan.taker,
        desk.table.opened_at[bar], False, CANCELED,
    )  # fmt: skip


def play_add(trader: Trader, desk: Desk) -> None:
    """The pending add at the open; rejected where the cash does not cover it there."""
    bar = desk.row + 1
    plan = desk.plan
    price = market_price(desk.position.side, desk.table.open[bar], plan.slippage)
    quantity = desk.add_quantity
    if needed(quantity * price, plan.taker, plan.leverage) > available(trader):
        ended(trader, desk, desk.add_row, refusal(desk))
        return
    filled(
        trader, desk, desk.add_row, quantity, price, quantity * price * plan.taker,
        desk.table.opened_at[bar], False, CANCELED,
    )  # fmt: skip


def play_entry(trader: Trader, desk: Desk) -> None:
    """The pending market entry at the open; rejected where cash or minimums do not allow it."""
    bar = desk.row + 1
    plan = desk.plan
    price = market_price(desk.entry_side, desk.table.open[bar], plan.slippage)
    quantity = desk.entry_quantity
    if desk.entry_spend > 0.0:
        quantity = quantity_for(
            desk.entry_spend, price, plan.taker, plan.step_numerator, plan.step_denominator
        )
    enter_at(trader, desk, quantity, price, plan.taker, False, refusal(desk))


def refusal(desk: Desk) -> int:
    """How a market order ends that cannot be paid: refused at once, or expired after a gap."""
    bar = desk.row + 1
    table = desk.table
    if table.opened_at[bar] == table.opened_at[desk.row] + table.tf_ms:
        return REJECTED
    return EXPIRED


def enter_at(
    trader: Trader,
    desk: Desk,
    quantity: float,
    price: float,
    fraction: float,
    inside: bool,
    refused: int,
) -> None:
    """Fills the living entry, or ends it in state `refused` where it cannot be paid."""
    plan = desk.plan
    bar = desk.row + 1
    notional = quantity * price
    if desk.entry_type != LIMIT and not is_affordable(trader, plan, quantity, notional):
        ended(trader, desk, desk.entry_row, refused)
        return
    at = desk.table.opened_at[bar]
    if inside:
        at = at + desk.table.tf_ms - 1
    rests = desk.entry_type != MARKET
    filled(trader, desk, desk.entry_row, quantity, price, notional * fraction, at, inside, CANCELED)
    if rests and desk.ladder_fresh:
        accept_ladder(trader, desk)


def is_affordable(trader: Trader, plan: Plan, quantity: float, notional: float) -> bool:
    """What the exchange asks at a fill: free cash for it, and the market's minimums."""
    return (
        quantity > 0.0
        and needed(notional, plan.taker, plan.leverage) <= available(trader)
        and quantity >= plan.minimum_quantity
        and notional >= plan.minimum_notional
    )


def available(trader: Trader) -> float:
    """Cash that the exchange does not hold back: for positions, and for limit orders that rest."""
    held = 0.0
    for desk in trader.desks:
        held = held + desk.position.margin
        if not desk.ladder_fresh:
            held = held + desk.ladder_cost
        if desk.entry_row != NONE and desk.entry_type == LIMIT:
            held = held + cost_of(desk.plan, LIMIT, desk.entry_quantity * desk.entry_price)
    return trader.account.cash - held


def accept_ladder(trader: Trader, desk: Desk) -> None:
    """New safety orders reach the exchange, which refuses those that the cash does not cover."""
    free = available(trader)
    for k in range(MOST_LADDER):
        row = desk.ladder_rows[k]
        if row == NONE:
            continue
        cost = cost_of(desk.plan, LIMIT, desk.ladder_quantity[k] * desk.ladder_price[k])
        if cost <= free:
            free = free - cost
        else:
            ended(trader, desk, row, REJECTED)
    desk.ladder_fresh = False


def play_bar(trader: Trader, desk: Desk) -> None:
    """The bar after `desk.row` against everything that rests, its open first."""
    bar = desk.row + 1
    table = desk.table
    open_price = table.open[bar]
    high = table.high[bar]
    low = table.low[bar]
    if desk.entry_row != NONE and desk.entry_type == LIMIT:
        play_limit(trader, desk, open_price, high, low, AT_OPEN)
    if desk.ladder_notional > 0.0:
        play_ladder(trader, desk, open_price, high, low, AT_OPEN)
    if desk.position.quantity > 0.0 and not desk.targets_wait:
        play_targets(trader, desk, open_price, high, low, AT_OPEN)
    if desk.entry_row != NONE and desk.entry_type != MARKET:
        if desk.entry_type == LIMIT:
            play_limit(trader, desk, open_price, high, low, INSIDE)
        else:
            play_stop_entry(trader, desk, open_price, high, low)
            if desk.position.quantity > 0.0:  # what the bar did before is not the position's
                open_price = desk.first_price
    if desk.ladder_notional > 0.0:
        play_ladder(trader, desk, open_price, high, low, INSIDE)
    if desk.position.quantity > 0.0:
        play_stops(trader, desk, open_price, high, low)
    if desk.position.quantity > 0.0 and not desk.targets_wait:
        play_targets(trader, desk, open_price, high, low, INSIDE)


def play_limit(
    trader: Trader, desk: Desk, open_price: float, high: float, low: float, phase: int
) -> None:
    """A resting limit entry; one that is post-only never takes from the book."""
    plan = desk.plan
    side = plan_for(desk, desk.entry_side)
    event = limit_event(desk.entry_side, desk.entry_price, open_price, high, low)
    if event == NOTHING:
        return
    inside = event == INSIDE
    if event == AT_OPEN and side.post_only:
        if phase == AT_OPEN and desk.table.opened_at[desk.row + 1] == desk.signal_at:
            ended(trader, desk, desk.entry_row, REJECTED)
            return
        event = INSIDE
    if event != phase:
        return
    if event == AT_OPEN:
        enter_at(trader, desk, desk.entry_quantity, open_price, plan.taker, False, EXPIRED)
    else:
        enter_at(trader, desk, desk.entry_quantity, desk.entry_price, plan.maker, inside, EXPIRED)


def play_stop_entry(trader: Trader, desk: Desk, open_price: float, high: float, low: float) -> None:
    """A resting stop entry: a market order at its price, or at the open that gaps through it."""
    event = stop_event(desk.entry_side, desk.entry_price, open_price, high, low)
    if event == NOTHING:
        return
    price = open_price if event == AT_OPEN else desk.entry_price
    enter_at(trader, desk, desk.entry_quantity, price, desk.plan.taker, event == INSIDE, EXPIRED)


def play_ladder(
    trader: Trader, desk: Desk, open_price: float, high: float, low: float, phase: int
) -> None:
    """Safety orders; those that were placed inside this very bar wait for the next."""
    if desk.from_resting and desk.opened_row == desk.row + 1:
        return
    side = desk.position.side
    for k in range(MOST_LADDER):
        row = desk.ladder_rows[k]
        if row == NONE:
            continue
        event = limit_event(side, desk.ladder_price[k], open_price, high, low)
        if event != phase:
            continue
        price = open_price if event == AT_OPEN else desk.ladder_price[k]
        fill_limit(trader, desk, row, desk.ladder_quantity[k], price, event, CANCELED)


def play_targets(
    trader: Trader, desk: Desk, open_price: float, high: float, low: float, phase: int
) -> None:
    """Targets, nearest part first; the stop beside one ends with it."""
    sibling = EXPIRED if desk.plan.leverage == 0.0 else CANCELED
    leg = 0
    while leg < desk.legs:
        row = desk.leg_target_row[leg]
        event = NOTHING
        if row != NONE:
            event = limit_event(-desk.position.side, desk.leg_price[leg], open_price, high, low)
        if event != phase or event == NOTHING:
            leg = leg + 1
            continue
        price = open_price if event == AT_OPEN else desk.leg_price[leg]
        fill_limit(trader, desk, row, desk.leg_quantity[leg], price, event, sibling)


def fill_limit(
    trader: Trader, desk: Desk, row: int, quantity: float, price: float, event: int, sibling: int
) -> None:
    """A limit order: as taker at the open, as maker inside the bar."""
    at = desk.table.opened_at[desk.row + 1]
    fraction = desk.plan.taker
    if event == INSIDE:
        at = at + desk.table.tf_ms - 1
        fraction = desk.plan.maker
    filled(
        trader, desk, row, quantity, price, quantity * price * fraction, at, event == INSIDE,
        sibling,
    )  # fmt: skip


def play_stops(trader: Trader, desk: Desk, open_price: float, high: float, low: float) -> None:
    """The stop of every part, or the exchange's liquidation where that comes first."""
    plan = desk.plan
    table = desk.table
    position = desk.position
    at = table.opened_at[desk.row + 1]
    liquidation = liquidation_price(position, plan.maintenance, plan.leverage)
    event = protective_event(-position.side, desk.stop, liquidation, open_price, high, low)
    if event == NOTHING:
        return
    if event == LIQUIDATED:
        price = bankruptcy_price(position)
        liquidated(trader, desk, position.quantity, price, at + table.tf_ms - 1)
        return
    inside = event == INSIDE
    price = desk.stop if inside else open_price
    if inside:
        at = at + table.tf_ms - 1
    sibling = EXPIRED if plan.leverage == 0.0 else CANCELED
    while desk.legs > 0 and position.quantity > 0.0:
        quantity = desk.leg_quantity[0]
        filled(
            trader, desk, desk.leg_stop_row[0], quantity, price, quantity * price * plan.taker,
            at, inside, sibling,
        )  # fmt: skip
