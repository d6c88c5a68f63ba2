"""The last check: what was journaled leaves, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from runner.exchange.binance.forms import Parameters, cancel_form, submit_form
from runner.exchange.lastcheck import check_cancel, check_submit
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, Pinned, Side
from tests.exchange.asked import ENTRY, EXIT, PAIR, PINNED, SPEND, STOP, TARGET
from tests.exchange.scripted import Scripted, door

ROOT = "https://api.binance.com/api/v3"
SHAPES = [(ENTRY,), (SPEND,), (EXIT,), (STOP,), (TARGET,), PAIR]
NAMES = ["buy", "spend", "sell", "stop", "target", "pair"]
SIGNATURE = {"signature": "0123456789abcdef" * 4}


def leaves(
    requests: tuple[OrderRequest, ...],
    parameters: Parameters,
    method: str = "POST",
    url: str = "",
    pinned: Pinned = PINNED,
) -> None:
    url = url or f"{ROOT}/order" + ("List/oco" if len(requests) == 2 else "")
    check_submit(method, url, urlencode(parameters).encode(), requests, pinned)


def built(requests: tuple[OrderRequest, ...]) -> Parameters:
    return submit_form(requests, PINNED)[1] | SIGNATURE


@pytest.mark.parametrize("requests", SHAPES, ids=NAMES)
def test_what_is_built_may_leave(requests: tuple[OrderRequest, ...]) -> None:
    leaves(requests, built(requests))


@pytest.mark.parametrize("requests", SHAPES, ids=NAMES)
def test_no_parameter_may_be_missing_changed_doubled_or_added(
    requests: tuple[OrderRequest, ...],
) -> None:
    good = built(requests)
    for name, value in good.items():
        without = {key: it for key, it in good.items() if key != name}
        near = f"{value}1" if name != "signature" else "short"
        changed = [without, good | {name: near}, good | {name: ""}, good | {name: f" {value}"}]
        for parameters in changed:
            with pytest.raises(Halt):
                leaves(requests, parameters)
        doubled = urlencode(good) + f"&{name}={value}"
        url = f"{ROOT}/order" + ("List/oco" if len(requests) == 2 else "")
        with pytest.raises(Halt, match="twice"):
            check_submit("POST", url, doubled.encode(), requests, PINNED)
    for extra in ("icebergQty", "timeInForce", "strategyId", "trailingDelta", "sideEffectType"):
        with pytest.raises(Halt, match=f"`{extra}`"):
            leaves(requests, good | {extra: "1"})


@pytest.mark.parametrize("requests", SHAPES, ids=NAMES)
def test_an_order_other_than_the_journaled_one_stops(requests: tuple[OrderRequest, ...]) -> None:
    good = built(requests)
    first = requests[0]
    others = [
        replace(first, client_order_id="0" * 32),
        replace(first, symbol="ETH/USDT"),
        replace(first, quantity=Decimal("0.00501"), spend=None),
        replace(first, price=Decimal("64000.13")),
        replace(first, stop_price=Decimal("58000.2")),
        replace(first, side=Side.SELL if first.side is Side.BUY else Side.BUY),
    ]
    for other in others:
        with pytest.raises(Halt):
            leaves((other, *requests[1:]), good)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"{ROOT}/order"),
        ("POST", f"{ROOT}/order/test"),
        ("POST", f"{ROOT}/sor/order"),
        ("POST", "https://api1.binance.com/api/v3/order"),
        ("POST", "https://api.binance.com.evil.example/api/v3/order"),
        ("POST", "http://api.binance.com/api/v3/order"),
        ("POST", f"{ROOT}/order?symbol=ETHUSDT"),
    ],
)
def test_an_order_goes_to_one_address(method: str, url: str) -> None:
    with pytest.raises(Halt):
        leaves((ENTRY,), built((ENTRY,)), method, url)


@pytest.mark.parametrize(
    "number", ["5E-3", "0.005_00", "+0.005", ".005", "００.005", "0x1", "5/1000"]
)
def test_a_number_in_other_than_plain_digits_stops(number: str) -> None:
    with pytest.raises(Halt, match="`quantity`"):
        leaves((ENTRY,), built((ENTRY,)) | {"quantity": number})


@pytest.mark.parametrize("pinned", [Pinned(PINNED.timestamp_ms + 1, 5_000), Pinned(0, 5_000)])
def test_an_order_is_signed_with_the_pinned_time(pinned: Pinned) -> None:
    with pytest.raises(Halt, match="`timestamp`"):
        leaves((ENTRY,), built((ENTRY,)), pinned=pinned)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("quantity=0.00500", "quantity=0.00501"),
        ("symbol=BTCUSDT", "symbol=BTCUSDC"),
        ("newOrderRespType=FULL", "newOrderRespType=ACK"),
        (f"timestamp={PINNED.timestamp_ms}", f"timestamp={PINNED.timestamp_ms + 1}"),
        ("&type=MARKET", "&type=MARKET&icebergQty=1"),
        (f"origClientOrderId={'5' * 32}", f"origClientOrderId={'6' * 32}"),
    ],
)
def test_a_library_that_signs_something_else_is_stopped_at_the_socket(
    was: str, becomes: str
) -> None:
    async def act() -> Scripted:
        async with door({}) as (client, exchange):
            library = client._library._ccxt
            sign = library.sign

            def tampered(*request: Any) -> dict[str, Any]:
                signed: dict[str, Any] = sign(*request)
                place = "body" if signed["body"] else "url"
                return signed | {place: signed[place].replace(was, becomes)}

            library.sign = tampered
            cancels = was.startswith("origClientOrderId")
            write = client.cancel((STOP,), PINNED) if cancels else client.submit((ENTRY,), PINNED)
            with pytest.raises(Halt):
                await write
            return exchange

    assert asyncio.run(act()).sent == []


@pytest.mark.parametrize("requests", [(STOP,), PAIR], ids=["one", "pair"])
def test_a_cancel_names_what_was_submitted_and_nothing_else(
    requests: tuple[OrderRequest, ...],
) -> None:
    endpoint, form = cancel_form(requests, PINNED)
    address = f"{ROOT}/order" + ("List" if len(requests) == 2 else "")
    good = form | SIGNATURE

    check_cancel("DELETE", f"{address}?{urlencode(good)}", None, requests, PINNED)

    assert endpoint.startswith("privateDelete")
    for name in good:
        wrong = {key: value for key, value in good.items() if key != name}
        for parameters in (wrong, good | {name: "x"}, good | {"newClientOrderId": "x"}):
            with pytest.raises(Halt):
                check_cancel("DELETE", f"{address}?{urlencode(parameters)}", None, requests, PINNED)
    for method, url, body in [
        ("DELETE", f"{ROOT}/openOrders?{urlencode(good)}", None),
        ("POST", f"{address}?{urlencode(good)}", None),
        ("DELETE", f"{address}?{urlencode(good)}", b"symbol=ETHUSDT"),
    ]:
        with pytest.raises(Halt):
            check_cancel(method, url, body, requests, PINNED)
