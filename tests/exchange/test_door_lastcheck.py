"""The last check: what was journaled leaves, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from runner.exchange.binance.forms import cancel_form, submit_form
from runner.exchange.binance.futures_forms import leverage_form, margin_form
from runner.exchange.lastcheck.binance import check_cancel, check_setting, check_submit
from runner.exchange.writing import Parameters
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, Pinned, Side
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    MARK_STOP,
    PAIR,
    PERP,
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
from tests.exchange.scripted import PINNED, Scripted, door

LIVE = Venue.LIVE
ROOT = "https://api.binance.com/api/v3"
FUTURES = "https://fapi.binance.com/fapi/v1"
SHAPES: dict[str, tuple[str, tuple[OrderRequest, ...]]] = {
    "buy": (f"{ROOT}/order", (ENTRY,)),
    "spend": (f"{ROOT}/order", (SPEND,)),
    "sell": (f"{ROOT}/order", (EXIT,)),
    "stop": (f"{ROOT}/order", (STOP,)),
    "target": (f"{ROOT}/order", (TARGET,)),
    "limit": (f"{ROOT}/order", (LIMIT,)),
    "maker": (f"{ROOT}/order", (MAKER,)),
    "stop entry": (f"{ROOT}/order", (STOP_ENTRY,)),
    "pair": (f"{ROOT}/orderList/oco", PAIR),
    "long": (f"{FUTURES}/order", (LONG,)),
    "close": (f"{FUTURES}/order", (CLOSE,)),
    "perp limit": (f"{FUTURES}/order", (PERP_LIMIT,)),
    "perp maker": (f"{FUTURES}/order", (PERP_MAKER,)),
    "perp target": (f"{FUTURES}/order", (PERP_TARGET,)),
    "perp stop": (f"{FUTURES}/algoOrder", (PERP_STOP,)),
    "mark stop": (f"{FUTURES}/algoOrder", (MARK_STOP,)),
    "perp stop entry": (f"{FUTURES}/algoOrder", (PERP_STOP_ENTRY,)),
}
SIGNATURE = {"signature": "0123456789abcdef" * 4}
EXTRAS = ["icebergQty", "strategyId", "trailingDelta", "sideEffectType", "positionSide"]
EXTRAS += ["closePosition", "priceProtect", "callbackRate", "goodTillDate", "priceMatch"]
each_shape = pytest.mark.parametrize(("url", "requests"), SHAPES.values(), ids=SHAPES)


def leaves(
    url: str,
    requests: tuple[OrderRequest, ...],
    parameters: Parameters,
    method: str = "POST",
    pinned: Pinned = PINNED,
) -> None:
    check_submit(method, url, {}, urlencode(parameters).encode(), LIVE, requests, pinned)


def built(requests: tuple[OrderRequest, ...]) -> Parameters:
    return submit_form(requests, PINNED)[1] | SIGNATURE


@each_shape
def test_what_is_built_may_leave(url: str, requests: tuple[OrderRequest, ...]) -> None:
    leaves(url, requests, built(requests))


@each_shape
def test_no_parameter_may_be_missing_changed_doubled_or_added(
    url: str, requests: tuple[OrderRequest, ...]
) -> None:
    good = built(requests)
    for name, value in good.items():
        without = {key: it for key, it in good.items() if key != name}
        near = f"{value}1" if name != "signature" else "short"
        changed = [without, good | {name: near}, good | {name: ""}, good | {name: f" {value}"}]
        for parameters in changed:
            with pytest.raises(Halt):
                leaves(url, requests, parameters)
        doubled = urlencode(good) + f"&{name}={value}"
        with pytest.raises(Halt, match="twice"):
            check_submit("POST", url, {}, doubled.encode(), LIVE, requests, PINNED)
    for extra in EXTRAS:
        with pytest.raises(Halt, match=f"`{extra}`"):
            leaves(url, requests, good | {extra: "1"})


#: Parameters that mean something else although the form stays well-formed.
TAMPERED: list[tuple[str, Parameters]] = [
    ("close", {"reduceOnly": "false"}),
    ("perp target", {"reduceOnly": "TRUE"}),
    ("perp target", {"timeInForce": "GTX"}),
    ("perp target", {"type": "MARKET"}),
    ("perp maker", {"timeInForce": "GTC"}),
    ("perp limit", {"timeInForce": "IOC"}),
    ("perp limit", {"side": "SELL"}),
    ("perp limit", {"price": "64000.13"}),
    ("perp stop", {"reduceOnly": "false"}),
    ("perp stop", {"workingType": "MARK_PRICE"}),
    ("mark stop", {"workingType": "CONTRACT_PRICE"}),
    ("perp stop", {"type": "TAKE_PROFIT_MARKET"}),
    ("perp stop", {"algoType": "VP"}),
    ("perp stop", {"side": "BUY"}),
    ("perp stop", {"triggerPrice": "58000.2"}),
    ("perp stop", {"clientAlgoId": "0" * 32}),
    ("long", {"newOrderRespType": "ACK"}),
    ("long", {"symbol": "BTCUSDC"}),
    ("limit", {"type": "LIMIT_MAKER"}),
    ("limit", {"timeInForce": "FOK"}),
    ("maker", {"type": "LIMIT"}),
    ("target", {"type": "LIMIT"}),
    ("stop entry", {"side": "SELL"}),
    ("stop entry", {"type": "TAKE_PROFIT"}),
]


@pytest.mark.parametrize(("shape", "changed"), TAMPERED)
def test_a_parameter_that_means_something_else_stops(shape: str, changed: Parameters) -> None:
    url, requests = SHAPES[shape]

    with pytest.raises(Halt, match=f"`{next(iter(changed))}`"):
        leaves(url, requests, built(requests) | changed)


def test_an_entry_that_would_only_reduce_and_an_exit_that_may_open_stop() -> None:
    for shape in ("long", "perp limit", "perp stop entry"):
        url, requests = SHAPES[shape]
        with pytest.raises(Halt, match="`reduceOnly`"):
            leaves(url, requests, built(requests) | {"reduceOnly": "true"})
    for shape in ("close", "perp stop", "perp target"):
        url, [request] = SHAPES[shape]
        opens = (replace(request, reduce_only=False),)
        with pytest.raises(Halt, match="an exit or protection that may open"):
            leaves(url, opens, built(opens))


#: What cannot be said where it would be sent, and so would be dropped silently.
UNSAYABLE = [
    replace(ENTRY, reduce_only=True),
    replace(ENTRY, post_only=True),
    replace(STOP, trigger_by_mark=True),
    replace(ENTRY, spend=Decimal(5)),
    replace(ENTRY, quantity=None),
    replace(ENTRY, price=Decimal(5)),
    replace(STOP, price=Decimal(5)),
    replace(LIMIT, stop_price=Decimal(5)),
    replace(LIMIT, price=None),
    replace(LONG, post_only=True),
    replace(LONG, trigger_by_mark=True),
    replace(LONG, stop_price=Decimal(5)),
    replace(PERP_STOP, price=Decimal(5)),
    replace(PERP_LIMIT, reduce_only=True),
    replace(SPEND, symbol=PERP),
]


@pytest.mark.parametrize("request_", UNSAYABLE, ids=range(len(UNSAYABLE)))
def test_what_cannot_be_said_is_not_sent(request_: OrderRequest) -> None:
    with pytest.raises(Halt, match="nothing was sent"):
        leaves(f"{ROOT}/order", (request_,), {})


@each_shape
def test_an_order_other_than_the_journaled_one_stops(
    url: str, requests: tuple[OrderRequest, ...]
) -> None:
    good = built(requests)
    first = requests[0]
    others = [
        replace(first, client_order_id="0" * 32),
        replace(first, symbol=first.symbol.replace("BTC", "ETH")),
        replace(first, symbol="BTC/USDT" if ":" in first.symbol else PERP),
        replace(first, quantity=Decimal("0.00501"), spend=None),
        replace(first, price=Decimal("64000.13")),
        replace(first, stop_price=Decimal("58000.2")),
        replace(first, side=Side.SELL if first.side is Side.BUY else Side.BUY),
    ]
    for other in others:
        with pytest.raises(Halt):
            leaves(url, (other, *requests[1:]), good)


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
        ("POST", f"{FUTURES}/order"),
        ("POST", f"{FUTURES}/algoOrder"),
    ],
)
def test_an_order_goes_to_one_address(method: str, url: str) -> None:
    with pytest.raises(Halt):
        leaves(url, (ENTRY,), built((ENTRY,)), method)


@pytest.mark.parametrize(
    ("url", "request_"),
    [
        (f"{ROOT}/order", LONG),
        (f"{FUTURES}/order/test", LONG),
        (f"{FUTURES}/algoOrder", LONG),
        (f"{FUTURES}/order", PERP_STOP),
        ("https://fapi.binance.com/fapi/v2/order", LONG),
        ("https://dapi.binance.com/dapi/v1/order", LONG),
    ],
)
def test_an_order_of_futures_goes_to_the_place_of_its_kind(
    url: str, request_: OrderRequest
) -> None:
    with pytest.raises(Halt):
        leaves(url, (request_,), built((request_,)))


@pytest.mark.parametrize(
    "number", ["5E-3", "0.005_00", "+0.005", ".005", "００.005", "0x1", "5/1000"]
)
def test_a_number_in_other_than_plain_digits_stops(number: str) -> None:
    with pytest.raises(Halt, match="`quantity`"):
        leaves(f"{ROOT}/order", (ENTRY,), built((ENTRY,)) | {"quantity": number})


@pytest.mark.parametrize("pinned", [Pinned(PINNED.timestamp_ms + 1, 5_000), Pinned(0, 5_000)])
def test_an_order_is_signed_with_the_pinned_time(pinned: Pinned) -> None:
    with pytest.raises(Halt, match="`timestamp`"):
        leaves(f"{ROOT}/order", (ENTRY,), built((ENTRY,)), pinned=pinned)


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


CANCELS: dict[str, tuple[str, tuple[OrderRequest, ...]]] = {
    "one": (f"{ROOT}/order", (STOP,)),
    "pair": (f"{ROOT}/orderList", PAIR),
    "perp": (f"{FUTURES}/order", (PERP_TARGET,)),
    "algo": (f"{FUTURES}/algoOrder", (PERP_STOP,)),
}


@pytest.mark.parametrize(("address", "requests"), CANCELS.values(), ids=CANCELS)
def test_a_cancel_names_what_was_submitted_and_nothing_else(
    address: str, requests: tuple[OrderRequest, ...]
) -> None:
    good = cancel_form(requests, PINNED)[1] | SIGNATURE

    check_cancel("DELETE", f"{address}?{urlencode(good)}", {}, None, LIVE, requests, PINNED)

    for name in good:
        wrong = {key: value for key, value in good.items() if key != name}
        for parameters in (wrong, good | {name: "x"}, good | {"newClientOrderId": "x"}):
            with pytest.raises(Halt):
                check_cancel(
                    "DELETE", f"{address}?{urlencode(parameters)}", {}, None, LIVE, requests, PINNED
                )
    for method, url, body in [
        ("DELETE", f"{ROOT}/openOrders?{urlencode(good)}", None),
        ("DELETE", f"{FUTURES}/allOpenOrders?{urlencode(good)}", None),
        ("DELETE", f"{FUTURES}/algoOpenOrders?{urlencode(good)}", None),
        ("POST", f"{address}?{urlencode(good)}", None),
        ("DELETE", f"{address}?{urlencode(good)}", b"symbol=ETHUSDT"),
    ]:
        with pytest.raises(Halt):
            check_cancel(method, url, {}, body, LIVE, requests, PINNED)


SETTINGS = {
    "ISOLATED": (f"{FUTURES}/marginType", margin_form(PERP, PINNED)[1]),
    "7": (f"{FUTURES}/leverage", leverage_form(PERP, Decimal(7), PINNED)[1]),
}


@pytest.mark.parametrize("value", SETTINGS)
def test_a_setting_is_the_one_that_was_wanted(value: str) -> None:
    url, form = SETTINGS[value]
    good = form | SIGNATURE

    def leaves(parameters: Parameters, method: str = "POST", url: str = url) -> None:
        check_setting(method, url, {}, urlencode(parameters).encode(), LIVE, PERP, value, PINNED)

    leaves(good)

    for name in good:
        without = {key: it for key, it in good.items() if key != name}
        for parameters in (without, good | {name: "CROSSED"}, good | {"positionSide": "LONG"}):
            with pytest.raises(Halt):
                leaves(parameters)
    for method, place in [("GET", url), ("POST", f"{FUTURES}/positionMargin")]:
        with pytest.raises(Halt):
            leaves(good, method, place)
