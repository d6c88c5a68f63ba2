"""Values as canonical JSON and back: sorted keys, no floats, every digit of a `Decimal` kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.model.orders import (
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    OrderType,
    Pinned,
    Purpose,
    Side,
)

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(body: Mapping[str, object]) -> str:
    """One text for one meaning: a number with a fraction is a string, an infinite one is null.

    >>> canonical({"b": Decimal("1.50"), "a": [1, float("nan"), None]})
    '{"a":[1,null,null],"b":"1.50"}'
    """
    return _write(_plain(body))


def read(text: str) -> dict[str, Any]:
    """What `canonical` wrote."""
    body: dict[str, Any] = json.loads(text)
    return body


def of_request(request: OrderRequest) -> dict[str, object]:
    """The request as JSON values."""
    return {
        "client_order_id": request.client_order_id,
        "decided_at": request.decided_at,
        "post_only": request.post_only,
        "price": request.price,
        "purpose": request.purpose,
        "quantity": request.quantity,
        "reduce_only": request.reduce_only,
        "side": request.side,
        "spend": request.spend,
        "stop_price": request.stop_price,
        "symbol": request.symbol,
        "trigger_by_mark": request.trigger_by_mark,
        "type": request.type,
    }


def request_of(body: Mapping[str, Any]) -> OrderRequest:
    """The request that `of_request` wrote."""
    return OrderRequest(
        body["client_order_id"],
        body["symbol"],
        Side(body["side"]),
        OrderType(body["type"]),
        Purpose(body["purpose"]),
        _decimal(body["quantity"]),
        _decimal(body["spend"]),
        _decimal(body["price"]),
        _decimal(body["stop_price"]),
        body["decided_at"],
        body["reduce_only"],
        body["post_only"],
        body["trigger_by_mark"],
    )


def of_report(report: OrderReport) -> dict[str, object]:
    """The report as JSON values."""
    filled = report.execution
    return {
        "client_order_id": report.client_order_id,
        "exchange_order_id": report.exchange_order_id,
        "execution": None
        if filled is None
        else {
            "at_ms": filled.at_ms,
            "fee": filled.fee,
            "price": filled.price,
            "quantity": filled.quantity,
        },
        "side": report.side,
        "state": report.state,
        "symbol": report.symbol,
    }


def report_of(body: Mapping[str, Any]) -> OrderReport:
    """The report that `of_report` wrote."""
    filled = body["execution"]
    return OrderReport(
        body["client_order_id"],
        body["exchange_order_id"],
        body["symbol"],
        Side(body["side"]),
        OrderState(body["state"]),
        None
        if filled is None
        else Execution(
            Decimal(filled["quantity"]),
            Decimal(filled["price"]),
            Decimal(filled["fee"]),
            filled["at_ms"],
        ),
    )


def of_pinned(pinned: Pinned) -> dict[str, object]:
    """What a request is signed with, as JSON values."""
    return {"timestamp_ms": pinned.timestamp_ms, "window_ms": pinned.window_ms}


def pinned_of(body: Mapping[str, Any]) -> Pinned:
    """What `of_pinned` wrote."""
    return Pinned(body["timestamp_ms"], body["window_ms"])


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return _digits(value)
        case float():
            return repr(float(value)) if value - value == 0 else None
        case Mapping():
            return {_key(key): _plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
    raise TypeError(f"the journal cannot hold a {type(value).__name__}")


def _digits(value: Decimal) -> str:
    if value.is_finite():
        return str(value)
    raise ValueError(f"money and quantities are finite, not {value}")


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"the journal's keys are text, not {type(key).__name__}")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
