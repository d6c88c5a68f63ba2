"""A row of the trader's log in words: its id, what is asked of an exchange, what a result shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from runner.core import codes
from runner.core.limits import Snapshot, breach_texts
from runner.core.plan import Plan
from runner.core.strategy import Strategy, Trigger
from runner.exchange.ids import client_order_id
from runner.journal.orders import OrderRecord
from runner.model.money import decimal_of
from runner.model.orders import ExitReason, OrderRequest, OrderState, OrderType, Purpose, Side

PURPOSES = (Purpose.ENTRY, Purpose.ADD, Purpose.EXIT, Purpose.PROTECT, Purpose.PROTECT)
TYPES = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP)
STATES = (
    OrderState.ACCEPTED,
    OrderState.FILLED,
    OrderState.EXPIRED,
    OrderState.CANCELED,
    OrderState.REJECTED,
    OrderState.DENIED,
)
REASONS = (
    None,
    ExitReason.STOP_LOSS,
    ExitReason.TAKE_PROFIT,
    ExitReason.TRAILING_STOP,
    ExitReason.BREAK_EVEN,
    ExitReason.TIME_STOP,
    ExitReason.SESSION_END,
    ExitReason.RULE,
    ExitReason.REVERSAL,
    ExitReason.LIQUIDATION,
    ExitReason.PROTECTION,
    ExitReason.MANUAL,
)
_LEGS = {
    codes.ENTRY: ("", "chase"),
    codes.ADD: ("",),
    codes.LEAVE: ("", "liquidation", "hand", "unprotected"),
    codes.STOP: ("stop",),
    codes.TARGET: ("target",),
}

#: The leg of an exit that takes the place of a stop which cannot rest.
LEG_UNPROTECTED = 3

Row = Sequence[float]

#: The group of an order that the exchange made itself.
LIQUIDATION = "liquidation"


def id_of(strategy: Strategy, row: Row) -> str:
    """The client order id of a row, a pure function of its decision."""
    purpose, leg = int(row[codes.PURPOSE]), int(row[codes.LEG])
    return client_order_id(
        strategy.name,
        strategy.account.name,
        strategy.symbols[int(row[codes.DESK])],
        _leg_name(purpose, leg),
        int(row[codes.DECIDED]),
        PURPOSES[purpose],
        int(row[codes.ATTEMPT]),
    )


def _leg_name(purpose: int, leg: int) -> str:
    """The first of a kind has a plain name; the rest are numbered from 2."""
    names = _LEGS[purpose]
    if leg < len(names):
        return names[leg]
    word = "add" if purpose == codes.ADD else names[0]
    return f"{word}{leg if purpose == codes.ADD else leg + 1}"


def request_of(strategy: Strategy, row: Row) -> OrderRequest:
    """What is asked of an exchange."""
    purpose, kind = int(row[codes.PURPOSE]), TYPES[int(row[codes.TYPE])]
    reduces = purpose >= codes.LEAVE
    entry = strategy.entry_of_sign(row[codes.SIDE]) if purpose == codes.ENTRY else None
    return OrderRequest(
        client_order_id=id_of(strategy, row),
        symbol=strategy.symbols[int(row[codes.DESK])],
        side=Side.BUY if row[codes.SIDE] > 0.0 else Side.SELL,
        type=kind,
        purpose=PURPOSES[purpose],
        quantity=decimal_of(row[codes.QUANTITY]) if row[codes.QUANTITY] > 0.0 else None,
        spend=decimal_of(row[codes.SPEND]) if row[codes.SPEND] > 0.0 else None,
        price=decimal_of(row[codes.PRICE]) if kind is OrderType.LIMIT else None,
        stop_price=decimal_of(row[codes.PRICE]) if kind is OrderType.STOP else None,
        decided_at=int(row[codes.DECIDED]),
        reduce_only=reduces and strategy.is_futures,
        post_only=entry is not None and entry.order.post_only and kind is OrderType.LIMIT,
        trigger_by_mark=purpose == codes.STOP and _by_mark(strategy),
    )


def _by_mark(strategy: Strategy) -> bool:
    stop = strategy.exits.stop_loss
    return stop is not None and stop.trigger is Trigger.MARK


def reason_of(row: Row) -> ExitReason | None:
    """What a fill of this row ends a position for; `None`: it opens or adds."""
    return REASONS[int(row[codes.REASON])]


def denial(plan: Plan, row: Row) -> tuple[str, ...]:
    """Why a denied row may not be sent, with both numbers and the name in the rule file."""
    snapshot = Snapshot(row[codes.FILL_PRICE], row[codes.FEE])
    return breach_texts(int(row[codes.NOTE]), plan, row, snapshot)


def quantity_of(row: Row) -> Decimal:
    """What was asked for or filled, base currency; 0 where it was never known."""
    return decimal_of(row[codes.QUANTITY] if row[codes.QUANTITY] > 0.0 else 0.0)


def cells_of(strategy: Strategy, record: OrderRecord) -> list[float]:
    """A row of an order that the trader does not know any more, given up."""
    request, body = record.request, record.body
    purposes = {
        Purpose.ENTRY: codes.ENTRY,
        Purpose.ADD: codes.ADD,
        Purpose.EXIT: codes.LEAVE,
        Purpose.PROTECT: codes.STOP if request.stop_price is not None else codes.TARGET,
    }
    cells = [0.0] * codes.WIDTH
    cells[codes.DECIDED] = float(request.decided_at)
    cells[codes.DESK] = float(strategy.symbols.index(request.symbol))
    cells[codes.PURPOSE] = float(purposes[request.purpose])
    cells[codes.SIDE] = 1.0 if request.side == "buy" else -1.0
    cells[codes.STATE] = float(codes.CANCELED)
    cells[codes.QUANTITY] = float(request.quantity or 0)
    cells[codes.SPEND] = float(request.spend or 0)
    cells[codes.PRICE] = float(request.price or request.stop_price or 0)
    cells[codes.TYPE] = float(TYPES.index(request.type))
    cells[codes.LEG] = float(body.get("leg", 0))
    cells[codes.ATTEMPT] = float(body.get("attempt", 1))
    cells[codes.REASON] = float(body.get("reason", codes.NO_REASON))
    return cells
