"""Long answers of Bybit: page behind page by cursor, and stretches of a week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.bybit import answers
from runner.exchange.reading import Row
from runner.model.errors import Unavailable

_DAY_MS = 86_400_000
#: Orders, fills and payments are told for at most a week in one answer; for the last one where no
#: times are asked for (order-list, execution, transaction-log: `startTime`).
_WEEK_MS = 7 * _DAY_MS
_RECENT_MS = 6 * _DAY_MS


async def all_rows(
    asking: Asking, wanted: str, endpoint: str, asked: Mapping[str, Any], category: str | None
) -> list[Row]:
    """All rows of a question; the last page is empty or names no page behind it."""
    found: list[Row] = []
    cursor, before = "", set[str]()
    while True:
        page = await asking.read(
            wanted,
            endpoint,
            dict(asked) | ({"cursor": cursor} if cursor else {}),
            lambda document: answers.page(document, category),
        )
        found += page.rows
        if not page.rows or not page.cursor:
            return found
        if page.cursor in before:
            raise Unavailable(f"bybit tells {wanted} without an end: try again later")
        cursor = page.cursor
        before.add(cursor)


def weeks(since_ms: int, now_ms: int) -> Iterator[dict[str, int]]:
    """Stretches of time from `since_ms` on that one question may span; both ends are told."""
    yield {"startTime": since_ms, "endTime": since_ms + _WEEK_MS - 1}
    while since_ms + _WEEK_MS <= now_ms:
        since_ms += _WEEK_MS
        yield {"startTime": since_ms, "endTime": since_ms + _WEEK_MS - 1}


def spans(since_ms: int, now_ms: int) -> Iterator[dict[str, int]]:
    """The same; what is recent needs no times."""
    if since_ms > now_ms - _RECENT_MS:
        yield {}
        return
    yield from weeks(since_ms, now_ms)
