"""What answers say of limits, exchange by exchange."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.exchange.budget.limits import known_exchanges, scopes_of
from runner.exchange.budget.told import CODES, HEADERS, Place, Reply, told

NOW = 1_700_000_000_000


def a_reply(status: int = 200, body: Any = None, retry_after: str = "", **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, retry_after, named, body if isinstance(body, str) else json.dumps(body))


OKX, BYBIT = {"code": "50011", "msg": "Too Many Requests"}, {"retCode": 10006, "retMsg": "Too many"}
DERIBIT = {"jsonrpc": "2.0", "error": {"code": 10028, "message": "too_many_requests"}}
ORDERS = {"code": -1015, "msg": "Too many new orders."}


@pytest.mark.parametrize(
    ("exchange", "reply", "place", "seconds"),
    [
        ("binance", a_reply(429, {"code": -1003}, "17"), Place.ADDRESS, 17),
        ("binance", a_reply(429, {"code": -1003}), Place.ADDRESS, 60),
        ("binance", a_reply(418, "<html>", "180"), Place.ADDRESS, 180),
        ("binance", a_reply(418, {"code": -1003}), Place.ADDRESS, 120),
        ("binance", a_reply(429, {"code": -1003}, "0"), Place.ADDRESS, 1),
        ("binance", a_reply(403, "<html>"), Place.ADDRESS, 300),
        ("binance", a_reply(429, ORDERS), Place.ACCOUNT, 10),
        ("bybit", a_reply(403, "access too frequent"), Place.ADDRESS, 600),
        ("bybit", a_reply(200, BYBIT), Place.ACCOUNT, 1),
        (
            "bybit",
            a_reply(200, BYBIT, x_bapi_limit_reset_timestamp=str(NOW + 4_000)),
            Place.ACCOUNT,
            4,
        ),
        (
            "bybit",  # its clock is a day ahead of ours
            a_reply(200, BYBIT, x_bapi_limit_reset_timestamp=str(NOW + 86_400_000)),
            Place.ACCOUNT,
            60,
        ),
        ("bybit", a_reply(200, {"retCode": 10018}), Place.ADDRESS, 5),
        ("okx", a_reply(429, OKX), Place.ACCOUNT, 2),
        ("okx", a_reply(200, OKX), Place.ACCOUNT, 2),
        ("deribit", a_reply(400, DERIBIT), Place.ACCOUNT, 1),
        ("deribit", a_reply(429, DERIBIT), Place.ACCOUNT, 1),
        ("bingx", a_reply(200, {"code": 100410, "msg": "over 5 in 900"}), Place.ADDRESS, 60),
        ("bitget", a_reply(429, {"code": "429"}), Place.ADDRESS, 1),
        ("kraken", a_reply(429, "slow down"), Place.ADDRESS, 60),
    ],
)
def test_a_limit_that_was_met_closes(
    exchange: str, reply: Reply, place: Place, seconds: int
) -> None:
    said = told(exchange, reply, NOW)

    assert (said.place, said.closed_ms, said.status) == (place, seconds * 1000, reply.status)


@pytest.mark.parametrize(
    ("exchange", "reply"),
    [
        ("binance", a_reply(200, {"price": "10006"})),
        ("binance", a_reply(400, {"code": -2010, "msg": "-1015"})),
        ("bybit", a_reply(200, {"retCode": 0, "result": {"orderId": "10006"}})),
        ("bybit", a_reply(200, "10006")),
        ("okx", a_reply(200, [50011])),
        ("kraken", a_reply(403, "forbidden")),
        ("binance", a_reply(503, "")),
    ],
)
def test_nothing_else_closes(exchange: str, reply: Reply) -> None:
    assert told(exchange, reply, NOW).closed_ms == 0


def test_numbers_of_headers_are_read_and_all_else_in_them_is_not() -> None:
    reply = a_reply(x_mbx_used_weight_1m="412", x_mbx_order_count_10s="3", x_mbx_uuid="ab-12")

    assert told("binance", reply, NOW).used == {
        "x-mbx-used-weight-1m": 412,
        "x-mbx-order-count-10s": 3,
    }


def test_the_table_asks_only_for_headers_that_are_kept() -> None:
    scopes = [scope for name in known_exchanges() for scope in scopes_of(name)]
    windows = [window for scope in scopes for window in (*scope.address, *scope.account)]
    asked = {window.told_by for window in windows if window.told_by}

    assert asked
    assert all(header.startswith(HEADERS) for header in asked)


def test_codes_are_of_exchanges_whose_limits_are_known() -> None:
    assert {exchange for exchange, _ in CODES} <= set(known_exchanges())


@pytest.mark.parametrize(
    ("exchange", "reply", "closed_ms"),
    [
        ("binance", a_reply(200, {}, x_mbx_used_weight_1m="9" * 5000), 0),
        ("binance", a_reply(429, {}, "9" * 5000), 60_000),
        ("bybit", a_reply(200, BYBIT, x_bapi_limit_reset_timestamp="9" * 5000), 1_000),
    ],
)
def test_a_number_without_end_says_nothing(exchange: str, reply: Reply, closed_ms: int) -> None:
    said = told(exchange, reply, NOW)

    assert (said.used, said.closed_ms) == ({}, closed_ms)
