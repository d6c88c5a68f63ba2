"""A position from its first fill on: what a further fill and a closed bar change.

The backtest's loop and a live session call the same functions; they differ in who fills the rows
that these functions add to the log.
"""

from __future__ import annotations

from runner.core.codes import BY_BREAK_EVEN, BY_STOP_LOSS, NONE
from runner.core.desk import Desk, gained, tighten, trail
from runner.core.legs import place_ladder, protect, replace_stops
from runner.core.log import Log
from runner.core.size import away, on_ticks_against, stop_price, target_price


def opened(desk: Desk, log: Log, quantity: float, price: float, resting: bool) -> None:
    """The first fill of a position: its stop, its targets, its safety orders."""
    plan = desk.plan
    side = desk.position.side
    desk.first_price = price
    desk.first_quantity = quantity
    desk.last_price = price
    desk.largest = quantity
    desk.best = price
    desk.best_close = price
    desk.opened_row = desk.row + 1
    desk.from_resting = resting
    desk.targets_wait = resting
    if side > 0.0:
        desk.taken_long = desk.rise_row
    else:
        desk.taken_short = desk.rise_row
    desk.initial_stop = stop_price(plan, desk.signal, price)
    desk.stop = desk.initial_stop
    desk.stop_reason = BY_STOP_LOSS
    if plan.has_trail and plan.trail_after_r == 0.0 and plan.trail_after_fraction == 0.0:
        trail(desk, desk.signal.trail)
        desk.initial_stop = desk.stop
    desk.risk = side * (price - desk.initial_stop) if desk.initial_stop > 0.0 else 0.0
    for part in range(plan.targets):
        desk.target_prices[part] = target_price(plan, desk.signal, part, price, desk.initial_stop)
    place_ladder(desk, log)
    protect(desk, log)


def added(desk: Desk, log: Log, price: float, resting: bool) -> None:
    """A further fill: the stop follows the average where that is tighter, and so may targets."""
    plan = desk.plan
    position = desk.position
    desk.adds = desk.adds + 1
    desk.last_price = price
    if position.quantity > desk.largest:
        desk.largest = position.quantity
    if position.side * (price - desk.best) > 0.0:
        desk.best = price
    if resting:
        desk.targets_wait = True
    if plan.has_stop and not plan.stop_is_price:
        tighten(desk, stop_price(plan, desk.signal, position.entry_price), BY_STOP_LOSS)
    for part in range(plan.targets):
        if plan.target_from_average[part] > 0.0:
            initial = position.entry_price - position.side * desk.risk
            desk.target_prices[part] = target_price(
                plan, desk.signal, part, position.entry_price, initial if desk.risk > 0.0 else 0.0
            )
    protect(desk, log)


def topped_up(desk: Desk, log: Log, price: float) -> None:
    """A further part of one entry or add: what protects the position covers it at once."""
    position = desk.position
    if desk.adds == 0:
        desk.first_quantity = position.quantity
    if position.quantity > desk.largest:
        desk.largest = position.quantity
    if desk.plan.has_stop and not desk.plan.stop_is_price:
        tighten(desk, stop_price(desk.plan, desk.signal, position.entry_price), BY_STOP_LOSS)
    desk.last_price = price
    protect(desk, log)


def watch_bar(desk: Desk) -> None:
    """A bar has closed over the position: best price, break-even and trailing stop."""
    plan = desk.plan
    table = desk.table
    position = desk.position
    row = desk.row
    side = position.side
    close = table.close[row]
    seen = table.high[row] if side > 0.0 else table.low[row]
    if desk.from_resting and row == desk.opened_row:
        seen = close  # what lay before the fill inside this bar does not count
    if side * (seen - desk.best) > 0.0:
        desk.best = seen
    if side * (close - desk.best_close) > 0.0:
        desk.best_close = close
    desk.targets_wait = False
    if not plan.moves_stop:
        return
    moved = False
    if plan.has_break_even and gained(desk, plan.break_even_r, plan.break_even_fraction):
        even = away(position.entry_price, side * plan.break_even_offset)
        moved = tighten(desk, on_ticks_against(plan, side, even), BY_BREAK_EVEN)
    if plan.has_trail and (
        (plan.trail_after_r == 0.0 and plan.trail_after_fraction == 0.0)
        or gained(desk, plan.trail_after_r, plan.trail_after_fraction)
    ):
        moved = trail(desk, table.trail[row]) or moved
    if moved:
        desk.stop_moved = True


def follow_stop(desk: Desk, log: Log) -> None:
    """A stop that a closed bar has moved rests anew, unless the position is on its way out."""
    if desk.stop_moved and desk.position.quantity > 0.0 and desk.exit_row == NONE:
        replace_stops(desk, log)
    desk.stop_moved = False
