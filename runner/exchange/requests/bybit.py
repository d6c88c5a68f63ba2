"""Bybit: what is asked of and sent to spot and linear contracts, all at one host.

Orders of both kinds go to one path: the permission is that of their `category`. Margin mode and
position mode are read, never set. Source: github bybit-exchange/docs, v5.
"""

from __future__ import annotations

from runner.exchange.requests.row import ByField, Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_API = MarketKind.SPOT  # and futures: one host
_PUBLIC, _READ = None, Permission.READ
_ORDER = ByField("category", {"spot": Permission.SPOT, "linear": Permission.FUTURES})
_CONTRACT = ByField("category", {"linear": Permission.FUTURES})

ROWS: Rows = {
    ("GET", _API, "/v5/market/time"): _PUBLIC,
    ("GET", _API, "/v5/market/instruments-info"): _PUBLIC,
    ("GET", _API, "/v5/market/risk-limit"): _PUBLIC,
    ("GET", _API, "/v5/market/tickers"): _PUBLIC,
    ("GET", _API, "/v5/market/kline"): _PUBLIC,
    ("GET", _API, "/v5/market/mark-price-kline"): _PUBLIC,
    ("GET", _API, "/v5/market/funding/history"): _PUBLIC,
    ("GET", _API, "/v5/account/info"): _READ,
    ("GET", _API, "/v5/account/wallet-balance"): _READ,
    ("GET", _API, "/v5/account/transaction-log"): _READ,
    ("GET", _API, "/v5/position/list"): _READ,
    ("GET", _API, "/v5/order/realtime"): _READ,
    ("GET", _API, "/v5/order/history"): _READ,
    ("GET", _API, "/v5/execution/list"): _READ,
    ("POST", _API, "/v5/order/create"): _ORDER,
    ("POST", _API, "/v5/order/cancel"): _ORDER,
    ("POST", _API, "/v5/position/set-leverage"): _CONTRACT,
}
#: Asked only where the venue tells what a key may do.
OF_KEYS: Rows = {("GET", _API, "/v5/user/query-api"): _READ}
