"""No answer, and each kind of no, where keys alone are asked about: a line of its own each."""

from __future__ import annotations

from typing import Any

import pytest

from runner.model.errors import KeyRefused, Refused, Unavailable
from runner.model.exchanges import AUDITED
from tests.exchange.scripted import Reply
from tests.exchange.untraded.room import asked, impatient
from tests.exchange.untraded.test_keys import facts, secret_in
from tests.exchange.untraded.told import (
    HTML,
    KEYS,
    NOW,
    TIME,
    time,
    told,
)


def _bad(code: Any, words: str, status: int = 400) -> Reply:
    return Reply({"code": code, "msg": words}, status)


def _label(label: str, status: int = 401) -> Reply:
    return Reply({"label": label, "message": f"x {KEYS['gate']['api_key']}"}, status)


def _error(word: str) -> Reply:
    return Reply({"error": [word]})


#: Exchange, what it answers, whether the key is at fault, words of the one line.
FAILED: list[tuple[str, Reply, bool, str]] = [
    ("kraken", _error("EAPI:Invalid key"), True, "it was deleted, disabled or has ended"),
    ("kraken", _error("EAPI:Invalid signature"), True, "`api_secret` does not belong to `api_key`"),
    ("kraken", _error("EAPI:Invalid nonce"), True, "another program uses it"),
    ("kraken", _error("EGeneral:Permission denied"), True, "address is not on its `IP allowlist`"),
    ("kraken", _error("ETrade:User Locked"), True, "ask its support"),
    ("kraken", _error("EAPI:Rate limit exceeded"), False, "limits this address"),
    ("kraken", _error("EService:Unavailable"), False, "permissions (EService:Unavailable): try"),
    ("kraken", Reply({"error": "x"}), False, "does not tell the key's permissions (HTTP 200)"),
    ("kucoin", _bad("400003", "KC-API-KEY not exists", 401), True, "does not know this key"),
    ("kucoin", _bad("400004", "KC-API-PASSPHRASE error", 401), True, "`passphrase` is not the one"),
    ("kucoin", _bad("400005", "Signature error", 401), True, "`api_secret` does not belong"),
    ("kucoin", _bad("400006", "1.2.3.4", 403), True, "not on the key's `IP restriction`"),
    ("kucoin", _bad("400007", "Access denied", 403), True, "tick `General`"),
    ("kucoin", _bad("400001", "missing", 401), True, "not signed"),
    ("kucoin", _bad("400008", "V1 & V2", 401), True, "make a new one"),
    ("kucoin", _bad("411100", "frozen", 401), True, "frozen this account"),
    ("kucoin", _bad("429000", "Too many requests", 429), False, "limits this address"),
    ("kucoin", _bad("500000", "Internal", 500), False, "permissions (500000: Internal): try again"),
    ("kucoin", _bad(None, "x", 200), False, "does not tell the key's permissions (HTTP 200)"),
    ("gate", _label("INVALID_KEY"), True, "gate does not know this key"),
    ("gate", _label("INVALID_SIGNATURE"), True, "`api_secret` does not belong to `api_key`"),
    ("gate", _label("IP_FORBIDDEN"), True, "not on the key's `IP whitelist`"),
    ("gate", _label("FORBIDDEN", 403), True, "give it `account` at least to read"),
    ("gate", _label("ACCOUNT_LOCKED", 403), True, "ask its support"),
    ("gate", _label("TOO_MANY_REQUESTS", 429), False, "limits this address"),
    ("gate", _label("SERVER_ERROR", 500), False, "(SERVER_ERROR: ***): try again"),
    ("gate", Reply([]), True, "does not list this key among those of the main account"),
    ("gate", Reply([{"key": "another", "name": "x"}]), True, "does not list this key"),
    ("gate", Reply({}), False, "not with the list that is documented"),
    ("coinbase", Reply("Unauthorized", 401), True, "refuses this key and does not say why"),
    ("coinbase", Reply({"error": "PERMISSION_DENIED", "message": "Missing required scopes"}, 403),
     True, "lacks a permission: tick `View`"),
    ("coinbase", Reply({"error": "unknown", "message": "Missing required scopes"}, 403), True,
     "lacks a permission: tick `View`"),
    ("coinbase", Reply({"error": "rate_limit_exceeded"}, 429), False, "limits this address"),
    ("coinbase", Reply({"error": "internal", "message": "x"}, 500), False, "(internal: x): try"),
    ("coinbase", Reply({"errors": []}), False, "does not tell the key's permissions (HTTP 200)"),
    ("hyperliquid", Reply("Failed to deserialize the JSON body", 422), False, "(HTTP 422): try"),
    ("hyperliquid", Reply({}, 429), False, "limits this address"),
    ("hyperliquid", Reply([]), False, "not with the object that is documented"),
    *((name, Reply("<html>blocked</html>", 403), False, "firewall") for name in AUDITED),
    *((name, Reply("<html>x</html>", 502), False, "(HTTP 502): try again") for name in AUDITED),
    *((name, Reply("<html>x</html>", 451), False, "does not serve this place") for name in AUDITED),
    *((name, Reply(act="drop"), False, "dropped the connection") for name in AUDITED),
]  # fmt: skip


@pytest.mark.parametrize("case", FAILED, ids=range(len(FAILED)))
def test_each_kind_of_no_has_its_own_line(case: tuple[str, Reply, bool, str]) -> None:
    exchange, answer, is_key, words = case

    with pytest.raises((Refused, Unavailable)) as failed:
        facts(exchange, told(exchange, answer))

    line = str(failed.value)
    assert words in line
    assert isinstance(failed.value, KeyRefused) is is_key
    assert "\n" not in line
    assert not secret_in(line)


@pytest.mark.parametrize("exchange", AUDITED)
def test_html_in_the_place_of_an_answer_is_no_verdict(exchange: str) -> None:
    with pytest.raises(Unavailable) as failed:
        facts(exchange, told(exchange, HTML))

    assert "try again later" in str(failed.value)
    assert "maintenance" not in str(failed.value)


@pytest.mark.parametrize("exchange", AUDITED)
def test_no_answer_in_time_is_no_verdict(exchange: str) -> None:
    with impatient(exchange), pytest.raises(Unavailable, match="did not answer in time"):
        facts(exchange, told(exchange, Reply(act="hang")))


@pytest.mark.parametrize(
    ("exchange", "answer"),
    [
        ("gate", _label("REQUEST_EXPIRED")),
        ("kucoin", _bad("400002", "KC-API-TIMESTAMP Invalid", 401)),
        ("coinbase", Reply({"error": "x", "message": "request timestamp expired"}, 401)),
    ],
)
def test_a_wrong_clock_is_measured(exchange: str, answer: Reply) -> None:
    late = {TIME[exchange]: time(exchange, NOW + 90_000)}

    with pytest.raises(Unavailable, match=f"this clock is 90.0 s behind that of {exchange}"):
        facts(exchange, told(exchange, answer, late))


@pytest.mark.parametrize("exchange", AUDITED)
def test_every_clock_is_read_and_one_that_is_unclear_is_said(exchange: str) -> None:
    read: int = asked(exchange, lambda client: client.server_time(), told(exchange))[0]

    assert read == NOW
    for unclear in (HTML, Reply([]), Reply({"error": [], "code": "200000"})):
        with pytest.raises(Unavailable, match="time"):
            asked(exchange, lambda client: client.server_time(), {TIME[exchange]: unclear})
