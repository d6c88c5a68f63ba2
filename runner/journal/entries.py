"""Rows of orders as records: what was intended, and what became known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.journal import bodies
from runner.journal.events import Row
from runner.journal.orders import OrderRecord, Settlement
from runner.model.orders import OrderState


def order_of(row: Row, body: Mapping[str, Any]) -> OrderRecord:
    """The record that a row begins."""
    return OrderRecord(
        request=bodies.request_of(body["request"]),
        state=OrderState(row.state or ""),
        execution=None,
        exchange_order_id=None,
        pinned=None,
        reasons=tuple(body["reasons"]),
        body=body["body"],
        changed_at=row.at_ms,
    )


def news_of(row: Row, body: Mapping[str, Any]) -> Settlement:
    """What a row tells of an order that is known."""
    report = body["report"]
    return Settlement(
        row.client_order_id or "",
        OrderState(row.state or ""),
        None if report is None else bodies.report_of(report),
        body["reason"],
    )
