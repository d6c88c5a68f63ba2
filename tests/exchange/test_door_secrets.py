"""No key, secret or signature in anything that can be seen, whatever happens at the door."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import logging
import pickle
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from runner.exchange import library
from runner.exchange.client import Client
from runner.exchange.importing import async_exchange
from runner.exchange.scrubbing import Scrubber
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from runner.model.markets import MarketKind
from runner.model.secrets import Secret
from tests.exchange.asked import ENTRY, PAIR, STOP, pair_answer, row
from tests.exchange.scripted import (
    KEY,
    NOW,
    PINNED,
    SECRET,
    Reply,
    ask,
    door,
    opened,
    refusal,
    serving,
)

QUESTIONS: list[Callable[[Client], Awaitable[Any]]] = [
    lambda client: client.market("BTC/USDT"),
    lambda client: client.server_time(),
    lambda client: client.bars("BTC/USDT", Timeframe("1h", 3_600_000), NOW, 2),
    lambda client: client.balances(),
    lambda client: client.order(ENTRY),
    lambda client: client.open_orders("BTC/USDT"),
    lambda client: client.find(ENTRY, NOW),
    lambda client: client.key_facts(),
    lambda client: client.submit((ENTRY,), PINNED),
    lambda client: client.submit(PAIR, PINNED),
    lambda client: client.cancel((STOP,), PINNED),
    lambda client: client.cancel(PAIR, PINNED),
]
PATHS = [
    "GET /api/v3/exchangeInfo",
    "GET /api/v3/time",
    "GET /api/v3/klines",
    "GET /api/v3/account",
    "GET /api/v3/order",
    "GET /api/v3/openOrders",
    "GET /api/v3/allOrders",
    "GET /sapi/v1/account/apiRestrictions",
    "POST /api/v3/order",
    "POST /api/v3/orderList/oco",
    "DELETE /api/v3/order",
    "DELETE /api/v3/orderList",
]
ECHO = f"no such key {KEY} with {SECRET}"
FAULTS: list[Any] = [
    Reply(act="drop"),
    Reply(act="hang"),
    Reply(f"<html>{ECHO}</html>", 403),
    Reply(f"<html>{ECHO}</html>", 502),
    Reply(f"{{{ECHO}", 200),
    Reply({"echo": ECHO, "symbol": ECHO, "orderId": ECHO, "status": ECHO}, 200),
    Reply([ECHO], 200),
    refusal(-1102, ECHO),
    refusal(-2015, ECHO, 401),
    refusal(-1021, ECHO),
    refusal(-2010, ECHO),
    refusal(-9999, ECHO),
    Reply({"code": -1003, "msg": ECHO}, 429, {"Retry-After": ECHO}),
    Reply("", 302, {"Location": f"https://elsewhere.example/{KEY}"}),
    row(ENTRY, clientOrderId=KEY, side=SECRET),
    pair_answer(row(STOP, symbol=KEY)),
]


def seen(thing: Any) -> str:
    """All that a log, a crash report with locals, or a person could see of it."""
    if not isinstance(thing, BaseException):
        return f"{thing!r} {thing!s}"
    assert thing.__traceback__ is not None
    thing = thing.with_traceback(thing.__traceback__.tb_next)  # our own frame knows the canaries
    report = traceback.TracebackException.from_exception(thing, capture_locals=True)
    return "".join(report.format()) + repr(thing) + chains(thing)


def chains(error: BaseException | None) -> str:
    """Causes and contexts too, also those that a traceback would hide."""
    text = ""
    while error is not None:
        frames = traceback.walk_tb(error.__traceback__)
        values = [value for frame, _ in frames for value in frame.f_locals.values()]
        text += repr(error) + "".join(repr(value) for value in values)
        error = error.__cause__ or error.__context__
    return text


def forbidden(text: str) -> list[str]:
    return [word for word in (KEY, SECRET, KEY[:12], SECRET[:12], "signature=") if word in text]


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_no_failure_shows_a_secret(
    fault: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 150)
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("ccxt"), "level", logging.DEBUG)
    shown: list[str] = []

    async def act() -> None:
        async with door(dict.fromkeys(PATHS, fault)) as (client, exchange):
            for question in QUESTIONS:
                try:
                    shown.append(seen(await question(client)))
                except Exception as failure:
                    shown.append(seen(failure))
            assert len(exchange.sent) >= len(QUESTIONS)
            shown.append(seen(client) + seen(client._library) + seen(client._library._ccxt))
            shown.append(repr(vars(client._library._ccxt)))

    asyncio.run(act())
    printed = capfd.readouterr()

    assert len(shown) == len(QUESTIONS) + 2
    assert [word for text in shown for word in forbidden(text)] == []
    assert forbidden(caplog.text + printed.out + printed.err) == []


@pytest.mark.parametrize("permissions", [frozenset(), frozenset({Permission.READ})])
def test_what_is_stopped_before_the_socket_shows_no_secret(
    permissions: frozenset[Permission],
) -> None:
    async def act() -> list[str]:
        shown = []
        async with door({}, permissions=permissions) as (client, _):
            for question in QUESTIONS:
                try:
                    await question(client)
                except Exception as failure:
                    shown.append(seen(failure))
        return shown

    shown = asyncio.run(act())

    assert len(shown) == len(QUESTIONS)
    assert [word for text in shown for word in forbidden(text)] == []


def test_the_canary_is_found_where_it_leaks() -> None:
    """The search itself: a library left as it is leaks in ways that the search sees."""
    leaky = async_exchange("binance")({"apiKey": KEY, "secret": SECRET})
    signed = leaky.sign("order", ["private"], "GET", {})

    assert forbidden(repr(vars(leaky))) == [KEY, SECRET, KEY[:12], SECRET[:12]]
    assert forbidden(seen(signed["url"])) == ["signature="]


def test_a_door_cannot_be_pickled_copied_or_made_to_talk(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def act() -> None:
        async with door({"GET /api/v3/account": {"balances": []}}) as (client, _):
            for thing in (client, client._library, client._library._ccxt):
                for steal in (pickle.dumps, copy.copy, copy.deepcopy):
                    with pytest.raises(TypeError):
                        steal(thing)
            with pytest.raises(TypeError):
                vars(client)
            inner = client._library._ccxt
            inner.verbose = True
            await client.balances()
            assert inner.verbose is False
            assert (inner.last_request_headers, inner.last_request_url) == (None, None)

    asyncio.run(act())

    assert capfd.readouterr() == ("", "")


def test_the_key_signs_all_the_same() -> None:
    """The negative control: with the key hidden, requests still carry a right signature."""

    async def act() -> dict[str, str]:
        async with door({"GET /api/v3/account": {"balances": []}}) as (client, exchange):
            await client.balances()
            return exchange.sent[0].parameters

    sent = asyncio.run(act())
    signature = sent.pop("signature")

    expected = hmac.new(SECRET.encode(), urlencode(sent).encode(), hashlib.sha256).hexdigest()
    assert signature == expected


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"api_key": Secret(KEY)},
        {"api_key": Secret(KEY), "api_secret": Secret(SECRET), "passphrase": Secret("CANARY-p")},
        {"api_key": Secret(KEY), "secret": Secret(SECRET)},
    ],
)
def test_missing_or_surplus_credentials_are_refused(credentials: dict[str, Secret]) -> None:
    async def act() -> None:
        async with serving({}) as (_, transport):
            await Client.open(
                "binance",
                Venue.LIVE,
                credentials,
                frozenset(),
                MarketKind.SPOT,
                (),
                lambda: NOW,
                transport,
                print,
                None,
                print,
            )

    with pytest.raises(Refused, match="`api_key`, `api_secret`") as refused:
        asyncio.run(act())
    assert forbidden(seen(refused.value)) == []


def test_an_exchange_that_is_not_supported_is_refused_by_name() -> None:
    async def act() -> None:
        async with serving({}) as (_, transport):
            await Client.open(
                "mtgox",
                Venue.LIVE,
                {},
                frozenset(),
                MarketKind.SPOT,
                (),
                lambda: NOW,
                transport,
                print,
                None,
                print,
            )

    with pytest.raises(Refused, match="not supported yet: `mtgox`; there is `binance`"):
        asyncio.run(act())


def test_the_environment_cannot_put_a_proxy_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def act() -> int:
        async with serving({"GET /api/v3/time": {"serverTime": 5}}) as (_, transport):
            client = await opened(transport)
            try:
                return await client.server_time()
            finally:
                await client.close()

    assert asyncio.run(act()) == 5


def test_what_is_told_of_the_other_key_of_the_account_is_taken_out_too() -> None:
    other = Secret("CANARYnext" + "n" * 54)
    answer = {"balances": [], "note": f"was {other.reveal()}, is {other.reveal().encode().hex()}"}

    async def act(client: Client) -> str:
        call = await client._library.call(Call("read", None), "privateGetAccount", {})
        assert call.answer is not None
        return call.answer.text

    text, _ = ask(act, {"GET /api/v3/account": Reply(answer)}, beside=(other,))

    assert "CANARYnext" not in text
    assert "n" * 12 not in text
    assert b"n".hex() * 6 not in text


@pytest.mark.parametrize("secret", [KEY, "Q7;p\"5&100%=9+/?'\\<aK2>:wx#"])
def test_an_answer_without_a_quoted_secret_is_still_one(secret: str) -> None:
    answer = {"code": -2014, "msg": f'"{secret}" is no key, "{secret[:15]}" neither'}

    hidden = Scrubber([secret]).hide(json.dumps(answer))

    assert json.loads(hidden) == {"code": -2014, "msg": '"***" is no key, "***" neither'}


PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        (PEM, "order rejected: private key expired for BTCUSDT"),
        ("organizations/6f1a/apiKeys/9c2b", "no such key in organizations or apiKeys"),
        ("hunter2", "the market hunts on"),
    ],
)
def test_words_that_all_people_write_stay(secret: str, text: str) -> None:
    assert Scrubber([secret]).hide(text) == text


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("my pass phrase 1", "pp=my+pass+phrase+1"),
        ("Abc1234", "41626331323334"),
        ("Abc1234", "%41%62%63%31%32%33%34"),
    ],
)
def test_other_ways_of_writing_a_secret_are_taken_out(secret: str, text: str) -> None:
    assert "***" in Scrubber([secret]).hide(text)


def test_a_backslash_at_the_end_of_a_text_stays_one() -> None:
    key = "K7fQ2mZp9LwX4cRtY8vB"
    told = json.dumps({"msg": f"bad key {key[:16]}\\", "c": 1})

    assert json.loads(Scrubber([key]).hide(told))["c"] == 1
