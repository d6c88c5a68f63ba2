"""Orders and fills as Bybit tells them; numbers are read as exact decimals.

An answer to a write names the order and no more: what became of it is read afterwards. Source:
github bybit-exchange/docs, v5/order: open-order, order-list, execution; v5/enum, orderStatus.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.bybit import answers, fees, forms
from runner.exchange.bybit.symbols import category_of, is_contract, market_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.orders import (
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    Side,
)

_STATES = {
    "Created": OrderState.ACCEPTED,
    "New": OrderState.ACCEPTED,
    "Untriggered": OrderState.ACCEPTED,
    "Triggered": OrderState.ACCEPTED,  # for an instant
    "PartiallyFilled": OrderState.PARTIALLY_FILLED,
    "Filled": OrderState.FILLED,
    "Cancelled": OrderState.CANCELED,
    "PartiallyFilledCanceled": OrderState.CANCELED,
    "Deactivated": OrderState.CANCELED,  # a stop that was canceled before it was triggered
    "Rejected": OrderState.REJECTED,
}
_SIDES = {word: side for side, word in forms.SIDES.items()}
#: How much of an amount to spend may be lost to the steps of its currency.
_LOST = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as an answer shows it; `waits`: a stop that has not been triggered."""

    report: OrderReport  # its execution still to be read
    filled: Decimal  # base currency
    placed_ms: int
    waits: bool


def named(document: Any, request: OrderRequest) -> str:
    """The exchange's name of the order in an answer to a write, which has to be about ours."""
    told = answers.result(document)
    reading.equal("orderLinkId", reading.text(told, "orderLinkId"), request.client_order_id)
    return reading.text(told, "orderId")


def one(document: Any, request: OrderRequest) -> Seen | None:
    """The order of an answer to a question about it, equal to what was asked for; or none."""
    rows = answers.listed(document, category_of(request.symbol))
    if len(rows) > 1:
        raise Unreadable("with several orders where one was asked for")
    return same(rows[0], request) if rows else None


def same(row: Row, request: OrderRequest) -> Seen:
    """The order that was sent: id, symbol, side, type, quantity and prices."""
    if row.get("orderLinkId") != request.client_order_id:
        raise Unreadable("with another order than the one asked for")
    order = seen(row, request.symbol)
    reading.equal("side", order.report.side, request.side)
    reading.equal("orderType", reading.text(row, "orderType"), forms.type_word(request))
    _same_quantity(row, request)
    if request.price is not None:
        reading.equal("price", reading.number(row, "price"), request.price)
    if order.waits:  # of a stop that was triggered its condition need not be told any more
        _same_condition(row, request)
    if is_contract(request.symbol):
        reading.equal("positionIdx", reading.whole(row, "positionIdx"), 0)
        reading.equal("reduceOnly", row.get("reduceOnly"), request.reduce_only)
    return order


def _same_quantity(row: Row, request: OrderRequest) -> None:
    told = reading.number(row, "qty")
    if request.quantity is not None:
        cut = request.reduce_only and 0 < told < request.quantity  # to what is held
        reading.equal("qty", request.quantity if cut else told, request.quantity)
    elif request.spend is not None and not 0 <= request.spend - told < request.spend * _LOST:
        raise Unreadable(f"`qty` is {told}, not {request.spend}")
    if "marketUnit" in row and row["marketUnit"] not in ("", forms.unit_word(request)):
        raise Unreadable("with a quantity of another unit than was sent")


def _same_condition(row: Row, request: OrderRequest) -> None:
    reading.equal("triggerPrice", reading.number(row, "triggerPrice"), request.stop_price)
    if is_contract(request.symbol):
        reading.equal("triggerBy", reading.text(row, "triggerBy"), forms.trigger_word(request))
        direction = forms.direction(request)
        reading.equal("triggerDirection", reading.whole(row, "triggerDirection"), direction)


