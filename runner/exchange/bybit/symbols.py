"""Symbols: ours and Bybit's."""

from __future__ import annotations

from runner.model.markets import MarketKind

#: What Bybit calls a kind of market; the same name of a market may be in both.
CATEGORIES = {MarketKind.SPOT: "spot", MarketKind.FUTURES: "linear"}


def market_id(symbol: str) -> str:
    """BTC/USDT is BTCUSDT there, and so is the contract BTC/USDT:USDT."""
    return symbol.partition(":")[0].replace("/", "", 1)


def base_of(symbol: str) -> str:
    """The currency that is bought or sold."""
    return symbol.partition("/")[0]


def quote_of(symbol: str) -> str:
    """The currency that fees are wanted in: quote, or settlement of a contract."""
    return symbol.partition("/")[2].rpartition(":")[2]


def is_contract(symbol: str) -> bool:
    """A symbol with a settlement currency is traded on futures."""
    return ":" in symbol


def category_of(symbol: str) -> str:
    """`category` of every request about the symbol."""
    return CATEGORIES[MarketKind.FUTURES if is_contract(symbol) else MarketKind.SPOT]
