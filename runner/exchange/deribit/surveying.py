"""What Deribit tells of its markets and of the account: read as it was told, in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from runner.exchange.asking import Asking
from runner.exchange.balances import Balance
from runner.exchange.deribit import endpoints, markets
from runner.exchange.deribit.symbols import instrument_name
from runner.exchange.dialect import BarRow
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Refused
from runner.model.markets import Market

_PAGE = 1_000  # bars asked for at once; more than 5000 are not told (facts, exchanges 5)
_SPOT: dict[str, Any] = {"currency": "any", "kind": "spot"}
_ACCOUNT: dict[str, Any] = {}  # asks about the whole account


class Surveying:
    """Asks about the spot markets of Deribit, and about the account there."""

    __slots__ = ("_asking", "_clock")

    def __init__(self, asking: Asking, clock: Callable[[], int]) -> None:
        self._asking, self._clock = asking, clock

    async def market(self, symbol: str) -> Market:
        """A market's rules; Refused, with a suggestion, where it is not traded."""
        today = iso(self._clock())[:10]
        found, known = await self._asking.read(
            f"the market `{symbol}`",
            endpoints.MARKETS,
            _SPOT,
            lambda it: (markets.market(it, symbol, today), markets.symbols(it)),
        )
        if found is None:
            help_ = markets.suggestion(symbol, known)
            raise Refused(f"deribit has no spot market `{symbol}`{help_}")
        return found

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included.

        Stretches without a bar are gone through until now.
        """
        if timeframe.text not in markets.TIMEFRAMES:
            known = ", ".join(f"`{word}`" for word in sorted(markets.TIMEFRAMES))
            raise Refused(f"deribit has no bars of `{timeframe.text}`; there is {known}")
        found: list[BarRow] = []
        start = since_ms + -since_ms % timeframe.ms  # where the first one opens
        while len(found) < limit and start <= self._clock():
            end = start + _PAGE * timeframe.ms
            found += await self._bars(symbol, timeframe, start, end - 1)
            start = end
        return found[:limit]

    async def _bars(
        self, symbol: str, timeframe: Timeframe, start_ms: int, end_ms: int
    ) -> list[BarRow]:
        asked = {
            "instrument_name": instrument_name(symbol),
            "start_timestamp": start_ms,
            "end_timestamp": end_ms,
            "resolution": markets.TIMEFRAMES[timeframe.text],
        }
        read = partial(markets.bars, span_ms=timeframe.ms)
        rows = await self._asking.read("the bars", endpoints.BARS, asked, read)
        return [row for row in rows if start_ms <= row[0] <= end_ms]

    async def balances(self) -> Mapping[str, Balance]:
        """By currency."""
        return await self._asking.read(
            "the balances", endpoints.BALANCES, _ACCOUNT, markets.balances
        )

    async def account_id(self) -> str:
        """What the exchange calls the account; empty where it does not tell."""
        asked = {"extended": "true"}
        return await self._asking.read("the account", endpoints.BALANCES, asked, markets.account_id)

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange lists of this key.

        `public/auth`, which tells scopes too, is never asked: its address would carry the secret,
        and as it tells no addresses, no key could pass by it.
        """
        return await self._asking.read(
            "the key's permissions", endpoints.KEYS, _ACCOUNT, markets.facts, "audit"
        )
