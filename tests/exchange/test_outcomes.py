"""The outcome table: every recorded answer, and what it may never be taken for."""

from __future__ import annotations

import json
from decimal import Overflow
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.binance.orders import submitted
from runner.exchange.binance.words import WORDS
from runner.exchange.outcomes import outcome_of_write
from runner.exchange.wire import Answer
from runner.model.markets import MarketKind
from runner.model.orders import Rejected, Unknown
from tests.exchange.asked import ENTRY, row
from tests.exchange.recorded import Case, cases

SPOT, FUTURES = MarketKind.SPOT, MarketKind.FUTURES


def judged(status: int, body: Any, write: str = "submit", kind: MarketKind = SPOT) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    read = lambda document: submitted(document, (ENTRY,))  # noqa: E731
    return outcome_of_write(WORDS, kind, write, Answer(status, "", text), read)


def recorded(shared: Path, market: str) -> list[Case]:
    return [case for case in cases(shared, "binance", "errors") if case["market"] == market]


#: Recorded as "not placed", yet looked up first: a proxy's 429, a firewall, the answer to a query.
#: Of futures also a 503 and what answers a setting.
LOOKED_UP = {"rate_limit", "rate_limit_orders", "waf_or_ip_limit", "order_not_found"}
LOOKED_UP |= {"unavailable", "no_change"}


@pytest.mark.parametrize(("kind", "market", "count"), [(SPOT, "spot", 23), (FUTURES, "usdm", 23)])
def test_every_recorded_error_has_its_outcome(
    kind: MarketKind, market: str, count: int, shared: Path
) -> None:
    found = recorded(shared, market)

    wrong = [
        (case["code"], case["category"])
        for case in found
        if isinstance(judged(case["http_status"], case["body"], kind=kind), Rejected)
        is not (case["outcome"] == "not_placed" and case["category"] not in LOOKED_UP)
    ]

    assert len(found) == count
    assert wrong == []


def test_no_recorded_error_of_futures_is_taken_for_a_spot_refusal_unless_it_means_one(
    shared: Path,
) -> None:
    known = WORDS.refused[SPOT, "submit"]

    for case in recorded(shared, "usdm"):
        rejected = isinstance(judged(case["http_status"], case["body"]), Rejected)

        assert rejected is (str(case["code"]) in known and case["http_status"] < 403)
        assert not (rejected and case["outcome"] != "not_placed")


@pytest.mark.parametrize(("kind", "write"), list(WORDS.refused))
def test_every_refusing_code_is_rejected_with_a_refusing_status_only(
    kind: MarketKind, write: str
) -> None:
    for code in WORDS.refused[kind, write]:
        said = {"code": int(code), "msg": "No."}

        assert judged(400, said, write, kind) == Rejected(code, "No.")
        for status in (200, 201, 302, 403, 418, 429, 500, 502, 503, 504):
            assert isinstance(judged(status, said, write, kind), Unknown), (code, status)


@pytest.mark.parametrize("code", [-1000, -1001, -1003, -1006, -1007, -1008, -1015, -2011, -2013])
@pytest.mark.parametrize("kind", [SPOT, FUTURES])
def test_a_code_that_may_mean_placed_is_in_no_row_for_submitting(
    code: int, kind: MarketKind
) -> None:
    assert isinstance(judged(400, {"code": code, "msg": "Timeout"}, kind=kind), Unknown)


#: What futures answer to a duplicate, to a stop that is just triggering, to what may have filled.
@pytest.mark.parametrize("code", [-4116, -20132, -4117, -2020])
@pytest.mark.parametrize("write", ["submit", "cancel"])
def test_an_order_of_futures_that_may_be_there_is_looked_up(code: int, write: str) -> None:
    assert isinstance(judged(400, {"code": code, "msg": "Hm."}, write, FUTURES), Unknown)


#: Expected refusals: post-only would take, a stop would trigger at once, nothing to reduce.
@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        (SPOT, -2010, "Order would immediately match and take."),
        (SPOT, -2010, "Stop price would trigger immediately."),
        (FUTURES, -5022, "Due to the order could not be executed as maker, it is rejected."),
        (FUTURES, -2021, "Order would immediately trigger."),
        (FUTURES, -2022, "ReduceOnly Order is rejected."),
    ],
)
def test_an_order_that_the_market_forbids_is_rejected(
    kind: MarketKind, code: int, words: str
) -> None:
    told = judged(400, {"code": code, "msg": words}, kind=kind)

    assert told == Rejected(str(code), words)


def test_an_order_that_is_refused_as_a_duplicate_is_looked_up() -> None:
    for code, words in WORDS.maybe["submit"]:
        for kind in MarketKind:
            assert isinstance(judged(400, {"code": int(code), "msg": words}, kind=kind), Unknown)


@pytest.mark.parametrize("code", ["-2010", -2010.0, None, True, [-2010], {"code": -2010}])
def test_a_code_that_is_no_whole_number_is_no_code(code: Any) -> None:
    assert isinstance(judged(400, {"code": code, "msg": "No."}), Unknown)


def test_recorded_orders_are_accepted_only_by_the_one_who_sent_them(shared: Path) -> None:
    answers = [
        case["http"][0]["response"]
        for case in cases(shared, "binance", "createOrder")
        if case["http"][0]["url"].startswith("https://api.binance.com/api/v3/order")
    ]

    assert len(answers) == 3
    assert all(isinstance(judged(200, answer), Unknown) for answer in answers)


def test_our_own_order_is_accepted() -> None:
    [seen] = judged(200, row(ENTRY))

    assert seen.report.client_order_id == ENTRY.client_order_id


def test_words_of_the_exchange_stay_one_short_printable_line() -> None:
    told = judged(400, {"code": -1102, "msg": "a\nb\x1b[31m" + "x" * 500})

    assert isinstance(told, Rejected)
    assert told.reason.isprintable()
    assert len(told.reason) <= 200


@pytest.mark.parametrize("mistake", [Overflow, ValueError])
def test_a_good_answer_that_cannot_be_reckoned_with_is_looked_up(
    mistake: type[Exception],
) -> None:
    def read(document: Any) -> Any:
        raise mistake

    assert isinstance(outcome_of_write(WORDS, SPOT, "submit", Answer(200, "", "{}"), read), Unknown)
