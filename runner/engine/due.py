"""What is due now, computed from what a journal remembers; pure.

In: the last instant that was dealt with, and the wall clock. Out: instants to run and instants
missed. Asking again with the memory moved on never names an instant twice.
"""

from __future__ import annotations

from datetime import tzinfo

from runner.model.cron import Cron, instants
from runner.model.values import dataclass

#: Closer to its instant a run is not late: cron itself knows nothing shorter than a minute.
ON_TIME_MS = 60_000

_WEEK_MS = 604_800_000

#: Weeks close on Mondays, 00:00 UTC; 1 January 1970 was a Thursday.
_FIRST_MONDAY_MS = 345_600_000


@dataclass(frozen=True, slots=True)
class Due:
    """Instants (UTC ms), ascending; every missed one is earlier than every one to run."""

    run: tuple[int, ...]
    missed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RunWithin:
    """`when_missed: {run_within: …}`: the newest missed run still runs that much later."""

    ms: int


#: `when_missed: skip`: a run that is late does not run.
SKIP = RunWithin(0)


def due_bars(
    handled_at_ms: int | None, now_ms: int, timeframe_ms: int, delay_ms: int, max_lateness_ms: int
) -> Due:
    """Bars closed since `handled_at_ms`: those within `max_lateness` in order, the others missed.

    A fresh journal (`None`) knows of the newest closed bar only, and has missed nothing.
    """
    newest = newest_close(now_ms - delay_ms, timeframe_ms)
    oldest_in_time = newest_close(now_ms - max_lateness_ms - 1, timeframe_ms) + timeframe_ms
    if handled_at_ms is None:
        return Due((newest,) if newest >= oldest_in_time else (), ())
    first = newest_close(handled_at_ms, timeframe_ms) + timeframe_ms
    closes = range(first, newest + 1, timeframe_ms)
    late = len(range(first, min(oldest_in_time, newest + 1), timeframe_ms))
    return Due(tuple(closes[late:]), tuple(closes[:late]))


def newest_close(now_ms: int, timeframe_ms: int) -> int:
    """The newest instant up to `now_ms` at which a bar of this timeframe closes."""
    first = 0 if timeframe_ms % _WEEK_MS else _FIRST_MONDAY_MS
    return (now_ms - first) // timeframe_ms * timeframe_ms + first


def due_cron(
    cron: Cron, zone: tzinfo, last_ms: int | None, now_ms: int, when_missed: RunWithin
) -> Due:
    """Instants since `last_ms`: the newest runs, if not too late; the others are missed.

    A fresh journal (`None`) has missed nothing: what it waits for comes later.
    """
    since = now_ms if last_ms is None else last_ms
    due = tuple(instants(cron, zone, since, now_ms))
    if due and now_ms - due[-1] <= max(when_missed.ms, ON_TIME_MS):
        return Due(due[-1:], due[:-1])
    return Due((), due)
