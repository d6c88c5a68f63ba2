"""Round trips: a position from its entry to its exit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runner.model.orders import ExitReason


class PositionSide(StrEnum):
    """Which way a position is held."""

    LONG = "long"


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """A position that a run left open: since when (UTC ms), at which price, how much (base)."""

    entry_time_ms: int
    entry_price: float
    quantity: float


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Times in UTC milliseconds, prices, fees, funding and `pnl` (after both) in quote currency.

    `quantity` is in base currency; `r` is the price move in multiples of the initial risk, `None`
    without a stop.
    """

    symbol: str
    side: PositionSide
    entry_time_ms: int
    entry_price: float
    exit_time_ms: int
    exit_price: float
    quantity: float
    fees: float
    funding: float
    pnl: float
    r: float | None
    exit_reason: ExitReason
