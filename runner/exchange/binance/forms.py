"""What we send to Binance spot: for each request the endpoint and its parameters.

Requests go through ccxt's one method per endpoint, not its unified `create_order`: that one rounds
prices and cuts `quoteOrderQty` to the price tick. Source: binance-spot-api-docs, rest-api.md.
"""

from __future__ import annotations

from runner.exchange.ids import list_client_order_id
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

Parameters = dict[str, str | int]
Form = tuple[str, Parameters]  # the library's method, what it is to sign

TIMEFRAMES = frozenset(
    ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]
)
TYPES = {
    OrderType.MARKET: "MARKET",
    OrderType.STOP: "STOP_LOSS",
    OrderType.LIMIT: "LIMIT_MAKER",  # a target is refused rather than taken as a market order
}


def submit_form(requests: tuple[OrderRequest, ...], pinned: Pinned) -> Form:
    """One order, or a target above and a stop below that exclude each other (OCO)."""
    signed: Parameters = {
        "newOrderRespType": "FULL",
        "timestamp": pinned.timestamp_ms,
        "recvWindow": pinned.window_ms,
    }
    kinds = sorted((request.type, request.side) for request in requests)
    if len(requests) == 1 and (requests[0].type is OrderType.MARKET or kinds[0][1] is Side.SELL):
        return "privatePostOrder", _order(requests[0]) | signed
    if kinds == [(OrderType.LIMIT, Side.SELL), (OrderType.STOP, Side.SELL)]:
        return "privatePostOrderListOco", _pair(requests) | signed
    raise Halt(
        "not supported yet: orders other than a market order, a selling stop, a target, or both"
    )


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
        "type": TYPES[request.type],
        "newClientOrderId": request.client_order_id,
    }
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
    ids = tuple(request.client_order_id for request in requests)
    signed: Parameters = {
        "symbol": market_id(requests[0].symbol),
        "timestamp": pinned.timestamp_ms,
        "recvWindow": pinned.window_ms,
    }
    if len(ids) == 1:
        return "privateDeleteOrder", {"origClientOrderId": ids[0]} | signed
    return "privateDeleteOrderList", {"listClientOrderId": list_client_order_id(ids)} | signed


def market_id(symbol: str) -> str:
    """BTC/USDT is BTCUSDT there."""
    return symbol.replace("/", "", 1)
