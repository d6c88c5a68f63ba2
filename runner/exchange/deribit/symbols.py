"""Symbols: ours and Deribit's."""

from __future__ import annotations


def instrument_name(symbol: str) -> str:
    """BTC/USDC is BTC_USDC there."""
    return symbol.replace("/", "_", 1)


def base_of(symbol: str) -> str:
    """What is bought and sold."""
    return symbol.partition("/")[0]


def quote_of(symbol: str) -> str:
    """What it is paid in."""
    return symbol.partition("/")[2]


def is_contract(symbol: str) -> bool:
    """A symbol with a settlement currency is traded on futures."""
    return ":" in symbol
