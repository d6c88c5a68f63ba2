"""The live loop: wakes when something is due, runs it once, and says what was missed.

What is due is computed from the journal's memory and the wall clock each time anew, so a restart, a
sleep or a clock set back neither repeats nor drops an instant.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import tzinfo
from typing import Protocol

from runner.engine.alarm import Alarm
from runner.engine.due import Due, RunWithin, due_bars, due_cron, newest_close
from runner.model.cron import Cron, next_instant
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class BarTimes:
    """`every: bar_close`; instants are the closes, each due `delay_ms` later."""

    name: str
    timeframe_ms: int
    delay_ms: int
    max_lateness_ms: int

    def begin(self, now_ms: int) -> int:
        """What a fresh journal has dealt with: all but the newest close, if that is in time."""
        due = due_bars(None, now_ms, self.timeframe_ms, self.delay_ms, self.max_lateness_ms)
        newest = newest_close(now_ms - self.delay_ms, self.timeframe_ms)
        return newest - self.timeframe_ms if due.run else newest

    def due(self, last_ms: int, now_ms: int) -> Due:
        """Closes after `last_ms` that may be decided now, and those that no longer may."""
        return due_bars(last_ms, now_ms, self.timeframe_ms, self.delay_ms, self.max_lateness_ms)

    def next_after(self, last_ms: int) -> int | None:
        """When the first close after `last_ms` is due."""
        return newest_close(last_ms, self.timeframe_ms) + self.timeframe_ms + self.delay_ms


@dataclass(frozen=True, slots=True)
class CronTimes:
    """`cron:` beside `timezone:`; what is late runs once or is missed, as `when_missed` says."""

    name: str
    cron: Cron
    zone: tzinfo
    when_missed: RunWithin

    def begin(self, now_ms: int) -> int:
        """A fresh journal has dealt with everything until now."""
        return now_ms

    def due(self, last_ms: int, now_ms: int) -> Due:
        """The newest instant after `last_ms` if it may still run; the others are missed."""
        return due_cron(self.cron, self.zone, last_ms, now_ms, self.when_missed)

    def next_after(self, last_ms: int) -> int | None:
        """The first instant after `last_ms`; `None` where it never fires."""
        return next_instant(self.cron, self.zone, last_ms)


Timetable = BarTimes | CronTimes


class Memory(Protocol):
    """What the journal knows of each timetable, by name; every method commits before it returns."""

    def last_handled(self, name: str) -> int | None:
        """The newest instant begun with, handled or missed; `None` in a fresh journal."""

    def begun(self, name: str, instant_ms: int) -> None:
        """A fresh journal begins: this and everything before is nobody's."""

    def is_decided(self, name: str, instant_ms: int) -> bool:
        """A run of it came so far, whether or not it was handled before the process died."""

    def handled(self, name: str, instant_ms: int) -> None:
        """All that the instant asked for is done."""

    def missed(self, name: str, instants_ms: tuple[int, ...]) -> None:
        """These, ascending, will not be run."""


#: Runs one instant of one timetable. A crash before `Memory.handled` makes it be asked again.
Run = Callable[[str, int], Awaitable[None]]

#: Tells people what was missed; the journal already knows it.
Missed = Callable[[str, tuple[int, ...]], None]


async def turns(
    timetables: Sequence[Timetable], memory: Memory, alarm: Alarm, run: Run, missed: Missed
) -> None:
    """Runs what is due, oldest first and in file order within an instant, until canceled.

    One at a time, and looked at anew after each: a run may take so long that others are too late.
    Ends where no timetable will ever be due again.
    """
    while True:
        now_ms = alarm.now_ms()
        waiting = [
            (instant, place)
            for place, timetable in enumerate(timetables)
            for instant in _to_run(timetable, memory, now_ms, missed)[:1]
        ]
        if waiting:
            instant, place = min(waiting)
            await run(timetables[place].name, instant)
            memory.handled(timetables[place].name, instant)
            continue
        wakes = [timetable.next_after(_last(timetable, memory, now_ms)) for timetable in timetables]
        known = [wake for wake in wakes if wake is not None]
        if not known:
            return
        await alarm.until(min(known))


def _to_run(timetable: Timetable, memory: Memory, now_ms: int, missed: Missed) -> tuple[int, ...]:
    """What is due and in time; what is not is remembered and told as missed.

    An instant that was decided before the process died is not missed: recovery saw to its orders.
    """
    name = timetable.name
    due = timetable.due(_last(timetable, memory, now_ms), now_ms)
    decided = [instant for instant in due.missed[:1] if memory.is_decided(name, instant)]
    for instant in decided:  # one at most, as one is run at a time
        memory.handled(name, instant)
    if lost := due.missed[len(decided) :]:
        memory.missed(name, lost)
        missed(name, lost)
    return due.run


def _last(timetable: Timetable, memory: Memory, now_ms: int) -> int:
    last = memory.last_handled(timetable.name)
    if last is None:
        last = timetable.begin(now_ms)
        memory.begun(timetable.name, last)
    return last
