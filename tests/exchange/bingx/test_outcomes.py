"""How BingX says no: what is rejected, what is unknown, what blames the key or the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.exchange.bingx.words import WORDS
from runner.model.errors import Refused, Unavailable
from runner.model.markets import MarketKind
from runner.model.orders import Rejected, Unknown
from tests.exchange.asked import LIMIT, PERP, PERP_LIMIT
from tests.exchange.bingx.room import asked, sent
from tests.exchange.bingx.told import BALANCES, CANCEL, PLACE, TIME, bad, good, is_contract
from tests.exchange.recorded import ALL, cases, draws
from tests.exchange.scripted import NOW, Reply

BOTH = pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT], ids=["spot", "contract"])
#: Categories of recorded refusals that blame the key, the address or the account.
OF_THE_KEY = {"bad_signature", "ip", "account_restricted"}


#: Recorded as "not placed", yet looked up first: a limit that also means "busy", and answers to
#: questions about an order that is there.
LOOKED_UP = {100410, 109421, 80016}


@draws("bingx", errors=ALL)
def test_every_recorded_refusal_of_an_order_is_rejected_where_nothing_happened(
    shared: Path,
) -> None:
    for case in cases(shared, "bingx", "errors"):
        reply = Reply(case["body"], case["http_status"])
        outcome, exchange = sent(PERP_LIMIT, {PLACE[True]: reply})
        clear = case["outcome"] == "not_placed" and case["code"] not in LOOKED_UP
        assert isinstance(outcome, Rejected if clear else Unknown), case
        assert exchange.paths == [PLACE[True]]


@draws("bingx", errors=ALL)
def test_every_recorded_refusal_of_a_question_is_of_the_right_kind(shared: Path) -> None:
    clock = {TIME: good({"serverTime": NOW - 7000})}

    for case in cases(shared, "bingx", "errors"):
        reply = Reply(case["body"], case["http_status"])
        wanted = Refused if case["category"] in OF_THE_KEY else Unavailable
        with pytest.raises(wanted) as raised:
            asked(lambda it: it.balances(), {BALANCES[PERP]: reply} | clock, (PERP,))
        told = str(raised.value)
        assert ("limits this address" in told) is (case["category"] == "rate_limit"), case
        assert ("this clock is 7.0 s ahead" in told) is (case["code"] == 100421), case
        assert "\n" not in told


@BOTH
@pytest.mark.parametrize(
    ("code", "words", "is_no"),
    [
        (100421, "Null timestamp or timestamp mismatch", True),
        (100421, "This pair is currently restricted from API trading", True),
        (101400, "The minimum order amount is 0.0001 BTC.", True),
        (101400, "clientOrderID has been used", False),
        (101481, "dup", False),
        (109201, "dup within one second", False),
        (100400, "duplicate clientOrderId", False),
        (109400, "the clientOrderID already exists", False),
        (80014, "Repeated order", False),
        (100400, "Missing or invalid arguments", True),
        (101215, "post only", True),
        (101211, "price", True),
        (100202, "Insufficient balance", True),
        (100490, "offline", True),
        (100500, "The current system is busy", False),
        (100503, "unavailable", False),
        (109500, "busy", False),
        (110500, "order system busy", False),
        (80012, '{"Code":101253,"Msg":"margin is not enough"}', False),
        (999999, "something new", False),
    ],
)
def test_a_refusal_is_a_no_only_where_it_can_mean_nothing_else(
    request_: Any, code: int, words: str, is_no: bool
) -> None:
    outcome, _ = sent(request_, {PLACE[is_contract(request_)]: bad(code, words)})

    assert isinstance(outcome, Rejected if is_no else Unknown)
    assert words[:20] in outcome.reason


@BOTH
@pytest.mark.parametrize("status", [403, 429, 500, 502, 503, 504])
def test_a_no_behind_a_proxys_status_is_unknown(request_: Any, status: int) -> None:
    reply = bad(100001, "signature", status)

    outcome, _ = sent(request_, {PLACE[is_contract(request_)]: reply})

    assert isinstance(outcome, Unknown)


@BOTH
@pytest.mark.parametrize("code", [109421, 80016, 80018, 100404, 100004])
def test_an_order_that_cannot_be_canceled_is_told_so(request_: Any, code: int) -> None:
    answers = {CANCEL[is_contract(request_)]: bad(code, "no")}

    outcome, _ = sent(request_, answers, "cancel")

    assert outcome == Rejected(str(code), "no")


def test_a_pair_that_is_closed_is_not_blamed_on_the_clock() -> None:
    closed = bad(100421, "This pair is currently restricted from API trading")

    with pytest.raises(Unavailable, match="restricted from API trading"):
        asked(lambda it: it.balances(), {BALANCES[PERP]: closed}, (PERP,))


def test_codes_of_a_maybe_are_no_refusals_of_any_write() -> None:
    maybes = {"100410", "100500", "100503", "109500", "110500", "80012", "101481", "109201"}
    maybes.add("101400")

    for kind in MarketKind:
        for write in ("submit", "cancel"):
            assert not maybes & set(WORDS.refused[kind, write])
    assert set(WORDS.key_faults) <= set(WORDS.refused[MarketKind.SPOT, "submit"])
