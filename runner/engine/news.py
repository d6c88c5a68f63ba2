"""What is newly known of an order: how much more of it has filled, and why it was refused."""

from __future__ import annotations

from runner.journal.orders import OrderRecord
from runner.model.orders import OrderState


def increment(before: OrderRecord, after: OrderRecord) -> tuple[float, float, float]:
    """Quantity, average price and fee of what was filled in between."""
    new, old = after.execution, before.execution
    if new is None or new == old:
        return 0.0, 0.0, 0.0
    if old is None:
        return float(new.quantity), float(new.price), float(new.fee)
    quantity = new.quantity - old.quantity
    if not quantity:
        return 0.0, 0.0, 0.0
    worth = new.quantity * new.price - old.quantity * old.price
    return float(quantity), float(worth / quantity), float(new.fee - old.fee)


def is_passed(lost: OrderRecord) -> bool:
    """A stop that the exchange refused because its price has been touched already.

    Binance: -2021 on futures, -2010 with these words on spot.
    """
    stops = lost.request.stop_price is not None and lost.state is OrderState.REJECTED
    words = " ".join(lost.reasons).lower()
    return stops and ("-2021" in words or "trigger immediately" in words)
