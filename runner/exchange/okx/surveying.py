"""What OKX tells of its markets and of the account: read as it was told, in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from runner.exchange import reading
from runner.exchange.asking import Asking
from runner.exchange.balances import Balance
from runner.exchange.dialect import BarRow
from runner.exchange.okx import account, answers, bars, endpoints, instruments
from runner.exchange.okx.account import Account
from runner.exchange.okx.bars import Bars
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.symbols import family_of, instrument_id, kind_of
from runner.exchange.reading import Row
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind

_PAGE = 100  # most rows of one answer: funding rates, bills
_BILLS_MS = 6 * 86_400_000  # bills of the last 7 days are told apart from older ones
_ACCOUNT: dict[str, Any] = {}  # asks about the whole account


class Surveying:
    """Asks about one kind of market, and about the account; remembers how large contracts are."""

    __slots__ = ("_asking", "_clock", "_kind", "_known")

    def __init__(self, kind: MarketKind, asking: Asking, clock: Callable[[], int]) -> None:
        self._kind, self._asking, self._clock = kind, asking, clock
        self._known: dict[str, Instrument] = {}

    async def instrument(self, symbol: str) -> Instrument:
        """A market as it was told last; Refused, with a suggestion, where it is not traded."""
        return self._known.get(symbol) or await self._ask(symbol)

    async def _ask(self, symbol: str) -> Instrument:
        asked = {"instType": kind_of(symbol), "instId": instrument_id(symbol)}
        found = await self._asking.look_up(
            f"the market `{symbol}`",
            endpoints.INSTRUMENTS,
            asked,
            lambda it: instruments.instrument(it, symbol, iso(self._clock())[:10]),
            {instruments.NO_SUCH_INSTRUMENT},
        )
        if found is None:
            asked = {"instType": kind_of(symbol)}
            known = await self._asking.read(
                "its symbols", endpoints.INSTRUMENTS, asked, instruments.symbols
            )
            raise instruments.unknown(symbol, self._kind, known)
        self._known[symbol] = found
        return found

    async def market(self, symbol: str) -> Market:
        """A market's rules; of a contract with its first tier."""
        market = (await self._ask(symbol)).market
        if self._kind is MarketKind.SPOT:
            return market
        asked = {"instType": "SWAP", "tdMode": "isolated", "instFamily": family_of(symbol)}
        tier = await self._asking.read(
            f"the tiers of `{symbol}`",
            endpoints.TIERS,
            asked,
            partial(instruments.tier, symbol=symbol),
        )
        return replace(market, maintenance=tier.maintenance, max_leverage=tier.max_leverage)

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        lists = bars.SPOT if self._kind is MarketKind.SPOT else bars.CONTRACTS
        asked = Bars(self._asking, self._clock, lists, symbol, timeframe)
        return await asked.since(since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        asked = Bars(self._asking, self._clock, bars.MARKS, symbol, timeframe)
        return await asked.since(since_ms, limit)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""
        asked: dict[str, Any] = {"instId": instrument_id(symbol), "limit": _PAGE}
        found: dict[int, Rate] = {}
        while True:
            page = await self._asking.read(
                "the funding rates",
                endpoints.FUNDING_RATES,
                asked,
                partial(account.rates, symbol=symbol),
            )
            found |= {rate.at_ms: rate for rate in page if rate.at_ms >= since_ms}
            if len(page) < _PAGE or page[-1].at_ms < since_ms:
                return [found[at_ms] for at_ms in sorted(found)]
            asked["after"] = page[-1].at_ms

    async def balances(self) -> Mapping[str, Balance]:
        """By currency; of futures the wallet, margins and all."""
        told = account.spot_balances if self._kind is MarketKind.SPOT else account.balances
        return await self._asking.read("the balances", endpoints.BALANCES, _ACCOUNT, told)

    async def positions(self, symbols: tuple[str, ...]) -> Mapping[str, Held]:
        """Those of `symbols` that hold something."""
        ours = {instrument_id(symbol): await self.instrument(symbol) for symbol in symbols}
        return await self._asking.read(
            "the positions",
            endpoints.POSITIONS,
            {"instType": "SWAP"},
            partial(account.positions, instruments=ours),
        )

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first."""
        old = since_ms < self._clock() - _BILLS_MS
        endpoint = endpoints.OLD_BILLS if old else endpoints.BILLS
        asked: dict[str, Any] = {"instType": "SWAP", "type": account.FUNDING_FEE}
        asked |= {"begin": since_ms, "limit": _PAGE}
        rows: list[Row] = []
        while True:
            page = await self._asking.read("the funding", endpoint, asked, answers.bills)
            rows += page
            if len(page) < _PAGE:
                break
            asked["after"] = page[-1]["billId"]
        found = self._asking.understood("the funding", lambda: account.fundings(rows, symbol))
        return sorted(found, key=lambda payment: payment.at_ms)

    async def account(self) -> Account:
        """How the account is set."""
        return await self._asking.read("its settings", endpoints.CONFIG, _ACCOUNT, account.account)

    async def account_id(self) -> str:
        """The account's number, the same for all its keys."""
        return await self._asking.read(
            "the account",
            endpoints.CONFIG,
            _ACCOUNT,
            lambda document: reading.text(answers.only(document), "uid"),
        )

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do, in the exchange's words."""
        return await self._asking.read(
            "the key's permissions", endpoints.CONFIG, _ACCOUNT, answers.whole
        )