def seen(row: Row, symbol: str) -> Seen:
    """One order of any answer, whoever placed it; named by its number where it has no other."""
    reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
    word, side = reading.text(row, "orderStatus"), _SIDES.get(reading.text(row, "side"))
    state = _STATES.get(word)
    if state is None or side is None:
        raise Unreadable("with a status or side that is not documented")
    filled = answers.amount(row, "cumExecQty")
    if not _possible(state, filled):
        raise Unreadable("its status and its filled quantity contradict each other")
    number, name = reading.text(row, "orderId"), row.get("orderLinkId")
    report = OrderReport(str(name or number), number, symbol, side, state, None)
    return Seen(report, filled, answers.stamp(row, "createdTime"), word == "Untriggered")


def _possible(state: OrderState, filled: Decimal) -> bool:
    match state:
        case OrderState.FILLED | OrderState.PARTIALLY_FILLED:
            return filled > 0
        case OrderState.ACCEPTED | OrderState.REJECTED:
            return filled == 0
        case _:
            return filled >= 0


def with_execution(order: Seen, fills: Iterable[Row], step: Decimal | None) -> OrderReport:
    """The report with its execution, summed over fills; a single one keeps its price to the digit.

    A buy on spot pays its fee in what it bought: the quantity is what arrived, in whole steps
    where `step` is known, and the fee its worth. Raises Unreadable while the fills do not add up
    to what the order says is filled.
    """
    rows = {reading.text(row, "execId"): row for row in fills}.values()
    for row in rows:
        reading.equal("orderId", row.get("orderId"), order.report.exchange_order_id)
        reading.equal("symbol", row.get("symbol"), market_id(order.report.symbol))
        reading.equal("side", row.get("side"), forms.SIDES[order.report.side])
    parts = [(reading.number(row, "execQty"), reading.number(row, "execPrice")) for row in rows]
    quantity = sum((quantity for quantity, _ in parts), Decimal(0))
    reading.equal("cumExecQty", order.filled, quantity)
    cost = sum((quantity * price for quantity, price in parts), Decimal(0))
    price = parts[0][1] if len(parts) == 1 else cost / quantity
    paid = [fees.of_fill(row, order.report) for row in rows]
    arrived = quantity - sum((one.taken for one in paid), Decimal(0))
    if arrived != quantity and step is not None:
        arrived -= arrived % step
    if not arrived and order.report.state is OrderState.PARTIALLY_FILLED:
        return replace(order.report, state=OrderState.ACCEPTED)  # not a step has arrived so far
    fee = sum((one.worth for one in paid), Decimal(0))
    at_ms = max(answers.stamp(row, "execTime") for row in rows)
    return replace(order.report, execution=Execution(arrived, price, fee, at_ms))


#: `createType` of orders by which the exchange itself closes a position (enum).
_FORCED_MAKERS = frozenset({"CreateByLiq", "CreateByTakeOver_PassThrough"})
_FORCED_MAKERS |= {"CreateByAdl_PassThrough"}


def forced(rows: list[Row], symbol: str) -> list[OrderReport]:
    """The orders of those fills by which the exchange closed a position, oldest first."""
    fills: dict[str, list[Row]] = {}
    for row in rows:
        is_forced = (
            row.get("execType") in fees.TAKEN_OVER or row.get("createType") in _FORCED_MAKERS
        )
        if is_forced and row.get("execType") != "Funding":
            fills.setdefault(reading.text(row, "orderId"), []).append(row)
    reports = [_forced(number, parts, symbol) for number, parts in fills.items()]
    return sorted(reports, key=lambda it: it.execution.at_ms if it.execution else 0)


def _forced(number: str, rows: list[Row], symbol: str) -> OrderReport:
    side = _SIDES.get(reading.text(rows[0], "side"))
    if side is None:
        raise Unreadable("with a side that is not documented")
    once = {reading.text(row, "execId"): row for row in rows}.values()
    filled = sum((reading.number(row, "execQty") for row in once), Decimal(0))
    name = str(rows[0].get("orderLinkId") or number)
    report = OrderReport(name, number, symbol, Side(side), OrderState.FILLED, None)
    return with_execution(Seen(report, filled, 0, False), once, None)
