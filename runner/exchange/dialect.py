"""What each exchange is spoken to in: one class of `NAME/dialect.py` with these methods.

A dialect knows paths, fields and rows of one exchange; the door around it (`client.py`) knows the
key, the wire and what may leave. Reads raise `Unavailable` (they may be repeated) or `Refused`;
writes are sent once and return an `Outcome`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol

from runner.exchange.asking import Asking, Time
from runner.exchange.balances import Balance
from runner.exchange.words import Words
from runner.exchange.writing import Form, Writing
from runner.model.accounts import Venue
from runner.model.bars import Timeframe
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind
from runner.model.orders import OrderReport, OrderRequest, Outcome, Pinned
from runner.model.values import dataclass

Requests = tuple[OrderRequest, ...]
BarRow = tuple[int, float, float, float, float, float]  # opened_at (UTC ms), open … close, volume


@dataclass(frozen=True, slots=True)
class Line:
    """What a dialect speaks through; `symbols` are those that are traded."""

    venue: Venue
    kind: MarketKind
    symbols: tuple[str, ...]
    clock: Callable[[], int]
    asking: Asking
    writing: Writing


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account holds a contract before `prepare` has changed anything."""

    hedges: bool
    isolated: bool
    leverage: Decimal


class Dialect(Protocol):
    """Everything that is asked of, or sent to, one kind of market of one exchange."""

    def __init__(self, line: Line) -> None: ...

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""

    async def balances(self) -> Mapping[str, Balance]:
        """What is held of each currency; of futures the wallet, margins and all."""

    async def positions(self) -> Mapping[str, Held]:
        """Open positions of the line's symbols; asked of futures only."""

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode is checked, isolated margin and leverage are set; futures only."""

    def submission(self, requests: Requests) -> Form:
        """The form that `submit` would send, as far as its cost depends on it."""

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order, or where the exchange has such, a stop and a target as a pair."""

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first; asked of futures only."""

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position since `since_ms`; futures only."""

    async def standing(self, symbol: str) -> Standing:
        """What `prepare` would find; nothing is set. Asked of futures only."""

    async def account_id(self) -> str:
        """The exchange's name of the account, the same for all its keys; empty: not told."""

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange tells of this key, in its own words, as `keys/NAME.py` reads it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One exchange's dialect, how it says no, and how its clock is asked for.

    `market_id`: its name of one of our symbols. `window_ms`: for how long after its pinned time a
    write may still be taken there, as we send it.
    """

    dialect: type[Dialect]
    words: Words
    time: Callable[[MarketKind], Time]
    market_id: Callable[[str], str]
    window_ms: int


def spoken_at(exchange: str) -> Spoken:
    """The module of one exchange is imported, and no other."""
    module = import_module(f"runner.exchange.{exchange}.dialect")
    spoken: Spoken = module.SPOKEN
    return spoken
