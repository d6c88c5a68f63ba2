"""Orders and fills as OKX tells them; numbers are read as exact decimals, in base currency.

Conditional orders are read in `algo.py`. Source: okx.com/docs-v5, order-book-trading-trade.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.okx import answers, forms
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.symbols import instrument_id, is_contract, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import Execution, OrderReport, OrderRequest, OrderState, Side

#: The code of "order does not exist", of plain and of conditional ones.
NO_SUCH_ORDER = "51603"

_STATES = {
    "live": OrderState.ACCEPTED,
    "partially_filled": OrderState.PARTIALLY_FILLED,
    "filled": OrderState.FILLED,
    "canceled": OrderState.CANCELED,
    "mmp_canceled": OrderState.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as an answer shows it; its fills are to be asked for."""

    report: OrderReport  # its execution still to be read
    filled: Decimal  # base currency
    number: str
    placed_ms: int
    changed_ms: int  # when it was last filled, or ended


def acknowledged(document: Any, name: str, number: str, request: OrderRequest) -> str:
    """The exchange's number in an answer to a write; OKX tells no more than the names.

    `name`, `number`: the fields of ours and of its own.
    """
    row = answers.only(document)
    reading.equal("sCode", row.get("sCode"), "0")
    reading.equal(name, row.get(name), request.client_order_id)
    return reading.text(row, number)


def let_go(document: Any, name: str, request: OrderRequest) -> None:
    """A good answer to a cancellation, which need not name the order: that is read afterwards."""
    row = answers.only(document)
    reading.equal("sCode", row.get("sCode"), "0")
    if row.get(name):
        reading.equal(name, row[name], request.client_order_id)


def same(row: Row, request: OrderRequest, instrument: Instrument, number: str) -> Seen:
    """The order that was just sent: its names, side, type, size and price."""
    order = seen(row, instrument, request.client_order_id)
    reading.equal("ordId", order.number, number)
    reading.equal("side", order.report.side, request.side)
    reading.equal("ordType", reading.text(row, "ordType"), forms.type_word(request))
    sent_alike(row, request, instrument)
    if request.price is not None:
        reading.equal("px", reading.number(row, "px"), request.price)
    return order


def sent_alike(row: Row, request: OrderRequest, instrument: Instrument) -> None:
    """What plain and conditional orders have in common, as it was sent."""
    reading.equal("tdMode", reading.text(row, "tdMode"), forms.margin_word(request))
    reading.equal("sz", reading.number(row, "sz"), forms.size_of(request, instrument))
    if counted := forms.currency_word(request):
        reading.equal("tgtCcy", reading.text(row, "tgtCcy"), counted)
    if is_contract(request.symbol):
        reading.equal("posSide", reading.text(row, "posSide"), "net")
        reduces = "true" if request.reduce_only else "false"
        reading.equal("reduceOnly", reading.text(row, "reduceOnly"), reduces)


def seen(row: Row, instrument: Instrument, client_order_id: str | None) -> Seen:
    """One order of any answer; `client_order_id` as asked for, or `None` for whatever it is.

    One that its owner gave no name goes by the exchange's number.
    """
    symbol = instrument.market.symbol
    reading.equal("instId", reading.text(row, "instId"), instrument_id(symbol))
    state, side = _STATES.get(reading.text(row, "state")), reading.text(row, "side")
    if state is None or side not in ("buy", "sell"):
        raise Unreadable("with a state or side that is not documented")
    number = reading.text(row, "ordId")
    named = row.get("clOrdId") or number
    if not isinstance(named, str) or client_order_id not in (None, named):
        raise Unreadable("with another order than the one asked for")
    filled = answers.amount(row, "accFillSz") * instrument.size
    if not _possible(state, filled):
        raise Unreadable("its state and its filled quantity contradict each other")
    report = OrderReport(named, number, symbol, Side(side), state, None)
    placed_ms, changed_ms = answers.instant(row, "cTime"), answers.instant(row, "uTime")
    return Seen(report, filled, number, placed_ms, changed_ms)


def _possible(state: OrderState, filled: Decimal) -> bool:
    match state:
        case OrderState.FILLED | OrderState.PARTIALLY_FILLED:
            return filled > 0
        case OrderState.ACCEPTED:
            return filled == 0
        case _:
            return filled >= 0


def fills(document: Any, order: Seen) -> list[Row]:
    """A page of the fills of one order."""
    found = answers.rows(document)
    for row in found:
        reading.equal("ordId", reading.text(row, "ordId"), order.number)
        reading.equal("side", reading.text(row, "side"), order.report.side)
        reading.text(row, "billId")
    return found


def with_execution(order: Seen, filled: Iterable[Row], instrument: Instrument) -> OrderReport:
    """The report with its execution, summed over fills; a single one keeps its price to the digit.

    A buy on spot pays its fee in what it bought: the quantity is what arrived, in whole steps,
    and the fee its worth. Raises Unreadable while the fills do not add up to what the order says
    is filled.
    """
    rows = tuple(filled)
    parts = [
        (reading.number(row, "fillSz") * instrument.size, reading.number(row, "fillPx"))
        for row in rows
    ]
    quantity = sum((quantity for quantity, _ in parts), Decimal(0))
    reading.equal("accFillSz", order.filled, quantity)
    cost = sum((quantity * price for quantity, price in parts), Decimal(0))
    price = parts[0][1] if len(parts) == 1 else cost / quantity
    fees = [_fee(row, order) for row in rows]
    arrived = quantity - sum((taken for _, taken in fees), Decimal(0))
    if arrived != quantity:
        arrived -= arrived % instrument.market.quantity.step
    if not arrived and order.report.state is OrderState.PARTIALLY_FILLED:
        return replace(order.report, state=OrderState.ACCEPTED)  # not a step has arrived so far
    fee = sum((paid for paid, _ in fees), Decimal(0))
    at_ms = max(_filled_ms(row) for row in rows)
    return replace(order.report, execution=Execution(arrived, price, fee, at_ms))


def _filled_ms(row: Row) -> int:
    return answers.instant(row, "fillTime" if row.get("fillTime") else "ts")


def _fee(row: Row, order: Seen) -> tuple[Decimal, Decimal]:
    """What a fill cost in quote currency, and how much of what was bought that took.

    What is paid is told below zero, what is given back (to a maker) above.
    """
    symbol, paid = order.report.symbol, -answers.amount(row, "fee")
    if not paid:
        return paid, Decimal(0)
    currency, quote = reading.text(row, "feeCcy"), quote_of(symbol)
    bought = not is_contract(symbol) and order.report.side is Side.BUY
    if bought and currency == symbol.partition("/")[0]:
        return paid * reading.number(row, "fillPx"), paid
    if currency != quote:
        raise Halt(f"not supported yet: fees in {currency}; have them taken in {quote} and resume")
    return paid, Decimal(0)
