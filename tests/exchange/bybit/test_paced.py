"""Bybit under a budget of requests: what is asked and sent is weighed first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.exchange.budget.pace import Pace
from runner.exchange.client import Client
from runner.model.accounts import Venue
from runner.model.errors import Unavailable
from runner.model.orders import Accepted, OrderRequest
from tests.exchange.asked import LIMIT, LONG, PERP_STOP, SPEND, STOP
from tests.exchange.bybit.told import CREATE, KEY_INFO, PRICE, answers, bad
from tests.exchange.key_answers import ANSWERS
from tests.exchange.scripted import PINNED, Reply, ask
from tests.exchange.test_budget_pace import Counting


def a_pace(folder: Path) -> Pace:
    clock = Counting()
    return Pace.shared(folder / "budgets", "bybit", Venue.LIVE, "0f" * 8, clock, clock.sleep)


def test_a_key_is_asked_about(tmp_path: Path) -> None:
    told = {KEY_INFO: ANSWERS["bybit"]}

    facts, _ = ask(Client.key_facts, told, exchange="bybit", pace=a_pace(tmp_path))

    assert facts["result"]["readOnly"] == 0


@pytest.mark.parametrize("request_", [LIMIT, SPEND, STOP, LONG, PERP_STOP])
def test_an_order_is_admitted_before_it_is_sent(request_: OrderRequest, tmp_path: Path) -> None:
    async def act(client: Client) -> Any:
        assert await client.admit((request_,)) == ""
        return await client.submit((request_,), PINNED)

    options: dict[str, Any] = {"symbols": (request_.symbol,), "pace": a_pace(tmp_path)}

    outcome, exchange = ask(act, answers(request_), exchange="bybit", **options)

    assert isinstance(outcome, Accepted)
    assert exchange.paths.count(CREATE) == 1


@pytest.mark.parametrize("shuts", [Reply("<html>access too frequent", 403), bad(10018)])
def test_a_stop_whose_price_question_is_shut_out_is_not_sent(shuts: Any, tmp_path: Path) -> None:
    async def act(client: Client) -> None:
        assert await client.admit((STOP,)) == ""
        with pytest.raises(Unavailable, match="nothing was sent"):
            await client.submit((STOP,), PINNED)

    options: dict[str, Any] = {"symbols": (STOP.symbol,), "pace": a_pace(tmp_path)}

    _, exchange = ask(act, answers(STOP) | {PRICE: shuts}, exchange="bybit", **options)

    assert exchange.paths == [PRICE]
