"""Every recorded refusal of Bybit: what a write makes of it, and what a read says about it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.bybit.words import WORDS
from runner.exchange.client import Client
from runner.exchange.outcomes import outcome_of_write
from runner.exchange.wire import Answer
from runner.model.errors import Refused, RunnerError, Unavailable
from runner.model.markets import MarketKind
from runner.model.orders import OrderRequest, Rejected, Unknown
from tests.exchange.asked import LIMIT, PERP_LIMIT
from tests.exchange.bybit.room import asked, sent
from tests.exchange.bybit.told import CREATE, FILLS, ORDERS, TIME, bad, good, listed
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import NOW, Reply

SPOT, FUTURES = MarketKind.SPOT, MarketKind.FUTURES
#: Recorded as "not placed", yet looked up first: limits, a repeated request, what answers a
#: cancellation, a question or a setting, a firewall.
LOOKED_UP = {"rate_limit", "duplicate_request", "order_not_found", "no_change", "waf_or_ip_limit"}


def request_of(code: int | None) -> OrderRequest:
    """Codes from 170000 on are of spot."""
    return LIMIT if str(code).startswith("17") else PERP_LIMIT


def judged(status: int, body: Any, write: str = "submit", kind: MarketKind = SPOT) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return outcome_of_write(WORDS, kind, write, Answer(status, "", text), lambda it: it)


@draws("bybit", errors=ALL)
def test_every_recorded_error_has_its_outcome(shared: Path) -> None:
    wrong = []
    for case in cases(shared, "bybit", "errors"):
        reply = Reply(case["body"], case["http_status"])
        outcome, exchange = sent(request_of(case["code"]), {CREATE: reply})
        expected = case["outcome"] == "not_placed" and case["category"] not in LOOKED_UP
        if isinstance(outcome, Rejected) is not expected or len(exchange.sent) != 1:
            wrong.append((case["code"], case["category"], outcome))

    assert wrong == []


#: Category → what a read raises, and a word of what it says; all others are `Unavailable`.
SAID: dict[str, tuple[type[RunnerError], str]] = {
    "bad_key": (Refused, "does not know this key"),
    "permission": (Refused, "lacks a permission"),
    "key_expired": (Refused, "has expired"),
    "ip_banned": (Refused, "banned this machine's address"),
    "timestamp": (Unavailable, "set it (NTP)"),
    "rate_limit": (Unavailable, "limits this address"),
    "waf_or_ip_limit": (Unavailable, "firewall refuses this address (HTTP 403)"),
}


@draws("bybit", errors=ALL)
def test_every_recorded_error_is_told_by_a_read_in_one_line(shared: Path) -> None:
    clock = good({"timeSecond": "1700000003", "timeNano": str((NOW + 3000) * 1_000_000)})
    for case in cases(shared, "bybit", "errors"):
        request = request_of(case["code"])
        kind, words = SAID.get(case["category"], (Unavailable, "does not tell order `"))
        reply = Reply(case["body"], case["http_status"])

        with pytest.raises(kind) as told:
            asked(
                partial(Client.order, request=request),
                {ORDERS: reply, TIME: clock},
                (request.symbol,),
            )

        assert words in str(told.value), case
        assert "\n" not in str(told.value)


def test_a_wrong_clock_is_measured() -> None:
    clock = good({"timeSecond": "1", "timeNano": str((NOW + 2500) * 1_000_000)})

    with pytest.raises(Unavailable) as told:
        asked(lambda client: client.order(LIMIT), {ORDERS: bad(10002), TIME: clock})

    assert str(told.value) == "this clock is 2.5 s behind that of bybit: set it (NTP), then retry"


@pytest.mark.parametrize("code", sorted(WORDS.key_faults))
def test_every_fault_of_a_key_says_what_to_do(code: str) -> None:
    with pytest.raises(Refused) as told:
        asked(lambda client: client.order(LIMIT), {ORDERS: bad(int(code), "secret words")})

    said = str(told.value)
    assert "secret words" not in said
    assert any(
        word in said
        for word in ("look at", "tick", "ask", "add it", "make a new", "upgrade", "belong")
    )


@pytest.mark.parametrize(("kind", "write"), list(WORDS.refused))
def test_every_refusing_code_is_rejected_with_a_refusing_status_only(
    kind: MarketKind, write: str
) -> None:
    for code in WORDS.refused[kind, write]:
        for status in (200, 400, 401):
            assert judged(status, bad(int(code)), write, kind) == Rejected(code, "No.")
        for status in (201, 302, 403, 404, 418, 429, 500, 502, 503, 504):
            assert isinstance(judged(status, bad(int(code)), write, kind), Unknown), (code, status)


#: Timeouts, overloads, limits, and orders that are there already.
MAYBE = [10000, 10006, 10014, 10016, 10018, 10429, 110030, 110072, 110079]
MAYBE += [170001, 170005, 170007, 170032, 170035, 170141, 170146, 170147, 170149, 170222, 170234]


@pytest.mark.parametrize("code", MAYBE)
@pytest.mark.parametrize("write", ["submit", "cancel"])
def test_a_code_that_may_mean_placed_is_in_no_row(code: int, write: str) -> None:
    for kind in MarketKind:
        assert isinstance(judged(200, bad(code), write, kind), Unknown)


@pytest.mark.parametrize("code", [True, 0.0, None, [0], {"code": 0}, "", "zero", -1])
def test_only_zero_is_good(code: Any) -> None:
    assert isinstance(judged(200, {"retCode": code, "retMsg": "OK", "result": {}}), Unknown)
    assert judged(200, {"retCode": 0, "result": {}}) == {"retCode": 0, "result": {}}
    for status in (201, 302, 400, 403, 429, 500, 502):
        assert isinstance(judged(status, {"retCode": 0, "result": {}}), Unknown)


def test_words_of_the_exchange_stay_one_short_printable_line() -> None:
    told = judged(200, bad(10001, "a\nb\x1b[31m" + "x" * 500))

    assert isinstance(told, Rejected)
    assert told.reason.isprintable()
    assert len(told.reason) <= 200


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(act="drop"), "api.bybit.com dropped the connection; try again later"),
        (Reply("<html>", 200), "bybit does not tell the fills (HTTP 200): try again later"),
        (Reply("<html>", 502), "bybit does not tell the fills (HTTP 502): try again later"),
        (Reply("", 429, {"Retry-After": "9"}), "bybit limits this address (HTTP 429): wait 9 s"),
        (good([]), "unclearly: without `result`"),
        (good({"category": "linear", "list": {}}), "unclearly: not with the list"),
        (good({"category": "linear", "list": [], "nextPageCursor": "a&b=c"}), "cannot be sent"),
    ],
)
def test_a_read_that_fails_says_what_and_why(reply: Any, words: str) -> None:
    with pytest.raises(Unavailable) as told:
        asked(
            lambda client: client.liquidations(PERP_LIMIT.symbol, NOW),
            {FILLS: reply},
            (PERP_LIMIT.symbol,),
        )

    assert words in str(told.value)


def test_an_answer_without_an_end_is_none() -> None:
    pages = [listed(PERP_LIMIT, {"execType": "Funding"}, cursor=it) for it in ("a", "b", "a")]

    with pytest.raises(Unavailable, match="without an end"):
        asked(
            lambda client: client.liquidations(PERP_LIMIT.symbol, NOW),
            {FILLS: pages},
            (PERP_LIMIT.symbol,),
        )
