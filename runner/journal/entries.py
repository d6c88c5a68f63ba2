"""Rows of orders as records, and back: what was intended, and what became known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.journal import bodies
from runner.journal.events import Kind, Row
from runner.journal.orders import DeniedRow, OrderRecord, Settlement
from runner.model.orders import OrderRequest, OrderState
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A row before it has its place in the chain."""

    kind: Kind
    client_order_id: str | None
    state: OrderState | None
    body: Mapping[str, object]


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


def intention(
    request: OrderRequest, body: Mapping[str, object], reasons: tuple[str, ...] = ()
) -> Entry:
    """An order that is wanted."""
    told = {"body": body, "reasons": reasons, "request": bodies.of_request(request)}
    return Entry(Kind.INTENDED, request.client_order_id, OrderState.INTENDED, told)


def denial(row: DeniedRow) -> Entry:
    """An order that a limit refused."""
    told = {"body": row.body, "reasons": row.reasons, "request": bodies.of_request(row.request)}
    return Entry(Kind.DENIED, row.request.client_order_id, OrderState.DENIED, told)


def settling(news: Settlement) -> Entry:
    """What became of an order."""
    report = None if news.report is None else bodies.of_report(news.report)
    told = {"reason": news.reason, "report": report}
    return Entry(Kind.SETTLED, news.client_order_id, news.state, told)
