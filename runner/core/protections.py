"""What a rule file declares under `protections:`: what pauses entries after losses."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from runner.model.values import dataclass


class Lasting(StrEnum):
    """How long a protection pauses entries, where it is no duration."""

    UNTIL_RESUMED = "until_resumed"
    UNTIL_NEXT_DAY = "until_next_day"


@dataclass(frozen=True, slots=True)
class Cooldown:
    """After a position ended, its symbol waits `bars` closed bars for the next entry."""

    bars: int


@dataclass(frozen=True, slots=True)
class StoplossGuard:
    """`trades` positions ended by a stop `within_ms` pause all entries for `pause_ms`."""

    trades: int
    within_ms: int
    pause_ms: int | Lasting


@dataclass(frozen=True, slots=True)
class MaxDrawdown:
    """Equity more than `most` (a fraction) below its highest `within_ms` pauses all entries."""

    most: Decimal
    within_ms: int
    pause_ms: int | Lasting
    closes: bool  # ends all positions


@dataclass(frozen=True, slots=True)
class DailyLoss:
    """Equity more than `most` (a fraction) below the day's first pauses all entries.

    A day is one of the file's timezone; its first equity is that of the last bar before it.
    """

    most: Decimal
    pause_ms: int | Lasting
    closes: bool


Guard = Cooldown | StoplossGuard | MaxDrawdown | DailyLoss
