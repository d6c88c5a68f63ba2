"""The alarm on driven clocks, and the real APScheduler behind it on a loop without waiting."""

from __future__ import annotations

import asyncio
import selectors
import subprocess
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest

from runner.engine.alarm import TICK_S, Alarm, ClockJump
from runner.engine.bell import SchedulerBell
from tests.engine.machine import Act, Machine, What

HOUR = 3_600_000
START = 1_800_000_000_000
END = Act(START + 10**12, What.END)


def woken(machine: Machine, instant: int) -> tuple[int, list[ClockJump]]:
    jumps: list[ClockJump] = []
    alarm = Alarm(machine, machine, jumps.append)
    return asyncio.run(alarm.until(instant)), jumps


def test_it_wakes_at_its_instant_and_looks_every_tick() -> None:
    machine = Machine(START, [END])

    now, jumps = woken(machine, START + HOUR)

    assert (now, jumps) == (START + HOUR, [])
    assert machine.looks == 2 + HOUR / 1000 / TICK_S


def test_an_instant_that_has_passed_is_not_waited_for() -> None:
    assert woken(Machine(START, [END]), START - HOUR) == (START, [])


@pytest.mark.parametrize(
    ("act", "true_ms", "forward_ms"),
    [
        (Act(START + 5_000, What.SET, 2 * HOUR), 15_000, 2 * HOUR),
        (Act(START + 5_000, What.SET, -HOUR), 2 * HOUR, -HOUR),
        (Act(START + 5_000, What.SET, 1_001), HOUR - 1_001, 1_001),
        (Act(START + 5_000, What.SUSPEND, 2 * HOUR), 2 * HOUR + 15_000, 2 * HOUR),
    ],
)
def test_a_jump_of_the_clock_is_told_and_never_wakes_it_early(
    act: Act, true_ms: int, forward_ms: int
) -> None:
    machine = Machine(START, [act, END])

    now, jumps = woken(machine, START + HOUR)

    assert [jump.forward_ms for jump in jumps] == [forward_ms]
    assert now >= START + HOUR
    assert machine.true_ms == START + true_ms  # at most a tick after the clock was there


@pytest.mark.parametrize("act", [Act(START + 5, What.SET, 1_000), Act(START + 5, What.STOP, HOUR)])
def test_a_small_step_and_a_stopped_process_are_no_jump(act: Act) -> None:
    assert woken(Machine(START, [act, END]), START + 2 * HOUR)[1] == []


class Instantly(asyncio.SelectorEventLoop):
    """A loop whose time passes only where it waits, and then at once."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.turned: Callable[[], None] = lambda: None
        super().__init__(_Waitless(self))

    def time(self) -> float:
        return self.now_s


class _Waitless(selectors.SelectSelector):
    def __init__(self, loop: Instantly) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self._loop.now_s += timeout
            self._loop.turned()
        return super().select(0)


class Desk:
    """A wall clock over such a loop, which is also what APScheduler reads."""

    def __init__(self, loop: Instantly, set_at_s: float, by_ms: int) -> None:
        self._loop = loop
        self._set_at_s = set_at_s
        self._by_ms = by_ms

    def wall_ms(self) -> int:
        was_set = self._loop.now_s >= self._set_at_s
        return START + int(self._loop.now_s * 1000) + (self._by_ms if was_set else 0)

    def monotonic_s(self) -> float:
        return self._loop.now_s

    def now(self, zone: tzinfo) -> datetime:
        return datetime.fromtimestamp(self.wall_ms() / 1000, UTC).astimezone(zone)


def run_instantly(loop: Instantly, waits: Coroutine[Any, Any, int]) -> int:
    try:
        return loop.run_until_complete(waits)
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("set_at_s", "by_ms", "true_s"),
    [
        pytest.param(1e9, 0, 3_600, id="undisturbed"),
        pytest.param(7, -60_000, 3_660, id="set back a minute"),
        pytest.param(7, -24 * HOUR, 25 * 3_600, id="set back a day"),
        pytest.param(7, 2 * HOUR, 15, id="set forward beyond the instant"),
    ],
)
def test_the_real_scheduler_rings_on_time_whatever_the_clock_does(
    set_at_s: float, by_ms: int, true_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = Instantly()
    desk = Desk(loop, set_at_s, by_ms)
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", desk)
    jumps: list[ClockJump] = []

    async def wait() -> int:
        async with SchedulerBell() as bell:
            return await Alarm(desk, bell, jumps.append).until(START + HOUR)

    now = run_instantly(loop, wait())

    assert now >= START + HOUR
    assert true_s <= loop.now_s < true_s + 0.1
    assert [jump.forward_ms for jump in jumps] == [by_ms] * bool(by_ms)


def test_an_instant_just_gone_rings_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own rules APScheduler drops a job that is more than a second late."""
    loop = Instantly()
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Desk(loop, 1e9, 0))

    async def ring() -> int:
        async with SchedulerBell() as bell:
            await bell.ring(START - HOUR, 10.0)
            return int(loop.now_s)

    assert run_instantly(loop, ring()) == 0


def test_a_canceled_wait_leaves_no_alarm_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Instantly()
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Desk(loop, 1e9, 0))

    async def cancel() -> int:
        async with SchedulerBell() as bell:
            waiting = asyncio.ensure_future(bell.ring(START + HOUR, 10.0))
            await asyncio.sleep(1)
            waiting.cancel()
            await asyncio.wait([waiting])
            assert bell._scheduler is not None
            return len(bell._scheduler.get_jobs())

    assert run_instantly(loop, cancel()) == 0


def test_only_the_bell_loads_apscheduler() -> None:
    program = (
        "import sys, runner.engine.schedule, runner.engine.skew\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'apscheduler'])"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (ran.stdout, ran.stderr) == ("[]\n", "")
