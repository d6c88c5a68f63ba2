"""Protections: what pauses entries after losses (SPEC section 1.1, `protections`).

Fractions are of 1, times UTC milliseconds. A pause until resumed never ends by itself. Losses are
judged on the file's own equity: its capital and what its orders gained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runner.core.protections import Cooldown, DailyLoss, Lasting, MaxDrawdown, StoplossGuard
from runner.core.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.core.buffers import Numbers


FOREVER = float("inf")
DAY_MS = 86_400_000.0


class Pause:
    """One protection that can pause: its rule as numbers, and since when it may count again.

    `kind`: 0 stops, 1 drawdown, 2 daily loss. `lasts` in ms, FOREVER, or -1.0 until the next day.
    A day is named by the midnight that ends it, `day_equity` is what it began with.
    """

    __slots__ = (
        "closes",
        "day",
        "day_equity",
        "ends",
        "kind",
        "last_equity",
        "lasts",
        "most",
        "newest",
        "oldest",
        "peaks",
        "times",
        "within",
    )  # fmt: skip

    times: Numbers
    peaks: Numbers

    def __init__(self, kind: int, most: float, within: float, lasts: float, closes: bool) -> None:
        self.kind = kind
        self.most = most
        self.within = within
        self.lasts = lasts
        self.closes = closes
        self.ends = 0.0
        self.day = -1.0
        self.day_equity = 0.0
        self.last_equity = 0.0
        # Of kind 0 the times of stops, of kind 1 falling peaks with their times: a queue.
        self.times = np.zeros(64).data
        self.peaks = np.zeros(64).data
        self.oldest = 0
        self.newest = 0


class Guards:
    """All protections of a file. `paused`: no new exposure now; `closing`: positions end now."""

    __slots__ = ("active", "closing", "cooldown", "local_midnight", "paused", "pauses")

    def __init__(
        self, pauses: list[Pause], cooldown: int, local_midnight: Callable[[float], float] | None
    ) -> None:
        self.pauses = pauses
        self.cooldown = cooldown
        self.local_midnight = local_midnight
        self.active = len(pauses) > 0
        self.paused = False
        self.closing = False


def guards_of(strategy: Strategy) -> Guards:
    """The protections that a rule file declares."""
    pauses, cooldown = [], 0
    for guard in strategy.guards:
        match guard:
            case Cooldown(bars):
                cooldown = max(cooldown, bars)
            case StoplossGuard(trades, within, pause):
                pauses.append(Pause(0, float(trades), float(within), _lasts(pause), False))
            case MaxDrawdown(most, within, pause, closes):
                pauses.append(Pause(1, float(most), float(within), _lasts(pause), closes))
            case DailyLoss(most, pause, closes):
                pauses.append(Pause(2, float(most), DAY_MS, _lasts(pause), closes))
    zone = None if strategy.timezone == "UTC" else _local_midnight(strategy.timezone)
    return Guards(pauses, cooldown, zone)


def _lasts(pause: int | Lasting) -> float:
    if pause is Lasting.UNTIL_RESUMED:
        return FOREVER
    return -1.0 if pause is Lasting.UNTIL_NEXT_DAY else float(pause)


def _local_midnight(timezone: str) -> Callable[[float], float]:
    """The first local midnight at or after an instant, UTC ms."""
    from datetime import UTC, datetime, time, timedelta
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)

    def midnight(instant_ms: float) -> float:
        local = datetime.fromtimestamp((instant_ms - 1.0) / 1000.0, UTC).astimezone(zone)
        day = local.date() + timedelta(days=1)
        return datetime.combine(day, time(), zone).timestamp() * 1000.0

    return midnight


def midnight_after(guards: Guards, instant: float) -> float:
    """The midnight that ends the day of a bar that closes at `instant`; itself at midnight."""
    if guards.local_midnight is not None:
        return float(guards.local_midnight(instant))
    return -(-instant // DAY_MS) * DAY_MS


def count_stop(guards: Guards, at: float) -> None:
    """A position ended at a stop with a loss."""
    for pause in guards.pauses:
        if pause.kind == 0:
            push(pause, at, 0.0)


def watch_equity(guards: Guards, instant: float, equity: float) -> None:
    """Judges all protections at a close, after its fills; sets `paused` and `closing`."""
    guards.closing = False
    guards.paused = False
    for pause in guards.pauses:
        if is_broken(guards, pause, instant, equity) and instant >= pause.ends:
            pause.ends = ends_at(guards, pause, instant)
            guards.closing = guards.closing or pause.closes
            forget_past(pause)
        if instant < pause.ends:
            guards.paused = True


def is_broken(guards: Guards, pause: Pause, instant: float, equity: float) -> bool:
    """Whether a protection speaks at this close."""
    if pause.kind == 0:
        drop_before(pause, instant - pause.within)
        return pause.newest - pause.oldest >= pause.most
    if pause.kind == 1:
        drop_before(pause, instant - pause.within)
        while pause.newest > pause.oldest and pause.peaks[pause.newest - 1] <= equity:
            pause.newest = pause.newest - 1
        push(pause, instant, equity)
        return bool(equity < pause.peaks[pause.oldest] * (1.0 - pause.most))
    if instant > pause.day:  # the midnight that ends the day of the bars before
        pause.day_equity = equity if pause.day < 0.0 else pause.last_equity
        pause.day = midnight_after(guards, instant)
    pause.last_equity = equity
    return equity < pause.day_equity * (1.0 - pause.most)


def ends_at(guards: Guards, pause: Pause, instant: float) -> float:
    """When a pause that begins now ends."""
    if pause.lasts < 0.0:  # a day's loss that its last bar shows ends with that day
        return midnight_after(guards, instant if pause.kind == 2 else instant + 1.0)
    return instant + pause.lasts


def resume(guards: Guards) -> None:
    """A person ends every pause."""
    for pause in guards.pauses:
        pause.ends = 0.0
        forget_past(pause)


def forget_past(pause: Pause) -> None:
    """What has led to a pause does not lead to the next."""
    if pause.kind < 2:
        pause.oldest = 0
        pause.newest = 0


def push(pause: Pause, at: float, peak: float) -> None:
    """Appends to the queue; it is moved to its start, and grows, where it is full."""
    if pause.newest == len(pause.times):
        held = pause.newest - pause.oldest
        size = 2 * len(pause.times) if 2 * held > len(pause.times) else len(pause.times)
        times = np.zeros(size)
        peaks = np.zeros(size)
        times[:held] = np.asarray(pause.times)[pause.oldest : pause.newest]
        peaks[:held] = np.asarray(pause.peaks)[pause.oldest : pause.newest]
        pause.times = times.data
        pause.peaks = peaks.data
        pause.oldest = 0
        pause.newest = held
    pause.times[pause.newest] = at
    pause.peaks[pause.newest] = peak
    pause.newest = pause.newest + 1


def drop_before(pause: Pause, instant: float) -> None:
    """What lies further back than the window does not count."""
    while pause.oldest < pause.newest and pause.times[pause.oldest] < instant:
        pause.oldest = pause.oldest + 1
