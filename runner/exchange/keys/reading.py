"""Reads values of exchanges' answers about keys; `None` for whatever is not as documented."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

from runner.exchange.keys.finding import Finding, Verdict
from runner.exchange.keys.told import UNCLEAR_MS, Exchange, Grant

_MOST_MS = 10**13  # the year 2286


def mapping(value: object) -> Mapping[str, object] | None:
    """Keys with values, at least one."""
    if not isinstance(value, Mapping) or not value:
        return None
    return value if all(type(name) is str for name in value) else None


def words(value: object) -> tuple[str, ...] | None:
    """A list of words, or words between commas; none of them is told as an empty tuple."""
    if isinstance(value, str):
        value = value.split(",") if value else []
    if not isinstance(value, list) or not all(type(word) is str for word in value):
        return None
    found = tuple(word.strip() for word in value)
    return found if all(found) else None


def switch(value: object) -> bool | None:
    """True or false, not what looks like it."""
    return value if type(value) is bool else None


def instant(value: object, unit_ms: int = 1) -> int | None:
    """UTC milliseconds of a number, its digits or an ISO 8601 text with its zone."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit():
            value = int(value) if len(value) < 20 else None
        else:
            return _of_text(value)
    if type(value) is not int or not 0 < value * unit_ms < _MOST_MS:
        return None
    return value * unit_ms


def end(value: object, unit_ms: int = 1, none: tuple[object, ...] = ()) -> int | None:
    """An instant after which a key does nothing; `none`: how it is written that there is no end."""
    if value is None or value in none:
        return None
    read_ms = instant(value, unit_ms)
    return UNCLEAR_MS if read_ms is None else read_ms


def _of_text(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    ms = int(moment.astimezone(UTC).timestamp() * 1000)
    return ms if 0 < ms < _MOST_MS else None


def strangers(answer: Mapping[str, object], known: Collection[str]) -> Iterator[Grant]:
    """Unknown fields of an answer about rights that are not off: nobody knows what they allow."""
    for field in sorted(set(answer) - set(known)):
        if not _is_off(answer[field]):
            yield Grant(None, field, field, True)


def unknown_rights(answer: Mapping[str, object], known: Collection[str]) -> Iterator[Grant]:
    """The same of an answer about a whole account: what is switched on there, or holds a list."""
    for field in sorted(set(answer) - set(known)):
        if isinstance(answer[field], bool | list | Mapping) and not _is_off(answer[field]):
            yield Grant(None, field, field, True)


def _is_off(value: object) -> bool:
    """Zero is not: nobody knows what it counts."""
    return value is None or value is False or value in ("", [], {})


def unread(answer: Mapping[str, object], known: Collection[str]) -> tuple[str, ...]:
    """What `unknown_rights` leaves: texts and numbers, which allow nothing, and what is off."""
    rights = {grant.field for grant in unknown_rights(answer, known)}
    return tuple(sorted(set(answer) - set(known) - rights))


def unclear(exchange: Exchange, answer: object) -> Finding:
    """No answer, or none that can be read."""
    if answer is None:
        fact = f"{exchange.name} gave no answer about the key"
        return Finding("permissions", Verdict.REFUSED, fact, "try again later")
    fact = f"{exchange.name}'s answer about the key is not what it documents"
    help_ = "try again later; if it stays so, update runner"
    return Finding("permissions", Verdict.REFUSED, fact, help_)
