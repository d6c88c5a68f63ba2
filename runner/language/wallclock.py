"""Instants as a clock on a wall shows them, summer time included."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from runner.indicators.window import Series, Truths

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Instants = NDArray[np.int64]

DAY_MS = 86_400_000
_DAY_S = 86_400
_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
_MINUTES_OF_DAY = 1_440
_MILLISECOND = timedelta(milliseconds=1)
_THURSDAY = 3  # the epoch's weekday, Monday being 0


class Session(Protocol):
    """A span of local time on some weekdays (Monday is 0), in minutes from the local midnight.

    `until_minute` is above `from_minute`; beyond 1440 it lies on the next day.
    """

    @property
    def name(self) -> str:
        """As `in_session` names it."""

    @property
    def days(self) -> frozenset[int]:
        """Weekdays on which it begins."""

    @property
    def from_minute(self) -> int:
        """It begins after this one."""

    @property
    def until_minute(self) -> int:
        """It holds this one."""

    @property
    def timezone(self) -> str:
        """Whose clock shows the minutes."""


def hour(instants: Instants, timezone: str) -> Series:
    """0 to 23."""
    return (_shown(instants, timezone) % DAY_MS // _HOUR_MS).astype(np.float64)


def minute(instants: Instants, timezone: str) -> Series:
    """0 to 59."""
    return (_shown(instants, timezone) % _HOUR_MS // _MINUTE_MS).astype(np.float64)


def weekday(instants: Instants, timezone: str) -> Series:
    """1 on Mondays to 7 on Sundays."""
    return ((_shown(instants, timezone) // DAY_MS + _THURSDAY) % 7 + 1).astype(np.float64)


def inside(instants: Instants, session: Session) -> Truths:
    """Where from < instant <= until on one of the session's days."""
    days, since_midnight = np.divmod(_shown(instants, session.timezone), DAY_MS)
    has_session = np.array([day in session.days for day in range(7)])
    found = np.zeros(instants.shape, np.bool_)
    for ago in range(session.until_minute // _MINUTES_OF_DAY + 1):  # days since it began
        since = since_midnight + ago * DAY_MS
        begun = since > session.from_minute * _MINUTE_MS
        found |= (
            begun
            & (since <= session.until_minute * _MINUTE_MS)
            & has_session[(days - ago + _THURSDAY) % 7]
        )
    return found


def _shown(instants: Instants, timezone: str) -> Instants:
    """Milliseconds from 1970-01-01 00:00 on the wall; `instants` ascend.

    Asks for the offset where a day begins: within one that ends with another, the change is sought.
    """
    from zoneinfo import ZoneInfo

    if instants.size == 0:
        return instants
    zone, day_of = ZoneInfo(timezone), instants // DAY_MS
    starts = np.flatnonzero(np.diff(day_of, prepend=day_of[0] - 1))
    days, counts = day_of[starts], np.diff(starts, append=instants.size)
    midnights = np.union1d(days, days + 1)
    offsets = np.array([_offset_ms(day * _DAY_S, zone) for day in midnights.tolist()])
    before = offsets[np.searchsorted(midnights, days)]
    after = offsets[np.searchsorted(midnights, days + 1)]
    local: Instants = instants + np.repeat(before, counts)
    for at in np.flatnonzero(before != after).tolist():
        rows = slice(starts[at], starts[at] + counts[at])
        changed = instants[rows] >= _change(int(days[at]) * _DAY_S, int(after[at]), zone)
        local[rows] += changed * (after[at] - before[at])
    return local


def _change(midnight_s: int, after: int, zone: ZoneInfo) -> int:
    """The instant from which the offset is `after`, within a day."""
    early, late = midnight_s, midnight_s + _DAY_S
    while late - early > 1:
        middle = (early + late) // 2
        if _offset_ms(middle, zone) == after:
            late = middle
        else:
            early = middle
    return late * 1_000


def _offset_ms(instant_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(instant_s, zone).utcoffset()
    if offset is None:
        raise AssertionError("a zone has an offset at every instant")
    return offset // _MILLISECOND
