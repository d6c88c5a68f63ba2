"""What rests for a position: its protection in parts, and its safety orders.

A part is a stop and, where a target takes it, a target of one quantity; on spot they are one order
list. Rows of the log that end here as CANCELED are to be canceled wherever they rest.
"""

from __future__ import annotations

from runner.core.book import (
    Account,
    Position,
    enter,
    floor_to_grid,
    liquidation_price,
    steps_away,
)
from runner.core.codes import (
    ADD,
    BY_TAKE_PROFIT,
    CANCELED,
    LIMIT,
    MOST_LADDER,
    NO_REASON,
    NONE,
    STOP,
    STOP_MARKET,
    TARGET,
)
from runner.core.desk import Desk, plan_for
from runner.core.log import Log
from runner.core.plan import Plan, SidePlan
from runner.core.size import away, cost_of, entry_price

#: Pays for fills that are only imagined.
SCRATCH = Account(0.0)


def protect(desk: Desk, log: Log) -> None:
    """Replaces the resting protection by one for all that is held now."""
    unprotect(desk, log)
    cancel_beyond_stop(desk, log)
    plan = desk.plan
    rest = desk.position.quantity
    for part in range(plan.targets):
        target = desk.target_prices[part]
        if desk.done_targets >> part & 1 or not target > 0.0 or rest == 0.0:
            continue
        quantity = rest
        if plan.target_close[part] > 0.0:
            quantity = part_of(desk, plan.target_close[part])
        lower = desk.stop if desk.stop > 0.0 else target
        if quantity < rest and is_too_small(plan, quantity, lower):
            continue
        left = steps_away(rest - quantity, 0.0, plan.step_numerator, plan.step_denominator)
        if is_too_small(plan, left, lower):
            quantity = rest
            left = 0.0
        add_leg(desk, part, quantity, target)
        rest = left
    if rest > 0.0 and desk.stop > 0.0:
        add_leg(desk, plan.targets, rest, 0.0)
    desk.attempt = desk.attempt + 1
    for leg in range(desk.legs):
        if desk.stop > 0.0:
            place_stop(desk, log, leg)
        if desk.leg_price[leg] > 0.0:
            place_target(desk, log, leg)


def is_too_small(plan: Plan, quantity: float, price: float) -> bool:
    """Below what the market takes; what reduces a position on futures meets no least worth."""
    if quantity < plan.minimum_quantity:
        return True
    return plan.leverage == 0.0 and quantity * price < plan.minimum_notional


def part_of(desk: Desk, fraction: float) -> float:
    """A fraction of the largest quantity held, in steps."""
    plan = desk.plan
    return floor_to_grid(desk.largest * fraction, plan.step_numerator, plan.step_denominator)


def add_leg(desk: Desk, part: int, quantity: float, target: float) -> None:
    """A part of the protection without its orders yet."""
    leg = desk.legs
    desk.leg_part[leg] = part
    desk.leg_quantity[leg] = quantity
    desk.leg_price[leg] = target
    desk.leg_stop_row[leg] = NONE
    desk.leg_target_row[leg] = NONE
    desk.legs = leg + 1


def place_stop(desk: Desk, log: Log, leg: int) -> None:
    """The stop order of a part."""
    desk.leg_stop_row[leg] = log.add(
        desk.signal_at, desk.index, STOP, desk.leg_part[leg], desk.attempt, -desk.position.side,
        STOP_MARKET, desk.leg_quantity[leg], 0.0, desk.stop, desk.stop_reason, 0.0,
    )  # fmt: skip


def place_target(desk: Desk, log: Log, leg: int) -> None:
    """The target order of a part."""
    desk.leg_target_row[leg] = log.add(
        desk.signal_at, desk.index, TARGET, desk.leg_part[leg], desk.attempt, -desk.position.side,
        LIMIT, desk.leg_quantity[leg], 0.0, desk.leg_price[leg], BY_TAKE_PROFIT, 0.0,
    )  # fmt: skip


def replace_stops(desk: Desk, log: Log) -> None:
    """The stop in force moved: every part's stop rests anew; on spot its whole pair does."""
    cancel_beyond_stop(desk, log)
    if desk.legs == 0 or desk.leg_stop_row[0] == NONE:  # the first stop: what no target sells too
        protect(desk, log)
        return
    desk.attempt = desk.attempt + 1
    for leg in range(desk.legs):
        if desk.leg_stop_row[leg] != NONE:
            log.end(desk.leg_stop_row[leg], CANCELED)
        place_stop(desk, log, leg)
        if desk.leg_target_row[leg] != NONE and desk.plan.leverage == 0.0:
            log.end(desk.leg_target_row[leg], CANCELED)
            place_target(desk, log, leg)


