"""Binance as far as a journey needs it: it takes orders, and shows them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.exchange.key_answers import ANSWERS
from tests.exchange.scripted import Reply
from tests.exchange.test_door_markets import symbol_row

HOUR_MS = 3_600_000
BARS = 60


class Binance:
    """Spot; a market order fills at once, anything else rests."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.orders: dict[str, dict[str, Any]] = {}

    def answer(self, method: str, path: str, asked: dict[str, Any]) -> Reply:
        """What Binance says when all is well."""
        told = self._answer(method, path, asked)
        return Reply(told, 400 if "code" in told else 200)

    def _answer(self, method: str, path: str, asked: dict[str, Any]) -> Any:
        match method, path:
            case "GET", "/api/v3/time":
                return {"serverTime": self.now()}
            case "GET", "/sapi/v1/account/apiRestrictions":
                return ANSWERS["binance"] | {"enableFutures": False}
            case "GET", "/api/v3/account":
                return {"balances": self._balances(), "uid": 7}
            case "GET", "/api/v3/exchangeInfo":
                return {"symbols": [symbol_row()]}
            case "GET", "/api/v3/klines":
                begin = int(asked.get("startTime", 0))
                most = int(asked.get("limit", 500))
                return [
                    [*row, row[0] + HOUR_MS - 1]
                    for row in bars(begin, self.now(), self.now())[:most]
                ]
            case "POST", "/api/v3/order":
                return self._taken(asked)
            case "POST", "/api/v3/orderList/oco":
                return self._taken_pair(asked)
            case "GET", "/api/v3/openOrders":
                return [one for one in self.orders.values() if one["status"] == "NEW"]
            case "GET", "/api/v3/allOrders":
                return list(self.orders.values())
            case "GET", "/api/v3/order" if asked.get("origClientOrderId") in self.orders:
                return self.orders[asked["origClientOrderId"]]
            case "GET", "/api/v3/myTrades":
                return []
        return {"code": -2013, "msg": "Order does not exist."}

    def _balances(self) -> list[dict[str, str]]:
        """Money, and what was bought."""
        done = [Decimal(one["executedQty"]) for one in self.orders.values()]
        held = {"USDT": "10000", "BTC": str(sum(done, Decimal(0)))}
        return [{"asset": name, "free": free, "locked": "0"} for name, free in held.items()]

    def _taken(self, asked: dict[str, Any], name: str = "newClientOrderId") -> dict[str, Any]:
        at_market = asked["type"] == "MARKET"
        quantity = asked.get("quantity", "0.01")
        fill = {"price": "60000.1", "qty": quantity, "commission": "0", "commissionAsset": "USDT"}
        order = {
            "symbol": asked["symbol"],
            "orderId": 28 + len(self.orders),
            "orderListId": -1,
            "clientOrderId": asked[name],
            "transactTime": self.now(),
            "time": self.now(),
            "updateTime": self.now(),
            "price": asked.get("price", "0"),
            "origQty": quantity,
            "executedQty": quantity if at_market else "0",
            "origQuoteOrderQty": asked.get("quoteOrderQty", "0"),
            "cummulativeQuoteQty": "600.001" if at_market else "0",
            "status": "FILLED" if at_market else "NEW",
            "type": asked["type"],
            "side": asked["side"],
            "stopPrice": asked.get("stopPrice", "0"),
            "fills": [fill | {"tradeId": 56}] if at_market else [],
        }
        self.orders[asked[name]] = order
        return order

    def _taken_pair(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = []
        for leg in ("above", "below"):
            names = ("Type", "Price", "StopPrice", "ClientOrderId")
            own = {name[0].lower() + name[1:]: asked.get(f"{leg}{name}", "0") for name in names}
            rows.append(self._taken(asked | own, "clientOrderId") | {"orderListId": 1})
        known = {"orderListId": 1, "contingencyType": "OCO", "listOrderStatus": "EXECUTING"}
        return known | {"symbol": asked["symbol"], "orders": [], "orderReports": rows}


def bars(begin_ms: int, end_ms: int, now_ms: int) -> list[list[Any]]:
    """Bars of an hour that open in that time; they fall until the last that has closed."""
    now = now_ms // HOUR_MS * HOUR_MS
    begin = max(begin_ms, now - BARS * HOUR_MS)
    first = -(-begin // HOUR_MS) * HOUR_MS
    return [bar(opened, now) for opened in range(first, min(now, end_ms) + 1, HOUR_MS)]


def bar(opened_ms: int, now_ms: int) -> list[Any]:
    """When it opened, four prices, volume."""
    age = (now_ms - opened_ms) // HOUR_MS
    price = 60_000 + age if age > 1 else 60_500
    return [opened_ms, f"{price - 1}", f"{price + 1}", f"{price - 2}", f"{price}", "1"]
