"""The wire: every request of the library passes here last, and every answer first.

The library is given a `Wire` in place of its HTTP session. What it signed is checked as it would
leave; it is sent once, without redirects; the answer is kept as the exchange wrote it, because the
library's exceptions do not tell whether an order exists.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

import yarl

from runner.exchange.budget.told import HEADERS
from runner.exchange.connecting import aiohttp
from runner.model.calls import CallOutcome
from runner.model.errors import Halt

Headers = Mapping[str, str]
Check = Callable[[str, str, Headers, bytes | None], None]  # method, address, …, body; raises Halt
Permit = Callable[[str, str, Headers, bytes | None], bool]  # the same; whether it is a write


class Unreadable(ValueError):
    """An answer is not what the exchange documents; the text says in what, without its content."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exchange answered: HTTP status, seconds to wait if it says so, and its text.

    `limits`: the headers that tell what is used of its limits, in small letters.
    """

    status: int
    retry_after: str
    text: str = field(repr=False)
    limits: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> Any:
        """The JSON value; raises Unreadable."""
        try:
            return json.loads(self.text, parse_constant=_no_number, object_pairs_hook=_no_repeats)
        except (ValueError, RecursionError):
            raise Unreadable("it is not JSON") from None

    def fields(self) -> dict[str, Any]:
        """The fields of a JSON object; none where the answer is something else."""
        try:
            document = self.document()
        except Unreadable:
            return {}
        return document if isinstance(document, dict) else {}


#: Of an order: what its answer means, in one word for the audit log.
Judge = Callable[[Answer], CallOutcome]


@dataclass(slots=True)
class Call:
    """One use of the door; what came of it is filled in on the way."""

    verb: str  # read, audit, prepare, submit or cancel
    check: Check | None  # the last look at a write; reads have none
    pinned_ms: int | None = None  # the time that a write is signed with; reads take the clock's
    latest_ms: int | None = None  # a write is not sent after it: it might arrive too late
    headers: Headers = field(default_factory=dict)  # what a write says beside what is signed
    judge: Judge | None = None  # of an order: what its answer means
    asked: Mapping[str, Any] = field(default_factory=dict)  # before the library signs it
    sent: bool = False
    answer: Answer | None = None
    failure: str = ""  # in our words, when there is no answer


#: The use of the door that the running task is in; outside of one nothing may leave.
CALL: ContextVar[Call | None] = ContextVar("CALL", default=None)


class Listener(Protocol):
    """Hears of every request that has left, once, with its answer or without."""

    def moment(self) -> tuple[int, float]:
        """When a request leaves, for `tell`."""

    def tell(
        self,
        call: Call,
        method: str,
        url: yarl.URL,
        headers: Mapping[str, str],
        began: tuple[int, float],
    ) -> None:
        """What came of it is in `call`; `headers` are those of the answer."""


class Wire:
    """Stands where the library expects an `aiohttp.ClientSession`.

    `permit` raises for what may not leave, and tells writes, which need a check of their own;
    `step` hears `socket:submit:before` and the like, for tests that kill; `scrub` takes secrets out
    of what is answered at a path; `listener` writes the audit log.
    """

    headers: dict[str, str] = {}  # noqa: RUF012  the library merges these into its own

    def __init__(
        self,
        http: aiohttp.ClientSession,
        permit: Permit,
        step: Callable[[str], None],
        scrub: Callable[[str, str], str],
        listener: Listener,
    ) -> None:
        http._retry_connection = False  # aiohttp would send GET, PUT and DELETE a second time
        self._http, self._permit, self._step, self._scrub = http, permit, step, scrub
        self._listener = listener

    def get(self, url: yarl.URL, **sent: Any) -> AbstractAsyncContextManager[Any]:
        """Called by the library."""
        return self._send("GET", url, **sent)

    def post(self, url: yarl.URL, **sent: Any) -> AbstractAsyncContextManager[Any]:
        """Called by the library."""
        return self._send("POST", url, **sent)

    def put(self, url: yarl.URL, **sent: Any) -> AbstractAsyncContextManager[Any]:
        """Called by the library."""
        return self._send("PUT", url, **sent)

    def delete(self, url: yarl.URL, **sent: Any) -> AbstractAsyncContextManager[Any]:
        """Called by the library."""
        return self._send("DELETE", url, **sent)

    @asynccontextmanager
    async def _send(
        self,
        method: str,
        url: yarl.URL,
        *,
        data: bytes | None,
        headers: dict[str, str],
        timeout: aiohttp.ClientTimeout,
        proxy: None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        call = self._checked(method, str(url), headers, data)
        call.sent = True
        self._step(f"socket:{call.verb}:before")
        began, told = self._listener.moment(), dict[str, str]()
        try:
            async with self._http.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                told |= response.headers
                text = (await response.read()).decode("utf-8", "replace")
                text = self._scrub(url.path, text)
                wait = response.headers.get("Retry-After", "")
                wait = wait if wait.isdecimal() and len(wait) < 16 else ""
                used = limits_of(response.headers)
                limits = {name: self._scrub("", value) for name, value in used.items()}
                call.answer = Answer(response.status, wait, text, limits)
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            call.failure = _words(failure, str(url.host))
            raise
        finally:
            self._listener.tell(call, method, url, told, began)
            self._step(f"socket:{call.verb}:after")
        yield response

    def _checked(self, method: str, url: str, headers: Headers, data: bytes | None) -> Call:
        call = CALL.get()
        if call is None or call.sent:
            raise Halt("the library tried to send a request that nobody asked for")
        writes = self._permit(method, url, headers, data)
        if call.check is not None:
            call.check(method, url, headers, data)
        elif writes or method != "GET":  # at Deribit, a GET may place an order
            raise Halt(f"reading may not {method} what changes something; nothing was sent")
        return call


def limits_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of an answer that tell of limits."""
    small = {name.lower(): text for name, text in headers.items()}
    return {name: text for name, text in small.items() if name.startswith(HEADERS)}


def _words(failure: Exception, host: str) -> str:
    match failure:
        case aiohttp.ClientConnectorDNSError():
            return f"the address of {host} cannot be found"
        case aiohttp.ClientSSLError():
            return f"{host} does not prove that it is {host} (certificate)"
        case aiohttp.ClientConnectorError():
            return f"{host} cannot be reached"
        case TimeoutError():
            return f"{host} did not answer in time"
        case _:
            return f"{host} dropped the connection"


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key appears twice")
    return document
