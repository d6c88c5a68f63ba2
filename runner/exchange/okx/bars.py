"""Bars, page by page: OKX tells the newest of a stretch of time, and few at once.

Source: okx.com/docs-v5, market-data get-candlesticks and get-candlesticks-history.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.dialect import BarRow
from runner.exchange.okx import answers, endpoints
from runner.exchange.okx.symbols import instrument_id
from runner.exchange.wire import Unreadable
from runner.model.bars import Timeframe
from runner.model.errors import Refused

_RECENT = 1_400  # bars that the list of late ones holds: 1440, less what passes meanwhile
#: Ours: theirs. From 6 hours on, theirs are counted from midnight in Hong Kong unless told.
TIMEFRAMES = {
    "1m": "1m",
    "3m": "3m",
    "5m": "5m",
    "15m": "15m",
    "30m": "30m",
    "1h": "1H",
    "2h": "2H",
    "4h": "4H",
    "6h": "6Hutc",
    "12h": "12Hutc",
    "1d": "1Dutc",
    "1w": "1Wutc",
}


@dataclass(frozen=True, slots=True)
class Lists:
    """Where bars are told: those of late, all of them; how many at once.

    `volume`: where a row tells base currency; `None` of a mark price.
    """

    late: str
    all: str
    page: int
    volume: int | None


#: Of spot, of contracts (their volume is told in contracts first), of a contract's mark price.
SPOT = Lists(*endpoints.BARS, 300, 5)
CONTRACTS = Lists(*endpoints.BARS, 300, 6)
MARKS = Lists(*endpoints.MARK_BARS, 100, None)


class Bars:
    """Asks for the bars of one symbol."""

    __slots__ = ("_asking", "_clock", "_lists", "_symbol", "_timeframe")

    def __init__(
        self,
        asking: Asking,
        clock: Callable[[], int],
        lists: Lists,
        symbol: str,
        timeframe: Timeframe,
    ) -> None:
        if timeframe.text not in TIMEFRAMES:
            known = ", ".join(f"`{word}`" for word in sorted(TIMEFRAMES))
            raise Refused(f"okx has no bars of `{timeframe.text}`; there is {known}")
        self._asking, self._clock, self._lists = asking, clock, lists
        self._symbol, self._timeframe = symbol, timeframe

    async def since(self, since_ms: int, limit: int) -> list[BarRow]:
        """The first `limit` bars that opened at `since_ms` or later; fewer where no more exist.

        An empty stretch is skipped, each longer than the last; where a long one is not empty, the
        first bars in it are looked for by halves, as only its newest are told.
        """
        found: list[BarRow] = []
        page, length_ms = self._lists.page, self._timeframe.ms
        width = page
        while len(found) < limit and since_ms <= self._clock():
            rows = await self._between(since_ms, since_ms + width * length_ms)
            if rows and width > page:
                width //= 2
                continue
            found += rows
            since_ms += width * length_ms
            width = page if rows else width * 2
        return found[:limit]

    async def _between(self, since_ms: int, until_ms: int) -> list[BarRow]:
        late = since_ms >= self._clock() - _RECENT * self._timeframe.ms
        asked = {
            "instId": instrument_id(self._symbol),
            "bar": TIMEFRAMES[self._timeframe.text],
            "before": since_ms - 1,
            "after": until_ms,
            "limit": self._lists.page,
        }
        endpoint = self._lists.late if late else self._lists.all
        return await self._asking.read(
            "the bars", endpoint, asked, lambda it: self._read(it, since_ms, until_ms)
        )

    def _read(self, document: Any, since_ms: int, until_ms: int) -> list[BarRow]:
        """Oldest first, as told: the doubles nearest to the exchange's decimals."""
        rows = [self._row(row) for row in reversed(answers.lists(document))]
        opened = [row[0] for row in rows]
        if opened != sorted(set(opened)) or any(not since_ms <= at < until_ms for at in opened):
            raise Unreadable("with bars that are not in order, or not those asked for")
        origin_ms, length_ms = self._timeframe.origin_ms, self._timeframe.ms
        if any((at - origin_ms) % length_ms for at in opened):
            raise Unreadable("with bars that open between two bars")
        return rows

    def _row(self, row: list[Any]) -> BarRow:
        try:
            opened, high, low = int(row[0]), float(row[2]), float(row[3])
            first, last = float(row[1]), float(row[4])
            volume = 0.0 if self._lists.volume is None else float(row[self._lists.volume])
        except (IndexError, TypeError, ValueError):
            raise Unreadable("with bars that are not numbers") from None
        if not all(map(math.isfinite, (first, high, low, last, volume))):
            raise Unreadable("with bars that are not numbers")
        return opened, first, high, low, last, volume
