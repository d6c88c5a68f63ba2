"""Writes to Deribit that are told otherwise, unclearly or not at all, and what never leaves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.errors import Halt
from runner.model.orders import (
    OrderRequest,
    Rejected,
    Unknown,
)
from tests.exchange import asked as at_binance
from tests.exchange.deribit.room import PINNED, asked, cancel, impatient, submit
from tests.exchange.deribit.told import (
    CANCEL,
    ENTRY,
    EXIT,
    LIMIT,
    MAKER,
    SPEND,
    STOP,
    STOP_ENTRY,
    TARGET,
    no,
    ok,
    place,
    row,
    taken,
)
from tests.exchange.scripted import Reply


@pytest.mark.parametrize(
    ("request_", "changed"),
    [
        (LIMIT, {"label": "0" * 32}),
        (LIMIT, {"label": None}),
        (LIMIT, {"direction": "sell"}),
        (LIMIT, {"direction": "none"}),
        (LIMIT, {"amount": 0.006}),
        (LIMIT, {"amount": "0.005"}),
        (LIMIT, {"price": 64000.13}),
        (LIMIT, {"price": "market_price"}),
        (LIMIT, {"instrument_name": "BTC_USDC-PERPETUAL"}),
        (LIMIT, {"order_type": "market"}),
        (LIMIT, {"order_state": "lost"}),
        (LIMIT, {"order_state": "filled"}),
        (LIMIT, {"filled_amount": 0.005}),
        (LIMIT, {"order_state": "filled", "filled_amount": 0.004}),
        (LIMIT, {"order_state": "cancelled", "filled_amount": 0.006}),
        (LIMIT, {"filled_amount": True}),
        (LIMIT, {"creation_timestamp": "now"}),
        (LIMIT, {"trigger_order_id": 7}),
        (MAKER, {"post_only": False}),
        (MAKER, {"reject_post_only": False}),
        (STOP, {"trigger_price": 58000.2}),
        (STOP, {"trigger": "mark_price"}),
        (STOP, {"order_type": "stop_limit"}),
        (STOP, {"filled_amount": 0.005}),
    ],
)
def test_an_order_told_otherwise_than_it_was_sent_is_unknown(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    outcome, exchange = submit(request_, {place(request_): taken(request_, **changed)})

    assert isinstance(outcome, Unknown)
    assert len(exchange.sent) == 1


#: Instead of an answer.
UNCLEAR: dict[str, Any] = {
    "html": Reply("<html>hello</html>"),
    "html, 502": Reply("<html>oops</html>", 502),
    "no result": {"jsonrpc": "2.0"},
    "no wrapping": {"result": {}},
    "a list": Reply([]),
    "no order": ok({"trades": []}),
    "no fills": ok({"order": row(ENTRY)}),
    "dropped": Reply(act="drop"),
    "limited": no(10028, "too_many_requests", 429),
    "limited, 400": no(10028, "too_many_requests"),
    "a firewall": Reply("blocked", 403),
    "too late": no(13888, "timed_out"),
    "too slow": no(13028, "temporarily_unavailable"),
    "an error": no(11094, "internal_server_error"),
    "an error, 500": no(10009, "not_enough_funds", 500),
    "any failure": no(10001, "error"),
    "another code": no(99999, "new"),
    "a code that is none": Reply({"jsonrpc": "2.0", "error": {"code": "10009"}}, 400),
    "an error that is none": Reply({"jsonrpc": "2.0", "error": 10009}, 400),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_what_may_have_happened_is_unknown_and_sent_once(case: str) -> None:
    for write, where in ((submit, "private/buy"), (cancel, CANCEL)):
        outcome, exchange = write(ENTRY, {where: UNCLEAR[case]})

        assert isinstance(outcome, Unknown), outcome
        assert [it.path for it in exchange.sent].count(f"/api/v2/{where}") == 1


def test_a_write_that_nobody_answers_is_unknown_and_sent_once() -> None:
    with impatient():
        outcome, exchange = submit(ENTRY, {"private/buy": Reply(act="hang")})

    assert outcome == Unknown("www.deribit.com did not answer in time")
    assert len(exchange.sent) == 1


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ENTRY, 10009, "not_enough_funds"),
        (MAKER, 11054, "post_only_reject"),
        (STOP, 11036, "invalid_trigger_price"),
        (LIMIT, 10043, "price_wrong_tick"),
        (ENTRY, -32602, "Invalid params"),
    ],
)
def test_what_deribit_refuses_is_rejected(request_: OrderRequest, code: int, words: str) -> None:
    for status in (400, 200):
        outcome, exchange = submit(request_, {place(request_): no(code, words, status)})

        assert outcome == Rejected(str(code), words)
        assert len(exchange.sent) == 1


def test_a_reason_beside_the_code_is_told() -> None:
    outcome, _ = submit(ENTRY, {"private/buy": no(-32602, "Invalid params", reason="too small")})

    assert outcome == Rejected("-32602", "Invalid params: too small")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (SPEND, "needs a quantity"),
        (replace(LIMIT, price=None), "needs a price"),
        (replace(STOP_ENTRY, stop_price=None), "needs a stop price"),
        (replace(ENTRY, price=Decimal(1)), "a price without a limit order"),
        (replace(EXIT, reduce_only=True), "reduce-only on spot"),
        (replace(STOP, trigger_by_mark=True), "a trigger by mark price"),
        (replace(ENTRY, post_only=True), "post-only without a limit order"),
        (replace(ENTRY, client_order_id="a&type=limit"), "is none of ours"),
        (replace(ENTRY, symbol="BTC/USDC:USDC"), "contracts at deribit"),
        (replace(at_binance.LONG, symbol="BTC/USD:BTC"), "contracts at deribit"),
    ],
)
def test_what_cannot_be_said_does_not_leave(request_: OrderRequest, words: str) -> None:
    async def act(client: Client) -> Any:
        with pytest.raises(Halt, match=words):
            await client.submit((request_,), PINNED)

    _, exchange = asked(act, {}, request_.symbol)

    assert exchange.sent == []


def test_a_pair_does_not_leave() -> None:
    async def act(client: Client) -> Any:
        for write in (client.submit, client.cancel):
            with pytest.raises(Halt, match="several orders in one request of deribit"):
                await write((STOP, TARGET), PINNED)

    _, exchange = asked(act, {})

    assert exchange.sent == []
