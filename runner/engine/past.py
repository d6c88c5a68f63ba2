"""What one symbol's decisions read, put together from bars, funding, mark prices and inputs.

A backtest puts together the whole past, a session what has closed so far; the same function does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from runner.core.funding import LATENESS_MS
from runner.core.strategy import Strategy
from runner.data.funding import Funding
from runner.data.history import MarketData, RunData
from runner.data.inputs import aligned
from runner.language.surroundings import Surroundings
from runner.model.bars import Bars

if TYPE_CHECKING:
    from numpy.typing import NDArray


def surroundings_of(
    strategy: Strategy, symbol: str, bars: Mapping[str, Bars], run: RunData
) -> Surroundings:
    """`bars` by symbol, each from its first bar in `run` on; only what they cover is looked at."""
    own = bars[symbol]
    data = next(market for market in run.markets if market.symbol == symbol)
    return Surroundings(
        bars=own,
        others=bars,
        mark=_mark(data, own),
        funding_rate=None if data.funding is None else _last_rate(data.funding, own.closes_at),
        inputs={
            name: aligned(known_at, values, own.closes_at)
            for name, (known_at, values) in run.inputs.items()
        },
        timezone=strategy.timezone,
        sessions=strategy.sessions,
        symbols=strategy.symbols,
    )


def _mark(data: MarketData, bars: Bars) -> NDArray[np.float64]:
    """Mark prices at the closes; the last price where none is known, which the result says.

    Undefined after the last that is told: live, it may still come.
    """
    if data.mark is None:
        return bars.close
    mark = data.mark[: len(bars)]
    known = np.where(np.isnan(mark), bars.close[: len(mark)], mark)
    return np.append(known, np.full(len(bars) - len(mark), np.nan))


def _last_rate(funding: Funding, closed_at: NDArray[np.int64]) -> NDArray[np.float64]:
    """The rate that was settled last at each close, NaN before the first."""
    first = np.searchsorted(closed_at, funding.stamps_ms - LATENESS_MS, side="right")
    bars = np.diff(first, prepend=0, append=len(closed_at))
    return np.repeat(np.concatenate(([np.nan], funding.rates)), bars)
