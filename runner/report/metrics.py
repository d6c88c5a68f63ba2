"""Statistics of a run, from the equity at every instant and its round trips.

In: a `Result`. Out: the metrics of `--json`; what is undefined is `None`, never 0 or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runner.model.results import Result
from runner.model.trades import OpenPosition, RoundTrips
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DAY_MS = 86_400_000
DAYS_PER_YEAR = 365  # markets that never close
_BLOCK = 8_192  # instants worked on at a time: they stay in a core's cache


@dataclass(frozen=True, slots=True)
class Metrics:
    """Fractions of one (0.05 is five percent) unless said; trades are closed round trips."""

    total_return: float
    cagr: float | None  # yearly growth; of at least a day
    volatility: float | None  # of daily returns, per year
    sharpe: float | None
    sortino: float | None
    calmar: float | None  # cagr per max_drawdown
    max_drawdown: float  # deepest fall below an earlier equity, of every instant
    max_drawdown_days: float  # longest time below an earlier equity
    exposure: float  # part of the bars' instants up to which any position was held
    turnover: float | None  # notional bought and sold, in multiples of the mean equity
    trades: int
    win_rate: float | None
    profit_factor: float | None  # sum of gains per sum of losses
    expectancy_r: float | None  # mean r of trades that had a stop
    fees: float  # quote currency
    funding: float  # quote currency; negative when received
    buy_and_hold: float  # first close to last close, without costs; mean of all symbols


def metrics(result: Result) -> Metrics:
    """All statistics of a run over at least one bar."""
    start_ms = began_at(result)
    span_ms = int(result.closed_at[-1]) - start_ms
    deepest, longest_ms = drawdown(start_ms, result.initial, result.closed_at, result.equity)
    growth = cagr(result.initial, float(result.equity[-1]), span_ms)
    daily = daily_returns(result.initial, result.closed_at, result.equity)
    trips, still_open = result.trades, result.still_open
    return Metrics(
        total_return=float(result.equity[-1]) / result.initial - 1.0,
        cagr=growth,
        volatility=volatility(daily),
        sharpe=sharpe(daily),
        sortino=sortino(daily),
        calmar=growth / deepest if growth is not None and deepest > 0.0 else None,
        max_drawdown=deepest,
        max_drawdown_days=longest_ms / DAY_MS,
        exposure=exposure(result.closed_at, trips, still_open),
        turnover=turnover(result),
        trades=len(trips),
        win_rate=_mean((trips.pnl > 0.0).tolist()),
        profit_factor=profit_factor(trips.pnl),
        expectancy_r=_mean(trips.r[trips.r == trips.r].tolist()),
        fees=result.fees,
        funding=result.funding,
        buy_and_hold=math.fsum(gains(result)) / len(result.close),
    )


def began_at(result: Result) -> int:
    """The open of the bar that closed first (UTC ms); slower series may reach further back."""
    first = int(result.closed_at[0])
    return max((data.from_ms for data in result.data if data.from_ms < first), default=first)


def gains(result: Result) -> list[float]:
    """What each symbol's price made of itself, first close to last close, in order of `symbols`."""
    return [float(close[-1]) / float(close[0]) - 1.0 for _, close in result.close]


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

    first, last = (int(closed_at[at] - 1) // DAY_MS for at in (0, -1))
    midnights = np.arange(first + 1, last + 2) * DAY_MS
    levels = equity[np.searchsorted(closed_at, midnights, side="right") - 1]
    before = np.concatenate(([initial], levels[:-1]))
    lost = before <= 0.0  # nothing was left to earn on
    return np.where(lost, 0.0, levels / np.where(lost, 1.0, before) - 1.0)


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

    peak, least = initial, 1.0
    at_peaks = [np.zeros(1, np.int64)]  # the start is a peak, too
    for start in range(0, len(equity), _BLOCK):
        rows = equity[start : start + _BLOCK]
        if rows.max() < peak:
            least = min(least, float(rows.min()) / peak)
            continue
        peaks = np.maximum.accumulate(rows)
        np.maximum(peaks, peak, out=peaks)
        peak = float(peaks[-1])
        at_peaks.append(np.flatnonzero(rows >= peaks) + start + 1)
        least = min(least, float((rows / peaks).min()))
    deepest = 1.0 - least
    # Between neighbors at the peak nothing was below it.
    at_peak = np.concatenate(at_peaks)
    times = np.where(at_peak > 0, closed_at[at_peak - 1], start_ms)
    ends = np.append(times[1:], closed_at[-1])
    below = np.diff(at_peak, append=len(equity) + 1) > 1
    below[-1] = at_peak[-1] < len(equity)
    return deepest, int(np.where(below, ends - times, 0).max())


def exposure(
    closed_at: NDArray[np.int64],
    trips: RoundTrips,
    still_open: Sequence[OpenPosition],
) -> float:
    """Part of the instants up to which, since the one before, any position was held.

    A position that ended on the bar it began on was held for that bar; overlapping ones count once.
    """
    import numpy as np

    entered = [held.entry_time_ms for held in still_open]
    entered_at = np.concatenate((trips.entry_time_ms, entered)).astype(np.int64)
    left_at = np.concatenate((trips.exit_time_ms, closed_at[-1:].repeat(len(entered))))
    first = np.searchsorted(closed_at, entered_at, side="right")
    last = np.searchsorted(closed_at, left_at.astype(np.int64), side="left")
    last = np.maximum(first, last)
    in_order = np.argsort(first, kind="stable")
    first, last = first[in_order], np.maximum.accumulate(last[in_order])
    uncounted = np.maximum(first[1:], last[:-1] + 1)
    first = np.concatenate((first[:1], uncounted))
    return int(np.maximum(last - first + 1, 0).sum()) / len(closed_at)


def profit_factor(pnl: NDArray[np.float64]) -> float | None:
    """Sum of gains ÷ sum of losses; `None` without a loss."""
    losses = -math.fsum(pnl[pnl < 0.0].tolist())
    if losses == 0.0:
        return None
    return math.fsum(pnl[pnl > 0.0].tolist()) / losses


def turnover(result: Result) -> float | None:
    """Notional bought and sold ÷ mean equity; `None` where that is nothing or less."""
    mean, trips = float(result.equity.mean()), result.trades
    closed = trips.quantity * (trips.entry_price + trips.exit_price)
    notional = math.fsum(closed.tolist()) + math.fsum(held.traded for held in result.still_open)
    return notional / mean if mean > 0.0 else None


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
