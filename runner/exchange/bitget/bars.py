"""Bars of Bitget, page by page, from two places: recent ones, and those that it calls history.

In: a symbol, a timeframe, since when. Out: rows oldest first, the forming one included, until
enough are found or there are no more. A page is asked for by its end: both places count back from
there. Source: bitget.com/api-doc, Get-Candle-Data, Get-History-Candle-Data and those of the mark
price; ccxt 4 for how many days of slow timeframes the first place holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runner.exchange.asking import Asking
from runner.exchange.bitget import endpoints, markets
from runner.exchange.bitget.endpoints import ENDPOINTS
from runner.exchange.bitget.symbols import at
from runner.exchange.dialect import BarRow
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from runner.model.markets import MarketKind

_DAY_MS = 86_400_000
#: One less than an answer of history may have, in rows and in days: whether its end belongs to it
#: is not told.
_ROWS, _SPAN_MS = 199, 89 * _DAY_MS


@dataclass(frozen=True, slots=True)
class Kept:
    """A timeframe: its word on spot (empty: none) and on futures; days that are kept as recent."""

    spot: str
    futures: str
    days: int


#: Counted in UTC: without `utc` its days begin at 16:00.
TIMEFRAMES = {
    "1m": Kept("1min", "1m", 29),
    "3m": Kept("3min", "3m", 29),
    "5m": Kept("5min", "5m", 29),
    "15m": Kept("15min", "15m", 29),
    "30m": Kept("30min", "30m", 29),
    "1h": Kept("1h", "1H", 59),
    "2h": Kept("", "2H", 119),
    "4h": Kept("4h", "4H", 239),
    "6h": Kept("6Hutc", "6Hutc", 359),
    "12h": Kept("12Hutc", "12Hutc", 359),
    "1d": Kept("1Dutc", "1Dutc", 359),
    "1w": Kept("1Wutc", "1Wutc", 359),
}


class Barring:
    """Asks for the bars of one kind of market."""

    __slots__ = ("_asking", "_clock", "_kind")

    def __init__(self, kind: MarketKind, asking: Asking, clock: Callable[[], int]) -> None:
        self._kind, self._asking, self._clock = kind, asking, clock

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        places = ENDPOINTS[self._kind]
        return await self._all(
            (places.bars, places.old_bars, {}), symbol, timeframe, since_ms, limit
        )

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        recent = ENDPOINTS[self._kind].bars
        places = (recent, endpoints.OLD_MARK_BARS, {"kLineType": "MARK"})
        return await self._all(places, symbol, timeframe, since_ms, limit)

    async def _all(
        self,
        places: tuple[str, str, dict[str, str]],
        symbol: str,
        timeframe: Timeframe,
        since_ms: int,
        limit: int,
    ) -> list[BarRow]:
        kept, word = self._word(timeframe)
        found: dict[int, BarRow] = {}
        now, start = self._clock(), since_ms
        recent, old, more = places
        rows = min(_ROWS, _SPAN_MS // timeframe.ms)
        while start < now and len(found) < limit:
            end = min(start + rows * timeframe.ms, now)
            asked = at(symbol) | {"granularity": word, "limit": str(rows + 1), "endTime": str(end)}
            if start > now - kept.days * _DAY_MS:
                endpoint, asked = recent, asked | {"startTime": str(start)} | more
            else:
                endpoint = old
            page = await self._asking.read("the bars", endpoint, asked, markets.bars)
            found |= {row[0]: row for row in page if row[0] >= since_ms}
            start = end  # whether a bar that opens there was told is not documented
        return [found[opened] for opened in sorted(found)][:limit]

    def _word(self, timeframe: Timeframe) -> tuple[Kept, str]:
        kept = TIMEFRAMES.get(timeframe.text)
        if kept is not None and (word := self._of(kept)):
            return kept, word
        known = ", ".join(f"`{text}`" for text, it in sorted(TIMEFRAMES.items()) if self._of(it))
        raise Refused(f"bitget has no bars of `{timeframe.text}`; there is {known}")

    def _of(self, kept: Kept) -> str:
        return kept.spot if self._kind is MarketKind.SPOT else kept.futures
