"""Orders looked up at Bitget: by name, in the lists of all orders, stops, and their fills."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderReport, OrderRequest, OrderState, Side
from tests.exchange.asked import (
    CLOSE,
    LIMIT,
    LONG,
    MARK_STOP,
    PERP,
    PERP_LIMIT,
    PERP_STOP,
)
from tests.exchange.bitget.answers import (
    FILLS,
    LOOK,
    NO_SUCH_ORDER,
    OLD,
    OLD_STOPS,
    RESTING,
    SHORT_STOP,
    STOPS,
    contract_fill,
    contract_row,
    fill,
    filled,
    good,
    listed,
    no,
    row,
    stop_row,
)
from tests.exchange.bitget.desk import Heard, at_bitget
from tests.exchange.scripted import NOW, Reply

S = OrderState


def looked_up(request: OrderRequest, answers: dict[str, Any]) -> tuple[Any, Heard]:
    return at_bitget(lambda client: client.order(request), answers, symbols=(request.symbol,))


def found(request: OrderRequest, answers: dict[str, Any], since: int = 1) -> tuple[Any, Heard]:
    return at_bitget(lambda client: client.find(request, since), answers, symbols=(request.symbol,))


@pytest.mark.parametrize(
    ("word", "filled_", "state"),
    [
        ("live", "0", S.ACCEPTED),
        ("new", "0", S.ACCEPTED),
        ("partially_filled", "0.001", S.PARTIALLY_FILLED),
        ("filled", "0.00500", S.FILLED),
        ("cancelled", "0", S.CANCELED),
        ("canceled", "0.001", S.CANCELED),
    ],
)
@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT])
def test_every_state_of_an_order_is_read(
    request_: OrderRequest, word: str, filled_: str, state: OrderState
) -> None:
    contract = ":" in request_.symbol
    told = (contract_row if contract else row)(request_, status=word, baseVolume=filled_)
    parts = filled(contract_fill(filled_)) if contract else good([fill(filled_)])
    answers = {LOOK[contract]: good(told if contract else [told]), FILLS[contract]: parts}

    report, exchange = looked_up(request_, answers)

    assert (report.state, report.exchange_order_id) == (state, "28")
    assert (report.execution is not None) is (Decimal(filled_) > 0)
    assert exchange.sent[0].parameters["clientOid"] == request_.client_order_id


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "armed"},
        {"status": "", "state": ""},
        {"side": "hold"},
        {"symbol": "ETHUSDT"},
        {"clientOid": "0" * 32},
        {"clientOid": 7},
        {"baseVolume": "0.001"},
        {"status": "filled"},
        {"baseVolume": "some"},
        {"baseVolume": None},
        {"orderId": ""},
        {"cTime": "soon"},
        {"cTime": 1},
    ],
)
@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT])
def test_an_order_that_is_not_told_as_documented_is_not_understood(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    contract = ":" in request_.symbol
    told = contract_row(request_, **changed) if contract else row(request_, **changed)

    with pytest.raises(Unavailable, match="unclearly"):
        looked_up(request_, {LOOK[contract]: good(told if contract else [told])})


@pytest.mark.parametrize("data", [None, [], "order"])
def test_an_order_of_futures_that_is_no_object_is_not_understood(data: Any) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        looked_up(PERP_LIMIT, {LOOK[True]: good(data)})


@pytest.mark.parametrize("told", [good([row(LIMIT), row(LIMIT)]), good({}), good(None)])
def test_a_list_with_more_or_less_than_an_order_is_no_order(told: Any) -> None:
    answers = {LOOK[False]: told}

    if told == good(None):
        assert looked_up(LIMIT, answers)[0] is None
    else:
        with pytest.raises(Unavailable, match="unclearly"):
            looked_up(LIMIT, answers)


@pytest.mark.parametrize("request_", [LIMIT, PERP_LIMIT])
def test_an_order_is_absent_only_where_the_exchange_says_so(request_: OrderRequest) -> None:
    contract = ":" in request_.symbol
    for code in ("40109", "40768", "43001", "45057"):
        for status in (200, 400):
            assert looked_up(request_, {LOOK[contract]: no(code, status=status)})[0] is None
    for answer in (no("40109", status=500), no("40015"), no(""), Reply("<html>", 200), Reply("")):
        with pytest.raises(Unavailable):
            looked_up(request_, {LOOK[contract]: answer})
    assert looked_up(LIMIT, {LOOK[False]: good([])})[0] is None


def test_an_order_is_found_among_those_that_rest_or_among_the_old_ones() -> None:
    """Without its name in the question; what rests is listed first."""
    other = row(LIMIT, clientOid="0" * 32, orderId="99")
    ours = row(LIMIT, orderId="12")

    resting, _ = found(LIMIT, {RESTING[False]: good([other, ours]), OLD[False]: good([])})
    old, exchange = found(
        LIMIT, {RESTING[False]: good([other]), OLD[False]: good([row(LIMIT, status="cancelled")])}
    )
    absent, _ = found(LIMIT, {RESTING[False]: good([other]), OLD[False]: good([other])})

    assert (resting.state, old.state, absent) == (S.ACCEPTED, S.CANCELED, None)
    assert exchange.paths == [RESTING[False], OLD[False]]
    assert exchange.sent[1].parameters == {"symbol": "BTCUSDT", "limit": "100", "startTime": "1"}


def test_futures_are_asked_for_orders_that_are_partly_filled_by_name() -> None:
    partly = contract_row(PERP_LIMIT, state="partially_filled", baseVolume="0.001")
    answers = {
        RESTING[True]: [listed(), listed(partly)],
        FILLS[True]: filled(contract_fill("0.001")),
        STOPS: listed(),
    }

    reports, exchange = at_bitget(lambda client: client.open_orders(PERP), answers, symbols=(PERP,))

    assert [report.state for report in reports] == [S.PARTIALLY_FILLED]
    asked = [it.parameters["status"] for it in exchange.sent if it.path.endswith("orders-pending")]
    assert asked == ["live", "partially_filled"]


def test_everything_that_rests_is_listed_once_whoever_placed_it() -> None:
    order, foreign = contract_row(PERP_LIMIT), contract_row(LONG, clientOid="", state="live")
    foreign |= {"orderId": "29", "baseVolume": "0"}
    plan = stop_row(PERP_STOP, planType="normal_plan", clientOid="1111", orderId="78", side="buy")
    plan |= {"tradeSide": "open", "posMode": "hedge_mode"}
    answers = {
        RESTING[True]: [listed(order, foreign), listed(order)],
        STOPS: [listed(stop_row(PERP_STOP)), listed(plan), listed()],
    }

    reports, exchange = at_bitget(lambda client: client.open_orders(PERP), answers, symbols=(PERP,))

    assert [it.exchange_order_id for it in reports] == ["28", "29", "77", "78"]
    assert [it.parameters.get("planType") for it in exchange.sent[2:]] == [
        "profit_loss",
        "normal_plan",
        "track_plan",
    ]


def many(count: int, first: int) -> list[dict[str, Any]]:
    return [
        row(LIMIT, clientOid=f"{n:032x}", orderId=str(n)) for n in range(first, first - count, -1)
    ]


def test_lists_are_read_page_by_page_and_never_in_a_circle() -> None:
    pages = [good(many(100, 300)), good([*many(40, 200), row(LIMIT, orderId="5")])]

    ours, exchange = found(LIMIT, {RESTING[False]: good([]), OLD[False]: pages})

    assert ours.exchange_order_id == "5"
    assert exchange.sent[-1].parameters["idLessThan"] == "201"
    with pytest.raises(Unavailable, match="the same page of a list again"):
        found(LIMIT, {RESTING[False]: good([]), OLD[False]: good(many(100, 300))})


# Stops of futures.


@pytest.mark.parametrize("request_", [PERP_STOP, MARK_STOP, SHORT_STOP])
def test_a_stop_that_waits_is_found_by_its_name(request_: OrderRequest) -> None:
    report, exchange = looked_up(request_, {STOPS: listed(stop_row(request_))})

    name = request_.client_order_id
    assert report == OrderReport(name, "77", PERP, request_.side, S.ACCEPTED, None)
    assert exchange.sent[0].parameters == {
        "symbol": "BTCUSDT",
        "productType": "USDT-FUTURES",
        "planType": "profit_loss",
        "limit": "100",
        "clientOid": name,
    }


@pytest.mark.parametrize(
    ("word", "state"), [("cancelled", S.CANCELED), ("fail_execute", S.EXPIRED)]
)
def test_a_stop_that_has_ended_is_found_among_the_old_ones(word: str, state: OrderState) -> None:
    old = listed(stop_row(PERP_STOP, planStatus=word))

    report, exchange = looked_up(PERP_STOP, {STOPS: listed(), OLD_STOPS: old})

    assert report.state is state
    assert exchange.paths == [STOPS, OLD_STOPS]


def test_a_stop_that_was_triggered_is_followed_to_the_order_that_it_became() -> None:
    old = stop_row(PERP_STOP, planStatus="executed", executeOrderId="555")
    real = contract_row(CLOSE, orderId="555", clientOid="666")
    answers = {STOPS: listed(), OLD_STOPS: listed(old), LOOK[True]: good(real)}
    answers |= {FILLS[True]: filled(contract_fill("0.00500", orderId="555"))}

    report, exchange = looked_up(PERP_STOP, answers)

    assert report == OrderReport(
        PERP_STOP.client_order_id,
        "77",
        PERP,
        Side.SELL,
        S.FILLED,
        Execution(Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 7),
    )
    assert exchange.sent[2].parameters["orderId"] == "555"


def test_a_stop_that_became_an_order_of_the_other_side_halts() -> None:
    old = stop_row(PERP_STOP, planStatus="executed", executeOrderId="28")
    answers = {STOPS: listed(), OLD_STOPS: listed(old), LOOK[True]: good(contract_row(LONG))}

    with pytest.raises(Halt, match="became an order of the other side"):
        looked_up(PERP_STOP, answers)


@pytest.mark.parametrize(
    ("changed", "look"),
    [
        ({"planStatus": "executed"}, {}),
        ({"planStatus": "executed", "executeOrderId": "555"}, Reply(NO_SUCH_ORDER, 400)),
        ({"planStatus": "executed", "executeOrderId": "555"}, good(contract_row(CLOSE))),
        (
            {"planStatus": "executed", "executeOrderId": "555"},
            good(contract_row(CLOSE, state="canceled", baseVolume="0")),
        ),
        ({"planStatus": "armed"}, {}),
        ({"symbol": "ETHUSDT"}, {}),
        ({"side": "hold"}, {}),
    ],
)
def test_a_triggered_stop_whose_order_is_not_told_is_asked_for_again(
    changed: dict[str, Any], look: Any
) -> None:
    old = listed(stop_row(PERP_STOP, **changed))

    with pytest.raises(Unavailable):
        looked_up(PERP_STOP, {STOPS: listed(), OLD_STOPS: old, LOOK[True]: look})


def test_a_stop_is_absent_where_neither_list_has_it() -> None:
    other = listed(stop_row(PERP_STOP, clientOid="0" * 32))

    assert looked_up(PERP_STOP, {STOPS: listed(), OLD_STOPS: other})[0] is None
    assert found(PERP_STOP, {STOPS: other, OLD_STOPS: listed()})[0] is None
    with pytest.raises(Unavailable):
        looked_up(PERP_STOP, {STOPS: listed()})


def test_two_stops_of_one_name_are_not_understood() -> None:
    with pytest.raises(Unavailable, match="with two stops of one name"):
        looked_up(PERP_STOP, {STOPS: listed(stop_row(PERP_STOP), stop_row(PERP_STOP))})


def test_a_stop_is_found_without_its_name_in_the_question_page_by_page() -> None:
    rows = [stop_row(PERP_STOP, clientOid=f"{n:032x}", orderId=str(n)) for n in range(300, 200, -1)]
    pages = [listed(*rows, end="201"), listed(stop_row(PERP_STOP))]

    report, exchange = found(PERP_STOP, {STOPS: pages}, since=7)

    assert report.client_order_id == PERP_STOP.client_order_id
    assert [it.parameters.get("idLessThan") for it in exchange.sent] == [None, "201"]
    assert all("clientOid" not in it.parameters for it in exchange.sent)
    assert exchange.sent[0].parameters["startTime"] == "7"


def test_a_way_that_is_not_documented_for_one_way_mode_says_nothing_of_the_side() -> None:
    told = stop_row(PERP_STOP, side="buy", tradeSide="close")

    assert looked_up(PERP_STOP, {STOPS: listed(told)})[0].side is Side.SELL


# Fills.
