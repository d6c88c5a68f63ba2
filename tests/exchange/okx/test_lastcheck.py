"""The last check of OKX: what was journaled leaves, or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.lastcheck.okx import check_submit
from runner.exchange.okx.forms import submit_form
from runner.exchange.okx.instruments import Instrument
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.markets import Market
from runner.model.money import Grid
from runner.model.orders import OrderRequest, OrderType, Pinned, Side
from tests.exchange.asked import (
    CLOSE,
    ENTRY,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    MARK_STOP,
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
from tests.exchange.okx.answers import PINNED
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
SHAPES = [ENTRY, SPEND, EXIT, STOP, TARGET, LIMIT, MAKER, STOP_ENTRY, LONG, CLOSE, PERP_LIMIT]
SHAPES += [PERP_MAKER, PERP_TARGET, PERP_STOP, MARK_STOP, PERP_STOP_ENTRY]
EXTRAS = ["tag", "ccy", "attachAlgoOrds", "stpMode", "pxAmendType", "tpTriggerPx", "tpOrdPx"]
EXTRAS += ["closeFraction", "cxlOnClosePos", "triggerPx", "tradeQuoteCcy", "clOrdId2", "instType"]
each_shape = pytest.mark.parametrize("request_", SHAPES, ids=range(len(SHAPES)))


def instrument(symbol: str) -> Instrument:
    step = Decimal("0.0001") if symbol == PERP else Decimal("0.00001")
    market = Market(symbol, "BTC", "USDT", Grid.of(Decimal("0.01")), Grid.of(step), step,
                    Decimal(0), "here")  # fmt: skip
    return Instrument(market, SIZES[symbol])


def waits(request: OrderRequest) -> bool:
    return request.type is OrderType.STOP


def built(request: OrderRequest) -> dict[str, Any]:
    form: dict[str, Any] = submit_form(request, instrument(request.symbol))[1]
    return form


def address(request: OrderRequest) -> str:
    return f"{ROOT}/trade/{'order-algo' if waits(request) else 'order'}"


def headers_of(request: OrderRequest) -> dict[str, str]:
    return HEADERS if waits(request) else HEADERS | EXPIRES


def leaves(
    request: OrderRequest,
    parameters: Any = None,
    headers: dict[str, str] | None = None,
    url: str = "",
    method: str = "POST",
    venue: Venue = LIVE,
    pinned: Pinned = PINNED,
    text: bytes | None = None,
) -> None:
    body = json.dumps(built(request) if parameters is None else parameters).encode()
    check_submit(
        method,
        url or address(request),
        headers_of(request) if headers is None else headers,
        body if text is None else text,
        venue,
        request,
        pinned,
        SIZES[request.symbol],
    )


@each_shape
def test_what_is_built_may_leave(request_: OrderRequest) -> None:
    leaves(request_)


@each_shape
def test_no_parameter_may_be_missing_changed_doubled_or_added(request_: OrderRequest) -> None:
    good = built(request_)
    for name, value in good.items():
        wrong: list[Any] = [None, "", f"{value}1", f" {value}", [value], {"x": value}, 1]
        wrong += [str(value).upper() + "x", not value]
        without = {key: it for key, it in good.items() if key != name}
        for parameters in [without, *(good | {name: it} for it in wrong)]:
            with pytest.raises(Halt):
                leaves(request_, parameters)
        doubled = json.dumps(good)[:-1] + f',"{name}":{json.dumps(value)}}}'
        with pytest.raises(Halt, match="twice"):
            leaves(request_, text=doubled.encode())
    for extra in EXTRAS:
        if extra not in good:
            with pytest.raises(Halt, match=f"`{extra}`"):
                leaves(request_, good | {extra: "1"})


@each_shape
def test_no_header_may_be_missing_changed_doubled_or_added(request_: OrderRequest) -> None:
    good = headers_of(request_)
    for name in good:
        near = good[name] + "1" if name not in ("OK-ACCESS-KEY", "OK-ACCESS-PASSPHRASE") else ""
        without = {key: it for key, it in good.items() if key != name}
        for headers in (without, good | {name: near}):
            with pytest.raises(Halt):
                leaves(request_, headers=headers)
        with pytest.raises(Halt, match="twice"):
            leaves(request_, headers=good | {name.swapcase(): good[name]})
    for extra in ("x-simulated-trading", "Cookie", "X-Forwarded-For", "paptrading"):
        with pytest.raises(Halt):
            leaves(request_, headers=good | {extra: "1"})


@each_shape
def test_a_demo_order_carries_its_mark_and_a_live_one_does_not(request_: OrderRequest) -> None:
    mark = {"x-simulated-trading": "1"}

    leaves(request_, headers=headers_of(request_) | mark, venue=DEMO)

    for venue, more in [(DEMO, {}), (DEMO, {"x-simulated-trading": "0"}), (LIVE, mark)]:
        with pytest.raises(Halt):
            leaves(request_, headers=headers_of(request_) | more, venue=venue)
    with pytest.raises(Halt, match="okx has no `testnet`"):
        leaves(request_, venue=Venue.TESTNET)


@each_shape
def test_an_order_goes_to_one_address(request_: OrderRequest) -> None:
    other = "order" if waits(request_) else "order-algo"
    for method, url in [
        ("GET", ""),
        ("PUT", ""),
        ("POST", f"{ROOT}/trade/{other}"),
        ("POST", f"{ROOT}/trade/batch-orders"),
        ("POST", f"{address(request_)}?instId=ETH-USDT"),
        ("POST", address(request_).replace("https", "http")),
        ("POST", address(request_).replace("www.okx.com", "www.okx.com.evil.example")),
        ("POST", address(request_).replace("www.", "aws.")),
    ]:
        with pytest.raises(Halt):
            leaves(request_, url=url, method=method)


@each_shape
def test_an_order_other_than_the_journaled_one_stops(request_: OrderRequest) -> None:
    good = built(request_)
    others = [
        replace(request_, client_order_id="0" * 32),
        replace(request_, symbol=request_.symbol.replace("BTC", "ETH")),
        replace(request_, quantity=Decimal("0.0051"), spend=None),
        replace(request_, price=Decimal("64000.13")),
        replace(request_, stop_price=Decimal("58000.2")),
        replace(request_, side=Side.SELL if request_.side is Side.BUY else Side.BUY),
        replace(request_, reduce_only=not request_.reduce_only),
    ]
    for other in others:
        with pytest.raises(Halt):
            check_submit(
                "POST",
                address(request_),
                headers_of(request_),
                json.dumps(good).encode(),
                LIVE,
                other,
                PINNED,
                SIZES[request_.symbol],
            )


@pytest.mark.parametrize("size", ["0.1", "1", "0.001", "0.03"])
def test_contracts_are_counted_by_their_size(size: str) -> None:
    body = json.dumps(built(LONG)).encode()

    with pytest.raises(Halt, match=r"`sz`|is not a number of contracts of 0\.03"):
        check_submit(
            "POST", address(LONG), headers_of(LONG), body, LIVE, LONG, PINNED, Decimal(size)
        )


@pytest.mark.parametrize(
    "number", ["5E-1", "0.5_0", "+0.5", ".5", "０.5", "0x1", "1/2", "-0.5", " 0.5"]
)
def test_a_number_in_other_than_plain_digits_stops(number: str) -> None:
    with pytest.raises(Halt, match="`sz`"):
        leaves(LONG, built(LONG) | {"sz": number})


@pytest.mark.parametrize(
    "pinned", [Pinned(NOW + 1, 30_000), Pinned(NOW, 30_001), Pinned(NOW, 5_000), Pinned(0, 30_000)]
)
def test_an_order_is_signed_with_the_pinned_time_and_ends_with_its_window(pinned: Pinned) -> None:
    with pytest.raises(Halt, match=r"`ok-access-timestamp`|`exptime`"):
        leaves(LONG, pinned=pinned)


def test_milliseconds_of_the_pinned_time_count() -> None:
    pinned = Pinned(NOW + 7, 30_000)
    headers = headers_of(LONG) | {
        "OK-ACCESS-TIMESTAMP": "2023-11-14T22:13:20.007Z",
        "expTime": str(NOW + 30_007),
    }

    leaves(LONG, headers=headers, pinned=pinned)


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
    replace(SPEND, side=Side.SELL),
    replace(LIMIT, quantity=None, spend=Decimal(5)),
    replace(LONG, post_only=True),
    replace(LONG, trigger_by_mark=True),
    replace(LONG, stop_price=Decimal(5)),
    replace(PERP_STOP, price=Decimal(5)),
    replace(PERP_LIMIT, reduce_only=True),
    replace(CLOSE, reduce_only=False),
    replace(PERP_STOP, reduce_only=False),
    replace(SPEND, symbol=PERP),
]


@pytest.mark.parametrize("request_", UNSAYABLE, ids=range(len(UNSAYABLE)))
def test_what_cannot_be_said_is_not_sent(request_: OrderRequest) -> None:
    with pytest.raises(Halt, match="cannot be sent; nothing was sent"):
        leaves(request_, {})
