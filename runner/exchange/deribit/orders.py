"""Orders and fills as Deribit tells them; numbers are read as exact decimals.

A triggered stop becomes another order of the same label with a number of its own, which names the
stop's (`trigger_order_id`). We keep the number that it was placed under. Labels need not be
different there: two orders of one name stop us. Source: docs.deribit.com, private/buy,
private/get_order_state_by_label, private/get_trigger_order_history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.deribit import answers, forms
from runner.exchange.deribit.symbols import base_of, instrument_name, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt, Unavailable
from runner.model.orders import Execution, OrderReport, OrderRequest, OrderState, Side

_STATES = {
    "open": OrderState.ACCEPTED,
    "untriggered": OrderState.ACCEPTED,
    "triggered": OrderState.ACCEPTED,  # what came of it, the order tells that it became
    "filled": OrderState.FILLED,
    "cancelled": OrderState.CANCELED,
    "rejected": OrderState.REJECTED,
}
#: Of stops that have ended without an order (get_trigger_order_history).
_STOPS_ENDED = {"cancelled": OrderState.CANCELED, "rejected": OrderState.EXPIRED}


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as an answer shows it; `fills` where the answer lists them, else to be asked for."""

    report: OrderReport  # its execution still to be read
    filled: Decimal  # base currency
    number: str  # the order's in the account's trades
    stop: str  # the number of the stop that became it; empty of others
    waits: bool  # a stop that has been triggered, before what it became is told
    placed_ms: int
    fills: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class StopsPage:
    """A page of the stops that ended: ours if it is there, when each was told, the page's next."""

    ours: OrderReport | None
    told_ms: list[int]
    following: str


def submitted(document: Any, request: OrderRequest) -> Seen:
    """The order of an answer to `submit`, equal to what was asked for, with its fills."""
    found = answers.fields(document)
    row = found.get("order")
    order = seen(row, request.symbol, request.client_order_id)
    assert isinstance(row, dict)  # `seen` has read it
    reading.equal("direction", order.report.side, request.side)
    reading.equal("amount", answers.amount(row, "amount"), request.quantity)
    if not order.stop:  # what a stop became is another order
        reading.equal("order_type", reading.text(row, "order_type"), forms.type_word(request))
    if request.price is not None:
        reading.equal("price", answers.amount(row, "price"), request.price)
    if request.post_only:
        reading.equal("post_only", row.get("post_only"), True)
        reading.equal("reject_post_only", row.get("reject_post_only"), True)
    if request.stop_price is not None and not order.stop:
        told = answers.amount(row, "trigger_price")
        reading.equal("trigger_price", told, request.stop_price)
        reading.equal("trigger", reading.text(row, "trigger"), forms.TRIGGER)
    return replace(order, fills=fills({"jsonrpc": "2.0", "result": found.get("trades")}, order))


def seen(row: Any, symbol: str, client_order_id: str | None) -> Seen:
    """One order of any answer; `client_order_id` as asked for, or `None` for whatever it is.

    One that its owner gave no name goes by the exchange's number.
    """
    number = reading.text(row, "order_id")
    named = row.get("label") or number
    if not isinstance(named, str) or client_order_id not in (None, named):
        raise Unreadable("with another order than the one asked for")
    name = reading.text(row, "instrument_name")
    reading.equal("instrument_name", name, instrument_name(symbol))
    word, side = reading.text(row, "order_state"), reading.text(row, "direction")
    state = _STATES.get(word)
    if state is None or side not in ("buy", "sell"):
        raise Unreadable("with a state or side that is not documented")
    filled = answers.some(row, "filled_amount")
    if state is OrderState.ACCEPTED and filled:
        state = OrderState.PARTIALLY_FILLED
    if not _possible(word, filled, answers.amount(row, "amount")):
        raise Unreadable("its state and its filled quantity contradict each other")
    stop = row.get("trigger_order_id") or ""
    if not isinstance(stop, str):
        raise Unreadable("with a `trigger_order_id` that is no text")
    if state is OrderState.REJECTED and (stop or str(row.get("order_type")).startswith("stop")):
        state = OrderState.EXPIRED  # it was taken, and refused when it was triggered
    placed_ms = reading.whole(row, "creation_timestamp")
    report = OrderReport(named, stop or number, symbol, Side(side), state, None)
    return Seen(report, filled, number, stop, word == "triggered", placed_ms, ())


def _possible(word: str, filled: Decimal, amount: Decimal) -> bool:
    match word:
        case "filled":
            return filled == amount > 0
        case "open":
            return 0 <= filled < amount
        case "cancelled":
            return 0 <= filled <= amount
        case _:
            return filled == 0


def all_seen(document: Any, symbol: str) -> list[Seen]:
    """A list of orders of one symbol."""
    return [seen(row, symbol, None) for row in answers.rows(document)]


def named(document: Any, request: OrderRequest) -> list[Seen]:
    """Those of our name."""
    name = request.client_order_id
    return [seen(row, request.symbol, name) for row in answers.rows(document)]


