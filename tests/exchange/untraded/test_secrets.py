"""No credential of these exchanges in anything that can be seen, whatever they answer."""

from __future__ import annotations

import asyncio
import base64
import copy
import logging
import pickle
from typing import Any
from urllib.parse import quote

import pytest

from runner.exchange import library
from runner.exchange.client import Client
from runner.exchange.importing import async_exchange
from runner.model.accounts import Venue
from runner.model.exchanges import AUDITED
from runner.model.markets import MarketKind
from tests.canaries.scanner import Scanner
from tests.exchange.scripted import Reply, serving
from tests.exchange.test_door_secrets import seen
from tests.exchange.untraded.room import READ
from tests.exchange.untraded.told import AGENTS, KEYS, NOW, QUESTION, TIME, secrets, told


def scanner(exchange: str) -> Scanner:
    """Of all fields; a wallet's address is no secret, and is shown nowhere all the same.

    Of the name of Coinbase's key, what is not the same of all.
    """
    fields = dict(KEYS[exchange])
    if exchange == "coinbase":
        fields["api_key"] = fields["api_key"].rpartition("/")[2]
    return Scanner({field: text.removeprefix("0x") for field, text in fields.items()})


def echo(exchange: str) -> str:
    """All of them, plain and encoded, as an exchange might quote what it was sent."""
    texts = list(KEYS[exchange].values())
    coded = [base64.b64encode(text.encode()).decode() for text in texts]
    hexed = [text.encode().hex() for text in texts]
    return " ".join((*texts, *coded, *hexed, *(quote(text, safe="") for text in texts)))


def _places(exchange: str) -> tuple[str, ...]:
    return QUESTION[exchange], TIME[exchange], AGENTS


def faults(exchange: str) -> list[Reply]:
    words = echo(exchange)
    return [
        Reply(act="drop"),
        Reply(act="hang"),
        Reply(f"<html>{words}</html>", 403),
        Reply(f"<html>{words}</html>", 502),
        Reply(f"{{{words}", 200),
        Reply([words]),
        Reply({"error": [f"EAPI:Invalid key {words}"], "echo": words}, 200),
        Reply({"error": words, "message": words}, 401),
        Reply({"code": "400003", "msg": words}, 401),
        Reply({"code": words, "msg": words}, 400),
        Reply({"label": "INVALID_KEY", "message": words}, 401),
        Reply({"label": words, "message": words}, 400),
        Reply({"role": words, "data": {"user": words}}),
        Reply({"code": "200000", "data": {"permission": words, "remark": words}}),
        Reply({"error": [], "result": {"permissions": [words], "apiKeyName": words}}),
        Reply([{"key": KEYS[exchange].get("api_key"), "name": words, "perms": [{"name": words}]}]),
        Reply({"can_view": words, "portfolio_uuid": words}),
        Reply("", 302, {"Location": f"https://elsewhere.example/{quote(words)[:500]}"}),
        Reply({"code": 1}, 429, {"Retry-After": words[:200]}),
    ]


@pytest.mark.parametrize("exchange", AUDITED)
def test_no_answer_makes_a_secret_visible(
    exchange: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 150)
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("ccxt"), "level", logging.DEBUG)
    shown: list[str] = []
    records: list[Any] = []

    async def act() -> None:
        async with serving({}) as (scripted, transport):
            client = await Client.open(
                exchange, Venue.LIVE, secrets(exchange), READ, MarketKind.SPOT, (),
                lambda: NOW, transport, lambda _: None, None, records.append,
            )  # fmt: skip
            for fault in faults(exchange):
                good = told(exchange)
                for answers in (dict.fromkeys(_places(exchange), fault), good | {AGENTS: fault}):
                    scripted.answers = dict(answers)
                    for question in (client.key_facts, client.server_time):
                        try:
                            shown.append(seen(await question()))
                        except Exception as failure:
                            shown.append(seen(failure))
            shown.append(seen(client) + seen(client._library) + seen(client._library._ccxt))
            shown.append(repr(vars(client._library._ccxt)))
            await client.close()

    asyncio.run(act())
    printed = capfd.readouterr()
    look = scanner(exchange)

    assert len(shown) == 19 * 4 + 2
    assert [found for text in shown for found in look.found(text)] == []
    assert [found for it in records for found in look.found(repr(it))] == []
    assert look.found(caplog.text + printed.out + printed.err) == []
    assert len(records) > 19


@pytest.mark.parametrize("exchange", AUDITED)
def test_the_search_finds_them_where_they_leak(exchange: str) -> None:
    """The negative control: a library that is left as it is shows them."""
    names = {
        "api_key": "apiKey",
        "api_secret": "secret",
        "passphrase": "password",
        "private_key": "privateKey",
        "wallet_address": "walletAddress",
    }
    leaky = async_exchange(exchange)({names[it]: text for it, text in KEYS[exchange].items()})

    assert set(scanner(exchange).found(repr(vars(leaky)))) >= set(KEYS[exchange])
    assert set(scanner(exchange).found(echo(exchange))) >= set(KEYS[exchange])


@pytest.mark.parametrize("exchange", AUDITED)
def test_a_door_cannot_be_pickled_copied_or_made_to_talk(
    exchange: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async def act() -> None:
        async with serving(told(exchange)) as (_, transport):
            client = await Client.open(
                exchange, Venue.LIVE, secrets(exchange), READ, MarketKind.SPOT, (),
                lambda: NOW, transport, lambda _: None, None, lambda _: None,
            )  # fmt: skip
            for thing in (client, client._library, client._library._ccxt):
                for steal in (pickle.dumps, copy.copy, copy.deepcopy):
                    with pytest.raises(TypeError):
                        steal(thing)
            inner = client._library._ccxt
            inner.verbose = True
            await client.key_facts()
            assert inner.verbose is False
            assert (inner.last_request_headers, inner.last_request_url) == (None, None)
            await client.close()

    asyncio.run(act())

    assert capfd.readouterr() == ("", "")
