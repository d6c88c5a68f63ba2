"""Orders as BingX tells them, each with what it has traded; numbers are read as exact decimals.

An order's own row tells what was filled, at which average price and for which fee: fills are listed
for seven days only. Source: docs-v3, Spot → Query Order details, Swap → Query Order details.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.bingx import answers, forms
from runner.exchange.bingx.symbols import base_of, is_contract, market_id, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import Execution, OrderReport, OrderRequest, OrderState

_STATES = {
    "NEW": OrderState.ACCEPTED,
    "PENDING": OrderState.ACCEPTED,  # also of an order that is filled in part
    "PARTIALLY_FILLED": OrderState.PARTIALLY_FILLED,
    "PARTIALLYFILLED": OrderState.PARTIALLY_FILLED,
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELED,
    "CANCELLED": OrderState.CANCELED,
    "EXPIRED": OrderState.EXPIRED,
    "FAILED": OrderState.REJECTED,
}
_SIDES = {word: side for side, word in forms.SIDES.items()}
_FLAGS = {"true": True, "false": False}
#: How much of an amount to spend may be lost to the digits of its currency.
_LOST = Decimal("0.01")
#: Amounts are told with the noise of doubles in their last digits ("0.9402800000000001").
_CLEAN = Context(prec=12)


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as a row shows it; `name` is `None` where the row does not tell whose it is."""

    report: OrderReport  # its execution still to be read
    name: str | None
    filled: Decimal  # base currency
    row: Row


def placed(document: Any, request: OrderRequest) -> str:
    """The exchange's number of the order in an answer to a submission, which has to be ours."""
    told = answers.fields(document)
    row = told.get("order") if is_contract(request.symbol) else told
    if not isinstance(row, dict):
        raise Unreadable("not with the order")
    _about(row, request)
    reading.equal("type", reading.text(row, "type"), forms.type_word(request))
    return answers.identity(row)


def canceled(document: Any, request: OrderRequest, number: str | None) -> str:
    """The same of a cancellation; what became of the order is asked for afterwards."""
    told = answers.fields(document)
    row = told.get("order") if is_contract(request.symbol) else told
    if not isinstance(row, dict):
        raise Unreadable("not with the order")
    _about(row, request)
    found = answers.identity(row)
    if number is not None:
        reading.equal("orderId", found, number)
    return found


def _about(row: Row, request: OrderRequest) -> None:
    reading.equal("symbol", reading.text(row, "symbol"), market_id(request.symbol))
    reading.equal("side", reading.text(row, "side"), forms.SIDES[request.side])
    if answers.name_of(row) not in (None, "", request.client_order_id):
        raise Unreadable("with another order than the one that was sent")


def one(document: Any, request: OrderRequest) -> Seen:
    """The order of an answer to a question about it, equal to what was asked for."""
    told = answers.fields(document)
    row = told.get("order") if is_contract(request.symbol) else told
    if not isinstance(row, dict):
        raise Unreadable("not with the order")
    return same(row, request)


def same(row: Row, request: OrderRequest) -> Seen:
    """The order that was sent: id, symbol, side, type, quantity and price."""
    order = seen(row, request.symbol)
    if order.name != request.client_order_id:
        raise Unreadable("with another order than the one asked for")
    reading.equal("side", order.report.side, request.side)
    reading.equal("type", reading.text(row, "type"), forms.type_word(request))
    _same_quantity(row, request)
    if request.price is not None:
        reading.equal("price", answers.number(row, "price"), request.price)
    if is_contract(request.symbol) and "reduceOnly" in row:
        told = row["reduceOnly"]  # as text, or as such
        reading.equal("reduceOnly", _FLAGS.get(str(told).lower()), request.reduce_only)
    return order


