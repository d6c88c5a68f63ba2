"""Signed writes: new orders, order lists and cancels."""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.replay.account import find_list, find_order
from runner.exchange.replay.answers import (
    Json,
    acknowledged,
    canceled,
    listed,
    placed,
    with_fills,
)
from runner.exchange.replay.filters import (
    check_precision,
    check_price,
    check_quantity,
    decimals,
)
from runner.exchange.replay.market_data import check_symbol
from runner.exchange.replay.orders import Fill, Kind, Order, Ticket
from runner.exchange.replay.refusal import Refusal, mandatory
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
    """POST /api/v3/order: a market order fills at once, everything else rests."""
    ticket = _ticket(venue, parameters)
    shape = _shape(parameters, "ACK" if ticket.kind is Kind.STOP_LOSS else "FULL")
    if ticket.kind is Kind.MARKET:
        return _answer(shape, venue, *venue.trade(ticket))
    return _answer(shape, venue, venue.rest(ticket), [])


def test_order(venue: Venue, parameters: Parameters) -> Json:
    """POST /api/v3/order/test: the same checks of form and filters, and nothing happens."""
    _shape(parameters, "FULL")
    _ticket(venue, parameters)
    return {}


def cancel_order(venue: Venue, parameters: Parameters) -> Json:
    """DELETE /api/v3/order; canceling one leg cancels its whole list."""
    check_symbol(venue, parameters)
    cancel_id = parameters.client_id("newClientOrderId") or venue.made_up_id("cancel")
    order = find_order(venue, parameters)
    if order is None:
        raise Refusal(-2011, "Unknown order sent.")
    ended = venue.cancel(order)
    if len(ended) == 1:
        return canceled(ended[0], venue.setup.market, cancel_id)
    return _canceled_list(venue, ended, cancel_id)


def new_pair(venue: Venue, parameters: Parameters) -> Json:
    """POST /api/v3/orderList/oco: a limit above and a stop below, to sell what is held."""
    check_symbol(venue, parameters)
    shape = _shape(parameters, "RESULT")
    legs = _legs(venue, parameters)
    name = parameters.client_id("listClientOrderId") or venue.made_up_id("list")
    pair, orders = venue.rest_pair(name, legs)
    return {
        **listed(pair, orders, venue.setup.market),
        "orderReports": [_answer(shape, venue, order, []) for order in orders],
    }


def cancel_pair(venue: Venue, parameters: Parameters) -> Json:
    """DELETE /api/v3/orderList: both legs."""
    check_symbol(venue, parameters)
    cancel_id = parameters.client_id("newClientOrderId") or venue.made_up_id("cancel")
    pair = find_list(venue, parameters, "listClientOrderId")
    if pair is None:
        raise Refusal(-2011, "Unknown order sent.")
    ended = venue.cancel(venue.ledger.orders_of(pair.list_id)[0])
    return _canceled_list(venue, ended, cancel_id)


def _ticket(venue: Venue, parameters: Parameters) -> Ticket:
    """One order within every filter that can be judged before its fill."""
    check_symbol(venue, parameters)
    side, kind = _side(parameters), _kind(parameters)
    if side == "BUY" and kind is not Kind.MARKET:
        raise Refusal(-1014, "Unsupported order combination.")  # entries are market orders
    name = parameters.client_id("newClientOrderId") or venue.made_up_id("order")
    if kind is Kind.MARKET and "quoteOrderQty" in parameters:
        return Ticket(name, side, kind, 0.0, _spend(venue, side, parameters), 0.0, 0.0)
    _check_terms(parameters, NEEDS[kind])
    quantity = parameters.decimal("quantity")
    check_quantity(venue.setup.market, quantity)
    price, stop = (_price(venue, parameters, term) for term in ("price", "stopPrice"))
    return Ticket(name, side, kind, float(quantity), 0.0, float(price), float(stop))


def _legs(venue: Venue, parameters: Parameters) -> list[Ticket]:
    """Limit above, stop below: the one pair that protects a long position."""
    if _side(parameters) == "BUY":
        raise Refusal(-1014, "Unsupported order combination.")
    types = (parameters.text("aboveType"), parameters.text("belowType"))
    if types != (Kind.LIMIT_MAKER, Kind.STOP_LOSS):
        raise Refusal(-1158, "Order type not supported in OCO.")
    amount = parameters.decimal("quantity")
    check_quantity(venue.setup.market, amount)
    for name in ("abovePrice", "belowStopPrice"):
        parameters.text(name)
    above = _price(venue, parameters, "abovePrice")
    below = _price(venue, parameters, "belowStopPrice")
    if not above > below:
        text = "The relationship of the prices for the orders is not correct."
        raise Refusal(-2010, text)
    upper = parameters.client_id("aboveClientOrderId") or venue.made_up_id("above")
    lower = parameters.client_id("belowClientOrderId") or venue.made_up_id("below")
    quantity = float(amount)
    return [
        Ticket(upper, "SELL", Kind.LIMIT_MAKER, quantity, 0.0, float(above), 0.0),
        Ticket(lower, "SELL", Kind.STOP_LOSS, quantity, 0.0, 0.0, float(below)),
    ]


def _side(parameters: Parameters) -> str:
    side = parameters.text("side")
    if side not in ("BUY", "SELL"):
        raise Refusal(-1117, "Invalid side.")
    return side


def _kind(parameters: Parameters) -> Kind:
    try:
        return Kind(parameters.text("type"))
    except ValueError:
        raise Refusal(-1116, "Invalid orderType.") from None


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


def _spend(venue: Venue, side: str, parameters: Parameters) -> float:
    """Quote currency to be paid, fee included; purchases only."""
    _check_terms(parameters, ("quoteOrderQty",))
    if side != "BUY":
        raise Refusal(-2010, "Quote order qty market orders are not support for this symbol.")
    spend = parameters.decimal("quoteOrderQty")
    check_precision("quoteOrderQty", spend, decimals(venue.setup.market.price.step))
    return float(spend)


def _price(venue: Venue, parameters: Parameters, name: str) -> Decimal:
    """0 where it was not sent."""
    if name not in parameters:
        return Decimal(0)
    price = parameters.decimal(name)
    check_price(venue.setup.market, name, price)
    return price


def _shape(parameters: Parameters, otherwise: str) -> str:
    shape = parameters.get("newOrderRespType") or otherwise
    if shape not in ("ACK", "RESULT", "FULL"):
        raise Refusal(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
    return shape


def _answer(shape: str, venue: Venue, order: Order, fills: list[Fill]) -> Json:
    market = venue.setup.market
    match shape:
        case "ACK":
            return acknowledged(order, market)
        case "RESULT":
            return placed(order, market)
        case _:
            return with_fills(order, fills, market)


def _canceled_list(venue: Venue, ended: list[Order], cancel_id: str) -> Json:
    market = venue.setup.market
    pair = venue.ledger.order_list(ended[0].list_id)
    assert pair is not None  # legs name their list
    return {
        **listed(pair, ended, market),
        "orderReports": [canceled(order, market, cancel_id) for order in ended],
    }
