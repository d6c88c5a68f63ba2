"""Orders as Bitget tells them; numbers are read as exact decimals.

Spot and futures name nearly the same fields. Stops of futures are read in `stops.py`.
Source: bitget.com/api-doc, Get-Order-Info, Get-Order-Details and the lists of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.bitget import envelope
from runner.exchange.bitget.forms import ISOLATED, ONE_WAY, force_of
from runner.exchange.bitget.symbols import MARGIN_COIN, is_contract, market_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.orders import OrderReport, OrderRequest, OrderState, OrderType, Side

_STATES = {
    "live": OrderState.ACCEPTED,
    "new": OrderState.ACCEPTED,  # in its examples of resting orders
    "partially_filled": OrderState.PARTIALLY_FILLED,
    "filled": OrderState.FILLED,
    "cancelled": OrderState.CANCELED,  # on spot
    "canceled": OrderState.CANCELED,
}
#: Of an amount to spend, what may be cut for want of decimals.
_CENT = Decimal("0.01")
#: How the direction of an order begins by which the exchange reduces or closes a position:
#: liquidation of a part and of all, deleveraging, netting, delivery.
_FORCED = ("reduce_", "burst_", "dte_sys_adl_", "offset_", "delivery_")


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as an answer shows it; its execution is still to be asked for."""

    report: OrderReport
    filled: Decimal  # base currency
    number: str  # the order's in the account's fills
    placed_ms: int


def acknowledged(document: Any, request: OrderRequest) -> None:
    """The answer to a submission names our order; its number may be missing (Place-Order)."""
    found = envelope.data(document)
    reading.equal("clientOid", reading.text(found, "clientOid"), request.client_order_id)


def canceled(document: Any, request: OrderRequest) -> None:
    """The answer to a cancellation names our order, or leaves its name empty."""
    found = envelope.data(document)
    reading.text(found, "orderId")
    _ours(found, request)


def stop_canceled(document: Any, request: OrderRequest) -> None:
    """The same of a stop: it stands in the list of those that were canceled, alone."""
    envelope.data(document)
    if envelope.rows(document, "failureList"):
        raise Unreadable("the stop is among those that were not canceled")
    canceled_ = envelope.rows(document, "successList")
    if len(canceled_) != 1:
        raise Unreadable("not with the one stop that was asked for")
    _ours(canceled_[0], request)


def _ours(row: Row, request: OrderRequest) -> None:
    if envelope.said(row, "clientOid") not in ("", request.client_order_id):
        raise Unreadable("with another order than the one asked for")


def one(document: Any, symbol: str, client_order_id: str | None) -> Seen | None:
    """The order that was asked for alone; spot wraps it into a list, and an empty one is none."""
    if is_contract(symbol):
        return seen(envelope.data(document), symbol, client_order_id)
    rows = envelope.rows(document)
    if len(rows) > 1:
        raise Unreadable("with more than one order")
    return seen(rows[0], symbol, client_order_id) if rows else None


def all_seen(document: Any, symbol: str) -> list[Seen]:
    """A list of orders of one symbol."""
    key = "entrustedList" if is_contract(symbol) else ""
    return [seen(row, symbol, None) for row in envelope.rows(document, key)]


def forced(document: Any, symbol: str) -> list[tuple[Seen, bool]]:
    """The same of futures, and whether the exchange itself placed it to close a position."""
    rows = envelope.rows(document, "entrustedList")
    return [(seen(row, symbol, None), _is_forced(row)) for row in rows]


def _is_forced(row: Row) -> bool:
    way, source = envelope.said(row, "tradeSide"), envelope.said(row, "orderSource")
    return way.startswith(_FORCED) or source == "liquidation"


def seen(row: Row | None, symbol: str, client_order_id: str | None) -> Seen:
    """One order of any answer; `client_order_id` as asked for, or `None` for whatever it is."""
    if not isinstance(row, dict):
        raise Unreadable("with another order than the one asked for")
    reading.equal("symbol", reading.text(row, "symbol").upper(), market_id(symbol))
    state = _STATES.get(envelope.said(row, "status") or envelope.said(row, "state"))
    side, named = reading.text(row, "side"), envelope.said(row, "clientOid")
    if state is None or side not in ("buy", "sell"):
        raise Unreadable("with a status or side that is not documented")
    if client_order_id not in (None, named):
        raise Unreadable("with another order than the one asked for")
    filled = reading.number(row, "baseVolume")
    if not _possible(state, filled):
        raise Unreadable("its status and its filled quantity contradict each other")
    number = reading.text(row, "orderId")
    report = OrderReport(named, number, symbol, Side(side), state, None)
    return Seen(report, filled, number, envelope.instant(row, "cTime"))


def _possible(state: OrderState, filled: Decimal) -> bool:
    match state:
        case OrderState.FILLED | OrderState.PARTIALLY_FILLED:
            return filled > 0
        case OrderState.ACCEPTED:
            return filled == 0
        case _:
            return filled >= 0


def submitted(document: Any, request: OrderRequest) -> Seen | None:
    """The order as it was sent: id, symbol, side, type, quantity, price and how it may trade."""
    found = one(document, request.symbol, request.client_order_id)
    if found is None:
        return None
    row = envelope.data(document) if is_contract(request.symbol) else envelope.rows(document)[0]
    reading.equal("side", found.report.side, request.side)
    reading.equal("orderType", reading.text(row, "orderType"), str(request.type))
    size = reading.number(row, "size")
    if request.spend is not None:
        if not 0 <= request.spend - size < _CENT:
            raise Unreadable(f"`size` is {size}, not {request.spend}")
    else:
        reading.equal("size", size, request.quantity)
    if request.price is not None:
        reading.equal("price", reading.number(row, "price"), request.price)
    if is_contract(request.symbol):
        _same_contract(row, request)
    return found


def _same_contract(row: Row, request: OrderRequest) -> None:
    on_margin(row)
    reading.equal("marginMode", reading.text(row, "marginMode"), ISOLATED)
    reduces = reading.text(row, "reduceOnly").upper()
    reading.equal("reduceOnly", reduces, "YES" if request.reduce_only else "NO")
    if request.type is OrderType.LIMIT:
        reading.equal("force", reading.text(row, "force").replace(" ", "_"), force_of(request))


def on_margin(row: Row) -> None:
    """The order is margined in our currency, in one-way mode."""
    reading.equal("marginCoin", reading.text(row, "marginCoin").upper(), MARGIN_COIN)
    reading.equal("posMode", reading.text(row, "posMode"), ONE_WAY)
