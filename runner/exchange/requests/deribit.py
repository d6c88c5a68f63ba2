"""Deribit: what is asked of and sent to spot; every method is HTTP GET, orders as well.

One scope covers trading of every kind: that an order is one of spot, its instrument's name says,
which has two currencies and no more. What needs more than reading is a write, and leaves with its
last check alone (`wire.py`). Source: docs.deribit.com.
"""

from __future__ import annotations

import re

from runner.exchange.requests.row import ByForm, Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_HOST = MarketKind.SPOT
_PUBLIC, _READ, _SPOT = None, Permission.READ, Permission.SPOT
_ORDERS = ByForm("instrument_name", {re.compile(r"[A-Z0-9]+_[A-Z0-9]+"): _SPOT})

ROWS: Rows = {
    ("GET", _HOST, "/api/v2/public/get_time"): _PUBLIC,
    ("GET", _HOST, "/api/v2/public/get_instruments"): _PUBLIC,
    ("GET", _HOST, "/api/v2/public/get_tradingview_chart_data"): _PUBLIC,
    ("GET", _HOST, "/api/v2/private/get_account_summaries"): _READ,
    ("GET", _HOST, "/api/v2/private/get_order_state_by_label"): _READ,
    ("GET", _HOST, "/api/v2/private/get_open_orders_by_instrument"): _READ,
    ("GET", _HOST, "/api/v2/private/get_order_history_by_instrument"): _READ,
    ("GET", _HOST, "/api/v2/private/get_trigger_order_history"): _READ,
    ("GET", _HOST, "/api/v2/private/get_user_trades_by_order"): _READ,
    ("GET", _HOST, "/api/v2/private/buy"): _ORDERS,
    ("GET", _HOST, "/api/v2/private/sell"): _ORDERS,
    ("GET", _HOST, "/api/v2/private/cancel_by_label"): _SPOT,
}
#: `public/auth` tells of keys, too, but its address carries the secret: it is never asked.
OF_KEYS: Rows = {("GET", _HOST, "/api/v2/private/list_api_keys"): _READ}
