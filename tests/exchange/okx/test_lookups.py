"""Orders of OKX looked up: by our name, in the lists, and what a triggered stop became."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderReport, OrderRequest, OrderState, Side
from tests.exchange.asked import CLOSE, ENTRY, LIMIT, PERP, PERP_LIMIT, PERP_STOP, STOP
from tests.exchange.okx.answers import NUMBER, algo_row, ask, at, fill, no, ok, row
from tests.exchange.scripted import NOW, Reply, Scripted

DAY = 86_400_000


def order(request: OrderRequest, answers: dict[str, Any]) -> tuple[OrderReport | None, Scripted]:
    return ask(lambda it: it.order(request), at(answers), symbols=(request.symbol,))


def find(
    request: OrderRequest, answers: dict[str, Any], since_ms: int = NOW - 60_000
) -> tuple[OrderReport | None, Scripted]:
    return ask(lambda it: it.find(request, since_ms), at(answers), symbols=(request.symbol,))


STATES = [
    ("live", "0", OrderState.ACCEPTED),
    ("partially_filled", "0.2", OrderState.PARTIALLY_FILLED),
    ("filled", "0.5", OrderState.FILLED),
    ("canceled", "0", OrderState.CANCELED),
    ("canceled", "0.2", OrderState.CANCELED),
    ("mmp_canceled", "0", OrderState.CANCELED),
]


@pytest.mark.parametrize(("word", "filled", "state"), STATES)
def test_every_state_and_what_is_filled_in_it(word: str, filled: str, state: OrderState) -> None:
    answers = {
        "GET trade/order": ok(row(PERP_LIMIT, state=word, accFillSz=filled)),
        "GET trade/fills": ok(fill(PERP_LIMIT, filled)),
    }

    report, exchange = order(PERP_LIMIT, answers)

    assert report is not None
    assert report.state is state
    quantity = None if report.execution is None else report.execution.quantity
    assert quantity == (Decimal(filled) / 100 or None)
    assert exchange.sent[1].parameters == {
        "instId": "BTC-USDT-SWAP",
        "clOrdId": PERP_LIMIT.client_order_id,
    }


@pytest.mark.parametrize("request_", [LIMIT, PERP_STOP], ids=["plain", "stop"])
def test_an_order_is_absent_only_where_okx_says_so(request_: OrderRequest) -> None:
    place = "GET trade/order-algo" if request_.stop_price else "GET trade/order"

    assert order(request_, {place: no("51603", "Order does not exist")})[0] is None
    for answer in [ok(), no("51001"), no("51603", status=500), Reply("", 404), Reply("<html>")]:
        with pytest.raises(Unavailable):
            order(request_, {place: answer})


@pytest.mark.parametrize(
    "changed",
    [{"clOrdId": "0" * 32}, {"clOrdId": ""}, {"instId": "ETH-USDT"}, {"side": "sell"},
     {"state": "odd"}, {"ordId": ""}, {"cTime": "soon"}, {"state": "filled"}],
)  # fmt: skip
def test_another_order_under_our_name_is_none_of_ours(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        order(LIMIT, {"GET trade/order": ok(row(LIMIT, **changed))})


def test_fills_that_do_not_add_up_are_asked_for_again_later() -> None:
    answers = {
        "GET trade/order": ok(row(PERP_LIMIT, state="filled", accFillSz="0.5")),
        "GET trade/fills": ok(fill(PERP_LIMIT, "0.4")),
    }

    with pytest.raises(Unavailable, match="its fills unclearly: `accFillSz`"):
        order(PERP_LIMIT, answers)


def test_fills_come_in_pages_and_old_ones_from_their_own_list() -> None:
    pages = [
        ok(*(fill(PERP_LIMIT, "0.01", billId=str(300 - n)) for n in range(100))),
        ok(fill(PERP_LIMIT, "0.01", billId="200")),
    ]
    filled = row(PERP_LIMIT, state="filled", accFillSz="1.01", uTime=str(NOW - 3 * DAY))
    answers = {"GET trade/order": ok(filled), "GET trade/fills-history": pages}

    report, exchange = order(PERP_LIMIT, answers)

    assert report is not None
    assert report.execution is not None
    assert report.execution.quantity == Decimal("0.0101")
    assert [sent.parameters.get("after") for sent in exchange.sent[2:]] == [None, "201"]


def test_a_waiting_stop_is_asked_for_by_its_own_name() -> None:
    report, exchange = order(STOP, {"GET trade/order-algo": ok(algo_row(STOP))})

    assert report is not None
    assert report.state is OrderState.ACCEPTED
    assert exchange.sent[1].parameters == {"algoClOrdId": STOP.client_order_id}


ENDS = [("canceled", OrderState.CANCELED), ("order_failed", OrderState.EXPIRED)]


@pytest.mark.parametrize(("word", "state"), ENDS)
def test_a_stop_that_ended_without_an_order(word: str, state: OrderState) -> None:
    report, _ = order(PERP_STOP, {"GET trade/order-algo": ok(algo_row(PERP_STOP, state=word))})

    assert report is not None
    assert (report.state, report.execution) == (state, None)


@pytest.mark.parametrize(
    "told",
    [{"ordIdList": [NUMBER]}, {"ordId": NUMBER}, {"ordIdList": None, "ordId": NUMBER}],
)
def test_a_triggered_stop_is_the_order_that_it_became(told: dict[str, Any]) -> None:
    became = row(CLOSE, clOrdId="", algoClOrdId=PERP_STOP.client_order_id)
    answers = {
        "GET trade/order-algo": ok(algo_row(PERP_STOP, state="effective", **told)),
        "GET trade/order": ok(became),
        "GET trade/fills": ok(fill(CLOSE, "0.5")),
    }

    report, exchange = order(PERP_STOP, answers)

    assert report is not None
    assert report.client_order_id == PERP_STOP.client_order_id
    assert report.exchange_order_id == algo_row(PERP_STOP)["algoId"]
    assert report.state is OrderState.FILLED
    assert report.execution == Execution(
        Decimal("0.005"), Decimal("60000.1"), Decimal("0.3"), NOW + 7
    )
    assert exchange.sent[2].parameters == {"instId": "BTC-USDT-SWAP", "ordId": NUMBER}


def test_a_stop_that_was_just_triggered_is_told_later() -> None:
    answers = {
        "GET trade/order-algo": ok(algo_row(PERP_STOP, state="effective", ordIdList=[NUMBER])),
        "GET trade/order": no("51603"),
    }

    with pytest.raises(Unavailable, match="what became of stop"):
        order(PERP_STOP, answers)


@pytest.mark.parametrize("numbers", [[], ["1", "2"], "1", [1]])
def test_a_stop_that_became_none_or_several_orders_is_unclear(numbers: Any) -> None:
    triggered = algo_row(PERP_STOP, state="effective", ordIdList=numbers)
    answers = {"GET trade/order-algo": ok(triggered), "GET trade/order": ok(row(CLOSE))}

    with pytest.raises(Unavailable, match="unclearly"):
        order(PERP_STOP, answers)


def test_a_stop_that_became_an_order_of_the_other_side_halts() -> None:
    answers = {
        "GET trade/order-algo": ok(algo_row(PERP_STOP, state="effective", ordIdList=[NUMBER])),
        "GET trade/order": ok(row(replace(CLOSE, side=Side.BUY))),
    }

    with pytest.raises(Halt, match="became an order of the other side"):
        order(PERP_STOP, answers)


def test_an_order_is_found_where_it_rests_or_where_it_ended() -> None:
    other = row(LIMIT, clOrdId="", ordId="7")
    resting = {"GET trade/orders-pending": ok(other, row(LIMIT))}
    ended = {
        "GET trade/orders-pending": ok(other),
        "GET trade/orders-history": ok(row(LIMIT, state="canceled")),
    }

    for answers, state in [(resting, OrderState.ACCEPTED), (ended, OrderState.CANCELED)]:
        report, exchange = find(LIMIT, answers)
        assert report is not None
        assert report.state is state
    assert exchange.sent[-1].parameters == {
        "instType": "SPOT",
        "instId": "BTC-USDT",
        "begin": str(NOW - 60_000),
        "limit": "100",
    }


def test_an_order_that_no_list_holds_is_not_found() -> None:
    nowhere = {"GET trade/orders-pending": ok(), "GET trade/orders-history": ok()}

    report, exchange = find(LIMIT, nowhere | {"GET trade/orders-history-archive": ok()}, 0)

    assert report is None
    assert [path.rpartition("/")[2] for path in exchange.paths] == [
        "instruments",
        "orders-pending",
        "orders-history",
        "orders-history-archive",
    ]


def test_a_list_that_is_not_told_proves_nothing() -> None:
    with pytest.raises(Unavailable):
        find(LIMIT, {"GET trade/orders-pending": ok(), "GET trade/orders-history": Reply("", 500)})


def test_an_order_is_found_on_a_later_page() -> None:
    full = ok(*(row(LIMIT, clOrdId="", ordId=str(300 - n)) for n in range(100)))
    answers = {
        "GET trade/orders-pending": ok(),
        "GET trade/orders-history": [full, ok(row(LIMIT, state="canceled"))],
    }

    report, exchange = find(LIMIT, answers)

    assert report is not None
    assert exchange.sent[-1].parameters["after"] == "201"


def test_a_stop_is_found_by_how_it_ended() -> None:
    lists = [ok(), ok(algo_row(PERP_STOP, state="canceled"))]
    answers = {"GET trade/orders-algo-pending": ok(), "GET trade/orders-algo-history": lists}

    report, exchange = find(PERP_STOP, answers)

    assert report is not None
    assert report.state is OrderState.CANCELED
    assert [sent.parameters.get("state") for sent in exchange.sent[1:]] == [
        None,
        "effective",
        "canceled",
    ]


def test_a_stop_is_looked_for_no_further_back_than_it_may_be() -> None:
    old = [algo_row(PERP_STOP, algoClOrdId="", cTime=str(NOW - DAY)) for _ in range(100)]
    answers = {"GET trade/orders-algo-pending": ok(), "GET trade/orders-algo-history": ok(*old)}

    report, exchange = find(PERP_STOP, answers)

    assert report is None
    assert len(exchange.sent) == 5  # the market, those that rest, three ways to end


def test_everything_that_rests_is_told_whoever_placed_it() -> None:
    strange = row(PERP_LIMIT, clOrdId="", ordId="7")
    answers = {
        "GET trade/orders-pending": ok(row(PERP_LIMIT), strange),
        "GET trade/orders-algo-pending": ok(algo_row(PERP_STOP)),
    }

    reports, exchange = ask(lambda it: it.open_orders(PERP), at(answers), symbols=(PERP,))

    names = [PERP_LIMIT.client_order_id, "7", PERP_STOP.client_order_id]
    assert [report.client_order_id for report in reports] == names
    assert exchange.sent[-1].parameters["ordType"] == "conditional,oco"


def test_orders_that_closed_a_position_are_told_oldest_first() -> None:
    def forced(number: str, at_ms: int) -> dict[str, Any]:
        return row(CLOSE, clOrdId="", ordId=number, cTime=str(at_ms))

    answers = {
        "GET trade/orders-history": [ok(forced("2", NOW)), ok(forced("1", NOW - 1)), ok()],
        "GET trade/fills": [ok(fill(CLOSE, "0.5", ordId=number)) for number in "12"],
    }

    reports, exchange = ask(
        lambda it: it.liquidations(PERP, NOW - 1000), at(answers), symbols=(PERP,)
    )

    assert [report.client_order_id for report in reports] == ["1", "2"]
    assert all(report.execution is not None for report in reports)
    categories = [sent.parameters.get("category") for sent in exchange.sent]
    assert categories[1:4] == ["full_liquidation", "partial_liquidation", "adl"]


def test_a_partial_fill_that_the_fee_ate_has_not_arrived() -> None:
    answers = {
        "GET trade/order": ok(row(ENTRY, state="partially_filled", accFillSz="0.00001")),
        "GET trade/fills": ok(fill(ENTRY, "0.00001", fee="-0.00000001", feeCcy="BTC")),
    }

    report, _ = order(ENTRY, answers)

    assert report is not None
    assert (report.state, report.execution) == (OrderState.ACCEPTED, None)
