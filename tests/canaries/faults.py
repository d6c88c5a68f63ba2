"""What may go wrong between us and an exchange, with an exchange that tells all it knows."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from runner.exchange.transport import Transport
from tests.canaries.exchange import Fault
from tests.exchange.scripted import Loopback, Reply


def _escaped(good: Any, echo: str) -> Reply:
    """A good answer in which every text is an echo, letter by letter as JSON may write it."""
    letters = "".join(f"\\u{ord(letter):04x}" for letter in echo)
    return Reply(json.dumps(_with(good, "ECHO")).replace("ECHO", letters))


def _with(good: Any, word: str) -> Any:
    """The answer with this word for every text and every unknown name."""
    if isinstance(good, dict):
        return {name: _with(value, word) for name, value in good.items()} | {word: word}
    if isinstance(good, list):
        return [_with(value, word) for value in good]
    return word if isinstance(good, str) else good


#: What an exchange refuses, with an echo in its own form.
Refusals = dict[str, Fault]
#: By what is done; the exchange has been reached, and says nothing in its own words.
SPEECHLESS: dict[str, Fault] = {
    "drop": lambda good, echo: Reply(act="drop"),
    "hang": lambda good, echo: Reply(act="hang"),
    "500 with an echo": lambda good, echo: Reply(echo, 500),
    "HTML of a proxy": lambda good, echo: Reply(f"<html><p>{echo}</html>", 403),
    "HTML in place of JSON": lambda good, echo: Reply(f"<html><p>{echo}</html>", 200),
    "cut JSON": lambda good, echo: Reply(json.dumps({"echo": echo})[:-5], 200),
    "JSON of another kind": lambda good, echo: Reply([echo], 200),
    "a redirect": lambda good, echo: Reply("", 302, {"Location": f"https://other.example/{echo}"}),
    "an echo in every field": lambda good, echo: Reply(_with(good, echo)),
    "an escaped echo in every field": _escaped,
}
#: Of Binance.
REFUSALS: Refusals = {
    "an unknown error": lambda good, echo: Reply({"code": -9999, "msg": echo}, 400),
    "an echo as code": lambda good, echo: Reply({"code": echo, "msg": echo}, 400),
    "no such key": lambda good, echo: Reply({"code": -2015, "msg": echo}, 401),
    "no such time": lambda good, echo: Reply({"code": -1021, "msg": echo}, 400),
    "not enough money": lambda good, echo: Reply({"code": -2010, "msg": echo}, 400),
    "overloaded": lambda good, echo: Reply({"code": -1008, "msg": echo}, 503),
    "too many": lambda good, echo: Reply(
        {"code": -1003, "msg": echo}, 429, {"Retry-After": echo, "X-MBX-USED-WEIGHT-1M": echo}
    ),
    "banned": lambda good, echo: Reply({"code": -1003, "msg": echo}, 418, {"Retry-After": "1"}),
}
ANSWERED = SPEECHLESS | REFUSALS


class Nameless(AbstractResolver):
    """No name can be looked up."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError("there is no network")

    async def close(self) -> None: ...


def _closed_port(there: Transport) -> Transport:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return Transport(Loopback(port), there.ssl_context)


#: By what is done; the exchange is not reached.
UNREACHED: dict[str, Callable[[Transport], Transport]] = {
    "no such name": lambda there: Transport(Nameless(), there.ssl_context),
    "connection refused": _closed_port,
    "a certificate of somebody else": lambda there: Transport(
        there.resolver, ssl.create_default_context()
    ),
}
ORDER = "POST /api/v3/order"
#: Where in a run the fault comes: at every request, or only there.
PLACES = (
    "",
    "GET /api/v3/time",
    "/apiRestrictions",
    "/exchangeInfo",
    "GET /api/v3/account",
    "/klines",
    ORDER,
)
