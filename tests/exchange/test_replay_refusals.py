"""What the embedded exchange refuses, with Binance's codes, and that nothing happens then."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from tests.exchange.loopback import Desk, a_desk

BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.1"}
LIMIT = {**BUY, "side": "SELL", "type": "LIMIT", "timeInForce": "GTC", "price": "100"}
MAKER = {**BUY, "type": "LIMIT_MAKER", "price": "101"}
STOP = {**BUY, "side": "SELL", "type": "STOP_LOSS", "stopPrice": "95"}
PAIR = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "105",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "95",
}
ORDER, LIST = ("POST", "/api/v3/order"), ("POST", "/api/v3/orderList/oco")
LATE = "outside of the recvWindow"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One exchange for all: what is refused leaves nothing behind."""
    with a_desk(tmp_path_factory.mktemp("refusals"), "100 100 100") as desk:
        desk.market("buy", "1", "held")
        yield desk


def send(
    desk: Desk,
    method: str,
    path: str,
    query: str,
    *,
    key: str = "",
    secret: str = "",
    host: str = "api.binance.com",
) -> tuple[int, Any]:
    """A signed request, byte for byte."""
    secret = secret or desk.exchange.api_secret.reveal()
    signature = hmac.new(secret.encode(), query.encode(), sha256).hexdigest()
    return raw(desk, method, path, f"{query}&signature={signature}", key, host)


def raw(
    desk: Desk, method: str, path: str, query: str, key: str = "", host: str = "api.binance.com"
) -> tuple[int, Any]:
    async def ask() -> tuple[int, Any]:
        headers = {"X-MBX-APIKEY": key or desk.exchange.api_key.reveal()}
        url = f"https://{host}{path}?{query}"
        async with desk.session.request(method, url, headers=headers) as response:
            is_page = response.content_type == "text/html"
            return response.status, await (response.text() if is_page else response.json())

    return desk.wait(ask())


def text(desk: Desk, parameters: dict[str, str], **changes: str | None) -> str:
    merged = {"timestamp": str(desk.clock.now_ms), **parameters, **changes}
    return "&".join(f"{name}={value}" for name, value in merged.items() if value is not None)


