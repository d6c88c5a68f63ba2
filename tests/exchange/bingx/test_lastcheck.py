"""The last look at what leaves for BingX: anything but the order itself stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from runner.exchange.bingx import forms
from runner.exchange.importing import async_exchange
from runner.exchange.lastcheck.bingx import check_cancel, check_setting, check_submit
from runner.exchange.writing import Form
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side
from tests.exchange.asked import ENTRY, LIMIT, LONG, PAIR, PERP, PERP_LIMIT, PERP_STOP, SPEND, STOP
from tests.exchange.bingx.told import ORDERS
from tests.exchange.scripted import KEY, NOW, PINNED, SECRET

LIVE, TESTNET = Venue.LIVE, Venue.TESTNET
HEADERS = {
    "X-BX-APIKEY": KEY,
    "X-SOURCE-KEY": "CCXT",
    "User-Agent": "python-requests/2.34.2",
    "Accept-Encoding": "gzip, deflate",
}
Check = Callable[..., None]
Sent = tuple[str, str, dict[str, str], bytes | None]


class Pinning(async_exchange("bingx")):  # type: ignore[misc]  # ccxt has no types
    """The library's own signature, at the pinned time."""

    def nonce(self) -> int:
        return PINNED.timestamp_ms


LIBRARY = Pinning({"apiKey": KEY, "secret": SECRET})


def signed(form: Form) -> Sent:
    """A request as it would leave for live trading."""
    endpoint, parameters = form
    found = (vars(owner).get(endpoint) for owner in Pinning.__mro__)
    entry = next(it for it in found if type(it).__name__ == "Entry")
    told = LIBRARY.sign(entry.path, entry.api, entry.method, dict(parameters))
    assert told["body"] is None
    assert told["headers"] == {name: HEADERS[name] for name in ("X-BX-APIKEY", "X-SOURCE-KEY")}
    return told["method"], told["url"], dict(HEADERS), None


def submission(request: OrderRequest) -> tuple[Sent, Check]:
    sent = signed(forms.submit_form(request, PINNED))
    return sent, partial(check_submit, venue=LIVE, requests=(request,), pinned=PINNED)


def cancellation(request: OrderRequest, number: str | None = None) -> tuple[Sent, Check]:
    sent = signed(forms.cancel_form(request, number, PINNED))
    options: dict[str, Any] = {"venue": LIVE, "requests": (request,), "number": number}
    return sent, partial(check_cancel, pinned=PINNED, **options)


def setting(value: str) -> tuple[Sent, Check]:
    form = (
        forms.margin_form(PERP, PINNED)
        if value == "ISOLATED"
        else forms.leverage_form(PERP, Decimal(value), PINNED)
    )
    return signed(form), partial(check_setting, venue=LIVE, symbol=PERP, value=value, pinned=PINNED)


WRITES = {f"submit {name}": submission(request) for name, request in ORDERS.items()}
WRITES |= {f"cancel {name}": cancellation(ORDERS[name]) for name in ("limit", "perp limit")}
WRITES |= {"cancel by number": cancellation(LIMIT, "1735950529123455000")}
WRITES |= {"margin": setting("ISOLATED"), "leverage": setting("3")}
EVERY = pytest.mark.parametrize("case", WRITES)


def stops(check: Check, *sent: Any) -> None:
    with pytest.raises(Halt):
        check(*sent)


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    return f"{url.partition('?')[0]}?{urlencode(pairs)}"


def pairs_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(url.partition("?")[2], keep_blank_values=True)


@EVERY
def test_what_was_built_passes(case: str) -> None:
    sent, check = WRITES[case]

    check(*sent)


@EVERY
def test_every_parameter_is_looked_at(case: str) -> None:
    (method, url, headers, body), check = WRITES[case]
    pairs = pairs_of(url)

    for i, (name, value) in enumerate(pairs):
        without = pairs[:i] + pairs[i + 1 :]
        stops(check, method, with_query(url, without), headers, body)
        for other in ("", "x", value + "0", value.swapcase(), "-" + value):
            if other != value and not is_same(name, value, other):
                changed = [*pairs[:i], (name, other), *pairs[i + 1 :]]
                stops(check, method, with_query(url, changed), headers, body)
        stops(check, method, with_query(url, [*pairs, (name, value)]), headers, body)


