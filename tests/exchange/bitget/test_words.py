"""How Bitget says no: every recorded error, and what it may never be taken for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.engine.news import PASSED
from runner.exchange.bitget.orders import acknowledged
from runner.exchange.bitget.words import WORDS
from runner.exchange.outcomes import outcome_of_write
from runner.exchange.wire import Answer
from runner.model.errors import Refused, Unavailable
from runner.model.markets import MarketKind
from runner.model.orders import Rejected, Unknown
from tests.exchange.asked import ENTRY, LONG
from tests.exchange.bitget.answers import PLACE, asked, no, submit
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import Reply

SPOT, FUTURES = MarketKind.SPOT, MarketKind.FUTURES
ASSETS = "GET /api/v2/spot/account/assets"
#: Recorded as "not placed", yet looked up first: limits, maintenance, the answer to a question.
#: 40808 ("precision") also comes during releases, when it says nothing (FAQ Q14).
LOOKED_UP = {"rate_limit", "maintenance", "order_not_found", "precision"}


def judged(status: int, body: Any, write: str = "submit", kind: MarketKind = SPOT) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    read = lambda document: acknowledged(document, ENTRY)  # noqa: E731
    return outcome_of_write(WORDS, kind, write, Answer(status, "", text), read)


@draws("bitget", errors=ALL)
def test_every_recorded_error_has_its_outcome_through_the_door(shared: Path) -> None:
    wrong = []

    for case in cases(shared, "bitget", "errors"):
        outcome, exchange = submit(LONG, Reply(case["body"], case["http_status"]))
        rejected = case["outcome"] == "not_placed" and case["category"] not in LOOKED_UP
        if isinstance(outcome, Rejected) is not rejected or exchange.paths != [PLACE[True]]:
            wrong.append((case["code"], case["category"], outcome))

    assert wrong == []


#: Of the recorded errors, those that a read is refused for: the rest says to try again.
FAULTS = {
    "40006": "does not know this key",
    "40012": "`passphrase` does not belong",
    "40018": "address is not on the key's list",
    "40037": "does not know this key",
    "40099": "another `venue`",
}


@draws("bitget", errors=ALL)
def test_every_recorded_error_of_a_read_says_what_to_do(shared: Path) -> None:
    for case in cases(shared, "bitget", "errors"):
        answers = {ASSETS: Reply(case["body"], case["http_status"])}
        code = str(case["code"])
        expected = Refused if code in FAULTS else Unavailable

        with pytest.raises(expected) as told:
            at_bitget(lambda client: client.balances(), answers)

        assert FAULTS.get(code, "") in str(told.value), code
        assert ("limits this address" in str(told.value)) is (case["category"] == "rate_limit")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("40009", "`api_secret` does not belong to `api_key`"),
        ("40014", "lacks a permission"),
        ("22010", "bound to addresses"),
        ("40085", r"unified one \(UTA\), which runner audits but does not trade yet"),
        ("40026", "closed or restricted this account"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_fault_of_the_key_says_where_to_look(code: str, words: str, status: int) -> None:
    with pytest.raises(Refused, match=words) as told:
        at_bitget(lambda client: client.balances(), {ASSETS: no(code, "Library words.", status)})

    assert "Library" not in str(told.value)


def test_a_unified_account_is_not_traded() -> None:
    answer = no("40085", "You are in Unified Account mode")

    outcome, _ = submit(LONG, answer)
    with pytest.raises(Refused, match="use a classic account"):
        asked(lambda client: client.positions(), {"GET /api/v2/mix/position/all-position": answer})

    assert outcome == Rejected("40085", "You are in Unified Account mode")


@pytest.mark.parametrize(("kind", "write"), list(WORDS.refused))
def test_every_refusing_code_is_rejected_with_a_refusing_status_only(
    kind: MarketKind, write: str
) -> None:
    for code in WORDS.refused[kind, write]:
        said = {"code": code, "msg": "No."}

        for status in (200, 400):
            assert judged(status, said, write, kind) == Rejected(code, "No.")
        for status in (201, 302, 404, 418, 429, 500, 502, 503, 504):
            assert isinstance(judged(status, said, write, kind), Unknown), (code, status)


#: Regular releases, time-outs, orders that failed somewhere, limits, names that are taken.
MAYBE = [
    *("40010", "40015", "40725", "40808", "45001", "40910", "25001", "43002", "43003", "45023"),
    *("70229", "429", "30007", "40200", "40786", "43118", "50060", "25212", "00000", "", "0"),
]


@pytest.mark.parametrize("code", MAYBE)
@pytest.mark.parametrize("kind", [SPOT, FUTURES])
@pytest.mark.parametrize("write", ["submit", "cancel"])
def test_a_code_that_may_mean_done_is_looked_up(code: str, kind: MarketKind, write: str) -> None:
    for status in (200, 400):
        assert isinstance(judged(status, {"code": code, "msg": "Hm."}, write, kind), Unknown)


@pytest.mark.parametrize("code", [None, True, ["43012"], {"code": "43012"}, 43012.0])
def test_a_code_that_is_no_text_and_no_whole_number_is_no_code(code: Any) -> None:
    assert isinstance(judged(400, {"code": code, "msg": "No."}), Unknown)


def test_what_a_query_says_of_an_order_is_no_answer_to_placing_it() -> None:
    for code in ("40109", "40768", "43001"):
        for kind in (SPOT, FUTURES):
            assert isinstance(judged(400, {"code": code, "msg": "No order."}, kind=kind), Unknown)


@pytest.mark.parametrize("code", ["40834", "40836", "40917", "45062", "45122"])
def test_a_stop_whose_price_has_been_passed_is_known_as_such(code: str) -> None:
    """The journal keeps the code before the words (`engine/orders.py`)."""
    told = judged(400, {"code": code, "msg": "Stop price please < mark price 63999"}, kind=FUTURES)

    assert isinstance(told, Rejected)
    assert any(passed in f"{told.code}: {told.reason}".lower() for passed in PASSED)


def test_words_of_the_exchange_stay_one_short_printable_line() -> None:
    told = judged(400, {"code": "40017", "msg": "a\nb\x1b[31m" + "x" * 500})

    assert isinstance(told, Rejected)
    assert told.reason.isprintable()
    assert len(told.reason) <= 200
