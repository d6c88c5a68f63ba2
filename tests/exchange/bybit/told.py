"""Bybit's answers to orders and questions, as tests need them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange.bybit.symbols import category_of, is_contract, market_id
from runner.model.orders import OrderRequest, OrderType
from tests.exchange.scripted import NOW

CREATE, CANCEL = "POST /v5/order/create", "POST /v5/order/cancel"
ORDERS, HISTORY = "GET /v5/order/realtime", "GET /v5/order/history"
FILLS, PRICE = "GET /v5/execution/list", "GET /v5/market/tickers"
MARKETS, TIERS = "GET /v5/market/instruments-info", "GET /v5/market/risk-limit"
ACCOUNT, WALLET = "GET /v5/account/info", "GET /v5/account/wallet-balance"
POSITIONS, LEVERAGE = "GET /v5/position/list", "POST /v5/position/set-leverage"
PAYMENTS = "GET /v5/account/transaction-log"
BARS, MARK_BARS = "GET /v5/market/kline", "GET /v5/market/mark-price-kline"
RATES, TIME, KEY_INFO = (
    "GET /v5/market/funding/history",
    "GET /v5/market/time",
    "GET /v5/user/query-api",
)
NUMBER = "1321003749386327552"


def good(result: Any) -> dict[str, Any]:
    """The envelope of a good answer."""
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": NOW}


def bad(code: int, words: str = "No.") -> dict[str, Any]:
    return {"retCode": code, "retMsg": words, "result": {}, "retExtInfo": {}, "time": NOW}


def page(category: str | None, *rows: Any, cursor: str = "", **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"list": list(rows), "nextPageCursor": cursor} | more
    return good(told if category is None else told | {"category": category})


def listed(request: OrderRequest, *rows: Any, cursor: str = "") -> dict[str, Any]:
    """A list of the kind of market that the request is of."""
    return page(category_of(request.symbol), *rows, cursor=cursor)


def named(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The answer to a write."""
    return good({"orderId": NUMBER, "orderLinkId": request.client_order_id} | changed)


def row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The order as Bybit shows it: filled if it is a market order, else resting or waiting."""
    at_market, stop = request.type is OrderType.MARKET, request.type is OrderType.STOP
    quantity = request.quantity or Decimal("0.02")
    sent = request.quantity if request.spend is None else round(request.spend, 7)
    contract = is_contract(request.symbol)
    known: dict[str, Any] = {
        "orderId": NUMBER,
        "orderLinkId": request.client_order_id,
        "symbol": market_id(request.symbol),
        "price": str(request.price or ""),
        "qty": str(sent),
        "side": request.side.capitalize(),
        "positionIdx": 0,
        "orderStatus": "Filled" if at_market else "Untriggered" if stop else "New",
        "cancelType": "UNKNOWN",
        "rejectReason": "EC_NoError",
        "avgPrice": "60000.1" if at_market else "",
        "cumExecQty": str(quantity) if at_market else "0",
        "cumExecValue": "0",
        "timeInForce": "IOC",
        "orderType": "Limit" if request.type is OrderType.LIMIT else "Market",
        "stopOrderType": "tpslOrder" if stop and not contract else "",
        "triggerPrice": str(request.stop_price or ""),
        "triggerDirection": {"buy": 1, "sell": 2}[request.side] if contract and stop else 0,
        "triggerBy": "MarkPrice" if request.trigger_by_mark else "LastPrice",
        "reduceOnly": request.reduce_only,
        "closeOnTrigger": False,
        "createdTime": str(NOW),
        "updatedTime": str(NOW + 7),
    }
    if not contract:
        known["marketUnit"] = "quoteCoin" if request.spend is not None else "baseCoin"
    return known | changed


def fill(request: OrderRequest, quantity: str, **changed: Any) -> dict[str, Any]:
    """One execution; its fee in quote currency."""
    known = {
        "symbol": market_id(request.symbol),
        "orderId": NUMBER,
        "orderLinkId": request.client_order_id,
        "side": request.side.capitalize(),
        "execId": "e0cbe81d-0f18-5866-9415-cf319b5dab3b",
        "execType": "Trade",
        "execQty": quantity,
        "execPrice": "60000.1",
        "execFee": "0.3",
        "feeCurrency": "USDT",
        "feeRate": "0.001",
        "execTime": str(NOW + 7),
        "extraFees": "",
    }
    return known | changed


def price(request: OrderRequest, last: str) -> dict[str, Any]:
    return listed(request, {"symbol": market_id(request.symbol), "lastPrice": last})


def account(status: int = 6, mode: str = "ISOLATED_MARGIN") -> dict[str, Any]:
    return good({"unifiedMarginStatus": status, "marginMode": mode, "updatedTime": "1"})


def coin(currency: str, wallet: str, **changed: Any) -> dict[str, Any]:
    known = {"coin": currency, "walletBalance": wallet, "borrowAmount": "0", "locked": "0"}
    known |= {"totalOrderIM": "0", "totalPositionIM": "0", "bonus": "0", "equity": wallet}
    return known | changed


def wallet(*coins: dict[str, Any]) -> dict[str, Any]:
    return page(None, {"accountType": "UNIFIED", "coin": list(coins)})


def position(**changed: Any) -> dict[str, Any]:
    known = {
        "symbol": "BTCUSDT",
        "positionIdx": 0,
        "side": "Buy",
        "size": "0.005",
        "avgPrice": "60000.1",
        "leverage": "10",
        "autoAddMargin": 0,
        "tradeMode": 0,
        "positionBalance": "30.12",
        "liqPrice": "54300.5",
    }
    return known | changed


def instrument(**changed: Any) -> dict[str, Any]:
    """BTCUSDT of spot."""
    lot = {"basePrecision": "0.000001", "quotePrecision": "0.0000001", "minOrderQty": "0.000011"}
    known = {
        "symbol": "BTCUSDT",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "status": "Trading",
        "lotSizeFilter": lot | {"minOrderAmt": "5"},
        "priceFilter": {"tickSize": "0.1"},
    }
    return known | changed


def answers(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A venue that takes the order and shows it."""
    return {
        CREATE: named(request),
        CANCEL: named(request),
        ORDERS: listed(request, row(request, **changed)),
        HISTORY: listed(request),
        FILLS: listed(request, fill(request, str(request.quantity or "0.02"))),
        PRICE: price(request, "60000.1"),
        MARKETS: page("spot", instrument()),
    }


def parameters(exchange: Any, path: str) -> list[dict[str, Any]]:
    """What was asked there, time after time."""
    return [it.parameters for it in exchange.sent if path.endswith(it.path)]
