"""Writes through the door: what leaves, how often, and what is made of the answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.ids import list_client_order_id
from runner.model.errors import Halt
from runner.model.orders import (
    Accepted,
    Execution,
    OrderRequest,
    OrderState,
    OrderType,
    Outcome,
    Rejected,
    Unknown,
)
from tests.exchange.asked import (
    ENTRY,
    EXIT,
    PAIR,
    PINNED,
    SPEND,
    STOP,
    TARGET,
    fill,
    pair_answer,
    row,
)
from tests.exchange.scripted import NOW, Reply, Scripted, door, refusal

ORDER, PAIRS, LIST = "/api/v3/order", "/api/v3/orderList/oco", "/api/v3/orderList"
SIGNED = {"timestamp": str(NOW), "recvWindow": "5000"}


def submit(
    requests: tuple[OrderRequest, ...], answer: Any, more: dict[str, Any] | None = None
) -> tuple[Outcome, Scripted]:
    async def act() -> tuple[Outcome, Scripted]:
        answers = {f"POST {ORDER}": answer, f"POST {PAIRS}": answer, **(more or {})}
        async with door(answers) as (client, exchange):
            return await client.submit(requests, PINNED), exchange

    return asyncio.run(act())


def cancel(
    requests: tuple[OrderRequest, ...], answer: Any, more: dict[str, Any] | None = None
) -> tuple[Outcome, Scripted]:
    async def act() -> tuple[Outcome, Scripted]:
        answers = {f"DELETE {ORDER}": answer, f"DELETE {LIST}": answer, **(more or {})}
        async with door(answers) as (client, exchange):
            return await client.cancel(requests, PINNED), exchange

    return asyncio.run(act())


SHAPES: list[tuple[OrderRequest, dict[str, str]]] = [
    (ENTRY, {"side": "BUY", "type": "MARKET", "quantity": "0.00500"}),
    (SPEND, {"side": "BUY", "type": "MARKET", "quoteOrderQty": "1234.56789012345"}),
    (EXIT, {"side": "SELL", "type": "MARKET", "quantity": "0.00500"}),
    (STOP, {"side": "SELL", "type": "STOP_LOSS", "quantity": "0.00500", "stopPrice": "58000.1"}),
    (TARGET, {"side": "SELL", "type": "LIMIT_MAKER", "quantity": "0.00500", "price": "64000.12"}),
]


@pytest.mark.parametrize(
    ("request_", "shape"), SHAPES, ids=["buy", "spend", "sell", "stop", "limit"]
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


NO_ANSWERS: dict[str, Any] = {
    "dropped": Reply(act="drop"),
    "hanging": Reply(act="hang"),
    "500": Reply("<html>oops</html>", 500),
    "502": Reply("<html>bad gateway</html>", 502),
    "503 with a code": refusal(-1013, "Filter failure: LOT_SIZE", 503),
    "redirected": Reply("", 307, {"Location": "https://elsewhere.example/api/v3/order"}),
    "redirected by GET": Reply("", 302, {"Location": "https://api.binance.com/api/v3/order"}),
    "HTML": Reply("<html>maintenance</html>", 200),
    "firewall": Reply("<html>WAF</html>", 403),
    "truncated": Reply('{"symbol": "BTCUSDT", "orderId": 28, "clientO', 200),
    "empty": Reply("", 200),
    "a list": Reply([], 200),
    "null": Reply("null", 200),
    "not a number": Reply(row(ENTRY, origQty="NaN")),
    "a bare NaN": Reply('{"clientOrderId": NaN}', 200),
    "a key twice": Reply('{"orderId": 1, "orderId": 2}', 200),
    "deep": Reply("[" * 100_000, 200),
    "another id": row(ENTRY, clientOrderId="x" * 32),
    "another symbol": row(ENTRY, symbol="ETHUSDT"),
    "another side": row(ENTRY, side="SELL"),
    "another type": row(ENTRY, type="LIMIT"),
    "another quantity": row(ENTRY, origQty="0.00501"),
    "no order number": row(ENTRY, orderId=None),
    "an unknown status": row(ENTRY, status="SLEEPING"),
    "filled with nothing": row(ENTRY, executedQty="0", fills=[]),
    "fills that are short": row(ENTRY, fills=[fill("0.004")]),
    "a fee elsewhere": row(ENTRY, fills=[fill("0.00500", commissionAsset="BNB")]),
    "an error with 200": refusal(-2010, "Account has insufficient balance", 200),
    "duplicate": refusal(-2010, "Duplicate order sent."),
    "timeout inside": refusal(-1007, "Timeout waiting for response from backend server."),
    "a code of tomorrow": refusal(-1999, "Something new."),
    "limited": Reply({"code": -1003, "msg": "Too many requests"}, 429, {"Retry-After": "7"}),
    "banned": Reply({"code": -1003, "msg": "Way too much"}, 418, {"Retry-After": "120"}),
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_what_is_no_clear_answer_is_unknown_and_nothing_is_sent_twice(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    outcome, exchange = submit((ENTRY,), answer)

    assert isinstance(outcome, Unknown)
    assert outcome.reason
    assert "\n" not in outcome.reason
    assert exchange.paths == [f"POST {ORDER}"]


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_a_cancel_of_unclear_effect_is_unknown_too(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    outcome, exchange = cancel((STOP,), answer)

    assert isinstance(outcome, Unknown)
    assert exchange.paths == [f"DELETE {ORDER}"]


def test_a_kept_connection_that_dies_is_not_tried_again() -> None:
    """aiohttp repeats DELETE on a kept connection by itself; a cancel would arrive twice."""

    async def act() -> tuple[Outcome, Scripted]:
        answers = {"GET /api/v3/time": {"serverTime": NOW}, f"DELETE {ORDER}": Reply(act="drop")}
        async with door(answers) as (client, exchange):
            await client.server_time()
            return await client.cancel((STOP,), PINNED), exchange

    outcome, exchange = asyncio.run(act())

    assert isinstance(outcome, Unknown)
    assert exchange.paths == ["GET /api/v3/time", f"DELETE {ORDER}"]


def test_an_exchange_that_waits_is_quoted_with_the_time_it_names() -> None:
    outcome, _ = submit((ENTRY,), NO_ANSWERS["limited"])

    assert outcome == Unknown(
        "binance answered HTTP 429, -1003: Too many requests; it asks to wait 7 s"
    )


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
        (replace(ENTRY, type=OrderType.STOP, stop_price=Decimal(9)),),
    ],
    ids=["none", "two market orders", "two stops", "three", "a buying stop"],
)
def test_what_the_spine_does_not_place_never_leaves(requests: tuple[OrderRequest, ...]) -> None:
    async def act() -> Scripted:
        async with door({}) as (client, exchange):
            with pytest.raises(Halt, match="not supported yet"):
                await client.submit(requests, PINNED)
            return exchange

    assert asyncio.run(act()).sent == []


def test_every_socket_step_is_told_before_and_after() -> None:
    steps: list[str] = []

    async def act() -> None:
        answers = {
            f"POST {ORDER}": row(ENTRY),
            f"DELETE {ORDER}": Reply(act="drop"),
            "GET /api/v3/time": {"serverTime": NOW},
        }
        async with door(answers, step=steps.append) as (client, _):
            await client.submit((ENTRY,), PINNED)
            await client.cancel((STOP,), PINNED)
            await client.server_time()

    asyncio.run(act())

    assert steps == [
        f"socket:{verb}:{moment}"
        for verb in ("submit", "cancel", "read")
        for moment in ("before", "after")
    ]


def test_questions_and_orders_at_the_same_time_do_not_take_each_others_answers() -> None:
    async def act() -> tuple[Any, ...]:
        answers = {
            f"POST {ORDER}": [Reply(row(ENTRY)), Reply(row(ENTRY))],
            "GET /api/v3/time": {"serverTime": 5},
            "GET /api/v3/account": {"balances": []},
        }
        async with door(answers) as (client, _):
            return await asyncio.gather(
                client.balances(),
                client.submit((ENTRY,), PINNED),
                client.server_time(),
                client.submit((EXIT,), PINNED),
            )

    balances, ours, time, others = asyncio.run(act())

    assert (balances, time) == ({}, 5)
    assert isinstance(ours, Accepted)
    assert isinstance(others, Unknown)


class Killed(Exception):
    """Stands for a process that dies at a step."""


@pytest.mark.parametrize(("dies", "arrived"), [("before", 0), ("after", 1)])
def test_a_death_at_the_socket_is_not_swallowed(dies: str, arrived: int) -> None:
    def step(name: str) -> None:
        if name == f"socket:submit:{dies}":
            raise Killed

    async def act() -> Scripted:
        async with door({f"POST {ORDER}": row(ENTRY)}, step=step) as (client, exchange):
            with pytest.raises(Killed):
                await client.submit((ENTRY,), PINNED)
            return exchange

    assert len(asyncio.run(act()).sent) == arrived
