"""Symbols: ours and BingX's."""

from __future__ import annotations


def market_id(symbol: str) -> str:
    """BTC/USDT is BTC-USDT there, and so is the contract BTC/USDT:USDT."""
    return symbol.partition(":")[0].replace("/", "-", 1)


def base_of(symbol: str) -> str:
    """The currency that is bought or sold."""
    return symbol.partition("/")[0]


def quote_of(symbol: str) -> str:
    """The currency that fees are wanted in: quote, or settlement of a contract."""
    return symbol.partition("/")[2].rpartition(":")[2]


def is_contract(symbol: str) -> bool:
    """A symbol with a settlement currency is traded on futures."""
    return ":" in symbol
