"""What rests at the exchange, and what a bar does to it: the core decides every fill.

In: the orders of one symbol, its position and a bar. Out: what one phase of the bar fills, in the
order in which it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runner.core.book import Position, liquidation_price
from runner.core.codes import AT_OPEN, INSIDE, LIQUIDATED, NOTHING
from runner.core.fill import limit_event, protective_event, stop_event
from runner.exchange.replay.orders import Kind, Order
from runner.exchange.replay.tape import Bar
from runner.exchange.replay.timeline import Phase


@dataclass(frozen=True, slots=True)
class Margin:
    """What liquidates a position; both are 0.0 on spot."""

    maintenance: float
    leverage: float


@dataclass(frozen=True, slots=True)
class Touch:
    """An order fills at `price`, as maker or taker, at the open or inside the bar.

    Without an order the exchange liquidates the position; the price is then not known here.
    """

    order: Order | None
    price: float
    maker: bool
    inside: bool


def touches(
    phase: Phase, orders: Iterable[Order], position: Position, margin: Margin, bar: Bar
) -> list[Touch]:
    """What `bar` fills in one of its phases; `orders` in the order of their acceptance."""
    match phase:
        case Phase.ENTRIES_AT_OPEN:
            taken = [order for order in orders if not order.reduces and not order.post_only]
            found = [_limit_at_open(order, bar) for order in taken]
        case Phase.TARGETS_AT_OPEN:
            found = [_limit_at_open(order, bar) for order in _reducing(orders, position)]
        case Phase.ENTRIES:
            found = [_entry(order, bar) for order in orders if not order.reduces]
        case Phase.STOPS:
            return _stops(_reducing(orders, position), position, margin, bar)
        case Phase.TARGETS:
            found = [_limit_inside(order, bar) for order in _reducing(orders, position)]
        case _:
            raise AssertionError("waiting orders wait for no price")
    return [touch for touch in found if touch is not None]


def _reducing(orders: Iterable[Order], position: Position) -> list[Order]:
    """Those that find something to close: the others rest on."""
    if position.quantity == 0.0:
        return []
    return [order for order in orders if order.reduces and order.sign == -position.side]


def _is_limit(order: Order) -> bool:
    return order.kind in (Kind.LIMIT, Kind.LIMIT_MAKER)


def _limit(order: Order, bar: Bar) -> int:
    return limit_event(order.sign, order.price, bar.open, bar.high, bar.low)


def _limit_at_open(order: Order, bar: Bar) -> Touch | None:
    if _is_limit(order) and _limit(order, bar) == AT_OPEN:
        return Touch(order, bar.open, maker=False, inside=False)
    return None


def _limit_inside(order: Order, bar: Bar) -> Touch | None:
    if _is_limit(order) and _limit(order, bar) == INSIDE:
        return Touch(order, order.price, maker=True, inside=True)
    return None


def _entry(order: Order, bar: Bar) -> Touch | None:
    if order.kind.is_stop:
        return _stop(
            order, stop_event(order.sign, order.stop_price, bar.open, bar.high, bar.low), bar
        )
    if order.post_only and _limit(order, bar) != NOTHING:
        return Touch(order, order.price, maker=True, inside=True)
    return _limit_inside(order, bar)


def _stop(order: Order, event: int, bar: Bar) -> Touch | None:
    if event == NOTHING:
        return None
    at_open = event == AT_OPEN
    return Touch(order, bar.open if at_open else order.stop_price, maker=False, inside=not at_open)


def _stops(orders: list[Order], position: Position, margin: Margin, bar: Bar) -> list[Touch]:
    """Stops, unless the liquidation comes first; it is looked at before any of them fills."""
    if position.quantity == 0.0:
        return []
    side = -position.side
    liquidation = liquidation_price(position, margin.maintenance, margin.leverage)
    stops = [order for order in orders if order.kind.is_stop]
    found = []
    for stop in [order.stop_price for order in stops] or [0.0]:
        event = protective_event(side, stop, liquidation, bar.open, bar.high, bar.low)
        if event == LIQUIDATED:
            return [Touch(None, 0.0, maker=False, inside=True)]
        found.append(event)
    filled = [_stop(order, event, bar) for order, event in zip(stops, found, strict=False)]
    return [touch for touch in filled if touch is not None]