def is_same(name: str, value: str, other: str) -> bool:
    """`0.005` and `0.0050` are one number."""
    if name not in ("price", "quantity", "quoteOrderQty"):
        return False
    return other != "" and other[0].isdigit() and Decimal(other) == Decimal(value)


#: What nobody asked for.
MORE = ["stopPrice", "stopLoss", "takeProfit", "closePosition", "positionId", "leverage", "uid"]
MORE += ["quoteOrderQty", "reduceOnly", "clientOrderID", "clientOrderId", "orderId", "workingType"]


@EVERY
@pytest.mark.parametrize("name", MORE)
def test_a_parameter_that_nobody_asked_for_stops(case: str, name: str) -> None:
    (method, url, headers, body), check = WRITES[case]

    stops(check, method, with_query(url, [*pairs_of(url), (name, "1")]), headers, body)


@EVERY
def test_another_place_stops(case: str) -> None:
    (method, url, headers, body), check = WRITES[case]

    for other in other_places(url):
        stops(check, method, other, headers, body)
    for verb in {"GET", "POST", "PUT", "DELETE"} - {method}:
        stops(check, verb, url, headers, body)


def other_places(url: str) -> Iterator[str]:
    yield url.replace("open-api.bingx.com", "open-api-vst.bingx.com")
    yield url.replace("open-api.bingx.com", "open-api.bingx.pro")
    yield url.replace("https://", "http://")
    yield url.replace("/trade/", "/trade//")
    yield url.replace("?", "/test?", 1)
    yield url.replace("/openApi/", "/")
    if "/spot/v1/" in url:
        yield url.replace("/spot/v1/", "/swap/v2/")
    else:
        yield url.replace("/swap/v2/", "/spot/v1/")
        yield url.replace("/swap/v2/", "/cswap/v1/")


@EVERY
def test_a_body_stops(case: str) -> None:
    (method, url, headers, _), check = WRITES[case]

    stops(check, method, url, headers, b"symbol=BTC-USDT")


@EVERY
def test_every_header_is_looked_at(case: str) -> None:
    (method, url, headers, body), check = WRITES[case]

    for name in headers:
        stops(check, method, url, {k: v for k, v in headers.items() if k != name}, body)
        stops(check, method, url, headers | {name: headers[name] + " x"}, body)
    stops(check, method, url, headers | {"x-simulated-trading": "1"}, body)
    stops(check, method, url, headers | {"Content-Type": "application/json"}, body)


@EVERY
def test_another_venue_stops(case: str) -> None:
    sent, check = WRITES[case]
    assert isinstance(check, partial)

    stops(partial(check, venue=TESTNET), *sent)


@pytest.mark.parametrize("case", ["long", "perp limit", "close"])
def test_contracts_of_the_test_venue_pass_at_its_host(case: str) -> None:
    (method, url, headers, body), check = WRITES[f"submit {case}"]
    there = url.replace("open-api.", "open-api-vst.")
    assert isinstance(check, partial)

    partial(check, venue=TESTNET)(method, there, headers, body)


def test_spot_does_not_pass_at_the_test_venue() -> None:
    (method, url, headers, body), check = WRITES["submit limit"]
    there = url.replace("open-api.", "open-api-vst.")

    with pytest.raises(Halt, match="spot at a venue that has none"):
        partial(check, venue=TESTNET)(method, there, headers, body)


@EVERY
@pytest.mark.parametrize("pinned", [Pinned(NOW + 1, 5_000), Pinned(NOW, 5_001), Pinned(NOW, 0)])
def test_another_time_or_window_stops(case: str, pinned: Pinned) -> None:
    sent, check = WRITES[case]

    stops(partial(check, pinned=pinned), *sent)


