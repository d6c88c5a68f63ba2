"""Orders, lists and fills in the shapes of Binance's answers.

Numbers are the shortest decimals that name the double, without an exponent. Source of the shapes:
Binance spot API docs, rest-api.md "Trading endpoints" and "Account endpoints".
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.exchange.replay.orders import Fill, ListStatus, Order, OrderList, Status
from runner.exchange.replay.route import Json
from runner.model.money import text_of


def acknowledged(order: Order) -> Json:
    """A new order in the shape ACK."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": order.list_id,
        "clientOrderId": order.client_order_id,
        "transactTime": order.updated_at,
    }


def placed(order: Order) -> Json:
    """A new order in the shape RESULT."""
    return {**acknowledged(order), **_terms(order), **_working(order)}


def with_fills(order: Order, fills: Sequence[Fill], quote: str) -> Json:
    """A new order in the shape FULL."""
    return {
        **placed(order),
        "fills": [
            {
                "price": text_of(fill.price),
                "qty": text_of(fill.quantity),
                "commission": text_of(fill.fee),
                "commissionAsset": quote,
                "tradeId": fill.trade_id,
            }
            for fill in fills
        ],
    }


def canceled(order: Order, cancel_id: str) -> Json:
    """A canceled order; `clientOrderId` is that of the cancel."""
    return {
        **acknowledged(order),
        "origClientOrderId": order.client_order_id,
        "clientOrderId": cancel_id,
        **_terms(order),
    }


def queried(order: Order) -> Json:
    """An order as it is looked up."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": order.list_id,
        "clientOrderId": order.client_order_id,
        **_terms(order),
        "icebergQty": "0.0",
        "time": order.created_at,
        "updateTime": order.updated_at,
        "isWorking": not order.kind.is_stop or order.status is Status.FILLED,
        **_working(order),
    }


def listed(pair: OrderList, legs: Sequence[Order]) -> Json:
    """An order list as it is looked up."""
    running = pair.status is ListStatus.EXECUTING
    return {
        "orderListId": pair.list_id,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED" if running else "ALL_DONE",
        "listOrderStatus": pair.status,
        "listClientOrderId": pair.client_order_id,
        "transactionTime": pair.updated_at,
        "symbol": legs[0].symbol,
        "orders": [
            {
                "symbol": leg.symbol,
                "orderId": leg.order_id,
                "clientOrderId": leg.client_order_id,
            }
            for leg in legs
        ],
    }


def traded(fill: Fill, order: Order, quote: str) -> Json:
    """A fill as `myTrades` tells it."""
    return {
        "symbol": order.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": order.list_id,
        "price": text_of(fill.price),
        "qty": text_of(fill.quantity),
        "quoteQty": text_of(order.executed_quote),
        "commission": text_of(fill.fee),
        "commissionAsset": quote,
        "time": fill.at_ms,
        "isBuyer": fill.side == "BUY",
        "isMaker": bool(fill.maker),
        "isBestMatch": True,
    }


def _terms(order: Order) -> Json:
    terms = {
        "price": text_of(order.price),
        "origQty": text_of(order.quantity),
        "executedQty": text_of(order.executed),
        "origQuoteOrderQty": text_of(order.spend),
        "cummulativeQuoteQty": text_of(order.executed_quote),
        "status": order.status,
        "timeInForce": "GTC",
        "type": order.kind,
        "side": order.side,
    }
    if order.stop_price:
        terms["stopPrice"] = text_of(order.stop_price)
    return terms


def _working(order: Order) -> Json:
    waiting = order.kind.is_stop and order.status is not Status.FILLED
    return {
        "workingTime": -1 if waiting else order.created_at,
        "selfTradePreventionMode": "NONE",
    }
