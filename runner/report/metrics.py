"""Statistics of a run, from the equity at every bar's close and its round trips.

In: a `Result`. Out: the metrics of `--json`; what is undefined is `None`, never 0 or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.model.results import Result
from runner.model.trades import OpenPosition, RoundTrip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DAY_MS = 86_400_000
DAYS_PER_YEAR = 365  # markets that never close


@dataclass(frozen=True, slots=True)
class Metrics:
    """Fractions of one (0.05 is five percent) unless said; trades are closed round trips."""

    total_return: float
    cagr: float | None  # yearly growth; of at least a day
    volatility: float | None  # of daily returns, per year
    sharpe: float | None
    sortino: float | None
    calmar: float | None  # cagr per max_drawdown
    max_drawdown: float  # deepest fall below an earlier equity, of every bar's close
    max_drawdown_days: float  # longest time below an earlier equity
    exposure: float  # part of the time in which a position was held
    turnover: float  # notional bought and sold, in multiples of the mean equity
    trades: int
    win_rate: float | None
    profit_factor: float | None  # sum of gains per sum of losses
    expectancy_r: float | None  # mean r of trades that had a stop
    fees: float  # quote currency
    funding: float  # quote currency
    buy_and_hold: float  # first close to last close, without costs


def metrics(result: Result) -> Metrics:
    """All statistics of a run over at least one bar."""
    start_ms = min(data.from_ms for data in result.data)
    end_ms = int(result.closed_at[-1])
    deepest, longest_ms = drawdown(start_ms, result.initial, result.closed_at, result.equity)
    growth = cagr(result.initial, float(result.equity[-1]), end_ms - start_ms)
    daily = daily_returns(result.initial, result.closed_at, result.equity)
    trips = result.trades
    return Metrics(
        total_return=float(result.equity[-1]) / result.initial - 1.0,
        cagr=growth,
        volatility=volatility(daily),
        sharpe=sharpe(daily),
        sortino=sortino(daily),
        calmar=growth / deepest if growth is not None and deepest > 0.0 else None,
        max_drawdown=deepest,
        max_drawdown_days=longest_ms / DAY_MS,
        exposure=exposure(start_ms, end_ms, trips, result.still_open),
        turnover=_traded(trips, result.still_open) / float(result.equity.mean()),
        trades=len(trips),
        win_rate=_mean([1.0 if trip.pnl > 0.0 else 0.0 for trip in trips]),
        profit_factor=profit_factor(trips),
        expectancy_r=_mean([trip.r for trip in trips if trip.r is not None]),
        fees=result.fees,
        funding=math.fsum(trip.funding for trip in trips),
        buy_and_hold=float(result.close[-1]) / float(result.close[0]) - 1.0,
    )


def cagr(initial: float, final: float, span_ms: int) -> float | None:
    """Growth per year of 365 days; -1 when nothing is left.

    `None` for less than a day, and where a few good days would make a number beyond all bounds.
    """
    if span_ms < DAY_MS:
        return None
    try:
        return math.pow(max(final, 0.0) / initial, DAYS_PER_YEAR * DAY_MS / span_ms) - 1.0
    except OverflowError:
        return None


def daily_returns(
    initial: float, closed_at: NDArray[np.int64], equity: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns from one UTC day's last equity to the next; a day without bars returned nothing.

    A bar that closes at midnight is the last of the day that ends there.
    """
    import numpy as np

    days = (closed_at - 1) // DAY_MS
    last_of_day = np.flatnonzero(np.diff(days, append=days[-1] + 1))
    every_day = np.arange(days[0], days[-1] + 1)
    known = np.searchsorted(days[last_of_day], every_day, side="right") - 1
    levels = np.concatenate(([initial], equity[last_of_day][known]))
    return np.asarray(levels[1:] / levels[:-1] - 1.0)


def volatility(daily: NDArray[np.float64]) -> float | None:
    """Standard deviation of daily returns × √365; of at least two days."""
    if len(daily) < 2:
        return None
    return float(daily.std(ddof=1)) * math.sqrt(DAYS_PER_YEAR)


def sharpe(daily: NDArray[np.float64]) -> float | None:
    """Mean ÷ standard deviation of daily returns × √365, risk-free rate 0."""
    spread = volatility(daily)
    if not spread:
        return None
    return float(daily.mean()) * DAYS_PER_YEAR / spread


def sortino(daily: NDArray[np.float64]) -> float | None:
    """Mean ÷ root mean square of the losing days (gaining days count as 0) × √365."""
    import numpy as np

    downside = math.sqrt(float(np.square(np.minimum(daily, 0.0)).mean()))
    if len(daily) < 2 or downside == 0.0:
        return None
    return float(daily.mean()) / downside * math.sqrt(DAYS_PER_YEAR)


def drawdown(
    start_ms: int, initial: float, closed_at: NDArray[np.int64], equity: NDArray[np.float64]
) -> tuple[float, int]:
    """The deepest fall below an earlier equity, and the longest time (ms) until one was made good.

    A fall that was not made good lasts until the end.
    """
    import numpy as np

    levels = np.concatenate(([initial], equity))
    times = np.concatenate(([start_ms], closed_at))
    peaks = np.maximum.accumulate(levels)
    at_peak = np.flatnonzero(levels >= peaks)
    ends = np.append(times[at_peak[1:]], times[-1])
    # Between neighboring bars at the peak nothing was below it.
    below = np.append(np.diff(at_peak) > 1, at_peak[-1] < len(levels) - 1)
    lasted = np.where(below, ends - times[at_peak], 0)
    return float((1.0 - levels / peaks).max()), int(lasted.max())


def exposure(
    start_ms: int, end_ms: int, trips: Sequence[RoundTrip], still_open: OpenPosition | None
) -> float:
    """Part of the time in which any position was held; overlapping ones count once."""
    spans = [(trip.entry_time_ms, trip.exit_time_ms) for trip in trips]
    if still_open is not None:
        spans.append((still_open.entry_time_ms, end_ms))
    held, until = 0, start_ms
    for entered, left in sorted(spans):
        held += max(left - max(entered, until), 0)
        until = max(until, left)
    return held / (end_ms - start_ms)


def profit_factor(trips: Sequence[RoundTrip]) -> float | None:
    """Sum of gains ÷ sum of losses; `None` without a loss."""
    losses = -math.fsum(trip.pnl for trip in trips if trip.pnl < 0.0)
    if losses == 0.0:
        return None
    return math.fsum(trip.pnl for trip in trips if trip.pnl > 0.0) / losses


def _traded(trips: Sequence[RoundTrip], still_open: OpenPosition | None) -> float:
    notional = math.fsum(trip.quantity * (trip.entry_price + trip.exit_price) for trip in trips)
    if still_open is not None:
        notional += still_open.quantity * still_open.entry_price
    return notional


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
