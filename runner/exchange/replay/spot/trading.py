"""Signed writes of spot: new orders, order lists and cancels."""

from __future__ import annotations

from runner.exchange.replay.acceptance import cancel, rest, rest_pair, trade
from runner.exchange.replay.asked import find_order, price_of, side_of, symbol_of
from runner.exchange.replay.filters import check_precision, check_quantity, decimals
from runner.exchange.replay.orders import Kind, Order, Ticket
from runner.exchange.replay.refusal import Refusal, mandatory, unknown_order
from runner.exchange.replay.route import Json
from runner.exchange.replay.spot.account import find_list
from runner.exchange.replay.spot.answers import (
    acknowledged,
    canceled,
    listed,
    placed,
    with_fills,
)
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters

# Of each kind, the parameters that it needs; any other of TERMS is refused.
NEEDS = {
    Kind.MARKET: ("quantity",),
    Kind.LIMIT: ("timeInForce", "quantity", "price"),
    Kind.LIMIT_MAKER: ("quantity", "price"),
    Kind.STOP_LOSS: ("quantity", "stopPrice"),
}
TERMS = ("timeInForce", "quantity", "quoteOrderQty", "price", "stopPrice")
ORDER_PARAMETERS = (*TERMS, "newClientOrderId", "newOrderRespType")
PAIR_NEEDS = ("symbol", "side", "quantity", "aboveType", "belowType")
PAIR_PARAMETERS = (
    "listClientOrderId",
    "aboveClientOrderId",
    "abovePrice",
    "belowClientOrderId",
    "belowStopPrice",
    "newOrderRespType",
)


def new_order(venue: Venue, parameters: Parameters) -> Json:
    """POST /api/v3/order: a market order fills where a bar opens now, everything else rests."""
    ticket = _ticket(venue, parameters)
    shape = _shape(parameters, "ACK" if ticket.kind.is_stop else "FULL")
    take = trade if ticket.kind is Kind.MARKET else rest
    return _answer(shape, venue, take(venue, ticket))


def test_order(venue: Venue, parameters: Parameters) -> Json:
    """POST /api/v3/order/test: the same checks of form and filters, and nothing happens."""
    _shape(parameters, "FULL")
    _ticket(venue, parameters)
    return {}


def cancel_order(venue: Venue, parameters: Parameters) -> Json:
    """DELETE /api/v3/order; canceling one leg cancels its whole list."""
    symbol_of(venue, parameters)
    cancel_id = parameters.client_id("newClientOrderId") or venue.made_up_id("cancel")
    order = find_order(venue, parameters)
    if order is None:
        raise unknown_order()
    ended = cancel(venue, order)
    return canceled(ended[0], cancel_id) if len(ended) == 1 else _canceled(venue, ended, cancel_id)


def new_pair(venue: Venue, parameters: Parameters) -> Json:
    """POST /api/v3/orderList/oco: a limit above and a stop below, to sell what is held."""
    shape = _shape(parameters, "RESULT")
    legs = _legs(venue, parameters)
    name = parameters.client_id("listClientOrderId") or venue.made_up_id("list")
    pair, orders = rest_pair(venue, name, legs)
    return {
        **listed(pair, orders),
        "orderReports": [_answer(shape, venue, order) for order in orders],
    }


def cancel_pair(venue: Venue, parameters: Parameters) -> Json:
    """DELETE /api/v3/orderList: both legs."""
    symbol = symbol_of(venue, parameters)
    cancel_id = parameters.client_id("newClientOrderId") or venue.made_up_id("cancel")
    pair = find_list(venue, parameters, "listClientOrderId")
    legs = [] if pair is None else venue.ledger.orders_of(pair.list_id)
    if not legs or legs[0].symbol != symbol:
        raise unknown_order()
    return _canceled(venue, cancel(venue, legs[0]), cancel_id)


