"""Writes without a clear answer: unknown, sent once, and told step by step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from runner.exchange import library
from runner.model.orders import Accepted, Outcome, Unknown
from tests.exchange.asked import ENTRY, EXIT, STOP, fill, row
from tests.exchange.scripted import NOW, PINNED, Reply, Scripted, cancel, door, refusal, submit

ORDER = "/api/v3/order"

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
    "a price of a million digits": row(ENTRY, fills=[fill("0.00500", "1E+999999")]),
    "a price that overflows": row(
        ENTRY, fills=[fill("0.00300", "1E+99999999"), fill("0.00200", "1E+99999999")]
    ),
    "a tiny price": row(ENTRY, fills=[fill("0.00500", "1E-999999")]),
    "headers without end": Reply(
        {"code": -1003}, 429, {"X-MBX-USED-WEIGHT-1M": "9" * 5000, "Retry-After": "9" * 5000}
    ),
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
