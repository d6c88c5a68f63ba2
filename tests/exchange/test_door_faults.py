"""Reads that fail: errors that say what is wrong and what to do."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.transport import Transport
from runner.model.errors import Refused, Unavailable
from runner.model.orders import Unknown
from tests.exchange.asked import ENTRY
from tests.exchange.scripted import (
    NOW,
    PINNED,
    Loopback,
    Reply,
    ask,
    door,
    opened,
    refusal,
    serving,
)

KEY_FAULTS = {-2014: "has not the form", -2008: "does not know this key", -1022: "`api_secret`"}
KEY_FAULTS |= {-2015: "this address is not on its list", -1002: "does not let this key"}


@pytest.mark.parametrize(("code", "words"), KEY_FAULTS.items())
def test_a_wrong_key_is_refused_and_says_what_may_be_wrong(code: int, words: str) -> None:
    """Also after calls that went well: ccxt then takes -2015 for a passing overload."""
    good = Reply({"balances": []})

    async def act() -> None:
        answers = {"GET /api/v3/account": [good, refusal(code, "Library words.", 401)]}
        async with door(answers) as (client, _):
            await client.balances()
            with pytest.raises(Refused, match=words) as refused:
                await client.balances()
            assert "Library" not in str(refused.value)

    asyncio.run(act())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply("", 500), r"binance does not tell the balances \(HTTP 500\): try again later"),
        (refusal(-1001, "Disconnected."), r"\(-1001: Disconnected\.\): try again later"),
        (Reply("<html>", 403), "firewall refuses this address"),
        (Reply("", 429, {"Retry-After": "7"}), r"limits this address \(HTTP 429\): wait 7 s"),
        (Reply("", 418, {"Retry-After": "soon"}), r"\(HTTP 418\): wait a minute"),
        (Reply("<html>", 200), "unclearly: it is not JSON"),
        (Reply("", 302, {"Location": "/x"}), "HTTP 302"),
        (Reply(act="drop"), "api.binance.com dropped the connection; try again later"),
        (Reply(act="hang"), "api.binance.com did not answer in time"),
    ],
)
def test_a_read_that_fails_says_what_and_where(
    answer: Reply, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    with pytest.raises(Unavailable, match=words):
        ask(lambda client: client.balances(), {"GET /api/v3/account": answer})


def test_a_place_that_is_not_served_is_refused() -> None:
    with pytest.raises(Refused, match="does not serve this place"):
        ask(
            lambda client: client.server_time(),
            {"GET /api/v3/time": Reply({"code": 0, "msg": "Restricted."}, 451)},
        )


@pytest.mark.parametrize(
    ("server", "words"), [(-3200, "3.2 s ahead of"), (90_000, "90.0 s behind")]
)
def test_a_wrong_clock_is_measured(server: int, words: str) -> None:
    answers = {
        "GET /api/v3/account": refusal(-1021, "Timestamp for this request is outside."),
        "GET /api/v3/time": {"serverTime": NOW + server},
    }

    with pytest.raises(Unavailable, match=f"this clock is {words} that of binance"):
        ask(lambda client: client.balances(), answers)


def test_an_exchange_that_comes_back_at_another_port_is_found_again() -> None:
    async def act() -> tuple[int, int]:
        async with serving({"GET /api/v3/time": {"serverTime": 1}}) as (_, transport):
            client = await opened(transport)
            first = await client.server_time()
        async with serving({"GET /api/v3/time": {"serverTime": 2}}) as (_, moved):
            assert isinstance(transport.resolver, Loopback)
            assert isinstance(moved.resolver, Loopback)
            transport.resolver.port = moved.resolver.port
            second = await client.server_time()
            await client.close()
        return first, second

    assert asyncio.run(act()) == (1, 2)


class Nowhere(Loopback):
    """A name server that knows no name."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        raise OSError("no such name")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("closed", "api.binance.com cannot be reached"),
        ("stranger", r"api.binance.com does not prove that it is api.binance.com \(certificate\)"),
        ("nameless", "the address of api.binance.com cannot be found"),
    ],
)
def test_an_exchange_that_is_not_there_is_named_and_why(fault: str, words: str) -> None:
    async def act() -> None:
        async with serving({}) as (exchange, transport):
            port = transport.resolver.port if isinstance(transport.resolver, Loopback) else 0
            there = {
                "closed": Transport(Loopback(1), transport.ssl_context),
                "stranger": Transport(Loopback(port), ssl.create_default_context()),
                "nameless": Transport(Nowhere(port), transport.ssl_context),
            }[fault]
            client = await opened(there)
            with pytest.raises(Unavailable, match=words):
                await client.server_time()
            outcome = await client.submit((ENTRY,), PINNED)
            await client.close()

        assert isinstance(outcome, Unknown)
        assert exchange.sent == []

    asyncio.run(act())
