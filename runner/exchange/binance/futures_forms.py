"""What we send to Binance USDⓈ-M futures, in one-way mode (no `positionSide`).

A stop is a conditional order and goes to the algo service; all else is a plain order. Source:
developers.binance.com, usds-margined-futures, trade/rest-api: New-Order, New-Algo-Order.
"""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.binance.endpoints import SET_LEVERAGE, SET_MARGIN
from runner.exchange.binance.symbols import market_id
from runner.exchange.writing import Form, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned

TYPES = {
    OrderType.MARKET: "MARKET",
    OrderType.STOP: "STOP_MARKET",
    OrderType.LIMIT: "LIMIT",
}


def submit_form(request: OrderRequest, pinned: Pinned) -> Form:
    """One order; a stop waits in the algo service until its price is touched."""
    if request.quantity is None or request.spend is not None:
        raise Halt("not supported yet: an order of futures without a quantity")
    order: Parameters = {
        "symbol": market_id(request.symbol),
        "side": request.side.upper(),
        "type": TYPES[request.type],
        "quantity": text_of(request.quantity),
    }
    if request.reduce_only:
        order["reduceOnly"] = "true"
    order["newOrderRespType"] = "RESULT"
    if request.type is OrderType.STOP:
        return "fapiPrivatePostAlgoOrder", order | _condition(request) | _signed(pinned)
    return "fapiPrivatePostOrder", order | _plain(request) | _signed(pinned)


def working_type(request: OrderRequest) -> str:
    """The price that triggers a stop."""
    return "MARK_PRICE" if request.trigger_by_mark else "CONTRACT_PRICE"


def _plain(request: OrderRequest) -> Parameters:
    plain: Parameters = {"newClientOrderId": request.client_order_id}
    if request.type is OrderType.LIMIT:
        plain["timeInForce"] = "GTX" if request.post_only else "GTC"
    if request.price is not None:
        plain["price"] = text_of(request.price)
    return plain


def _condition(request: OrderRequest) -> Parameters:
    if request.stop_price is None:
        raise Halt("a stop needs a stop price")
    return {
        "algoType": "CONDITIONAL",
        "clientAlgoId": request.client_order_id,
        "triggerPrice": text_of(request.stop_price),
        "workingType": working_type(request),
    }


def cancel_form(request: OrderRequest, pinned: Pinned) -> Form:
    """One order by its id; the algo service takes the id alone."""
    if request.type is OrderType.STOP:
        named: Parameters = {"clientAlgoId": request.client_order_id}
        return "fapiPrivateDeleteAlgoOrder", named | _signed(pinned)
    named = {
        "symbol": market_id(request.symbol),
        "origClientOrderId": request.client_order_id,
    }
    return "fapiPrivateDeleteOrder", named | _signed(pinned)


def margin_form(symbol: str, pinned: Pinned) -> Form:
    """Isolated margin for one symbol."""
    wanted: Parameters = {"symbol": market_id(symbol), "marginType": "ISOLATED"}
    return SET_MARGIN, wanted | _signed(pinned)


def leverage_form(symbol: str, leverage: Decimal, pinned: Pinned) -> Form:
    """The leverage of one symbol; a whole number."""
    wanted: Parameters = {"symbol": market_id(symbol), "leverage": int(leverage)}
    return SET_LEVERAGE, wanted | _signed(pinned)


def _signed(pinned: Pinned) -> Parameters:
    return {"timestamp": pinned.timestamp_ms, "recvWindow": pinned.window_ms}
