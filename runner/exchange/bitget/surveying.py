"""What Bitget tells of its markets and of the account: read as it was told, in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.balances import Balance
from runner.exchange.bitget import accounts, endpoints, markets
from runner.exchange.bitget.endpoints import ENDPOINTS
from runner.exchange.bitget.symbols import ALL_CONTRACTS, MARGIN_COIN, at
from runner.exchange.bitget.words import UNIFIED
from runner.exchange.wire import Unreadable
from runner.model.clock import iso
from runner.model.errors import Refused, Unavailable
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind

_PAGE = 100  # most rows of one answer (Get-Account-Bill, Get-History-Funding-Rate)
_MONTH_MS = 30 * 86_400_000  # bills: at most 30 days between start and end
_ACCOUNT: dict[str, Any] = {}  # asks about the whole account


class Surveying:
    """Asks about one kind of market of one exchange, and about the account there."""

    __slots__ = ("_asking", "_clock", "_endpoints", "_kind", "_places")

    def __init__(self, kind: MarketKind, asking: Asking, clock: Callable[[], int]) -> None:
        self._kind, self._asking, self._clock = kind, asking, clock
        self._endpoints = ENDPOINTS[kind]
        self._places: dict[str, int] = {}  # of amounts to spend, as far as they are known

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        if self._kind is MarketKind.SPOT:
            return await self._spot_market(symbol)
        found, known = await self._asking.read(
            f"the market `{symbol}`",
            self._endpoints.markets,
            ALL_CONTRACTS,
            lambda it: (markets.contract(it, symbol, self._today()), markets.contract_symbols(it)),
        )
        if found is None:
            raise self._no_market(symbol, known)
        tier = await self._asking.read(
            f"the tiers of `{symbol}`",
            endpoints.TIERS,
            at(symbol),
            lambda document: markets.tier(document, symbol),
        )
        return replace(found, maintenance=tier.maintenance, max_leverage=tier.max_leverage)

    async def _spot_market(self, symbol: str) -> Market:
        found, places, known = await self._asking.read(
            f"the market `{symbol}`",
            self._endpoints.markets,
            _ACCOUNT,
            lambda it: (
                markets.spot_market(it, symbol, self._today()),
                markets.quote_places(it, symbol),
                markets.spot_symbols(it),
            ),
        )
        if found is None:
            raise self._no_market(symbol, known)
        self._places[symbol] = places
        return found

    async def quote_places(self, symbol: str) -> int:
        """How many decimals an amount to spend may have; asked once."""
        if symbol not in self._places:
            await self._spot_market(symbol)
        return self._places[symbol]

    def _no_market(self, symbol: str, known: list[str]) -> Refused:
        help_ = markets.suggestion(symbol, known)
        return Refused(f"bitget has no {self._kind} market `{symbol}`{help_}")

    def _today(self) -> str:
        return iso(self._clock())[:10]

    async def balances(self) -> Mapping[str, Balance]:
        """By currency; of futures the wallet, margins and all."""
        spot = self._kind is MarketKind.SPOT
        told = accounts.spot_balances if spot else accounts.wallets
        asked = _ACCOUNT if spot else ALL_CONTRACTS
        return await self._asking.read("the balances", self._endpoints.balances, asked, told)

    async def positions(self, symbols: tuple[str, ...]) -> Mapping[str, Held]:
        """Those of `symbols` that hold something."""
        read = partial(accounts.positions, symbols=symbols)
        asked = ALL_CONTRACTS | {"marginCoin": MARGIN_COIN}
        return await self._asking.read("the positions", endpoints.POSITIONS, asked, read)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""
        found: dict[int, Rate] = {}
        number = 1
        while True:
            page = await self._asking.read(
                "the funding rates",
                endpoints.FUNDING_RATES,
                at(symbol) | {"pageSize": str(_PAGE), "pageNo": str(number)},
                partial(accounts.rates, symbol=symbol),
            )
            new = {rate.at_ms: rate for rate in page if rate.at_ms not in found}
            found |= new
            if len(page) < _PAGE or not new or min(new) < since_ms:
                return [found[at_ms] for at_ms in sorted(found) if at_ms >= since_ms]
            number += 1

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first."""
        found: list[Funding] = []
        now = self._clock()
        while True:
            until_ms = min(since_ms + _MONTH_MS, now)
            span = {"startTime": str(since_ms), "endTime": str(until_ms)}
            found += [it for it in await self._bills(symbol, span) if it.at_ms >= since_ms]
            if until_ms >= now:
                return sorted(found, key=lambda payment: payment.at_ms)
            since_ms = until_ms + 1

    async def _bills(self, symbol: str, span: dict[str, str]) -> list[Funding]:
        found: list[Funding] = []
        asked = ALL_CONTRACTS | {"businessType": accounts.FUNDING_FEE, "limit": str(_PAGE)} | span
        while True:
            page = await self._asking.read(
                "the funding",
                endpoints.BILLS,
                asked,
                lambda document: accounts.bills(document, symbol),
            )
            found += page.payments
            if page.count < _PAGE:
                return found
            if page.before in ("", asked.get("idLessThan")):
                raise Unavailable("bitget tells the same page of payments again; try again later")
            asked = asked | {"idLessThan": page.before}

    async def account_id(self) -> str:
        """The same for all keys of an account; it is told where its keys are."""
        facts = (await self.key_facts()).get("data")
        told = facts if isinstance(facts, dict) else {}
        return str(told.get("userId") or told.get("uid") or "")

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do: of a classic account, or of a unified one."""
        wanted = "the key's permissions"
        ask = partial(self._asking.look_up, wanted, verb="audit")
        classic = await ask(endpoints.KEY, _ACCOUNT, _facts, UNIFIED)
        if classic is not None:
            return classic
        return await self._asking.read(wanted, endpoints.UNIFIED_KEY, _ACCOUNT, _facts, "audit")


def _facts(document: Any) -> Mapping[str, Any]:
    """A mapping as it came."""
    if not isinstance(document, dict):
        raise Unreadable("not with fields")
    return document
