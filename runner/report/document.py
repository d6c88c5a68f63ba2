"""A result as programs read it (SPEC section 7): stable keys, full digits, ISO 8601 UTC times."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import runner
from runner.model.clock import iso
from runner.model.money import decimal_of, text_of
from runner.model.results import DataUsed, OrderLine, Result
from runner.model.trades import RoundTrip
from runner.report.metrics import metrics

SCHEMA = 1


def document(result: Result, *, summary: bool) -> dict[str, Any]:
    """Money and quantities are strings, statistics numbers, undefined is null.

    A summary leaves orders and trades out.
    """
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "runner": runner.__version__,
        "strategy": result.strategy,
        "digest": result.digest,
        "params": dict(result.params),
        "environment": result.environment,
        "seed": result.seed,
        "variants_tried": 1,
        "data": [_data(data) for data in result.data],
        "assumptions": list(result.assumptions),
        "equity": {"initial": _money(result.initial), "final": _money(float(result.equity[-1]))},
        "fees": _money(result.fees),
        "funding": _money(result.funding),
    }
    if not summary:
        parts["orders"] = [_order(line) for line in result.orders]
        parts["trades"] = [_trade(trip) for trip in result.trades]
    return parts | {"metrics": asdict(metrics(result))}


def _data(data: DataUsed) -> dict[str, Any]:
    return {
        "symbol": data.symbol,
        "timeframe": data.timeframe,
        "from": iso(data.from_ms),
        "to": iso(data.to_ms),
        "bars": data.bars,
        "gaps": data.gaps,
        "missing": data.missing,
        "sha256": data.sha256,
        "source": data.source,
    }


def _order(line: OrderLine) -> dict[str, Any]:
    return {
        "client_order_id": line.client_order_id,
        "time": iso(line.decided_at),
        "symbol": line.symbol,
        "side": line.side,
        "type": line.type,
        "price": _decimal(line.price),
        "quantity": _decimal(line.quantity),
        "fee": _decimal(line.fee),
        "bar": None if line.bar_opened_at is None else iso(line.bar_opened_at),
        "filled_at": None if line.filled_at is None else iso(line.filled_at),
        "status": line.status,
        "purpose": line.purpose,
        "reasons": list(line.reasons),
    }


def _trade(trip: RoundTrip) -> dict[str, Any]:
    return {
        "symbol": trip.symbol,
        "side": trip.side,
        "entry_time": iso(trip.entry_time_ms),
        "entry_price": _money(trip.entry_price),
        "exit_time": iso(trip.exit_time_ms),
        "exit_price": _money(trip.exit_price),
        "quantity": _money(trip.quantity),
        "fees": _money(trip.fees),
        "funding": _money(trip.funding),
        "pnl": _money(trip.pnl),
        "exit_reason": trip.exit_reason,
    }


def _money(value: float) -> str:
    return text_of(decimal_of(value).normalize())


def _decimal(value: Decimal | None) -> str | None:
    """Without trailing zeros, which tell nothing but where the number was kept."""
    return None if value is None else text_of(value.normalize())
