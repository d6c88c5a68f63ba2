"""The numeric part of every limit on an entry: a bit for each one that would be broken.

Each condition is written as what must hold, so that an undefined number breaks it. Words are made
from the bits in `limits`.
"""

from __future__ import annotations

from runner.core.book import floor_to_grid
from runner.core.plan import Plan, SidePlan
from runner.core.size import Draft, Signal, stop_distance, stop_price, target_price

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
SIZE_UNNAMEABLE = 2048
ABOVE_MAX_OPEN = 4096
PRICE_UNDEFINED = 8192


def breaches(
    plan: Plan,
    side: SidePlan,
    signal: Signal,
    order: Draft,
    cash: float,
    exposure: float,
    sent: float,
) -> int:
    """Bits of the limits that `order` would break; 0: within all of them.

    `cash` is free quote currency, `exposure` the worth of positions and open entries, `sent` the
    orders sent in this minute.
    """
    if not signal.price > 0.0 or not is_nameable(plan, 2.0 * signal.price):
        return PRICE_UNDEFINED
    bits = protection_breaches(plan, signal)
    if not signal.value > 0.0:
        bits |= SIZE_UNDEFINED
    elif not order.quantity + order.spend >= 0.0 or not buys_nameable(plan, signal, order):
        bits |= SIZE_UNNAMEABLE
    if bits:
        return bits
    if order.spend == 0.0 and not order.quantity >= plan.minimum_quantity:
        bits |= BELOW_MINIMUM_QUANTITY
    if not order.notional >= plan.minimum_notional or not order.notional > 0.0:
        bits |= BELOW_MINIMUM_NOTIONAL
    if not side.cut_to_at_most and not order.uncut <= side.at_most:
        bits |= ABOVE_AT_MOST
    return bits | account_breaches(plan, order, cash, exposure, sent)


def account_breaches(plan: Plan, order: Draft, cash: float, exposure: float, sent: float) -> int:
    """The limits that entries and adds share; safety orders count with the entry."""
    bits = 0
    after = exposure + order.notional + order.ladder_notional
    if not order.cost + order.ladder_cost <= cash:
        bits |= ABOVE_CASH
    if plan.capital > 0.0 and not after <= most_exposure(plan):
        bits |= ABOVE_CAPITAL
    if not order.largest <= plan.max_order:
        bits |= ABOVE_MAX_ORDER
    if not after <= plan.max_exposure:
        bits |= ABOVE_MAX_EXPOSURE
    if not sent + 1.0 <= plan.max_orders_per_minute:
        bits |= ABOVE_ORDERS_PER_MINUTE
    return bits


def most_exposure(plan: Plan) -> float:
    """What `capital` allows to be held: itself on spot, times the leverage on futures."""
    return plan.capital * plan.leverage if plan.leverage > 1.0 else plan.capital


def protection_breaches(plan: Plan, signal: Signal) -> int:
    """Bits for a stop or a target that could not rest if the entry filled at the signal's price.

    The ticks must name prices twice as far as wanted, so that no fill can carry them out of reach.
    """
    bits = 0
    stop = stop_price(plan, signal, signal.price)
    if plan.has_stop:
        if not 0.0 < stop_distance(plan, signal) < signal.price:
            bits |= STOP_UNDEFINED
        if not signal.side * (signal.price - stop) > 0.0 or not is_nameable(plan, 2.0 * stop):
            bits |= STOP_UNDEFINED
    for part in range(plan.targets):
        if bits:
            break
        target = target_price(plan, signal, part, signal.price, stop)
        if not target > 0.0 or not is_nameable(plan, 2.0 * target):
            bits |= TARGET_UNDEFINED
    return bits


def buys_nameable(plan: Plan, signal: Signal, order: Draft) -> bool:
    """The market's steps name what `spend` buys, also at half the signal's price."""
    bought = 2.0 * order.spend / signal.price
    return floor_to_grid(bought, plan.step_numerator, plan.step_denominator) >= 0.0


def is_nameable(plan: Plan, price: float) -> bool:
    """The market's ticks have a multiple near `price` that float64 tells from its neighbors."""
    return floor_to_grid(price, plan.tick_numerator, plan.tick_denominator) > 0.0
