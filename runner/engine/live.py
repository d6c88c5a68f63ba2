"""The wall clock as a session's world: closes that are due, fills in between, an end when asked.

What is due is computed from the journal and the clock each time anew: a restart, a sleep or a clock
that is set neither repeats nor drops an instant. APScheduler only wakes us (bell.py).
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from runner.engine.alarm import Alarm, Bell, ClockJump
from runner.engine.keywatch import KeyCheck, KeyWatch, NoKey
from runner.engine.schedule import BarTimes
from runner.engine.skew import skew_of
from runner.engine.world import Tick, VenueProfile
from runner.journal.database import Journal
from runner.model.clock import Clock, iso
from runner.model.errors import Halt, KeyRefused, Unavailable
from runner.model.values import dataclass

#: Fills, and what a person asks for, are looked for so often.
POLL_MS = 5_000

#: A bar that is not served yet is asked for so often.
AGAIN_MS = 2_000

#: The exchange's clock is measured so often; one that was wrong, or could not be read, so often.
MEASURE_MS, MEASURE_AGAIN_MS = 3_600_000, 60_000

#: Reads wait 0.5 s, 1 s, 2 s … before they are repeated; at the start, and later, at most so long.
FIRST_WAIT_MS, LONGEST_AT_START_MS, LONGEST_WAIT_MS = 500, 1_000, 30_000

#: Of an exchange that does not say how long a signed request stays good.
WINDOW_MS = 5_000


class Stop:
    """Asked for by a signal; whoever waits hears it at once."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Nothing more is decided."""
        self._asked.set()

    @property
    def is_asked(self) -> bool:
        """Somebody has."""
        return self._asked.is_set()

    async def cut(self, wait: Coroutine[Any, Any, object]) -> None:
        """Waits, but no longer than until a stop is asked for."""
        await self.end(wait, 0.0)

    async def end(self, work: Coroutine[Any, Any, object], grace_s: float) -> None:
        """Work that may go on for so long after a stop is asked for; then it is cut off."""
        working = asyncio.ensure_future(work)
        asked = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done() and grace_s:
                await asyncio.wait({working}, timeout=grace_s)
            if working.done():
                working.result()
        finally:
            for task in (working, asked):
                task.cancel()
            await asyncio.wait({working, asked})


@dataclass(frozen=True, slots=True)
class Outside:
    """What the machine lends: its clocks, a bell, a stop; `tell` speaks to people.

    `opened` hears where the journal lies and whether it is new. `once`: there is one turn for what
    is due now.
    """

    clock: Clock
    bell: Bell
    stop: Stop
    tell: Callable[[str], None]
    opened: Callable[[Path, bool], None]
    once: bool


_LIVE = VenueProfile(refuses_ids_for_ever=False, window_ms=WINDOW_MS)


