"""Warnings about sizes that a market would never take, where `markets.lock` tells its minimums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from runner.core.strategy import Size, SizeMode
from runner.model.markets import Market
from runner.rules.bench import child, entry_of
from runner.rules.compile import Loaded
from runner.rules.diagnostic import Diagnostic, Severity
from runner.rules.nodes import place

_QUOTE = frozenset({SizeMode.NOTIONAL, SizeMode.SPEND})
_OF_CAPITAL = frozenset({SizeMode.EQUITY, SizeMode.SPEND_FRACTION})


def below_minimum(loaded: Loaded, markets: Iterable[Market]) -> Iterator[Diagnostic]:
    """One warning for each entry and market whose every order would be denied."""
    if loaded.strategy is None:
        return
    for market in markets:
        for rule in loaded.strategy.entries:
            size = child(loaded.root, "entry", rule.side, "size")
            for key, written, minimum, unit in _amounts(rule.size, loaded.strategy.capital, market):
                entry = entry_of(size, key)
                if entry is not None and written < minimum:
                    message = (
                        f"`{key}` is {written.normalize():f} {unit}; {market.symbol} takes "
                        f"{minimum:f} {unit} or more ({market.source})"
                    )
                    help = "write a larger size: smaller orders are denied"
                    at = place(entry.value)
                    yield loaded.source.diagnostic(at, "R514", message, help, Severity.WARNING)


def _amounts(
    size: Size, capital: Decimal | None, market: Market
) -> Iterator[tuple[str, Decimal, Decimal, str]]:
    """Key, amount, minimum and currency of what is known before any bar."""
    notional = market.minimum_notional
    if size.at_most is not None:
        yield "at_most", size.at_most, notional, market.quote
    if size.value.constant is None:
        return
    value = Decimal(f"{size.value.constant:.15g}")
    if size.mode is SizeMode.QUANTITY:
        yield "quantity", value, market.minimum_quantity, market.base
    elif size.mode in _QUOTE:
        yield size.mode.name.lower(), value, notional, market.quote
    elif size.mode in _OF_CAPITAL and capital is not None:
        key = "equity" if size.mode is SizeMode.EQUITY else "spend"
        yield key, value * capital, notional, market.quote
