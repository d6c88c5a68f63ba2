"""ccxt behind bars: it signs, weighs and addresses requests, and that is all it does here.

How fast they go is the budget's matter: ccxt would pace one process as if there were no other, and
gives no credit for having been idle. It keeps, logs and pickles neither the key nor a signed
address, and its own reading of answers is switched off: `wire.py` reads them as they were written.
It knows the addresses of one venue only.
"""

from __future__ import annotations

import logging
import ssl
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex
from typing import Any, NoReturn
from urllib.parse import urlsplit

from runner.exchange.budget.pace import Late, Pace, Ticket
from runner.exchange.budget.told import Reply
from runner.exchange.budget.window import Use
from runner.exchange.connecting import aiohttp
from runner.exchange.importing import address_of, async_exchange, error_class
from runner.exchange.sites import SITES, Site
from runner.exchange.wire import CALL, Call, Wire
from runner.model.accounts import Venue
from runner.model.errors import Halt, RunnerError, Unavailable

#: Stand for the key, or for a wallet and its agent, in a question about them: whoever asks does not
#: hold them.
OWN_KEY, OWN_WALLET, OWN_AGENT = object(), object(), object()
_TIMEOUT_MS = 10_000  # as long as Binance itself waits for its engine (rest-api.md, -1007)

#: The names under which ccxt lists the addresses of each venue.
_ADDRESSES = {
    Venue.LIVE: ("api",),
    Venue.TESTNET: ("test",),
    Venue.DEMO: ("demo", "demotrading"),  # of Binance, of Bybit
}

#: What each verb spends on; a `submit` that was not admitted before spends as an entry.
_USES = {
    "read": Use.READ,
    "audit": Use.READ,
    "prepare": Use.ENTRY,
    "submit": Use.ENTRY,
    "cancel": Use.EXIT,
}

#: A read waits for so long, over a minute's window; a write that is signed already for far less
#: than its window.
_READ_MS, _SIGNED_MS = 75_000, 2_000

#: Questions about an order of ours wait for so long, as exits do: what is placed or canceled next
#: hangs on them. `None`: the running task asks for something else.
_URGENT_MS: ContextVar[int | None] = ContextVar("URGENT_MS", default=None)

#: An order that is not signed yet waits for so long; an entry is for its moment.
_ADMITTED_MS = {Use.ENTRY: 5_000, Use.EXIT: 75_000}

#: Where the nonce is any word that was not used before, apart from the time that is signed: two
#: requests of one millisecond would be refused. Elsewhere the nonce is the time.
_ONCE = frozenset({"deribit"})


@contextmanager
def about_orders(*, signed: bool) -> Iterator[None]:
    """Within it reads spend what is kept for exits; `signed`: an order beside them is already."""
    token = _URGENT_MS.set(_SIGNED_MS if signed else _READ_MS)
    try:
        yield
    finally:
        _URGENT_MS.reset(token)


