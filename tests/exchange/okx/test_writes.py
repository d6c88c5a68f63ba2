"""Writes to OKX: what leaves, and what came of it by the order that is read afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.okx import endpoints
from runner.model.accounts import Venue
from runner.model.orders import (
    Accepted,
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    OrderType,
    Unknown,
)
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    MARK_STOP,
    PERP_LIMIT,
    PERP_MAKER,
    PERP_STOP,
    PERP_STOP_ENTRY,
    PERP_TARGET,
    SPEND,
    STOP,
    STOP_ENTRY,
    TARGET,
)
from tests.exchange.okx.answers import (
    ALGO_NUMBER,
    NUMBER,
    ask,
    fill,
    ok,
    row,
    submit,
    told,
)
from tests.exchange.scripted import NOW

SPOT = {"instId": "BTC-USDT", "tdMode": "cash"}
SWAP = {"instId": "BTC-USDT-SWAP", "tdMode": "isolated", "posSide": "net", "reduceOnly": False}
CLOSES = {"reduceOnly": True}
STOPS = {"ordType": "conditional", "slTriggerPx": "58000.1", "slTriggerPxType": "last"}
STOPS |= {"slOrdPx": "-1"}
FORMS: dict[str, tuple[OrderRequest, dict[str, Any]]] = {
    "buy": (ENTRY, SPOT | {"side": "buy", "ordType": "market", "sz": "0.005",
                           "tgtCcy": "base_ccy", "banAmend": True}),
    "spend": (SPEND, SPOT | {"side": "buy", "ordType": "market", "sz": "1234.56789012345",
                             "tgtCcy": "quote_ccy", "banAmend": True}),
    "sell": (EXIT, SPOT | {"side": "sell", "ordType": "market", "sz": "0.005",
                           "tgtCcy": "base_ccy", "banAmend": True}),
    "limit": (LIMIT, SPOT | {"side": "buy", "ordType": "limit", "sz": "0.005", "px": "64000.12"}),
    "maker": (MAKER, SPOT | {"side": "buy", "ordType": "post_only", "sz": "0.005",
                             "px": "64000.12"}),
    "target": (TARGET, SPOT | {"side": "sell", "ordType": "limit", "sz": "0.005",
                               "px": "64000.12"}),
    "stop": (STOP, SPOT | STOPS | {"side": "sell", "sz": "0.005"}),
    "stop entry": (STOP_ENTRY, SPOT | STOPS | {"side": "buy", "sz": "0.005",
                                               "tgtCcy": "base_ccy"}),
    "long": (LONG, SWAP | {"side": "buy", "ordType": "market", "sz": "0.5"}),
    "close": (CLOSE, SWAP | CLOSES | {"side": "sell", "ordType": "market", "sz": "0.5"}),
    "perp limit": (PERP_LIMIT, SWAP | {"side": "buy", "ordType": "limit", "sz": "0.5",
                                       "px": "64000.12"}),
    "perp maker": (PERP_MAKER, SWAP | {"side": "sell", "ordType": "post_only", "sz": "0.5",
                                       "px": "64000.12"}),
    "perp target": (PERP_TARGET, SWAP | CLOSES | {"side": "sell", "ordType": "limit", "sz": "0.5",
                                                  "px": "64000.12"}),
    "perp stop": (PERP_STOP, SWAP | CLOSES | STOPS | {"side": "sell", "sz": "0.5"}),
    "mark stop": (MARK_STOP, SWAP | CLOSES | STOPS | {"side": "sell", "sz": "0.5",
                                                      "slTriggerPxType": "mark"}),
    "perp stop entry": (PERP_STOP_ENTRY, SWAP | STOPS | {"side": "sell", "sz": "0.5"}),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "form"), FORMS.values(), ids=FORMS)
def test_an_order_is_said_as_okx_documents_it(request_: OrderRequest, form: dict[str, Any]) -> None:
    outcome, exchange = submit(request_, told(request_))

    [sent] = [it for it in exchange.sent if it.method == "POST"]
    waits = request_.type is OrderType.STOP
    named = {"algoClOrdId" if waits else "clOrdId": request_.client_order_id}
    assert sent.parameters == form | named
    assert sent.headers["OK-ACCESS-TIMESTAMP"] == "2023-11-14T22:13:20.000Z"
    assert sent.headers.get("expTime") == (None if waits else str(NOW + 30_000))
    assert "x-simulated-trading" not in sent.headers
    assert isinstance(outcome, Accepted)


def test_a_demo_key_is_told_by_its_header_in_every_request() -> None:
    _, exchange = submit(LONG, told(LONG), venue=Venue.DEMO)

    assert {sent.headers.get("x-simulated-trading") for sent in exchange.sent} == {"1"}


def test_a_market_order_is_reported_with_its_fills_in_base_currency() -> None:
    answers = told(LONG) | {
        "GET trade/fills": ok(
            fill(LONG, "0.2", "60000.1", fee="-0.06"),
            fill(LONG, "0.3", "60000.2", fee="-0.09", fillTime=str(NOW + 8)),
        )
    }

    outcome, _ = submit(LONG, answers)

    price = Decimal("0.002") * Decimal("60000.1") + Decimal("0.003") * Decimal("60000.2")
    execution = Execution(Decimal("0.005"), price / Decimal("0.005"), Decimal("0.15"), NOW + 8)
    told_ = OrderReport(LONG.client_order_id, NUMBER, LONG.symbol, LONG.side, OrderState.FILLED,
                        execution)  # fmt: skip
    assert outcome == Accepted((told_,))


def test_a_buy_on_spot_arrives_without_its_fee_in_whole_steps() -> None:
    answers = told(ENTRY) | {
        "GET trade/fills": ok(fill(ENTRY, "0.00500", "60000", fee="-0.000005", feeCcy="BTC"))
    }

    outcome, _ = submit(ENTRY, answers)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution == Execution(
        Decimal("0.00499"), Decimal(60000), Decimal("0.3"), NOW + 7
    )


def test_an_amount_is_spent_and_what_it_bought_is_told() -> None:
    outcome, _ = submit(SPEND, told(SPEND))

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution == Execution(
        Decimal("0.02"), Decimal("60000.1"), Decimal("0.3"), NOW + 7
    )


def test_a_maker_may_be_paid() -> None:
    filled = row(PERP_LIMIT, state="filled", accFillSz="0.5")
    answers = told(PERP_LIMIT) | {
        "GET trade/order": ok(filled),
        "GET trade/fills": ok(fill(PERP_LIMIT, "0.5", fee="0.02")),
    }

    outcome, _ = submit(PERP_LIMIT, answers)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].execution is not None
    assert outcome.reports[0].execution.fee == Decimal("-0.02")


def test_fees_in_a_third_currency_are_not_known() -> None:
    strange = ok(fill(EXIT, "0.00500", feeCcy="OKB"))

    outcome, _ = submit(EXIT, told(EXIT) | {"GET trade/fills": strange})

    assert isinstance(outcome, Unknown)
    assert "fees in OKB; have them taken in USDT" in outcome.reason


def test_a_stop_is_reported_as_it_waits() -> None:
    outcome, exchange = submit(PERP_STOP, told(PERP_STOP))

    report = OrderReport(PERP_STOP.client_order_id, ALGO_NUMBER, PERP_STOP.symbol, PERP_STOP.side,
                         OrderState.ACCEPTED, None)  # fmt: skip
    assert outcome == Accepted((report,))
    assert exchange.paths[1:] == ["POST /api/v5/trade/order-algo", "GET /api/v5/trade/order-algo"]


def test_a_maker_that_would_take_is_canceled() -> None:
    gone = row(MAKER, state="canceled", cancelSource="31")

    outcome, _ = submit(MAKER, told(MAKER) | {"GET trade/order": ok(gone)})

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


def test_every_request_has_its_weight_before_it_is_sent() -> None:
    """The budget asks what an order will go to, and what each request weighs in ccxt's tables."""

    async def weighed(client: Any) -> list[float]:
        library, submission = client._library, client._dialect.submission
        assert [submission((request,))[0] for request in (ENTRY, LONG, PERP_STOP)] == [
            endpoints.PLACE,
            endpoints.PLACE,
            endpoints.PLACE_ALGO,
        ]
        assert await client.admit((LONG,)) == ""
        words = [it for name, it in vars(endpoints).items() if name.isupper()]
        names = [name for it in words for name in ((it,) if isinstance(it, str) else it)]
        return [library._spacing_ms(name, {}) for name in names]

    weights, _ = ask(weighed, {}, symbols=(LONG.symbol,))

    assert len(weights) == 28
    assert all(0 < weight < 1000 for weight in weights)
