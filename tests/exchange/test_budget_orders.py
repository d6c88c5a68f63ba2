"""Orders under the exchange's limits: looked up at once, and not sent where that is too late."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.exchange.budget.pace import Late
from runner.exchange.budget.window import Use
from runner.exchange.client import Client
from runner.model.errors import Unavailable
from runner.model.orders import Pinned
from tests.exchange.asked import EXIT, STOP
from tests.exchange.scripted import NOW, PINNED
from tests.exchange.scripted import Reply as Answered
from tests.exchange.test_budget_pace import Counting, a_pace, take, through


def test_an_order_is_looked_up_from_what_is_kept_for_exits(tmp_path: Path) -> None:
    clock = Counting()
    take(a_pace(tmp_path, clock), Use.READ, 4200)  # all that reads may use
    gone = Answered({"code": -2011, "msg": "Unknown order sent."}, 400)
    absent = Answered({"code": -2013, "msg": "Order does not exist."}, 400)
    answers = {
        "DELETE /api/v3/order": gone,
        "GET /api/v3/order": absent,
        "GET /api/v3/allOrders": Answered([]),
    }

    async def act(client: Client) -> None:
        await client.cancel((STOP,), PINNED)
        assert await client.order(STOP) is None
        assert await client.find(STOP, STOP.decided_at) is None

    through(a_pace(tmp_path, clock), answers, act)

    assert clock.waits == []
    assert isinstance(take(a_pace(tmp_path, clock), Use.READ, 1), Late)


def test_what_became_too_old_while_it_waited_is_not_sent(tmp_path: Path) -> None:
    clock = Counting()

    async def act(client: Client) -> None:
        assert await client.admit((EXIT,)) == ""
        with pytest.raises(Unavailable, match=r"too old.*nothing was sent"):
            await client.submit((EXIT,), Pinned(NOW - 2_501, 5_000))

    _, exchange = through(a_pace(tmp_path, clock), {}, act)

    assert exchange.sent == []


def test_what_was_let_through_before_a_ban_is_not_sent(tmp_path: Path) -> None:
    clock = Counting()
    answers = {"GET /api/v3/time": Answered("", 418, {"Retry-After": "120"})}

    async def act(client: Client) -> None:
        assert await client.admit((EXIT,)) == ""
        with pytest.raises(Unavailable):
            await client.server_time()
        with pytest.raises(Unavailable, match=r"banned.*nothing was sent"):
            await client.submit((EXIT,), PINNED)

    _, exchange = through(a_pace(tmp_path, clock), answers, act)

    assert exchange.paths == ["GET /api/v3/time"]
