"""Orders read through the door: found, absent, with their fills to the last digit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.binance.orders import Seen, with_execution
from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderReport, OrderState, Side
from tests.exchange.asked import ENTRY, STOP, fill, row
from tests.exchange.scripted import NOW, Reply, ask, refusal

ORDER, ALL = "GET /api/v3/order", "GET /api/v3/allOrders"

TRADE = fill("0.00500", id=9, orderId=28, time=NOW + 40)
FILLED = OrderReport(
    "e" * 32,
    "28",
    "BTC/USDT",
    Side.BUY,
    OrderState.FILLED,
    Execution(Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 40),
)


def looked_up(**changed: Any) -> dict[str, Any]:
    return {name: it for name, it in row(ENTRY, **changed).items() if name != "fills"}


def test_an_order_that_filled_is_read_with_its_trades() -> None:
    report, exchange = ask(
        lambda client: client.order(ENTRY),
        {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([TRADE])},
    )

    assert report == FILLED
    assert exchange.sent[0].parameters["origClientOrderId"] == "e" * 32
    assert exchange.sent[1].parameters["orderId"] == "28"


def test_an_order_is_absent_only_where_the_exchange_says_so() -> None:
    report, _ = ask(
        lambda client: client.order(ENTRY), {ORDER: refusal(-2013, "Order does not exist.")}
    )

    assert report is None


@pytest.mark.parametrize(
    "answer",
    [
        refusal(-2013, "Order does not exist.", 200),
        refusal(-2013, "Order does not exist.", 404),
        refusal(-2013, "Order does not exist.", 503),
        refusal(-2011, "Unknown order sent."),
        refusal(-2026, "Order was archived."),
        refusal(-1000, "An unknown error occurred."),
        Reply("Order does not exist. -2013", 400),
        Reply("", 404),
        Reply([], 200),
        Reply({}, 200),
        Reply(looked_up(clientOrderId="x" * 32)),
        Reply(looked_up(symbol="ETHUSDT")),
        Reply(act="drop"),
        Reply(act="hang"),
    ],
)
def test_everything_else_is_no_proof_of_absence(
    answer: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    with pytest.raises(Unavailable):
        ask(lambda client: client.order(ENTRY), {ORDER: answer})


def test_fills_that_do_not_add_up_are_asked_for_later() -> None:
    short = fill("0.004", id=9, time=NOW)

    with pytest.raises(Unavailable, match="its fills unclearly"):
        ask(
            lambda client: client.order(ENTRY),
            {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([short])},
        )


def test_a_fee_in_another_currency_stops_trading() -> None:
    trade = fill("0.00500", id=9, time=NOW, commissionAsset="BNB")

    with pytest.raises(Halt, match="not supported yet: fees in BNB"):
        ask(
            lambda client: client.order(ENTRY),
            {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([trade])},
        )


def test_a_fee_in_what_was_bought_makes_it_arrive_short() -> None:
    trade = fill("0.00500", id=9, time=NOW, commission="0.00000500", commissionAsset="BTC")

    told, _ = ask(
        lambda client: client.order(ENTRY),
        {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([trade])},
    )

    assert told.execution is not None
    assert told.execution.quantity == Decimal("0.004995")
    assert told.execution.fee == Decimal("0.3000005")


@pytest.mark.parametrize(
    ("quantity", "state", "arrived"),
    [
        ("0.00500", OrderState.FILLED, Decimal("0.00499")),
        ("0.00001", OrderState.PARTIALLY_FILLED, None),
    ],
)
def test_what_arrived_is_counted_in_whole_steps(
    quantity: str, state: OrderState, arrived: Decimal | None
) -> None:
    trade = fill(quantity, time=NOW, commissionAsset="BTC")
    trade["commission"] = str(Decimal(quantity) / 1000)
    report = OrderReport("a", "1", "BTC/USDT", Side.BUY, state, None)
    order = Seen(report, Decimal(quantity), "1", NOW, (trade,), NOW)

    told = with_execution(order, [trade], "USDT", Decimal("0.00001"))

    assert told.state is (OrderState.ACCEPTED if arrived is None else state)
    assert (told.execution.quantity if told.execution else None) == arrived


def test_more_fills_than_one_answer_holds_are_read_page_by_page() -> None:
    pages = [
        Reply([fill("0.000001", id=number, time=NOW) for number in range(1000)]),
        Reply([fill("0.000001", id=number, time=NOW) for number in range(1000, 1500)]),
    ]

    report, exchange = ask(
        lambda client: client.order(ENTRY),
        {ORDER: looked_up(executedQty="0.0015"), "GET /api/v3/myTrades": pages},
    )

    assert report.execution.quantity == Decimal("0.0015")
    assert exchange.sent[2].parameters["fromId"] == "1000"


def test_open_orders_are_all_that_rests() -> None:
    rows = [row(STOP, orderId=3), row(STOP, orderId=4, clientOrderId="by-hand")]

    reports, _ = ask(
        lambda client: client.open_orders("BTC/USDT"), {"GET /api/v3/openOrders": Reply(rows)}
    )

    assert [report.client_order_id for report in reports] == ["5" * 32, "by-hand"]
    assert {report.state for report in reports} == {OrderState.ACCEPTED}


def test_an_order_is_found_in_the_list_of_all_orders() -> None:
    report, exchange = ask(
        lambda client: client.find(STOP, NOW - 9),
        {ALL: Reply([looked_up(), row(STOP, orderId=29)])},
    )

    assert report.exchange_order_id == "29"
    assert exchange.sent[0].parameters["startTime"] == str(NOW - 9)


def test_the_list_of_all_orders_is_read_to_its_end() -> None:
    page = [row(STOP, orderId=number, clientOrderId=f"n{number}") for number in range(1000)]
    answers = {ALL: [Reply(page), Reply([row(STOP, orderId=1000)])]}

    found, exchange = ask(lambda client: client.find(STOP, NOW), answers)
    absent, _ = ask(
        lambda client: client.find(replace(STOP, client_order_id="0" * 32), NOW),
        {ALL: [Reply(page), Reply([])]},
    )

    assert found.exchange_order_id == "1000"
    assert exchange.sent[1].parameters["orderId"] == "1000"
    assert absent is None
