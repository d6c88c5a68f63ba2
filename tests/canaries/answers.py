"""What the other exchanges answer in a journey: each takes a market order, and shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.model.orders import OrderRequest
from tests.canaries.binance import bars
from tests.canaries.secrets import KEY, PAIRS, SECRET, TOKEN
from tests.exchange.asked import SPEND
from tests.exchange.bingx import told as bingx_told
from tests.exchange.bitget import answers as bitget_told
from tests.exchange.bybit import told as bybit_told
from tests.exchange.deribit import told as deribit_told
from tests.exchange.key_answers import ANSWERS
from tests.exchange.okx import answers as okx_told
from tests.exchange.scripted import Reply

Asked = dict[str, Any]
#: What was bought, as each exchange's rows show it for an amount of 1200.
BOUGHT = "0.02"


class Bybit:
    """By the path below `/v5`."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.taken = now, list[OrderRequest]()

    def answer(self, method: str, path: str, asked: Asked) -> Reply:
        """What Bybit says when all is well."""
        return Reply(self._answer(path, asked))

    def _answer(self, path: str, asked: Asked) -> Any:
        now = str(self.now())
        at = {"createdTime": now, "updatedTime": now}
        match path.removeprefix("/v5/"):
            case "market/time":
                seconds = self.now() // 1000
                return bybit_told.good({"timeSecond": str(seconds), "timeNano": f"{now}000000"})
            case "user/query-api":
                spot: Asked = {"ContractTrade": [], "Derivatives": []}
                result = ANSWERS["bybit"]["result"]
                rights = result["permissions"] | spot
                own = {"permissions": rights, "userID": 7, "apiKey": KEY, "secret": SECRET}
                return ANSWERS["bybit"] | {"result": result | own}
            case "account/info":
                return bybit_told.account()
            case "account/wallet-balance":
                coins = [("USDT", "10000"), ("BTC", BOUGHT if self.taken else "0")]
                return bybit_told.wallet(*(bybit_told.coin(*coin) for coin in coins))
            case "market/instruments-info":
                return bybit_told.page("spot", bybit_told.instrument())
            case "market/kline":
                rows = bars(int(asked["start"]), int(asked["end"]), self.now())
                told = [[str(row[0]), *row[1:], "1"] for row in reversed(rows)]
                return bybit_told.page("spot", *told, symbol="BTCUSDT")
            case "order/create":
                self.taken.append(spends(asked["orderLinkId"], asked["qty"]))
                return bybit_told.named(self.taken[-1])
            case "order/realtime" | "order/history" if self.taken:
                shown = [bybit_told.row(one, **at) for one in self.taken]
                return bybit_told.page("spot", *(it for it in shown if named(it, asked)))
            case "execution/list" if self.taken:
                fill = bybit_told.fill(self.taken[-1], BOUGHT, execTime=now)
                return bybit_told.page("spot", fill)
            case "order/realtime" | "order/history" | "execution/list":
                return bybit_told.page("spot")
        return bybit_told.bad(10001)


