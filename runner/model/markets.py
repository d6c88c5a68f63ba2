"""Markets: what may be traded, in which steps, from which size, at which fees."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from runner.model.money import Grid
from runner.model.values import dataclass


class MarketKind(StrEnum):
    """`market:` of a rule file."""

    SPOT = "spot"
    FUTURES = "futures"  # linear contracts, margined and settled in quote currency


@dataclass(frozen=True, slots=True)
class Market:
    """Rules of one market; `minimum_quantity` in base, `minimum_notional` in quote currency.

    Of a futures market one contract is one unit of base currency; `maintenance` is the maintenance
    margin of the first tier as a fraction of the notional, `max_leverage` that tier's.
    """

    symbol: str  # "BTC/USDT", "BTC/USDT:USDT"
    base: str
    quote: str
    price: Grid
    quantity: Grid
    minimum_quantity: Decimal
    minimum_notional: Decimal
    source: str  # where these rules were read, with a date
    maintenance: Decimal | None = None  # futures only
    max_leverage: Decimal | None = None  # futures only

    @property
    def kind(self) -> MarketKind:
        """A symbol with a settlement currency is a contract."""
        return MarketKind.FUTURES if ":" in self.symbol else MarketKind.SPOT


@dataclass(frozen=True, slots=True)
class Costs:
    """Fractions of the notional (0.001 is 0.1 percent)."""

    maker_fraction: Decimal
    taker_fraction: Decimal
    slippage_fraction: Decimal
