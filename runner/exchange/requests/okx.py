"""OKX: what is asked of and sent to spot and contracts, all in one place.

Source: okx.com/docs-v5. Which market an order is for, its `instId` says: contracts that are traded
end in `-SWAP`; dated ones and options have other names, and no permission. The position mode and
the account's mode are read, never set.
"""

from __future__ import annotations

import re

from runner.exchange.requests.row import ByForm, Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_HOST = MarketKind.SPOT  # one host for both
_PUBLIC, _READ = None, Permission.READ
_ORDERS = ByForm(
    "instId",
    {
        re.compile(r"[A-Z0-9]+-[A-Z0-9]+"): Permission.SPOT,
        re.compile(r"[A-Z0-9]+-[A-Z0-9]+-SWAP"): Permission.FUTURES,
    },
)
_CONTRACTS = ByForm("instId", {re.compile(r"[A-Z0-9]+-[A-Z0-9]+-SWAP"): Permission.FUTURES})

ROWS: Rows = {
    ("GET", _HOST, "/api/v5/public/time"): _PUBLIC,
    ("GET", _HOST, "/api/v5/public/instruments"): _PUBLIC,
    ("GET", _HOST, "/api/v5/public/position-tiers"): _PUBLIC,
    ("GET", _HOST, "/api/v5/public/funding-rate-history"): _PUBLIC,
    ("GET", _HOST, "/api/v5/market/candles"): _PUBLIC,
    ("GET", _HOST, "/api/v5/market/history-candles"): _PUBLIC,
    ("GET", _HOST, "/api/v5/market/mark-price-candles"): _PUBLIC,
    ("GET", _HOST, "/api/v5/market/history-mark-price-candles"): _PUBLIC,
    ("GET", _HOST, "/api/v5/account/balance"): _READ,
    ("GET", _HOST, "/api/v5/account/positions"): _READ,
    ("GET", _HOST, "/api/v5/account/config"): _READ,
    ("GET", _HOST, "/api/v5/account/leverage-info"): _READ,
    ("GET", _HOST, "/api/v5/account/bills"): _READ,
    ("GET", _HOST, "/api/v5/account/bills-archive"): _READ,
    ("GET", _HOST, "/api/v5/trade/order"): _READ,
    ("GET", _HOST, "/api/v5/trade/orders-pending"): _READ,
    ("GET", _HOST, "/api/v5/trade/orders-history"): _READ,
    ("GET", _HOST, "/api/v5/trade/orders-history-archive"): _READ,
    ("GET", _HOST, "/api/v5/trade/fills"): _READ,
    ("GET", _HOST, "/api/v5/trade/fills-history"): _READ,
    ("GET", _HOST, "/api/v5/trade/order-algo"): _READ,
    ("GET", _HOST, "/api/v5/trade/orders-algo-pending"): _READ,
    ("GET", _HOST, "/api/v5/trade/orders-algo-history"): _READ,
    ("POST", _HOST, "/api/v5/trade/order"): _ORDERS,
    ("POST", _HOST, "/api/v5/trade/cancel-order"): _ORDERS,
    ("POST", _HOST, "/api/v5/trade/order-algo"): _ORDERS,
    ("POST", _HOST, "/api/v5/trade/cancel-algos"): _ORDERS,
    ("POST", _HOST, "/api/v5/account/set-leverage"): _CONTRACTS,
}
#: What a key may do is told with the account's settings.
OF_KEYS: Rows = {}
