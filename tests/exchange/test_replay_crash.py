"""Whatever dies or breaks, the embedded exchange's ledger tells one story."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ccxt
import pytest

from runner.exchange.replay.process import EmbeddedExchange
from runner.model.errors import Unavailable
from tests.exchange.loopback import SYMBOL, Desk, a_desk

SERIES = "100 100 100:101:90:92 92 92 92 92 92"
Step = tuple[str, Callable[[Desk], Any]]


def single_stop(desk: Desk) -> Any:
    parameters = desk.signed(clientOrderId="second-stop", stopLossPrice=80)
    return desk.wait(desk.client.create_order(SYMBOL, "market", "sell", 1, None, parameters))


def cancel_stop(desk: Desk) -> Any:
    request = desk.signed(symbol="BTCUSDT", origClientOrderId="second-stop")
    return desk.wait(desk.client.privateDeleteOrder(request))


# Each step with the id of the order that shows that it was done; empty: the clock moves.
STORY: list[Step] = [
    ("first", lambda desk: desk.market("buy", "1", "first")),
    ("first-guard-stop", lambda desk: desk.pair("1", "95", "120", "first-guard")),
    ("", Desk.advance),
    ("", Desk.advance),  # the stop fills
    ("", Desk.advance),
    ("second", lambda desk: desk.market("buy", "1", "second")),
    ("second-stop", single_stop),
    ("", Desk.advance),
    ("canceled", cancel_stop),
    ("out", lambda desk: desk.market("sell", "1", "out")),
    ("", Desk.advance),
]


def done(desk: Desk, proof: str) -> bool:
    if proof == "canceled":
        return bool(desk.order("second-stop")["status"] == "CANCELED")
    try:
        desk.order(proof)
    except ccxt.OrderNotFound:
        return False
    return True


def tell(desk: Desk, revive: Callable[[], None]) -> int:
    """The whole story; after each death the exchange is asked before anything is sent again."""
    deaths = 0
    for proof, step in STORY:
        clock = desk.clock
        while True:
            try:
                step(desk)
            except (Unavailable, ccxt.NetworkError):
                deaths += 1
                revive()
                if not proof:
                    desk.clock = clock
                elif done(desk, proof):
                    break
            else:
                break
    return deaths


def story(desk: Desk) -> dict[str, Any]:
    return {**desk.state(), "refusals": []}


@pytest.mark.parametrize(("do", "nth", "deaths"), [("kill_after", 1, 7), ("kill_before", 2, 6)])
def test_a_death_at_every_commit_leaves_the_same_ledger(
    do: str, nth: int, deaths: int, tmp_path: Path
) -> None:
    with a_desk(tmp_path / "whole", SERIES) as desk:
        tell(desk, desk.restart)
        whole = story(desk)
    faults = tmp_path / "faults.json"
    rules = [{"path": "commit", "nth": nth, "do": do}]
    with a_desk(tmp_path / "killed", SERIES) as desk:
        faults.write_text(json.dumps(rules))
        desk.kill()
        desk.restart(faults)

        died = tell(desk, lambda: desk.restart(faults))

        assert died == deaths
        assert story(desk) == whole
    assert [order["client_order_id"] for order in whole["orders"]] == [
        "first",
        "first-guard-target",
        "first-guard-stop",
        "second",
        "second-stop",
        "out",
    ]


def test_a_restart_stands_where_the_clock_stood(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        desk.advance()
        desk.advance()
        clock = desk.clock

        desk.kill()
        desk.restart()

        assert desk.clock == clock
        assert desk.market("buy", "1", "later")["status"] == "closed"


# What is done to the nth order, whether ccxt raises, and whether the order is there.
FAULTS = [
    ("drop_request", ccxt.NetworkError, False),
    ("drop_answer", ccxt.NetworkError, True),
    ("reset", ccxt.NetworkError, False),
    ("status:503", ccxt.OperationFailed, False),
    ("status_after:503", ccxt.OperationFailed, True),
    ("status:429", ccxt.DDoSProtection, False),
    ("malformed", None, True),
]


def test_each_fault_does_what_it_says(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    rules = [
        {"path": "/api/v3/order", "method": "POST", "nth": number, "do": do}
        for number, (do, _, _) in enumerate(FAULTS, 1)
    ]
    faults.write_text(json.dumps(rules))

    with a_desk(tmp_path, SERIES, faults=faults) as desk:
        for number, (do, error, there) in enumerate(FAULTS):
            name = f"order{number}"
            if error is None:
                assert desk.market("buy", "0.1", name)["id"] is None, do
            else:
                with pytest.raises(error):
                    desk.market("buy", "0.1", name)
            assert done(desk, name) is there, do


@pytest.mark.parametrize(("do", "there"), [("kill_before", False), ("kill_after", True)])
def test_a_kill_around_an_order_is_found_out_after_the_restart(
    do: str, there: bool, tmp_path: Path
) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"path": "/api/v3/order", "nth": 1, "do": do}]))

    with a_desk(tmp_path, SERIES, faults=faults) as desk:
        with pytest.raises(ccxt.NetworkError):
            desk.market("buy", "1", "entry")
        desk.restart()

        assert done(desk, "entry") is there


def test_a_death_at_the_first_commit_is_said_and_the_next_start_is_a_new_run(
    tmp_path: Path,
) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"path": "commit", "nth": 1, "do": "kill_before"}]))
    with a_desk(tmp_path, SERIES) as desk:
        (one,) = desk.setup.symbols
        absolute = replace(one, bars=str(desk.folder / one.bars))
        setup = replace(desk.setup, symbols=(absolute,))

    with pytest.raises(Unavailable, match="did not start"):
        EmbeddedExchange.start(tmp_path / "other", setup, faults)
    exchange = EmbeddedExchange.start(tmp_path / "other", setup)

    assert asyncio.run(_orders_and_end(exchange)) == []


async def _orders_and_end(exchange: EmbeddedExchange) -> list[Any]:
    orders: list[Any] = (await exchange.state())["orders"]
    await exchange.stop()
    return orders
