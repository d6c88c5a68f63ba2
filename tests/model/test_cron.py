"""What a cron text means, field by field, and what we say about one that means nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.model.clock import iso
from runner.model.cron import Cron, CronProblem, instants, next_instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
APIA = ZoneInfo("Pacific/Apia")
ST_JOHNS = ZoneInfo("America/St_Johns")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def ms(text: str) -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


def listed(text: str, zone: ZoneInfo, after: str, until: str) -> list[str]:
    return [iso(at)[:16] for at in instants(Cron.parse(text), zone, ms(after), ms(until))]


@pytest.mark.parametrize(
    ("text", "minutes", "hours", "months", "weekdays"),
    [
        ("0 8 * * MON", (0,), (8,), range(1, 13), {1}),
        ("5,10-12 0 * jan,Mar *", (5, 10, 11, 12), (0,), (1, 3), set(range(7))),
        ("*/20 */12 * * 0", (0, 20, 40), (0, 12), range(1, 13), {0}),
        ("10-50/20 0 * 2-3 7", (10, 30, 50), (0,), (2, 3), {0}),
        ("0 0 * * FRI-SUN", (0,), (0,), range(1, 13), {5, 6, 0}),
        ("0 0 * * 5-7", (0,), (0,), range(1, 13), {5, 6, 0}),
        ("0 0 * * SUN-TUE", (0,), (0,), range(1, 13), {0, 1, 2}),
        ("0 0 * * MON-FRI/2", (0,), (0,), range(1, 13), {1, 3, 5}),
        ("\t0  0 * * */2 ", (0,), (0,), range(1, 13), {0, 2, 4, 6}),
    ],
)
def test_fields_are_posix(
    text: str, minutes: tuple, hours: tuple, months: tuple, weekdays: set
) -> None:
    cron = Cron.parse(text)

    assert (cron.minutes, cron.hours) == (minutes, hours)
    assert (cron.months, set(cron.weekdays)) == (tuple(months), weekdays)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 0 13 * FRI", [6, 13, 20, 27]),  # either
        ("0 0 13 * *", [13]),
        ("0 0 * * FRI", [6, 13, 20, 27]),
        ("0 0 */2 * FRI", [13, 27]),  # a field that begins with `*` does not restrict
        ("0 0 13 * */2", []),  # the 13th is a Friday: 5 is not even
        ("0 0 1-31 * FRI", list(range(1, 32))),
    ],
)
def test_a_day_matches_in_either_field_where_both_are_restricted(
    text: str, days: list[int]
) -> None:
    march_2026 = [date(2026, 3, number) for number in range(1, 32)]

    assert [day.day for day in march_2026 if Cron.parse(text).includes(day)] == days


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", "", "`` has 0 fields; cron has 5: write minute, hour"),
        ("@daily", "@daily", "`@daily` has 1 field; cron has 5: write minute"),
        ("0 0 8 * * MON", "0 0 8 * * MON", "`0 0 8 * * MON` has 6 fields; cron has 5"),
        ("60 8 * * *", "60", "minute: `60` is not within it: write 0 to 59"),
        ("0 24 * * *", "24", "hour: `24` is not within it: write 0 to 23"),
        ("0 8 0 * *", "0", "day of month: `0` is not within it: write 1 to 31"),
        ("0 8 * 13 *", "13", "month: `13` is not within it: write 1 to 12, or JAN to DEC"),
        ("0 8 * * 8", "8", "day of week: `8` is not within it: write 0 to 7, or SUN to SAT"),
        ("0 8 * * MONDAY", "MONDAY", "day of week: `MONDAY` is not within it"),
        ("0 8 * MON *", "MON", "month: `MON` is not within it"),
        ("0 8 * * 1,FRY", "FRY", "day of week: `FRY` is not within it"),
        ("0 8 L * *", "L", "day of month: `L` is not within it"),
        ("0 8 ? * MON", "?", "day of month: `?` is not cron: write 1 to 31, `*`, a list or"),
        ("0 8 * * MON#1", "MON#1", "day of week: `MON#1` is not cron"),
        ("0 8,,9 * * *", ",", "hour: `` is not cron"),
        ("0 -8 * * *", "-8", "hour: `-8` is not cron"),
        ("٣ 8 * * *", "٣", "minute: `٣` is not cron"),
        ("0 17-9 * * *", "17-9", "hour: `17-9` goes backward: write two ranges joined with"),
        ("5/15 * * * *", "5/15", "minute: `5/15` steps through one value: write a range or"),
        ("*/0 * * * *", "*/0", "minute: `*/0` never steps: write a step of 1 to 59"),
        ("*/90 * * * *", "*/90", "minute: `*/90` never steps: write a step of 1 to 59"),
        ("10-20/15 * * * *", "10-20/15", "minute: `10-20/15` never steps: write a step of 1 to"),
    ],
)
def test_what_is_not_cron_is_refused_at_its_place(text: str, at: str, message: str) -> None:
    with pytest.raises(CronProblem) as caught:
        Cron.parse(text)

    assert str(caught.value).startswith(message)
    assert text[caught.value.start : caught.value.end] == at


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("0 0 30 2 *", True),
        ("0 0 31 2,4,6,9,11 *", True),
        ("0 0 30 2 */2", True),
        ("0 0 29 2 *", False),
        ("0 0 30 1,2 *", False),
        ("0 0 30 2 MON", False),  # either: Mondays of February
    ],
)
def test_a_day_that_no_month_has_never_fires(text: str, never: bool) -> None:
    cron = Cron.parse(text)

    assert cron.never_fires is never
    assert (next_instant(cron, ZoneInfo("UTC"), ms("2026-01-01")) is None) is never


def test_the_rarest_day_is_found() -> None:
    leap_mondays = Cron.parse("0 0 29 2 *")
    assert next_instant(leap_mondays, BERLIN, ms("2096-03-01")) == ms("2104-02-28T23:00")


@pytest.mark.parametrize(
    ("text", "zone", "after", "until", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2026-03-28",
            "2026-03-31",
            ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"],
            id="skipped: the first instant after the gap",
        ),
        pytest.param(
            "0,20,40 2,3 29 3 *",
            BERLIN,
            "2026-03-28",
            "2026-03-30",
            ["2026-03-29T01:00", "2026-03-29T01:20", "2026-03-29T01:40"],
            id="three skipped times and one that exists: once",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2026-10-24T12:00",
            "2026-10-27",
            ["2026-10-25T00:30", "2026-10-26T01:30"],
            id="twice on the clock: the first time",
        ),
        pytest.param(
            "30 2 * * *",
            BERLIN,
            "2026-10-25T01:00",  # between the two
            "2026-10-26",
            [],
            id="nothing between the two times",
        ),
        pytest.param(
            "0 0 * * *",
            BERLIN,
            "2027-03-27",
            "2027-03-30T12:00",
            ["2027-03-27T23:00", "2027-03-28T22:00", "2027-03-29T22:00"],
            id="midnight after the change, which APScheduler's own trigger misses",
        ),
        pytest.param(
            "15 2 4 10 *",
            LORD_HOWE,
            "2026-10-03",
            "2026-10-05",
            ["2026-10-03T15:30"],
            id="a gap of half an hour",
        ),
        pytest.param(
            "0 8 * * *",
            APIA,
            "2011-12-29",
            "2012-01-01",
            ["2011-12-29T18:00", "2011-12-30T10:00", "2011-12-30T18:00", "2011-12-31T18:00"],
            id="a day that the calendar left out",
        ),
        pytest.param(
            "0 0 7 11 *",
            ST_JOHNS,
            "2010-11-06T12:00",
            "2010-11-07T03:00",  # set back from 00:01 to 23:01: the clock shows Saturday again
            ["2010-11-07T02:30"],
            id="set back across midnight",
        ),
    ],
)
def test_a_clock_change_neither_drops_nor_doubles(
    text: str, zone: ZoneInfo, after: str, until: str, expected: list[str]
) -> None:
    assert listed(text, zone, after, until) == expected


def test_after_is_excluded_and_until_included() -> None:
    text, utc = "0 8 * * *", ZoneInfo("UTC")

    assert listed(text, utc, "2026-01-01T08:00", "2026-01-02T08:00") == ["2026-01-02T08:00"]
    assert listed(text, utc, "2026-01-01T07:59:59.999", "2026-01-01T08:00") == ["2026-01-01T08:00"]
    assert listed(text, utc, "2026-01-02", "2026-01-01") == []


def test_the_end_of_the_calendar_ends_it() -> None:
    assert next_instant(Cron.parse("0 8 * * *"), BERLIN, ms("9998-12-31T12:00")) is None
    assert next_instant(Cron.parse("0 8 * * *"), BERLIN, 10**18) is None
