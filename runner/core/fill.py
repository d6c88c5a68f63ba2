"""How a bar answers an order (SPEC section 3, "One simulated bar").

The backtest's kernel and the embedded exchange both ask here; nobody else decides a fill.
"""

from __future__ import annotations

from runner.core.book import floor_to_grid, steps_away
from runner.core.codes import NOTHING, STOPPED, TARGET_AT_OPEN, TARGET_REACHED


def market_buy_price(open_price: float, slippage: float) -> float:
    """A market buy fills at the bar's open, `slippage` (a fraction) against us."""
    return open_price * (1.0 + slippage)


def market_sell_price(open_price: float, slippage: float) -> float:
    """A market sell fills at the bar's open, `slippage` (a fraction) against us."""
    return open_price * (1.0 - slippage)


def quantity_for(
    spend: float, price: float, taker: float, numerator: float, denominator: float
) -> float:
    """The most that `spend` quote currency buys at `price` with the fee, in steps of the market."""
    quantity = floor_to_grid(spend / (price * (1.0 + taker)), numerator, denominator)
    notional = quantity * price
    while quantity > 0.0 and notional + notional * taker > spend:
        quantity = steps_away(quantity, -1.0, numerator, denominator)
        notional = quantity * price
    return quantity


def protective_event(open_price: float, high: float, low: float, stop: float, target: float) -> int:
    """What a bar does to a long position's resting stop and target (0.0: there is none).

    The open comes first: it gaps through the stop, or is beyond the limit. Inside the bar the stop
    comes first: a bar that touches both ends at the stop. A limit fills only beyond its price; a
    stop is triggered by touching it.
    """
    if stop > 0.0 and open_price <= stop:
        return STOPPED
    if target > 0.0 and open_price > target:
        return TARGET_AT_OPEN
    if stop > 0.0 and low <= stop:
        return STOPPED
    if target > 0.0 and high > target:
        return TARGET_REACHED
    return NOTHING


def protective_price(event: int, open_price: float, stop: float, target: float) -> float:
    """The price at which `protective_event` fills."""
    if event == STOPPED:
        return open_price if open_price <= stop else stop
    return open_price if event == TARGET_AT_OPEN else target
