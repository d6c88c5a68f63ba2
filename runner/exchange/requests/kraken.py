"""Kraken: its clock, and the question about a key. Source: docs.kraken.com."""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_HOST = MarketKind.SPOT

ROWS: Rows = {("GET", _HOST, "/0/public/Time"): None}
OF_KEYS: Rows = {("POST", _HOST, "/0/private/GetApiKeyInfo"): Permission.READ}
