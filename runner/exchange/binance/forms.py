"""What we send to Binance: for each request the endpoint and its parameters.

Requests go through ccxt's one method per endpoint, not its unified `create_order`: that one rounds
prices and cuts `quoteOrderQty` to the price tick. Source: binance-spot-api-docs, rest-api.md.
"""

from __future__ import annotations

from runner.exchange.binance import futures_forms
from runner.exchange.binance.symbols import is_contract, market_id
from runner.exchange.ids import list_client_order_id
from runner.exchange.writing import Form, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side

TIMEFRAMES = frozenset(
    ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]
)
#: Order types that a spot market must offer.
SPOT_TYPES = frozenset({"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS"})


def submit_form(requests: tuple[OrderRequest, ...], pinned: Pinned) -> Form:
    """One order, or on spot a target above and a stop below that exclude each other (OCO)."""
    if any(is_contract(request.symbol) for request in requests):
        if len(requests) != 1:
            raise Halt("not supported yet: several orders of futures in one request")
        return futures_forms.submit_form(requests[0], pinned)
    signed: Parameters = {
        "newOrderRespType": "FULL",
        "timestamp": pinned.timestamp_ms,
        "recvWindow": pinned.window_ms,
    }
    kinds = sorted((request.type, request.side) for request in requests)
    if len(requests) == 1:
        return "privatePostOrder", _order(requests[0]) | signed
    if kinds == [(OrderType.LIMIT, Side.SELL), (OrderType.STOP, Side.SELL)]:
        return "privatePostOrderListOco", _pair(requests) | signed
    raise Halt("not supported yet: several orders in one request but a selling stop and its target")


def type_word(request: OrderRequest) -> str:
    """The type of the order as it is sent and as answers name it."""
    if is_contract(request.symbol):
        return futures_forms.TYPES[request.type]
    match request.type:
        case OrderType.MARKET:
            return "MARKET"
        case OrderType.STOP:
            return "STOP_LOSS"
        case OrderType.LIMIT if request.post_only or request.purpose is Purpose.PROTECT:
            return "LIMIT_MAKER"  # a target is refused rather than taken as a market order
        case OrderType.LIMIT:
            return "LIMIT"


def _order(request: OrderRequest) -> Parameters:
    numbers = {
        "quantity": request.quantity,
        "quoteOrderQty": request.spend,
        "price": request.price,
        "stopPrice": request.stop_price,
    }
    order: Parameters = {
        "symbol": market_id(request.symbol),
        "side": request.side.upper(),
        "type": type_word(request),
        "newClientOrderId": request.client_order_id,
    }
    if order["type"] == "LIMIT":
        order["timeInForce"] = "GTC"
    return order | {name: text_of(it) for name, it in numbers.items() if it is not None}


def _pair(requests: tuple[OrderRequest, ...]) -> Parameters:
    target, stop = sorted(requests, key=lambda request: request.type)
    if target.quantity is None or target.price is None or stop.stop_price is None:
        raise Halt("a pair needs a quantity, a target price and a stop price")
    return {
        "symbol": market_id(target.symbol),
        "side": "SELL",
        "quantity": text_of(target.quantity),
        "listClientOrderId": list_client_order_id((target.client_order_id, stop.client_order_id)),
        "aboveType": "LIMIT_MAKER",
        "aboveClientOrderId": target.client_order_id,
        "abovePrice": text_of(target.price),
        "belowType": "STOP_LOSS",
        "belowClientOrderId": stop.client_order_id,
        "belowStopPrice": text_of(stop.stop_price),
    }


def cancel_form(requests: tuple[OrderRequest, ...], pinned: Pinned) -> Form:
    """One order by its id, or the pair that two orders are by the id of their list."""
    if is_contract(requests[0].symbol):
        if len(requests) != 1:
            raise Halt("not supported yet: several orders of futures in one request")
        return futures_forms.cancel_form(requests[0], pinned)
    ids = tuple(request.client_order_id for request in requests)
    signed: Parameters = {
        "symbol": market_id(requests[0].symbol),
        "timestamp": pinned.timestamp_ms,
        "recvWindow": pinned.window_ms,
    }
    if len(ids) == 1:
        return "privateDeleteOrder", {"origClientOrderId": ids[0]} | signed
    return "privateDeleteOrderList", {"listClientOrderId": list_client_order_id(ids)} | signed
