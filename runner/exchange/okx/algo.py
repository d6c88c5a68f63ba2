"""Conditional orders ("algo orders") as OKX tells them.

Such an order waits in lists of its own, under a name and number of its own. Triggered
(`effective`), it becomes another order in the ordinary lists: `numbers`. We keep the name and
number that it was placed under. Source: okx.com/docs-v5, order-book-trading-algo-trading.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from runner.exchange import reading
from runner.exchange.okx import answers, forms
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.orders import Seen, sent_alike
from runner.exchange.okx.symbols import instrument_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.orders import ENDED, OrderReport, OrderRequest, OrderState, Side

_STATES = {
    "live": OrderState.ACCEPTED,
    "pause": OrderState.ACCEPTED,
    "partially_effective": OrderState.ACCEPTED,  # of those that hold a stop and a target
    "effective": OrderState.ACCEPTED,  # what came of it, the order tells that it became
    "canceled": OrderState.CANCELED,
    "order_failed": OrderState.EXPIRED,  # triggered, but its order was refused
    "partially_failed": OrderState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Conditional:
    """A conditional order; `numbers`: of the order it became (of several where it was parted)."""

    report: OrderReport
    numbers: tuple[str, ...]
    placed_ms: int


def same(row: Row, request: OrderRequest, instrument: Instrument, number: str) -> Conditional:
    """The order that was just sent: its names, side, size, and when it triggers what."""
    order = seen(row, instrument, request.client_order_id)
    reading.equal("algoId", order.report.exchange_order_id, number)
    reading.equal("side", order.report.side, request.side)
    reading.equal("ordType", reading.text(row, "ordType"), forms.CONDITIONAL)
    sent_alike(row, request, instrument)
    reading.equal("slTriggerPx", reading.number(row, "slTriggerPx"), request.stop_price)
    trigger = forms.trigger_word(request)
    reading.equal("slTriggerPxType", reading.text(row, "slTriggerPxType"), trigger)
    reading.equal("slOrdPx", reading.text(row, "slOrdPx"), forms.AT_MARKET)
    return order


def seen(row: Row, instrument: Instrument, client_order_id: str | None) -> Conditional:
    """One order of any answer; `client_order_id` as asked for, or `None` for whatever it is.

    One that its owner gave no name goes by the exchange's number.
    """
    symbol = instrument.market.symbol
    reading.equal("instId", reading.text(row, "instId"), instrument_id(symbol))
    word, side = reading.text(row, "state"), reading.text(row, "side")
    state = _STATES.get(word)
    if state is None or side not in ("buy", "sell"):
        raise Unreadable("with a state or side that is not documented")
    placed = reading.text(row, "algoId")
    named = row.get("algoClOrdId") or placed
    if not isinstance(named, str) or client_order_id not in (None, named):
        raise Unreadable("with another order than the one asked for")
    numbers = _became(row)
    if word == "effective" and not numbers:
        raise Unreadable("without the order that it became")
    report = OrderReport(named, placed, symbol, Side(side), state, None)
    return Conditional(report, () if state in ENDED else numbers, answers.instant(row, "cTime"))


def _became(row: Row) -> tuple[str, ...]:
    """The numbers of its orders; `ordIdList` is to take the place of `ordId`."""
    found = row.get("ordIdList") or [it for it in (row.get("ordId"),) if it]
    if not isinstance(found, list) or not all(isinstance(it, str) for it in found):
        raise Unreadable("with an `ordIdList` that is no list")
    return tuple(found)


def became(order: Conditional, real: Seen) -> Seen:
    """The order that trades, under the names of the one that was placed."""
    reading.equal("ordId", (real.number,), order.numbers)
    if real.report.side is not order.report.side:
        raise Halt(f"stop `{order.report.client_order_id}` became an order of the other side")
    return replace(real, report=replace(order.report, state=real.report.state))