@pytest.mark.parametrize(
    ("target", "parameters", "changes", "code", "words"),
    [
        (ORDER, BUY, {"quantity": "0.0001"}, -1013, "LOT_SIZE"),
        (ORDER, BUY, {"quantity": "0.1005"}, -1013, "LOT_SIZE"),
        (ORDER, BUY, {"quantity": "0.049"}, -1013, "NOTIONAL"),
        (ORDER, BUY, {"quantity": "9" * 25}, -1013, "LOT_SIZE"),
        (ORDER, BUY, {"quantity": "0.123456789"}, -1111, "'quantity' has too much precision"),
        (
            ORDER,
            BUY,
            {"quantity": "1e1"},
            -1100,
            "Illegal characters found in parameter 'quantity'",
        ),
        (ORDER, BUY, {"quantity": "9"}, -2010, "insufficient balance"),
        (ORDER, BUY, {"quantity": None}, -1102, "'quantity' was not sent"),
        (ORDER, BUY, {"quantity": ""}, -1105, "'quantity' was empty"),
        (ORDER, BUY, {"price": "100"}, -1106, "'price' sent when not required"),
        (ORDER, BUY, {"quoteOrderQty": "10"}, -1106, "'quantity' sent when not required"),
        (ORDER, BUY, {"trailingDelta": "10"}, -1104, "read '6' parameter(s) but was sent '7'"),
        (ORDER, BUY, {"symbol": "ETHUSDT"}, -1121, "Invalid symbol."),
        (ORDER, BUY, {"symbol": None}, -1102, "'symbol' was not sent"),
        (ORDER, BUY, {"side": "HOLD"}, -1117, "Invalid side."),
        (ORDER, BUY, {"type": "TAKE_PROFIT"}, -1116, "Invalid orderType."),
        (ORDER, BUY, {"newClientOrderId": "a" * 37}, -1100, "'newClientOrderId'"),
        (ORDER, BUY, {"newClientOrderId": "no*star"}, -1100, "'newClientOrderId'"),
        (ORDER, BUY, {"newClientOrderId": "held"}, -2010, "Duplicate order sent."),
        (ORDER, BUY, {"newOrderRespType": "SHORT"}, -1130, "newOrderRespType"),
        (ORDER, LIMIT, {"price": "100.001"}, -1013, "PRICE_FILTER"),
        (ORDER, LIMIT, {"price": "0"}, -1013, "PRICE_FILTER"),
        (ORDER, LIMIT, {"timeInForce": "IOC"}, -1115, "Invalid timeInForce."),
        (LIST, PAIR, {"side": "BUY"}, -1014, "Unsupported order combination."),
        (ORDER, LIMIT, {"side": "BUY", "price": "40"}, -1013, "NOTIONAL"),
        (ORDER, LIMIT, {"side": "BUY", "quantity": "10"}, -2010, "insufficient balance"),
        (ORDER, MAKER, {"side": "BUY", "price": "101"}, -2010, "immediately match and take"),
        (ORDER, STOP, {"side": "BUY", "stopPrice": "40"}, -1013, "NOTIONAL"),
        (ORDER, LIMIT, {"quantity": "1.001"}, -2010, "insufficient balance"),
        (ORDER, STOP, {"stopPrice": "94.999"}, -1013, "PRICE_FILTER"),
        (ORDER, STOP, {"stopPrice": None}, -1102, "'stopPrice' was not sent"),
        (LIST, PAIR, {"abovePrice": "94"}, -2010, "relationship of the prices"),
        (LIST, PAIR, {"aboveType": "TAKE_PROFIT"}, -1158, "not supported in OCO"),
        (LIST, PAIR, {"belowStopPrice": "95.001"}, -1013, "PRICE_FILTER"),
        (LIST, PAIR, {"quantity": "2"}, -2010, "insufficient balance"),
        (LIST, PAIR, {"abovePrice": None}, -1102, "'abovePrice' was not sent"),
        (LIST, PAIR, {"belowClientOrderId": "held"}, -2010, "Duplicate order sent."),
        (
            LIST,
            PAIR,
            {"aboveClientOrderId": "twin", "belowClientOrderId": "twin"},
            -2010,
            "Duplicate order sent.",
        ),
        (ORDER, BUY, {"timestamp": "1"}, -1021, LATE),
        (ORDER, BUY, {"timestamp": None}, -1102, "'timestamp' was not sent"),
        (ORDER, BUY, {"timestamp": "99999999999999999999"}, -1108, "'timestamp' overflowed"),
        (ORDER, BUY, {"recvWindow": "60001"}, -1131, "recvWindow must be less than 60000."),
        (("DELETE", "/api/v3/order"), {"symbol": "BTCUSDT", "orderId": "9"}, {}, -2011, "Unknown"),
        (("DELETE", "/api/v3/order"), {"symbol": "BTCUSDT", "orderId": "1"}, {}, -2011, "Unknown"),
        (("DELETE", "/api/v3/order"), {"symbol": "BTCUSDT"}, {}, -1102, "both were empty/null"),
        (("GET", "/api/v3/order"), {"symbol": "BTCUSDT", "orderId": "9"}, {}, -2013, "not exist"),
        (("GET", "/api/v3/orderList"), {"orderListId": "9"}, {}, -2018, "not exist"),
    ],
)
def test_a_refusal_has_binances_words_and_changes_nothing(
    desk: Desk,
    target: tuple[str, str],
    parameters: dict[str, str],
    changes: dict[str, str | None],
    code: int,
    words: str,
) -> None:
    before = desk.state()

    status, answer = send(desk, *target, text(desk, parameters, **changes))

    after = desk.state()
    assert (status, answer["code"]) == (400, code)
    assert words in answer["msg"]
    assert {**before, "refusals": []} == {**after, "refusals": []}


