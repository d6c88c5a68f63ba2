"""Symbols: ours and Bitget's."""

from __future__ import annotations

from typing import Any

#: Of what kind the contracts are that we trade, and what they are margined in.
PRODUCT, MARGIN_COIN = "USDT-FUTURES", "USDT"
ALL_CONTRACTS: dict[str, Any] = {"productType": PRODUCT}


def market_id(symbol: str) -> str:
    """BTC/USDT is BTCUSDT there, and so is the contract BTC/USDT:USDT."""
    return symbol.partition(":")[0].replace("/", "", 1)


def quote_of(symbol: str) -> str:
    """The currency that fees are wanted in: quote, or settlement of a contract."""
    return symbol.partition("/")[2].rpartition(":")[2]


def is_contract(symbol: str) -> bool:
    """A symbol with a settlement currency is traded on futures."""
    return ":" in symbol


def at(symbol: str) -> dict[str, Any]:
    """By which every question about one market names it."""
    named: dict[str, Any] = {"symbol": market_id(symbol)}
    return named | ALL_CONTRACTS if is_contract(symbol) else named


def beside(symbol: str) -> dict[str, Any]:
    """What a question about one order says beside its name: nothing on spot."""
    return at(symbol) if is_contract(symbol) else {}
