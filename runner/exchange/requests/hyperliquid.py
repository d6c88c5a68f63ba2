"""Hyperliquid: questions alone, of which the last check lets three through.

Source: docs.chainstack.com, Hyperliquid info.
"""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.markets import MarketKind

ROWS: Rows = {("POST", MarketKind.SPOT, "/info"): None}
OF_KEYS: Rows = {}
