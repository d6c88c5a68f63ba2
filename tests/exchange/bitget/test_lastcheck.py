"""The last check of what leaves to Bitget: what was journaled leaves, or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.exchange.bitget.forms import submit_form
from runner.exchange.lastcheck.bitget import check_cancel, check_submit
from runner.exchange.writing import Parameters
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest
from tests.exchange.asked import (
    CLOSE,
    EXIT,
    LIMIT,
    LONG,
    MAKER,
    MARK_STOP,
    PERP_LIMIT,
    PERP_MAKER,
    PERP_STOP,
    PERP_TARGET,
    SPEND,
    TARGET,
)
from tests.exchange.bitget.answers import PINNED, SHORT_STOP
from tests.exchange.scripted import NOW

LIVE, DEMO = Venue.LIVE, Venue.DEMO
SPOT = "https://api.bitget.com/api/v2/spot/trade"
FUTURES = "https://api.bitget.com/api/v2/mix/order"
ACCOUNT = "https://api.bitget.com/api/v2/mix/account"
SHAPES: dict[str, tuple[str, OrderRequest]] = {
    "spend": (f"{SPOT}/place-order", SPEND),
    "sell": (f"{SPOT}/place-order", EXIT),
    "limit": (f"{SPOT}/place-order", LIMIT),
    "maker": (f"{SPOT}/place-order", MAKER),
    "target": (f"{SPOT}/place-order", TARGET),
    "long": (f"{FUTURES}/place-order", LONG),
    "close": (f"{FUTURES}/place-order", CLOSE),
    "perp limit": (f"{FUTURES}/place-order", PERP_LIMIT),
    "perp maker": (f"{FUTURES}/place-order", PERP_MAKER),
    "perp target": (f"{FUTURES}/place-order", PERP_TARGET),
    "perp stop": (f"{FUTURES}/place-tpsl-order", PERP_STOP),
    "mark stop": (f"{FUTURES}/place-tpsl-order", MARK_STOP),
    "short stop": (f"{FUTURES}/place-tpsl-order", SHORT_STOP),
}
CANCELS: dict[str, tuple[str, OrderRequest]] = {
    "spot": (f"{SPOT}/cancel-order", LIMIT),
    "perp": (f"{FUTURES}/cancel-order", PERP_LIMIT),
    "stop": (f"{FUTURES}/cancel-plan-order", PERP_STOP),
}
HEADERS = {
    "ACCESS-KEY": "key",
    "ACCESS-SIGN": "A" * 43 + "=",
    "ACCESS-TIMESTAMP": str(NOW),
    "ACCESS-PASSPHRASE": "words",
    "Content-Type": "application/json",
    "X-CHANNEL-API-CODE": "p4sve",
    "User-Agent": "python-requests/2",
    "Accept-Encoding": "gzip, deflate",
}
EXTRAS = ["tradeSide", "stpMode", "presetStopLossPrice", "presetTakeProfitPrice", "callbackRatio"]
EXTRAS += ["triggerPrice2", "tpslType", "executePrice", "executeStopLossPrice", "rangeRate"]
each_shape = pytest.mark.parametrize(("url", "request_"), SHAPES.values(), ids=SHAPES)
each_cancel = pytest.mark.parametrize(("url", "request_"), CANCELS.values(), ids=CANCELS)


def built(request: OrderRequest) -> Parameters:
    return submit_form(request, PINNED, 6)[1]


def leaves(
    url: str,
    request: OrderRequest,
    parameters: Any,
    headers: dict[str, str] | None = None,
    method: str = "POST",
    venue: Venue = LIVE,
) -> None:
    body = parameters if isinstance(parameters, bytes) else json.dumps(parameters).encode()
    said = HEADERS if headers is None else headers
    check_submit(method, url, said, body, venue, (request,), PINNED)


def ends(url: str, request: OrderRequest, parameters: Any, venue: Venue = LIVE) -> None:
    body = json.dumps(parameters).encode()
    check_cancel("POST", url, HEADERS, body, venue, (request,), PINNED)


@each_shape
def test_what_is_built_may_leave(url: str, request_: OrderRequest) -> None:
    leaves(url, request_, built(request_))
    leaves(url, request_, built(request_), HEADERS | {"PAPTRADING": "1"}, venue=DEMO)


@each_shape
def test_no_parameter_may_be_missing_changed_doubled_or_added(
    url: str, request_: OrderRequest
) -> None:
    good = built(request_)
    for name, value in good.items():
        without = {key: it for key, it in good.items() if key != name}
        near = [f"9{value}", "", f" {value}", str(value).swapcase() + "!", [value], 1, None, True]
        for parameters in (without, *(good | {name: it} for it in near)):
            with pytest.raises(Halt):
                leaves(url, request_, parameters)
        doubled = json.dumps(good)[:-1] + f', "{name}": {json.dumps(value)}}}'
        with pytest.raises(Halt, match="twice"):
            leaves(url, request_, doubled.encode())
    for extra in EXTRAS:
        with pytest.raises(Halt, match=f"`{extra}`"):
            leaves(url, request_, good | {extra: "1"})


#: Parameters that mean something else although the form stays well-formed.
TAMPERED: list[tuple[str, Parameters]] = [
    ("long", {"marginMode": "crossed"}),
    ("long", {"productType": "COIN-FUTURES"}),
    ("long", {"marginCoin": "USDC"}),
    ("long", {"symbol": "ETHUSDT"}),
    ("long", {"side": "sell"}),
    ("long", {"size": "0.006"}),
    ("long", {"size": "5e-3"}),
    ("long", {"orderType": "limit"}),
    ("long", {"reduceOnly": "YES"}),
    ("close", {"reduceOnly": "NO"}),
    ("close", {"reduceOnly": "yes"}),
    ("perp limit", {"force": "ioc"}),
    ("perp limit", {"price": "64000.13"}),
    ("perp maker", {"force": "gtc"}),
    ("perp target", {"orderType": "market"}),
    ("perp stop", {"planType": "pos_loss"}),
    ("perp stop", {"planType": "profit_plan"}),
    ("perp stop", {"holdSide": "sell"}),
    ("perp stop", {"triggerType": "mark_price"}),
    ("perp stop", {"triggerPrice": "58000.2"}),
    ("perp stop", {"clientOid": "0" * 32}),
    ("mark stop", {"triggerType": "fill_price"}),
    ("short stop", {"holdSide": "buy"}),
    ("spend", {"size": "1234.57"}),
    ("spend", {"size": "1234.55"}),
    ("spend", {"size": "0"}),
    ("spend", {"side": "sell"}),
    ("sell", {"side": "buy"}),
    ("sell", {"requestTime": str(NOW + 1)}),
    ("sell", {"receiveWindow": "60000"}),
    ("limit", {"force": "fok"}),
    ("maker", {"force": "gtc"}),
]


@pytest.mark.parametrize(("shape", "changed"), TAMPERED)
def test_a_parameter_that_means_something_else_stops(shape: str, changed: Parameters) -> None:
    url, request = SHAPES[shape]

    with pytest.raises(Halt, match=f"`{next(iter(changed))}`"):
        leaves(url, request, built(request) | changed)


def test_an_amount_to_spend_may_lose_less_than_a_cent() -> None:
    url, good = SHAPES["spend"][0], built(SPEND)

    leaves(url, SPEND, good | {"size": "1234.56789012345"})
    leaves(url, SPEND, good | {"size": "1234.56"})
    assert good["size"] == "1234.567890"


@each_shape
def test_an_order_goes_to_its_own_address(url: str, request_: OrderRequest) -> None:
    others = {it for it, _ in (*SHAPES.values(), *CANCELS.values())} - {url}
    others |= {url + "?symbol=ETHUSDT", url + "/", url.replace("https", "http")}
    others |= {url.replace("api.bitget", "api.bitget.evil"), f"{FUTURES}/place-plan-order"}
    for other in others:
        with pytest.raises(Halt, match="would go to"):
            leaves(other, request_, built(request_))
    for method in ("GET", "PUT", "DELETE"):
        with pytest.raises(Halt, match="would go to"):
            leaves(url, request_, built(request_), method=method)


#: Headers that are wrong, of a live key.
WRONG: list[dict[str, str | None]] = [
    {"ACCESS-TIMESTAMP": str(NOW + 1)},
    {"ACCESS-TIMESTAMP": None},
    {"ACCESS-SIGN": "A" * 43},
    {"ACCESS-SIGN": "A" * 64},
    {"ACCESS-SIGN": None},
    {"ACCESS-KEY": None},
    {"ACCESS-KEY": ""},
    {"ACCESS-PASSPHRASE": None},
    {"ACCESS-PASSPHRASE": ""},
    {"Content-Type": "text/plain"},
    {"Content-Type": None},
    {"PAPTRADING": "1"},
    {"paptrading": "0"},
    {"X-Forwarded-For": "1"},
    {"locale": "en-US"},
    {"access-timestamp": str(NOW)},
]


@pytest.mark.parametrize("changed", WRONG, ids=str)
@each_shape
def test_no_header_may_be_missing_changed_or_added(
    url: str, request_: OrderRequest, changed: dict[str, str | None]
) -> None:
    headers = {name: it for name, it in (HEADERS | changed).items() if it is not None}

    with pytest.raises(Halt):
        leaves(url, request_, built(request_), headers)


@pytest.mark.parametrize(
    ("venue", "mark"),
    [(DEMO, {}), (DEMO, {"PAPTRADING": "0"}), (LIVE, {"PAPTRADING": "1"}), (Venue.TESTNET, {})],
)
def test_a_request_says_the_venue_of_its_key(venue: Venue, mark: dict[str, str]) -> None:
    url, request = SHAPES["long"]

    with pytest.raises(Halt, match=r"paptrading|has no venue"):
        leaves(url, request, built(request), HEADERS | mark, venue=venue)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"order"', json.dumps([built(LONG)]).encode()]
)
def test_a_body_that_is_no_object_stops(body: bytes) -> None:
    with pytest.raises(Halt):
        leaves(SHAPES["long"][0], LONG, body)
