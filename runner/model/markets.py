"""Markets: what may be traded, in which steps, from which size, at which fees."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from runner.model.money import Grid


class MarketKind(StrEnum):
    """`market:` of a rule file."""

    SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Market:
    """Rules of one market; `minimum_quantity` in base, `minimum_notional` in quote currency."""

    symbol: str  # "BTC/USDT"
    base: str
    quote: str
    price: Grid
    quantity: Grid
    minimum_quantity: Decimal
    minimum_notional: Decimal
    source: str  # where these rules were read, with a date


@dataclass(frozen=True, slots=True)
class Costs:
    """Fractions of the notional (0.001 is 0.1 percent)."""

    maker_fraction: Decimal
    taker_fraction: Decimal
    slippage_fraction: Decimal
