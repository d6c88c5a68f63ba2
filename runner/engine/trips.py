"""Fills in order become round trips, and what a result takes for granted becomes sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from runner.core import codes
from runner.core.strategy import EntryType, Strategy, Trigger
from runner.core.trips import pair
from runner.engine.rows import REASONS
from runner.model.markets import Market, MarketKind
from runner.model.orders import ExitReason
from runner.model.results import DataUsed
from runner.model.trades import OpenPosition, PositionSide, RoundTrips

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Fill(NamedTuple):
    """One execution; quantity in base currency, money in quote currency.

    What opens or adds has no `reason` and carries the initial `stop` (0.0: none). What reduces
    carries the `funding` that its position had paid by then.
    """

    symbol: str
    at_ms: int
    side: int  # of the order: 1 bought, -1 sold
    price: float
    quantity: float
    fee: float
    reason: ExitReason | None
    stop: float
    funding: float


def round_trips(fills: Iterable[Fill]) -> tuple[RoundTrips, tuple[OpenPosition, ...]]:
    """Closed positions in order of their exits, and open ones in order of their entries.

    `fills` are in order of time; symbols may be mixed.
    """
    in_order = list(fills)
    symbols = tuple(dict.fromkeys(fill.symbol for fill in in_order))
    rows = np.zeros((len(in_order), codes.WIDTH))
    for row, fill in zip(rows, in_order, strict=True):
        row[codes.DESK] = symbols.index(fill.symbol)
        row[codes.FILLED_AT], row[codes.SIDE] = fill.at_ms, fill.side
        row[codes.FILL_PRICE], row[codes.QUANTITY] = fill.price, fill.quantity
        row[codes.FEE], row[codes.FUNDING] = fill.fee, fill.funding
        row[codes.REASON] = REASONS.index(fill.reason)
    return trips_of(symbols, rows, np.array([fill.stop for fill in in_order]))


def trips_of(
    symbols: tuple[str, ...], fills: NDArray[np.float64], stops: NDArray[np.float64]
) -> tuple[RoundTrips, tuple[OpenPosition, ...]]:
    """The same of filled rows of a log (codes.py); `stops` are those of what opens, else 0.0."""
    positions = np.zeros((len(symbols), codes.HELD_WIDTH))
    positions[:, codes.HELD_SINCE] = -1.0
    trips = np.empty((len(fills) // 2, codes.TRIP_WIDTH))
    count = pair(fills, stops, positions, trips)
    still_open = [
        OpenPosition(
            symbol=symbol,
            side=PositionSide.LONG if fills[int(row[0]), codes.SIDE] > 0.0 else PositionSide.SHORT,
            entry_time_ms=int(fills[int(row[0]), codes.FILLED_AT]),
            entry_price=row[codes.HELD_AVERAGE],
            quantity=row[codes.HELD_LEFT],
            traded=row[codes.HELD_BOUGHT] + row[codes.HELD_SOLD],
        )
        for row, symbol in sorted(zip(positions.tolist(), symbols, strict=True))
        if row[codes.HELD_SINCE] >= 0.0
    ]
    return RoundTrips(symbols, trips[:count]), tuple(still_open)


def assumptions(
    strategy: Strategy, markets: tuple[Market, ...], data: tuple[DataUsed, ...]
) -> tuple[str, ...]:
    """What is taken for granted, one sentence each (SPEC: every result states its assumptions)."""
    return (
        *_made_up(data),
        *_fills(strategy),
        *_contracts(strategy, markets),
        *_hours(strategy),
        *_market_rules(markets),
        "an open position is marked at the last close",
        *_gaps(data),
    )


def _made_up(data: tuple[DataUsed, ...]) -> Iterator[str]:
    for source in dict.fromkeys(used.source for used in data):
        if source.startswith("synthetic"):
            yield f"the market is made up ({source}): it says nothing about real prices"


def _fills(strategy: Strategy) -> Iterator[str]:
    costs = strategy.backtest.costs
    yield (
        f"fees: {_percent(costs.maker_fraction)} maker, {_percent(costs.taker_fraction)} taker, "
        "paid in quote currency"
    )
    yield (
        "market orders fill at the next bar's open with "
        f"{_percent(costs.slippage_fraction)} slippage"
    )
    if any(rule.order.type is not EntryType.MARKET or rule.ladder for rule in strategy.entries):
        yield (
            "a resting entry fills whole, a limit order only where a bar goes beyond its price; "
            "on the bar of that fill the stop counts, targets from the next bar"
        )
    yield (
        "a stop fills at its price or at the open that gaps through it; a target only beyond its "
        "price; the stop comes first where one bar touches both"
    )
    stop = strategy.exits.stop_loss
    if stop is not None and stop.trigger is Trigger.MARK:
        yield "mark prices are unknown: a stop that is triggered by mark is judged by last prices"


def _contracts(strategy: Strategy, markets: tuple[Market, ...]) -> Iterator[str]:
    if strategy.market_kind is not MarketKind.FUTURES:
        return
    rate = strategy.backtest.funding
    unrecorded = "" if rate is None else f", {_percent(rate)} per 8 hours where there is no record"
    yield f"funding: rates as recorded{unrecorded}; paid on the last price, as marks are unknown"
    of_symbol = ", ".join(
        f"{_percent(market.maintenance)} of {market.symbol}"
        for market in markets
        if market.maintenance is not None
    )
    yield (
        f"margin: isolated, leverage {strategy.leverage.normalize():f}x; a position is liquidated "
        f"where last prices leave it the maintenance margin of the first tier ({of_symbol}), and "
        "is booked at its bankruptcy price without a fee"
    )


def _hours(strategy: Strategy) -> Iterator[str]:
    if strategy.timezone != "UTC":
        yield f"days, hours and minutes are those of {strategy.timezone}"
    for session in strategy.sessions:
        yield f"a bar belongs to session {session.name} ({session.timezone}) when it closes in it"
    for blackout in strategy.blackouts:
        yield (
            f"the {len(blackout.instants)} instants of {blackout.calendar} were known before they "
            "came"
        )
    for source in strategy.inputs:
        hours = Decimal(source.lag_ms) / 3_600_000
        yield f"a row of {source.path} was known {hours.normalize():f} hours after its own time"


def _market_rules(markets: tuple[Market, ...]) -> Iterator[str]:
    for market in markets:
        of_symbol = f" of {market.symbol}" if len(markets) > 1 else ""
        yield (
            f"market rules{of_symbol}: {market.source} (tick {market.price.step}, step "
            f"{market.quantity.step}, minimum {market.minimum_notional} {market.quote})"
        )


def _gaps(data: tuple[DataUsed, ...]) -> Iterator[str]:
    for used in data:
        if used.gaps:
            series = f" of {used.symbol} {used.timeframe}" if len(data) > 1 else ""
            yield f"{used.missing} bars{series} are missing in {used.gaps} gaps; none was bridged"


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"
