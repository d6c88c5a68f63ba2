"""Orders and fills of futures in the shapes of Binance's answers.

A stop is a conditional ("algo") order with a number of its own; once triggered it is followed by
the order that it became, under the same name. Source of the shapes: USDⓈ-M docs, trade/rest-api.
"""

from __future__ import annotations

from runner.exchange.replay.orders import Fill, Kind, Order, Status
from runner.exchange.replay.route import Json
from runner.model.money import text_of

#: Numbers of conditional orders are far from those of the orders that they become.
ALGO_IDS = 2_000_000_000

_ALGO_STATUS = {
    Status.NEW: "NEW",
    Status.FILLED: "FINISHED",
    Status.CANCELED: "CANCELED",
    Status.EXPIRED: "EXPIRED",
}


def algo_id(order: Order) -> int:
    """The number of a conditional order."""
    return ALGO_IDS + order.order_id


def acknowledged(order: Order) -> Json:
    """An order as it is placed and canceled."""
    average = order.executed_quote / order.executed if order.executed else 0.0
    became_market = order.kind is Kind.STOP_MARKET
    return {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": order.status,
        "clientOrderId": order.client_order_id,
        "price": text_of(order.price),
        "avgPrice": text_of(average),
        "origQty": text_of(order.quantity),
        "executedQty": text_of(order.executed),
        "cumQty": text_of(order.executed),
        "cumQuote": text_of(order.executed_quote),
        "timeInForce": "GTX" if order.post_only else "GTC",
        "type": Kind.MARKET if became_market else order.kind,
        "reduceOnly": bool(order.reduces),
        "closePosition": False,
        "side": order.side,
        "positionSide": "BOTH",
        "stopPrice": text_of(order.stop_price),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "origType": order.kind,
        "priceMatch": "NONE",
        "selfTradePreventionMode": "NONE",
        "goodTillDate": 0,
        "updateTime": order.updated_at,
    }


def queried(order: Order) -> Json:
    """An order as it is looked up."""
    return {**acknowledged(order), "time": order.created_at}


def conditional(order: Order) -> Json:
    """A conditional order as it is placed and looked up."""
    became = order.status is Status.FILLED
    return {
        "algoId": algo_id(order),
        "clientAlgoId": order.client_order_id,
        "algoType": "CONDITIONAL",
        "orderType": order.kind,
        "symbol": order.symbol,
        "side": order.side,
        "positionSide": "BOTH",
        "timeInForce": "GTC",
        "quantity": text_of(order.quantity),
        "algoStatus": _ALGO_STATUS[order.status],
        "actualOrderId": str(order.order_id) if became else "",
        "actualPrice": text_of(order.executed_quote / order.executed if became else 0.0),
        "triggerPrice": text_of(order.stop_price),
        "price": "0.0",
        "icebergQuantity": None,
        "selfTradePreventionMode": "NONE",
        "workingType": "MARK_PRICE" if order.by_mark else "CONTRACT_PRICE",
        "priceMatch": "NONE",
        "closePosition": False,
        "priceProtect": False,
        "reduceOnly": bool(order.reduces),
        "createTime": order.created_at,
        "updateTime": order.updated_at,
        "triggerTime": order.updated_at if became else 0,
        "goodTillDate": 0,
    }


def traded(fill: Fill, quote: str) -> Json:
    """A fill as `userTrades` tells it."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "side": fill.side,
        "price": text_of(fill.price),
        "qty": text_of(fill.quantity),
        "realizedPnl": text_of(fill.realized),
        "marginAsset": quote,
        "quoteQty": text_of(fill.quantity * fill.price),
        "commission": text_of(fill.fee),
        "commissionAsset": quote,
        "time": fill.at_ms,
        "positionSide": "BOTH",
        "buyer": fill.side == "BUY",
        "maker": bool(fill.maker),
    }