#: An order that is not the one that leaves.
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("limit", {"client_order_id": "x" * 32}),
    ("limit", {"symbol": "ETH/USDT"}),
    ("limit", {"side": Side.SELL}),
    ("limit", {"quantity": Decimal("0.004")}),
    ("limit", {"price": Decimal("64000.1")}),
    ("limit", {"post_only": True}),
    ("limit", {"type": OrderType.MARKET, "price": None}),
    ("limit", {"symbol": PERP}),
    ("maker", {"post_only": False}),
    ("spend", {"spend": Decimal("1234.5678901234")}),
    ("spend", {"spend": None, "quantity": Decimal(1)}),
    ("close", {"reduce_only": False, "purpose": Purpose.ENTRY}),
    ("long", {"reduce_only": True, "purpose": Purpose.EXIT}),
    ("long", {"symbol": "BTC/USDT"}),
    ("long", {"quantity": Decimal(5)}),
]


@pytest.mark.parametrize(("case", "changed"), OTHERS)
def test_another_order_stops(case: str, changed: dict[str, Any]) -> None:
    sent, check = WRITES[f"submit {case}"]

    stops(partial(check, requests=(replace(ORDERS[case], **changed),)), *sent)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (STOP, "a stop order"),
        (PERP_STOP, "a stop order"),
        (replace(ENTRY, stop_price=Decimal(1)), "a stop order"),
        (replace(LIMIT, price=None), "a price without a limit order"),
        (replace(ENTRY, price=Decimal(1)), "a price without a limit order"),
        (replace(ENTRY, post_only=True), "post-only without"),
        (replace(ENTRY, spend=Decimal(1)), "both by quantity and by amount"),
        (replace(SPEND, side=Side.SELL), "an amount to spend"),
        (replace(SPEND, symbol=PERP), "an amount to spend"),
        (replace(ENTRY, reduce_only=True), "reduce-only on spot"),
        (replace(LONG, reduce_only=True), "may open"),
        (replace(LONG, purpose=Purpose.EXIT), "may open"),
        (replace(LONG, trigger_by_mark=True), "mark price"),
        (replace(ENTRY, client_order_id="A" * 32), "an id that bingx would change"),
        (replace(ENTRY, client_order_id="a-b"), "an id that bingx would change"),
        (replace(ENTRY, client_order_id="a" * 41), "an id that bingx would change"),
    ],
)
def test_what_cannot_be_said_there_stops(request_: OrderRequest, words: str) -> None:
    sent, _ = WRITES["submit limit"]

    with pytest.raises(Halt, match=words):
        check_submit(*sent, venue=LIVE, requests=(request_,), pinned=PINNED)


@pytest.mark.parametrize("symbol", ["BTC/USDT:USDC", "BTC-USDT", "BTC/USDT&x=1", "btc/usdt", ""])
def test_a_symbol_that_is_none_stops(symbol: str) -> None:
    sent, _ = WRITES["submit limit"]

    with pytest.raises(Halt):
        check_submit(*sent, venue=LIVE, requests=(replace(LIMIT, symbol=symbol),), pinned=PINNED)


def test_several_orders_stop() -> None:
    for check, case in ((check_submit, "submit limit"), (check_cancel, "cancel limit")):
        more: dict[str, Any] = {} if check is check_submit else {"number": None}
        with pytest.raises(Halt, match="several orders"):
            check(*WRITES[case][0], venue=LIVE, requests=PAIR, pinned=PINNED, **more)


def test_a_number_is_not_taken_for_another_nor_for_our_id() -> None:
    by_number, by_id = WRITES["cancel by number"], WRITES["cancel limit"]

    stops(partial(by_number[1], number="5"), *by_number[0])
    stops(partial(by_number[1], number=None), *by_number[0])
    stops(partial(by_id[1], number="5"), *by_id[0])
    stops(partial(by_id[1], requests=(PERP_LIMIT,)), *by_id[0])


def test_a_setting_is_that_of_the_one_symbol_and_value() -> None:
    for case, value in (("margin", "ISOLATED"), ("leverage", "3")):
        sent, check = WRITES[case]
        stops(partial(check, symbol="ETH/USDT:USDT"), *sent)
        stops(partial(check, value="4" if value == "3" else "3"), *sent)
