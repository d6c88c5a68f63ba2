"""How much an entry takes, and where its protection rests.

Prices are quote currency per base, quantities base currency; all are float64 on the market's grid
(model/money.py). SPEC section 3, "Sizes" and "Stops and targets", is the source of each formula.
`side` is 1.0 for long, -1.0 for short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runner.core.book import ceil_to_grid, floor_to_grid
from runner.core.codes import LIMIT, MARKET, MOST_TARGETS
from runner.core.plan import Plan, SidePlan

if TYPE_CHECKING:
    from runner.core.buffers import Numbers


RISK = 0  # the integers of strategy.SizeMode
EQUITY = 1
NOTIONAL = 2
QUANTITY = 3
SPEND = 4

# Quote amounts are sent with 8 decimals (Binance quoteAssetPrecision), large ones with 2, so that
# a double names them exactly.
FINE_QUOTE, COARSE_QUOTE = 100000000.0, 100.0
LARGE_SPEND = 10000000.0


class Signal:
    """One row as an entry reads it; `nan` where it is undefined or the file does not declare it.

    `price` is what the entry is expected to fill at: the close, or the price it rests at.
    `capital` is what percentages are of; `stop` and `targets` are a distance from the fill or a
    price, as the plan says; `trail` is the trailing stop's distance.
    """

    __slots__ = ("capital", "close", "price", "side", "stop", "targets", "trail", "value")

    targets: Numbers

    def __init__(self) -> None:
        self.side = 0.0
        self.close = 0.0
        self.price = 0.0
        self.capital = 0.0
        self.value = 0.0
        self.stop = 0.0
        self.trail = 0.0
        self.targets = np.full(MOST_TARGETS, np.nan).data


class Draft:
    """An entry before its limits: `quantity` in base or `spend` in quote; the other is 0.0.

    `notional` is its worth at the signal's price, `uncut` the same before `at_most` cut it, `cost`
    what is reserved for it; `ladder_notional` and `ladder_cost` are of its safety orders together,
    `largest` the worth of the largest order among all of them.
    """

    __slots__ = (
        "cost",
        "ladder_cost",
        "ladder_notional",
        "largest",
        "notional",
        "quantity",
        "spend",
        "uncut",
    )

    def __init__(self) -> None:
        self.quantity = 0.0
        self.spend = 0.0
        self.notional = 0.0
        self.uncut = 0.0
        self.cost = 0.0
        self.ladder_notional = 0.0
        self.ladder_cost = 0.0
        self.largest = 0.0


def entry_price(plan: Plan, order_type: int, side: float, wanted: float, close: float) -> float:
    """What an entry rests at: limits round away from the market, stops toward it; NaN undefined."""
    if order_type == MARKET:
        return close
    if (order_type == LIMIT) == (side > 0.0):
        return floor_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
    return ceil_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)


def stop_distance(plan: Plan, signal: Signal) -> float:
    """From the signal's price to the stop; `nan` without one."""
    if plan.stop_fraction > 0.0:
        return signal.price * plan.stop_fraction
    return signal.side * (signal.price - signal.stop) if plan.stop_is_price else signal.stop


def draft(plan: Plan, side: SidePlan, signal: Signal, out: Draft) -> None:
    """Writes the entry of a signal into `out`; steps round down, `at_most` cuts where asked."""
    worth = wanted_notional(plan, side, signal)
    out.uncut = worth
    if side.cut_to_at_most and worth > side.at_most:
        worth = side.at_most
    out.quantity = 0.0
    out.spend = 0.0
    out.ladder_notional = 0.0
    out.ladder_cost = 0.0
    out.notional = 0.0
    out.cost = 0.0
    out.largest = 0.0
    if not signal.price > 0.0:  # undefined, or below one tick: `bounds` says so
        return
    if side.size_mode >= SPEND and side.order_type == MARKET and plan.leverage == 0.0:
        decimals = FINE_QUOTE if worth < LARGE_SPEND else COARSE_QUOTE
        out.spend = floor_to_grid(worth, 1.0, decimals)
        out.notional = out.spend
        out.cost = out.spend
        out.largest = out.spend
        if side.ladder:
            draft_ladder(plan, side, signal, out, out.spend / signal.price)
        return
    quantity = worth / signal.price
    if side.size_mode >= SPEND:
        quantity = worth / (signal.price * (1.0 + plan.taker))
    elif side.size_mode == QUANTITY and worth == out.uncut:
        quantity = signal.value
    out.quantity = floor_to_grid(quantity, plan.step_numerator, plan.step_denominator)
    out.notional = out.quantity * signal.price
    out.cost = cost_of(plan, side.order_type, out.notional)
    out.largest = out.notional
    if side.ladder:
        draft_ladder(plan, side, signal, out, out.quantity)


