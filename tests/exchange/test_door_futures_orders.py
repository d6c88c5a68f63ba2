"""Orders of futures looked up: conditional ones are followed to the orders that they became."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderReport, OrderState, Side
from tests.exchange.asked import (
    LONG,
    PERP,
    PERP_STOP,
    PERP_TARGET,
    algo_row,
    contract_row,
    user_trade,
)
from tests.exchange.scripted import NOW, Reply, Scripted, ask, refusal

ALGO, ORDER, TRADES = "GET /fapi/v1/algoOrder", "GET /fapi/v1/order", "GET /fapi/v1/userTrades"
ALL, ALL_ALGO = "GET /fapi/v1/allOrders", "GET /fapi/v1/allAlgoOrders"
NONE = refusal(-2013, "Order does not exist.")
WEEK_MS = 7 * 86_400_000


def asked(question: Any, answers: dict[str, Any]) -> tuple[Any, Scripted]:
    return ask(question, answers, symbols=(PERP,))


def triggered(status: str = "TRIGGERED", **changed: Any) -> dict[str, Any]:
    return algo_row(PERP_STOP, algoStatus=status, actualOrderId="8389766001", **changed)


#: The order that the stop became: another name, another number.
REAL = contract_row(
    PERP_STOP, orderId=8389766001, clientOrderId="theirs", type="MARKET", time=NOW - 5
)
SOLD = user_trade("0.00500", "57990.5", orderId=8389766001, side="SELL", time=NOW + 40)


def report(state: OrderState, execution: Execution | None = None) -> OrderReport:
    return OrderReport("5" * 32, "2146760", PERP, Side.SELL, state, execution)


def test_a_plain_order_is_read_with_its_trades() -> None:
    found, exchange = asked(
        lambda client: client.order(LONG),
        {ORDER: contract_row(LONG, time=NOW), TRADES: Reply([user_trade("0.00500")])},
    )

    assert exchange.sent[0].parameters["origClientOrderId"] == "e" * 32
    assert found.execution == Execution(
        Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 7
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("NEW", OrderState.ACCEPTED),
        ("TRIGGERING", OrderState.ACCEPTED),
        ("TRIGGERED", OrderState.ACCEPTED),
        ("CANCELED", OrderState.CANCELED),
        ("EXPIRED", OrderState.EXPIRED),
        ("REJECTED", OrderState.REJECTED),
    ],
)
def test_a_stop_that_became_no_order_is_told_by_its_own_state(
    status: str, state: OrderState
) -> None:
    found, exchange = asked(
        lambda client: client.order(PERP_STOP), {ALGO: algo_row(PERP_STOP, algoStatus=status)}
    )

    assert found == report(state)
    assert exchange.paths == [ALGO]
    assert exchange.sent[0].parameters["clientAlgoId"] == "5" * 32


@pytest.mark.parametrize("status", ["TRIGGERED", "FINISHED"])
def test_a_triggered_stop_is_followed_to_its_fills_under_its_own_name(status: str) -> None:
    filled = REAL | {"status": "FILLED", "executedQty": "0.00500"}

    found, exchange = asked(
        lambda client: client.order(PERP_STOP),
        {ALGO: triggered(status), ORDER: filled, TRADES: Reply([SOLD])},
    )

    execution = Execution(Decimal("0.00500"), Decimal("57990.5"), Decimal("0.3"), NOW + 40)
    assert found == report(OrderState.FILLED, execution)
    assert exchange.paths == [ALGO, ORDER, TRADES]
    assert exchange.sent[1].parameters["orderId"] == "8389766001"
    assert exchange.sent[2].parameters["orderId"] == "8389766001"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("NEW", OrderState.ACCEPTED),
        ("CANCELED", OrderState.CANCELED),
        ("EXPIRED", OrderState.EXPIRED),
        ("REJECTED", OrderState.REJECTED),
    ],
)
def test_what_a_stop_became_tells_its_state(status: str, state: OrderState) -> None:
    found, _ = asked(
        lambda client: client.order(PERP_STOP),
        {ALGO: triggered(), ORDER: REAL | {"status": status}},
    )

    assert found == report(state)


@pytest.mark.parametrize(
    "answers",
    [
        {ALGO: triggered(), ORDER: NONE},
        {ALGO: triggered(), ORDER: REAL | {"orderId": 1}},
        {ALGO: algo_row(PERP_STOP, algoStatus="FINISHED")},
        {ALGO: algo_row(PERP_STOP, clientAlgoId="x")},
        {ALGO: algo_row(PERP_STOP, algoStatus="DREAMING")},
        {ALGO: Reply([])},
        {ALGO: refusal(-2013, "Order does not exist.", 503)},
    ],
    ids=["not yet", "another", "nowhere", "another name", "undocumented", "a list", "503"],
)
def test_a_stop_that_is_told_unclearly_is_asked_for_later(answers: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        asked(lambda client: client.order(PERP_STOP), answers)


def test_a_stop_that_became_an_order_of_the_other_side_stops() -> None:
    with pytest.raises(Halt, match="other side"):
        asked(
            lambda client: client.order(PERP_STOP),
            {ALGO: triggered(), ORDER: REAL | {"side": "BUY"}},
        )


def test_an_order_is_absent_only_where_its_own_list_says_so() -> None:
    for request, place in ((LONG, ORDER), (PERP_STOP, ALGO)):
        found, exchange = asked(lambda client, it=request: client.order(it), {place: NONE})

        assert found is None
        assert exchange.paths == [place]


def test_open_orders_are_plain_and_conditional() -> None:
    answers = {
        "GET /fapi/v1/openOrders": Reply([contract_row(PERP_TARGET, time=NOW)]),
        "GET /fapi/v1/openAlgoOrders": Reply([algo_row(PERP_STOP)]),
    }

    reports, exchange = asked(lambda client: client.open_orders(PERP), answers)

    assert [it.client_order_id for it in reports] == ["7" * 32, "5" * 32]
    assert [sent.parameters["symbol"] for sent in exchange.sent] == ["BTCUSDT", "BTCUSDT"]


def test_an_order_is_found_in_the_list_of_its_kind() -> None:
    answers = {
        ALL: Reply([contract_row(PERP_TARGET, time=NOW)]),
        ALL_ALGO: Reply([algo_row(PERP_STOP)]),
    }

    for request, place in ((PERP_TARGET, ALL), (PERP_STOP, ALL_ALGO)):
        found, exchange = asked(lambda client, it=request: client.find(it, NOW - 9), answers)

        assert found.client_order_id == request.client_order_id
        assert exchange.paths == [place]
        assert exchange.sent[0].parameters["startTime"] == str(NOW - 9)


def test_weeks_are_asked_for_one_by_one_because_an_answer_spans_one() -> None:
    since = NOW - 2 * WEEK_MS - 1

    found, exchange = asked(lambda client: client.find(PERP_STOP, since), {ALL_ALGO: Reply([])})

    spans = [
        (int(sent.parameters["startTime"]), sent.parameters.get("endTime"))
        for sent in exchange.sent
    ]
    assert found is None
    assert spans == [
        (since, str(since + WEEK_MS - 1)),
        (since + WEEK_MS, str(since + 2 * WEEK_MS - 1)),
        (since + 2 * WEEK_MS, None),
    ]


def test_a_full_page_of_stops_is_read_on_by_number() -> None:
    page = [algo_row(PERP_STOP, algoId=n, clientAlgoId=f"n{n}") for n in range(1000)]

    found, exchange = asked(
        lambda client: client.find(PERP_STOP, NOW),
        {ALL_ALGO: [Reply(page), Reply([algo_row(PERP_STOP, algoId=1000)])]},
    )

    assert found.exchange_order_id == "1000"
    assert exchange.sent[1].parameters["algoId"] == "1000"


def test_fills_of_an_old_order_are_asked_for_from_its_beginning() -> None:
    """Without a time the exchange tells the trades of the last 7 days only."""
    placed = NOW - WEEK_MS - 60_000
    old = contract_row(LONG, time=placed)
    pages = [Reply([user_trade("0.002")]), Reply([user_trade("0.003", id=10)])]

    found, exchange = asked(lambda client: client.order(LONG), {ORDER: old, TRADES: pages})

    assert found.execution.quantity == Decimal("0.005")
    assert [sent.parameters["startTime"] for sent in exchange.sent[1:]] == [
        str(placed),
        str(placed + WEEK_MS),
    ]


def test_an_order_whose_age_is_not_told_is_as_old_as_its_decision() -> None:
    request = replace(LONG, decided_at=NOW - WEEK_MS)

    _, exchange = asked(
        lambda client: client.order(request),
        {ORDER: contract_row(LONG), TRADES: [Reply([user_trade("0.00500")]), Reply([])]},
    )

    assert exchange.sent[1].parameters["startTime"] == str(NOW - WEEK_MS)
