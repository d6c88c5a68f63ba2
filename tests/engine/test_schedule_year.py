"""A year of schedules on a machine that is stopped, suspended, killed and set wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import cycle
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.engine.due import ON_TIME_MS, SKIP, Due, RunWithin
from runner.engine.schedule import BarTimes, CronTimes, Timetable
from runner.model.cron import Cron, instants
from tests.engine.machine import Act, Ledger, Machine, What

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
START_MS = int(datetime(2027, 1, 1, 0, 30, tzinfo=UTC).timestamp()) * 1000


def a_cron(name: str, text: str, zone: str, when_missed: RunWithin) -> CronTimes:
    return CronTimes(name, Cron.parse(text), ZoneInfo(zone), when_missed)


BARS = BarTimes("bars", HOUR, 2 * SECOND, 5 * MINUTE)
TIMETABLES: list[Timetable] = [
    BARS,
    a_cron("skipped and doubled", "30 2 * * *", "Europe/Berlin", RunWithin(12 * HOUR)),
    a_cron("midnight", "0 0 * * *", "Europe/Berlin", SKIP),
    a_cron("often", "*/20 1-3 * * *", "America/New_York", RunWithin(HOUR)),
    a_cron("half hours", "45 1,2 * * SUN", "Australia/Lord_Howe", SKIP),
    a_cron("monthly", "30 9 1,31 * *", "Asia/Kolkata", RunWithin(3 * DAY)),
]

#: Days on whose nights the clocks of one of these zones change, or do not.
NIGHTS = [
    int(datetime(2027, month, day, tzinfo=UTC).timestamp()) * 1000
    for month, day in [(3, 13), (3, 27), (4, 3), (10, 2), (10, 30), (11, 6), (12, 30)]
]

#: What happens to the machine, and how far: mostly a little, at times most of a day.
ACTS = {
    What.SET: st.integers(-3 * SECOND, 3 * SECOND) | st.integers(-6 * HOUR, 6 * HOUR),
    What.SUSPEND: st.integers(1, MINUTE) | st.integers(1, 20 * HOUR),
    What.STOP: st.integers(1, MINUTE) | st.integers(1, 20 * HOUR),
    What.KILL: st.integers(1, MINUTE) | st.integers(1, 30 * HOUR),
}
MOMENTS = st.integers(0, 3 * DAY) | st.builds(
    lambda hour, ms: max(0, hour * HOUR + ms), st.integers(0, 71), st.integers(-3_000, 9_000)
)


def acts_of_days() -> st.SearchStrategy[list[tuple[int, What, int]]]:
    one = [st.tuples(MOMENTS, st.just(what), length) for what, length in ACTS.items()]
    return st.lists(st.one_of(*one), max_size=8)


def a_year(dice: Random) -> list[Act]:
    """Half of its 400 acts strike within seconds of a full hour, where something is due."""
    acts = []
    for _ in range(400):
        at = START_MS + dice.randrange(365 * DAY)
        if dice.random() < 0.5:
            at = at // HOUR * HOUR + dice.randrange(-3 * SECOND, 9 * SECOND)
        what = dice.choice(list(What)[:-1])
        ms = dice.randrange(1, dice.choice([5 * SECOND, MINUTE, HOUR, 20 * HOUR]))
        acts.append(Act(at, what, -ms if what is What.SET and dice.random() < 0.5 else ms))
    return [*sorted(acts, key=lambda act: act.at_ms), Act(START_MS + 365 * DAY, What.END)]


def lived(start_ms: int, acts: list[Act], lag_ms: int) -> Ledger:
    ledger = Ledger(Machine(start_ms, acts, lag_ms), cycle([100, 3_000, 0, 700]))
    ledger.live_through(TIMETABLES)
    return ledger


def instants_of(timetable: Timetable, after: int, until: int) -> list[int]:
    match timetable:
        case BarTimes(_, timeframe):
            return [at for at in range(after // HOUR * HOUR, until + 1, timeframe) if at > after]
        case CronTimes(_, cron, zone, _):
            return list(instants(cron, zone, after, until))


def limits(timetable: Timetable) -> tuple[int, int]:
    """Earliest and latest that an instant may run, in ms after it."""
    match timetable:
        case BarTimes(_, _, delay, latest):
            return delay, latest
        case CronTimes(_, _, _, when_missed):
            return 0, max(when_missed.ms, ON_TIME_MS)


def expect_each_instant_once(ledger: Ledger, timetable: Timetable) -> None:
    """All up to the last handled one; beyond it only the one in which the process died."""
    name, last = timetable.name, ledger.last[timetable.name]
    decided = [at for table, at in ledger.decided if table == name]
    lost = [at for table, at in ledger.lost if table == name]
    unfinished = [at for at in decided if at > last]

    dealt_with = sorted(decided + lost)[: len(decided) + len(lost) - len(unfinished)]
    assert dealt_with == instants_of(timetable, ledger.began[name], last)
    assert len(unfinished) <= 1
    if not ledger.running:
        assert timetable.due(last, ledger.machine.seen_ms) == Due((), ())


def expect_its_time(ledger: Ledger, timetable: Timetable) -> None:
    """Nothing runs early or too late; what is missed is too late, or a newer one runs for it."""
    earliest, latest = limits(timetable)
    for name, instant, wall in ledger.asked:
        assert name != timetable.name or earliest <= wall - instant <= latest
    for (name, instant), wall in ledger.lost.items():
        if name == timetable.name and wall - instant <= latest:
            assert isinstance(timetable, CronTimes)
            assert instants_of(timetable, instant, wall)


def expect_calm_instants_run_promptly(ledger: Ledger, timetable: Timetable) -> None:
    """Where nothing happens for a minute, it runs within 30 s: all six may run one by one."""
    asked = {instant: wall for name, instant, wall in ledger.asked if name == timetable.name}
    spans, end = ledger.machine.disturbed, ledger.machine.seen_ms - MINUTE
    stormy = [(low - MINUTE, high + MINUTE) for low, high in spans]
    for instant in instants_of(timetable, ledger.began[timetable.name], end):
        if not any(low <= instant <= high for low, high in stormy):
            assert 0 <= asked[instant] - instant <= 30 * SECOND


def expect_all(ledger: Ledger) -> None:
    for timetable in TIMETABLES:
        expect_each_instant_once(ledger, timetable)
        expect_its_time(ledger, timetable)
        expect_calm_instants_run_promptly(ledger, timetable)
    assert ledger.told == list(ledger.lost)


@settings(deadline=None, max_examples=50)
@given(start=st.sampled_from(NIGHTS), acts=acts_of_days(), lag=st.integers(0, 2 * SECOND))
def test_each_instant_runs_once_or_is_missed_once(
    start: int, acts: list[tuple[int, What, int]], lag: int
) -> None:
    story = [Act(start + at, what, ms) for at, what, ms in sorted(acts, key=lambda act: act[0])]

    ledger = lived(start, [*story, Act(start + 3 * DAY, What.END)], lag)

    expect_all(ledger)


def test_a_year_of_schedules_on_a_bad_machine() -> None:
    ledger = lived(START_MS, a_year(Random(3)), 0)

    expect_all(ledger)
    assert len(ledger.decided) > 8_000
    assert len(ledger.lost) > 500


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_years_of_schedules_on_bad_machines(seed: int) -> None:
    dice = Random(seed)

    expect_all(lived(START_MS, a_year(dice), dice.choice([0, 40, 2_000])))
