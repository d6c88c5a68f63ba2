"""Spot's endpoints with their parameters and weights.

Weights: Binance spot API docs, rest-api.md, "Weight" of each endpoint.
"""

from __future__ import annotations

from runner.exchange.replay import key, market_data
from runner.exchange.replay.route import TIMES, Route, Routes, Security
from runner.exchange.replay.spot import account, trading
from runner.exchange.replay.spot.exchange_info import exchange_info
from runner.exchange.replay.spot.trading import ORDER_PARAMETERS, PAIR_NEEDS, PAIR_PARAMETERS

_P, _R, _T = Security.PUBLIC, Security.READ, Security.TRADE
_IDS, _LIST_IDS = ("orderId", "origClientOrderId"), ("orderListId", "origClientOrderId")
_INFO = ("symbol", "symbols", "permissions", "showPermissionSets", "symbolStatus")
_NEW_ORDER = ("symbol", "side", "type")

#: Asked of spot's host in every run, where the venue tells of keys.
KEY_ROUTES: Routes = {
    ("GET", "/sapi/v1/account/apiRestrictions"): Route(key.restrictions, _R, 1),
}

ROUTES: Routes = {
    ("GET", "/api/v3/ping"): Route(market_data.ping, _P, 1),
    ("GET", "/api/v3/time"): Route(market_data.server_time, _P, 1),
    ("GET", "/api/v3/exchangeInfo"): Route(exchange_info, _P, 20, takes=_INFO),
    ("GET", "/api/v3/klines"): Route(market_data.klines, _P, 2, ("symbol", "interval"), TIMES),
    ("GET", "/api/v3/ticker/price"): Route(market_data.price, _P, 2, takes=("symbol",)),
    ("GET", "/api/v3/ticker/bookTicker"): Route(market_data.book_ticker, _P, 2, takes=("symbol",)),
    ("GET", "/api/v3/ticker/24hr"): Route(market_data.day_ticker, _P, 2, takes=("symbol",)),
    ("GET", "/api/v3/account"): Route(account.account, _R, 20, takes=("omitZeroBalances",)),
    ("GET", "/api/v3/order"): Route(account.order, _R, 4, ("symbol",), _IDS),
    ("GET", "/api/v3/openOrders"): Route(account.open_orders, _R, 6, takes=("symbol",)),
    ("GET", "/api/v3/allOrders"): Route(
        account.all_orders, _R, 20, ("symbol",), ("orderId", *TIMES)
    ),
    ("GET", "/api/v3/myTrades"): Route(
        account.trades, _R, 20, ("symbol",), ("orderId", "fromId", *TIMES)
    ),
    ("GET", "/api/v3/orderList"): Route(account.order_list, _R, 4, takes=_LIST_IDS),
    ("GET", "/api/v3/openOrderList"): Route(account.open_order_lists, _R, 6),
    ("POST", "/api/v3/order"): Route(trading.new_order, _T, 1, _NEW_ORDER, ORDER_PARAMETERS, 1),
    ("POST", "/api/v3/order/test"): Route(trading.test_order, _T, 1, _NEW_ORDER, ORDER_PARAMETERS),
    ("DELETE", "/api/v3/order"): Route(
        trading.cancel_order, _T, 1, ("symbol",), (*_IDS, "newClientOrderId")
    ),
    ("POST", "/api/v3/orderList/oco"): Route(
        trading.new_pair, _T, 1, PAIR_NEEDS, PAIR_PARAMETERS, 2
    ),
    ("DELETE", "/api/v3/orderList"): Route(
        trading.cancel_pair,
        _T,
        1,
        ("symbol",),
        ("orderListId", "listClientOrderId", "newClientOrderId"),
    ),
}
