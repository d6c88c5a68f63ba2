"""When a rule file is looked at next, and what its sessions and blackouts allow then.

In: a strategy and an instant. Out: bar closes after it, marked by the very flags that decisions
read; gaps of the future are not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runner.core.columns import flags_of
from runner.core.strategy import Strategy
from runner.core.table import ENDS_ALL, ENDS_SESSION, NO_ENTRIES
from runner.engine.due import newest_close
from runner.language import wallclock
from runner.model.bars import Bars
from runner.model.trades import PositionSide


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The bars that close at `closed_at` are judged at `due_at`; both in UTC ms.

    `sessions`: those that the close is inside of. `enters`: sides that may be entered then, as far
    as sessions and blackouts go. `ends_session`, `ends_all`: positions are closed then, by
    `exit.session_end` or by a blackout.
    """

    closed_at: int
    due_at: int
    sessions: tuple[str, ...]
    enters: tuple[PositionSide, ...]
    in_blackout: bool
    ends_session: bool
    ends_all: bool


def agenda(strategy: Strategy, from_ms: int, count: int) -> list[Evaluation]:
    """The next `count` evaluations that are due at `from_ms` or later."""
    step, delay = strategy.timeframe.ms, strategy.schedule.delay_ms
    first = newest_close(from_ms - delay - 1, step) + step
    closes = first + step * np.arange(count, dtype=np.int64)
    flags = flags_of(strategy, _bars_closing_at(strategy, closes))
    inside = {
        session.name: wallclock.inside(closes, session).tolist() for session in strategy.sessions
    }
    return [
        _evaluation(strategy, int(close), int(flags[row]), [n for n in inside if inside[n][row]])
        for row, close in enumerate(closes)
    ]


def _evaluation(strategy: Strategy, close: int, flags: int, inside: list[str]) -> Evaluation:
    allowed = [
        entry.side
        for entry in strategy.entries
        if not entry.sessions or any(name in inside for name in entry.sessions)
    ]
    in_blackout = any(
        close - blackout.after_ms <= instant <= close + blackout.before_ms
        for blackout in strategy.blackouts
        for instant in blackout.instants
    )
    return Evaluation(
        closed_at=close,
        due_at=close + strategy.schedule.delay_ms,
        sessions=tuple(inside),
        enters=() if flags & NO_ENTRIES else tuple(allowed),
        in_blackout=in_blackout,
        ends_session=bool(flags & ENDS_SESSION),
        ends_all=bool(flags & ENDS_ALL),
    )


def _bars_closing_at(
    strategy: Strategy, closes: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Bars:
    """Bars without prices: sessions and blackouts read their times only."""
    nothing = np.zeros(len(closes))
    timeframe = strategy.timeframe
    return Bars(strategy.symbols[0], timeframe, closes - timeframe.ms, *[nothing] * 5)
