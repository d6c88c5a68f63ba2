"""One symbol in the hands of the trader: what is held, what rests for it, and its stop in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runner.core.book import Position
from runner.core.codes import (
    BY_TRAILING_STOP,
    MOST_LADDER,
    MOST_LEGS,
    MOST_TARGETS,
    NO_REASON,
    NONE,
)
from runner.core.plan import Plan, SidePlan
from runner.core.size import Signal, on_ticks_against
from runner.core.table import SideTable, Table

if TYPE_CHECKING:
    from runner.core.buffers import Counts, Numbers


class Desk:
    """One symbol's state; rows are of the log, `row` and the like are bar indices.

    Held: `first_price last_price` of entry and last add, `adds`, `largest` quantity, `best` price
    and `best_close` since the fill, `initial_stop`, `risk` (R, quote currency per unit), `stop` in
    force and what set it. Living entry: `entry_row` with its side, quantity and what it reserves.
    Legs: parts of the resting protection.
    """

    __slots__ = (
        "add_cost",
        "add_notional",
        "add_quantity",
        "add_row",
        "adds",
        "arrival",
        "attempt",
        "best",
        "best_close",
        "done_rules",
        "done_targets",
        "entry_chased",
        "entry_cost",
        "entry_notional",
        "entry_price",
        "entry_quantity",
        "entry_row",
        "entry_side",
        "entry_spend",
        "entry_type",
        "exit_quantity",
        "exit_reason",
        "exit_row",
        "first_price",
        "first_quantity",
        "free_from",
        "from_resting",
        "index",
        "initial_stop",
        "ladder_cost",
        "ladder_fresh",
        "ladder_notional",
        "ladder_price",
        "ladder_quantity",
        "ladder_rows",
        "largest",
        "last_price",
        "leg_part",
        "leg_price",
        "leg_quantity",
        "leg_stop_row",
        "leg_target_row",
        "legs",
        "mark",
        "opened_row",
        "plan",
        "position",
        "rise_row",
        "risk",
        "row",
        "signal",
        "signal_at",
        "signal_row",
        "stop",
        "stop_moved",
        "stop_reason",
        "table",
        "taken_long",
        "taken_short",
        "target_prices",
        "targets_wait",
    )  # fmt: skip

    table: Table
    adds: int
    attempt: int
    best: float
    best_close: float
    done_rules: int
    done_targets: int
    first_price: float
    first_quantity: float
    from_resting: bool
    initial_stop: float
    ladder_cost: float
    ladder_fresh: bool  # in a backtest: not yet accepted by the exchange
    ladder_notional: float
    ladder_price: Numbers
    ladder_quantity: Numbers
    ladder_rows: Counts
    largest: float
    last_price: float
    leg_part: Counts
    leg_price: Numbers
    leg_quantity: Numbers
    leg_stop_row: Counts
    leg_target_row: Counts
    legs: int
    opened_row: int
    risk: float
    stop: float
    stop_moved: bool
    stop_reason: int
    target_prices: Numbers
    targets_wait: bool

    def __init__(self, index: int, plan: Plan) -> None:
        self.index = index
        self.plan = plan
        self.position = Position(plan.step_numerator, plan.step_denominator)
        self.signal = Signal()
        self.row = -1
        self.mark = 0.0
        self.entry_row = NONE
        self.entry_type = 0
        self.entry_side = 0.0
        self.entry_quantity = 0.0
        self.entry_spend = 0.0
        self.entry_price = 0.0
        self.entry_cost = 0.0
        self.entry_notional = 0.0
        self.entry_chased = False
        self.add_row = NONE
        self.add_quantity = 0.0
        self.add_cost = 0.0
        self.add_notional = 0.0
        self.exit_row = NONE
        self.exit_quantity = 0.0
        self.exit_reason = 0
        self.arrival = 0
        self.attempt = 0  # of its protection, since the signal: ids must not come twice
        self.signal_row = 0
        self.signal_at = 0.0
        self.rise_row = -1
        self.taken_long = -1
        self.taken_short = -1
        self.free_from = 0
        self.leg_part = np.zeros(MOST_LEGS, np.int64).data
        self.leg_quantity = np.zeros(MOST_LEGS).data
        self.leg_price = np.zeros(MOST_LEGS).data
        self.leg_stop_row = np.full(MOST_LEGS, NONE, np.int64).data
        self.leg_target_row = np.full(MOST_LEGS, NONE, np.int64).data
        self.target_prices = np.zeros(MOST_TARGETS).data
        self.ladder_rows = np.full(MOST_LADDER, NONE, np.int64).data
        self.ladder_price = np.zeros(MOST_LADDER).data
        self.ladder_quantity = np.zeros(MOST_LADDER).data
        forget(self)


def forget(desk: Desk) -> None:
    """Flat: nothing of the last position is known any more."""
    desk.first_price = 0.0
    desk.first_quantity = 0.0
    desk.last_price = 0.0
    desk.adds = 0
    desk.largest = 0.0
    desk.best = 0.0
    desk.best_close = 0.0
    desk.initial_stop = 0.0
    desk.risk = 0.0
    desk.stop = 0.0
    desk.stop_reason = NO_REASON
    desk.opened_row = 0
    desk.done_rules = 0
    desk.done_targets = 0
    desk.from_resting = False
    desk.targets_wait = False
    desk.stop_moved = False
    desk.legs = 0
    desk.ladder_cost = 0.0
    desk.ladder_fresh = False
    desk.ladder_notional = 0.0


def trades(desk: Desk, side: float) -> bool:
    """The file opens positions of this side."""
    return (desk.plan.long_side if side > 0.0 else desk.plan.short_side) is not None


def plan_for(desk: Desk, side: float) -> SidePlan:
    """The plan of a side that the file trades."""
    return desk.plan.long_side if side > 0.0 else desk.plan.short_side  # type: ignore[return-value]


def table_for(desk: Desk, side: float) -> SideTable:
    """The columns of a side that the file trades."""
    return desk.table.long_side if side > 0.0 else desk.table.short_side  # type: ignore[return-value]


def tighten(desk: Desk, price: float, reason: int) -> bool:
    """The stop in force never loosens; true where it moved."""
    if price > 0.0 and (desk.stop == 0.0 or desk.position.side * (price - desk.stop) > 0.0):
        desk.stop = price
        desk.stop_reason = reason
        return True
    return False


def gained(desk: Desk, multiple: float, fraction: float) -> bool:
    """The best price has reached a gain: multiples of R, or a fraction of the average fill."""
    entry = desk.position.entry_price
    gain = desk.position.side * (desk.best - entry)
    if multiple > 0.0:
        return desk.risk > 0.0 and gain >= multiple * desk.risk
    return gain >= fraction * entry


def trail(desk: Desk, distance: float) -> bool:
    """Moves the trailing stop to `distance` behind the best price; true where it moved."""
    plan = desk.plan
    best = desk.best_close if plan.trail_from_close else desk.best
    if plan.trail_fraction > 0.0:
        distance = best * plan.trail_fraction
    if not distance > 0.0:
        return False
    side = desk.position.side
    price = best - side * distance
    if desk.stop > 0.0 and side * (price - desk.stop) <= 0.0:
        return False  # on the grid of ticks, where the stop lies, it is no tighter either
    return tighten(desk, on_ticks_against(plan, side, price), BY_TRAILING_STOP)
