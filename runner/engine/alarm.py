"""Waits for an instant of the wall clock, whatever becomes of that clock on the way.

A machine sleeps, a time server sets the clock, a virtual machine is moved: at every look the wall
clock is compared with the monotonic one, and a difference is told as a `ClockJump`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from runner.model.clock import Clock
from runner.model.values import dataclass

#: Monotonic seconds between two looks at the clocks, at most.
TICK_S = 15.0

#: Less is a clock that is being slewed: 500 ppm of a tick are 7.5 ms.
_JUMP_MS = 1_000


class Bell(Protocol):
    """Rings at an instant of the wall clock; may ring early or for nothing, never too late."""

    async def ring(self, at_ms: int, within_s: float) -> None:
        """Returns at `at_ms` by the wall clock, or after `within_s` by the monotonic one."""


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The wall clock moved on its own, or the machine slept; below 0 it was set back."""

    at_ms: int  # the wall clock after it
    forward_ms: int


class Alarm:
    """Never returns before its instant by the wall clock. Holds the last look at the clocks."""

    def __init__(self, clock: Clock, bell: Bell, jumped: Callable[[ClockJump], None]) -> None:
        self._clock = clock
        self._bell = bell
        self._jumped = jumped
        self._wall_ms = clock.wall_ms()
        self._monotonic_s = clock.monotonic_s()

    def now_ms(self) -> int:
        """The wall clock, compared with the monotonic one."""
        wall_ms, monotonic_s = self._clock.wall_ms(), self._clock.monotonic_s()
        passed_ms = (monotonic_s - self._monotonic_s) * 1000
        forward_ms = round(wall_ms - self._wall_ms - passed_ms)
        self._wall_ms, self._monotonic_s = wall_ms, monotonic_s
        if abs(forward_ms) > _JUMP_MS:
            self._jumped(ClockJump(wall_ms, forward_ms))
        return wall_ms

    async def until(self, instant_ms: int) -> int:
        """Waits for an instant (UTC ms); returns the wall clock, which is there or past it."""
        while (now_ms := self.now_ms()) < instant_ms:
            await self._bell.ring(instant_ms, TICK_S)
        return now_ms
