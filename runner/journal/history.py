"""All that the rows of a journal tell, folded into what a session asks for.

The same fold is built row by row while writing and from the whole file when opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from runner.journal import bodies
from runner.journal.auditline import Mark
from runner.journal.entries import news_of, order_of
from runner.journal.events import GENESIS, Kind, Row
from runner.journal.orders import OPEN, UNSETTLED, OrderRecord, sent, settled
from runner.journal.positions import (
    Holding,
    Position,
    after_fill,
    fill_between,
    position_of,
)
from runner.model.errors import Abandon
from runner.model.orders import OrderState, Purpose
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Settled:
    """One order before and after something became known of it."""

    before: OrderRecord
    after: OrderRecord


@dataclass(frozen=True, slots=True)
class Funded:
    """Funding that a position was charged; `paid` in quote currency, negative when received."""

    symbol: str
    at_ms: int
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Word:
    """What a person asked for, and when it was taken up (UTC ms); the run's first is number 1.

    A `halt` with an argument was the runner's own: the argument is its reason.
    """

    verb: str
    argument: str
    at_ms: int
    number: int


@dataclass(frozen=True, slots=True)
class Missed:
    """So many instants, both ends included (UTC ms), will never be decided."""

    from_ms: int
    until_ms: int
    count: int


Event = Settled | Funded | Word


class History:
    """What is known of a run; `Journal.read` gives it to whoever only looks."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._seq = 0
        self._hash = GENESIS
        self._epoch = 0
        self._identity: dict[str, str] = {}
        self._digest = self._state_digest = ""
        self._signer = ("", "")
        self._anchor: int | None = None
        self._decided: set[int] = set()
        self._decided_at: int | None = None
        self._handled_at: int | None = None
        self._summary: dict[str, Any] | None = None
        self._orders: dict[str, OrderRecord] = {}  # in order of intention
        self._living: dict[str, None] = {}  # ids of orders that have not ended, in the same order
        self._holdings: dict[str, Holding] = {}  # by symbol
        self._state: Mapping[str, Any] | None = None
        self._living_at_state: tuple[str, ...] = ()
        self._events: list[Event] = []  # since the newest decided instant
        self._folded = 0  # of these so many are in the state
        self._fundings: list[Funded] = []
        self._missed: list[Missed] = []
        self._words: list[Word] = []
        self._heard: set[str] = set()  # ids of requests
        self._trace: Mapping[str, Any] = {}
        self._vouched: Mark | None = None
        for row in rows:
            self.add(row)

    def identity(self) -> Mapping[str, str]:
        """What the run is; empty before `identify`."""
        return self._identity

    def epoch(self) -> int:
        """The newest lease; 0 before the first."""
        return self._epoch

    def signer(self) -> tuple[str, str]:
        """Which key signs, by its fingerprint, and of which account; empty where not known."""
        return self._signer

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
        """The newest instant of which all is done, or that was missed, UTC milliseconds."""
        return self._handled_at

    def misses(self) -> list[Missed]:
        """What came too late to be decided, in order."""
        return list(self._missed)

    def reached(self) -> int | None:
        """The newest instant that was decided or of which all is done, UTC milliseconds."""
        known = [one for one in (self._handled_at, self._decided_at) if one is not None]
        return max(known, default=None)

    def state(self) -> Mapping[str, Any] | None:
        """All that was remembered when the newest instant was decided, or at an edit since."""
        return self._state

    def living_at_state(self) -> tuple[str, ...]:
        """Orders that had not ended when `state` was written, in order of intention."""
        return self._living_at_state

    def events(self) -> list[Event]:
        """What became known since, in order: applied to `state` it is the present."""
        return self._events[self._folded :]

    def events_since_decided(self) -> list[Event]:
        """What became known since the newest decided instant, in order, whatever was edited."""
        return list(self._events)

    def fundings(self) -> list[Funded]:
        """All funding that was charged, in order."""
        return list(self._fundings)

    def funded_at(self, symbol: str) -> int | None:
        """The newest funding of a symbol, UTC milliseconds."""
        times = (one.at_ms for one in reversed(self._fundings) if one.symbol == symbol)
        return next(times, None)

    def words(self) -> list[Word]:
        """Everything that a person asked for, in order."""
        return list(self._words)

    def halts(self) -> list[str]:
        """Why nothing new is opened: the runner's own reasons, each empty where a person said so.

        Empty: it is not halted, or a person has resumed since.
        """
        reasons: list[str] = []
        for word in self._words:
            if word.verb == "resume":
                reasons.clear()
            elif word.verb in ("halt", "flatten"):
                reasons.append(word.argument)
        return reasons

    def digest(self) -> str:
        """Of the rule file at the newest start; empty where an older runner wrote it."""
        return self._digest

    def is_edited(self) -> bool:
        """The rule file was another one when the newest state was written."""
        return self._state_digest not in ("", self._digest)

    def was_heard(self, request_id: str) -> bool:
        """A request counts already."""
        return request_id in self._heard

    def trace(self) -> Mapping[str, Any]:
        """What was journaled beside the newest decisions; fractions as text."""
        return self._trace

    def vouched(self) -> Mark | None:
        """The newest line of the audit log that is known to be on the disk."""
        return self._vouched

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

    def add(self, row: Row) -> None:
        """Know one row more."""
        body = bodies.read(row.body)
        match row.kind:
            case Kind.HANDLED:
                self._handled_at = body["instant_ms"]
            case Kind.MISSED:
                self._handled_at = body["until_ms"]
                self._missed.append(Missed(body["from_ms"], body["until_ms"], body["count"]))
            case Kind.DECIDED:
                self._decided_at = body["instant_ms"]
                self._decided.add(body["instant_ms"])
                self._trace = body["trace"]
                if "state" in body["trace"]:
                    self._events = []
                    self._begin_with(body["trace"]["state"])
            case Kind.EDITED:
                self._begin_with(body["state"])
            case Kind.FUNDED:
                self._fundings.append(Funded(body["symbol"], body["at_ms"], Decimal(body["paid"])))
                self._events.append(self._fundings[-1])
            case Kind.OPERATOR:
                number = len(self._words) + 1
                word = Word(body["verb"], body["argument"], row.at_ms, number)
                self._heard.add(body["id"])
                self._words.append(word)
                self._events.append(word)
            case Kind.INTENDED | Kind.DENIED:
                self._remember(order_of(row, body))
            case Kind.SENDING:
                record = self.expected(row.client_order_id)
                self._remember(sent(record, bodies.pinned_of(body), row.at_ms))
            case Kind.SETTLED:
                record = self.expected(row.client_order_id)
                self._settle(record, settled(record, news_of(row, body), row.at_ms))
            case Kind.AUDITED:
                self._vouched = Mark(body["seq"], body["hash"])
            case Kind.IDENTITY:
                self._identity = body
                self._digest = body.get("file_digest", self._digest)
            case Kind.KEY:
                self._signer = (body["key"], body["account"])
            case Kind.ANCHOR:
                self._anchor = body["opened_at_ms"]
            case Kind.FINISHED:
                self._summary = body
            case Kind.LEASE:  # the epoch is told by the column
                self._digest = body.get("digest", self._digest)
            case _:
                raise Abandon(
                    f"journal row {row.seq} is `{row.kind}`: use the runner that wrote it"
                )
        self._seq, self._hash, self._epoch = row.seq, row.hash, row.epoch

    def _begin_with(self, state: Mapping[str, Any]) -> None:
        """From here on the past is told by this state and by what is added to it."""
        self._state, self._folded = state, len(self._events)
        self._state_digest = self._digest
        self._living_at_state = tuple(self._living)

    def _settle(self, before: OrderRecord, after: OrderRecord) -> None:
        self._events.append(Settled(before, after))
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
        """An order that must be there; raises Abandon where it is not."""
        record = self._orders.get(client_order_id or "")
        if record is None:
            raise Abandon(
                f"order `{client_order_id}` is not in the journal: keep entries stopped and look "
                "it up at the exchange"
            )
        return record
