"""Conditional orders of futures ("algo orders") as Binance tells them.

Such an order waits in a list of its own. Triggered, it becomes another order with a number of its
own, in the ordinary lists: `number`. We keep the name and number that it was placed under.

Source: developers.binance.com, usds-margined-futures: trade/rest-api New-, Query- and
Cancel-Algo-Order; states: user-data-streams Event-Algo-Order-Update.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from runner.exchange import reading
from runner.exchange.binance.forms import type_word
from runner.exchange.binance.futures_forms import working_type
from runner.exchange.binance.orders import Seen
from runner.exchange.binance.symbols import market_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import ENDED, OrderReport, OrderRequest, OrderState, Side
from runner.model.values import dataclass

_STATES = {
    "NEW": OrderState.ACCEPTED,
    "TRIGGERING": OrderState.ACCEPTED,
    "TRIGGERED": OrderState.ACCEPTED,  # what came of it, the order tells that it became
    "FINISHED": OrderState.ACCEPTED,
    "CANCELED": OrderState.CANCELED,
    "EXPIRED": OrderState.EXPIRED,
    "REJECTED": OrderState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Conditional:
    """A conditional order; `number` is that of the order it became, empty before."""

    report: OrderReport
    number: str


def submitted(document: Any, request: OrderRequest) -> tuple[Conditional, ...]:
    """The order of an answer to `submit`, equal to what was asked for."""
    order = seen(document, request.symbol, request.client_order_id)
    reading.equal("side", order.report.side, request.side)
    reading.equal("orderType", reading.text(document, "orderType"), type_word(request))
    reading.equal("quantity", reading.number(document, "quantity"), request.quantity)
    reading.equal("triggerPrice", reading.number(document, "triggerPrice"), request.stop_price)
    reading.equal("workingType", reading.text(document, "workingType"), working_type(request))
    reading.equal("reduceOnly", document.get("reduceOnly"), request.reduce_only)
    return (order,)


def canceled(document: Any, request: OrderRequest) -> tuple[Conditional, ...]:
    """The order of an answer to `cancel`: success and its names are all that is told."""
    if isinstance(document, dict) and "algoStatus" in document:
        order = seen(document, request.symbol, request.client_order_id)
        if order.report.state not in ENDED:
            raise Unreadable("the order goes on after its cancellation")
        return (order,)
    reading.equal("clientAlgoId", reading.text(document, "clientAlgoId"), request.client_order_id)
    reading.equal("code", str(document.get("code")), "200")
    number = str(reading.whole(document, "algoId"))
    state = OrderState.CANCELED
    name, symbol, side = request.client_order_id, request.symbol, request.side
    return (Conditional(OrderReport(name, number, symbol, side, state, None), ""),)


def seen(row: Row | None, symbol: str, client_order_id: str | None) -> Conditional:
    """One order of any answer; `client_order_id` as asked for, or `None` for whatever it is."""
    reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
    named, side = reading.text(row, "clientAlgoId"), reading.text(row, "side")
    if client_order_id not in (None, named):
        raise Unreadable("with another order than the one asked for")
    assert row is not None  # `text` has read it
    word = reading.text(row, "algoStatus")
    state = _STATES.get(word)
    if state is None or side not in ("BUY", "SELL"):
        raise Unreadable("with a status or side that is not documented")
    number = str(row.get("actualOrderId") or "")
    if word == "FINISHED" and not number:
        raise Unreadable("without the order that it became")
    placed = str(reading.whole(row, "algoId"))
    report = OrderReport(named, placed, symbol, Side(side.lower()), state, None)
    return Conditional(report, number if state not in ENDED else "")


def all_seen(document: Any, symbol: str) -> tuple[Conditional, ...]:
    """A list of conditional orders of one symbol."""
    return tuple(seen(row, symbol, None) for row in reading.listed(document))


def became(order: Conditional, real: Seen) -> Seen:
    """The order that trades, under the names of the one that was placed."""
    reading.equal("orderId", real.number, order.number)
    if real.report.side is not order.report.side:
        raise Halt(f"stop `{order.report.client_order_id}` became an order of the other side")
    return replace(real, report=replace(order.report, state=real.report.state))