@pytest.mark.parametrize(
    ("ahead_ms", "window", "taken"),
    [(0, "1", True), (999, "1", True), (1000, "1", False), (-50, "50", True), (-51, "50", False)],
)
def test_the_window_is_judged_by_the_simulated_clock(
    desk: Desk, ahead_ms: int, window: str, taken: bool
) -> None:
    timestamp = str(desk.clock.now_ms + ahead_ms)
    query = text(desk, {}, timestamp=timestamp, recvWindow=window)

    status, answer = send(desk, "GET", "/api/v3/account", query)

    assert (status == 200) is taken
    assert taken or answer["code"] == -1021


@pytest.mark.parametrize(
    ("key", "secret", "status", "code"),
    [("short", "", 401, -2014), ("0" * 64, "", 401, -2015), ("", "0" * 64, 400, -1022)],
)
def test_a_wrong_key_or_signature_is_refused(
    desk: Desk, key: str, secret: str, status: int, code: int
) -> None:
    before = desk.state()

    answer = send(desk, *ORDER, text(desk, BUY), key=key, secret=secret)

    assert (answer[0], answer[1]["code"]) == (status, code)
    assert desk.state() == before


def test_an_altered_byte_breaks_the_signature(desk: Desk) -> None:
    query = text(desk, BUY)
    secret = desk.exchange.api_secret.reveal()
    signature = hmac.new(secret.encode(), query.encode(), sha256).hexdigest()

    _, answer = raw(desk, *ORDER, f"{query.replace('0.1', '0.2')}&signature={signature}")

    assert answer["code"] == -1022


def test_a_parameter_sent_twice_is_refused(desk: Desk) -> None:
    _, answer = send(desk, *ORDER, text(desk, BUY) + "&quantity=0.2")

    assert answer["code"] == -1101


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/api/v3/klines", "symbol=BTCUSDT&interval=4h", -1120),
        ("/api/v3/klines", "symbol=BTCUSDT", -1102),
        ("/api/v3/klines", "symbol=NOPE&interval=1h", -1121),
        ("/api/v3/exchangeInfo", "symbol=NOPE", -1121),
        ("/api/v3/exchangeInfo", "symbols=BTC", -1135),
        ("/api/v3/ticker/price", "symbol=%FF", -1121),
        ("/api/v3/time", "x=1", -1104),
    ],
)
def test_public_reads_are_checked_too(desk: Desk, path: str, query: str, code: int) -> None:
    status, answer = raw(desk, "GET", path, query)

    assert (status, answer["code"]) == (400, code)


def test_the_control_needs_its_own_host_and_token(desk: Desk) -> None:
    async def ask(url: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        async with desk.session.get(url, headers=headers) as response:
            return response.status

    assert desk.wait(ask("https://control.runner.internal/state", "guess")) == 401
    assert desk.wait(ask("https://api.binance.com/state", "guess")) == 404
    assert desk.wait(ask("https://api.binance.com/api/v4/nothing", "guess")) == 404


@pytest.mark.parametrize(
    ("host", "spot", "keys"),
    [
        ("api.binance.com", 200, 200),
        ("testnet.binance.vision", 200, 404),
        ("demo-api.binance.com", 200, 404),
        ("fapi.binance.com", 404, 404),
        ("testnet.binancefuture.com", 404, 404),
        ("demo-fapi.binance.com", 404, 404),
    ],
)
def test_hosts_of_spot_answer_at_every_venue_and_of_keys_live_alone(
    desk: Desk, host: str, spot: int, keys: int
) -> None:
    query = f"timestamp={desk.clock.now_ms}"
    asked = {
        "/api/v3/account": spot,
        "/sapi/v1/account/apiRestrictions": keys,
        "/fapi/v3/balance": 404,
    }

    for path, status in asked.items():
        assert send(desk, "GET", path, query, host=host)[0] == status


def test_an_order_is_tried_without_being_placed(desk: Desk) -> None:
    before = desk.state()

    status, answer = send(desk, "POST", "/api/v3/order/test", text(desk, BUY))

    assert (status, answer) == (200, {})
    assert desk.state() == before
