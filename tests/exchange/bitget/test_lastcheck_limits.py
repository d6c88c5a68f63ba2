"""What Bitget's last check stops though it could be built."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.bitget.forms import cancel_form, leverage_form, margin_form
from runner.exchange.lastcheck.bitget import check_cancel, check_setting, check_submit
from runner.exchange.writing import Parameters
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, Purpose
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    PAIR,
    PERP,
    PERP_STOP,
    PERP_STOP_ENTRY,
    STOP,
)
from tests.exchange.bitget.answers import PINNED
from tests.exchange.bitget.test_lastcheck import (
    ACCOUNT,
    CANCELS,
    FUTURES,
    HEADERS,
    SPOT,
    built,
    each_cancel,
    ends,
    leaves,
)

LIVE, DEMO = Venue.LIVE, Venue.DEMO

#: Orders that cannot be said there at all.
IMPOSSIBLE: list[tuple[OrderRequest, str]] = [
    (replace(LIMIT, price=None), "a price without a limit order"),
    (replace(EXIT, price=Decimal(1)), "a price without a limit order"),
    (replace(EXIT, stop_price=Decimal(1)), "a stop price without a stop order"),
    (replace(EXIT, post_only=True), "post-only without a limit order"),
    (replace(EXIT, spend=Decimal(1)), "both by quantity and by amount"),
    (replace(EXIT, quantity=None), "both by quantity and by amount"),
    (ENTRY, "an amount to spend but for a market order that buys"),
    (replace(LONG, quantity=None, spend=Decimal(1)), "an amount to spend but for"),
    (replace(LIMIT, quantity=None, spend=Decimal(1)), "an amount to spend but for"),
    (STOP, "a stop of spot"),
    (replace(EXIT, reduce_only=True), "reduce-only on spot"),
    (replace(CLOSE, reduce_only=False), "an exit or protection that may open"),
    (replace(LONG, reduce_only=True), "an exit or protection that may open"),
    (PERP_STOP_ENTRY, "a stop that may open"),
    (replace(CLOSE, trigger_by_mark=True), "a trigger by mark price"),
    (replace(LONG, symbol="BTC/USD:BTC"), "no symbol of spot or USDT futures"),
    (replace(LONG, symbol="BTC/USDC:USDT"), "no symbol of spot or USDT futures"),
    (replace(LONG, purpose=Purpose.EXIT), "an exit or protection that may open"),
]


@pytest.mark.parametrize(("request_", "words"), IMPOSSIBLE)
def test_an_order_that_cannot_be_said_stops(request_: OrderRequest, words: str) -> None:
    url = f"{FUTURES}/place-order" if ":" in request_.symbol else f"{SPOT}/place-order"
    form = built(LONG if ":" in request_.symbol else EXIT)

    with pytest.raises(Halt, match=words):
        leaves(url, request_, form)


def test_a_pair_is_never_sent() -> None:
    with pytest.raises(Halt, match="several orders"):
        check_submit("POST", f"{SPOT}/place-order", HEADERS, b"{}", LIVE, PAIR, PINNED)
    with pytest.raises(Halt, match="several orders"):
        check_cancel("POST", f"{SPOT}/cancel-order", HEADERS, b"{}", LIVE, PAIR, PINNED)


@each_cancel
def test_a_cancellation_names_one_order_and_nothing_else(url: str, request_: OrderRequest) -> None:
    good = cancel_form(request_)[1]

    ends(url, request_, good)
    for name in good:
        with pytest.raises(Halt):
            ends(url, request_, {key: it for key, it in good.items() if key != name})
        with pytest.raises(Halt):
            ends(url, request_, good | {name: "1"})
    for extra in ("orderId", "tpslType", "batchMode"):
        with pytest.raises(Halt, match=f"`{extra}`"):
            ends(url, request_, good | {extra: "1"})
    with pytest.raises(Halt):
        ends(url, request_, good, venue=DEMO)
    for other in {it for it, _ in CANCELS.values()} - {url}:
        with pytest.raises(Halt, match="would go to"):
            ends(other, request_, good)


@pytest.mark.parametrize(
    "named",
    [
        None,
        [],
        [{}],
        [{"clientOid": "0" * 32}],
        [{"clientOid": PERP_STOP.client_order_id, "orderId": "1"}],
        [{"clientOid": PERP_STOP.client_order_id}] * 2,
        {"clientOid": PERP_STOP.client_order_id},
        PERP_STOP.client_order_id,
    ],
)
def test_a_cancellation_of_stops_never_means_all_of_a_symbol(named: Any) -> None:
    form = cancel_form(PERP_STOP)[1] | {"orderIdList": named}

    with pytest.raises(Halt, match="does not name one stop, ours"):
        ends(CANCELS["stop"][0], PERP_STOP, form)


@pytest.mark.parametrize(
    ("path", "form", "value"),
    [
        ("set-margin-mode", margin_form(PERP)[1], "isolated"),
        ("set-leverage", leverage_form(PERP, Decimal(3))[1], "3"),
    ],
)
def test_a_setting_is_that_of_one_symbol_and_nothing_else(
    path: str, form: Parameters, value: str
) -> None:
    def sets(
        parameters: Any,
        url: str = f"{ACCOUNT}/{path}",
        symbol: str = PERP,
        venue: Venue = LIVE,
    ) -> None:
        body = json.dumps(parameters).encode()
        check_setting("POST", url, HEADERS, body, venue, symbol, value, PINNED)

    sets(form)
    for name in form:
        with pytest.raises(Halt):
            sets({key: it for key, it in form.items() if key != name})
        with pytest.raises(Halt):
            sets(form | {name: f"{form[name]}1"})
    for changed in ({"holdSide": "long"}, {"marginMode": "crossed", "leverage": "4"}):
        with pytest.raises(Halt):
            sets(form | changed)
    with pytest.raises(Halt):
        sets(form, symbol="ETH/USDT:USDT")
    with pytest.raises(Halt):
        sets(form, venue=DEMO)
    for other in ("set-position-mode", "set-asset-mode", "set-margin"):
        with pytest.raises(Halt, match="would go to"):
            sets(form, url=f"{ACCOUNT}/{other}")
