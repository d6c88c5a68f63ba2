"""What BingX tells of its markets and of the account: read as it was told, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from runner.exchange.balances import Balance
from runner.exchange.bingx import account, answers, endpoints, forms, markets
from runner.exchange.bingx.endpoints import signed
from runner.exchange.bingx.paging import AHEAD_MS, DAY_MS, all_rows
from runner.exchange.bingx.symbols import market_id
from runner.exchange.bingx.words import NO_SUCH_SYMBOL, NOT_FOR_THIS_KEY
from runner.exchange.dialect import BarRow, Line
from runner.exchange.keys.bingx import LIST, RIGHTS
from runner.exchange.library import OWN_KEY
from runner.exchange.reading import Row
from runner.model.accounts import Venue
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Refused
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind

# Rows of one answer: of bars less than the most, 1440 (Kline/Candlestick Data); of rates and
# payments the most (Get Funding Rate History, Get Account Profit and Loss Fund Flow).
_BARS, _RATES, _PAYMENTS = 1000, 1000, 1000
_RATES_MS = 30 * DAY_MS
_WEEK = Timeframe("1w", 7 * DAY_MS)


class Surveying:
    """Asks about one kind of market of BingX, and about the account there."""

    __slots__ = ("_asking", "_clock", "_kind", "_symbols", "_venue")

    def __init__(self, line: Line) -> None:
        self._kind, self._symbols, self._venue = line.kind, line.symbols, line.venue
        self._asking, self._clock = line.asking, line.clock

    async def market(self, symbol: str) -> Market:
        """A market's rules; Refused, with a suggestion, where it is not traded."""
        if self._kind is MarketKind.SPOT and self._venue is not Venue.LIVE:
            raise Refused("bingx has no spot at its test venue: trade futures there, or on paper")
        endpoint = self._markets()
        found = await self._asking.look_up(
            f"the market `{symbol}`",
            endpoint,
            {"symbol": market_id(symbol)},
            lambda it: markets.market(it, symbol, self._kind, iso(self._clock())[:10]),
            NO_SUCH_SYMBOL,
        )
        if found is None:
            read = partial(markets.symbols, kind=self._kind)
            known = await self._asking.read("its symbols", endpoint, {}, read)
            help_ = markets.suggestion(symbol, known)
            raise Refused(f"bingx has no {self._kind} market `{symbol}`{help_}")
        return found if self._kind is MarketKind.SPOT else await self._with_tier(found)

    def _markets(self) -> str:
        return endpoints.SYMBOLS if self._kind is MarketKind.SPOT else endpoints.CONTRACTS

    async def _with_tier(self, found: Market) -> Market:
        asked, wanted = signed({"symbol": market_id(found.symbol)}), f"tiers of `{found.symbol}`"
        tiers = await self._asking.read(wanted, endpoints.TIERS, asked, account.facts)
        leverage = await self._asking.read(wanted, endpoints.LEVERAGE, asked, account.facts)
        return self._asking.understood(wanted, lambda: markets.with_tier(found, tiers, leverage))

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        endpoint = endpoints.SPOT_BARS if self._kind is MarketKind.SPOT else endpoints.BARS
        return await self._bars(endpoint, {"timeZone": 0}, symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        return await self._bars(endpoints.MARK_BARS, {}, symbol, timeframe, since_ms, limit)

    async def _bars(
        self,
        endpoint: str,
        zone: dict[str, int],
        symbol: str,
        timeframe: Timeframe,
        since_ms: int,
        limit: int,
    ) -> list[BarRow]:
        """Stretch by stretch, until `limit` bars are found or the present is reached.

        A stretch without bars may lie before the market's first: weekly bars tell where to go on.
        """
        if timeframe.text not in forms.TIMEFRAMES:
            known = ", ".join(f"`{word}`" for word in sorted(forms.TIMEFRAMES))
            raise Refused(f"bingx has no bars of `{timeframe.text}`; there is {known}")
        ask = partial(self._stretch, endpoint, zone, symbol)
        found: list[BarRow] = []
        while len(found) < limit and since_ms <= self._clock():
            until_ms = since_ms + min(limit - len(found), _BARS) * timeframe.ms
            rows = await ask(timeframe, since_ms, until_ms)
            found += rows
            if not rows:
                weekly = await ask(_WEEK, until_ms - _WEEK.ms, until_ms + _BARS * _WEEK.ms)
                if not weekly:
                    break
                until_ms = max(until_ms, weekly[0][0])
            since_ms = until_ms
        return found[:limit]

    async def _stretch(
        self,
        endpoint: str,
        zone: dict[str, int],
        symbol: str,
        timeframe: Timeframe,
        since_ms: int,
        until_ms: int,
    ) -> list[BarRow]:
        """The start is asked for a millisecond early: whether it counts itself is not told."""
        asked: dict[str, Any] = {
            "symbol": market_id(symbol),
            "interval": timeframe.text,
            "startTime": max(since_ms - 1, 0),
            "endTime": until_ms - 1,
            "limit": _BARS + 1,
        }
        rows = await self._asking.read(
            "the bars", endpoint, asked | zone, lambda it: markets.bars(it, timeframe)
        )
        return [row for row in rows if since_ms <= row[0] < until_ms]

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""

        async def ask(span: dict[str, int]) -> list[Row]:
            asked = {"symbol": market_id(symbol), "limit": _RATES} | span
            wanted = "the funding rates"
            return await self._asking.read(wanted, endpoints.FUNDING_RATES, asked, answers.listed)

        rows = await all_rows(ask, since_ms, self._clock() + AHEAD_MS, _RATES, _RATES_MS)
        found = self._asking.understood("the funding rates", lambda: markets.rates(rows, symbol))
        return [rate for rate in found if rate.at_ms >= since_ms]

    async def balances(self) -> Mapping[str, Balance]:
        """By currency; of futures the wallet, margins and all."""
        if self._kind is MarketKind.SPOT:
            return await self._asking.read(
                "the balances", endpoints.SPOT_BALANCES, signed({}), account.spot_balances
            )
        read = partial(account.balances, venue=self._venue)
        return await self._asking.read("the balances", endpoints.BALANCES, signed({}), read)

    async def positions(self, symbols: tuple[str, ...]) -> Mapping[str, Held]:
        """Those of `symbols` that hold something."""
        read = partial(account.positions, symbols=symbols)
        return await self._asking.read("the positions", endpoints.POSITIONS, signed({}), read)

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first."""
        about = {"symbol": market_id(symbol), "incomeType": account.FUNDING_FEE}

        async def ask(span: dict[str, int]) -> list[Row]:
            asked = signed(about | {"limit": _PAYMENTS} | span)
            return await self._asking.read("the funding", endpoints.INCOME, asked, answers.listed)

        rows = await all_rows(ask, since_ms, self._clock() + AHEAD_MS, _PAYMENTS)
        read = partial(account.fundings, rows, symbol, self._venue)
        return [it for it in self._asking.understood("the funding", read) if it.at_ms >= since_ms]

    async def uid(self) -> str | None:
        """The account's, where the key may ask for it."""
        return await self._asking.look_up(
            "the account", endpoints.UID, signed({}), account.uid, NOT_FOR_THIS_KEY
        )

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do; its addresses where the key may see them."""
        wanted = "the key's permissions"
        rights = await self._asking.read(wanted, endpoints.RIGHTS, signed({}), account.facts)
        uid, listed = await self.uid(), None
        if uid is not None:
            asked = signed({"uid": uid, "apiKey": OWN_KEY})
            listed = await self._asking.look_up(
                wanted, endpoints.KEY, asked, account.facts, NOT_FOR_THIS_KEY
            )
        return {RIGHTS: rights, LIST: listed}
