"""Orders as their rows tell them: which state each is in, and what may follow.

In: an order's record and what is newly known of it. Out: its next record, or Halt where the two
contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.model.errors import Halt
from runner.model.orders import (
    ENDED,
    TRANSITIONS,
    Execution,
    OrderReport,
    OrderRequest,
    OrderState,
    Pinned,
)
from runner.model.values import dataclass

#: It may be at the exchange or not: only the exchange can tell.
UNSETTLED = frozenset({OrderState.SENDING, OrderState.UNKNOWN})

#: It is at the exchange and may still fill.
OPEN = frozenset({OrderState.ACCEPTED, OrderState.PARTIALLY_FILLED})

_FILLED = frozenset({OrderState.PARTIALLY_FILLED, OrderState.FILLED})

# Only the exchange can say these, and how much was filled belongs to it.
_REPORTED = OPEN | _FILLED | {OrderState.CANCELED}


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """An order that may be sent, and whatever the journal shall tell of it besides.

    `reasons`: why it is sent at all, where its decision does not tell.
    """

    request: OrderRequest
    body: Mapping[str, object]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeniedRow:
    """An order that limits refused, with every reason."""

    request: OrderRequest
    reasons: tuple[str, ...]
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an order; without a `report` the exchange told nothing of fills."""

    client_order_id: str
    state: OrderState
    report: OrderReport | None
    reason: str  # empty: none needed

    @staticmethod
    def of(report: OrderReport) -> Settlement:
        """What the exchange reports."""
        return Settlement(report.client_order_id, report.state, report, "")

    def __post_init__(self) -> None:
        if self.state is OrderState.SENDING:
            raise ValueError("an order is sent by `sending`, which pins what it is signed with")
        if self.report is None and self.state in _REPORTED:
            raise ValueError(f"{self.state} comes with a report of what was filled")
        if self.report is not None and self.report.state is not self.state:
            raise ValueError(f"the report says {self.report.state}, the settlement {self.state}")


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """Where an order stands; `body` holds JSON values, fractions as text.

    `changed_at` is the newest row's time, UTC milliseconds. `reasons` are in the order in which
    they were given: why it was denied, or what was seen on the way to its state.
    """

    request: OrderRequest
    state: OrderState
    execution: Execution | None
    exchange_order_id: str | None
    pinned: Pinned | None
    reasons: tuple[str, ...]
    body: Mapping[str, Any]
    changed_at: int

    @property
    def client_order_id(self) -> str:
        """The request's."""
        return self.request.client_order_id

    @property
    def ended(self) -> bool:
        """Nothing follows any more."""
        return self.state in ENDED

    @property
    def filled_quantity(self) -> Decimal:
        """In base currency; zero before the first fill."""
        return Decimal(0) if self.execution is None else self.execution.quantity


def sent(record: OrderRecord, pinned: Pinned, at_ms: int) -> OrderRecord:
    """The order once its request may leave."""
    _expect_edge(record, OrderState.SENDING)
    return replace(record, state=OrderState.SENDING, pinned=pinned, changed_at=at_ms)


def settled(record: OrderRecord, news: Settlement, at_ms: int) -> OrderRecord:
    """The order once `news` is known; `record` itself where it tells nothing new.

    A state moves along `TRANSITIONS` only, and what has been filled never becomes less.
    """
    execution, exchange_order_id = record.execution, record.exchange_order_id
    if news.report is not None:
        _expect_same_order(record, news.report)
        execution = _of_fills(news.report.execution)
        exchange_order_id = news.report.exchange_order_id
    if news.state is record.state and (
        (execution, exchange_order_id) == (record.execution, record.exchange_order_id)
    ):
        return record
    _expect_edge(record, news.state)
    _expect_fills(record, news.state, execution)
    return replace(
        record,
        state=news.state,
        execution=execution,
        exchange_order_id=exchange_order_id,
        reasons=(*record.reasons, news.reason) if news.reason else record.reasons,
        changed_at=at_ms,
    )


def _of_fills(execution: Execution | None) -> Execution | None:
    """Nothing filled has one spelling."""
    return execution if execution is not None and execution.quantity else None


def _expect_edge(record: OrderRecord, state: OrderState) -> None:
    if state not in TRANSITIONS[record.state]:
        raise _contradiction(record, f"it is `{record.state}` and cannot become `{state}`")


def _expect_same_order(record: OrderRecord, report: OrderReport) -> None:
    request = record.request
    ours = (request.client_order_id, request.symbol, request.side)
    theirs = (report.client_order_id, report.symbol, report.side)
    if ours != theirs:
        raise _contradiction(record, f"we sent {' '.join(ours)}, they have {' '.join(theirs)}")
    if record.exchange_order_id not in (None, report.exchange_order_id):
        raise _contradiction(
            record,
            f"it was number {record.exchange_order_id} there, now {report.exchange_order_id}",
        )


def _expect_fills(record: OrderRecord, state: OrderState, execution: Execution | None) -> None:
    quantity = Decimal(0) if execution is None else execution.quantity
    if quantity < record.filled_quantity:
        raise _contradiction(record, f"{record.filled_quantity} was filled, now {quantity}")
    if state in _FILLED and quantity <= 0:
        raise _contradiction(record, f"it is `{state}` without a filled quantity")


def _contradiction(record: OrderRecord, fact: str) -> Halt:
    return Halt(
        f"order `{record.client_order_id}` contradicts the journal, {fact}: look it up at the "
        "exchange, and keep entries stopped until both agree"
    )
