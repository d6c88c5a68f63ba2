"""Instants in UTC milliseconds, and the only door to the machine's clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def machine_ms() -> int:
    """The machine's wall clock, UTC milliseconds."""
    return time.time_ns() // 1_000_000


class Clock(Protocol):
    """A wall clock, which people and time servers set, and one that only counts."""

    def wall_ms(self) -> int:
        """UTC milliseconds."""

    def monotonic_s(self) -> float:
        """Seconds since some moment; those of a suspended machine do not count."""


class MachineClock:
    """The machine's own two clocks."""

    def wall_ms(self) -> int:
        """UTC milliseconds."""
        return machine_ms()

    def monotonic_s(self) -> float:
        """Seconds since some moment; those of a suspended machine do not count."""
        return time.monotonic()


def iso(ms: int) -> str:
    """ISO 8601 in UTC, with milliseconds only where there are any.

    >>> iso(0), iso(1500)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500Z')
    """
    moment = _EPOCH + timedelta(milliseconds=ms)
    spec = "milliseconds" if ms % 1000 else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")
