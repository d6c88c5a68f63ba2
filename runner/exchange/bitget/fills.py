"""Fills as Bitget tells them, summed up to what was executed of an order.

Spot tells its fee as one object, futures as a list; a fee that is paid is below zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.bitget import envelope
from runner.exchange.bitget.orders import Seen
from runner.exchange.bitget.symbols import is_contract, market_id, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import Execution, OrderReport, OrderState


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution: `fee` in quote currency, `taken` of what was bought, in base currency."""

    number: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    taken: Decimal
    at_ms: int


def told(document: Any, order: Seen) -> list[Fill]:
    """A page of fills, all of them the order's; Halt where a fee is in a third currency."""
    contract = is_contract(order.report.symbol)
    page = envelope.rows(document, "fillList" if contract else "")
    return [_fill(row, order) for row in page]


def _fill(row: Row, order: Seen) -> Fill:
    symbol = order.report.symbol
    reading.equal("symbol", reading.text(row, "symbol").upper(), market_id(symbol))
    reading.equal("orderId", reading.text(row, "orderId"), order.number)
    names = ("baseVolume", "price") if is_contract(symbol) else ("size", "priceAvg")
    quantity, price = (reading.number(row, name) for name in names)
    if quantity <= 0 or price <= 0:
        raise Unreadable("with a fill of nothing")
    base = "" if is_contract(symbol) else symbol.partition("/")[0]
    fee = taken = Decimal(0)
    for paid, coin in _fees(row):
        if paid and coin == base:
            fee, taken = fee + paid * price, taken + paid
        elif paid and coin != quote_of(symbol):
            raise Halt(_foreign(coin, quote_of(symbol)))
        else:
            fee += paid
    at_ms = envelope.instant(row, "cTime")
    return Fill(reading.text(row, "tradeId"), quantity, price, fee, taken, at_ms)


def _fees(row: Row) -> list[tuple[Decimal, str]]:
    """What was paid, and in what; Halt where a part of it was paid otherwise."""
    found = row.get("feeDetail")
    fees = reading.listed([found] if isinstance(found, dict) else found)
    for fee in fees:
        if reading.text(fee, "deduction") != "no" and reading.text(fee, "feeCoin") != "BGB":
            raise Halt(f"not supported yet: fees {_REBATES}; {_SWITCH_OFF}")
    return [(-reading.number(fee, "totalFee"), reading.text(fee, "feeCoin")) for fee in fees]


_REBATES = "paid in part by a coupon"
_SWITCH_OFF = "switch deductions off at Bitget → Assets, then resume"


def _foreign(coin: str, quote: str) -> str:
    return f"not supported yet: fees in {coin}; have them taken in {quote}: {_SWITCH_OFF}"


def with_execution(order: Seen, fills: Iterable[Fill], step: Decimal | None) -> OrderReport:
    """The report with its execution; a single fill keeps its price to the digit.

    A buy on spot pays its fee in what it bought: the quantity is what arrived, in whole steps
    where `step` is known, and the fee its worth. Raises Unreadable while the fills do not add up
    to what the order says is filled.
    """
    parts = list({fill.number: fill for fill in fills}.values())
    quantity = sum((fill.quantity for fill in parts), Decimal(0))
    reading.equal("baseVolume", order.filled, quantity)
    cost = sum((fill.quantity * fill.price for fill in parts), Decimal(0))
    price = parts[0].price if len(parts) == 1 else cost / quantity
    arrived = quantity - sum((fill.taken for fill in parts), Decimal(0))
    if arrived != quantity and step is not None:
        arrived -= arrived % step
    if not arrived and order.report.state is OrderState.PARTIALLY_FILLED:
        return replace(order.report, state=OrderState.ACCEPTED)  # not a step has arrived so far
    fee = sum((fill.fee for fill in parts), Decimal(0))
    at_ms = max(fill.at_ms for fill in parts)
    return replace(order.report, execution=Execution(arrived, price, fee, at_ms))
