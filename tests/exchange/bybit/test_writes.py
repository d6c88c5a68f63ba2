"""What is sent to Bybit, and what becomes of it: read afterwards, or unknown."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.errors import Halt
from runner.model.orders import (
    Accepted,
    OrderRequest,
    OrderState,
    OrderType,
    Rejected,
    Unknown,
)
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    MARK_STOP,
    PAIR,
    PERP_LIMIT,
    PERP_MAKER,
    PERP_STOP,
    PERP_TARGET,
    SPEND,
    STOP,
)
from tests.exchange.bybit.room import asked, impatient, sent
from tests.exchange.bybit.told import (
    CANCEL,
    CREATE,
    FILLS,
    MARKETS,
    NUMBER,
    ORDERS,
    answers,
    bad,
    fill,
    good,
    instrument,
    listed,
    named,
    page,
    row,
)
from tests.exchange.scripted import NOW, PINNED, Reply

SPOT = {"category": "spot", "symbol": "BTCUSDT", "isLeverage": 0, "orderFilter": "Order"}
LINEAR = {"category": "linear", "symbol": "BTCUSDT", "positionIdx": 0}
IN_BASE, IN_QUOTE = {"marketUnit": "baseCoin"}, {"marketUnit": "quoteCoin"}
WAITS = {"orderFilter": "tpslOrder", "triggerPrice": "58000.1"}
FALLS = {"triggerPrice": "58000.1", "triggerDirection": 2, "triggerBy": "LastPrice"}
LOWER = {"qty": "0.00500"}
#: What leaves for each order, beside its id.
FORMS: dict[str, tuple[OrderRequest, dict[str, Any]]] = {
    "buy": (ENTRY, SPOT | IN_BASE | LOWER | {"side": "Buy", "orderType": "Market"}),
    "spend": (
        SPEND,
        SPOT | IN_QUOTE | {"qty": "1234.5678901", "side": "Buy", "orderType": "Market"},
    ),
    "sell": (EXIT, SPOT | IN_BASE | LOWER | {"side": "Sell", "orderType": "Market"}),
    "stop": (STOP, SPOT | IN_BASE | LOWER | WAITS | {"side": "Sell", "orderType": "Market"}),
    "limit": (
        LIMIT,
        SPOT
        | LOWER
        | {"side": "Buy", "orderType": "Limit", "price": "64000.12", "timeInForce": "GTC"},
    ),
    "maker": (
        MAKER,
        SPOT
        | LOWER
        | {"side": "Buy", "orderType": "Limit", "price": "64000.12", "timeInForce": "PostOnly"},
    ),
    "long": (LONG, LINEAR | LOWER | {"side": "Buy", "orderType": "Market", "reduceOnly": False}),
    "close": (CLOSE, LINEAR | LOWER | {"side": "Sell", "orderType": "Market", "reduceOnly": True}),
    "perp stop": (
        PERP_STOP,
        LINEAR | LOWER | FALLS | {"side": "Sell", "orderType": "Market", "reduceOnly": True},
    ),
    "mark stop": (
        MARK_STOP,
        LINEAR
        | LOWER
        | FALLS
        | {"side": "Sell", "orderType": "Market", "reduceOnly": True, "triggerBy": "MarkPrice"},
    ),
    "perp target": (
        PERP_TARGET,
        LINEAR
        | LOWER
        | {"side": "Sell", "orderType": "Limit", "reduceOnly": True}
        | {"price": "64000.12", "timeInForce": "GTC"},
    ),
    "perp maker": (
        PERP_MAKER,
        LINEAR
        | LOWER
        | {"side": "Sell", "orderType": "Limit", "reduceOnly": False}
        | {"price": "64000.12", "timeInForce": "PostOnly"},
    ),
}


@pytest.mark.parametrize(("request_", "form"), FORMS.values(), ids=FORMS)
def test_an_order_leaves_as_documented_and_is_read_afterwards(
    request_: OrderRequest, form: dict[str, Any]
) -> None:
    outcome, exchange = sent(request_, answers(request_))

    [order] = [one for one in exchange.sent if one.method == "POST"]
    assert order.parameters == form | {"orderLinkId": request_.client_order_id}
    assert (order.host, order.path) == ("api.bybit.com", "/v5/order/create")
    assert order.headers["X-BAPI-TIMESTAMP"] == str(NOW)
    assert order.headers["X-BAPI-RECV-WINDOW"] == "5000"
    assert isinstance(outcome, Accepted)
    [report] = outcome.reports
    assert (report.client_order_id, report.exchange_order_id) == (
        request_.client_order_id,
        NUMBER,
    )
    filled = request_.type is OrderType.MARKET
    assert report.state is (OrderState.FILLED if filled else OrderState.ACCEPTED)
    assert (report.execution is not None) is filled


@pytest.mark.parametrize(
    ("request_", "filter_"),
    [(LIMIT, "Order"), (STOP, "tpslOrder"), (PERP_LIMIT, None), (PERP_STOP, None)],
    ids=["limit", "stop", "perp limit", "perp stop"],
)
def test_a_cancellation_names_the_order_and_its_list(
    request_: OrderRequest, filter_: str | None
) -> None:
    gone = "Deactivated" if request_ is STOP else "Cancelled"

    outcome, exchange = sent(request_, answers(request_, orderStatus=gone), "cancel")

    [cancel] = [one for one in exchange.sent if one.method == "POST"]
    told = {"category": "linear" if filter_ is None else "spot", "symbol": "BTCUSDT"}
    told |= {} if filter_ is None else {"orderFilter": filter_}
    assert cancel.parameters == told | {"orderLinkId": request_.client_order_id}
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


def test_a_cancellation_that_has_not_worked_yet_is_unknown() -> None:
    outcome, _ = sent(LIMIT, answers(LIMIT), "cancel")

    assert outcome == Unknown("bybit takes the cancellation, but the order goes on so far")


@pytest.mark.parametrize("code", [110001, 110008, 110010])
def test_a_cancellation_of_what_has_ended_is_refused(code: int) -> None:
    outcome, _ = sent(PERP_LIMIT, answers(PERP_LIMIT) | {CANCEL: bad(code)}, "cancel")

    assert outcome == Rejected(str(code), "No.")


def test_several_orders_in_one_request_are_never_sent() -> None:
    for write in (Client.submit, Client.cancel):
        with pytest.raises(Halt, match="several orders"):
            asked(partial(write, requests=PAIR, pinned=PINNED), {})


#: What the order looks like afterwards, where it is not the one that was sent.
OTHERS: list[tuple[OrderRequest, dict[str, Any], str]] = [
    (LIMIT, {"orderLinkId": "d" * 32}, "another order"),
    (LIMIT, {"orderId": "9"}, "another number"),
    (LIMIT, {"symbol": "ETHUSDT"}, "`symbol` is ETHUSDT"),
    (LIMIT, {"side": "Sell"}, "`side` is sell"),
    (LIMIT, {"qty": "0.05"}, "`qty` is 0.05"),
    (LIMIT, {"price": "64000.13"}, "`price` is 64000.13"),
    (LIMIT, {"orderType": "Market"}, "`orderType` is Market"),
    (LIMIT, {"orderStatus": "Sleeping"}, "status or side"),
    (LIMIT, {"cumExecQty": "0.001"}, "contradict"),
    (ENTRY, {"marketUnit": "quoteCoin"}, "another unit"),
    (SPEND, {"qty": "1234.6"}, "`qty` is 1234.6"),
    (STOP, {"triggerPrice": "58000.2"}, "`triggerPrice` is 58000.2"),
    (PERP_STOP, {"triggerDirection": 1}, "`triggerDirection` is 1"),
    (PERP_STOP, {"triggerBy": "MarkPrice"}, "`triggerBy` is MarkPrice"),
    (PERP_STOP, {"reduceOnly": False}, "`reduceOnly` is False"),
    (PERP_STOP, {"positionIdx": 2}, "`positionIdx` is 2"),
]


@pytest.mark.parametrize(("request_", "changed", "words"), OTHERS)
def test_an_order_that_is_not_the_one_that_was_sent_is_unknown(
    request_: OrderRequest, changed: dict[str, Any], words: str
) -> None:
    outcome, exchange = sent(request_, answers(request_, **changed))

    assert isinstance(outcome, Unknown)
    assert words in outcome.reason
    assert exchange.paths.count(CREATE) == 1


#: What answers the write itself, and is neither yes nor no.
FAULTS: dict[str, Any] = {
    "dropped": Reply(act="drop"),
    "502": Reply("<html>bad gateway</html>", 502),
    "503 with a refusing code": Reply(bad(110007), 503),
    "429": Reply("slow down", 429, {"Retry-After": "7"}),
    "403": Reply("access too frequent", 403),
    "html": Reply("<html>welcome</html>", 200),
    "no envelope": Reply({"orderId": NUMBER}, 200),
    "another's id": named(LIMIT, orderLinkId="d" * 32),
    "no number": good({"orderLinkId": LIMIT.client_order_id}),
    "no result": {"retCode": 0, "retMsg": "OK"},
    "a code twice": Reply('{"retCode": 110007, "retCode": 0, "result": {}}', 200),
    "a code that is none": {"retCode": True, "retMsg": "OK", "result": {}},
    "duplicate": bad(110072),
    "timeout": bad(10000),
    "server error": bad(10016),
    "limited": bad(10006),
    "unheard of": bad(999999),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("verb", ["submit", "cancel"])
def test_whatever_is_no_clear_answer_is_unknown_and_sent_once(fault: Any, verb: str) -> None:
    outcome, exchange = sent(LIMIT, answers(LIMIT) | {CREATE: fault, CANCEL: fault}, verb)

    assert isinstance(outcome, Unknown)
    assert len(exchange.sent) == 1


@pytest.mark.parametrize("verb", ["submit", "cancel"])
def test_a_write_that_hangs_is_unknown_and_sent_once(verb: str) -> None:
    hang = Reply(act="hang")

    with impatient():
        outcome, exchange = sent(LIMIT, answers(LIMIT) | {CREATE: hang, CANCEL: hang}, verb)

    assert outcome == Unknown("api.bybit.com did not answer in time")
    assert len(exchange.sent) == 1


@pytest.mark.parametrize(
    "found",
    [
        {ORDERS: listed(LIMIT)},
        {ORDERS: listed(LIMIT, row(LIMIT), row(LIMIT))},
        {ORDERS: page("linear", row(LIMIT))},
        {ORDERS: Reply(act="drop")},
        {ORDERS: Reply("<html></html>", 502)},
        {ORDERS: bad(10016)},
    ],
    ids=["absent", "twice", "of another category", "dropped", "502", "error"],
)
def test_an_order_that_is_taken_but_not_shown_is_unknown(found: dict[str, Any]) -> None:
    outcome, exchange = sent(LIMIT, answers(LIMIT) | found)

    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith("accepted, but what became of it is not known")
    assert exchange.paths.count(CREATE) == 1


def test_fills_that_do_not_add_up_yet_make_an_order_unknown() -> None:
    outcome, _ = sent(ENTRY, answers(ENTRY) | {FILLS: listed(ENTRY, fill(ENTRY, "0.004"))})

    assert isinstance(outcome, Unknown)
    assert "`cumExecQty` is 0.00500, not 0.004" in outcome.reason


def test_an_amount_is_spent_in_whole_steps_of_its_currency() -> None:
    coarse = instrument()
    coarse["lotSizeFilter"] = coarse["lotSizeFilter"] | {"quotePrecision": "0.01"}

    outcome, exchange = sent(SPEND, answers(SPEND, qty="1234.56") | {MARKETS: page("spot", coarse)})

    assert exchange.sent[1].parameters["qty"] == "1234.56"
    assert isinstance(outcome, Accepted)


def test_an_exit_that_bybit_cuts_to_what_is_held_is_still_ours() -> None:
    cut = answers(CLOSE, qty="0.003", cumExecQty="0.003") | {
        FILLS: listed(CLOSE, fill(CLOSE, "0.003"))
    }

    outcome, _ = sent(CLOSE, cut)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution is not None
    assert outcome.reports[0].execution.quantity == Decimal("0.003")