def draft_ladder(plan: Plan, side: SidePlan, signal: Signal, out: Draft, quantity: float) -> None:
    """Adds up the safety orders that an entry of `quantity` brings."""
    for k in range(side.ladder):
        price = away(signal.price, -signal.side * side.ladder_distance[k])
        notional = quantity * side.ladder_fraction[k] * price
        out.ladder_notional = out.ladder_notional + notional
        out.ladder_cost = out.ladder_cost + cost_of(plan, LIMIT, notional)
        if notional > out.largest:
            out.largest = notional


def cost_of(plan: Plan, order_type: int, notional: float) -> float:
    """What an order holds back until it ended: margin or notional, slippage, and the taker's fee.

    A limit order fills at its price or better, so it needs no room for slippage.
    """
    if order_type != LIMIT:
        notional = notional * (1.0 + plan.slippage)
    if plan.leverage > 0.0:
        return notional / plan.leverage + notional * plan.taker
    return notional * (1.0 + plan.taker)


def wanted_notional(plan: Plan, side: SidePlan, signal: Signal) -> float:
    """Position value (for `spend`: what is paid) before limits, in quote currency.

    risk: capital × fraction is lost at the stop, both taker fees included:
    quantity = capital × fraction / (distance + taker × price + taker × (price ∓ distance))
    """
    if side.size_mode == RISK:
        distance = stop_distance(plan, signal)
        left = signal.price - signal.side * distance
        loss = distance + (plan.taker * signal.price + plan.taker * left)
        if not loss > 0.0:
            return 0.0
        return signal.capital * signal.value / loss * signal.price
    if side.size_mode == EQUITY or side.size_mode > SPEND:
        return signal.capital * signal.value
    if side.size_mode == QUANTITY:
        return signal.value * signal.price
    return signal.value


def away(price: float, part: float) -> float:
    """A price moved by a fraction of itself.

    Not price × (1 + part): 100 × 1.005 is 100.49999999999999, a tick below what is meant.
    """
    return price + price * part


def stop_price(plan: Plan, signal: Signal, fill: float) -> float:
    """Where the stop rests after an average fill; 0.0 without one. Ticks round against us.

    Never below one tick: a fill that gapped under the distance keeps a stop all the same. NaN
    where the market's ticks cannot name it, which `bounds` refuses before the entry is sent.
    """
    if not plan.has_stop:
        return 0.0
    if plan.stop_fraction > 0.0:
        wanted = away(fill, -signal.side * plan.stop_fraction)
    else:
        wanted = signal.stop if plan.stop_is_price else fill - signal.side * signal.stop
    return on_ticks_against(plan, signal.side, wanted)


def on_ticks_against(plan: Plan, side: float, wanted: float) -> float:
    """A stop's price in ticks: a long's rounds down, a short's up; at least one tick."""
    if side < 0.0:
        price = ceil_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
    else:
        price = floor_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
    return plan.tick_numerator / plan.tick_denominator if price == 0.0 else price


def target_price(plan: Plan, signal: Signal, part: int, fill: float, stop: float) -> float:
    """Where target `part` rests after an average fill. Ticks round against us: away from it.

    In multiples of R = |fill - initial stop|, by fraction of or distance from the fill, or a price.
    0.0: it would lie at the stop or beyond (the fill gapped there), so the stop alone rests.
    """
    if plan.target_r[part] > 0.0:
        wanted = fill + plan.target_r[part] * (fill - stop)
    elif plan.target_fraction[part] > 0.0:
        wanted = away(fill, signal.side * plan.target_fraction[part])
    elif plan.target_is_price[part] > 0.0:
        wanted = signal.targets[part]
    else:
        wanted = fill + signal.side * signal.targets[part]
    if signal.side < 0.0:
        price = floor_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
        return 0.0 if stop > 0.0 and price >= stop else price
    price = ceil_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
    return 0.0 if price <= stop else price
