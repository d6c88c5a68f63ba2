"""What is due, by table: bars and cron, with and without a memory."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from runner.engine.due import ON_TIME_MS, SKIP, Due, RunWithin, due_bars, due_cron, newest_close
from runner.model.cron import Cron

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
NOON = 20_000 * DAY + 12 * HOUR


def hours(*numbers: int) -> tuple[int, ...]:
    return tuple(NOON + number * HOUR for number in numbers)


@pytest.mark.parametrize(
    ("handled", "now", "lateness", "run", "missed"),
    [
        pytest.param(-1, 2_000, 300_000, (0,), (), id="one close"),
        pytest.param(-1, 1_999, 300_000, (), (), id="not before the delay"),
        pytest.param(0, 2_000, 300_000, (), (), id="handled"),
        pytest.param(-1, 300_000, 300_000, (0,), (), id="as late as it may be"),
        pytest.param(-1, 300_001, 300_000, (), (0,), id="too late"),
        pytest.param(-4, 2_000, 2 * HOUR, (-1, 0), (-3, -2), id="some in time, in order"),
        pytest.param(-4, 0, 2 * HOUR, (-2, -1), (-3,), id="the newest not yet, by its delay"),
        pytest.param(5, 2_000, 300_000, (), (), id="a clock set back asks for nothing"),
        pytest.param(None, 2_000, 300_000, (0,), (), id="fresh: the newest"),
        pytest.param(None, 300_001, 300_000, (), (), id="fresh and late: nothing, none missed"),
    ],
)
def test_bars_closed_since_the_last_handled_one_are_due(
    handled: int | None, now: int, lateness: int, run: tuple, missed: tuple
) -> None:
    last = None if handled is None else NOON + handled * HOUR

    due = due_bars(last, NOON + now, HOUR, 2 * SECOND, lateness)

    assert due == Due(hours(*run), hours(*missed))


def test_weeks_close_on_mondays_and_days_at_midnight() -> None:
    monday = 345_600_000 + 1_000 * 7 * DAY

    assert newest_close(monday, 7 * DAY) == monday
    assert newest_close(monday - 1, 7 * DAY) == monday - 7 * DAY
    assert newest_close(NOON, DAY) == NOON - 12 * HOUR


@pytest.mark.parametrize(
    ("last", "now", "when_missed", "run", "missed"),
    [
        pytest.param(-DAY, 0, SKIP, (0,), (), id="on time"),
        pytest.param(-DAY, -1, SKIP, (), (), id="not early"),
        pytest.param(0, 5, SKIP, (), (), id="handled"),
        pytest.param(-DAY, ON_TIME_MS, SKIP, (0,), (), id="within a minute is on time"),
        pytest.param(-DAY, ON_TIME_MS + 1, SKIP, (), (0,), id="skipped when late"),
        pytest.param(-DAY, HOUR, RunWithin(HOUR), (0,), (), id="late, within"),
        pytest.param(-DAY, HOUR + 1, RunWithin(HOUR), (), (0,), id="later than that"),
        pytest.param(-3 * DAY, HOUR, RunWithin(5 * DAY), (0,), (-48, -24), id="the newest, once"),
        pytest.param(DAY, 5, SKIP, (), (), id="a clock set back asks for nothing"),
        pytest.param(None, 0, RunWithin(HOUR), (), (), id="fresh: nothing, none missed"),
    ],
)
def test_the_newest_cron_run_may_be_late(
    last: int | None, now: int, when_missed: RunWithin, run: tuple, missed: tuple
) -> None:
    noon, utc = Cron.parse("0 12 * * *"), ZoneInfo("UTC")

    due = due_cron(noon, utc, None if last is None else NOON + last, NOON + now, when_missed)

    assert due == Due(hours(*run), hours(*missed))
