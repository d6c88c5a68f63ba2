"""What is sent to BingX, and what becomes of it: read afterwards, or unknown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import Accepted, Execution, OrderRequest, OrderState, Rejected, Unknown
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MARK_STOP,
    PAIR,
    PERP_LIMIT,
    PERP_STOP,
    SPEND,
    STOP,
)
from tests.exchange.bingx.room import asked, impatient, sent
from tests.exchange.bingx.told import (
    CANCEL,
    LOOK,
    NUMBER,
    ORDERS,
    PAST,
    PLACE,
    RESTING,
    about,
    answers,
    bad,
    gone,
    good,
    is_contract,
    nowhere,
    orders,
    row,
    taken,
)
from tests.exchange.scripted import NOW, PINNED, Reply

HOUR = 3_600_000
SIGNED = {"recvWindow": "5000", "timestamp": str(NOW)}
BUY, SELL = {"side": "BUY"}, {"side": "SELL"}
MARKET, RESTS = {"type": "MARKET"}, {"type": "LIMIT", "price": "64000.12"}
GTC, MAKES = {"timeInForce": "GTC"}, {"timeInForce": "PostOnly"}
ONE_WAY = {"positionSide": "BOTH", "reduceOnly": "false"}
CLOSES = {"positionSide": "BOTH", "reduceOnly": "true"}
QUANTITY = {"quantity": "0.00500"}
#: What leaves for each order, beside its id and the symbol.
FORMS: dict[str, dict[str, str]] = {
    "buy": BUY | MARKET | QUANTITY,
    "spend": BUY | MARKET | {"quoteOrderQty": "1234.56789012345"},
    "sell": SELL | MARKET | QUANTITY,
    "limit": BUY | RESTS | GTC | QUANTITY,
    "maker": BUY | RESTS | MAKES | QUANTITY,
    "target": SELL | RESTS | GTC | QUANTITY,
    "long": BUY | MARKET | QUANTITY | ONE_WAY,
    "close": SELL | MARKET | QUANTITY | CLOSES,
    "perp limit": BUY | RESTS | GTC | QUANTITY | ONE_WAY,
    "perp maker": SELL | RESTS | MAKES | QUANTITY | ONE_WAY,
    "perp target": SELL | RESTS | GTC | QUANTITY | CLOSES,
}


@pytest.mark.parametrize("case", FORMS)
def test_an_order_leaves_as_documented_and_is_read_afterwards(case: str) -> None:
    request = ORDERS[case]
    kind = is_contract(request)
    name = {"clientOrderId" if kind else "newClientOrderId": request.client_order_id}

    outcome, exchange = sent(request, answers(request))

    place, look = exchange.sent
    assert exchange.paths == [PLACE[kind], LOOK[kind]]
    assert place.parameters.pop("signature")
    assert place.parameters == {"symbol": "BTC-USDT"} | FORMS[case] | name | SIGNED
    assert place.headers["X-BX-APIKEY"].startswith("CANARYkey")
    asked_by = {"clientOrderId" if kind else "clientOrderID": request.client_order_id}
    assert asked_by.items() <= look.parameters.items()
    assert look.parameters["recvWindow"] == "5000"
    assert isinstance(outcome, Accepted)
    [report] = outcome.reports
    assert report.client_order_id == request.client_order_id
    assert report.exchange_order_id == str(NUMBER)
    filled = "MARKET" in FORMS[case].values()
    assert report.state is (OrderState.FILLED if filled else OrderState.ACCEPTED)
    assert (report.execution is not None) is filled


def test_executions_are_read_from_the_order_itself() -> None:
    told = {request.symbol: sent(request, answers(request))[0] for request in (EXIT, CLOSE)}

    read = [it.reports[0].execution for it in told.values() if isinstance(it, Accepted)]

    quantity = Decimal("0.00500")
    assert read == [
        Execution(quantity, Decimal("60000.1"), Decimal("0.3"), NOW + 7),
        Execution(quantity, Decimal("60000.1"), Decimal("0.15"), NOW + 7),
    ]


@pytest.mark.parametrize("told", ["1234.56789012345", "1234.56", "1230"])
def test_an_amount_may_lose_the_digits_that_its_currency_has_not(told: str) -> None:
    outcome, _ = sent(SPEND, answers(SPEND, origQuoteOrderQty=told))

    assert isinstance(outcome, Accepted)


def test_an_order_of_the_test_venue_goes_to_its_host() -> None:
    async def question(client: Any) -> Any:
        return await client.submit((LONG,), PINNED)

    outcome, exchange = asked(question, answers(LONG), (LONG.symbol,), venue=Venue.TESTNET)

    assert isinstance(outcome, Accepted)
    assert {it.host.partition(":")[0] for it in exchange.sent} == {"open-api-vst.bingx.com"}


#: What the order is shown with afterwards that is not what was sent.
OTHER: list[tuple[str, OrderRequest, dict[str, Any]]] = [
    ("another id", LIMIT, {"clientOrderID": "x" * 32}),
    ("no id", LIMIT, {"clientOrderID": ""}),
    ("another symbol", LIMIT, {"symbol": "ETH-USDT"}),
    ("another side", LIMIT, {"side": "SELL"}),
    ("another type", LIMIT, {"type": "MARKET"}),
    ("a cut quantity", LIMIT, {"origQty": "0.004"}),
    ("a cut price", LIMIT, {"price": "64000.1"}),
    ("another number", LIMIT, {"orderId": 5}),
    ("more is spent", SPEND, {"origQuoteOrderQty": "1235"}),
    ("less is spent", SPEND, {"origQuoteOrderQty": "1200"}),
    ("no id, contract", PERP_LIMIT, {"clientOrderId": ""}),
    ("it opens", CLOSE, {"reduceOnly": False}),
    ("it opens, as text", CLOSE, {"reduceOnly": "false"}),
    ("it only closes", PERP_LIMIT, {"reduceOnly": True}),
    ("a flag that is none", CLOSE, {"reduceOnly": "yes"}),
    ("more than was sent", CLOSE, {"origQty": "0.006"}),
    ("an unknown state", LIMIT, {"status": "WAITING"}),
    ("filled by nothing", LIMIT, {"status": "FILLED"}),
    ("filled at no price", LONG, {"avgPrice": "0.0"}),
    ("filled for no fee", LONG, {"commission": ""}),
    ("filled for nothing", ENTRY, {"cummulativeQuoteQty": "0"}),
]


@pytest.mark.parametrize(
    ("request_", "changed"), [it[1:] for it in OTHER], ids=[it[0] for it in OTHER]
)
def test_an_order_that_is_not_as_it_was_sent_is_unknown(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    outcome, exchange = sent(request_, answers(request_, **changed))

    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith("accepted, but what became of it is not known")
    assert [it.method for it in exchange.sent].count("POST") == 1


def test_an_exit_may_be_cut_to_what_is_held() -> None:
    outcome, _ = sent(CLOSE, answers(CLOSE, origQty="0.004", executedQty="0.004"))

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution is not None
    assert outcome.reports[0].execution.quantity == Decimal("0.004")


#: What an answer to a submission may be that says nothing of our order.
UNCLEAR: dict[str, Any] = {
    "another id": taken(LIMIT, clientOrderID="x" * 32),
    "another symbol": taken(LIMIT, symbol="ETH-USDT"),
    "another side": taken(LIMIT, side="SELL"),
    "another type": taken(LIMIT, type="MARKET"),
    "no number": taken(LIMIT, orderId=0),
    "nothing": good(None),
    "a list": good([]),
    "no data": {"code": 0, "msg": ""},
    "no code": {"data": {}},
    "a flag for a code": {"code": False, "data": {}},
    "HTML": Reply("<html>ok</html>"),
    "a number": Reply("5"),
    "HTTP 500": Reply("oops", 500),
    "HTTP 502 with a good body": Reply(taken(LIMIT), 502),
    "HTTP 504": bad(504, "timeout", 504),
    "HTTP 429": bad(100410, "rate limitation", 429),
    "a firewall": Reply("blocked", 403),
    "busy": bad(100500, "The current system is busy, please try again later"),
    "a twice told field": Reply('{"code": 0, "code": 0, "data": {}}'),
    "a dropped connection": Reply(act="drop"),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_an_unclear_answer_is_unknown_and_nothing_is_sent_twice(case: str) -> None:
    outcome, exchange = sent(LIMIT, {PLACE[False]: UNCLEAR[case]})

    assert isinstance(outcome, Unknown)
    assert exchange.paths == [PLACE[False]]


def test_no_answer_in_time_is_unknown_and_nothing_is_sent_twice() -> None:
    with impatient():
        for request in (LIMIT, PERP_LIMIT):
            place = PLACE[is_contract(request)]
            outcome, exchange = sent(request, {place: Reply(act="hang")})
            assert isinstance(outcome, Unknown)
            assert "did not answer in time" in outcome.reason
            assert exchange.paths == [place]


@pytest.mark.parametrize("case", ["limit", "perp limit"])
@pytest.mark.parametrize(
    "look", [bad(109421), bad(80016), Reply("oops", 502), Reply(act="drop"), bad(100410)]
)
def test_an_order_that_is_not_shown_afterwards_is_unknown(case: str, look: Any) -> None:
    request = ORDERS[case]
    kind = is_contract(request)

    outcome, _ = sent(request, {PLACE[kind]: taken(request), LOOK[kind]: look})

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("request_", [STOP, PERP_STOP, MARK_STOP])
def test_a_stop_is_never_sent(request_: OrderRequest) -> None:
    async def question(client: Any) -> None:
        with pytest.raises(Halt, match="a stop order cannot be named and found again"):
            await client.submit((request_,), PINNED)

    _, exchange = asked(question, {}, (request_.symbol,))

    assert exchange.sent == []


def test_several_orders_are_never_sent_together() -> None:
    async def question(client: Any) -> None:
        for verb in (client.submit, client.cancel):
            with pytest.raises(Halt, match="several orders in one request"):
                await verb(PAIR, PINNED)

    assert asked(question, {})[1].sent == []


@pytest.mark.parametrize("case", ["limit", "perp limit"])
def test_a_cancellation_is_by_our_id_and_read_afterwards(case: str) -> None:
    request = ORDERS[case]
    kind = is_contract(request)

    outcome, exchange = sent(request, gone(request), "cancel")

    parameters = dict(exchange.sent[0].parameters)
    assert exchange.paths == [CANCEL[kind], LOOK[kind]]
    assert parameters.pop("signature")
    named = {"clientOrderId" if kind else "clientOrderID": request.client_order_id}
    assert parameters == {"symbol": "BTC-USDT"} | named | SIGNED
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


def test_an_old_order_of_spot_is_canceled_by_its_number() -> None:
    """BingX knows it by our id for two hours; its lists always do."""
    lists = {
        LOOK[False]: bad(100404),
        RESTING[False]: [orders(row(LIMIT)), orders()],
        PAST[False]: [orders(), orders(row(LIMIT, status="CANCELED"))],
        CANCEL[False]: taken(LIMIT),
    }

    outcome, exchange = sent(LIMIT, lists, "cancel", now_ms=NOW + 3 * HOUR)

    [write] = [it for it in exchange.sent if it.method == "POST"]
    assert write.parameters["orderId"] == str(NUMBER)
    assert "clientOrderID" not in write.parameters
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


def test_an_old_order_that_is_nowhere_is_asked_away_by_our_id() -> None:
    answers = nowhere(LIMIT) | {CANCEL[False]: bad(100404, "order not exist")}

    outcome, exchange = sent(LIMIT, answers, "cancel", now_ms=NOW + 3 * HOUR)

    assert outcome == Rejected("100404", "order not exist")
    assert exchange.sent[-1].parameters["clientOrderID"] == LIMIT.client_order_id


#: A cancellation's answers that do not say that it is over.
GOES_ON: dict[str, dict[str, Any]] = {
    "it rests": gone(LIMIT, status="PENDING"),
    "another order": gone(LIMIT) | {CANCEL[False]: taken(LIMIT, clientOrderID="x" * 32)},
    "another symbol": gone(LIMIT) | {CANCEL[False]: taken(LIMIT, symbol="ETH-USDT")},
    "another number": gone(LIMIT) | {CANCEL[False]: taken(LIMIT, orderId=5)},
    "no order": gone(LIMIT) | {CANCEL[False]: good(None)},
    "not shown": gone(LIMIT) | {LOOK[False]: bad(100404)},
    "HTML": gone(LIMIT) | {CANCEL[False]: Reply("<html>")},
    "dropped": gone(LIMIT) | {CANCEL[False]: Reply(act="drop")},
    "HTTP 503": gone(LIMIT) | {CANCEL[False]: Reply("", 503)},
    "busy": gone(LIMIT) | {CANCEL[False]: bad(100500)},
}


@pytest.mark.parametrize("case", GOES_ON)
def test_a_cancellation_that_is_not_clear_is_unknown(case: str) -> None:
    outcome, exchange = sent(LIMIT, GOES_ON[case], "cancel")

    assert isinstance(outcome, Unknown)
    assert exchange.paths.count(CANCEL[False]) == 1


def test_what_was_filled_before_a_cancellation_is_told() -> None:
    part = {"executedQty": "0.00500", "cummulativeQuoteQty": "300.0005", "fee": "0.3"}

    outcome, _ = sent(replace(LIMIT, quantity=Decimal("0.00500")), gone(LIMIT, **part), "cancel")

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED
    assert outcome.reports[0].execution == Execution(
        Decimal("0.00500"), Decimal("60000.1"), Decimal("0.3"), NOW + 7
    )


def test_the_answer_to_an_order_names_it_in_either_spelling() -> None:
    told = about(LONG)["data"]["order"]
    told["clientOrderID"] = told.pop("clientOrderId")

    outcome, _ = sent(LONG, answers(LONG) | {LOOK[True]: good({"order": told})})

    assert isinstance(outcome, Accepted)
