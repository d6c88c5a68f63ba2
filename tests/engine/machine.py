"""A machine whose clocks are driven: it is suspended, stopped, killed, and its clock is set.

Time passes only where somebody waits. Every act happens at its moment of true time, also in the
middle of a wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from runner.engine.alarm import Alarm, ClockJump
from runner.engine.schedule import Timetable, turns


class Killed(BaseException):
    """The process is gone."""


class Over(BaseException):
    """The end of the story."""


class What(StrEnum):
    """What happens to a machine."""

    SET = "set"  # the wall clock, `ms` forward (or backward)
    SUSPEND = "suspend"  # `ms` of true time that the monotonic clock does not count
    STOP = "stop"  # the process alone stands still
    KILL = "kill"  # and comes back `ms` later
    END = "end"


@dataclass(frozen=True)
class Act:
    """At `at_ms` of true time."""

    at_ms: int
    what: What
    ms: int = 0


@dataclass
class Machine:
    """Clock and bell in one."""

    true_ms: int
    acts: list[Act]  # by time, `END` last
    lag_ms: int = 0  # of the bell
    offset_ms: int = 0  # wall minus true
    slept_ms: int = 0
    looks: int = 0  # at the wall clock
    seen_ms: int = 0  # at the last of them
    disturbed: list[tuple[int, int]] = field(default_factory=list)  # spans of the wall clock

    def wall_ms(self) -> int:
        self.looks += 1
        self.seen_ms = self.true_ms + self.offset_ms
        return self.seen_ms

    def monotonic_s(self) -> float:
        return (self.true_ms - self.slept_ms) / 1000

    async def ring(self, at_ms: int, within_s: float) -> None:
        """By a timer that only counts: a clock that is set meanwhile is not noticed."""
        wait_ms = min(at_ms + self.lag_ms - self.true_ms - self.offset_ms, round(within_s * 1000))
        end_s = self.monotonic_s() + wait_ms / 1000
        while (left_ms := round((end_s - self.monotonic_s()) * 1000)) > 0:
            self.spend(left_ms)

    def spend(self, ms: int) -> None:
        """Time passes until the next act, which then happens."""
        act = self.acts[0]
        if self.true_ms + ms < act.at_ms:
            self.true_ms += ms
            return
        self.true_ms = max(self.true_ms, act.at_ms)
        self.acts.pop(0)
        self.happen(act)

    def happen(self, act: Act) -> None:
        before = self.true_ms + self.offset_ms
        if act.what is What.END:
            raise Over
        if act.what is What.SET:
            self.offset_ms += act.ms
        else:
            self.true_ms += act.ms
        if act.what is What.SUSPEND:
            self.slept_ms += act.ms
        after = self.true_ms + self.offset_ms
        self.disturbed.append((min(before, after), max(before, after)))
        if act.what is What.KILL:
            raise Killed


@dataclass
class Ledger:
    """A memory that outlives the process, and what was asked of it: (name, instant) → wall ms."""

    machine: Machine
    lengths_ms: Iterator[int]  # how long each half of a run takes
    last: dict[str, int] = field(default_factory=dict)
    began: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, int, int]] = field(default_factory=list)  # name, instant, wall ms
    decided: set[tuple[str, int]] = field(default_factory=set)
    lost: dict[tuple[str, int], int] = field(default_factory=dict)
    told: list[tuple[str, int]] = field(default_factory=list)
    jumps: list[ClockJump] = field(default_factory=list)
    running: bool = False

    def last_handled(self, name: str) -> int | None:
        return self.last.get(name)

    def begun(self, name: str, instant_ms: int) -> None:
        assert name not in self.began
        self.last[name] = self.began[name] = instant_ms

    def is_decided(self, name: str, instant_ms: int) -> bool:
        return (name, instant_ms) in self.decided

    def handled(self, name: str, instant_ms: int) -> None:
        assert instant_ms > self.last[name]
        assert (name, instant_ms) in self.decided
        self.last[name] = instant_ms

    def missed(self, name: str, instants_ms: tuple[int, ...]) -> None:
        for instant in instants_ms:
            assert instant > self.last[name]
            self.last[name] = instant
            self.lost[name, instant] = self.machine.wall_ms()

    def tell(self, name: str, instants_ms: tuple[int, ...]) -> None:
        self.told += [(name, instant) for instant in instants_ms]

    async def run(self, name: str, instant_ms: int) -> None:
        """As a session does; it may die before, between and after."""
        self.running = True
        self.asked.append((name, instant_ms, self.machine.wall_ms()))
        self.machine.spend(next(self.lengths_ms))
        self.decided.add((name, instant_ms))
        self.machine.spend(next(self.lengths_ms))
        self.running = False

    def live_through(self, timetables: list[Timetable]) -> None:
        """Starts again after every death, until the story is over."""
        while True:
            try:
                alarm = Alarm(self.machine, self.machine, self.jumps.append)
                asyncio.run(turns(timetables, self, alarm, self.run, self.tell))
            except Killed:
                self.running = False
            except Over:
                return
            else:
                return
