"""The numeric part of every limit on an entry: a bit for each one that would be broken.

Each condition is written as what must hold, so that an undefined number breaks it. Words are made
from the bits in `limits`.
"""

from __future__ import annotations

from runner.core.plan import Plan
from runner.core.size import Draft, Signal, stop_distance

SIZE_UNDEFINED = 1
STOP_UNDEFINED = 2
TARGET_UNDEFINED = 4
BELOW_MINIMUM_QUANTITY = 8
BELOW_MINIMUM_NOTIONAL = 16
ABOVE_CASH = 32
ABOVE_AT_MOST = 64
ABOVE_CAPITAL = 128
ABOVE_MAX_ORDER = 256
ABOVE_MAX_EXPOSURE = 512
ABOVE_ORDERS_PER_MINUTE = 1024


def reads_target(plan: Plan) -> bool:
    """The target is a column of the signal's row, not a constant of the plan."""
    return plan.r_multiple == 0.0 and plan.target_fraction == 0.0


def breaches(
    plan: Plan, signal: Signal, order: Draft, cash: float, exposure: float, sent: float
) -> int:
    """Bits of the limits that `order` would break; 0: within all of them.

    `cash` is free quote currency, `exposure` the worth of positions and open entries, `sent` the
    orders sent in this minute.
    """
    if not signal.value > 0.0:
        return SIZE_UNDEFINED
    bits = 0
    if plan.has_stop and not 0.0 < stop_distance(plan, signal) < signal.close:
        bits |= STOP_UNDEFINED
    if plan.has_target and reads_target(plan) and not signal.target > 0.0:
        bits |= TARGET_UNDEFINED
    if bits:
        return bits
    if order.spend == 0.0 and not order.quantity >= plan.minimum_quantity:
        bits |= BELOW_MINIMUM_QUANTITY
    if not order.notional >= plan.minimum_notional or not order.notional > 0.0:
        bits |= BELOW_MINIMUM_NOTIONAL
    if not order.cost <= cash:
        bits |= ABOVE_CASH
    if not plan.cut_to_at_most and not order.uncut <= plan.at_most:
        bits |= ABOVE_AT_MOST
    if plan.capital > 0.0 and not exposure + order.notional <= plan.capital:
        bits |= ABOVE_CAPITAL
    if not order.notional <= plan.max_order:
        bits |= ABOVE_MAX_ORDER
    if not exposure + order.notional <= plan.max_exposure:
        bits |= ABOVE_MAX_EXPOSURE
    if not sent + 1.0 <= plan.max_orders_per_minute:
        bits |= ABOVE_ORDERS_PER_MINUTE
    return bits
