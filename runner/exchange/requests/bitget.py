"""Bitget: what is asked of and sent to spot and USDT-margined futures of a classic account.

Source: bitget.com/api-doc, classic, v2. One path serves futures of all margins: what is sent there
must say `USDT-FUTURES`. The position mode and the assets mode are read, never set. Of unified
accounts (v3) only what their key may do is asked.
"""

from __future__ import annotations

from runner.exchange.requests.row import ByField, Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_ON_SPOT, _ON_FUTURES = MarketKind.SPOT, MarketKind.FUTURES
_PUBLIC, _READ, _SPOT = None, Permission.READ, Permission.SPOT
_FUTURES = ByField("productType", {"USDT-FUTURES": Permission.FUTURES})

ROWS: Rows = {
    ("GET", _ON_SPOT, "/api/v2/public/time"): _PUBLIC,
    ("GET", _ON_SPOT, "/api/v2/spot/public/symbols"): _PUBLIC,
    ("GET", _ON_SPOT, "/api/v2/spot/market/candles"): _PUBLIC,
    ("GET", _ON_SPOT, "/api/v2/spot/market/history-candles"): _PUBLIC,
    ("GET", _ON_SPOT, "/api/v2/spot/account/assets"): _READ,
    ("GET", _ON_SPOT, "/api/v2/spot/trade/orderInfo"): _READ,
    ("GET", _ON_SPOT, "/api/v2/spot/trade/unfilled-orders"): _READ,
    ("GET", _ON_SPOT, "/api/v2/spot/trade/history-orders"): _READ,
    ("GET", _ON_SPOT, "/api/v2/spot/trade/fills"): _READ,
    ("POST", _ON_SPOT, "/api/v2/spot/trade/place-order"): _SPOT,
    ("POST", _ON_SPOT, "/api/v2/spot/trade/cancel-order"): _SPOT,
    ("GET", _ON_FUTURES, "/api/v2/mix/market/contracts"): _PUBLIC,
    ("GET", _ON_FUTURES, "/api/v2/mix/market/query-position-lever"): _PUBLIC,
    ("GET", _ON_FUTURES, "/api/v2/mix/market/candles"): _PUBLIC,
    ("GET", _ON_FUTURES, "/api/v2/mix/market/history-candles"): _PUBLIC,
    ("GET", _ON_FUTURES, "/api/v2/mix/market/history-mark-candles"): _PUBLIC,
    ("GET", _ON_FUTURES, "/api/v2/mix/market/history-fund-rate"): _PUBLIC,
    ("GET", _ON_FUTURES, "/api/v2/mix/account/account"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/account/accounts"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/account/bill"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/position/all-position"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/order/detail"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/order/fills"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/order/orders-pending"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/order/orders-history"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/order/orders-plan-pending"): _READ,
    ("GET", _ON_FUTURES, "/api/v2/mix/order/orders-plan-history"): _READ,
    ("POST", _ON_FUTURES, "/api/v2/mix/order/place-order"): _FUTURES,
    ("POST", _ON_FUTURES, "/api/v2/mix/order/cancel-order"): _FUTURES,
    ("POST", _ON_FUTURES, "/api/v2/mix/order/place-tpsl-order"): _FUTURES,
    ("POST", _ON_FUTURES, "/api/v2/mix/order/cancel-plan-order"): _FUTURES,
    ("POST", _ON_FUTURES, "/api/v2/mix/account/set-margin-mode"): _FUTURES,
    ("POST", _ON_FUTURES, "/api/v2/mix/account/set-leverage"): _FUTURES,
}
#: Asked only where the venue tells what a key may do: of classic accounts, of unified ones.
OF_KEYS: Rows = {
    ("GET", _ON_SPOT, "/api/v2/spot/account/info"): _READ,
    ("GET", _ON_SPOT, "/api/v3/account/info"): _READ,
}