def _ticket(venue: Venue, parameters: Parameters) -> Ticket:
    """One order within every filter that can be judged before its fill."""
    symbol, side, kind = symbol_of(venue, parameters), side_of(parameters), _kind(parameters)
    name = parameters.client_id("newClientOrderId") or venue.made_up_id("order")
    sells = side == "SELL"
    if kind is Kind.MARKET and "quoteOrderQty" in parameters:
        spend = _spend(venue, symbol, side, parameters)
        return Ticket(name, symbol, side, kind, 0.0, spend, reduces=sells)
    _check_terms(parameters, NEEDS[kind])
    quantity = parameters.decimal("quantity")
    check_quantity(venue.setup.kind, venue.market(symbol), quantity)
    price, stop = (price_of(venue, symbol, parameters, term) for term in ("price", "stopPrice"))
    return Ticket(
        name,
        symbol,
        side,
        kind,
        float(quantity),
        price=float(price),
        stop_price=float(stop),
        reduces=sells,
        post_only=kind is Kind.LIMIT_MAKER and not sells,  # a target is never refused
    )


def _legs(venue: Venue, parameters: Parameters) -> list[Ticket]:
    """Limit above, stop below: the one pair that protects a long position."""
    symbol = symbol_of(venue, parameters)
    if side_of(parameters) == "BUY":
        raise Refusal(-1014, "Unsupported order combination.")
    types = (parameters.text("aboveType"), parameters.text("belowType"))
    if types != (Kind.LIMIT_MAKER, Kind.STOP_LOSS):
        raise Refusal(-1158, "Order type not supported in OCO.")
    amount = parameters.decimal("quantity")
    check_quantity(venue.setup.kind, venue.market(symbol), amount)
    for name in ("abovePrice", "belowStopPrice"):
        parameters.text(name)
    above = float(price_of(venue, symbol, parameters, "abovePrice"))
    below = float(price_of(venue, symbol, parameters, "belowStopPrice"))
    if not above > below:
        text = "The relationship of the prices for the orders is not correct."
        raise Refusal(-2010, text)
    upper = parameters.client_id("aboveClientOrderId") or venue.made_up_id("above")
    lower = parameters.client_id("belowClientOrderId") or venue.made_up_id("below")
    quantity = float(amount)
    return [
        Ticket(upper, symbol, "SELL", Kind.LIMIT_MAKER, quantity, price=above, reduces=True),
        Ticket(lower, symbol, "SELL", Kind.STOP_LOSS, quantity, stop_price=below, reduces=True),
    ]


def _kind(parameters: Parameters) -> Kind:
    word = parameters.text("type")
    if word not in NEEDS:
        raise Refusal(-1116, "Invalid orderType.")
    return Kind(word)


def _check_terms(parameters: Parameters, needed: tuple[str, ...]) -> None:
    """What the kind needs is there, and nothing else."""
    for name in needed:
        if name not in parameters:
            raise mandatory(name)
    for name in TERMS:
        if name in parameters and name not in needed:
            raise Refusal(-1106, f"Parameter '{name}' sent when not required.")
    if "timeInForce" in needed and parameters.text("timeInForce") != "GTC":
        raise Refusal(-1115, "Invalid timeInForce.")


def _spend(venue: Venue, symbol: str, side: str, parameters: Parameters) -> float:
    """Quote currency to be paid, fee included; purchases only."""
    _check_terms(parameters, ("quoteOrderQty",))
    if side != "BUY":
        raise Refusal(-2010, "Quote order qty market orders are not support for this symbol.")
    spend = parameters.decimal("quoteOrderQty")
    allowed = decimals(venue.market(symbol).price.step)
    check_precision(venue.setup.kind, "quoteOrderQty", spend, allowed)
    return float(spend)


def _shape(parameters: Parameters, otherwise: str) -> str:
    shape = parameters.get("newOrderRespType") or otherwise
    if shape not in ("ACK", "RESULT", "FULL"):
        raise Refusal(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
    return shape


def _answer(shape: str, venue: Venue, order: Order) -> Json:
    match shape:
        case "ACK":
            return acknowledged(order)
        case "RESULT":
            return placed(order)
        case _:
            fills = venue.ledger.fills_of(order.order_id)
            return with_fills(order, fills, venue.market(order.symbol).quote)


def _canceled(venue: Venue, ended: list[Order], cancel_id: str) -> Json:
    pair = venue.ledger.order_list(ended[0].list_id)
    if pair is None:
        raise unknown_order()
    return {
        **listed(pair, ended),
        "orderReports": [canceled(order, cancel_id) for order in ended],
    }
