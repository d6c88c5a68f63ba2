"""How Bybit says no: with HTTP 200 and a `retCode` that is not zero.

Source of all codes: github bybit-exchange/docs, v5/error; each row is its heading.
"""

from __future__ import annotations

from runner.exchange.wire import Answer
from runner.exchange.words import Code, Words, code_and_message
from runner.model.markets import MarketKind

#: Codes of Bybit's gate, before an order is looked at. Absent, and so unknown: 10000 Server
#: Timeout, 10016 Server error, 10014 Invalid duplicate request, and the limits 10006 and 10018.
_REQUEST_REFUSED: dict[str, str] = {
    "10001": "Request parameter error",
    "10002": "The request time exceeds the time window range",
    "10003": "API key is invalid",
    "10004": "Error sign",
    "10005": "Permission denied",
    "10007": "User authentication failed",
    "10008": "Common banned",
    "10009": "IP has been banned",
    "10010": "Unmatched IP",
    "10017": "Route not found",
    "10024": "Compliance rules triggered",
    "10027": "Transactions are banned",
    "10028": "The API can only be accessed by unified account users",
    "10029": "The requested symbol is invalid: symbol whitelist of the key",
    "33004": "Your api key has expired",
    "100028": "The API cannot be accessed by unified account users",
}
#: Absent: 110030 and 110072 (an order with this id is there), 110079 (being processed).
_FUTURES_ORDER_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "110003": "Order price exceeds the allowable range",
    "110004": "Wallet balance is insufficient",
    "110005": "position status",
    "110006": "The assets are unable to cover the position margin",
    "110007": "Available balance is insufficient",
    "110009": "The number of stop orders exceeds the limit",
    "110011": "Liquidation will be triggered immediately by this adjustment",
    "110012": "Insufficient available balance",
    "110016": "The quantity exceeds the risk limit",
    "110017": "Reduce-only rule not satisfied",
    "110020": "Not allowed to have more than 500 active orders",
    "110021": "Position limits due to Open Interest",
    "110023": "Currently you can only reduce your position on this contract",
    "110032": "Order is illegal",
    "110039": "Maintenance margin rate is too high",
    "110040": "The order will trigger a forced liquidation",
    "110042": "Pre-delivery: positions can only be reduced",
    "110044": "Available margin is insufficient",
    "110045": "Wallet balance is insufficient",
    "110051": "The balance cannot cover the lowest price of the market",
    "110052": "The balance is insufficient to set the price",
    "110053": "The balance cannot cover the price and its upper limit",
    "110057": "Conditional order contains TP/SL related params",
    "110063": "Settlement in progress",
    "110066": "Trading is currently not allowed",
    "110068": "Leveraged trading is not allowed",
    "110069": "Ins lending customer is not allowed to trade",
    "110070": "ETP symbols cannot be traded",
    "110085": "The risk limit of this contract has been updated",
    "110086": "Order leverage exceeds the maximum of the risk limit",
    "110090": "max pos limit",
    "110092": "expect Rising, but trigger_price <= current",
    "110093": "expect Falling, but trigger_price >= current",
    "110094": "Order notional value below the lower limit",
}
#: Absent: 170141 (an order with this id is there), 170149 Create order failed, 170035 Submitted to
#: the system for processing; the timeouts 170007, 170032, 170146, 170147; the limits 170005 and
#: 170222.
_SPOT_ORDER_REFUSED: dict[str, str] = _REQUEST_REFUSED | {
    "170031": "The feature has been suspended",
    "170033": "margin Insufficient account balance",
    "170105": "Parameter was empty",
    "170115": "Invalid timeInForce",
    "170116": "Invalid orderType",
    "170117": "Invalid side",
    "170121": "Invalid symbol",
    "170124": "Order amount too large",
    "170130": "Data sent for parameter is not valid",
    "170131": "Balance insufficient",
    "170132": "Order price too high",
    "170133": "Order price lower than the minimum",
    "170134": "Order price decimal too long",
    "170135": "Order quantity too large",
    "170136": "Order quantity lower than the minimum",
    "170137": "Order volume decimal too long",
    "170140": "Transaction amount lower than the minimum",
    "170148": "Market order amount decimal too long",
    "170151": "The trading pair is not open yet",
    "170157": "The trading pair is not available for api trading",
    "170159": "Market Order is not supported for newly launched pairs",
    "170192": "Order price cannot be higher than",
    "170193": "Buy order price cannot be higher than",
    "170194": "Sell order price cannot be lower than",
    "170197": "Your order quantity to buy is too large",
    "170198": "Your order quantity to sell is too large",
    "170201": "Your account has been restricted for trades",
    "170202": "Invalid orderFilter parameter",
    "170203": "Please enter the TP/SL price",
    "170204": "trigger price cannot be higher than 110% price",
    "170206": "trigger price cannot be lower than 90% of qty",
    "170209": "This trading pair is only available to some regions",
    "170210": "New order rejected",
    "170217": "Only LIMIT-MAKER order is supported for the pair",
    "170218": "The LIMIT-MAKER order is rejected due to invalid price",
    "170219": "UID is not available to this feature",
    "170221": "This coin does not exist",
    "170224": "You're not a user of the Innovation Zone",
    "170227": "This feature is not supported",
    "170228": "The purchase amount exceeds the estimated maximum",
    "170229": "The sell quantity exceeds the estimated maximum",
    "170241": "The project's risk disclosure must be confirmed first",
    "170371": "Order price cannot be lower than the price limitation",
    "170372": "Order price cannot be higher than the price limitation",
}
#: (kind, write) → codes after which nothing has happened.
_REFUSED: dict[tuple[MarketKind, str], dict[str, str]] = {
    (MarketKind.SPOT, "submit"): _SPOT_ORDER_REFUSED,
    (MarketKind.FUTURES, "submit"): _FUTURES_ORDER_REFUSED,
    (MarketKind.SPOT, "cancel"): _REQUEST_REFUSED
    | {
        "170139": "Order has been filled",
        "170142": "Order has been canceled",
        "170145": "This order type does not support cancellation",
        "170190": "Cancel order has been finished",
        "170213": "Order does not exist",
    },
    (MarketKind.FUTURES, "cancel"): _REQUEST_REFUSED
    | {
        "110001": "Order does not exist",
        "110008": "The order has been completed or cancelled",
        "110010": "The order has been cancelled",
    },
}
_PAGE = "Bybit → API → Edit"
#: Code → what is wrong with the key, the address or the account, and where to look.
_KEY_FAULTS = {
    "10003": (
        "bybit does not know this key: it was deleted, or belongs to another `venue` (live, "
        "testnet and demo have keys of their own) or to a regional site such as bybit.eu, which is "
        "not supported yet; look at Bybit → API"
    ),
    "10004": "the signature is wrong: `api_secret` does not belong to `api_key`",
    "10005": f"this key lacks a permission: tick what the file declares at {_PAGE}",
    "10007": "bybit sees no key in the request: look at the reference of `api_key`",
    "10008": "bybit has banned this account: ask its support",
    "10009": "bybit has banned this machine's address: ask its support, or use another address",
    "10010": f"this machine's address is not on the key's list: add it at {_PAGE}",
    "10024": "bybit does not serve this account for reasons of compliance: ask its support",
    "10028": (
        "the bybit account is no unified trading account: upgrade it at Bybit → Assets, "
        "or use another account"
    ),
    "33004": "the key has expired: make a new one at Bybit → API",
}


def _refusal(answer: Answer) -> Code | None:
    """Good is HTTP 200 with the code zero; some old answers write it as text."""
    code, message = code_and_message(answer, "retCode", "retMsg")
    return None if answer.status == 200 and code == "0" else (code, message)


WORDS = Words(
    exchange="bybit",
    refusal=_refusal,
    refusing=frozenset({200, 400, 401}),
    absent=frozenset({200}),
    refused=_REFUSED,
    maybe={"submit": frozenset(), "cancel": frozenset()},
    key_faults=_KEY_FAULTS,
    wrong_time=frozenset({"10002"}),
    limited=frozenset({"10006", "10018", "10429", "170005", "170222"}),
)
