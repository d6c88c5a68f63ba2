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


#: By which a refusal says that a stop's price has been touched already: codes, or words.
#: Source: binance: usds-margined-futures error-code -2021; errors.md, messages for -2010. bitget:
#: error codes, stop loss against the current price and against the mark price. okx:
#: docs-v5, error-code-rest-api, 51278 (of stops that buy) and 51280 (of stops that sell). bybit:
#: v5/error 110092 and 110093, and our own words for a stop of spot that comes too late. deribit:
#: RPC error codes 11036, 10034 and 10035, by their words.
PASSED = (
    *("-2021", "trigger immediately"),
    *("40834: ", "40836: ", "40917: ", "45062: ", "45122: "),
    *("51278", "51280"),
    *("110092", "110093"),
    *("invalid_trigger_price", "trigger_price_too_"),
)


def is_passed(lost: OrderRecord) -> bool:
    """A stop that the exchange refused because its price has been touched already."""
    stops = lost.request.stop_price is not None and lost.state is OrderState.REJECTED
    words = " ".join(lost.reasons).lower()
    return stops and any(told in words for told in PASSED)
