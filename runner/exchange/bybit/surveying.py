"""What Bybit tells of its markets and of the account: read as it was told, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from runner.exchange.balances import Balance
from runner.exchange.bybit import account, endpoints, forms, markets
from runner.exchange.bybit.account import Account
from runner.exchange.bybit.markets import Instrument
from runner.exchange.bybit.paging import all_rows, weeks
from runner.exchange.bybit.symbols import CATEGORIES, base_of, category_of, market_id, quote_of
from runner.exchange.dialect import BarRow, Line
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Halt, Refused
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import MarketKind

# Most rows of one answer (market/instrument, kline, history-fund-rate; account/transaction-log;
# position).
_MARKETS, _BARS, _RATES, _PAYMENTS, _POSITIONS = 1000, 1000, 200, 50, 200
_WEEK_MS = 604_800_000


class Surveying:
    """Asks about one kind of market of Bybit, and about the account there."""

    __slots__ = ("_asking", "_clock", "_kind", "_symbols", "_unified")

    def __init__(self, line: Line) -> None:
        self._kind, self._symbols = line.kind, line.symbols
        self._asking, self._clock = line.asking, line.clock
        self._unified = False  # whether the account has been seen to be a unified one

    async def instrument(self, symbol: str) -> Instrument:
        """A market's rules; Refused, with a suggestion, where it is not traded."""
        category, read_on = CATEGORIES[self._kind], iso(self._clock())[:10]
        found = await self._asking.look_up(
            f"the market `{symbol}`",
            endpoints.MARKETS,
            {"category": category, "symbol": market_id(symbol)},
            lambda it: markets.instrument(it, symbol, self._kind, read_on),
            {markets.NO_SUCH_SYMBOL},
        )
        if found is None:
            raise await self._no_market(symbol, category)
        if self._kind is MarketKind.SPOT:
            return found
        tier = await self._asking.read(
            f"the tiers of `{symbol}`",
            endpoints.TIERS,
            {"category": category, "symbol": market_id(symbol)},
            lambda it: markets.tier(it, symbol),
        )
        market = replace(found.market, maintenance=tier.maintenance, max_leverage=tier.max_leverage)
        return Instrument(market, None)

    async def _no_market(self, symbol: str, category: str) -> Refused:
        asked = {"category": category, "limit": _MARKETS}
        rows = await all_rows(self._asking, "its symbols", endpoints.MARKETS, asked, category)
        help_ = markets.suggestion(symbol, markets.symbols(rows, self._kind))
        return Refused(f"bybit has no {self._kind} market `{symbol}`{help_}")

    async def bars(
        self, endpoint: str, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Stretch by stretch, until `limit` bars are found or the present is reached.

        A stretch without bars may lie before the market's first: weekly bars tell where to go on.
        """
        interval = forms.INTERVALS.get(timeframe.text)
        if interval is None:
            known = ", ".join(f"`{word}`" for word in sorted(forms.INTERVALS))
            raise Refused(f"bybit has no bars of `{timeframe.text}`; there is {known}")
        found: list[BarRow] = []
        while len(found) < limit and since_ms <= self._clock():
            count = min(limit - len(found), _BARS)
            until_ms = since_ms + count * timeframe.ms
            rows = await self._stretch(endpoint, symbol, interval, since_ms, until_ms)
            found += rows
            if not rows:
                weekly = await self._stretch(
                    endpoint, symbol, "W", until_ms - _WEEK_MS, until_ms + _BARS * _WEEK_MS
                )
                if not weekly:
                    break
                until_ms = max(until_ms, weekly[0][0])
            since_ms = until_ms
        return found[:limit]

    async def _stretch(
        self, endpoint: str, symbol: str, interval: str, since_ms: int, until_ms: int
    ) -> list[BarRow]:
        asked: dict[str, Any] = {
            "category": category_of(symbol),
            "symbol": market_id(symbol),
            "interval": interval,
            "start": since_ms,
            "end": until_ms - 1,
            "limit": _BARS,
        }
        kind = self._kind
        read = await self._asking.read(
            "the bars", endpoint, asked, lambda it: markets.bars(it, symbol, kind)
        )
        return [row for row in read if since_ms <= row[0] < until_ms]

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates, oldest first; the newest are told first, page by page."""
        found: list[Rate] = []
        until_ms = max(since_ms, self._clock())
        while True:
            asked = {"startTime": since_ms, "endTime": until_ms, "limit": _RATES}
            rows = await self._asking.read(
                "the funding rates",
                endpoints.FUNDING_RATES,
                {"category": category_of(symbol), "symbol": market_id(symbol)} | asked,
                lambda it: markets.rates(it, symbol),
            )
            found = [rate for rate in rows if since_ms <= rate.at_ms <= until_ms] + found
            if len(rows) < _RATES or rows[0].at_ms <= since_ms:
                return found
            until_ms = rows[0].at_ms - 1

    async def price(self, symbol: str) -> Decimal:
        """The price of the last trade."""
        return await self._asking.read(
            f"the price of `{symbol}`",
            endpoints.PRICE,
            {"category": category_of(symbol), "symbol": market_id(symbol)},
            lambda it: markets.last_price(it, symbol, self._kind),
        )

    async def account(self) -> Account:
        """Its kind and margin mode; Refused where it is a classic one."""
        found = await self._asking.read(
            "the kind of account", endpoints.ACCOUNT, {}, account.account
        )
        if not found.unified:
            raise Refused(f"the bybit account is a classic account: {account.UNIFIED}")
        self._unified = True
        return found

    async def balances(self) -> Mapping[str, Balance]:
        """By currency; of futures the wallet, margins and all."""
        if not self._unified:
            await self.account()
        traded = {it for symbol in self._symbols for it in (base_of(symbol), quote_of(symbol))}
        return await self._asking.read(
            "the balances",
            endpoints.BALANCES,
            {"accountType": "UNIFIED"},
            lambda it: account.balances(it, traded),
        )

    async def positions(self, symbols: tuple[str, ...]) -> Mapping[str, Held]:
        """Those of `symbols`; Halt where they are held with cross margin."""
        found: dict[str, Held] = {}
        for currency in sorted({quote_of(symbol) for symbol in symbols}):
            category = CATEGORIES[self._kind]
            asked = {"category": category, "settleCoin": currency, "limit": _POSITIONS}
            rows = await all_rows(
                self._asking, "the positions", endpoints.POSITIONS, asked, category
            )
            ours = tuple(it for it in symbols if quote_of(it) == currency)
            found |= self._asking.understood(
                "the positions", partial(account.positions, rows, ours)
            )
        if found and not (await self.account()).isolated:
            raise Halt(f"`{min(found)}` is held with cross margin: {account.ISOLATED}")
        return found

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first."""
        asked = {
            "accountType": "UNIFIED",
            "category": category_of(symbol),
            "currency": quote_of(symbol),
            "type": account.SETTLEMENT,
            "limit": _PAYMENTS,
        }
        found: list[Funding] = []
        for week in weeks(since_ms, self._clock()):
            rows = await all_rows(
                self._asking, "the funding", endpoints.PAYMENTS, asked | week, None
            )
            found += self._asking.understood("the funding", partial(account.fundings, rows, symbol))
        return found

    async def account_id(self) -> str:
        """What the exchange calls the account; empty where it does not tell."""
        return await self._asking.read("the account", endpoints.KEY, {}, account.account_id)

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do, in the exchange's words."""
        return await self._asking.read(
            "the key's permissions", endpoints.KEY, {}, account.facts, "audit"
        )