class Okx:
    """By the path below `/api/v5`."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.taken = now, list[OrderRequest]()

    def answer(self, method: str, path: str, asked: Asked) -> Reply:
        """What OKX says when all is well."""
        told = self._answer(method, path.removeprefix("/api/v5/"), asked)
        return told if isinstance(told, Reply) else Reply(told)

    def _answer(self, method: str, path: str, asked: Asked) -> Any:
        now = str(self.now())
        match path:
            case "public/time":
                return okx_told.ok({"ts": now})
            case "account/config":
                return ANSWERS["okx"]
            case "account/balance":
                coins = [("USDT", "10000"), ("BTC", BOUGHT if self.taken else "0")]
                held = [{"ccy": name, "availBal": it, "frozenBal": "0"} for name, it in coins]
                return okx_told.ok({"details": held})
            case "public/instruments":
                return okx_told.ok(okx_told.SPOT_MARKET)
            case "market/candles" | "market/history-candles":
                rows = bars(int(asked["before"]) + 1, int(asked["after"]) - 1, self.now())
                told = [[str(row[0]), *row[1:], "1", "1", "1"] for row in reversed(rows)]
                return okx_told.ok(*told)
            case "trade/order" if method == "POST":
                self.taken.append(spends(asked["clOrdId"], asked["sz"]))
                return okx_told.ack(self.taken[-1])
            case "trade/order" if self.taken:
                return okx_told.ok(okx_told.row(self.taken[-1], cTime=now, uTime=now))
            case "trade/fills" if self.taken:
                return okx_told.ok(okx_told.fill(self.taken[-1], BOUGHT, ts=now, fillTime=now))
        if path.startswith("trade/orders-") or path == "trade/fills":
            return okx_told.ok()
        return okx_told.no("51603")


class BingX:
    """By the path below `/openApi`."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.taken = now, list[OrderRequest]()

    def answer(self, method: str, path: str, asked: Asked) -> Reply:
        """What BingX says when all is well."""
        told = self._answer(path.removeprefix("/openApi/"), asked)
        return told if isinstance(told, Reply) else Reply(told)

    def _answer(self, path: str, asked: Asked) -> Any:
        now = self.now()
        match path:
            case "swap/v2/server/time":
                return bingx_told.good({"serverTime": now})
            case "v1/account/apiPermissions":
                rights = ANSWERS["bingx"]["apiPermissions"]
                return rights | {"data": rights["data"] | {"enableFutures": False}}
            case "account/v1/uid":
                return bingx_told.good({"uid": 7})
            case "account/v1/apiKey/query":
                rows = ANSWERS["bingx"]["apiKey/query"]["data"]["apiKeyList"]
                own = {"permissions": [1, 2], "apiKey": KEY}
                return bingx_told.good({"apiKeyList": [rows[0] | own]})
            case "spot/v1/account/balance":
                coins = [("USDT", "10000"), ("BTC", BOUGHT if self.taken else "0")]
                told = [{"asset": name, "free": free, "locked": "0"} for name, free in coins]
                return bingx_told.good({"balances": told})
            case "spot/v1/common/symbols":
                return bingx_told.good({"symbols": [bingx_told.pair()]})
            case "spot/v2/market/kline":
                rows = bars(int(asked["startTime"]), int(asked["endTime"]), now)
                return bingx_told.good([[row[0], *map(float, row[1:])] for row in rows])
            case "spot/v1/trade/order":
                self.taken.append(spends(asked["newClientOrderId"], asked["quoteOrderQty"]))
                return bingx_told.taken(self.taken[-1])
            case "spot/v1/trade/query" if self.taken:
                return bingx_told.about(self.taken[-1], time=now, updateTime=now)
            case "spot/v1/trade/openOrders" | "spot/v1/trade/historyOrders":
                return bingx_told.orders()
        return bingx_told.bad(100404, "order not exist")


