"""What an expression may read beside its own bars, and where an indicator of its own place stands.

In: everything aligned to the bars on which decisions are made. Out: the same, seen from the bars of
another symbol or a slower timeframe, and which of those bars is known at each decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from runner.indicators.window import Series, Truths
from runner.language import wallclock
from runner.language.wallclock import Session
from runner.model.bars import Bars, Timeframe, resample
from runner.model.values import dataclass

#: For each bar here the row of the last one known there, -1 before the first.
Rows = NDArray[np.intp]


class NotHere(Exception):
    """Bars of a place that the surroundings neither hold nor can make up."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an indicator stands; `None`: where it is used."""

    symbol: str | None
    timeframe: Timeframe | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`bars`, on which decisions are made, and what is aligned to them.

    `others`: bars of further symbols at the file's timeframe, maybe those of `bars` too. `mark`,
    `funding_rate` and `inputs` hold one value per bar, NaN where none is known; `None`: nowhere.
    `timezone`: of `hour minute weekday`, which are those of a bar's close. `symbols`: those that
    `rank` compares, in file order.
    """

    bars: Bars
    others: Mapping[str, Bars]
    mark: Series | None
    funding_rate: Series | None
    inputs: Mapping[str, Series]
    timezone: str
    sessions: tuple[Session, ...]
    symbols: tuple[str, ...] = ()

    def session(self, name: str) -> Session | None:
        """The session of a name."""
        return next((session for session in self.sessions if session.name == name), None)

    def seen_from(self, symbol: str, timeframe: Timeframe) -> Surroundings:
        """The same surroundings on bars of another place; raises NotHere.

        Mark and funding belong to a symbol; inputs are everyone's, held from one of our bars on.
        """
        base = self.bars if symbol == self.bars.symbol else self.others.get(symbol)
        if base is None:
            raise NotHere("the bars of a symbol are not here")
        if not timeframe.holds(base.timeframe):
            raise NotHere("a timeframe is not made of whole bars of the file's")
        last_close = self.bars.closed_at(-1) if len(self.bars) else 0
        bars = base
        if not timeframe.counts_as(base.timeframe):
            bars = resample(base, timeframe, last_close)
        rows = held(self.bars, bars)
        ours = symbol == self.bars.symbol
        return Surroundings(
            bars=bars,
            others=self.others,
            mark=aligned(self.mark, rows) if ours and self.mark is not None else None,
            funding_rate=(
                aligned(self.funding_rate, rows) if ours and self.funding_rate is not None else None
            ),
            inputs={name: aligned(series, rows) for name, series in self.inputs.items()},
            timezone=self.timezone,
            sessions=self.sessions,
            symbols=self.symbols,
        )


def alone(bars: Bars) -> Surroundings:
    """Bars with nothing around them; clocks show UTC."""
    return Surroundings(bars, {}, None, None, {}, "UTC", ())


#: Series by name that stand beside the bars' own.
NAMED: Mapping[str, Callable[[Surroundings], Series]] = {
    "hour": lambda here: wallclock.hour(here.bars.closes_at, here.timezone),
    "minute": lambda here: wallclock.minute(here.bars.closes_at, here.timezone),
    "weekday": lambda here: wallclock.weekday(here.bars.closes_at, here.timezone),
    "mark": lambda here: _or_undefined(here.mark, here.bars),
    "funding_rate": lambda here: _or_undefined(here.funding_rate, here.bars),
}


def _or_undefined(series: Series | None, bars: Bars) -> Series:
    return np.full(len(bars), np.nan) if series is None else series


def known(there: Bars, here: Bars) -> Rows:
    """The bar there that each here knows: of one length the one beside it, else the last closed."""
    rows = held(there, here)
    if there.timeframe.ms == here.timeframe.ms and len(there):
        rows[there.opened_at[rows] != here.opened_at] = -1
    return rows


def held(there: Bars, here: Bars) -> Rows:
    """The last bar there that is closed when a bar here closes, at this very instant included."""
    return np.searchsorted(there.closes_at, here.closes_at, side="right") - 1


def aligned(series: Series, rows: Rows) -> Series:
    """A series of numbers there, at each bar here; undefined before the first."""
    if series.size == 0:
        return np.full(rows.shape, np.nan)
    return np.where(rows >= 0, series[rows], np.nan)


def sure(side: Truths, rows: Rows) -> Truths:
    """The same for a side of a condition; before the first nothing is sure."""
    if side.size == 0:
        return np.zeros(rows.shape, np.bool_)
    found: Truths = side[rows] & (rows >= 0)
    return found
