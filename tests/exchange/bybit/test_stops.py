"""Stops at Bybit whose price has been passed already: refused there, or taken back by us."""

from __future__ import annotations

from typing import Any

import pytest

from runner.engine.news import PASSED
from runner.model.errors import Halt
from runner.model.orders import Accepted, OrderRequest, OrderState, Rejected, Unknown
from tests.exchange.asked import PERP_STOP, PERP_STOP_ENTRY, STOP, STOP_ENTRY
from tests.exchange.bybit.room import asked, sent
from tests.exchange.bybit.told import (
    CANCEL,
    CREATE,
    ORDERS,
    PRICE,
    answers,
    bad,
    listed,
    price,
    row,
)
from tests.exchange.scripted import Reply

ABOVE, BELOW = "60000.1", "58000.1"  # of the stop that sells at 58000.1


@pytest.mark.parametrize("request_", [STOP, STOP_ENTRY], ids=["sells", "buys"])
def test_a_stop_of_spot_whose_price_has_passed_is_not_sent(request_: OrderRequest) -> None:
    passed = {PRICE: price(request_, "58000.1")}

    outcome, exchange = sent(request_, answers(request_) | passed)

    assert isinstance(outcome, Rejected)
    assert PASSED[1] in outcome.reason  # by which the engine closes at once
    assert exchange.paths == [PRICE]


def test_a_stop_of_spot_that_arrives_too_late_is_taken_back() -> None:
    """Bybit would let it wait for the price to rise again: ccxt issue 19000."""
    gone = row(STOP, orderStatus="Deactivated")
    late = {
        PRICE: [price(STOP, ABOVE), price(STOP, BELOW)],
        ORDERS: [listed(STOP, row(STOP)), listed(STOP, row(STOP)), listed(STOP, gone)],
    }

    outcome, exchange = sent(STOP, answers(STOP) | late)

    assert outcome == Rejected(
        "taken back", "the price has passed this stop already: it would trigger immediately"
    )
    assert exchange.paths == [PRICE, CREATE, ORDERS, PRICE, ORDERS, CANCEL, ORDERS]


def test_a_stop_that_fills_while_it_is_taken_back_has_filled() -> None:
    done = row(STOP, orderStatus="Filled", cumExecQty="0.00500")
    late = {
        PRICE: [price(STOP, ABOVE), price(STOP, BELOW)],
        ORDERS: [listed(STOP, row(STOP)), listed(STOP, row(STOP)), listed(STOP, done)],
    }

    outcome, _ = sent(STOP, answers(STOP) | late)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.FILLED


@pytest.mark.parametrize("fault", [bad(10016), Reply(act="drop"), bad(170145)])
def test_a_stop_that_cannot_be_taken_back_is_unknown(fault: Any) -> None:
    late = {PRICE: [price(STOP, ABOVE), price(STOP, BELOW)], CANCEL: fault}

    outcome, exchange = sent(STOP, answers(STOP) | late)

    assert isinstance(outcome, Unknown)
    assert "waits wrongly" in outcome.reason
    assert exchange.paths.count(CANCEL) == 1


def test_a_stop_that_was_triggered_at_once_is_as_it_should_be() -> None:
    done = row(STOP, orderStatus="Filled", cumExecQty="0.00500")
    late = {
        PRICE: [price(STOP, ABOVE), price(STOP, BELOW)],
        ORDERS: [listed(STOP, row(STOP)), listed(STOP, done)],
    }

    outcome, exchange = sent(STOP, answers(STOP) | late)

    assert isinstance(outcome, Accepted)
    assert CANCEL not in exchange.paths


def test_a_stop_is_sent_even_where_the_price_is_not_told() -> None:
    outcome, exchange = sent(STOP, answers(STOP) | {PRICE: [bad(10016), price(STOP, ABOVE)]})

    assert isinstance(outcome, Accepted)
    assert exchange.paths == [PRICE, CREATE, ORDERS, PRICE]


@pytest.mark.parametrize(("request_", "code"), [(PERP_STOP, 110093), (PERP_STOP_ENTRY, 110092)])
def test_a_stop_of_futures_that_would_trigger_at_once_is_refused_by_bybit(
    request_: OrderRequest, code: int
) -> None:
    words = "expect Falling, but trigger_price[580001000] >= current[570000000]"

    outcome, exchange = sent(request_, {CREATE: bad(code, words)})

    assert outcome == Rejected(str(code), words)
    assert str(code) in PASSED
    assert exchange.paths == [CREATE]


def test_a_stop_that_is_found_waiting_wrongly_halts() -> None:
    """After a crash between its placing and the second look at the price."""
    with pytest.raises(Halt, match="waits for the price to come back to 58000"):
        asked(lambda client: client.order(STOP), answers(STOP) | {PRICE: price(STOP, "57999")})


@pytest.mark.parametrize(
    ("request_", "last", "paths"),
    [
        (STOP, ABOVE, [ORDERS, PRICE]),
        (STOP_ENTRY, "57999", [ORDERS, PRICE]),
        (PERP_STOP, "57999", [ORDERS]),
    ],
)
def test_a_stop_that_waits_rightly_is_found(
    request_: OrderRequest, last: str, paths: list[str]
) -> None:
    told = answers(request_) | {PRICE: price(request_, last)}

    report, exchange = asked(lambda client: client.order(request_), told, (request_.symbol,))

    assert report.state is OrderState.ACCEPTED
    assert exchange.paths == paths


@pytest.mark.parametrize("request_", [STOP, PERP_STOP])
def test_a_stop_that_was_triggered_need_not_tell_its_condition(request_: OrderRequest) -> None:
    done = {"orderStatus": "Filled", "cumExecQty": "0.00500"}
    blank = {"triggerPrice": "", "triggerBy": "", "triggerDirection": 0}

    report, _ = asked(
        lambda client: client.order(request_),
        answers(request_, **done, **blank),
        (request_.symbol,),
    )

    assert report.state is OrderState.FILLED


@pytest.mark.parametrize("looks", [1, 2])
def test_a_stop_that_is_just_being_triggered_is_no_reason_to_halt(looks: int) -> None:
    triggered = listed(STOP, row(STOP, orderStatus="Triggered"))
    told = {ORDERS: [listed(STOP, row(STOP))] * looks + [triggered]}

    report, _ = asked(
        lambda client: client.order(STOP), answers(STOP) | {PRICE: price(STOP, BELOW)} | told
    )

    assert report.state is OrderState.ACCEPTED
