"""Long answers of BingX, asked for by stretches of time that one answer can hold.

Whether a stretch begins with its start or behind it is told of some lists only: every question
begins a millisecond earlier, and whoever asks takes each row once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from runner.exchange.reading import Row
from runner.model.errors import Unavailable

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS  # most between start and end of most lists
#: Their clock may be ahead of ours.
AHEAD_MS = 60_000

Ask = Callable[[dict[str, int]], Awaitable[list[Row]]]


async def all_rows(
    ask: Ask, since_ms: int, until_ms: int, most: int, span_ms: int = WEEK_MS
) -> list[Row]:
    """All rows of a time; `most` is what one answer has at most, so a full one may lack some."""
    found: list[Row] = []
    start, length = since_ms, span_ms
    while start <= until_ms:
        end = min(start + length - 1, until_ms)
        rows = await ask({"startTime": max(start - 1, 0), "endTime": end})
        if len(rows) < most:
            found += rows
            start, length = end + 1, span_ms
        elif end > start:
            length = (end - start + 1) // 2
        else:
            raise Unavailable("bingx tells a list without an end: try again later")
    return found
