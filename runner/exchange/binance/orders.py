"""Orders and fills as Binance tells them; numbers are read as exact decimals.

Spot and futures name the same fields; conditional orders of futures are read in `algo.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.binance.forms import type_word
from runner.exchange.binance.symbols import is_contract, market_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import ENDED, Execution, OrderReport, OrderRequest, OrderState, Side
from runner.model.values import dataclass

#: The code of "order does not exist" (errors.md).
NO_SUCH_ORDER = "-2013"

_STATES = {
    "NEW": OrderState.ACCEPTED,
    "PENDING_NEW": OrderState.ACCEPTED,
    "PENDING_CANCEL": OrderState.ACCEPTED,
    "PARTIALLY_FILLED": OrderState.PARTIALLY_FILLED,
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELED,
    "EXPIRED": OrderState.EXPIRED,
    "EXPIRED_IN_MATCH": OrderState.EXPIRED,
    "REJECTED": OrderState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as an answer shows it; `fills` where the answer lists them, else to be asked for."""

    report: OrderReport  # its execution still to be read
    filled: Decimal  # base currency
    number: str  # the order's in the account's trades
    placed_ms: int | None  # where the answer tells
    fills: tuple[Row, ...]
    at_ms: int  # of `fills`


def submitted(document: Any, requests: tuple[OrderRequest, ...]) -> tuple[Seen, ...]:
    """The orders of an answer to `submit`, each equal to what was asked for, in that order."""
    rows = {reading.text(row, "clientOrderId"): row for row in _orders(document, len(requests))}
    return tuple(_same(rows.get(request.client_order_id), request) for request in requests)


def canceled(document: Any, requests: tuple[OrderRequest, ...]) -> tuple[Seen, ...]:
    """The orders of an answer to `cancel`, all of them ended, in the order asked for."""
    orders = _orders(document, len(requests))
    rows = {row.get("origClientOrderId", row.get("clientOrderId")): row for row in orders}
    found = [
        seen(rows.get(request.client_order_id), request.symbol, request.client_order_id)
        for request in requests
    ]
    if any(order.report.state not in ENDED for order in found):
        raise Unreadable("the order goes on after its cancellation")
    return tuple(found)


def _orders(document: Any, count: int) -> list[Row]:
    rows = [document] if count == 1 else reading.rows(document, "orderReports")
    if len(rows) != count or not all(isinstance(row, dict) for row in rows):
        raise Unreadable("not with one order for each that was asked for")
    return rows


def _same(row: Row | None, request: OrderRequest) -> Seen:
    """The order that was sent: id, symbol, side, type, quantity and prices."""
    order = seen(row, request.symbol, request.client_order_id)
    assert row is not None  # `seen` has read it
    asked = {
        "origQty": request.quantity,
        "origQuoteOrderQty": request.spend,
        "price": request.price,
        "stopPrice": request.stop_price,
    }
    optional = {"origQuoteOrderQty", "stopPrice"}  # not in every recorded answer
    for name, number in asked.items():
        if number is not None and (name in row or name not in optional):
            reading.equal(name, reading.number(row, name), number)
    reading.equal("side", order.report.side, request.side)
    reading.equal("type", reading.text(row, "type"), type_word(request))
    if is_contract(request.symbol):
        reading.equal("reduceOnly", row.get("reduceOnly"), request.reduce_only)
    return order


def seen(row: Row | None, symbol: str, client_order_id: str | None) -> Seen:
    """One order of any answer; `client_order_id` as asked for, or `None` for whatever it is."""
    if not isinstance(row, dict):
        raise Unreadable("with another order than the one asked for")
    reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
    state, side = _STATES.get(reading.text(row, "status")), reading.text(row, "side")
    if state is None or side not in ("BUY", "SELL"):
        raise Unreadable("with a status or side that is not documented")
    named = row.get("origClientOrderId", row.get("clientOrderId"))
    if not isinstance(named, str) or client_order_id not in (None, named):
        raise Unreadable("with another order than the one asked for")
    filled = reading.number(row, "executedQty")
    if not _possible(state, filled):
        raise Unreadable("its status and its filled quantity contradict each other")
    number = str(reading.whole(row, "orderId"))
    report = OrderReport(named, number, symbol, Side(side.lower()), state, None)
    fills = tuple(reading.rows(row, "fills")) if row.get("fills") else ()
    at_ms = reading.whole(row, "transactTime") if fills else 0
    placed_ms = reading.whole(row, "time") if "time" in row else None
    return Seen(report, filled, number, placed_ms, fills, at_ms)


def _possible(state: OrderState, filled: Decimal) -> bool:
    match state:
        case OrderState.FILLED | OrderState.PARTIALLY_FILLED:
            return filled > 0
        case OrderState.ACCEPTED | OrderState.REJECTED:
            return filled == 0
        case _:
            return filled >= 0


def all_seen(document: Any, symbol: str) -> tuple[Seen, ...]:
    """A list of orders of one symbol."""
    return tuple(seen(row, symbol, None) for row in reading.listed(document))


def trades(document: Any) -> tuple[Row, ...]:
    """A list of fills, oldest first."""
    rows = tuple(reading.listed(document))
    for row in rows:
        reading.whole(row, "id")
    return rows


def with_execution(
    order: Seen, fills: Iterable[Row], quote: str, step: Decimal | None
) -> OrderReport:
    """The report with its execution, summed over fills; a single one keeps its price to the digit.

    A buy on spot pays its fee in what it bought: the quantity is what arrived, in whole steps
    where `step` is known, and the fee its worth. Raises Unreadable while the fills do not add up
    to what the order says is filled.
    """
    rows = tuple(fills)
    parts = [(reading.number(row, "qty"), reading.number(row, "price")) for row in rows]
    quantity = sum((quantity for quantity, _ in parts), Decimal(0))
    reading.equal("executedQty", order.filled, quantity)
    cost = sum((quantity * price for quantity, price in parts), Decimal(0))
    price = parts[0][1] if len(parts) == 1 else cost / quantity
    base = "" if is_contract(order.report.symbol) else order.report.symbol.partition("/")[0]
    fees = [_fee(row, base, quote) for row in rows]
    arrived = quantity - sum((taken for _, taken in fees), Decimal(0))
    if arrived != quantity and step is not None:
        arrived -= arrived % step
    if not arrived and order.report.state is OrderState.PARTIALLY_FILLED:
        return replace(order.report, state=OrderState.ACCEPTED)  # not a step has arrived so far
    fee = sum((paid for paid, _ in fees), Decimal(0))
    at_ms = max(reading.whole(row, "time") if "time" in row else order.at_ms for row in rows)
    return replace(order.report, execution=Execution(arrived, price, fee, at_ms))


def _fee(row: Row, base: str, quote: str) -> tuple[Decimal, Decimal]:
    """What a fill cost in quote currency, and how much of what was bought that took."""
    fee, asset = reading.number(row, "commission"), reading.text(row, "commissionAsset")
    if fee and asset == base:
        return fee * reading.number(row, "price"), fee
    if fee and asset != quote:
        raise Halt(f"not supported yet: fees in {asset}; have them taken in {quote} and resume")
    return fee, Decimal(0)
