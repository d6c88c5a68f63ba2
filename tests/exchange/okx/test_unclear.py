"""Writes to OKX that are refused, canceled or answered unclearly: what may have happened."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange import library
from runner.model.accounts import Permission
from runner.model.errors import Halt, Unavailable
from runner.model.orders import (
    Accepted,
    OrderRequest,
    OrderState,
    OrderType,
    Rejected,
    Unknown,
)
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LONG,
    PAIR,
    PERP_LIMIT,
    PERP_STOP,
    PERP_TARGET,
    STOP,
    STOP_ENTRY,
    TARGET,
)
from tests.exchange.okx.answers import (
    MARKETS,
    PINNED,
    ack,
    algo_row,
    ask,
    at,
    cancel,
    failed,
    fill,
    no,
    ok,
    row,
    submit,
    told,
)
from tests.exchange.scripted import Reply
from tests.exchange.scripted import ask as ask_alone

#: What is told instead of the order that was sent, of plain ones and of stops.
OTHERS: list[tuple[OrderRequest, dict[str, Any]]] = [
    (LONG, {"clOrdId": "0" * 32}),
    (LONG, {"ordId": "1"}),
    (LONG, {"side": "sell"}),
    (LONG, {"sz": "0.51"}),
    (LONG, {"instId": "BTC-USDT"}),
    (LONG, {"ordType": "limit"}),
    (LONG, {"tdMode": "cross"}),
    (LONG, {"posSide": "long"}),
    (LONG, {"reduceOnly": "true"}),
    (LONG, {"state": "lost"}),
    (LONG, {"state": "live"}),
    (LONG, {"accFillSz": "x"}),
    (LONG, {"accFillSz": "0.4"}),
    (PERP_LIMIT, {"px": "64000.13"}),
    (ENTRY, {"tgtCcy": "quote_ccy"}),
    (PERP_STOP, {"algoClOrdId": "0" * 32}),
    (PERP_STOP, {"algoId": "1"}),
    (PERP_STOP, {"side": "buy"}),
    (PERP_STOP, {"sz": "5"}),
    (PERP_STOP, {"ordType": "oco"}),
    (PERP_STOP, {"slTriggerPx": "58000.2"}),
    (PERP_STOP, {"slTriggerPxType": "mark"}),
    (PERP_STOP, {"slOrdPx": "58000"}),
    (PERP_STOP, {"reduceOnly": "false"}),
    (PERP_STOP, {"state": "effective"}),
]


@pytest.mark.parametrize(("request_", "changed"), OTHERS, ids=range(len(OTHERS)))
def test_an_order_told_otherwise_than_it_was_sent_is_unknown(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    stop = request_.type is OrderType.STOP
    other = algo_row(request_, **changed) if stop else row(request_, **changed)
    place = "GET trade/order-algo" if stop else "GET trade/order"

    outcome, exchange = submit(request_, told(request_) | {place: ok(other)})

    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith("accepted, but what came of it is not known")
    assert [it.method for it in exchange.sent].count("POST") == 1


#: Instead of the order that was taken.
UNTOLD = [no("51603"), no("50026", status=500), Reply("<html>"), Reply(act="drop"), ok(),
          ok(row(LONG), row(LONG))]  # fmt: skip


@pytest.mark.parametrize("answer", UNTOLD, ids=range(len(UNTOLD)))
def test_an_order_that_was_taken_and_is_not_told_is_unknown(answer: Any) -> None:
    outcome, exchange = submit(LONG, told(LONG) | {"GET trade/order": answer})

    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith("accepted, but")
    assert [it.method for it in exchange.sent].count("POST") == 1


#: Answers to a write that are neither a good one nor a refusal that means "nothing happened".
UNCLEAR = [
    ack(LONG, clOrdId="0" * 32),
    ack(LONG, sCode="51008"),
    ack(LONG, ordId=""),
    ok(),
    {"code": "0", "msg": ""},
    {"code": 0, "msg": "", "data": []},
    {"code": "2", "msg": "", "data": []},
    {},
    [],
    Reply("<html>"),
    Reply("", 200),
    Reply("", 502),
    Reply({"code": "51008", "msg": ""}, 500),
    Reply("", 429),
    no("50011", status=429),
    no("50013", status=429),
    failed("51016"),
    failed("51054"),
    failed("51149"),
    failed("50037"),
    failed(""),
    Reply(act="drop"),
]


@pytest.mark.parametrize("answer", UNCLEAR, ids=range(len(UNCLEAR)))
def test_an_unclear_answer_is_looked_up_and_never_sent_again(answer: Any) -> None:
    for write, place in [(submit, "trade/order"), (cancel, "trade/cancel-order")]:
        outcome, exchange = write(LONG, {f"POST {place}": answer})

        assert isinstance(outcome, Unknown)
        assert [it.method for it in exchange.sent].count("POST") == 1


def test_a_write_that_nobody_answers_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)
    answers = MARKETS | at({"POST trade/order": Reply(act="hang")})

    outcome, exchange = ask_alone(
        lambda it: it.submit((LONG,), PINNED), answers, exchange="okx", symbols=(LONG.symbol,)
    )

    assert outcome == Unknown("www.okx.com did not answer in time")
    assert [it.method for it in exchange.sent].count("POST") == 1


@pytest.mark.parametrize(
    ("request_", "code"),
    [(ENTRY, "51008"), (LONG, "51008"), (PERP_STOP, "51280"), (STOP_ENTRY, "51278"),
     (CLOSE, "51169"), (LONG, "51010"), (LONG, "50036")],
)  # fmt: skip
def test_what_okx_refuses_is_rejected_by_the_code_of_the_order(
    request_: OrderRequest, code: str
) -> None:
    place = "order-algo" if request_.type is OrderType.STOP else "order"

    outcome, exchange = submit(request_, {f"POST trade/{place}": failed(code, "It says no.")})

    assert outcome == Rejected(code, "It says no.")
    assert len([it for it in exchange.sent if "public" not in it.path]) == 1


CANCELED: dict[str, tuple[OrderRequest, str, Any]] = {
    "spot": (TARGET, "cancel-order", row(TARGET, state="canceled")),
    "perp": (PERP_TARGET, "cancel-order", row(PERP_TARGET, state="canceled")),
    "stop": (STOP, "cancel-algos", algo_row(STOP, state="canceled")),
    "perp stop": (PERP_STOP, "cancel-algos", algo_row(PERP_STOP, state="canceled")),
}


@pytest.mark.parametrize(("request_", "place", "after"), CANCELED.values(), ids=CANCELED)
def test_an_order_is_canceled_by_our_name(
    request_: OrderRequest, place: str, after: dict[str, Any]
) -> None:
    stop = request_.type is OrderType.STOP
    read = "trade/order-algo" if stop else "trade/order"

    outcome, exchange = cancel(
        request_, {f"POST trade/{place}": ack(request_), f"GET {read}": ok(after)}
    )

    [sent] = [it for it in exchange.sent if it.method == "POST"]
    named = "algoClOrdId" if stop else "clOrdId"
    assert sent.parameters == {"instId": after["instId"], named: request_.client_order_id}
    assert "expTime" not in sent.headers
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


def test_an_order_that_goes_on_after_its_cancellation_is_unknown() -> None:
    outcome, _ = cancel(
        TARGET, {"POST trade/cancel-order": ack(TARGET), "GET trade/order": ok(row(TARGET))}
    )

    assert isinstance(outcome, Unknown)
    assert "goes on after its cancellation" in outcome.reason


def test_an_order_that_filled_before_its_cancellation_is_told_as_filled() -> None:
    filled = row(PERP_TARGET, state="filled", accFillSz="0.5")
    answers = {"POST trade/cancel-order": ack(PERP_TARGET), "GET trade/order": ok(filled)}

    outcome, _ = cancel(PERP_TARGET, answers | {"GET trade/fills": ok(fill(PERP_TARGET, "0.5"))})

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.FILLED


def test_a_cancellation_need_not_name_the_order_but_may_name_no_other() -> None:
    gone = {"GET trade/order-algo": ok(algo_row(PERP_STOP, state="canceled"))}
    for name, expected in [("", Accepted), ("0" * 32, Unknown)]:
        answer = ack(PERP_STOP, algoClOrdId=name)
        outcome, _ = cancel(PERP_STOP, gone | {"POST trade/cancel-algos": answer})

        assert isinstance(outcome, expected)


@pytest.mark.parametrize("code", ["51400", "51401", "51402"])
def test_an_order_that_is_gone_cannot_be_canceled(code: str) -> None:
    for request, place in [(TARGET, "cancel-order"), (PERP_STOP, "cancel-algos")]:
        outcome, _ = cancel(request, {f"POST trade/{place}": failed(code)})

        assert outcome == Rejected(code, "No.")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (replace(LONG, quantity=Decimal("0.00505")), "not a multiple of 0.0001"),
        (replace(LONG, quantity=Decimal("0.00001")), "not a multiple of 0.0001"),
        (replace(ENTRY, quantity=Decimal("0.000001")), "not a multiple of 0.00001"),
        (replace(LONG, quantity=None, spend=Decimal(5)), "without a quantity"),
        (replace(EXIT, quantity=None, spend=Decimal(5)), "an amount to spend other than"),
        (replace(PERP_STOP, stop_price=None), "a stop needs a stop price"),
        (replace(CLOSE, reduce_only=False), "that may open"),
    ],
)
def test_what_cannot_be_said_does_not_leave(request_: OrderRequest, words: str) -> None:
    with pytest.raises(Halt, match=words):
        submit(request_, told(request_))


def test_a_pair_does_not_leave() -> None:
    with pytest.raises(Halt, match="several orders in one request of okx"):
        ask(lambda client: client.submit(PAIR, PINNED), {})


def test_nothing_leaves_before_the_size_of_a_contract_is_known() -> None:
    with pytest.raises(Unavailable, match="does not tell the market"):
        submit(LONG, told(LONG) | {"GET public/instruments": Reply("", 500)})


def test_trade_bundle_covers_both_kinds_of_market() -> None:
    bundle = frozenset({Permission.READ, Permission.TRADE_BUNDLE})

    for request in (ENTRY, PERP_STOP):
        outcome, _ = submit(request, told(request), permissions=bundle)
        assert isinstance(outcome, Accepted)