class Library:
    """One exchange of ccxt, sending through `wire`, as fast as `pace` lets it; `None`: at once."""

    __slots__ = ("_admitted", "_ccxt", "_clock", "_expected", "_pace")

    def __init__(
        self,
        exchange: str,
        venue: Venue,
        keys: Mapping[str, Callable[[], str]],
        clock: Callable[[], int],
        wire: Wire,
        pace: Pace | None,
    ) -> None:
        self._pace, self._clock = pace, clock
        self._admitted: Ticket | None = None
        site = SITES[exchange][venue]
        settings = {"session": wire, "timeout": _TIMEOUT_MS, "enableRateLimit": False}
        nonce = _once if exchange in _ONCE else lambda: _signed_at(clock)
        self._ccxt = _closed(async_exchange(exchange), keys, clock, nonce, site)(settings)
        self._ccxt.urls = {"api": _addresses(self._ccxt, venue, site)}
        # It connects nowhere: it sends through the wire, so that no authority needs to be trusted.
        self._ccxt.ssl_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ccxt.open()
        self._expected = (error_class(), aiohttp.ClientError, OSError)

    async def admit(self, endpoint: str, asked: Mapping[str, Any], use: Use, orders: int) -> str:
        """Waits until the next `submit` may leave; why an entry may not in time, if so.

        What is no entry raises Unavailable then: it is still to be sent.
        """
        if self._pace is None:
            return ""
        spacing_ms, most_ms = self._spacing_ms(endpoint, asked), _ADMITTED_MS[use]
        match await self._pace.take(use, endpoint, spacing_ms, orders, most_ms):
            case Ticket() as ticket:
                self._admitted = ticket
                return ""
            case Late(_, reason) if use is Use.ENTRY:
                return f"not sent in time: {reason}"
            case Late(_, reason):
                raise Unavailable(f"{reason}; nothing was sent")

    async def call(
        self, call: Call, endpoint: str, asked: Mapping[str, Any] | list[dict[str, Any]]
    ) -> Call:
        """Sends one request, once; its answer, or why there is none, is in `call`.

        `asked` is a list, of one order, where the exchange takes no other. Raises Unavailable where
        the exchange's limits do not let it through in time.
        """
        call.asked = one = asked[0] if isinstance(asked, list) else asked
        ticket = await self._ticket(call, endpoint, one)
        self._refuse_stale(call)
        token, stopped = CALL.set(call), None
        try:
            signed = self._said(one)
            await getattr(self._ccxt, endpoint)([signed] if isinstance(asked, list) else signed)
        except RunnerError as ours:
            stopped = type(ours)(*ours.args)  # a new one: the old one's frames hold what was signed
        except self._expected:
            if not call.sent:
                stopped = _unbuilt(endpoint)
        except Exception as mistake:
            forget(mistake)
            if call.sent or not isinstance(mistake, ValueError):
                raise
            stopped = _unbuilt(endpoint)  # of a library of ccxt's: a key in PEM that is damaged
        finally:
            CALL.reset(token)
        if self._pace is not None and ticket is not None and call.answer is not None:
            answer = call.answer
            reply = Reply(answer.status, answer.retry_after, answer.limits, answer.text)
            await self._pace.heard(ticket, reply)
        if stopped is not None:
            raise stopped
        return call

    async def _ticket(self, call: Call, endpoint: str, asked: Mapping[str, Any]) -> Ticket | None:
        """That of the order that was admitted; everything else waits here, before it is signed."""
        if self._pace is None:
            return None
        if call.verb == "submit" and self._admitted is not None:
            admitted, self._admitted = self._admitted, None
            if (shut := await self._pace.shut(admitted, _SIGNED_MS)) is not None:
                raise Unavailable(f"{shut.reason}; nothing was sent")
            return admitted
        use, orders = _USES[call.verb], int(call.verb == "submit")
        most_ms, urgent_ms = _READ_MS if use is Use.READ else _SIGNED_MS, _URGENT_MS.get()
        if use is Use.READ and urgent_ms is not None:
            use, most_ms = Use.EXIT, urgent_ms
        spacing_ms = self._spacing_ms(endpoint, asked)
        match await self._pace.take(use, endpoint, spacing_ms, orders, most_ms):
            case Late(_, reason):
                raise Unavailable(f"{reason}; nothing was sent")
            case ticket:
                return ticket

    def _refuse_stale(self, call: Call) -> None:
        """Raises Unavailable where waiting has taken so long that a write may arrive too late."""
        if self._pace is None or call.latest_ms is None or self._clock() <= call.latest_ms:
            return
        raise Unavailable(f"this {call.verb} is too old to be sent by now; nothing was sent")

    def _spacing_ms(self, endpoint: str, asked: Mapping[str, Any]) -> float:
        """How far apart ccxt would keep requests of this kind: what they weigh, in its tables."""
        entry = _row(type(self._ccxt), endpoint)
        cost = self._ccxt.calculate_rate_limiter_cost(
            entry.api, entry.method, entry.path, dict(asked), entry.config
        )
        return float(cost * self._ccxt.rateLimit)

    def _said(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters, with the key, the wallet or its agent where one stands for them."""
        return {name: self._own(it) for name, it in asked.items()}

    def _own(self, said: Any) -> Any:
        if said is OWN_KEY:
            return self._ccxt.apiKey
        if said is OWN_WALLET:
            return self._ccxt.walletAddress.lower()
        return agent_of(self._ccxt.privateKey) if said is OWN_AGENT else said

    async def close(self) -> None:
        """Lets go of the wire, which is closed by its owner."""
        await self._ccxt.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a door to an exchange cannot be pickled or copied")


def agent_of(private_key: str) -> str:
    """The address that a private key signs for; empty where it is none."""
    try:
        return address_of(private_key)
    except ValueError:
        return ""


def forget(mistake: BaseException | None) -> None:
    """Our own mistake keeps its kind and its lines, but no frame in which a key or a signature is.

    Crash reports print what frames held; what led to it is forgotten in the same way.
    """
    seen: list[BaseException] = []
    while mistake is not None and mistake not in seen:
        seen.append(mistake)
        traceback.clear_frames(mistake.__traceback__)
        mistake = mistake.__cause__ or mistake.__context__


def _unbuilt(endpoint: str) -> Halt:
    return Halt(f"the request {endpoint} cannot be built; nothing was sent")


def _closed(
    library: Any,
    keys: Mapping[str, Callable[[], str]],
    clock: Callable[[], int],
    nonce: Callable[[], int | str],
    site: Site,
) -> Any:
    """ccxt's class with its keys in closures; its memory, log and judgment switched off."""
    log = logging.getLogger("ccxt")
    log.addFilter(_above_debug)
    forgotten = property(lambda _: None, _nothing)
    members: dict[str, Any] = {name: _told(reveal) for name, reveal in keys.items()}
    return type(
        "Closed",
        (library,),
        members
        | {
            "verbose": property(lambda _: False, _nothing),
            "last_request_headers": forgotten,
            "last_request_body": forgotten,
            "last_request_url": forgotten,
            "last_http_response": forgotten,
            "last_json_response": forgotten,
            "last_response_headers": forgotten,
            "logger": log,
            "timeout_on_exit": 0,
            "headers": property(lambda _: _said_beside(site), _nothing),
            "nonce": lambda _: nonce(),
            "milliseconds": lambda _: _signed_at(clock),
            "parse_json": _nothing,
            "handle_errors": _nothing,
            "handle_http_status_code": _nothing,
            "__reduce__": Library.__reduce__,
        },
    )


def _row(library: type, endpoint: str) -> Any:
    """ccxt's row of an endpoint: its path, and what it costs there.

    The name leads to a function that holds the row; the row itself is further up.
    """
    found = (vars(parent).get(endpoint) for parent in library.__mro__)
    row = next((one for one in found if hasattr(one, "config")), None)
    if row is None:
        raise Halt(f"the library does not know the request {endpoint}; nothing was sent")
    return row


def _addresses(library: Any, venue: Venue, site: Site) -> dict[str, Any]:
    """ccxt's addresses of the venue, as far as they are hosts of ours; for others it has none.

    Its own switches are not used: `set_sandbox_mode` makes Binance refuse private calls of futures,
    and with all lists but one gone neither it nor `enable_demo_trading` leads anywhere else. Where
    a venue has no host of its own, it has the live one's, and a header (`Site.mark`).
    """
    lists = _ADDRESSES[Venue.LIVE if site.mark else venue]
    theirs = next((library.urls[name] for name in lists if library.urls.get(name)), None) or {}
    return _ours(library, theirs, site)


def _ours(library: Any, theirs: Mapping[str, Any], site: Site) -> dict[str, Any]:
    """Some exchanges list addresses by who may ask, and below that by market."""
    found: dict[str, Any] = {}
    for name, it in theirs.items():
        if isinstance(it, dict):
            found[name] = _ours(library, it, site)
        elif urlsplit(url := library.implode_hostname(it)).hostname in site.hosts:
            found[name] = url
    return found


def _said_beside(site: Site) -> dict[str, str]:
    """Headers of ours: the venue's, and those of the write that the running task sends."""
    call = CALL.get()
    return {**site.mark, **(call.headers if call is not None else {})}


def _signed_at(clock: Callable[[], int]) -> int:
    """The time that is signed: a write's pinned one, now for a read."""
    call = CALL.get()
    return clock() if call is None or call.pinned_ms is None else call.pinned_ms


def _once() -> str:
    """A word that nobody used before."""
    return token_hex(16)


def _told(reveal: Callable[[], str]) -> property:
    return property(lambda _: reveal(), _nothing)


def _nothing(*_: object) -> None:
    """In the place of what ccxt would keep or judge."""


def _above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG  # at DEBUG ccxt writes headers and signed addresses
