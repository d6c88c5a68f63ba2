"""What we send to Deribit: for each request the endpoint and its parameters.

Requests go through ccxt's one method per endpoint, not its unified `create_order`: that one drops
trigger prices and sends a plain market order. Source: docs.deribit.com, private/buy,
private/cancel_by_label; articles/spot-trading-venues, "Matched on Deribit".
"""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.deribit import endpoints
from runner.exchange.deribit.symbols import instrument_name, is_contract
from runner.exchange.writing import Form, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

TRIGGER = "last_price"
_TYPES = {
    OrderType.MARKET: "market",
    OrderType.LIMIT: "limit",
    OrderType.STOP: "stop_market",
}


def type_word(request: OrderRequest) -> str:
    """The type of the order as it is sent and as answers name it."""
    return _TYPES[request.type]


def submit_form(request: OrderRequest, pinned: Pinned) -> Form:
    """One order of spot; it may be taken until its window ends, by Deribit's clock."""
    if is_contract(request.symbol):
        raise Halt("not supported yet: contracts at deribit; nothing was sent")
    order: Parameters = {
        "instrument_name": instrument_name(request.symbol),
        "amount": text_of(_needed("quantity", request.quantity)),
        "type": type_word(request),
        "label": request.client_order_id,
        "valid_until": pinned.timestamp_ms + pinned.window_ms,
    }
    if request.type is OrderType.LIMIT:
        order["price"] = text_of(_needed("price", request.price))
        order["time_in_force"] = "good_til_cancelled"
    if request.type is OrderType.STOP:
        order["trigger_price"] = text_of(_needed("stop price", request.stop_price))
        order["trigger"] = TRIGGER
    if request.post_only:
        order |= {"post_only": "true", "reject_post_only": "true"}  # else its price is changed
    return place(request), order


def place(request: OrderRequest) -> str:
    """The endpoint of an order."""
    return endpoints.BUY if request.side is Side.BUY else endpoints.SELL


def cancel_form(request: OrderRequest) -> Form:
    """All that rests under our name: a stop, and what it became when it was triggered.

    In all currencies: of a pair of two it is not documented which it is filed under.
    """
    return endpoints.CANCEL, {"label": request.client_order_id}


def _needed(name: str, number: Decimal | None) -> Decimal:
    if number is None:
        raise Halt(f"an order of deribit needs a {name}; nothing was sent")
    return number
