"""Orders of Deribit looked up: by name, in all lists, several of one name, stops that became."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.errors import Halt, RunnerError, Unavailable
from runner.model.orders import OrderReport, OrderState, Side
from tests.exchange.deribit.room import asked
from tests.exchange.deribit.seeking import NOWHERE, find, order
from tests.exchange.deribit.told import (
    BY_NAME,
    ENDED,
    ENTRY,
    FILLS,
    LIMIT,
    NUMBER,
    OPEN,
    STOP,
    STOP_NUMBER,
    TARGET,
    became,
    fill,
    no,
    ok,
    row,
)
from tests.exchange.scripted import Reply

FILLED = {FILLS: ok([fill(STOP, 0.005)])}


def test_an_order_is_asked_for_by_its_name_in_both_currencies() -> None:
    _, exchange = asked(lambda client: client.order(LIMIT), NOWHERE)

    name = LIMIT.client_order_id
    assert [it.parameters for it in exchange.sent] == [
        {"currency": "USDC", "label": name},
        {"currency": "BTC", "label": name},
    ]


def test_an_order_that_is_in_both_is_one() -> None:
    report = order(LIMIT, {BY_NAME: ok([row(LIMIT)])})

    assert report == OrderReport(
        LIMIT.client_order_id, NUMBER, "BTC/USDC", Side.BUY, OrderState.ACCEPTED, None
    )


def test_a_currency_that_has_no_orders_of_its_own_is_no_matter() -> None:
    report = order(LIMIT, {BY_NAME: [ok([row(LIMIT)]), no(-32602, "Invalid params")]})

    assert report is not None


def test_an_order_that_nobody_lists_does_not_exist() -> None:
    assert order(LIMIT, {}) is None
    assert find(LIMIT, {}) is None
    assert find(STOP, {}) is None


@pytest.mark.parametrize(
    "rows",
    [
        [row(LIMIT), row(LIMIT, order_id="BTC_USDC-2")],
        [row(STOP), row(STOP, order_id="BTC_USDC-SLIS-13")],
        [row(STOP), became(STOP), became(STOP, order_id="BTC_USDC-2")],
        [row(STOP), became(STOP, trigger_order_id="BTC_USDC-SLIS-99")],
    ],
)
def test_several_orders_of_one_name_stop_us(rows: list[dict[str, Any]]) -> None:
    request = STOP if rows[0]["order_type"] == "stop_market" else LIMIT
    for look, where in ((order, BY_NAME), (find, ENDED)):
        with pytest.raises(Halt, match=r"orders named `.*`, and we sent one"):
            look(request, {where: ok(rows)})


def test_an_order_of_the_other_side_stops_us() -> None:
    other = row(LIMIT, direction="sell")

    for look, where in ((order, BY_NAME), (find, OPEN)):
        with pytest.raises(Halt, match="one of the other side"):
            look(LIMIT, {where: ok([other])})


@pytest.mark.parametrize("with_stop", [True, False])
def test_a_triggered_stop_is_told_as_what_it_became(with_stop: bool) -> None:
    rows = [became(STOP)] + ([row(STOP, order_state="triggered")] if with_stop else [])

    for look, where in ((order, BY_NAME), (find, ENDED)):
        report = look(STOP, FILLED | {where: ok(rows)})

        assert report is not None
        assert report.execution is not None
        assert report.execution.quantity == Decimal("0.005")
        assert (report.exchange_order_id, report.state) == (STOP_NUMBER, OrderState.FILLED)


def test_a_stop_whose_order_was_refused_has_expired() -> None:
    for rows in ([became(STOP, 0, order_state="rejected")], [row(STOP, order_state="rejected")]):
        report = order(STOP, {BY_NAME: ok(rows)})

        assert report is not None
        assert report.state is OrderState.EXPIRED


def test_what_became_of_a_stop_is_waited_for() -> None:
    triggered = {BY_NAME: ok([row(STOP, order_state="triggered")])}

    with pytest.raises(Unavailable, match=r"what became of stop `.*` is not told yet"):
        order(STOP, triggered)


def test_open_orders_are_anybodys() -> None:
    unnamed = row(LIMIT, label="", order_id="BTC_USDC-7")
    partly = row(TARGET, filled_amount=0.002)
    answers = {OPEN: ok([unnamed, partly, row(STOP)]), FILLS: ok([fill(TARGET, 0.002)])}

    reports, exchange = asked(lambda client: client.open_orders("BTC/USDC"), answers)

    assert [it.client_order_id for it in reports] == [
        "BTC_USDC-7",
        TARGET.client_order_id,
        STOP.client_order_id,
    ]
    assert reports[1].state is OrderState.PARTIALLY_FILLED
    assert exchange.sent[0].parameters == {"instrument_name": "BTC_USDC", "type": "all"}


def test_fills_of_one_trade_count_once_and_those_of_another_order_never() -> None:
    filled = {BY_NAME: ok([row(ENTRY)])}
    first = fill(ENTRY, 0.002)

    report = order(
        ENTRY,
        filled | {FILLS: [ok([first]), ok([first, fill(ENTRY, 0.003, trade_id="BTC_USDC-2")])]},
    )

    assert report is not None
    for told in (
        ok([fill(ENTRY, 0.005, order_id="BTC_USDC-2")]),
        ok([fill(ENTRY, 0.005, direction="sell")]),
        ok({"trades": [fill(ENTRY, 0.005)], "has_more": True}),
        ok([fill(ENTRY, 0.004)]),
        ok("none"),
    ):
        with pytest.raises(Unavailable):
            order(ENTRY, filled | {FILLS: told})


def test_fills_may_come_as_a_list_that_ends() -> None:
    told = ok({"trades": [fill(ENTRY, 0.005)], "has_more": False})

    assert order(ENTRY, {BY_NAME: ok([row(ENTRY)]), FILLS: told}) is not None


@pytest.mark.parametrize(
    "answer",
    [
        Reply("<html>"),
        Reply("oops", 502),
        Reply(act="drop"),
        no(10028, "too_many_requests", 429),
        no(-32602, "Invalid params"),
        ok({"label": LIMIT.client_order_id}),
        ok([row(LIMIT, label="0" * 32)]),
        ok([row(LIMIT, instrument_name="ETH_USDC")]),
        {"jsonrpc": "2.0", "result": [], "error": {"code": 1}},
    ],
)
def test_a_lookup_that_is_not_answered_proves_nothing(answer: Any) -> None:
    with pytest.raises(RunnerError) as raised:
        order(LIMIT, {BY_NAME: answer})

    assert isinstance(raised.value, Unavailable)


def test_a_door_is_asked_about_its_own_symbol() -> None:
    async def act(client: Client) -> Any:
        return await client.order(replace(LIMIT, symbol="ETH/USDC"))

    _, exchange = asked(act, NOWHERE)

    assert [it.parameters["currency"] for it in exchange.sent] == ["USDC", "ETH"]
