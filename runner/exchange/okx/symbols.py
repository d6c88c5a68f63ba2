"""Symbols: ours and OKX's."""

from __future__ import annotations

_CONTRACT = "-SWAP"


def instrument_id(symbol: str) -> str:
    """BTC/USDT is BTC-USDT there, the contract BTC/USDT:USDT is BTC-USDT-SWAP."""
    return family_of(symbol) + (_CONTRACT if is_contract(symbol) else "")


def family_of(symbol: str) -> str:
    """BTC-USDT of both: what the tiers of a contract are listed by."""
    return symbol.partition(":")[0].replace("/", "-", 1)


def kind_of(symbol: str) -> str:
    """OKX's word for the kind of market."""
    return "SWAP" if is_contract(symbol) else "SPOT"


def quote_of(symbol: str) -> str:
    """The currency that fees are wanted in: quote, or settlement of a contract."""
    return symbol.partition("/")[2].rpartition(":")[2]


def is_contract(symbol: str) -> bool:
    """A symbol with a settlement currency is traded on futures."""
    return ":" in symbol
