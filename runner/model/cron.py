"""The POSIX cron calendar: what five fields mean, and the UTC instants they name in a zone.

In: text such as `0 8 * * MON` and a zone. Out: a `Cron`, and its instants in UTC milliseconds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from runner.model.values import dataclass

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: No instant is looked for beyond 9998: Python's calendar ends a year later.
_LAST_MS = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)

#: 29 February meets every weekday within 40 years, also across 2100.
_LOOK_AHEAD_MS = 41 * 366 * 86_400_000

_LEAP_YEAR = 2024  # any, for the longest length of each month
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_ITEM = re.compile(
    r"(?:\*|(?P<low>[0-9A-Za-z]+)(?:-(?P<high>[0-9A-Za-z]+))?)(?:/(?P<step>[0-9]{1,4}))?"
)
_FIELDS_HELP = "write minute, hour, day of month, month and day of week, like `0 8 * * MON`"


class CronProblem(ValueError):
    """`text[start:end]` is not cron; says what is wrong and what to write."""

    def __init__(self, fact: str, advice: str, start: int, end: int) -> None:
        super().__init__(f"{fact}: {advice}")
        self.fact = fact
        self.advice = advice
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Cron:
    """Five checked fields; `Cron.parse` makes one. Sunday is 0.

    `either`: day of month and day of week are both restricted, so a day that is in one of them
    counts. A field that begins with `*` does not restrict in that sense (`*/2` is among them).
    """

    text: str
    minutes: tuple[int, ...]  # ascending, as hours and months
    hours: tuple[int, ...]
    days: frozenset[int]
    months: tuple[int, ...]
    weekdays: frozenset[int]
    either: bool

    @staticmethod
    def parse(text: str) -> Cron:
        """Raises `CronProblem`, which names the field, where `text` is not cron.

        >>> Cron.parse("0 8 * * MON-FRI").weekdays
        frozenset({1, 2, 3, 4, 5})
        """
        words = list(re.finditer(r"\S+", text))
        if len(words) != len(_FIELDS):
            raise CronProblem(_wrong_count(text, len(words)), _FIELDS_HELP, 0, len(text))
        minutes, hours, days, months, weekdays = (
            _values(field, word[0], word.start())
            for field, word in zip(_FIELDS, words, strict=True)
        )
        return Cron(
            text,
            tuple(sorted(minutes)),
            tuple(sorted(hours)),
            days,
            tuple(sorted(months)),
            frozenset(day % 7 for day in weekdays),
            either=not words[2][0].startswith("*") and not words[4][0].startswith("*"),
        )

    @property
    def never_fires(self) -> bool:
        """No such day exists, as in `0 0 30 2 *`."""
        longest = max(monthrange(_LEAP_YEAR, month)[1] for month in self.months)
        return not self.either and min(self.days) > longest

    def includes(self, day: date) -> bool:
        """It fires on this local day."""
        in_days = day.day in self.days
        in_weekdays = day.isoweekday() % 7 in self.weekdays
        matches = in_days or in_weekdays if self.either else in_days and in_weekdays
        return matches and day.month in self.months


def instants(cron: Cron, zone: tzinfo, after_ms: int, until_ms: int) -> Iterator[int]:
    """UTC ms with after < instant <= until, ascending: when a clock in `zone` first shows a time.

    A local time that a clock change skips runs at the first instant after the gap, once for all
    that are skipped; one that occurs twice runs at its first occurrence only.
    """
    newest, until_ms = after_ms, min(until_ms, _LAST_MS)
    if after_ms >= until_ms:
        return
    for local in _local_times(cron, _local(after_ms, zone), _local(until_ms, zone)):
        instant = _first_shown_ms(local, zone)
        if instant > until_ms:
            return
        if instant > newest:
            newest = instant
            yield instant


def next_instant(cron: Cron, zone: tzinfo, after_ms: int) -> int | None:
    """The first instant after `after_ms` (UTC ms); `None` where it never fires."""
    return next(instants(cron, zone, after_ms, after_ms + _LOOK_AHEAD_MS), None)


def _local_times(cron: Cron, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every matching reading of a clock (without zone) after `after`, ascending.

    To a day beyond `until`: the clock may just have been set back across midnight.
    """
    for day in _days(cron, after.date(), until.date() + timedelta(days=1)):
        starts = day == after.date()
        for hour in cron.hours[bisect_left(cron.hours, after.hour) if starts else 0 :]:
            for minute in cron.minutes:
                local = datetime(day.year, day.month, day.day, hour, minute)
                if local > after:
                    yield local


