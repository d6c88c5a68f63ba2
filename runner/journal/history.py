"""All that the rows of a journal tell, folded into what a session asks for.

The same fold is built row by row while writing and from the whole file when opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.journal import bodies
from runner.journal.events import GENESIS, Kind, Row
from runner.journal.orders import OPEN, UNSETTLED, OrderRecord, Settlement, sent, settled
from runner.journal.positions import (
    Holding,
    Position,
    after_fill,
    fill_between,
    position_of,
)
from runner.model.errors import Halt
from runner.model.orders import OrderState, Purpose


class History:
    """What is known of a run; `Journal.read` gives it to whoever only looks."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._seq = 0
        self._hash = GENESIS
        self._epoch = 0
        self._identity: dict[str, str] = {}
        self._anchor: int | None = None
        self._decided: set[int] = set()
        self._decided_at: int | None = None
        self._handled_at: int | None = None
        self._summary: dict[str, Any] | None = None
        self._orders: dict[str, OrderRecord] = {}  # in order of intention
        self._living: dict[str, None] = {}  # ids of orders that have not ended, in the same order
        self._holdings: dict[str, Holding] = {}  # by symbol
        for row in rows:
            self._add(row)

    def identity(self) -> Mapping[str, str]:
        """What the run is; empty before `identify`."""
        return self._identity

    def epoch(self) -> int:
        """The newest lease; 0 before the first."""
        return self._epoch

    def anchor_of(self) -> int | None:
        """Open of the first bar used, UTC milliseconds."""
        return self._anchor

    def decided_at(self) -> int | None:
        """The newest decided instant, UTC milliseconds."""
        return self._decided_at

    def is_decided(self, instant_ms: int) -> bool:
        """The decisions of this instant are journaled: it must not be decided again."""
        return instant_ms in self._decided

    def handled_at(self) -> int | None:
        """The newest instant of which all is done, UTC milliseconds."""
        return self._handled_at

    def is_finished(self) -> bool:
        """The run is over."""
        return self._summary is not None

    def summary(self) -> Mapping[str, Any] | None:
        """What `finished` was told; fractions as text."""
        return self._summary

    def order(self, client_order_id: str) -> OrderRecord | None:
        """One order, denied ones included."""
        return self._orders.get(client_order_id)

    def orders(self) -> list[OrderRecord]:
        """Every order in order of intention, denied ones included."""
        return list(self._orders.values())

    def orders_in(self, states: Iterable[OrderState]) -> list[OrderRecord]:
        """The orders that are in one of `states` and have not ended, in order of intention."""
        wanted = frozenset(states)
        return [
            order for order in map(self._orders.__getitem__, self._living) if order.state in wanted
        ]

    def unsent(self) -> list[OrderRecord]:
        """Intended and nothing more: certainly not at the exchange."""
        return self.orders_in([OrderState.INTENDED])

    def unsettled(self) -> list[OrderRecord]:
        """Orders of which only the exchange knows: sending and unknown."""
        return self.orders_in(UNSETTLED)

    def open_orders(self) -> list[OrderRecord]:
        """Orders that the exchange has and that may still fill."""
        return self.orders_in(OPEN)

    def denied(self) -> list[OrderRecord]:
        """Orders that limits refused, with their reasons."""
        return [order for order in self._orders.values() if order.state is OrderState.DENIED]

    def position(self, symbol: str) -> Position | None:
        """What is held of a symbol; `None`: flat."""
        held = self._holdings.get(symbol)
        return None if held is None else position_of(held, self._protective_ids(symbol))

    def positions(self) -> list[Position]:
        """What is held, by symbol in order of opening."""
        return [
            position_of(held, self._protective_ids(symbol))
            for symbol, held in self._holdings.items()
        ]

    def _protective_ids(self, symbol: str) -> tuple[str, ...]:
        living = [self._orders[client_order_id].request for client_order_id in self._living]
        return tuple(
            request.client_order_id
            for request in living
            if request.purpose is Purpose.PROTECT and request.symbol == symbol
        )

    def _add(self, row: Row) -> None:
        """Know one row more."""
        body = bodies.read(row.body)
        match row.kind:
            case Kind.HANDLED:
                self._handled_at = body["instant_ms"]
            case Kind.DECIDED:
                self._decided_at = body["instant_ms"]
                self._decided.add(body["instant_ms"])
            case Kind.INTENDED | Kind.DENIED:
                self._remember(_order_of(row, body))
            case Kind.SENDING:
                record = self.expected(row.client_order_id)
                self._remember(sent(record, bodies.pinned_of(body), row.at_ms))
            case Kind.SETTLED:
                record = self.expected(row.client_order_id)
                self._settle(record, settled(record, _news_of(row, body), row.at_ms))
            case Kind.IDENTITY:
                self._identity = body
            case Kind.ANCHOR:
                self._anchor = body["opened_at_ms"]
            case Kind.FINISHED:
                self._summary = body
            case Kind.LEASE:
                pass  # told by the column
            case _:
                raise Halt(f"journal row {row.seq} is `{row.kind}`: use the runner that wrote it")
        self._seq, self._hash, self._epoch = row.seq, row.hash, row.epoch

    def _settle(self, before: OrderRecord, after: OrderRecord) -> None:
        fill = fill_between(before.request, before.execution, after.execution)
        if fill is not None:
            held = after_fill(self._holdings.get(fill.symbol), fill)
            if held is None:
                self._holdings.pop(fill.symbol, None)
            else:
                self._holdings[fill.symbol] = held
        self._remember(after)

    def _remember(self, record: OrderRecord) -> None:
        self._orders[record.client_order_id] = record
        if record.ended:
            self._living.pop(record.client_order_id, None)
        else:
            self._living.setdefault(record.client_order_id)

    def expected(self, client_order_id: str | None) -> OrderRecord:
        """An order that must be there; raises Halt where it is not."""
        record = self._orders.get(client_order_id or "")
        if record is None:
            raise Halt(
                f"order `{client_order_id}` is not in the journal: keep entries stopped and look "
                "it up at the exchange"
            )
        return record


def _order_of(row: Row, body: Mapping[str, Any]) -> OrderRecord:
    return OrderRecord(
        request=bodies.request_of(body["request"]),
        state=OrderState(row.state or ""),
        execution=None,
        exchange_order_id=None,
        pinned=None,
        reasons=tuple(body["reasons"]),
        body=body["body"],
        changed_at=row.at_ms,
    )


def _news_of(row: Row, body: Mapping[str, Any]) -> Settlement:
    report = body["report"]
    return Settlement(
        row.client_order_id or "",
        OrderState(row.state or ""),
        None if report is None else bodies.report_of(report),
        body["reason"],
    )
