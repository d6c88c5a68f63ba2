"""KuCoin: its clock, and the question about a key. Source: kucoin.com/docs-new."""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_HOST = MarketKind.SPOT

ROWS: Rows = {("GET", _HOST, "/api/v1/timestamp"): None}
OF_KEYS: Rows = {("GET", _HOST, "/api/v1/user/api-key"): Permission.READ}
