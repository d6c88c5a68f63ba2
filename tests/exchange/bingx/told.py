"""BingX's answers to what tests ask for."""

from __future__ import annotations

from typing import Any

from runner.model.orders import OrderRequest, OrderType
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    PERP,
    PERP_LIMIT,
    PERP_MAKER,
    PERP_TARGET,
    SPEND,
    TARGET,
)
from tests.exchange.scripted import NOW, Reply

SPOT, SWAP = "/openApi/spot/v1", "/openApi/swap"
TIME = f"GET {SWAP}/v2/server/time"
PLACE = {False: f"POST {SPOT}/trade/order", True: f"POST {SWAP}/v2/trade/order"}
CANCEL = {False: f"POST {SPOT}/trade/cancel", True: f"DELETE {SWAP}/v2/trade/order"}
LOOK = {False: f"GET {SPOT}/trade/query", True: f"GET {SWAP}/v2/trade/order"}
RESTING = {False: f"GET {SPOT}/trade/openOrders", True: f"GET {SWAP}/v2/trade/openOrders"}
PAST = {False: f"GET {SPOT}/trade/historyOrders", True: f"GET {SWAP}/v1/trade/fullOrder"}
FORCED = f"GET {SWAP}/v2/trade/forceOrders"
PAIRS, CONTRACTS = f"GET {SPOT}/common/symbols", f"GET {SWAP}/v2/quote/contracts"
TIERS, LEVERAGE = f"GET {SWAP}/v1/maintMarginRatio", f"GET {SWAP}/v2/trade/leverage"
BARS = {
    "BTC/USDT": "GET /openApi/spot/v2/market/kline",
    PERP: f"GET {SWAP}/v3/quote/klines",
}
MARK_BARS = f"GET {SWAP}/v1/market/markPriceKlines"
RATES, INCOME = f"GET {SWAP}/v2/quote/fundingRate", f"GET {SWAP}/v2/user/income"
BALANCES = {"BTC/USDT": f"GET {SPOT}/account/balance", PERP: f"GET {SWAP}/v3/user/balance"}
POSITIONS = f"GET {SWAP}/v2/user/positions"
NUMBER = 1735950529123455000

ON_SPOT = {"buy": ENTRY, "spend": SPEND, "sell": EXIT, "limit": LIMIT, "maker": MAKER}
ON_SPOT |= {"target": TARGET}
OF_CONTRACTS = {"long": LONG, "close": CLOSE, "perp limit": PERP_LIMIT}
OF_CONTRACTS |= {"perp maker": PERP_MAKER, "perp target": PERP_TARGET}
ORDERS = ON_SPOT | OF_CONTRACTS


def good(data: Any) -> dict[str, Any]:
    return {"code": 0, "msg": "", "debugMsg": "", "data": data}


def bad(code: int, words: str = "No.", status: int = 200) -> Reply:
    return Reply({"code": code, "msg": words, "data": {}}, status)


def is_contract(request: OrderRequest) -> bool:
    return ":" in request.symbol


