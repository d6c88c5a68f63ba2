"""The last check of OKX: cancellations, settings, and what the library may sign instead."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.lastcheck.okx import check_cancel, check_leverage
from runner.exchange.okx.forms import cancel_form, leverage_form
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType
from tests.exchange.asked import (
    LONG,
    PERP,
    PERP_STOP,
    PERP_TARGET,
    STOP,
    TARGET,
)
from tests.exchange.okx.answers import PINNED, ask
from tests.exchange.scripted import NOW

LIVE, DEMO = Venue.LIVE, Venue.DEMO
ROOT = "https://www.okx.com/api/v5"
SIZES = {"BTC/USDT": Decimal(1), PERP: Decimal("0.01")}
HEADERS = {
    "OK-ACCESS-KEY": "k",
    "OK-ACCESS-PASSPHRASE": "p",
    "OK-ACCESS-TIMESTAMP": "2023-11-14T22:13:20.000Z",
    "OK-ACCESS-SIGN": "A" * 43 + "=",
    "Content-Type": "application/json",
    "Accept-Encoding": "gzip, deflate",
}
EXPIRES = {"expTime": str(NOW + 30_000)}


def waits(request: OrderRequest) -> bool:
    return request.type is OrderType.STOP


CANCELS = [TARGET, PERP_TARGET, STOP, PERP_STOP]


@pytest.mark.parametrize("request_", CANCELS, ids=range(len(CANCELS)))
def test_a_cancel_names_what_was_submitted_and_nothing_else(request_: OrderRequest) -> None:
    url = f"{ROOT}/trade/{'cancel-algos' if waits(request_) else 'cancel-order'}"
    told: Any = cancel_form(request_)[1]
    [good] = told if waits(request_) else [told]

    def leaves(one: Any, method: str = "POST", url: str = url, more: Any = None) -> None:
        body = json.dumps([one] if waits(request_) else one).encode()
        headers = HEADERS | (more or {})
        check_cancel(method, url, headers, body, LIVE, request_, PINNED)

    leaves(good)

    for name in good:
        without = {key: it for key, it in good.items() if key != name}
        for wrong in (without, good | {name: "x"}, good | {"ordId": "1"}, [good]):
            with pytest.raises(Halt):
                leaves(wrong)
    both = json.dumps([good, good]).encode()
    with pytest.raises(Halt):
        check_cancel("POST", url, HEADERS, both, LIVE, request_, PINNED)
    with pytest.raises(Halt):
        leaves(good, more=EXPIRES)
    with pytest.raises(Halt):
        leaves(good, more={"x-simulated-trading": "1"})
    for method, place in [("GET", url), ("POST", f"{ROOT}/trade/cancel-all-after")]:
        with pytest.raises(Halt):
            leaves(good, method, place)


def test_a_leverage_is_the_one_that_was_wanted() -> None:
    url, good = f"{ROOT}/account/set-leverage", leverage_form(PERP, Decimal(7))[1]

    def leaves(parameters: Any, method: str = "POST", url: str = url) -> None:
        body = json.dumps(parameters).encode()
        check_leverage(method, url, HEADERS, body, LIVE, PERP, Decimal(7), PINNED)

    leaves(good)

    for name in good:
        without = {key: it for key, it in good.items() if key != name}
        for parameters in (without, good | {name: "cross"}, good | {"posSide": "long"}):
            with pytest.raises(Halt):
                leaves(parameters)
    for method, place in [("GET", url), ("POST", f"{ROOT}/account/set-position-mode")]:
        with pytest.raises(Halt):
            leaves(good, method, place)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"sz":"0.5"', '"sz":"5"'),
        ('"instId":"BTC-USDT-SWAP"', '"instId":"ETH-USDT-SWAP"'),
        ('"tdMode":"isolated"', '"tdMode":"cross"'),
        ('"reduceOnly":false', '"reduceOnly":true'),
        ('"ordType":"market"', '"ordType":"market","tag":"x"'),
    ],
)
def test_a_library_that_signs_something_else_is_stopped_at_the_socket(
    was: str, becomes: str
) -> None:
    async def act(client: Any) -> None:
        library = client._library._ccxt
        sign = library.sign

        def tampered(*request: Any) -> dict[str, Any]:
            signed: dict[str, Any] = sign(*request)
            body = (signed["body"] or "").replace(was, becomes)
            return signed | {"body": body or None}

        library.sign = tampered
        try:
            with pytest.raises(Halt):
                await client.submit((LONG,), PINNED)
        finally:
            library.sign = sign

    _, exchange = ask(act, {}, symbols=(PERP,))

    assert {sent.method for sent in exchange.sent} <= {"GET"}


def test_a_time_that_is_not_the_pinned_one_is_stopped_at_the_socket() -> None:
    async def act(client: Any) -> None:
        library = client._library._ccxt
        library.nonce = lambda: NOW + 1
        try:
            with pytest.raises(Halt, match="`ok-access-timestamp`"):
                await client.submit((LONG,), PINNED)
        finally:
            del library.nonce

    _, exchange = ask(act, {}, symbols=(PERP,))

    assert {sent.method for sent in exchange.sent} <= {"GET"}
