"""What the quick look at a line takes, the whole look takes too."""

from __future__ import annotations

from typing import Any

import pytest

from runner.journal import auditshape

USUAL: dict[str, Any] = {
    "account": "main",
    "at": "2026-11-22T19:00:00.123Z",
    "client_order_ids": ["a" * 32],
    "code": "",
    "environment": "live",
    "exchange": "binance",
    "exchange_order_ids": ["28"],
    "foreign": [],
    "host": "api.binance.com",
    "key": "0f" * 8,
    "latency_ms": 12,
    "market": "BTC/USDT",
    "method": "GET",
    "outcome": "answered",
    "path": "/api/v3/order",
    "seq": 2,
    "status": 200,
    "type": "call",
    "venue": "live",
    "verb": "read",
    "weight": {"x-mbx-used-weight-1m": 12},
}
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, "", "x", "\x00", "é", "\n", [], ["x"], [1], [["a", "b"]], [None]),
    *({}, {"x": 1}, {"x": -1}, {"x": True}, {"é": 1}, {1: 1}, ("x",), b"x", "2026-11-22", "call"),
)


def slowly(body: dict[str, Any]) -> bool:
    return all(name in body and fits(body[name]) for name, fits in auditshape._CALL.items())


def test_the_usual_line_is_taken_at_a_glance() -> None:
    assert auditshape._is_usual(USUAL)
    assert slowly(USUAL)


@pytest.mark.parametrize("name", USUAL)
def test_no_misfit_is_taken_at_a_glance(name: str) -> None:
    for odd in ODD:
        body = USUAL | {name: odd}
        assert not auditshape._is_usual(body) or slowly(body), (name, odd)
    without = {member: value for member, value in USUAL.items() if member != name}
    assert not auditshape._is_usual(without) or slowly(without)
