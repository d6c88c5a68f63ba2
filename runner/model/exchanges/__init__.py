"""What runner can do at each exchange, one table an exchange; no code of theirs, and none of ours.

The validator refuses by these tables, the door sends by them, the docs are made from them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.model.exchanges.support import ExchangeSupport

#: Traded by runner.
NAMES = ("binance", "bingx", "bitget", "bybit", "deribit", "okx")
#: Whose keys runner audits, and where it sends no orders.
AUDITED = ("coinbase", "gate", "hyperliquid", "kraken", "kucoin")


def support_of(exchange: str) -> ExchangeSupport:
    """The table of one of `NAMES`; no other is imported."""
    found: ExchangeSupport = import_module(f"runner.model.exchanges.{exchange}").SUPPORT
    return found


#: Exchanges that are gone, and when. Sources: the exchanges' own notices.
CLOSED = {
    "bitmex": "2026-09-23",  # stopped at 04:00 UTC; ccxt dropped it in 4.5.84
    "bittrex": "2023-12-04",
    "ftx": "2022-11-11",  # the day it filed for bankruptcy
}
