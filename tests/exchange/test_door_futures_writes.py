"""Orders of futures through the door: what leaves, and what is made of the answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange import library
from runner.model.errors import Halt
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    Rejected,
    Side,
    Unknown,
)
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    LONG,
    MARK_STOP,
    PERP,
    PERP_LIMIT,
    PERP_MAKER,
    PERP_STOP,
    PERP_STOP_ENTRY,
    PERP_TARGET,
    SPEND,
    algo_row,
    contract_row,
    user_trade,
)
from tests.exchange.scripted import NOW, PINNED, Reply, ask, cancel, refusal, submit

ORDER, ALGO = "/fapi/v1/order", "/fapi/v1/algoOrder"
TRADES = {"GET /fapi/v1/userTrades": Reply([user_trade("0.00500")])}
SIGNED = {"timestamp": str(NOW), "recvWindow": "5000"}

PLAIN: dict[str, tuple[OrderRequest, dict[str, str]]] = {
    "long": (LONG, {"side": "BUY", "type": "MARKET"}),
    "close": (CLOSE, {"side": "SELL", "type": "MARKET", "reduceOnly": "true"}),
    "limit": (
        PERP_LIMIT,
        {"side": "BUY", "type": "LIMIT", "price": "64000.12", "timeInForce": "GTC"},
    ),
    "maker": (
        PERP_MAKER,
        {"side": "SELL", "type": "LIMIT", "price": "64000.12", "timeInForce": "GTX"},
    ),
    "target": (
        PERP_TARGET,
        {"side": "SELL", "type": "LIMIT", "price": "64000.12", "timeInForce": "GTC"}
        | {"reduceOnly": "true"},
    ),
}


@pytest.mark.parametrize(("request_", "shape"), PLAIN.values(), ids=PLAIN)
def test_a_plain_order_leaves_with_its_exact_digits(
    request_: OrderRequest, shape: dict[str, str]
) -> None:
    outcome, exchange = submit((request_,), contract_row(request_), TRADES)

    sent = exchange.sent[0]
    sent.parameters.pop("signature")
    identity = {"symbol": "BTCUSDT", "newClientOrderId": request_.client_order_id}
    quantity = {"quantity": "0.00500", "newOrderRespType": "RESULT"}
    assert (sent.method, sent.host, sent.path) == ("POST", "fapi.binance.com", ORDER)
    assert sent.parameters == {**identity, **quantity, **shape, **SIGNED}
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].client_order_id == request_.client_order_id


STOPS: dict[str, tuple[OrderRequest, dict[str, str]]] = {
    "stop": (
        PERP_STOP,
        {"side": "SELL", "workingType": "CONTRACT_PRICE", "reduceOnly": "true"},
    ),
    "by mark": (MARK_STOP, {"side": "SELL", "workingType": "MARK_PRICE", "reduceOnly": "true"}),
    "entry": (PERP_STOP_ENTRY, {"side": "SELL", "workingType": "CONTRACT_PRICE"}),
}


@pytest.mark.parametrize(("request_", "shape"), STOPS.values(), ids=STOPS)
def test_a_stop_leaves_as_a_conditional_order(
    request_: OrderRequest, shape: dict[str, str]
) -> None:
    outcome, exchange = submit((request_,), algo_row(request_))

    [sent] = exchange.sent
    sent.parameters.pop("signature")
    assert (sent.method, sent.host, sent.path) == ("POST", "fapi.binance.com", ALGO)
    assert sent.parameters == {
        "symbol": "BTCUSDT",
        "type": "STOP_MARKET",
        "algoType": "CONDITIONAL",
        "clientAlgoId": request_.client_order_id,
        "quantity": "0.00500",
        "triggerPrice": "58000.1",
        "newOrderRespType": "RESULT",
        **shape,
        **SIGNED,
    }
    name = request_.client_order_id
    report = OrderReport(name, "2146760", PERP, Side.SELL, OrderState.ACCEPTED, None)
    assert outcome == Accepted((report,))


def test_a_market_order_is_read_with_its_trades() -> None:
    outcome, exchange = submit((LONG,), contract_row(LONG), TRADES)

    assert exchange.paths == [f"POST {ORDER}", "GET /fapi/v1/userTrades"]
    assert exchange.sent[1].parameters["orderId"] == "28"
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution == Execution(
        Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 7
    )


@pytest.mark.parametrize(
    "trades",
    [
        Reply([]),
        Reply([user_trade("0.004")]),
        Reply([user_trade("0.00500", commissionAsset="BNB")]),
        Reply("", 500),
    ],
    ids=["none yet", "some", "a fee in BNB", "an error"],
)
def test_a_market_order_whose_fills_are_not_told_is_unknown(trades: Reply) -> None:
    outcome, _ = submit((LONG,), contract_row(LONG), {"GET /fapi/v1/userTrades": trades})

    assert isinstance(outcome, Unknown)
    assert outcome.reason.startswith("accepted, but its fills are not known")


def test_a_post_only_order_that_expired_at_once_is_told_as_expired() -> None:
    outcome, _ = submit((PERP_MAKER,), contract_row(PERP_MAKER, status="EXPIRED"))

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.EXPIRED


UNCLEAR: dict[str, tuple[OrderRequest, Any]] = {
    "dropped": (LONG, Reply(act="drop")),
    "hanging": (PERP_STOP, Reply(act="hang")),
    "503": (LONG, refusal(-1000, "Unknown error, please check your request.", 503)),
    "overloaded": (LONG, refusal(-1008, "Server is currently overloaded.", 503)),
    "timeout": (LONG, refusal(-1007, "Timeout")),
    "duplicate": (LONG, refusal(-4116, "ClientOrderId is duplicated.")),
    "duplicate stop": (PERP_STOP, refusal(-20132, "dup algo")),
    "another id": (LONG, contract_row(LONG, clientOrderId="x")),
    "another side": (LONG, contract_row(LONG, side="SELL")),
    "it may open": (CLOSE, contract_row(CLOSE, reduceOnly=False)),
    "it only reduces": (PERP_LIMIT, contract_row(PERP_LIMIT, reduceOnly=True)),
    "another price": (PERP_LIMIT, contract_row(PERP_LIMIT, price="64000.13")),
    "another stop": (PERP_STOP, algo_row(PERP_STOP, clientAlgoId="x")),
    "another trigger": (PERP_STOP, algo_row(PERP_STOP, triggerPrice="58000.2")),
    "another price to watch": (PERP_STOP, algo_row(MARK_STOP)),
    "another type": (PERP_STOP, algo_row(PERP_STOP, orderType="TAKE_PROFIT_MARKET")),
    "a stop that may open": (PERP_STOP, algo_row(PERP_STOP, reduceOnly=False)),
    "another quantity": (PERP_STOP, algo_row(PERP_STOP, quantity="0.005001")),
    "another symbol": (PERP_STOP, algo_row(PERP_STOP, symbol="ETHUSDT")),
    "an unknown state": (PERP_STOP, algo_row(PERP_STOP, algoStatus="ASLEEP")),
    "finished as nothing": (PERP_STOP, algo_row(PERP_STOP, algoStatus="FINISHED")),
    "a list": (PERP_STOP, Reply([])),
}


@pytest.mark.parametrize(("request_", "answer"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_is_no_clear_answer_is_unknown_and_nothing_is_sent_twice(
    request_: OrderRequest, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    outcome, exchange = submit((request_,), answer, TRADES)

    assert isinstance(outcome, Unknown)
    assert [path for path in exchange.paths if path.startswith("POST")] == exchange.paths[:1]


@pytest.mark.parametrize(
    ("request_", "code"),
    [(PERP_MAKER, -5022), (PERP_STOP, -2021), (CLOSE, -2022), (LONG, -2019), (LONG, -4164)],
)
def test_what_the_exchange_forbids_is_rejected_in_its_words(
    request_: OrderRequest, code: int
) -> None:
    outcome, _ = submit((request_,), refusal(code, "No."))

    assert outcome == Rejected(str(code), "No.")


def test_a_plain_order_is_canceled_by_our_id() -> None:
    ended = contract_row(PERP_TARGET, status="CANCELED", executedQty="0.00500", reduceOnly=True)

    outcome, exchange = cancel((PERP_TARGET,), ended, TRADES)

    sent = exchange.sent[0]
    sent.parameters.pop("signature")
    assert (sent.method, sent.host, sent.path) == ("DELETE", "fapi.binance.com", ORDER)
    assert sent.parameters == {"symbol": "BTCUSDT", "origClientOrderId": "7" * 32, **SIGNED}
    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED
    assert outcome.reports[0].execution is not None


DONE = {"algoId": 2146760, "clientAlgoId": "5" * 32, "code": "200", "msg": "success"}


@pytest.mark.parametrize("answer", [DONE, algo_row(PERP_STOP, algoStatus="CANCELED")])
def test_a_stop_is_canceled_by_our_id(answer: dict[str, Any]) -> None:
    outcome, exchange = cancel((PERP_STOP,), answer)

    [sent] = exchange.sent
    sent.parameters.pop("signature")
    assert (sent.method, sent.path) == ("DELETE", ALGO)
    assert sent.parameters == {"clientAlgoId": "5" * 32, **SIGNED}
    report = OrderReport("5" * 32, "2146760", PERP, Side.SELL, OrderState.CANCELED, None)
    assert outcome == Accepted((report,))


@pytest.mark.parametrize(
    "answer",
    [
        DONE | {"clientAlgoId": "x"},
        DONE | {"code": "-1"},
        DONE | {"algoId": None},
        algo_row(PERP_STOP),
        algo_row(PERP_STOP, algoStatus="TRIGGERED", actualOrderId="28"),
        refusal(-4117, "stop order is triggering"),
        Reply([]),
        Reply(act="drop"),
    ],
    ids=["another", "a failure", "no number", "waits", "triggered", "triggering", "list", "drop"],
)
def test_a_stop_that_may_go_on_is_not_taken_as_canceled(answer: Any) -> None:
    outcome, _ = cancel((PERP_STOP,), answer)

    assert isinstance(outcome, Unknown)


def test_a_cancel_of_what_is_gone_is_rejected() -> None:
    for request in (PERP_STOP, PERP_TARGET):
        outcome, _ = cancel((request,), refusal(-2011, "Unknown order sent."))

        assert outcome == Rejected("-2011", "Unknown order sent.")


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        ((PERP_STOP, PERP_TARGET), "several orders of futures"),
        ((replace(SPEND, symbol=PERP),), "without a quantity"),
        ((replace(PERP_STOP, stop_price=None),), "needs a stop price"),
        ((replace(CLOSE, reduce_only=False),), "may open"),
        ((ENTRY,), "not traded through this door"),
        ((replace(LONG, symbol="ETH/USDT:USDT"),), "not traded through this door"),
    ],
    ids=["a pair", "an amount", "no stop price", "an exit that may open", "spot", "another"],
)
def test_what_futures_do_not_take_never_leaves(
    requests: tuple[OrderRequest, ...], words: str
) -> None:
    async def refused(client: Any) -> None:
        with pytest.raises(Halt, match=words):
            await client.submit(requests, PINNED)

    _, exchange = ask(refused, {}, symbols=(PERP,))

    assert exchange.sent == []
