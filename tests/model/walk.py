"""The oracle of the cron calendar: a walk over every minute, with no calendar of its own.

A local time's instant is the first UTC minute at which the zone's clock shows it or something
later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Minutes between two looks at the zone: every change since 1990 is at a quarter of an hour.
QUARTER = 15


@dataclass(frozen=True)
class Fields:
    """What a cron text was made from; `days` or `weekdays` is `None` where it says `*`."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None  # Sunday is 0

    @property
    def text(self) -> str:
        fields = (self.minutes, self.hours, self.days, self.months, self.weekdays)
        return " ".join(
            "*" if values is None else ",".join(map(str, sorted(values))) for values in fields
        )


class Walk:
    """Every UTC minute from `start` to `end`, with what a clock in the zone then shows."""

    def __init__(self, zone: tzinfo, start: datetime, end: datetime) -> None:
        first = (start - EPOCH) // timedelta(minutes=1)
        last = (end - EPOCH) // timedelta(minutes=1)
        offsets = [
            int(_offset_minutes(zone, minute)) for minute in range(first, last + QUARTER, QUARTER)
        ]
        utc = np.arange(first, last + 1)
        local = utc + np.repeat(offsets, QUARTER)[: len(utc)]
        highest = np.maximum.accumulate(local)  # the latest time shown so far
        moved = np.flatnonzero(np.diff(highest) > 0)
        self._utc = utc[moved + 1]
        self._shown = Readings(local[moved + 1])
        self._skipped = [
            (int(at), Readings(np.arange(highest[step] + 1, highest[step + 1])))
            for at, step in enumerate(moved)
            if highest[step + 1] - highest[step] > 1
        ]

    def instants(self, fields: Fields) -> list[int]:
        """UTC ms, the walk's first minute excluded."""
        fired = self._shown.match(fields)
        for at, readings in self._skipped:
            fired[at] |= readings.match(fields).any()
        return [int(minute) * 60_000 for minute in self._utc[fired]]


class Readings:
    """Local minutes since 1970, taken apart."""

    def __init__(self, local: NDArray[np.int64]) -> None:
        days = (local // 1440).astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        self.minutes = (local % 60).astype(np.uint8)
        self.hours = (local // 60 % 24).astype(np.uint8)
        self.days = ((days - months.astype("datetime64[D]")).astype(int) + 1).astype(np.uint8)
        self.months = (months.astype(int) % 12 + 1).astype(np.uint8)
        self.weekdays = ((local // 1440 + 4) % 7).astype(np.uint8)  # 1970 began on a Thursday

    def match(self, fields: Fields) -> NDArray[np.bool_]:
        in_day = _among(fields.days, self.days)
        in_weekday = _among(fields.weekdays, self.weekdays)
        both = fields.days is None or fields.weekdays is None
        return (
            (in_day & in_weekday if both else in_day | in_weekday)
            & _among(fields.minutes, self.minutes)
            & _among(fields.hours, self.hours)
            & _among(fields.months, self.months)
        )


def _offset_minutes(zone: tzinfo, minute: int) -> float:
    offset = (EPOCH + timedelta(minutes=minute)).astimezone(zone).utcoffset()
    assert offset is not None
    return offset.total_seconds() / 60


def _among(values: frozenset[int] | None, found: NDArray[np.uint8]) -> NDArray[np.bool_]:
    table = np.full(60, values is None)
    table[sorted(values or ())] = True
    return np.asarray(table[found])
