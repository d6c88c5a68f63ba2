"""`hour minute weekday in_session(name)`: of a bar's close, on a local wall clock."""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from runner.language.evaluate import EvaluationError, Evaluator
from runner.language.parse import Expression, Kind, Scope, parse
from runner.language.surroundings import alone
from runner.language.wallclock import hour, inside, minute, weekday
from runner.model.bars import Bars, Timeframe
from tests.indicators.markets import flat_bars

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Span:
    """A session of a rule file."""

    name: str
    days: frozenset[int]
    from_minute: int
    until_minute: int
    timezone: str


WEEKDAYS = frozenset(range(5))
US = Span("us", WEEKDAYS, 9 * 60 + 30, 16 * 60, "America/New_York")


def instants(start: str, count: int, minutes: int) -> np.ndarray:
    first = int(datetime.fromisoformat(start).timestamp() * 1_000)
    return first + np.arange(count, dtype=np.int64) * minutes * MINUTE_MS


@pytest.mark.parametrize(
    "timezone",
    [
        *["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"],
        *["Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"],
    ],
)
@pytest.mark.parametrize("minutes", [30, 60, 1440, 10_080])
def test_clocks_show_what_python_shows(timezone: str, minutes: int) -> None:
    closes = instants("2011-12-01T00:30+00:00", 3_000, minutes)
    shown = [datetime.fromtimestamp(int(it) / 1_000, ZoneInfo(timezone)) for it in closes]

    assert hour(closes, timezone).tolist() == [it.hour for it in shown]
    assert minute(closes, timezone).tolist() == [it.minute for it in shown]
    assert weekday(closes, timezone).tolist() == [it.isoweekday() for it in shown]


@pytest.mark.parametrize(
    ("closes_at", "is_inside"),
    [
        ("2024-03-08T09:30-05:00", False),  # from: what closes there lies before
        ("2024-03-08T09:31-05:00", True),
        ("2024-03-08T16:00-05:00", True),  # until
        ("2024-03-08T16:01-05:00", False),
        ("2024-03-09T12:00-05:00", False),  # a Saturday
        ("2024-03-11T13:31+00:00", True),  # summer time has begun: 9:31
        ("2024-03-08T13:31+00:00", False),  # 8:31
    ],
)
def test_a_session_holds_what_closes_in_it(closes_at: str, is_inside: bool) -> None:
    assert inside(instants(closes_at, 1, 1), US).tolist() == [is_inside]


@pytest.mark.parametrize(
    ("closes_at", "is_inside"),
    [
        ("2024-01-05T22:00", False),  # Friday
        ("2024-01-05T22:01", True),
        ("2024-01-06T00:00", True),
        ("2024-01-06T02:00", True),
        ("2024-01-06T02:01", False),
        ("2024-01-07T01:00", False),  # Saturday's night
        ("2024-01-01T01:00", False),  # Sunday's
        ("2024-01-02T01:00", True),
    ],
)
def test_a_session_past_midnight_is_of_the_day_it_began(closes_at: str, is_inside: bool) -> None:
    night = Span("night", WEEKDAYS, 22 * 60, 26 * 60, "UTC")

    assert inside(instants(f"{closes_at}+00:00", 1, 1), night).tolist() == [is_inside]


def test_a_whole_day_ends_at_midnight() -> None:
    friday = Span("friday", frozenset({4}), 0, 1440, "UTC")
    closes = instants("2024-01-04T23:00+00:00", 27, 60)

    assert inside(closes, friday).tolist() == [False, False, *[True] * 24, False]


def test_sessions_agree_with_a_loop_over_the_bars() -> None:
    closes = instants("2024-02-01T00:07+00:00", 5_000, 17)
    spans = [US, Span("late", frozenset({0, 6}), 1_000, 1_700, "Europe/Berlin")]
    for span in spans:
        assert inside(closes, span).tolist() == [_by_hand(int(it), span) for it in closes]


def _by_hand(close: int, span: Span) -> bool:
    shown = datetime.fromtimestamp(close / 1_000, ZoneInfo(span.timezone)).replace(tzinfo=None)
    for ago in (0, 1):
        day = shown.replace(hour=0, minute=0, second=0) - timedelta(days=ago)
        minutes = (shown - day) / timedelta(minutes=1)
        if day.weekday() in span.days and span.from_minute < minutes <= span.until_minute:
            return True
    return False


def a_million(minutes: int) -> np.ndarray:
    return instants("2000-01-01T00:00+00:00", 1_000_000, minutes)


def test_a_million_bars_take_a_fraction_of_a_second() -> None:
    closes = a_million(5)
    before = time.process_time()

    inside(closes, US)

    assert time.process_time() - before < 1  # 0.05 s where nothing else runs


def bars_from(start: str, count: int) -> Bars:
    bars = flat_bars(1.0, count)
    return replace(bars, opened_at=instants(start, count, 60), timeframe=Timeframe("1h", 3_600_000))


def evaluated(text: str, count: int) -> tuple[list[bool], list[bool]]:
    around = replace(
        alone(bars_from("2024-03-08T12:00+00:00", count)),
        timezone="America/New_York",
        sessions=(US,),
    )
    parsed = parse(text, Scope(sessions=frozenset({"us"})), Kind.TRUTH)
    yes, no = Evaluator(around, {}, {}).truth(parsed)
    return yes.tolist(), no.tolist()


def test_names_are_of_the_close_in_the_files_timezone() -> None:
    assert evaluated("hour == 8 and minute == 0 and weekday == 5", 2)[0] == [True, False]


def test_a_session_is_a_condition_that_is_always_known() -> None:
    yes, no = evaluated("in_session(us)", 10)

    assert yes == [False, False, *[True] * 7, False]  # closes at 8, 9, 10 ... 17 o'clock
    assert no == [not it for it in yes]
    assert evaluated("not in_session(us)", 10) == (no, yes)
    assert evaluated("in_session(us)[1]", 10)[0] == [False, *yes[:-1]]


@pytest.mark.parametrize(
    "text", ["in_session(eu)", "in_session()", "in_session(us, us)", "in_session(1)", "us"]
)
def test_what_is_no_session_is_refused_without_a_checker(text: str) -> None:
    tree = ast.parse(text, mode="eval").body
    unchecked = Expression(text, tree, Kind.TRUTH, 0, 1, frozenset(), (), None, ())
    around = replace(alone(flat_bars(1.0, 3)), sessions=(US,))

    with pytest.raises(EvaluationError):
        Evaluator(around, {}, {}).surely_true(unchecked)


@pytest.mark.parametrize("text", ["entry_price", "at_entry(close)", "bars_held", "vwap(week)"])
def test_the_position_and_other_words_are_refused_without_a_checker(text: str) -> None:
    tree = ast.parse(text, mode="eval").body
    unchecked = Expression(text, tree, Kind.NUMBER, 0, 1, frozenset(), (), None, ())

    with pytest.raises(EvaluationError):
        Evaluator(alone(flat_bars(1.0, 3)), {}, {}).number(unchecked)
