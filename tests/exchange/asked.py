"""Orders as tests ask for them, and Binance's answers to them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side
from tests.exchange.scripted import NOW

PINNED = Pinned(NOW, 5_000)
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
        "type": _TYPES[request.type],
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
