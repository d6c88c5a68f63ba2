"""Signed writes of futures: orders, conditional orders, cancels, margin type, leverage."""

from __future__ import annotations

from runner.exchange.replay.acceptance import cancel, rest, set_isolated, set_leverage, trade
from runner.exchange.replay.asked import price_of, side_of, symbol_of
from runner.exchange.replay.filters import check_quantity
from runner.exchange.replay.futures.answers import acknowledged, algo_id, conditional
from runner.exchange.replay.futures.contracts import most_leverage
from runner.exchange.replay.futures.orders import find_conditional, find_plain
from runner.exchange.replay.orders import Kind, Ticket
from runner.exchange.replay.refusal import Refusal, mandatory, unknown_order
from runner.exchange.replay.route import Json
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters

#: Of each type, what it needs; any other of TERMS is refused.
NEEDS = {Kind.MARKET: ("quantity",), Kind.LIMIT: ("timeInForce", "quantity", "price")}
TERMS = ("timeInForce", "quantity", "price", "stopPrice")
_COMMON = ("reduceOnly", "positionSide", "newOrderRespType")
ORDER_PARAMETERS = (*TERMS, *_COMMON, "newClientOrderId")
ALGO_NEEDS = ("algoType", "symbol", "side", "type", "quantity", "triggerPrice")
ALGO_PARAMETERS = (*_COMMON, "clientAlgoId", "workingType", "priceProtect", "timeInForce")


def new_order(venue: Venue, parameters: Parameters) -> Json:
    """POST /fapi/v1/order: a market order fills where a bar opens now, a limit order rests."""
    ticket = _ticket(venue, parameters)
    take = trade if ticket.kind is Kind.MARKET else rest
    return acknowledged(take(venue, ticket))


def test_order(venue: Venue, parameters: Parameters) -> Json:
    """POST /fapi/v1/order/test: the same checks of form and filters, and nothing happens."""
    _ticket(venue, parameters)
    return {}


def cancel_order(venue: Venue, parameters: Parameters) -> Json:
    """DELETE /fapi/v1/order."""
    symbol_of(venue, parameters)
    found = find_plain(venue, parameters)
    if found is None:
        raise unknown_order()
    (ended,) = cancel(venue, found)
    return acknowledged(ended)


def new_algo_order(venue: Venue, parameters: Parameters) -> Json:
    """POST /fapi/v1/algoOrder: a stop that becomes a market order."""
    symbol, side = symbol_of(venue, parameters), side_of(parameters)
    if parameters.text("algoType") != "CONDITIONAL":
        raise Refusal(-1130, "Data sent for parameter 'algoType' is not valid.")
    if parameters.text("type") != Kind.STOP_MARKET:
        raise Refusal(-1116, "Invalid orderType.")
    if parameters.get("timeInForce") not in (None, "GTC"):
        raise Refusal(-1115, "Invalid timeInForce.")
    working = parameters.get("workingType") or "CONTRACT_PRICE"
    if working not in ("CONTRACT_PRICE", "MARK_PRICE"):
        raise Refusal(-4078, "Invalid working type.")
    _check_common(parameters)
    quantity = parameters.decimal("quantity")
    check_quantity(venue.setup.kind, venue.market(symbol), quantity)
    ticket = Ticket(
        parameters.client_id("clientAlgoId") or venue.made_up_id("algo"),
        symbol,
        side,
        Kind.STOP_MARKET,
        float(quantity),
        stop_price=float(price_of(venue, symbol, parameters, "triggerPrice")),
        reduces=_flag(parameters, "reduceOnly"),
        by_mark=working == "MARK_PRICE",
    )
    return conditional(rest(venue, ticket))


def cancel_algo_order(venue: Venue, parameters: Parameters) -> Json:
    """DELETE /fapi/v1/algoOrder."""
    found = find_conditional(venue, parameters)
    if found is None:
        raise unknown_order()
    (ended,) = cancel(venue, found)
    return {
        "algoId": algo_id(ended),
        "clientAlgoId": ended.client_order_id,
        "code": "200",
        "msg": "success",
    }


def margin_type(venue: Venue, parameters: Parameters) -> Json:
    """POST /fapi/v1/marginType: isolated only; crossed margin is not simulated."""
    symbol = symbol_of(venue, parameters)
    wanted = parameters.text("marginType")
    if wanted not in ("ISOLATED", "CROSSED"):
        raise Refusal(-4147, "Invalid marginType.")
    if wanted == "CROSSED":
        if venue.wallet.isolated[symbol]:
            raise Refusal(-4048, "Margin type cannot be changed: crossed margin is not simulated.")
        raise Refusal(-4046, "No need to change margin type.")
    set_isolated(venue, symbol)
    return {"code": 200, "msg": "success"}


def leverage(venue: Venue, parameters: Parameters) -> Json:
    """POST /fapi/v1/leverage."""
    symbol, wanted = symbol_of(venue, parameters), parameters.integer("leverage") or 0
    if wanted > most_leverage(venue, symbol):
        raise Refusal(-4028, f"Leverage {wanted} is not valid.")
    set_leverage(venue, symbol, wanted)
    return {"leverage": wanted, "maxNotionalValue": "1000000000000000", "symbol": symbol}


def position_mode(venue: Venue, parameters: Parameters) -> Json:
    """POST /fapi/v1/positionSide/dual: one-way mode is all there is."""
    if _flag(parameters, "dualSidePosition"):
        # Binance's own words (error codes of USD-M futures, UPCOMING_METHOD)
        raise Refusal(-4084, "Method is not allowed currently. Upcoming soon.")
    raise Refusal(-4059, "No need to change position side.")


def _ticket(venue: Venue, parameters: Parameters) -> Ticket:
    """One order within every filter that can be judged before its fill."""
    symbol, side = symbol_of(venue, parameters), side_of(parameters)
    word = parameters.text("type")
    if word not in NEEDS:
        raise Refusal(-1116, "Invalid orderType.")
    kind = Kind(word)
    _check_terms(parameters, NEEDS[kind])
    _check_common(parameters)
    quantity = parameters.decimal("quantity")
    check_quantity(venue.setup.kind, venue.market(symbol), quantity)
    return Ticket(
        parameters.client_id("newClientOrderId") or venue.made_up_id("order"),
        symbol,
        side,
        kind,
        float(quantity),
        price=float(price_of(venue, symbol, parameters, "price")),
        reduces=_flag(parameters, "reduceOnly"),
        post_only=parameters.get("timeInForce") == "GTX",
    )


def _check_terms(parameters: Parameters, needed: tuple[str, ...]) -> None:
    """What the type needs is there, and nothing else."""
    for name in needed:
        if name not in parameters:
            raise mandatory(name)
    for name in TERMS:
        if name in parameters and name not in needed:
            raise Refusal(-1106, f"Parameter '{name}' sent when not required.")
    if "timeInForce" in needed and parameters.text("timeInForce") not in ("GTC", "GTX"):
        raise Refusal(-1115, "Invalid timeInForce.")


def _check_common(parameters: Parameters) -> None:
    if parameters.get("positionSide") not in (None, "BOTH"):
        raise Refusal(-4061, "Order's position side does not match user's setting.")
    if parameters.get("newOrderRespType") not in (None, "ACK", "RESULT"):
        raise Refusal(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
    _flag(parameters, "priceProtect")


def _flag(parameters: Parameters, name: str) -> bool:
    """`true` or `false`; the latter where it was not sent."""
    value = (parameters.get(name) or "false").lower()
    if value not in ("true", "false"):
        raise Refusal(-1130, f"Data sent for parameter '{name}' is not valid.")
    return value == "true"