def _same_quantity(row: Row, request: OrderRequest) -> None:
    if request.quantity is not None:
        told = answers.number(row, "origQty")
        cut = request.reduce_only and 0 < told < request.quantity  # to what is held
        reading.equal("origQty", request.quantity if cut else told, request.quantity)
    elif request.spend is not None:
        told = answers.number(row, "origQuoteOrderQty")
        if not 0 <= request.spend - told < request.spend * _LOST:
            raise Unreadable(f"`origQuoteOrderQty` is {told}, not {request.spend}")


def looks_like(order: Seen, request: OrderRequest) -> bool:
    """Whether an order without a name could be the one that was sent."""
    if order.name or answers.stamp(order.row, "time") < request.decided_at:
        return False
    try:
        same(dict(order.row) | {answers.NAMES[0]: request.client_order_id}, request)
    except Unreadable:
        return False
    return True


def seen(row: Row, symbol: str) -> Seen:
    """One order of any row, whoever placed it; named by its number where it has no other."""
    reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
    state = _STATES.get(reading.text(row, "status"))
    side = _SIDES.get(reading.text(row, "side"))
    if state is None or side is None:
        raise Unreadable("with a status or side that is not documented")
    filled = answers.number(row, "executedQty")
    if state is OrderState.ACCEPTED and filled > 0:
        state = OrderState.PARTIALLY_FILLED
    if state is OrderState.REJECTED and filled > 0:
        state = OrderState.CANCELED  # the rest of it has failed
    if filled < 0 or (not filled and state in (OrderState.FILLED, OrderState.PARTIALLY_FILLED)):
        raise Unreadable("its status and its filled quantity contradict each other")
    number, name = answers.identity(row), answers.name_of(row)
    report = OrderReport(name or number, number, symbol, side, state, None)
    return Seen(report, name, filled, row)


def tells_fee(order: Seen) -> bool:
    """Whether the row has all that an execution is read from; lists of spot lack the currency."""
    return is_contract(order.report.symbol) or "feeAsset" in order.row


def with_execution(order: Seen, step: Decimal | None) -> OrderReport:
    """The report with its execution.

    A buy on spot pays its fee in what it bought: the quantity is what arrived, in whole steps
    where `step` is known, and the fee its worth.
    """
    at_ms = answers.stamp(order.row, "updateTime")
    if is_contract(order.report.symbol):
        price = reading.fraction(order.row, "avgPrice")
        fee = -reading.fraction(order.row, "commission")  # what is paid has a minus
        if price <= 0:
            raise Unreadable("with a quantity that was filled at no price")
        return replace(order.report, execution=Execution(order.filled, price, fee, at_ms))
    worth = reading.fraction(order.row, "cummulativeQuoteQty")
    if worth <= 0:
        raise Unreadable("with a quantity that was filled for nothing")
    price = _CLEAN.divide(worth, order.filled)
    fee, taken = _fee(order, price)
    arrived = order.filled - taken
    if taken and step is not None:
        arrived -= arrived % step
    if not arrived and order.report.state is OrderState.PARTIALLY_FILLED:
        return replace(order.report, state=OrderState.ACCEPTED)  # not a step has arrived so far
    return replace(order.report, execution=Execution(arrived, price, fee, at_ms))


def _fee(order: Seen, price: Decimal) -> tuple[Decimal, Decimal]:
    """What the order cost in quote currency, and how much of what was bought that took.

    BingX writes what is paid with a minus in some rows, and without in others.
    """
    symbol, fee = order.report.symbol, abs(reading.fraction(order.row, "fee"))
    if not fee:
        return fee, Decimal(0)
    asset, quote = reading.text(order.row, "feeAsset"), quote_of(symbol)
    if asset == base_of(symbol) and order.row.get("side") == "BUY":
        return _CLEAN.multiply(fee, price), fee
    if asset != quote:
        raise Halt(f"not supported yet: fees in {asset}; have them taken in {quote} and resume")
    return fee, Decimal(0)


def all_seen(rows: list[Row], symbol: str) -> list[Seen]:
    """Orders of one symbol, each once."""
    found = {order.report.exchange_order_id: order for order in (seen(row, symbol) for row in rows)}
    return list(found.values())
