"""The outcome table: every recorded answer, and what it may never be taken for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.binance.orders import submitted
from runner.exchange.outcomes import MAYBE, REFUSALS, outcome_of_write
from runner.exchange.wire import Answer
from runner.model.orders import Rejected, Unknown
from tests.exchange.asked import ENTRY, row


def judged(status: int, body: Any, write: str = "submit") -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    read = lambda document: submitted(document, (ENTRY,))  # noqa: E731
    return outcome_of_write("binance", write, Answer(status, "", text), read)


def recorded(shared: Path, market: str) -> list[dict[str, Any]]:
    file = shared / "facts" / "fixtures" / "binance" / "errors.json"
    return [case for case in json.loads(file.read_text())["cases"] if case["market"] == market]


#: Recorded as "not placed", yet looked up first: a proxy's 429, a firewall, the answer to a query.
LOOKED_UP = {"rate_limit", "rate_limit_orders", "waf_or_ip_limit", "order_not_found"}


def test_every_recorded_spot_error_has_its_outcome(shared: Path) -> None:
    cases = recorded(shared, "spot")

    wrong = [
        (case["code"], case["category"])
        for case in cases
        if isinstance(judged(case["http_status"], case["body"]), Rejected)
        is not (case["outcome"] == "not_placed" and case["category"] not in LOOKED_UP)
    ]

    assert len(cases) == 23
    assert wrong == []


def test_no_recorded_error_of_futures_is_taken_for_a_spot_refusal_unless_it_means_one(
    shared: Path,
) -> None:
    known = REFUSALS["binance", "submit"]

    for case in recorded(shared, "usdm"):
        rejected = isinstance(judged(case["http_status"], case["body"]), Rejected)

        assert rejected is (str(case["code"]) in known and case["http_status"] < 403)
        assert not (rejected and case["outcome"] != "not_placed")


def test_every_refusing_code_is_unknown_where_its_status_refuses_nothing() -> None:
    for code in REFUSALS["binance", "submit"]:
        for status in (200, 201, 302, 403, 418, 429, 500, 502, 503, 504):
            told = judged(status, {"code": int(code), "msg": "No."})

            assert isinstance(told, Unknown), (code, status)


def test_every_refusing_code_is_rejected_with_a_refusing_status() -> None:
    for write in ("submit", "cancel"):
        for code in REFUSALS["binance", write]:
            told = judged(400, {"code": int(code), "msg": "No."}, write)

            assert told == Rejected(code, "No.")


@pytest.mark.parametrize("code", [-1000, -1001, -1003, -1006, -1007, -1008, -1015, -2011, -2013])
def test_a_code_that_may_mean_placed_is_in_no_row_for_submitting(code: int) -> None:
    assert isinstance(judged(400, {"code": code, "msg": "Timeout"}), Unknown)


def test_an_order_that_is_refused_as_a_duplicate_is_looked_up() -> None:
    for code, words in MAYBE["binance", "submit"]:
        assert isinstance(judged(400, {"code": int(code), "msg": words}), Unknown)


@pytest.mark.parametrize("code", ["-2010", -2010.0, None, True, [-2010], {"code": -2010}])
def test_a_code_that_is_no_whole_number_is_no_code(code: Any) -> None:
    assert isinstance(judged(400, {"code": code, "msg": "No."}), Unknown)


def test_recorded_orders_are_accepted_only_by_the_one_who_sent_them(shared: Path) -> None:
    file = shared / "facts" / "fixtures" / "binance" / "createOrder.json"
    answers = [
        case["http"][0]["response"]
        for case in json.loads(file.read_text())["cases"]
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
