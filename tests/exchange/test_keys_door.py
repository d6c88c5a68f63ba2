"""What is asked about a key, and what of the answer nobody gets to see."""

from __future__ import annotations

import inspect
import json
from typing import Any

import ccxt
import pytest

from runner.exchange.keys.asked import ASKED, is_told_at
from runner.exchange.keys.stripping import stripped
from runner.exchange.sites import SITES
from runner.model.accounts import CREDENTIALS, Venue


def test_every_request_of_an_audit_is_one_that_ccxt_can_send() -> None:
    for exchange, requests in ASKED.items():
        client = getattr(ccxt, exchange)
        sources = inspect.getsource(client)
        for asked in requests:
            assert hasattr(client(), asked.ccxt), asked
            assert asked.path.rpartition("/")[2] in sources, asked
            assert asked.source


def test_every_exchange_has_its_rows_and_where_it_is_asked() -> None:
    assert set(ASKED) == set(CREDENTIALS)
    for exchange in ASKED:
        assert is_told_at(exchange, Venue.LIVE)
    for venue, site in SITES["binance"].items():
        assert is_told_at("binance", venue) is site.tells_keys


CANARY = "CANARY-a7Qk2fXv"


def test_secrets_of_other_keys_are_dropped_at_the_door() -> None:
    own = {"client_id": "OWN", "client_secret": CANARY, "max_scope": "trade:read", "id": 1}
    other = {"client_id": CANARY, "client_secret": CANARY, "max_scope": CANARY, "name": CANARY}
    nameless = {"client_secret": CANARY, "max_scope": CANARY}
    answer = {"result": [other, own, nameless], "usIn": 1}

    left = stripped("deribit", answer, "OWN")

    assert left == {"result": [{"max_scope": "trade:read", "id": 1}], "usIn": 1}
    assert CANARY in json.dumps(answer), "the answer itself is not touched"


@pytest.mark.parametrize(
    ("exchange", "answer"),
    [
        ("deribit", {"result": {"scope": "x", "access_token": CANARY, "refresh_token": CANARY}}),
        ("deribit", {"result": {"deep": [{"client_id": "OWN", "client_secret": CANARY}]}}),
        ("bybit", {"result": {"apiKey": CANARY, "secret": CANARY, "rsaPublicKey": CANARY}}),
        ("kucoin", {"data": {"apiKey": CANARY, "remark": "x"}}),
        ("kraken", {"result": {"apiKey": CANARY, "iban": CANARY, "nonce": CANARY}}),
        ("gate", [{"key": CANARY, "name": CANARY}, {"key": "OWN", "name": "x"}]),
        ("hyperliquid", {"extraAgents": [{"address": CANARY}, {"address": "own"}]}),
        ("bingx", {"data": {"apiKeyList": [{"apiKey": CANARY, "note": "x"}]}}),
    ],
)
def test_what_is_left_of_an_answer_holds_no_secret(exchange: str, answer: Any) -> None:
    assert CANARY not in json.dumps(stripped(exchange, answer, "OWN"))


def test_the_own_key_is_hidden_wherever_it_stands() -> None:
    answer = {"note": f"made for {CANARY}", "list": [CANARY]}

    assert stripped("binance", answer, CANARY) == {"note": "***", "list": ["***"]}
