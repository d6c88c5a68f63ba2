"""The calendar against a walk over every minute, through the clock changes of several years."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runner.model.cron import Cron, instants
from tests.model.walk import Fields, Walk

START, END = datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
START_MS, END_MS = (int(edge.timestamp()) * 1000 for edge in (START, END))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")

#: Far more: zones of every kind of change, among them at midnight, by half an hour, in Ramadan.
MANY = (
    *ZONES,
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
)


def fields(low: int, high: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.integers(low, high), min_size=1, max_size=4)


CRONS = st.builds(
    Fields,
    minutes=fields(0, 59),
    hours=st.one_of(fields(0, 23), fields(0, 4)),  # clocks change at night
    days=st.none() | fields(1, 31),
    months=st.just(frozenset(range(1, 13))) | fields(1, 12),
    weekdays=st.none() | fields(0, 6),
)
EVERY_MINUTE = Fields(frozenset(range(60)), frozenset(range(24)), None, frozenset({3, 10}), None)


@cache
def walk(zone: str, start: datetime, end: datetime) -> Walk:
    return Walk(ZoneInfo(zone), start, end)


@settings(deadline=None, max_examples=40)
@given(cron=CRONS, zone=st.sampled_from(ZONES))
@example(cron=EVERY_MINUTE, zone="Europe/Berlin")
@example(cron=EVERY_MINUTE, zone="Australia/Lord_Howe")
def test_the_calendar_is_that_of_a_walk_over_every_minute(cron: Fields, zone: str) -> None:
    found = instants(Cron.parse(cron.text), ZoneInfo(zone), START_MS, END_MS)

    assert list(found) == walk(zone, START, END).instants(cron)


@settings(deadline=None, max_examples=40)
@given(cron=CRONS, zone=st.sampled_from(ZONES), at=st.integers(START_MS, END_MS))
def test_where_one_begins_to_look_changes_nothing(cron: Fields, zone: str, at: int) -> None:
    def seen(after: int, until: int) -> list[int]:
        return list(instants(Cron.parse(cron.text), ZoneInfo(zone), after, until))

    assert seen(START_MS, at) + seen(at, END_MS) == seen(START_MS, END_MS)


@pytest.mark.acceptance
@pytest.mark.parametrize("zone", MANY)
def test_twelve_years_of_every_zone(zone: str) -> None:
    start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    edges = int(start.timestamp()) * 1000, int(end.timestamp()) * 1000

    @settings(deadline=None, max_examples=60)
    @given(cron=CRONS)
    def holds(cron: Fields) -> None:
        found = instants(Cron.parse(cron.text), ZoneInfo(zone), *edges)
        assert list(found) == walk(zone, start, end).instants(cron)

    holds()
