"""Writes through the door: what leaves, how often, and what is made of the answer."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from runner.exchange.ids import list_client_order_id
from runner.model.errors import Halt
from runner.model.orders import (
    Accepted,
    Execution,
    OrderRequest,
    OrderState,
    Rejected,
    Unknown,
)
from tests.exchange.asked import (
    ENTRY,
    EXIT,
    LIMIT,
    MAKER,
    PAIR,
    SPEND,
    STOP,
    STOP_ENTRY,
    TARGET,
    fill,
    pair_answer,
    row,
)
from tests.exchange.scripted import NOW, PINNED, Reply, Scripted, cancel, door, refusal, submit

ORDER, PAIRS, LIST = "/api/v3/order", "/api/v3/orderList/oco", "/api/v3/orderList"
SIGNED = {"timestamp": str(NOW), "recvWindow": "5000"}


SHAPES: list[tuple[OrderRequest, dict[str, str]]] = [
    (ENTRY, {"side": "BUY", "type": "MARKET", "quantity": "0.00500"}),
    (SPEND, {"side": "BUY", "type": "MARKET", "quoteOrderQty": "1234.56789012345"}),
    (EXIT, {"side": "SELL", "type": "MARKET", "quantity": "0.00500"}),
    (STOP, {"side": "SELL", "type": "STOP_LOSS", "quantity": "0.00500", "stopPrice": "58000.1"}),
    (TARGET, {"side": "SELL", "type": "LIMIT_MAKER", "quantity": "0.00500", "price": "64000.12"}),
    (MAKER, {"side": "BUY", "type": "LIMIT_MAKER", "quantity": "0.00500", "price": "64000.12"}),
    (
        STOP_ENTRY,
        {"side": "BUY", "type": "STOP_LOSS", "quantity": "0.00500", "stopPrice": "58000.1"},
    ),
    (
        LIMIT,
        {"side": "BUY", "type": "LIMIT", "quantity": "0.00500", "price": "64000.12"}
        | {"timeInForce": "GTC"},
    ),
]


@pytest.mark.parametrize(
    ("request_", "shape"),
    SHAPES,
    ids=["buy", "spend", "sell", "stop", "target", "maker", "stop entry", "limit"],
)
def test_one_order_leaves_with_its_exact_digits(
    request_: OrderRequest, shape: dict[str, str]
) -> None:
    outcome, exchange = submit((request_,), row(request_))

    [sent] = exchange.sent
    sent.parameters.pop("signature")
    identity = {"symbol": "BTCUSDT", "newClientOrderId": request_.client_order_id}
    assert (sent.method, sent.host, sent.path) == ("POST", "api.binance.com", ORDER)
    assert sent.parameters == {**identity, **shape, **SIGNED, "newOrderRespType": "FULL"}
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].client_order_id == request_.client_order_id


def test_a_stop_and_a_target_leave_as_one_pair() -> None:
    outcome, exchange = submit(PAIR, pair_answer())

    [sent] = exchange.sent
    sent.parameters.pop("signature")
    assert (sent.method, sent.path) == ("POST", PAIRS)
    assert sent.parameters == {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "0.00500",
        "listClientOrderId": list_client_order_id(("5" * 32, "7" * 32)),
        "aboveType": "LIMIT_MAKER",
        "aboveClientOrderId": "7" * 32,
        "abovePrice": "64000.12",
        "belowType": "STOP_LOSS",
        "belowClientOrderId": "5" * 32,
        "belowStopPrice": "58000.1",
        "newOrderRespType": "FULL",
        **SIGNED,
    }
    assert isinstance(outcome, Accepted)
    assert [report.exchange_order_id for report in outcome.reports] == ["3", "2"]
    assert {report.state for report in outcome.reports} == {OrderState.ACCEPTED}


def test_a_single_fill_keeps_its_price_to_the_digit() -> None:
    outcome, _ = submit((ENTRY,), row(ENTRY))

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution == Execution(
        Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 7
    )


def test_several_fills_are_one_execution_at_their_average() -> None:
    fills = [fill("0.002", "60000"), fill("0.003", "60010", commission="0.2")]

    outcome, _ = submit((ENTRY,), row(ENTRY, fills=fills))

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution == Execution(
        Decimal("0.005"), Decimal("60006"), Decimal("0.5"), NOW + 7
    )


def test_a_pair_that_already_fills_is_read_from_the_trades() -> None:
    filled = row(STOP, orderId=3, status="FILLED", executedQty="0.00500")
    expired = row(TARGET, orderId=2, status="EXPIRED")
    trade = fill("0.00500", "57999", id=9, orderId=3, time=NOW + 40)

    outcome, exchange = submit(
        PAIR, pair_answer(expired, filled), {"GET /api/v3/myTrades": [Reply([trade])]}
    )

    assert exchange.paths == [f"POST {PAIRS}", "GET /api/v3/myTrades"]
    assert isinstance(outcome, Accepted)
    stop, target = outcome.reports
    assert stop.execution == Execution(
        Decimal("0.00500"), Decimal("57999"), Decimal("0.3"), NOW + 40
    )
    assert (target.state, target.execution) == (OrderState.EXPIRED, None)


def test_a_refusal_is_rejected_with_the_words_of_the_exchange() -> None:
    outcome, _ = submit((ENTRY,), refusal(-1013, "Filter failure: NOTIONAL"))

    assert outcome == Rejected("-1013", "Filter failure: NOTIONAL")


def test_one_order_is_canceled_by_our_id() -> None:
    ended = row(STOP, clientOrderId="of-the-cancel", origClientOrderId="5" * 32, status="CANCELED")

    outcome, exchange = cancel((STOP,), ended)

    [sent] = exchange.sent
    sent.parameters.pop("signature")
    assert sent.parameters == {"symbol": "BTCUSDT", "origClientOrderId": "5" * 32, **SIGNED}
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].client_order_id == "5" * 32
    assert outcome.reports[0].state is OrderState.CANCELED


def test_a_pair_is_canceled_by_the_id_of_its_list_whatever_the_order_of_its_legs() -> None:
    ended = pair_answer(row(STOP, status="CANCELED"), row(TARGET, status="CANCELED", orderId=29))

    outcome, exchange = cancel((TARGET, STOP), ended)

    [sent] = exchange.sent
    assert (sent.method, sent.path) == ("DELETE", LIST)
    assert sent.parameters["listClientOrderId"] == list_client_order_id(("5" * 32, "7" * 32))
    assert isinstance(outcome, Accepted)
    assert [report.client_order_id for report in outcome.reports] == ["7" * 32, "5" * 32]


def test_a_canceled_order_keeps_what_it_had_filled() -> None:
    ended = row(TARGET, status="CANCELED", executedQty="0.002")
    trade = fill("0.002", "64000.12", id=9, time=NOW)

    outcome, _ = cancel((TARGET,), ended, {"GET /api/v3/myTrades": [Reply([trade])]})

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution is not None
    assert outcome.reports[0].execution.quantity == Decimal("0.002")


def test_a_canceled_order_whose_fills_cannot_be_read_is_unknown() -> None:
    ended = row(TARGET, status="CANCELED", executedQty="0.002")

    outcome, _ = cancel((TARGET,), ended, {"GET /api/v3/myTrades": Reply("", 500)})

    assert isinstance(outcome, Unknown)


def test_a_cancel_of_what_is_gone_is_rejected() -> None:
    outcome, _ = cancel((STOP,), refusal(-2011, "Unknown order sent."))

    assert outcome == Rejected("-2011", "Unknown order sent.")


def test_a_cancel_after_which_the_order_goes_on_is_unknown() -> None:
    outcome, _ = cancel((STOP,), row(STOP))

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    "requests",
    [
        (),
        (ENTRY, EXIT),
        (STOP, STOP),
        (STOP, TARGET, EXIT),
    ],
    ids=["none", "two market orders", "two stops", "three"],
)
def test_what_the_spine_does_not_place_never_leaves(requests: tuple[OrderRequest, ...]) -> None:
    async def act() -> Scripted:
        async with door({}) as (client, exchange):
            with pytest.raises(Halt, match="not supported yet"):
                await client.submit(requests, PINNED)
            return exchange

    assert asyncio.run(act()).sent == []