def _days(cron: Cron, first: date, last: date) -> Iterator[date]:
    """The days on which it fires, ascending; both ends included."""
    for year in range(first.year, last.year + 1):
        for month in cron.months:
            if (first.year, first.month) <= (year, month) <= (last.year, last.month):
                for number in range(1, monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if first <= day <= last and cron.includes(day):
                        yield day


def _local(ms: int, zone: tzinfo) -> datetime:
    """What a clock in the zone shows."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).replace(tzinfo=None)


def _first_shown_ms(local: datetime, zone: tzinfo) -> int:
    """When a clock in `zone` first shows `local` or, where that is skipped, something later."""
    before, after = _offset_s(local, zone), _offset_s(local.replace(fold=1), zone)
    shown = round((local.replace(tzinfo=UTC) - _EPOCH).total_seconds())
    if before >= after:  # an ordinary time, or the first of two
        return (shown - before) * 1000
    candidates = range(shown - after, shown - before + 1)
    changed = bisect_left(candidates, True, key=lambda second: _offset_at_s(second, zone) != before)
    return candidates[changed] * 1000


def _offset_s(local: datetime, zone: tzinfo) -> int:
    offset = local.replace(tzinfo=zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _offset_at_s(second: int, zone: tzinfo) -> int:
    return _offset_s((_EPOCH + timedelta(seconds=second)).astimezone(zone), zone)


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five; `names` stand for numbers from `first_name` on."""

    title: str
    low: int
    high: int
    names: tuple[str, ...]
    first_name: int

    @property
    def allowed(self) -> str:
        numbers = f"write {self.low} to {self.high}"
        return f"{numbers}, or {self.names[0]} to {self.names[-1]}" if self.names else numbers


_FIELDS = (
    _Field("minute", 0, 59, (), 0),
    _Field("hour", 0, 23, (), 0),
    _Field("day of month", 1, 31, (), 0),
    _Field("month", 1, 12, _MONTHS, 1),
    _Field("day of week", 0, 7, _WEEKDAYS, 0),
)


def _wrong_count(text: str, count: int) -> str:
    return f"`{text}` has {count} field{'s' * (count != 1)}; cron has {len(_FIELDS)}"


def _values(field: _Field, word: str, start: int) -> frozenset[int]:
    """All numbers of a list; `start` is its place in the text."""
    values: set[int] = set()
    for item in word.split(","):
        values.update(_item(field, item, start))
        start += len(item) + 1
    return frozenset(values)


def _item(field: _Field, item: str, start: int) -> range:
    """`*`, a value or a range, with a step."""

    def refuse(fact: str, advice: str) -> CronProblem:
        end = start + max(len(item), 1)
        return CronProblem(f"{field.title}: {fact}", advice, start, end)

    match = _ITEM.fullmatch(item)
    if match is None:
        raise refuse(f"`{item}` is not cron", f"{field.allowed}, `*`, a list or a range")
    first, last = _bounds(field, match)
    if first is None or last is None:
        raise refuse(f"`{item}` is not within it", field.allowed)
    if last < first:
        raise refuse(f"`{item}` goes backward", "write two ranges joined with a comma")
    if match["step"] is None:
        return range(first, last + 1)
    step = int(match["step"])
    if first == last:
        raise refuse(f"`{item}` steps through one value", "write a range or `*` before the `/`")
    if not 1 <= step <= last - first:
        raise refuse(f"`{item}` never steps", f"write a step of 1 to {last - first}")
    return range(first, last + 1, step)


def _bounds(field: _Field, match: re.Match[str]) -> tuple[int | None, int | None]:
    """First and last value; 7 is Sunday once more, so `*` ends before it and FRI-SUN with it."""
    is_weekday = field.names is _WEEKDAYS
    if match["low"] is None:
        return field.low, 6 if is_weekday else field.high
    first = _number(field, match["low"])
    last = first if match["high"] is None else _number(field, match["high"])
    return first, 7 if is_weekday and first and last == 0 else last


def _number(field: _Field, word: str) -> int | None:
    """`None` where the field has no such value."""
    if word.upper() in field.names:
        return field.first_name + field.names.index(word.upper())
    if not word.isdigit() or len(word) > 2:
        return None
    return int(word) if field.low <= int(word) <= field.high else None
