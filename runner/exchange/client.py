"""The door to exchanges through ccxt; no other module uses it.

In: orders and questions in our words, a key. Out: outcomes and values in our words. ccxt signs,
paces and addresses; what leaves and what comes back is read by ourselves (`wire.py`). Neither the
key nor a signed address can be seen from outside, or gets into a message, a log or a traceback.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn, TypeVar

from runner.exchange.asking import Asking
from runner.exchange.balances import Balance
from runner.exchange.budget.pace import Pace
from runner.exchange.budget.window import Use
from runner.exchange.connecting import aiohttp, connector
from runner.exchange.dialect import BarRow, Dialect, Line, Requests, Standing, spoken_at
from runner.exchange.keys.asked import ASKED
from runner.exchange.keys.stripping import stripped
from runner.exchange.library import Library, about_orders, agent_of
from runner.exchange.permitted import require_permitted
from runner.exchange.recording import Record, Recording
from runner.exchange.scrubbing import Scrubber
from runner.exchange.sites import SITES
from runner.exchange.transport import Transport
from runner.exchange.wire import Wire
from runner.exchange.writing import Writing
from runner.model.accounts import CREDENTIALS, Permission, Venue
from runner.model.bars import Timeframe
from runner.model.digests import sha256
from runner.model.errors import Halt, KeyRefused, Refused
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market, MarketKind
from runner.model.orders import OPENING, OrderReport, OrderRequest, Outcome, Pinned
from runner.model.secrets import Secret

#: Of a rule file: of ccxt.
FIELDS = {
    "api_key": "apiKey",
    "api_secret": "secret",
    "passphrase": "password",
    "private_key": "privateKey",
    "wallet_address": "walletAddress",
}

T = TypeVar("T")

_SHORT = 16  # characters of a hash that people compare


class Client:
    """One account of one exchange at one venue; trades and asks about symbols of one kind.

    Reads raise `Unavailable` (they may be repeated) or `Refused`. Writes are sent once, by no layer
    again, and return an `Outcome`; they raise only before a byte has left.
    """

    __slots__ = (
        "_asking",
        "_dialect",
        "_fault",
        "_http",
        "_kind",
        "_library",
        "_name",
        "_symbols",
        "fingerprint",
        "key_faults",
        "vague",
        "venue",
        "window_ms",
    )

    def __init__(
        self,
        name: str,
        venue: Venue,
        kind: MarketKind,
        symbols: tuple[str, ...],
        clock: Callable[[], int],
        library: Library,
        http: aiohttp.ClientSession,
    ) -> None:
        self._name, self._kind, self._symbols = name, kind, symbols
        self.venue = venue
        self._fault = ""  # why nothing can be signed by the key
        self.fingerprint = ""  # which key signs, without telling the key; none without one
        self._library, self._http = library, http
        spoken = spoken_at(name)
        self.key_faults = spoken.words.key_faults  # code → what is wrong with the key
        self.vague = spoken.words.vague
        self.window_ms = spoken.window_ms  # how long after its pinned time a write may be taken
        self._asking = Asking(spoken.words, library, clock, spoken.time(kind))
        writing = Writing(spoken.words, library, kind)
        line = Line(venue, kind, symbols, clock, self._asking, writing)
        self._dialect: Dialect = spoken.dialect(line)

    @staticmethod
    async def open(
        exchange_name: str,
        venue: Venue,
        credentials: Mapping[str, Secret],
        permissions: frozenset[Permission],
        kind: MarketKind,
        symbols: tuple[str, ...],
        clock: Callable[[], int],
        transport: Transport | None,
        step: Callable[[str], None],
        pace: Pace | None,
        record: Record,
        beside: Iterable[Secret] = (),
    ) -> Client:
        """`transport` is `None` but for the exchange on this machine; that one asks for no pace.

        `clock` signs reads; `step` hears `socket:submit:before`, `socket:read:after` and the like;
        `record` hears of every call that has left, for the audit log. `beside`: secrets of another
        door to the account, which are taken out of answers like this one's.
        """
        _refuse_unknown(exchange_name)
        fields = CREDENTIALS[exchange_name]
        if set(credentials) != set(fields):
            raise Refused(f"credentials of {exchange_name} are {listed(fields)}, no more, no less")
        http = aiohttp.ClientSession(connector=connector(transport), trust_env=False)
        permit = partial(require_permitted, exchange_name, venue, permissions)
        spoken = spoken_at(exchange_name)
        key = fingerprint(exchange_name, credentials)
        names = {spoken.market_id(symbol): symbol for symbol in symbols}
        refusal = spoken.words.refusal
        recording = Recording(exchange_name, venue, key, names, refusal, clock, record)
        scrubber = Scrubber([it.reveal() for it in (*credentials.values(), *beside)])
        scrub = partial(_without, exchange_name, credentials, scrubber)
        wire = Wire(http, permit, step, scrub, recording)
        keys = {FIELDS[ours]: credentials[ours].reveal for ours in fields}
        library = Library(exchange_name, venue, keys, clock, wire, pace)
        client = Client(exchange_name, venue, kind, symbols, clock, library, http)
        client.fingerprint = key
        client._fault = next(_faults_of(credentials), "")
        return client

    @staticmethod
    async def public(
        exchange_name: str,
        kind: MarketKind,
        clock: Callable[[], int],
        transport: Transport | None,
        step: Callable[[str], None],
        pace: Pace | None,
    ) -> Client:
        """Live prices without a key: only what everybody may see can be asked for."""
        _refuse_unknown(exchange_name)
        live = Venue.LIVE
        http = aiohttp.ClientSession(connector=connector(transport), trust_env=False)
        permit = partial(require_permitted, exchange_name, live, frozenset[Permission]())
        refusal = spoken_at(exchange_name).words.refusal
        keyless = Recording(exchange_name, live, "", {}, refusal, clock, lambda call: None)
        wire = Wire(http, permit, step, lambda _, text: text, keyless)
        library = Library(exchange_name, live, {}, clock, wire, pace)
        return Client(exchange_name, live, kind, (), clock, library, http)

    async def close(self) -> None:
        """Ends all connections."""
        await self._library.close()
        await self._http.close()

    async def market(self, symbol: str) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        return await self._dialect.market(symbol)

    async def server_time(self) -> int:
        """The exchange's clock, UTC milliseconds."""
        return await self._asking.server_time()

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        return await self._dialect.bars(symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price; their volume means nothing."""
        return await self._dialect.mark_bars(symbol, timeframe, since_ms, limit)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""
        return await self._dialect.rates(symbol, since_ms)

    async def balances(self) -> Mapping[str, Balance]:
        """What is held of each currency; of futures the wallet, margins and all."""
        return await self._dialect.balances()

    async def positions(self) -> Mapping[str, Held]:
        """Open positions of this client's symbols; none on spot."""
        if self._kind is MarketKind.SPOT:
            return {}
        return await self._dialect.positions()

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode is checked, isolated margin and leverage are set; nothing on spot."""
        self._ours(symbol)
        if self._kind is MarketKind.FUTURES:
            await self._dialect.prepare(symbol, leverage)

    async def admit(self, requests: Requests) -> str:
        """Waits until the exchange's limits let these orders be submitted; see `Library.admit`."""
        endpoint, asked = self._dialect.submission(requests)
        opens = any(request.purpose in OPENING for request in requests)
        use = Use.ENTRY if opens else Use.EXIT
        return await self._library.admit(endpoint, asked, use, len(requests))

    async def standing(self, symbol: str) -> Standing:
        """How the account holds a contract: what `prepare` would find; nothing is set."""
        return await self._dialect.standing(symbol)

    async def submit(self, requests: Requests, pinned: Pinned) -> Outcome:
        """One order, or on spot a stop and a target of which one cancels the other (OCO)."""
        self._ours(*(request.symbol for request in requests))
        with about_orders(signed=True):
            return await self._dialect.submit(requests, pinned)

    async def cancel(self, requests: Requests, pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""
        self._ours(*(request.symbol for request in requests))
        with about_orders(signed=True):
            return await self._dialect.cancel(requests, pinned)

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        with about_orders(signed=False):
            return await self._dialect.order(request)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        with about_orders(signed=False):
            return await self._dialect.find(request, since_ms)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""
        return await self._dialect.open_orders(symbol)

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first; none on spot."""
        if self._kind is MarketKind.SPOT:
            return []
        return await self._dialect.fundings(symbol, since_ms)

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """Orders by which the exchange closed a position since `since_ms`; none on spot."""
        if self._kind is MarketKind.SPOT:
            return []
        return await self._dialect.liquidations(symbol, since_ms)

    async def account_id(self) -> str:
        """Tells whether two keys are of one account; empty where the exchange does not tell."""
        told = await self._dialect.account_id()
        return sha256(told.encode()).hexdigest()[:_SHORT] if told else ""

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do, in the exchange's words; the audit judges it.

        Nothing where the venue does not tell; that the key is known there has been seen then. Every
        key is audited before it signs anything else, so that one that cannot be sent ends here.
        """
        if self._fault:
            raise KeyRefused(self._fault)
        if SITES[self._name][self.venue].tells_keys:
            return await self._signed(self._dialect.key_facts())
        await self._signed(self.balances())
        return {}

    async def _signed(self, question: Awaitable[T]) -> T:
        """The first question that a key signs: one that cannot be built is the key's fault."""
        try:
            return await question
        except Halt as unbuilt:
            raise KeyRefused(f"{unbuilt}: see that the secret of the key is whole") from None

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open door to an exchange cannot be pickled or copied")

    def _ours(self, *symbols: str) -> None:
        for symbol in symbols:
            if symbol not in self._symbols:
                raise Halt(f"`{symbol}` is not traded through this door; nothing was sent")


def fingerprint(exchange_name: str, credentials: Mapping[str, Secret]) -> str:
    """Which key it is, by a few digits of a hash; nobody finds the key from them."""
    fields = CREDENTIALS[exchange_name]
    key = credentials["private_key" if "private_key" in fields else fields[0]]  # agents of a wallet
    return sha256(key.reveal().encode()).hexdigest()[:_SHORT]


def _faults_of(credentials: Mapping[str, Secret]) -> Iterator[str]:
    """Fields that no request can be signed by, each with the reason."""
    for field, secret in credentials.items():
        if fault := secret.fault_as(field):
            yield f"`{field}` {fault}"


def _refuse_unknown(exchange_name: str) -> None:
    if exchange_name not in SITES:
        raise Refused(f"not supported yet: `{exchange_name}`; there is {listed(SITES)}")


def _without(
    exchange: str, credentials: Mapping[str, Secret], scrubber: Scrubber, path: str, text: str
) -> str:
    """An answer without our own secrets, and one about keys without anybody's."""
    if any(asked.path == path for asked in ASKED[exchange]):
        text = _about_keys(exchange, text, _name_of(credentials))
    return scrubber.hide(text)


def _name_of(credentials: Mapping[str, Secret]) -> str:
    """By what an exchange tells the key from others: itself, or of a wallet's agent the address."""
    key = credentials.get("api_key")
    return key.reveal() if key else agent_of(credentials["private_key"].reveal())


def _about_keys(exchange: str, text: str, key: str) -> str:
    """Stripped where it is JSON; what else it may be could hold anything, and is not shown."""
    try:
        return json.dumps(stripped(exchange, json.loads(text), key))
    except (ValueError, RecursionError):
        return "not JSON"


def listed(words: Iterable[str]) -> str:
    """Words to choose from, in backticks."""
    return ", ".join(f"`{word}`" for word in sorted(words))
