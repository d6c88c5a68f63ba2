"""Orders of Deribit asked for: in lists that are empty but for what a test puts there."""

from __future__ import annotations

from typing import Any

from runner.model.orders import OrderReport, OrderRequest
from tests.exchange.deribit.room import asked
from tests.exchange.deribit.told import BY_NAME, ENDED, OPEN, STOPS, ok
from tests.exchange.scripted import NOW

NOWHERE = {BY_NAME: ok([]), OPEN: ok([]), ENDED: ok([]), STOPS: ok({"entries": []})}


def order(request: OrderRequest, answers: dict[str, Any]) -> OrderReport | None:
    """By its name."""
    report: OrderReport | None
    report, _ = asked(lambda client: client.order(request), NOWHERE | answers)
    return report


def find(request: OrderRequest, answers: dict[str, Any]) -> OrderReport | None:
    """In all lists."""
    report: OrderReport | None
    report, exchange = asked(lambda client: client.find(request, NOW - 60_000), NOWHERE | answers)
    assert all("label" not in it.parameters for it in exchange.sent)
    return report