class LiveWorld:
    """Wakes at each close and in between; `ask_time`: the exchange's clock."""

    def __init__(
        self,
        times: BarTimes,
        journal: Journal,
        outside: Outside,
        ask_time: Callable[[], Awaitable[int]],
        key: KeyCheck | None = None,
        profile: VenueProfile = _LIVE,
    ) -> None:
        self.profile = profile
        self.times = times
        self.journal = journal
        self.outside = outside
        self.ask_time = ask_time
        self.key: KeyCheck = key or NoKey()
        self._watch = KeyWatch(self.key, journal, outside.clock.wall_ms())
        self.halted_for = ""  # why a person must look, as of this process
        self.is_on = False  # a first start has come so far that it waits for bars
        self._alarm = Alarm(outside.clock, outside.bell, self._jumped)
        self._begun: int | None = None  # of a fresh journal
        self._returned: int | None = None  # the instant that was returned last
        self._measure_at = 0
        self._wrong = ""  # why signed requests may be late
        self._step = 0
        self._warned: set[str] = set()

    def now_ms(self) -> int:
        """The wall clock."""
        return self.outside.clock.wall_ms()

    async def look(self) -> Tick:
        """What has been dealt with; what came after it is due or missed."""
        return Tick(0, self._last(self._alarm.now_ms()), False, False)

    async def advance(self, after: Tick) -> Tick:
        """The next close that is due; before it every few seconds a look for fills."""
        self.is_on = True
        while not self.outside.stop.is_asked:
            now_ms = self._alarm.now_ms()
            await self._keep_time(now_ms)
            await self._keep_audited(now_ms)
            instant = self._due(now_ms)
            if instant is not None and instant != self._returned:
                self._returned = instant
                return self._tick(instant, in_bar=False)
            if instant is None and self.outside.once:
                break
            self._returned = None
            await self.outside.stop.cut(self._alarm.until(self._wake(now_ms, instant)))
            if instant is None and self._due(now_ms := self._alarm.now_ms()) is None:
                return self._tick(now_ms, in_bar=True)
        return Tick(0, self.now_ms(), True, False)

    def _tick(self, now_ms: int, *, in_bar: bool) -> Tick:
        self._step += 1
        return Tick(self._step, now_ms, False, in_bar, not (self._wrong or self._watch.refused))

    def _wake(self, now_ms: int, waits_for: int | None) -> int:
        if waits_for is not None:
            return now_ms + AGAIN_MS
        return min(now_ms + POLL_MS, self.times.next_after(self._last(now_ms)) or now_ms)

    def _last(self, now_ms: int) -> int:
        handled = self.journal.handled_at()
        if handled is not None:
            return handled
        if self._begun is None:
            self._begun = self.times.begin(now_ms)
        return self._begun

    def _due(self, now_ms: int) -> int | None:
        """The oldest close that may be decided; those that no longer may are journaled and told.

        One that was decided before the process died is not missed: recovery saw to its orders.
        """
        due = self.times.due(self._last(now_ms), now_ms)
        lost = due.missed
        if lost and self.journal.is_decided(lost[0]):
            self.journal.handled(lost[0])
            lost = lost[1:]
        if lost:
            self.journal.missed(lost)
            self.outside.tell(missed_line(self.times.name, lost))
        return due.run[0] if due.run else None

    def next_close(self) -> str:
        """When something will be due again."""
        due_ms = self.times.next_after(self._last(self.outside.clock.wall_ms()))
        return "" if due_ms is None else f"next due at {iso(due_ms)}"

    async def wait(self, ms: int) -> None:
        """By the wall clock, or until a stop is asked for."""
        await self.outside.stop.cut(self._alarm.until(self._alarm.now_ms() + ms))

    async def restore(self, attempt: int) -> None:
        """Waits twice as long each time, give or take a half: many runners ask one exchange."""
        longest = LONGEST_WAIT_MS if self.is_on else LONGEST_AT_START_MS
        wait_ms = min(FIRST_WAIT_MS << attempt, longest) * random.uniform(0.5, 1.5)
        await self._alarm.until(self._alarm.now_ms() + int(wait_ms))

    def halt(self, reason: str) -> bool:
        """Journaled and told once for each cause, until a person resumes; the process stays up."""
        self.halted_for = reason
        if not self.halts_anew(reason):
            return False
        self.journal.halted(reason)
        name = self.times.name
        self.outside.tell(
            f"{name}: halted: {reason}; nothing new is opened, exits and protective orders go on "
            f"until `runner resume {name}`"
        )
        return True

    def halts_anew(self, reason: str) -> bool:
        """Nobody has been told yet, or somebody has resumed since."""
        return _cause(reason) not in map(_cause, self.journal.halts())

    def warn(self, text: str) -> None:
        """Told once by this process."""
        if text not in self._warned:
            self._warned.add(text)
            self.outside.tell(f"{self.times.name}: {text}")

    async def measure(self) -> None:
        """The exchange's clock and ours; raises Unavailable where they are too far apart."""
        skew = await skew_of(self.ask_time, self.outside.clock)
        refusal = skew.refusal(self.profile.window_ms)
        self._measure_at = self.outside.clock.wall_ms() + MEASURE_MS
        if refusal is not None:
            raise Unavailable(refusal)

    async def _keep_time(self, now_ms: int) -> None:
        """From time to time; while it is wrong nothing new is opened, exits go on."""
        if now_ms < self._measure_at:
            return
        try:
            await self.measure()
        except Unavailable as refusal:
            self._measure_at = now_ms + MEASURE_AGAIN_MS
            if not self._wrong:
                self.outside.tell(f"{self.times.name}: nothing new is opened: {refusal}")
            self._wrong = str(refusal)
            return
        if self._wrong:
            self.outside.tell(f"{self.times.name}: the clock is right again")
        self._wrong = ""

    async def _keep_audited(self, now_ms: int) -> None:
        """A key that is refused halts; where the exchange is away it is asked again soon."""
        if not self._watch.is_due(now_ms):
            return
        try:
            await self._audit(now_ms)
        except KeyRefused as refusal:
            if self.halts_anew(str(refusal)):
                raise Halt(str(refusal)) from None
        except Unavailable:
            pass

    async def see_to_key(self, reason: str) -> None:
        """Where the exchange has refused the key, the audit decides; a refused one halts.

        One that has just passed, and is refused all the same, halts for what the exchange says.
        """
        now_ms = self._alarm.now_ms()
        if self._watch.was_just_audited(now_ms):
            self.halt(self._watch.refused or reason)
            return
        try:
            await self._audit(now_ms)
        except KeyRefused as refusal:
            self.halt(str(refusal))
        except Unavailable as away:
            self.outside.tell(f"{self.times.name}: {away}")
        else:
            self.warn(f"{reason}; the audit finds nothing wrong now")

    async def _audit(self, now_ms: int) -> None:
        if await self._watch.audit(now_ms):
            name = self.times.name
            self.outside.tell(f"{name}: the key is right again; `runner resume {name}` goes on")

    def _jumped(self, jump: ClockJump) -> None:
        self._measure_at = 0
        way = "forward" if jump.forward_ms > 0 else "back"
        seconds = abs(jump.forward_ms) / 1000
        self.outside.tell(
            f"{self.times.name}: the clock was set {seconds:.1f} s {way}, or the machine slept"
        )


def _cause(reason: str) -> str:
    """The same words: a number that changes while nobody looks is nothing new to look at.

    Names and ids are not numbers, whatever digits are in them.
    """
    return re.sub(r"(?<![\w.`-])-?\d+(\.\d+)?(?![\w`-])", "#", reason)


def missed_line(name: str, lost: tuple[int, ...]) -> str:
    """What was missed, in one line."""
    if len(lost) == 1:
        return f"{name}: missed the close at {iso(lost[0])}: it was too late to decide"
    span = f"from {iso(lost[0])} to {iso(lost[-1])}"
    return f"{name}: missed {len(lost)} closes {span}: it was too late to decide"
