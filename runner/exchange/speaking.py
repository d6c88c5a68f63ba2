"""What dialects have in common: two halves that ask, and the methods that hand on to them.

`Surveying` of an exchange asks about its markets and the account, `Seeking` about orders. A dialect
is these, what it sends itself, and whatever its exchange does in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

from runner.exchange.balances import Balance
from runner.exchange.dialect import Line, Requests
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate
from runner.model.orders import OrderReport, OrderRequest


class Surveys(Protocol):
    """What every exchange is asked about markets and the account."""

    async def balances(self) -> Mapping[str, Balance]:
        """By currency."""

    async def key_facts(self) -> Mapping[str, Any]:
        """Of the key that signs."""


class SurveysContracts(Surveys, Protocol):
    """The same where it has contracts."""

    async def positions(self, symbols: tuple[str, ...]) -> Mapping[str, Held]:
        """Those of `symbols` that hold something."""

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """Settled since then, oldest first."""

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Paid and received since then, oldest first."""


class Seeks(Protocol):
    """What every exchange is asked about orders."""

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """By our id."""

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """From a second source."""

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Whoever placed them."""


class SeeksForced(Seeks, Protocol):
    """The same where positions are liquidated."""

    async def forced(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """By which the exchange closed a position."""


Surveying = TypeVar("Surveying", bound=Surveys)
Seeking = TypeVar("Seeking", bound=Seeks)
SurveyingContracts = TypeVar("SurveyingContracts", bound=SurveysContracts)
SeekingForced = TypeVar("SeekingForced", bound=SeeksForced)


class Speaking(Generic[Surveying, Seeking]):
    """Methods of `Dialect` that say the same at every exchange."""

    __slots__ = ("_line", "_seeking", "_surveying")

    def __init__(self, line: Line, surveying: Surveying, seeking: Seeking) -> None:
        self._line, self._surveying, self._seeking = line, surveying, seeking

    async def balances(self) -> Mapping[str, Balance]:
        """What is held of each currency; of futures the wallet, margins and all."""
        return await self._surveying.balances()

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange tells of this key, in its own words."""
        return await self._surveying.key_facts()

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        return await self._seeking.order(request)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        return await self._seeking.find(request, since_ms)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it: stops and targets as well."""
        return await self._seeking.open_orders(symbol)


class SpeakingOfContracts(Speaking[SurveyingContracts, SeekingForced]):
    """The same where the exchange has contracts that runner trades."""

    __slots__ = ()

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""
        return await self._surveying.rates(symbol, since_ms)

    async def positions(self) -> Mapping[str, Held]:
        """Open positions of the line's symbols."""
        return await self._surveying.positions(self._line.symbols)

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first."""
        return await self._surveying.fundings(symbol, since_ms)

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position since `since_ms`."""
        return await self._seeking.forced(symbol, since_ms)


def alone(exchange: str, requests: Requests) -> OrderRequest:
    """The one order where the exchange takes no pairs under our ids; raises Halt for more."""
    if len(requests) != 1:
        several = f"not supported yet: several orders in one request of {exchange}"
        raise Halt(f"{several}; nothing was sent")
    return requests[0]
