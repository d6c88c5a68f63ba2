"""Stops of futures ("plan orders") as Bitget tells them.

A stop waits in a list of its own. Triggered, it becomes another order with a number of its own, in
the ordinary lists: `became`. We keep the name and number that it was placed under.

Which side such a row tells is not documented for one-way mode but where it also tells the way
(`buy_single`, `sell_single`); there it is compared. What it became has the side of any order.
Source: bitget.com/api-doc, get-orders-plan-pending, orders-plan-history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from runner.exchange import reading
from runner.exchange.bitget import envelope
from runner.exchange.bitget.forms import STOP_KIND, trigger_of
from runner.exchange.bitget.orders import Seen, on_margin
from runner.exchange.bitget.symbols import market_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import OrderReport, OrderRequest, OrderState, Side

#: What the lists are asked for: stop-losses and targets, plain plan orders, trailing ones.
OURS, KINDS = "profit_loss", ("profit_loss", "normal_plan", "track_plan")
_STATES = {
    "live": OrderState.ACCEPTED,
    "not_trigger": OrderState.ACCEPTED,  # in its examples
    "executed": OrderState.ACCEPTED,  # what came of it, the order tells that it became
    "fail_execute": OrderState.EXPIRED,
    "cancelled": OrderState.CANCELED,
}
_WAYS = {"buy_single": Side.BUY, "sell_single": Side.SELL}


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop; `number` is that of the order it became, empty before."""

    report: OrderReport
    number: str
    row: Row


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list; `before` asks for the older ones, empty where there are none."""

    stops: tuple[Stop, ...]
    before: str


def page(document: Any, symbol: str) -> Page:
    """A list of stops of one symbol."""
    found = envelope.rows(document, "entrustedList")
    before = envelope.said(envelope.data(document), "endId")
    return Page(tuple(_stop(row, symbol) for row in found), before if found else "")


def _stop(row: Row, symbol: str) -> Stop:
    reading.equal("symbol", reading.text(row, "symbol").upper(), market_id(symbol))
    word, side = reading.text(row, "planStatus"), reading.text(row, "side")
    state = _STATES.get(word)
    if state is None or side not in ("buy", "sell"):
        raise Unreadable("with a status or side that is not documented")
    number = envelope.said(row, "executeOrderId") if word == "executed" else ""
    if word == "executed" and not number:
        raise Unreadable("without the order that it became")
    named, placed = envelope.said(row, "clientOid"), reading.text(row, "orderId")
    way = _WAYS.get(envelope.said(row, "tradeSide"), Side(side))
    return Stop(OrderReport(named, placed, symbol, way, state, None), number, row)


def named(stops: tuple[Stop, ...], request: OrderRequest) -> Stop | None:
    """Ours among them, on the side that it was placed on; `None` where it is not there."""
    ours = [it for it in stops if it.report.client_order_id == request.client_order_id]
    if len(ours) > 1:
        raise Unreadable("with two stops of one name")
    if not ours:
        return None
    way = _WAYS.get(envelope.said(ours[0].row, "tradeSide"))
    if way not in (None, request.side):
        raise Unreadable("with a stop of the other side")
    return replace(ours[0], report=replace(ours[0].report, side=request.side))


def require_same(stop: Stop, request: OrderRequest) -> None:
    """The stop that was sent: its kind, quantity, price, and what triggers it."""
    reading.equal("planType", reading.text(stop.row, "planType"), STOP_KIND)
    reading.equal("size", reading.number(stop.row, "size"), request.quantity)
    reading.equal("triggerPrice", reading.number(stop.row, "triggerPrice"), request.stop_price)
    reading.equal("triggerType", reading.text(stop.row, "triggerType"), trigger_of(request))
    reading.equal("orderType", reading.text(stop.row, "orderType"), "market")
    on_margin(stop.row)


def became(stop: Stop, real: Seen) -> Seen:
    """The order that trades, under the names of the one that was placed."""
    reading.equal("orderId", real.number, stop.number)
    if real.report.side is not stop.report.side:
        raise Halt(f"stop `{stop.report.client_order_id}` became an order of the other side")
    return replace(real, report=replace(stop.report, state=real.report.state))
