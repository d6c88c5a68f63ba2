"""How much an entry buys, and where its protection rests.

Prices are quote currency per base, quantities base currency; all are float64 on the market's grid
(model/money.py). SPEC section 3, "Sizes" and "Stops and targets", is the source of each formula.
"""

from __future__ import annotations

from runner.core.book import ceil_to_grid, floor_to_grid
from runner.core.plan import Plan

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

    `capital` is what percentages are of; `stop` and `target` are a distance from the fill or a
    price, as the plan says.
    """

    __slots__ = ("capital", "close", "stop", "target", "value")

    def __init__(
        self, close: float, capital: float, value: float, stop: float, target: float
    ) -> None:
        self.close = close
        self.capital = capital
        self.value = value
        self.stop = stop
        self.target = target


class Draft:
    """An entry before its limits: `quantity` in base or `spend` in quote; the other is 0.0.

    `notional` is its worth at the signal's close, `uncut` the same before `at_most` cut it, `cost`
    what is reserved for it: close × (1 + slippage) and the taker's fee.
    """

    __slots__ = ("cost", "notional", "quantity", "spend", "uncut")

    def __init__(self) -> None:
        self.quantity = 0.0
        self.spend = 0.0
        self.notional = 0.0
        self.uncut = 0.0
        self.cost = 0.0


def stop_distance(plan: Plan, signal: Signal) -> float:
    """From the signal's close to the stop; `nan` without one."""
    if plan.stop_fraction > 0.0:
        return signal.close * plan.stop_fraction
    return signal.close - signal.stop if plan.stop_is_price else signal.stop


def draft(plan: Plan, signal: Signal, out: Draft) -> None:
    """Writes the entry of a signal into `out`; steps round down, `at_most` cuts where asked."""
    worth = wanted_notional(plan, signal)
    out.uncut = worth
    if plan.cut_to_at_most and worth > plan.at_most:
        worth = plan.at_most
    out.quantity = 0.0
    out.spend = 0.0
    if plan.size_mode >= SPEND:
        decimals = FINE_QUOTE if worth < LARGE_SPEND else COARSE_QUOTE
        out.spend = floor_to_grid(worth, 1.0, decimals)
        out.notional = out.spend
        out.cost = out.spend
        return
    quantity = worth / signal.close
    if plan.size_mode == QUANTITY and worth == out.uncut:
        quantity = signal.value
    out.quantity = floor_to_grid(quantity, plan.step_numerator, plan.step_denominator)
    out.notional = out.quantity * signal.close
    out.cost = out.notional * (1.0 + plan.slippage) * (1.0 + plan.taker)


def wanted_notional(plan: Plan, signal: Signal) -> float:
    """Position value (for `spend`: what is paid) before limits, in quote currency.

    risk: capital × fraction is lost at the stop, both taker fees included:
    quantity = capital × fraction / (distance + taker × close + taker × (close - distance))
    """
    if plan.size_mode == RISK:
        distance = stop_distance(plan, signal)
        fees = plan.taker * signal.close + plan.taker * (signal.close - distance)
        loss = distance + fees
        if not loss > 0.0:
            return 0.0
        return signal.capital * signal.value / loss * signal.close
    if plan.size_mode == EQUITY or plan.size_mode > SPEND:
        return signal.capital * signal.value
    if plan.size_mode == QUANTITY:
        return signal.value * signal.close
    return signal.value


def stop_price(plan: Plan, signal: Signal, fill: float) -> float:
    """Where the stop rests after an average fill; 0.0 without one. Ticks round against us: down.

    Never below one tick: a fill that gapped under the distance keeps a stop all the same. NaN
    where the market's ticks cannot name it, which `bounds` refuses before the entry is sent.
    """
    if not plan.has_stop:
        return 0.0
    if plan.stop_fraction > 0.0:
        wanted = fill * (1.0 - plan.stop_fraction)
    else:
        wanted = signal.stop if plan.stop_is_price else fill - signal.stop
    price = floor_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
    return plan.tick_numerator / plan.tick_denominator if price == 0.0 else price


def target_price(plan: Plan, signal: Signal, fill: float, stop: float) -> float:
    """Where the target rests after an average fill; 0.0 without one. Ticks round up, against us.

    In multiples of R = fill - initial stop, by fraction of or distance from the fill, or a price.
    A target that would lie at the stop or below (the fill gapped there) does not rest: the stop
    alone does.
    """
    if not plan.has_target:
        return 0.0
    if plan.r_multiple > 0.0:
        wanted = fill + plan.r_multiple * (fill - stop)
    elif plan.target_fraction > 0.0:
        wanted = fill * (1.0 + plan.target_fraction)
    elif plan.target_is_price:
        wanted = signal.target
    else:
        wanted = fill + signal.target
    price = ceil_to_grid(wanted, plan.tick_numerator, plan.tick_denominator)
    return 0.0 if price <= stop else price