def one(found: Iterable[Seen], request: OrderRequest) -> Seen | None:
    """The order of our name, or what our stop became; Halt where there are several.

    Unavailable while a stop has been triggered and what it became is not told.
    """
    name = request.client_order_id
    rows = {order.number: order for order in found if order.report.client_order_id == name}
    placed = [order for order in rows.values() if not order.stop]
    became = [order for order in rows.values() if order.stop]
    strangers = {order.stop for order in became} - {order.number for order in placed}
    if len(placed) > 1 or len(became) > 1 or (placed and strangers):
        raise Halt(
            f"deribit tells {len(rows)} orders named `{name}`, and we sent one: look at the "
            "account before you resume"
        )
    order = next(iter(became or placed), None)
    if order is not None and order.report.side is not request.side:
        raise Halt(f"order `{name}` is one of the other side at deribit: look at the account")
    if order is not None and order.waits:
        raise Unavailable(f"what became of stop `{name}` is not told yet; try again later")
    return order


def ended_stops(document: Any, request: OrderRequest) -> StopsPage:
    """One page of the stops that ended; ours is told where it ended without an order."""
    page = answers.fields(document)
    rows = reading.rows(page, "entries")
    ours = [row for row in rows if row.get("label") == request.client_order_id]
    reports = [report for row in ours if (report := _ended_stop(row, request)) is not None]
    following = page.get("continuation")
    return StopsPage(
        next(iter(reports), None),
        [reading.whole(row, "timestamp") for row in rows],
        following if isinstance(following, str) else "",
    )


def _ended_stop(row: Row, request: OrderRequest) -> OrderReport | None:
    state = _STOPS_ENDED.get(reading.text(row, "order_state").partition(":")[0])
    if state is None:
        return None
    name = reading.text(row, "instrument_name")
    reading.equal("instrument_name", name, instrument_name(request.symbol))
    reading.equal("direction", reading.text(row, "direction"), request.side.value)
    number = row.get("trigger_order_id") or reading.text(row, "order_id")
    names = request.client_order_id, str(number), request.symbol
    return OrderReport(*names, request.side, state, None)


def are_before(told_ms: list[int], since_ms: int) -> bool:
    """Whether a page, and all behind it, are older: it has to be told latest first."""
    return told_ms == sorted(told_ms, reverse=True) and told_ms[0] < since_ms


def canceled(document: Any) -> int:
    """How many orders were canceled."""
    number = reading.whole({"result": answers.result(document)}, "result")
    if number < 0:
        raise Unreadable("with a number of orders below zero")
    return number


def fills(document: Any, order: Seen) -> tuple[Row, ...]:
    """The fills of one order; told as a list, or as one that may go on."""
    found = answers.result(document)
    if isinstance(found, dict):
        if found.get("has_more") is not False:
            raise Unreadable("with more fills than are told at once")
        found = found.get("trades")
    rows = tuple(reading.listed(found))
    for row in rows:
        reading.equal("order_id", reading.text(row, "order_id"), order.number)
        reading.equal("direction", reading.text(row, "direction"), order.report.side.value)
        reading.text(row, "trade_id")
    return rows


def quantity_of(rows: Iterable[Row]) -> Decimal:
    """What was filled, in base currency."""
    return sum((answers.amount(row, "amount") for row in rows), Decimal(0))


def with_execution(order: Seen, rows: tuple[Row, ...], step: Decimal | None) -> OrderReport:
    """The report with its execution, summed over fills; a single one keeps its price to the digit.

    A buy may pay its fee in what it bought: the quantity is what arrived, in whole steps where
    `step` is known, and the fee its worth. Raises Unreadable while the fills do not add up to what
    the order says is filled.
    """
    quantity = quantity_of(rows)
    reading.equal("filled_amount", order.filled, quantity)
    parts = [(answers.amount(row, "amount"), answers.amount(row, "price")) for row in rows]
    cost = sum((quantity * price for quantity, price in parts), Decimal(0))
    price = parts[0][1] if len(parts) == 1 else cost / quantity
    fees = [_fee(row, order) for row in rows]
    arrived = quantity - sum((taken for _, taken in fees), Decimal(0))
    if arrived != quantity and step is not None:
        arrived -= arrived % step
    if not arrived and order.report.state is OrderState.PARTIALLY_FILLED:
        return replace(order.report, state=OrderState.ACCEPTED)  # not a step has arrived so far
    fee = sum((paid for paid, _ in fees), Decimal(0))
    at_ms = max(reading.whole(row, "timestamp") for row in rows)
    return replace(order.report, execution=Execution(arrived, price, fee, at_ms))


def _fee(row: Row, order: Seen) -> tuple[Decimal, Decimal]:
    """What a fill cost in quote currency, and how much of what was bought that took."""
    symbol, paid = order.report.symbol, answers.amount(row, "fee")
    if not paid:
        return paid, Decimal(0)
    currency, quote = reading.text(row, "fee_currency"), quote_of(symbol)
    if order.report.side is Side.BUY and currency == base_of(symbol):
        return paid * answers.amount(row, "price"), paid
    if currency != quote:
        raise Halt(f"not supported yet: fees in {currency}; have them taken in {quote} and resume")
    return paid, Decimal(0)
