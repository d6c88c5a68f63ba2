"""The last check of Bybit: what was journaled leaves, or nothing."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.bybit.forms import cancel_form, leverage_form, submit_form
from runner.exchange.lastcheck.bybit import check_cancel, check_setting, check_submit
from runner.exchange.sites import SITES
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
from tests.exchange.bybit.told import CREATE, LEVERAGE, answers, row
from tests.exchange.scripted import NOW, PINNED, Scripted, door

LIVE = Venue.LIVE
ROOT = "https://api.bybit.com/v5"
SHAPES: dict[str, OrderRequest] = {
    "buy": ENTRY,
    "spend": SPEND,
    "sell": EXIT,
    "stop": STOP,
    "target": TARGET,
    "limit": LIMIT,
    "maker": MAKER,
    "stop entry": STOP_ENTRY,
    "long": LONG,
    "close": CLOSE,
    "perp limit": PERP_LIMIT,
    "perp maker": PERP_MAKER,
    "perp target": PERP_TARGET,
    "perp stop": PERP_STOP,
    "mark stop": MARK_STOP,
    "perp stop entry": PERP_STOP_ENTRY,
}
HEADERS = {
    "Content-Type": "application/json",
    "X-BAPI-API-KEY": "k" * 18,
    "X-BAPI-TIMESTAMP": str(NOW),
    "X-BAPI-RECV-WINDOW": "5000",
    "X-BAPI-SIGN": "0123456789abcdef" * 4,
    "Referer": "CCXT",
    "Accept-Encoding": "gzip, deflate",
}
#: What nobody sends, and Bybit would act on.
EXTRAS = ["takeProfit", "stopLoss", "closeOnTrigger", "slippageTolerance", "smpType", "mmp"]
EXTRAS += ["tpslMode", "tpLimitPrice", "slOrderType", "orderIv", "bboSideType", "orderId"]
each_shape = pytest.mark.parametrize("request_", SHAPES.values(), ids=SHAPES)


def built(request: OrderRequest) -> dict[str, Any]:
    return submit_form(request, Decimal("0.0000001"))[1]


def leaves(
    request: OrderRequest,
    parameters: dict[str, Any],
    method: str = "POST",
    url: str = f"{ROOT}/order/create",
    headers: dict[str, str] = HEADERS,
    venue: Venue = LIVE,
    pinned: Pinned = PINNED,
) -> None:
    body = json.dumps(parameters).encode()
    check_submit(method, url, headers, body, venue, (request,), pinned)


@each_shape
def test_what_is_built_leaves(request_: OrderRequest) -> None:
    leaves(request_, built(request_))


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else "1" + value


@each_shape
def test_no_parameter_may_be_missing_changed_or_of_another_kind(request_: OrderRequest) -> None:
    parameters = built(request_)
    for name, value in parameters.items():
        rest = {key: it for key, it in parameters.items() if key != name}
        for wrong in (rest, rest | {name: other(value)}, rest | {name: [value]}):
            with pytest.raises(Halt):
                leaves(request_, wrong)
        with pytest.raises(Halt):
            leaves(request_, rest | {name: str(value) if not isinstance(value, str) else 1})


@each_shape
@pytest.mark.parametrize("extra", EXTRAS)
def test_nothing_leaves_that_is_not_accounted_for(request_: OrderRequest, extra: str) -> None:
    with pytest.raises(Halt, match=f"`{extra}`"):
        leaves(request_, built(request_) | {extra: ""})


@pytest.mark.parametrize("extra", ["reduceOnly", "positionIdx", "triggerBy", "triggerDirection"])
def test_what_only_contracts_have_is_never_said_on_spot(extra: str) -> None:
    with pytest.raises(Halt, match=f"`{extra}`"):
        leaves(LIMIT, built(LIMIT) | {extra: built(PERP_STOP)[extra]})


@each_shape
def test_an_order_of_another_decision_does_not_leave(request_: OrderRequest) -> None:
    ours = built(request_)
    changes: dict[str, Any] = {
        "client_order_id": "d" * 32,
        "symbol": request_.symbol.replace("BTC", "ETH"),
        "side": Side.SELL if request_.side is Side.BUY else Side.BUY,
    }
    if request_.quantity is not None:
        changes["quantity"] = request_.quantity * 2
    if request_.price is not None:
        changes["price"] = request_.price + 1
    if request_.stop_price is not None:
        changes["stop_price"] = request_.stop_price + 1
    for name, value in changes.items():
        with pytest.raises(Halt):
            leaves(replace(request_, **{name: value}), ours)


@pytest.mark.parametrize(
    "url",
    [
        "https://api-testnet.bybit.com/v5/order/create",
        "https://api-demo.bybit.com/v5/order/create",
        "https://api.bytick.com/v5/order/create",
        "http://api.bybit.com/v5/order/create",
        "https://api.bybit.com/v5/order/create?orderLinkId=x",
        "https://api.bybit.com/v5/order/amend",
        "https://api.bybit.com/v5/order/create-batch",
        "https://api.bybit.com/v5/asset/withdraw/create",
    ],
)
def test_an_order_leaves_for_one_address_only(url: str) -> None:
    with pytest.raises(Halt, match="would go to"):
        leaves(ENTRY, built(ENTRY), url=url)


@pytest.mark.parametrize("venue", list(Venue))
def test_each_venue_has_its_host_known_apart_from_the_sites(venue: Venue) -> None:
    for at in Venue:
        url = f"https://{SITES['bybit'][at].spot}/v5/order/create"
        if at is venue:
            leaves(ENTRY, built(ENTRY), url=url, venue=venue)
        else:
            with pytest.raises(Halt, match="would go to"):
                leaves(ENTRY, built(ENTRY), url=url, venue=venue)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_order_is_posted(method: str) -> None:
    with pytest.raises(Halt, match="would go to"):
        leaves(ENTRY, built(ENTRY), method=method)


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_may_be_missing_or_changed(name: str) -> None:
    rest = {key: value for key, value in HEADERS.items() if key != name}

    with pytest.raises(Halt):
        leaves(ENTRY, built(ENTRY), headers=rest)
    with pytest.raises(Halt):
        leaves(ENTRY, built(ENTRY), headers=rest | {name: "!" + HEADERS[name]})


@pytest.mark.parametrize("extra", ["X-BAPI-SIGN-TYPE", "cdn-request-id", "x-simulated-trading"])
def test_no_header_is_added(extra: str) -> None:
    with pytest.raises(Halt, match="nothing accounts for"):
        leaves(ENTRY, built(ENTRY), headers=HEADERS | {extra: "1"})


def test_a_header_in_two_spellings_does_not_leave() -> None:
    with pytest.raises(Halt, match="twice"):
        leaves(ENTRY, built(ENTRY), headers=HEADERS | {"x-bapi-timestamp": str(NOW)})


@pytest.mark.parametrize("pinned", [Pinned(NOW + 1, 5_000), Pinned(NOW, 60_000)])
def test_time_and_window_are_those_that_were_journaled(pinned: Pinned) -> None:
    with pytest.raises(Halt, match="x-bapi-"):
        leaves(ENTRY, built(ENTRY), pinned=pinned)


@pytest.mark.parametrize("body", [b"", None, b"[]", b"{", b'{"a": 1, "a": 1}', b'"x"', b"\xff"])
def test_a_body_that_is_no_order_does_not_leave(body: bytes | None) -> None:
    with pytest.raises(Halt):
        check_submit("POST", f"{ROOT}/order/create", HEADERS, body, LIVE, (ENTRY,), PINNED)


@pytest.mark.parametrize(
    "changed",
    [
        {"price": Decimal(1)},
        {"stop_price": Decimal(1)},
        {"post_only": True},
        {"spend": Decimal(5)},
        {"quantity": None},
        {"reduce_only": True},
        {"trigger_by_mark": True},
    ],
)
def test_an_order_that_cannot_be_said_does_not_leave(changed: dict[str, Any]) -> None:
    wrong = replace(ENTRY, **changed)

    with pytest.raises(Halt, match="cannot be sent"):
        leaves(wrong, built(ENTRY))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SPEND, side=Side.SELL),
        replace(SPEND, symbol=PERP),
        replace(CLOSE, reduce_only=False),
        replace(LONG, reduce_only=True),
        replace(STOP, trigger_by_mark=True),
    ],
)
def test_an_order_that_might_open_or_spend_wrongly_does_not_leave(wrong: OrderRequest) -> None:
    with pytest.raises(Halt, match="cannot be sent"):
        leaves(wrong, built(ENTRY))


@pytest.mark.parametrize("qty", ["1234.56789012346", "1222.1", "0", "-1", "1e3", 1234, None])
def test_never_more_is_spent_than_was_asked_for_and_hardly_less(qty: Any) -> None:
    with pytest.raises(Halt, match="`qty`"):
        leaves(SPEND, built(SPEND) | {"qty": qty})


def cancels(request: OrderRequest, parameters: dict[str, Any], **sent: Any) -> None:
    body = json.dumps(parameters).encode()
    url = sent.get("url", f"{ROOT}/order/cancel")
    check_cancel("POST", url, sent.get("headers", HEADERS), body, LIVE, (request,), PINNED)


@each_shape
def test_a_cancellation_cancels_this_order_and_no_other(request_: OrderRequest) -> None:
    parameters = cancel_form(request_)[1]

    cancels(request_, parameters)
    for name, value in parameters.items():
        rest = {key: it for key, it in parameters.items() if key != name}
        for wrong in (rest, rest | {name: other(value)}):
            with pytest.raises(Halt):
                cancels(request_, wrong)
    for wrong in ({"orderId": "1"}, {"settleCoin": "USDT"}):
        with pytest.raises(Halt, match="nothing accounts for"):
            cancels(request_, parameters | wrong)
    with pytest.raises(Halt, match="would go to"):
        cancels(request_, parameters, url=f"{ROOT}/order/cancel-all")
    with pytest.raises(Halt):
        cancels(request_, parameters, headers=HEADERS | {"X-BAPI-TIMESTAMP": "1"})


def sets(parameters: dict[str, Any], url: str = f"{ROOT}/position/set-leverage") -> None:
    body = json.dumps(parameters).encode()
    check_setting("POST", url, HEADERS, body, LIVE, PERP, Decimal("12.5"), PINNED)


def test_a_setting_sets_this_leverage_and_nothing_else() -> None:
    parameters = leverage_form(PERP, Decimal("12.5"))[1]

    sets(parameters)
    for name, value in parameters.items():
        rest = {key: it for key, it in parameters.items() if key != name}
        for wrong in (rest, rest | {name: other(value)}):
            with pytest.raises(Halt):
                sets(wrong)
    with pytest.raises(Halt, match="nothing accounts for"):
        sets(parameters | {"tradeMode": 1})
    for path in ("position/switch-mode", "account/set-margin-mode", "position/add-margin"):
        with pytest.raises(Halt, match="would go to"):
            sets(parameters, f"{ROOT}/{path}")


def test_several_orders_never_leave_together() -> None:
    with pytest.raises(Halt, match="several orders"):
        check_submit("POST", f"{ROOT}/order/create", HEADERS, b"{}", LIVE, PAIR, PINNED)
    with pytest.raises(Halt, match="several orders"):
        check_cancel("POST", f"{ROOT}/order/cancel", HEADERS, b"{}", LIVE, PAIR, PINNED)


@pytest.mark.parametrize("symbol", ["BTC/USDT:BTC", "BTCUSDT", "btc/usdt", "BTC/USDT:USDT-1"])
def test_a_symbol_of_another_kind_does_not_leave(symbol: str) -> None:
    wrong = replace(LONG if ":" in symbol else ENTRY, symbol=symbol)

    with pytest.raises(Halt):
        leaves(wrong, built(ENTRY))


@pytest.mark.parametrize("venue", [Venue.TESTNET, Venue.DEMO])
def test_a_key_of_a_test_venue_reaches_its_host_alone(venue: Venue) -> None:
    """Real ccxt, real TLS: its own addresses, with every other taken away."""

    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "bybit", "venue": venue}
        async with door(answers(LIMIT), **options) as (client, exchange):
            await client.submit((LIMIT,), PINNED)
            return exchange

    exchange = asyncio.run(act())

    assert {it.host for it in exchange.sent} == {f"api-{venue}.bybit.com"}
    assert exchange.paths[0] == CREATE
    assert LEVERAGE not in exchange.paths
    assert row(LIMIT)["orderLinkId"] == exchange.sent[0].parameters["orderLinkId"]
