"""What rests at the exchange, and what a bar does to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runner.core.codes import NOTHING, STOPPED, TARGET_AT_OPEN, TARGET_REACHED
from runner.core.fill import protective_event, protective_price
from runner.exchange.replay.orders import NO_LIST, Kind, Order
from runner.exchange.replay.tape import Bar


@dataclass(frozen=True, slots=True)
class Protection:
    """What rests together: a stop, a limit above, or both as one order list."""

    stop: Order | None
    target: Order | None

    @property
    def quantity(self) -> float:
        """Base currency held for it; a list's legs share it."""
        leg = self.stop or self.target
        return leg.quantity if leg else 0.0


@dataclass(frozen=True, slots=True)
class Touch:
    """One leg fills at `price` at `at_ms`, as maker or taker; its sibling expires."""

    leg: Order
    sibling: Order | None
    price: float
    maker: bool
    at_ms: int
    turn: int  # 0 at the open, 1 stops inside the bar, 2 limits inside the bar


def protections(orders: Iterable[Order]) -> list[Protection]:
    """Resting orders grouped by their lists, oldest first."""
    groups: dict[tuple[int, int], list[Order]] = {}
    for order in orders:
        alone = order.order_id if order.list_id == NO_LIST else 0
        groups.setdefault((order.list_id, alone), []).append(order)
    return [
        Protection(
            next((leg for leg in legs if leg.kind is Kind.STOP_LOSS), None),
            next((leg for leg in legs if leg.kind is not Kind.STOP_LOSS), None),
        )
        for legs in groups.values()
    ]


def touches(orders: Iterable[Order], bar: Bar) -> list[Touch]:
    """What `bar` fills, in the order in which it does."""
    found = [touch(group, bar) for group in protections(orders)]
    return sorted((one for one in found if one is not None), key=lambda one: one.turn)


def touch(group: Protection, bar: Bar) -> Touch | None:
    """What `bar` does to one group; the core decides."""
    stop = group.stop.stop_price if group.stop else 0.0
    target = group.target.price if group.target else 0.0
    event = protective_event(bar.open, bar.high, bar.low, stop, target)
    if event == NOTHING:
        return None
    leg, sibling = (group.stop, group.target)
    if event != STOPPED:
        leg, sibling = sibling, leg
    assert leg is not None  # the event names a leg that rests
    price = protective_price(event, bar.open, stop, target)
    at_open = event == TARGET_AT_OPEN or (event == STOPPED and bar.open <= stop)
    turn = 0 if at_open else event  # STOPPED is 1, TARGET_REACHED is 2
    at_ms = bar.opened_at if at_open else bar.closed_at - 1
    return Touch(leg, sibling, price, event == TARGET_REACHED, at_ms, turn)
