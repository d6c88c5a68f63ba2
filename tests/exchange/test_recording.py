"""Every call that has left is told to the audit log, with what came of it and nothing secret."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.accounts import Permission, Venue
from runner.model.bars import Timeframe
from runner.model.calls import CallRecord, ShownOrder
from runner.model.errors import RunnerError
from runner.model.markets import MarketKind
from tests.exchange.asked import (
    ENTRY,
    MARK_STOP,
    PAIR,
    STOP,
    TARGET,
    algo_row,
    pair_answer,
    row,
)
from tests.exchange.scripted import KEY, NOW, PINNED, SECRET, Reply, door, refusal, serving
from tests.exchange.test_door_secrets import FAULTS, PATHS, QUESTIONS

Ask = Callable[[Client], Awaitable[Any]]


def recorded(ask: Ask, answers: dict[str, Any], **options: Any) -> list[CallRecord]:
    """The calls that one question or order makes, whatever it raises."""
    calls: list[CallRecord] = []

    async def act() -> None:
        async with door(answers, record=calls.append, **options) as (client, exchange):
            with suppress(RunnerError):
                await ask(client)
            assert len(calls) == len(exchange.sent)

    asyncio.run(act())
    return calls


ORDER = "/api/v3/order"
CASES: list[tuple[Ask, dict[str, Any], dict[str, Any]]] = [
    (
        lambda client: client.submit((ENTRY,), PINNED),
        {f"POST {ORDER}": Reply(row(ENTRY), 200, {"X-MBX-USED-WEIGHT-1M": "7", "X-Other": "1"})},
        {
            "verb": "submit",
            "method": "POST",
            "host": "api.binance.com",
            "path": ORDER,
            "market": "BTC/USDT",
            "client_order_ids": (ENTRY.client_order_id,),
            "exchange_order_ids": ("28",),
            "outcome": "accepted",
            "status": 200,
            "code": "",
            "weight": (("x-mbx-used-weight-1m", 7),),
            "at_ms": NOW,
            "exchange": "binance",
            "venue": "live",
            "key": sha256(KEY.encode()).hexdigest()[:16],
            "shown": (),
        },
    ),
    (
        lambda client: client.submit(PAIR, PINNED),
        {"POST /api/v3/orderList/oco": pair_answer()},
        {
            "client_order_ids": (TARGET.client_order_id, STOP.client_order_id),
            "exchange_order_ids": ("2", "3"),
            "outcome": "accepted",
        },
    ),
    (
        lambda client: client.submit((ENTRY,), PINNED),
        {f"POST {ORDER}": refusal(-2010, "Account has insufficient balance")},
        {"outcome": "rejected", "status": 400, "code": "-2010"},
    ),
    (
        lambda client: client.submit((ENTRY,), PINNED),
        {f"POST {ORDER}": refusal(-1007, "Timeout", 408)},
        {"outcome": "unknown", "status": 408, "code": "-1007"},
    ),
    (
        lambda client: client.submit((ENTRY,), PINNED),
        {f"POST {ORDER}": row(ENTRY, clientOrderId="another")},
        {"outcome": "unknown", "status": 200},
    ),
    (
        lambda client: client.submit((ENTRY,), PINNED),
        {f"POST {ORDER}": Reply(act="drop")},
        {
            "outcome": "unknown",
            "status": None,
            "client_order_ids": (ENTRY.client_order_id,),
            "weight": (),
        },
    ),
    (
        lambda client: client.cancel((STOP,), PINNED),
        {f"DELETE {ORDER}": row(STOP, origClientOrderId=STOP.client_order_id, clientOrderId="c")},
        {
            "verb": "cancel",
            "method": "DELETE",
            "client_order_ids": (STOP.client_order_id,),
            "exchange_order_ids": ("28",),
        },
    ),
    (
        lambda client: client.submit((MARK_STOP,), PINNED),
        {"POST /fapi/v1/algoOrder": algo_row(MARK_STOP)},
        {
            "host": "fapi.binance.com",
            "market": "BTC/USDT:USDT",
            "client_order_ids": (MARK_STOP.client_order_id,),
            "exchange_order_ids": ("2146760",),
            "outcome": "accepted",
        },
    ),
    (
        lambda client: client.order(STOP),
        {f"GET {ORDER}": row(STOP)},
        {
            "verb": "read",
            "client_order_ids": (STOP.client_order_id,),
            "exchange_order_ids": ("28",),
            "outcome": "answered",
        },
    ),
    (
        lambda client: client.order(STOP),
        {f"GET {ORDER}": refusal(-2013, "Order does not exist")},
        {"outcome": "rejected", "code": "-2013", "exchange_order_ids": ()},
    ),
    (
        lambda client: client.open_orders("BTC/USDT"),
        {"GET /api/v3/openOrders": [[row(STOP, clientOrderId="web_1", orderId=9), row(TARGET)]]},
        {
            "client_order_ids": (),
            "exchange_order_ids": (),
            "shown": (ShownOrder("web_1", "9"), ShownOrder(TARGET.client_order_id, "28")),
        },
    ),
    (
        lambda client: client.bars("ETH/USDT", Timeframe("1h", 3_600_000), NOW, 2),
        {"GET /api/v3/klines": [[]]},
        {"market": "ETHUSDT", "outcome": "answered", "shown": ()},  # it is not traded here
    ),
    (
        lambda client: client.balances(),
        {"GET /api/v3/account": Reply("<html>", 502)},
        {"outcome": "failed", "status": 502, "code": ""},
    ),
    (
        lambda client: client.key_facts(),
        {"GET /sapi/v1/account/apiRestrictions": {"ipRestrict": True}},
        {"verb": "audit", "outcome": "answered"},
    ),
]


@pytest.mark.parametrize(("ask", "answers", "told"), CASES)
def test_a_call_is_told_with_what_came_of_it(
    ask: Ask, answers: dict[str, Any], told: dict[str, Any]
) -> None:
    symbols = ("BTC/USDT:USDT",) if "fapi" in next(iter(answers)) else ("BTC/USDT",)

    call = recorded(ask, answers, symbols=symbols)[0]

    assert {name: getattr(call, name) for name in told} == told
    assert call.latency_ms >= 0


def test_settings_of_a_contract_are_told_each() -> None:
    answers = {
        "GET /fapi/v1/positionSide/dual": {"dualSidePosition": False},
        "GET /fapi/v1/symbolConfig": [
            [{"symbol": "BTCUSDT", "marginType": "CROSSED", "leverage": 20}],
        ],
        "POST /fapi/v1/marginType": {"code": 200, "msg": "success"},
        "POST /fapi/v1/leverage": refusal(-4028, "Leverage is not valid"),
    }
    calls = recorded(
        lambda client: client.prepare("BTC/USDT:USDT", Decimal(3)),
        answers,
        symbols=("BTC/USDT:USDT",),
    )

    told = [(call.verb, call.path, call.outcome) for call in calls]
    assert ("prepare", "/fapi/v1/marginType", "accepted") in told
    assert ("prepare", "/fapi/v1/leverage", "rejected") in told
    assert {call.market for call in calls if call.verb == "prepare"} == {"BTC/USDT:USDT"}


@pytest.mark.parametrize("fault", [one for one in FAULTS if getattr(one, "act", "") != "hang"])
def test_nothing_secret_is_in_what_is_told(fault: Any) -> None:
    async def ask_all(client: Client) -> None:
        for question in QUESTIONS:
            with suppress(RunnerError):
                await question(client)

    calls = recorded(ask_all, dict.fromkeys(PATHS, fault))

    assert len(calls) >= len(QUESTIONS)
    for call in calls:
        text = repr(call)
        assert KEY not in text
        assert SECRET not in text
        assert "signature" not in text
        assert "?" not in call.path


def test_a_call_that_is_cut_off_is_told_as_unclear() -> None:
    calls: list[CallRecord] = []

    async def act() -> None:
        answers = {f"POST {ORDER}": Reply(act="hang"), "GET /api/v3/time": Reply(act="hang")}
        async with door(answers, record=calls.append) as (client, exchange):
            for work in (client.submit((ENTRY,), PINNED), client.server_time()):
                task = asyncio.ensure_future(work)
                before = len(exchange.sent)
                while len(exchange.sent) == before:
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait({task})

    asyncio.run(act())

    assert [(call.verb, call.outcome, call.status) for call in calls] == [
        ("submit", "unknown", None),
        ("read", "failed", None),
    ]


def test_what_never_left_is_not_told() -> None:
    permissions = frozenset({Permission.READ})

    calls = recorded(lambda client: client.submit((ENTRY,), PINNED), {}, permissions=permissions)

    assert calls == []


def test_prices_that_everybody_may_see_need_no_key_and_no_log() -> None:
    async def act() -> int:
        async with serving({"GET /api/v3/time": {"serverTime": 5}}) as (_, transport):
            client = await Client.public(
                "binance", MarketKind.SPOT, lambda: NOW, transport, lambda name: None, None
            )
            try:
                return await client.server_time()
            finally:
                await client.close()

    assert asyncio.run(act()) == 5


def test_the_test_venues_are_told_by_name() -> None:
    calls = recorded(
        lambda client: client.server_time(),
        {"GET /api/v3/time": {"serverTime": 5}},
        venue=Venue.TESTNET,
    )

    assert [(call.venue, call.host) for call in calls] == [("testnet", "testnet.binance.vision")]
