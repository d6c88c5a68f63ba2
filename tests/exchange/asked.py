"""Orders as tests ask for them, and Binance's answers to them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.model.orders import OrderRequest, OrderType, Purpose, Side
from tests.exchange.scripted import NOW

ENTRY = OrderRequest(
    client_order_id="e" * 32,
    symbol="BTC/USDT",
    side=Side.BUY,
    type=OrderType.MARKET,
    purpose=Purpose.ENTRY,
    quantity=Decimal("0.00500"),
    spend=None,
    price=None,
    stop_price=None,
    decided_at=NOW - 60_000,
)
SPEND = replace(ENTRY, quantity=None, spend=Decimal("1234.56789012345"))
EXIT = replace(ENTRY, client_order_id="f" * 32, side=Side.SELL, purpose=Purpose.EXIT)
STOP = replace(
    EXIT,
    client_order_id="5" * 32,
    type=OrderType.STOP,
    purpose=Purpose.PROTECT,
    stop_price=Decimal("58000.1"),
)
TARGET = replace(STOP, client_order_id="7" * 32, type=OrderType.LIMIT, stop_price=None)
TARGET = replace(TARGET, price=Decimal("64000.12"))
PAIR = (STOP, TARGET)

#: The same on futures, and what only futures have.
PERP = "BTC/USDT:USDT"
LONG = replace(ENTRY, symbol=PERP)
CLOSE = replace(EXIT, symbol=PERP, reduce_only=True)
PERP_STOP = replace(STOP, symbol=PERP, reduce_only=True)
MARK_STOP = replace(PERP_STOP, trigger_by_mark=True)
PERP_TARGET = replace(TARGET, symbol=PERP, reduce_only=True)
#: Resting entries, of both kinds of market.
LIMIT = replace(TARGET, side=Side.BUY, purpose=Purpose.ENTRY)
MAKER = replace(LIMIT, post_only=True)
STOP_ENTRY = replace(STOP, side=Side.BUY, purpose=Purpose.ENTRY)
PERP_LIMIT = replace(LIMIT, symbol=PERP)
PERP_MAKER = replace(MAKER, symbol=PERP, side=Side.SELL)
PERP_STOP_ENTRY = replace(STOP_ENTRY, symbol=PERP, side=Side.SELL)

_TYPES = {OrderType.MARKET: "MARKET", OrderType.STOP: "STOP_LOSS", OrderType.LIMIT: "LIMIT_MAKER"}


def row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The order as Binance answers it: filled if it is a market order, else resting."""
    at_market = request.type is OrderType.MARKET
    quantity = str(request.quantity or Decimal("0.02"))
    known = {
        "symbol": "BTCUSDT",
        "orderId": 28,
        "orderListId": -1,
        "clientOrderId": request.client_order_id,
        "transactTime": NOW + 7,
        "price": str(request.price or "0.00000000"),
        "origQty": quantity,
        "executedQty": quantity if at_market else "0.00000000",
        "origQuoteOrderQty": str(request.spend or "0.000000"),
        "cummulativeQuoteQty": "0",
        "status": "FILLED" if at_market else "NEW",
        "type": "LIMIT" if request == LIMIT else _TYPES[request.type],
        "side": request.side.upper(),
        "stopPrice": str(request.stop_price or "0.00000000"),
        "fills": [fill(quantity)] if at_market else [],
    }
    return known | changed


def fill(quantity: str, price: str = "60000.10", **changed: Any) -> dict[str, Any]:
    known = {"price": price, "qty": quantity, "commission": "0.3", "commissionAsset": "USDT"}
    return known | {"tradeId": 56} | changed


def pair_answer(*rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "orderListId": 1,
        "contingencyType": "OCO",
        "listOrderStatus": "EXECUTING",
        "symbol": "BTCUSDT",
        "orders": [],
        "orderReports": list(rows) or [row(TARGET, orderId=2), row(STOP, orderId=3)],
    }


def contract_row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A plain order of futures as Binance answers it: filled if it is a market order."""
    at_market = request.type is OrderType.MARKET
    quantity = str(request.quantity)
    known = {
        "symbol": "BTCUSDT",
        "orderId": 28,
        "clientOrderId": request.client_order_id,
        "price": str(request.price or "0"),
        "avgPrice": "60000.10000" if at_market else "0.00000",
        "origQty": quantity,
        "executedQty": quantity if at_market else "0.000",
        "cumQuote": "0",
        "status": "FILLED" if at_market else "NEW",
        "timeInForce": "GTX" if request.post_only else "GTC",
        "type": "MARKET" if at_market else "LIMIT",
        "reduceOnly": request.reduce_only,
        "closePosition": False,
        "side": request.side.upper(),
        "positionSide": "BOTH",
        "stopPrice": "0",
        "workingType": "CONTRACT_PRICE",
        "updateTime": NOW + 7,
    }
    return known | changed


def algo_row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A conditional order of futures as Binance answers it: waiting."""
    known = {
        "algoId": 2146760,
        "clientAlgoId": request.client_order_id,
        "algoType": "CONDITIONAL",
        "orderType": "STOP_MARKET",
        "symbol": "BTCUSDT",
        "side": request.side.upper(),
        "positionSide": "BOTH",
        "timeInForce": "GTC",
        "quantity": str(request.quantity),
        "algoStatus": "NEW",
        "actualOrderId": "",
        "actualPrice": "0.00000",
        "triggerPrice": str(request.stop_price),
        "price": "0.00",
        "workingType": "MARK_PRICE" if request.trigger_by_mark else "CONTRACT_PRICE",
        "closePosition": False,
        "priceProtect": False,
        "reduceOnly": request.reduce_only,
        "createTime": NOW,
        "updateTime": NOW,
        "triggerTime": 0,
    }
    return known | changed


def user_trade(quantity: str, price: str = "60000.10", **changed: Any) -> dict[str, Any]:
    """One fill in the account's trades of futures."""
    known = {"symbol": "BTCUSDT", "id": 9, "orderId": 28, "side": "BUY", "positionSide": "BOTH"}
    known |= {"price": price, "qty": quantity, "realizedPnl": "0", "time": NOW + 7}
    return known | {"commission": "0.3", "commissionAsset": "USDT"} | changed
