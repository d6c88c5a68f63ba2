"""Fills in order become round trips, and what a result takes for granted becomes sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.markets import Market
from runner.model.orders import ExitReason
from runner.model.results import DataUsed
from runner.model.trades import OpenPosition, PositionSide, RoundTrip


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution; an entry has no `reason` and carries its initial `stop` (0.0: none)."""

    at_ms: int
    price: float
    quantity: float
    fee: float
    reason: ExitReason | None
    stop: float


def round_trips(
    symbol: str, fills: Iterable[Fill]
) -> tuple[tuple[RoundTrip, ...], OpenPosition | None]:
    """Each entry with the exit that follows it, and the position that has none yet."""
    trips: list[RoundTrip] = []
    entry: Fill | None = None
    for fill in fills:
        if fill.reason is None:
            entry = fill
        elif entry is not None:
            trips.append(_trip(symbol, entry, fill, fill.reason))
            entry = None
    left = None if entry is None else OpenPosition(entry.at_ms, entry.price, entry.quantity)
    return tuple(trips), left


def _trip(symbol: str, entry: Fill, leave: Fill, reason: ExitReason) -> RoundTrip:
    fees = entry.fee + leave.fee
    risk = entry.price - entry.stop
    return RoundTrip(
        symbol=symbol,
        side=PositionSide.LONG,
        entry_time_ms=entry.at_ms,
        entry_price=entry.price,
        exit_time_ms=leave.at_ms,
        exit_price=leave.price,
        quantity=leave.quantity,
        fees=fees,
        funding=0.0,
        pnl=(leave.price - entry.price) * leave.quantity - fees,
        r=(leave.price - entry.price) / risk if entry.stop > 0.0 and risk > 0.0 else None,
        exit_reason=reason,
    )


def assumptions(strategy: Strategy, market: Market, data: DataUsed) -> tuple[str, ...]:
    """What is taken for granted, one sentence each (SPEC: every result states its assumptions)."""
    costs = strategy.backtest.costs
    lines = [
        f"fees: {_percent(costs.maker_fraction)} maker, {_percent(costs.taker_fraction)} taker, "
        "paid in quote currency",
        "market orders fill at the next bar's open with "
        f"{_percent(costs.slippage_fraction)} slippage",
        "a stop fills at its price or at the open that gaps through it; a target only beyond its "
        "price; the stop comes first where one bar touches both",
        f"market rules: {market.source} (tick {market.price.step}, step {market.quantity.step}, "
        f"minimum {market.minimum_notional} {market.quote})",
        "an open position is marked at the last close",
    ]
    if data.source.startswith("synthetic"):
        lines.insert(0, f"the market is made up ({data.source}): it says nothing about real prices")
    if data.gaps:
        lines.append(f"{data.missing} bars are missing in {data.gaps} gaps; none was bridged")
    return tuple(lines)


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"
