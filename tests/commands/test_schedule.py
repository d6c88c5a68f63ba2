"""`runner schedule`: the closes at which a file is looked at, and what it may do then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.desk import PROBE, Desk, a_desk

BERLIN = PROBE.replace(
    "timeframe: 1h\n",
    """timeframe: 1h
timezone: Europe/Berlin
schedule: {every: bar_close, delay: 2s}
sessions:
  day: {days: MON-FRI, from: "09:00", to: "11:00", timezone: Europe/Berlin}
blackout: [{calendar: news.csv, before: 30m, after: 30m}]
""",
).replace("  long:\n    when: close > sma", "  sessions: [day]\n  long:\n    when: close > sma", 1)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("schedule")) as desk:
        desk.write("news.csv", "time\n2026-03-27T09:30:00Z\n")
        desk.write("berlin.yaml", BERLIN.replace("stop_loss:", "session_end: day\n  stop_loss:"))
        yield desk


def test_sessions_and_blackouts_are_marked_in_the_file_s_own_time(planned: Desk) -> None:
    said = planned.runner("schedule", "berlin.yaml", "--from", "2026-03-27T07:00Z", "--count", "5")

    assert said.out.splitlines() == [
        "probe: at every close of a 1h bar, 2 s after it",
        "2026-03-27T07:00:02Z  Fri 2026-03-27 08:00:02 +0100 Europe/Berlin  outside all sessions"
        "  enters nothing",
        "2026-03-27T08:00:02Z  Fri 2026-03-27 09:00:02 +0100 Europe/Berlin  outside all sessions"
        "  enters nothing",
        "2026-03-27T09:00:02Z  Fri 2026-03-27 10:00:02 +0100 Europe/Berlin  in day"
        "  in a blackout  enters nothing",
        "2026-03-27T10:00:02Z  Fri 2026-03-27 11:00:02 +0100 Europe/Berlin  in day"
        "  in a blackout  enters nothing  closes positions",
        "2026-03-27T11:00:02Z  Fri 2026-03-27 12:00:02 +0100 Europe/Berlin  outside all sessions"
        "  enters nothing",
    ]


def test_the_clock_change_moves_the_session_and_not_the_closes(planned: Desk) -> None:
    monday = planned.runner(
        "schedule", "berlin.yaml", "--from", "2026-03-30T06:00:03Z", "--count", "4", "--json"
    ).document()

    assert [one["bar_closed_at"][11:13] for one in monday["instants"]] == ["07", "08", "09", "10"]
    assert [one["sessions"] for one in monday["instants"]] == [[], ["day"], ["day"], []]
    assert [one["enters"] for one in monday["instants"]][1] == ["long"]
    assert monday["instants"][0]["local"] == "2026-03-30T09:00:02+02:00"
    assert [one["closes_positions"] for one in monday["instants"]] == [False, False, True, False]


def test_without_a_beginning_the_next_close_comes_first(planned: Desk) -> None:
    (one,) = planned.runner("schedule", "probe.yaml", "--count", "1", "--json").document()[
        "instants"
    ]

    assert one["bar_closed_at"].endswith(":00:00Z")
    assert (one["sessions"], one["blackout"], one["closes_positions"]) == ([], False, False)


def test_times_beyond_the_calendar_are_refused(planned: Desk) -> None:
    for since, told in {
        "soon": "`--from soon` is no time",
        "9999-01-01": "`--from 9999-01-01` is out of the calendar",
        "1950-01-01": "`--from 1950-01-01` is out of the calendar",
    }.items():
        assert told in planned.runner("schedule", "probe.yaml", "--from", since).misuse()
