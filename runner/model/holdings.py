"""Positions, funding payments and funding rates as an exchange tells them."""

from __future__ import annotations

from decimal import Decimal

from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """A position of a contract: `quantity` in base currency, below zero for a short.

    Prices in quote currency; `margin` is what is set aside for it (isolated), without what it has
    gained or lost; `liquidation_price` is `None` where the exchange names none.
    """

    symbol: str
    quantity: Decimal
    entry_price: Decimal
    margin: Decimal
    liquidation_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Funding:
    """One funding payment in quote currency: negative is paid, positive is received."""

    at_ms: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """One funding rate as it was settled: the fraction of its worth that a long pays a short."""

    at_ms: int
    rate: float
