"""How a bar answers an order (SPEC section 3, "One simulated bar").

The backtest's kernel and the embedded exchange both ask here; nobody else decides a fill. `side` is
the order's: 1.0 buys, -1.0 sells. Prices are quote currency.
"""

from __future__ import annotations

from runner.core.book import floor_to_grid, steps_away
from runner.core.codes import AT_OPEN, INSIDE, LIQUIDATED, NOTHING


def market_price(side: float, open_price: float, slippage: float) -> float:
    """A market order fills at the bar's open, `slippage` (a fraction) against us."""
    return open_price * (1.0 + side * slippage)


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


def limit_event(side: float, price: float, open_price: float, high: float, low: float) -> int:
    """What a bar does to a resting limit order: it fills only where the bar goes beyond its price.

    AT_OPEN: the open is beyond it already; INSIDE: filled at its own price, as maker.
    """
    if side > 0.0:
        if open_price < price:
            return AT_OPEN
        return INSIDE if low < price else NOTHING
    if open_price > price:
        return AT_OPEN
    return INSIDE if high > price else NOTHING


def stop_event(side: float, price: float, open_price: float, high: float, low: float) -> int:
    """What a bar does to a resting stop order: touching its price triggers it.

    AT_OPEN: the open is at it or gaps through it; INSIDE: filled at its own price.
    """
    if side > 0.0:
        if open_price >= price:
            return AT_OPEN
        return INSIDE if high >= price else NOTHING
    if open_price <= price:
        return AT_OPEN
    return INSIDE if low <= price else NOTHING


def protective_event(
    side: float, stop: float, liquidation: float, open_price: float, high: float, low: float
) -> int:
    """The same for what closes a position against us: its stop, or the exchange's liquidation.

    `side` is the closing order's; `stop` and `liquidation` are 0.0 where there is none. The nearer
    one comes first; an open beyond the liquidation price is the exchange's.
    """
    if liquidation > 0.0:
        nearer = stop > 0.0 and side * (liquidation - stop) >= 0.0
        event = stop_event(side, liquidation, open_price, high, low)
        if event == AT_OPEN or (event == INSIDE and not nearer):
            return LIQUIDATED
    if stop > 0.0:
        return stop_event(side, stop, open_price, high, low)
    return NOTHING
