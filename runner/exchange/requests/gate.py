"""Gate: its clock, and the question about a key. Source: gate.com/docs/developers/apiv4."""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_HOST = MarketKind.SPOT

ROWS: Rows = {("GET", _HOST, "/api/v4/spot/time"): None}
OF_KEYS: Rows = {("GET", _HOST, "/api/v4/account/main_keys"): Permission.READ}
