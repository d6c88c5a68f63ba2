"""Coinbase: its clock, and the question about a key. Source: docs.cdp.coinbase.com."""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_HOST = MarketKind.SPOT

ROWS: Rows = {("GET", _HOST, "/api/v3/brokerage/time"): None}
OF_KEYS: Rows = {("GET", _HOST, "/api/v3/brokerage/key_permissions"): Permission.READ}