def row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The order as BingX tells it: filled if it is a market order, else resting."""
    return (_contract if is_contract(request) else _spot)(request) | changed


def _spot(request: OrderRequest) -> dict[str, Any]:
    at_market = request.type is OrderType.MARKET
    quantity = "0.02" if request.spend else str(request.quantity)
    worth = {"0.02": "1200.002", "0.00500": "300.0005"}[quantity]
    return {
        "symbol": "BTC-USDT",
        "orderId": NUMBER,
        "price": str(request.price or "0"),
        "StopPrice": "0",
        "origQty": "0" if request.spend else quantity,
        "executedQty": quantity if at_market else "0",
        "cummulativeQuoteQty": worth if at_market else "0",
        "status": "FILLED" if at_market else "PENDING",
        "type": "MARKET" if at_market else "LIMIT",
        "side": request.side.upper(),
        "time": NOW,
        "updateTime": NOW + 7,
        "origQuoteOrderQty": str(request.spend or "0"),
        "fee": "-0.3" if at_market else "0",
        "feeAsset": "USDT",
        "clientOrderID": request.client_order_id,
    }


def _contract(request: OrderRequest) -> dict[str, Any]:
    at_market = request.type is OrderType.MARKET
    return {
        "symbol": "BTC-USDT",
        "orderId": NUMBER,
        "side": request.side.upper(),
        "positionSide": "BOTH",
        "type": "MARKET" if at_market else "LIMIT",
        "origQty": str(request.quantity),
        "price": str(request.price or "0"),
        "executedQty": str(request.quantity) if at_market else "0",
        "avgPrice": "60000.1" if at_market else "0.0",
        "cumQuote": "300" if at_market else "0",
        "stopPrice": "",
        "profit": "0.0000",
        "commission": "-0.150000" if at_market else "",
        "status": "FILLED" if at_market else "NEW",
        "time": NOW,
        "updateTime": NOW + 7,
        "clientOrderId": request.client_order_id,
        "leverage": "3X",
        "reduceOnly": request.reduce_only,
        "workingType": "MARK_PRICE",
        "onlyOnePosition": True,
    }


def about(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """One order in an answer: spot tells it bare."""
    told = row(request, **changed)
    return good({"order": told} if is_contract(request) else told)


def taken(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The answer to a submission: names, and hardly more."""
    names = ("symbol", "orderId", "side", "type", "clientOrderID", "clientOrderId", "positionSide")
    known = {name: value for name, value in row(request).items() if name in names} | changed
    return good({"order": known} if is_contract(request) else known)


def orders(*rows: dict[str, Any]) -> dict[str, Any]:
    return good({"orders": list(rows)})


def answers(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A submission that is taken, and the order as it is shown afterwards."""
    kind = is_contract(request)
    return {PLACE[kind]: taken(request), LOOK[kind]: about(request, **changed)}


def gone(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A cancellation that is taken, and the order as it is shown afterwards."""
    kind = is_contract(request)
    ended = {"status": "CANCELLED" if kind else "CANCELED"} | changed
    return {CANCEL[kind]: taken(request), LOOK[kind]: about(request, **ended)}


def nowhere(request: OrderRequest) -> dict[str, Any]:
    """The order is in no place that is asked."""
    kind = is_contract(request)
    return {
        LOOK[kind]: bad(109421 if kind else 100404, "order not exist"),
        RESTING[kind]: orders(),
        PAST[kind]: orders(),
    }


def pair(**changed: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"symbol": "BTC-USDT", "minQty": 0.0001826, "minNotional": 5}
    known |= {"status": 1, "tickSize": 0.01, "stepSize": 1e-05}
    return known | {"apiStateSell": True, "apiStateBuy": True} | changed


def contract(**changed: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"symbol": "BTC-USDT", "currency": "USDT", "asset": "BTC"}
    known |= {"quantityPrecision": 4, "pricePrecision": 1, "status": 1}
    known |= {"tradeMinQuantity": 0.0001, "tradeMinUSDT": 2}
    return known | {"apiStateOpen": "true", "apiStateClose": "true"} | changed


def tiers(**changed: Any) -> dict[str, Any]:
    first = {"tier": "Tier 1", "symbol": "BTC-USDT", "minPositionVal": "0"}
    first |= {"maxPositionVal": "150000", "maintMarginRatio": "0.003800", "maintAmount": "0.0"}
    second = first | {"tier": "Tier 2", "minPositionVal": "150000", "maintMarginRatio": "0.004"}
    return good([second, first | changed])


def sides(long: Any = 5, short: Any = 5, **changed: Any) -> dict[str, Any]:
    told = {"longLeverage": long, "shortLeverage": short, "availableLongVol": "0"}
    return good(told | {"maxLongLeverage": 125, "maxShortLeverage": 100} | changed)
