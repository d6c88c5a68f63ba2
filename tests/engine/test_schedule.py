"""The live loop in small: order, long runs, restarts."""

from __future__ import annotations

from itertools import chain, repeat
from zoneinfo import ZoneInfo

import pytest

from runner.engine.due import SKIP, RunWithin
from runner.engine.schedule import BarTimes, CronTimes, Timetable
from runner.model.cron import Cron
from tests.engine.machine import Act, Ledger, Machine, What

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
NOON = 20_000 * DAY + 12 * HOUR
UTC = ZoneInfo("UTC")


def lived(
    timetables: list[Timetable], start: int, end: int, *acts: Act, runs_ms: tuple[int, ...] = ()
) -> Ledger:
    """Each of `runs_ms` is how long half a run takes, in order; the others take no time."""
    machine = Machine(NOON + start, [*acts, Act(NOON + end, What.END)])
    ledger = Ledger(machine, chain(runs_ms, repeat(0)))
    ledger.live_through(timetables)
    return ledger


def asked(ledger: Ledger) -> list[tuple[str, int, int]]:
    """Name, instant and wall clock, both since noon."""
    return [(name, instant - NOON, wall - NOON) for name, instant, wall in ledger.asked]


def missed(ledger: Ledger) -> list[tuple[str, int]]:
    return [(name, instant - NOON) for name, instant in ledger.told]


def bars(name: str, timeframe: int, lateness: int) -> BarTimes:
    return BarTimes(name, timeframe, 0, lateness)


def daily(name: str, hour: int, when_missed: RunWithin = SKIP) -> CronTimes:
    return CronTimes(name, Cron.parse(f"0 {hour} * * *"), UTC, when_missed)


def test_one_instant_runs_in_file_order() -> None:
    timetables: list[Timetable] = [daily("a", 13), bars("b", HOUR, MINUTE), daily("c", 13)]

    ledger = lived(timetables, 30 * MINUTE, 90 * MINUTE)

    assert asked(ledger) == [(name, HOUR, HOUR) for name in "abc"]


def test_a_fresh_journal_runs_the_newest_bar_in_time_and_nothing_before_it() -> None:
    timetables: list[Timetable] = [
        bars("hours", HOUR, 5 * MINUTE),
        bars("days", DAY, 5 * MINUTE),
        daily("a", 12),
    ]

    ledger = lived(timetables, MINUTE, HOUR + MINUTE)

    assert asked(ledger) == [("hours", 0, MINUTE), ("hours", HOUR, HOUR)]
    assert missed(ledger) == []


def test_a_restart_runs_what_is_in_time_and_tells_the_rest() -> None:
    kill = Act(NOON + MINUTE, What.KILL, 4 * HOUR)  # back at 16:01

    ledger = lived(
        [bars("bars", HOUR, 2 * HOUR), daily("a", 13), daily("b", 14, RunWithin(3 * HOUR))],
        0,
        5 * HOUR - 1,
        kill,
    )

    back = 4 * HOUR + MINUTE
    assert asked(ledger) == [
        ("bars", 0, 0),
        ("b", 2 * HOUR, back),
        ("bars", 3 * HOUR, back),
        ("bars", 4 * HOUR, back),
    ]
    assert missed(ledger) == [("bars", HOUR), ("bars", 2 * HOUR), ("a", HOUR)]


def test_a_run_that_takes_long_makes_the_others_too_late() -> None:
    ledger = lived(
        [bars("a", HOUR, MINUTE), bars("b", HOUR, MINUTE)], -1, HOUR - 1, runs_ms=(61_000,)
    )

    assert asked(ledger) == [("a", 0, 0)]
    assert missed(ledger) == [("b", 0)]


@pytest.mark.parametrize(
    ("dies_after", "back_after", "times_asked"),
    [
        pytest.param(500, SECOND, 2, id="before it decided: again"),
        pytest.param(1_500, SECOND, 2, id="decided: asked again, to finish"),
        pytest.param(1_500, HOUR // 2, 1, id="decided, and too late to finish: not missed"),
    ],
)
def test_a_decision_before_a_crash_is_neither_repeated_nor_missed(
    dies_after: int, back_after: int, times_asked: int
) -> None:
    kill = Act(NOON + dies_after, What.KILL, back_after)

    ledger = lived(
        [bars("bars", HOUR, MINUTE)], -1, HOUR - 1, kill, runs_ms=(SECOND, SECOND, SECOND)
    )

    assert [instant for _, instant, _ in asked(ledger)] == [0] * times_asked
    assert (ledger.last["bars"], missed(ledger)) == (NOON, [])


def test_a_clock_set_back_repeats_nothing() -> None:
    back = Act(NOON + 90 * MINUTE, What.SET, -HOUR)

    ledger = lived([bars("bars", HOUR, MINUTE), daily("a", 13)], -1, 3 * HOUR, back)

    assert asked(ledger) == [
        ("bars", 0, 0),
        ("bars", HOUR, HOUR),
        ("a", HOUR, HOUR),
    ]
    assert [jump.forward_ms for jump in ledger.jumps] == [-HOUR]


def test_it_ends_where_nothing_will_ever_be_due() -> None:
    never = CronTimes("never", Cron.parse("0 0 30 2 *"), UTC, SKIP)

    ledger = lived([never], 0, DAY)

    assert ledger.machine.true_ms == NOON
