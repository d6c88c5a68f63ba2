"""ccxt behind bars: it signs, paces and addresses requests, and that is all it does here.

It keeps, logs and pickles neither the key nor a signed address, and its own reading of answers is
switched off: `wire.py` reads them as they were written. It knows the addresses of one venue only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

import aiohttp

from runner.exchange.importing import async_exchange, error_class
from runner.exchange.sites import SITES, Site
from runner.exchange.wire import CALL, Call, Wire
from runner.model.accounts import Venue
from runner.model.errors import Halt, RunnerError

_TIMEOUT_MS = 10_000  # as long as Binance itself waits for its engine (rest-api.md, -1007)

#: The names under which ccxt lists the addresses of each venue.
_ADDRESSES = {Venue.LIVE: "api", Venue.TESTNET: "test", Venue.DEMO: "demo"}


class Library:
    """One exchange of ccxt, sending through `wire`; `paced` makes it wait as its tables say."""

    __slots__ = ("_ccxt", "_expected")

    def __init__(
        self,
        exchange: str,
        venue: Venue,
        keys: Mapping[str, Callable[[], str]],
        clock: Callable[[], int],
        wire: Wire,
        paced: bool,
    ) -> None:
        site = SITES[exchange][venue]
        settings = {"session": wire, "timeout": _TIMEOUT_MS, "enableRateLimit": paced}
        self._ccxt = _closed(async_exchange(exchange), keys, clock, site)(settings)
        self._ccxt.urls = {"api": _addresses(self._ccxt, venue, site)}
        self._ccxt.open()
        self._expected = (error_class(), aiohttp.ClientError, OSError)

    async def call(self, call: Call, endpoint: str, asked: Mapping[str, Any]) -> Call:
        """Sends one request, once; its answer, or why there is none, is in `call`."""
        token, stopped = CALL.set(call), None
        try:
            await getattr(self._ccxt, endpoint)(dict(asked))
        except RunnerError as ours:
            stopped = type(ours)(*ours.args)  # a new one: the old one's frames hold what was signed
        except self._expected:
            if not call.sent:
                stopped = Halt(f"the request {endpoint} cannot be built; nothing was sent")
        finally:
            CALL.reset(token)
        if stopped is not None:
            raise stopped
        return call

    async def close(self) -> None:
        """Lets go of the wire, which is closed by its owner."""
        await self._ccxt.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a door to an exchange cannot be pickled or copied")


def _closed(
    library: Any, keys: Mapping[str, Callable[[], str]], clock: Callable[[], int], site: Site
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
            "nonce": lambda _: _signed_at(clock),
            "milliseconds": lambda _: _signed_at(clock),
            "parse_json": _nothing,
            "handle_errors": _nothing,
            "handle_http_status_code": _nothing,
            "__reduce__": Library.__reduce__,
        },
    )


def _addresses(library: Any, venue: Venue, site: Site) -> dict[str, str]:
    """ccxt's addresses of the venue, as far as they are hosts of ours; for others it has none.

    Its own switches are not used: `set_sandbox_mode` makes Binance refuse private calls of futures,
    and with all lists but one gone neither it nor `enable_demo_trading` leads anywhere else. Where
    a venue has no host of its own, it has the live one's, and a header (`Site.mark`).
    """
    theirs = library.urls.get("api" if site.mark else _ADDRESSES[venue]) or {}
    found = {name: library.implode_hostname(url) for name, url in theirs.items()}
    return {name: url for name, url in found.items() if urlsplit(url).hostname in site.hosts}


def _said_beside(site: Site) -> dict[str, str]:
    """Headers of ours: the venue's, and those of the write that the running task sends."""
    call = CALL.get()
    return {**site.mark, **(call.headers if call is not None else {})}


def _signed_at(clock: Callable[[], int]) -> int:
    """The time that is signed: a write's pinned one, now for a read."""
    call = CALL.get()
    return clock() if call is None or call.pinned_ms is None else call.pinned_ms


def _told(reveal: Callable[[], str]) -> property:
    return property(lambda _: reveal(), _nothing)


def _nothing(*_: object) -> None:
    """In the place of what ccxt would keep or judge."""


def _above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG  # at DEBUG ccxt writes headers and signed addresses
