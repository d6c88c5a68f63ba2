"""What an exchange tells of its markets and of the account: read as it was told, in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from runner.exchange.asking import Asking
from runner.exchange.balances import Balance
from runner.exchange.binance import contracts, endpoints, forms, markets
from runner.exchange.binance.symbols import market_id
from runner.exchange.dialect import BarRow
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Refused
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind

# Most rows of one answer (usds-margined-futures: Get-Income-History, Get-Funding-Rate-History).
_PAYMENTS, _RATES = 1000, 1000
Dated = TypeVar("Dated", Funding, Rate)
_ACCOUNT: dict[str, Any] = {}  # asks about the whole account


class Surveying:
    """Asks about one kind of market of one exchange, and about the account there."""

    __slots__ = ("_asking", "_clock", "_endpoints", "_kind")

    def __init__(self, kind: MarketKind, asking: Asking, clock: Callable[[], int]) -> None:
        self._kind, self._asking, self._clock = kind, asking, clock
        self._endpoints = endpoints.ENDPOINTS[kind]

    async def spot_market(self, symbol: str) -> Market:
        """A spot market's rules; Refused, with a suggestion, where it is not traded."""
        found = await self._asking.look_up(
            f"the market `{symbol}`",
            self._endpoints.markets,
            {"symbol": market_id(symbol)},
            lambda document: markets.market(document, symbol, self._today()),
            {markets.NO_SUCH_SYMBOL},
        )
        if found is not None:
            return found
        known = await self._asking.read(
            "its symbols", self._endpoints.markets, _ACCOUNT, markets.symbols
        )
        raise self._no_market(symbol, known)

    async def contract(self, symbol: str) -> Market:
        """A contract's rules: all markets are in one answer, the tiers are told to the account."""
        found, known = await self._asking.read(
            f"the market `{symbol}`",
            self._endpoints.markets,
            _ACCOUNT,
            lambda it: (contracts.market(it, symbol, self._today()), contracts.symbols(it)),
        )
        if found is None:
            raise self._no_market(symbol, known)
        tier = await self._asking.read(
            f"the tiers of `{symbol}`",
            endpoints.TIERS,
            {"symbol": market_id(symbol)},
            lambda document: contracts.tier(document, symbol),
        )
        return replace(found, maintenance=tier.maintenance, max_leverage=tier.max_leverage)

    def _no_market(self, symbol: str, known: list[str]) -> Refused:
        help_ = markets.suggestion(symbol, known)
        return Refused(f"binance has no {self._kind} market `{symbol}`{help_}")

    def _today(self) -> str:
        return iso(self._clock())[:10]

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        return await self._bars(self._endpoints.bars, symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        return await self._bars(endpoints.MARK_BARS, symbol, timeframe, since_ms, limit)

    async def _bars(
        self, endpoint: str, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        if timeframe.text not in forms.TIMEFRAMES:
            known = ", ".join(f"`{word}`" for word in sorted(forms.TIMEFRAMES))
            raise Refused(f"binance has no bars of `{timeframe.text}`; there is {known}")
        span = {"interval": timeframe.text, "startTime": since_ms, "limit": limit}
        asked = {"symbol": market_id(symbol)} | span
        return await self._asking.read("the bars", endpoint, asked, markets.bars)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""
        return await self._pages(
            "the funding rates",
            endpoints.FUNDING_RATES,
            {"symbol": market_id(symbol)},
            partial(contracts.rates, symbol=symbol),
            since_ms,
            _RATES,
        )

    async def balances(self) -> Mapping[str, Balance]:
        """By currency; of futures the wallet, margins and all."""
        told = contracts.balances if self._kind is MarketKind.FUTURES else markets.balances
        return await self._asking.read("the balances", self._endpoints.balances, _ACCOUNT, told)

    async def account_id(self) -> str:
        """What the exchange calls the account; empty where it does not tell."""
        told = contracts.account_id if self._kind is MarketKind.FUTURES else markets.account_id
        return await self._asking.read("the account", self._endpoints.balances, _ACCOUNT, told)

    async def positions(self, symbols: tuple[str, ...]) -> Mapping[str, Held]:
        """Those of `symbols` that hold something."""
        read = partial(contracts.positions, symbols=symbols)
        return await self._asking.read("the positions", endpoints.POSITIONS, _ACCOUNT, read)

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first."""
        return await self._pages(
            "the funding",
            endpoints.INCOME,
            {"symbol": market_id(symbol), "incomeType": contracts.FUNDING_FEE},
            partial(contracts.fundings, symbol=symbol),
            since_ms,
            _PAYMENTS,
        )

    async def _pages(
        self,
        wanted: str,
        endpoint: str,
        asked: Mapping[str, str],
        read: Callable[[Any], list[Dated]],
        since_ms: int,
        limit: int,
    ) -> list[Dated]:
        """All rows since `since_ms`; a page that is full has a next one."""
        found: list[Dated] = []
        while True:
            page = dict(asked) | {"startTime": since_ms, "limit": limit}
            rows = await self._asking.read(wanted, endpoint, page, read)
            found += rows
            if len(rows) < limit:
                return found
            since_ms = rows[-1].at_ms + 1

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do, in the exchange's words."""
        return await self._asking.read(
            "the key's permissions",
            "sapiGetAccountApiRestrictions",
            _ACCOUNT,
            markets.facts,
            "audit",
        )