class Bitget:
    """By the path below `/api/v2`."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.taken = now, list[OrderRequest]()

    def answer(self, method: str, path: str, asked: Asked) -> Reply:
        """What Bitget says when all is well."""
        told = self._answer(path.removeprefix("/api/v2/"), asked)
        return told if isinstance(told, Reply) else Reply(told)

    def _answer(self, path: str, asked: Asked) -> Any:
        now = str(self.now())
        at = {"cTime": now, "uTime": now}
        match path:
            case "public/time":
                return bitget_told.good({"serverTime": now})
            case "spot/account/info":
                rights = ["stor", "stow"]
                return ANSWERS["bitget"] | {
                    "data": ANSWERS["bitget"]["data"] | {"authorities": rights}
                }
            case "spot/account/assets":
                coins = [("USDT", "10000"), ("BTC", BOUGHT if self.taken else "0")]
                none = {"frozen": "0", "locked": "0"}
                told = [{"coin": name, "available": free} | none for name, free in coins]
                return bitget_told.good(told)
            case "spot/public/symbols":
                return bitget_told.good([bitget_told.symbol_row()])
            case "spot/market/candles" | "spot/market/history-candles":
                rows = bars(int(asked.get("startTime", 0)), int(asked["endTime"]), self.now())
                return bitget_told.good([[str(row[0]), *row[1:], "1", "1"] for row in rows])
            case "spot/trade/place-order":
                self.taken.append(spends(asked["clientOid"], asked["size"]))
                return bitget_told.taken(self.taken[-1])
            case "spot/trade/orderInfo" if self.taken:
                return bitget_told.good([bitget_told.row(self.taken[-1], **at)])
            case "spot/trade/fills" if self.taken:
                return bitget_told.good([bitget_told.fill(BOUGHT, cTime=now)])
            case "spot/trade/orderInfo" | "spot/trade/fills":
                return bitget_told.good([])
            case "spot/trade/unfilled-orders" | "spot/trade/history-orders":
                return bitget_told.good([])
        return bitget_told.no("40109")


class Deribit:
    """By the path below `/api/v2`; it lists all keys of the account with their secrets."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.taken = now, list[OrderRequest]()

    def answer(self, method: str, path: str, asked: Asked) -> Reply:
        """What Deribit says when all is well."""
        told = self._answer(path.removeprefix("/api/v2/"), asked)
        return told if isinstance(told, Reply) else Reply(deribit_told.ok(told))

    def _answer(self, path: str, asked: Asked) -> Any:
        now = self.now()
        match path:
            case "public/get_time":
                return now
            case "private/list_api_keys":
                keys = [*PAIRS.values(), ("another", TOKEN)]
                tokens = {"access_token": TOKEN, "refresh_token": TOKEN}
                names = [{"client_id": key, "client_secret": secret} for key, secret in keys]
                return [ANSWERS["deribit"]["result"][0] | tokens | one for one in names]
            case "private/get_account_summaries":
                coins = [("USDC", 10000), ("BTC", 0.02 if self.taken else 0)]
                told = [{"currency": it, "balance": b, "available_funds": b} for it, b in coins]
                return {"id": 7, "summaries": told}
            case "public/get_instruments":
                return [deribit_told.INSTRUMENT]
            case "public/get_tradingview_chart_data":
                return self._columns(asked)
            case "private/buy":
                amount = Decimal(asked["amount"])
                self.taken.append(
                    replace(deribit_told.ENTRY, client_order_id=asked["label"], quantity=amount)
                )
                return deribit_told.taken(self.taken[-1], **self._at())["result"]
            case "private/get_order_state_by_label" if self.taken:
                return [deribit_told.row(self.taken[-1], **self._at())]
            case "private/get_user_trades_by_order" if self.taken:
                one = self.taken[-1]
                return [deribit_told.fill(one, float(one.quantity or 0), timestamp=now)]
            case "private/get_trigger_order_history":
                return {"entries": [], "continuation": None}
        return []

    def _at(self) -> dict[str, int]:
        return {"creation_timestamp": self.now(), "last_update_timestamp": self.now()}

    def _columns(self, asked: Asked) -> dict[str, Any]:
        begin, end = int(asked["start_timestamp"]), int(asked["end_timestamp"])
        rows = bars(begin, end, self.now())
        if not rows:
            return {"status": "no_data"}
        names = ("open", "high", "low", "close", "volume")
        columns = {name: [float(row[1 + at]) for row in rows] for at, name in enumerate(names)}
        return {"status": "ok", "ticks": [row[0] for row in rows]} | columns


def spends(name: str, amount: str) -> OrderRequest:
    """The order that the rule file leads to."""
    return replace(SPEND, client_order_id=name, spend=Decimal(amount))


def named(row: dict[str, Any], asked: Asked) -> bool:
    """Whether this order was asked for by its name, or no order was."""
    return asked.get("orderLinkId", row["orderLinkId"]) == row["orderLinkId"]