def unprotect(desk: Desk, log: Log) -> None:
    """Cancels every part of the resting protection."""
    for leg in range(desk.legs):
        if desk.leg_stop_row[leg] != NONE:
            log.end(desk.leg_stop_row[leg], CANCELED)
        if desk.leg_target_row[leg] != NONE:
            log.end(desk.leg_target_row[leg], CANCELED)
    desk.legs = 0


def drop_leg(desk: Desk, log: Log, leg: int, kept: int, state: int) -> None:
    """A part has ended by the fill of row `kept`; its other order ends with `state`."""
    stop_row = desk.leg_stop_row[leg]
    target_row = desk.leg_target_row[leg]
    if stop_row != NONE and stop_row != kept:
        log.end(stop_row, state)
    if target_row != NONE and target_row != kept:
        log.end(target_row, state)
    last = desk.legs - 1
    for k in range(leg, last):
        desk.leg_part[k] = desk.leg_part[k + 1]
        desk.leg_quantity[k] = desk.leg_quantity[k + 1]
        desk.leg_price[k] = desk.leg_price[k + 1]
        desk.leg_stop_row[k] = desk.leg_stop_row[k + 1]
        desk.leg_target_row[k] = desk.leg_target_row[k + 1]
    desk.legs = last


def place_ladder(desk: Desk, log: Log) -> None:
    """Rests the safety orders of a position that was just opened.

    Too small ones are left out, and those that no price can reach before the stop or, on futures,
    the liquidation of what is held by then.
    """
    plan = desk.plan
    side = desk.position.side
    wanted = plan_for(desk, side)
    if wanted.ladder == 0:
        return
    reach = Position(plan.step_numerator, plan.step_denominator)
    reach.side = side
    reach.quantity = desk.position.quantity
    reach.entry_price = desk.position.entry_price
    reach.margin = desk.position.margin
    for k in range(wanted.ladder):
        price = entry_price(
            plan, LIMIT, side, away(desk.first_price, -side * wanted.ladder_distance[k]), 0.0
        )
        quantity = floor_to_grid(
            desk.first_quantity * wanted.ladder_fraction[k],
            plan.step_numerator,
            plan.step_denominator,
        )
        desk.ladder_rows[k] = NONE
        end = liquidation_price(reach, plan.maintenance, plan.leverage)
        if (
            price > 0.0
            and quantity >= plan.minimum_quantity
            and quantity * price >= plan.minimum_notional
            and not is_beyond(side, price, desk.stop)
            and not is_beyond(side, price, end)
        ):
            enter(SCRATCH, reach, side, quantity, price, 0.0, plan.leverage)
            desk.ladder_price[k] = price
            desk.ladder_quantity[k] = quantity
            desk.ladder_rows[k] = log.add(
                desk.signal_at, desk.index, ADD, k + 1, 1, side, LIMIT, quantity, 0.0, price,
                NO_REASON, cost_of(plan, LIMIT, quantity * price),
            )  # fmt: skip
            desk.ladder_fresh = True
    weigh_ladder(desk, wanted)


def is_beyond(side: float, price: float, end: float) -> bool:
    """A position of this side is over at `end` (0.0: never) before the price gets there."""
    return end > 0.0 and side * (price - end) <= 0.0


def cancel_beyond_stop(desk: Desk, log: Log) -> None:
    """Safety orders that would only fill once the stop has ended the position."""
    if desk.ladder_notional == 0.0:
        return
    for k in range(MOST_LADDER):
        row = desk.ladder_rows[k]
        if row != NONE and is_beyond(desk.position.side, desk.ladder_price[k], desk.stop):
            log.end(row, CANCELED)
            desk.ladder_rows[k] = NONE
    weigh_ladder(desk, plan_for(desk, desk.position.side))


def weigh_ladder(desk: Desk, wanted: SidePlan) -> None:
    """What the resting safety orders reserve, added up anew so that it never drifts."""
    desk.ladder_cost = 0.0
    desk.ladder_notional = 0.0
    for k in range(wanted.ladder):
        if desk.ladder_rows[k] != NONE:
            notional = desk.ladder_quantity[k] * desk.ladder_price[k]
            desk.ladder_notional = desk.ladder_notional + notional
            desk.ladder_cost = desk.ladder_cost + cost_of(desk.plan, LIMIT, notional)


def cancel_ladder(desk: Desk, log: Log) -> None:
    """The position ends or nothing may be added: its safety orders go."""
    if desk.ladder_notional == 0.0:
        return
    for k in range(MOST_LADDER):
        if desk.ladder_rows[k] != NONE:
            log.end(desk.ladder_rows[k], CANCELED)
            desk.ladder_rows[k] = NONE
    desk.ladder_cost = 0.0
    desk.ladder_notional = 0.0
