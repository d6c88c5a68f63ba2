"""What one call to an exchange was and what came of it, for the audit log."""

from __future__ import annotations

from enum import StrEnum

from runner.model.values import dataclass

#: What a call is for: to ask, to set up a contract, to place, to take back, to ask about the key.
VERBS = ("read", "prepare", "submit", "cancel", "audit")

#: Calls that may change something at the exchange.
WRITES = frozenset({"prepare", "submit", "cancel"})


class CallOutcome(StrEnum):
    """What came of a call, as far as its answer tells."""

    ANSWERED = "answered"  # a question, answered
    ACCEPTED = "accepted"  # a write that was carried out
    REJECTED = "rejected"  # the exchange said no, and nothing happened
    UNKNOWN = "unknown"  # a write without a clear answer
    FAILED = "failed"  # a question without an answer


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order that a reading of orders has shown, whoever placed it."""

    client_order_id: str
    exchange_order_id: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call under a key. Nothing secret is in it: no query, no body, no key.

    `key`: the first 16 hexadecimal digits of the SHA-256 of the API key. `market`: our symbol
    where this account trades it, else the exchange's name. `weight`: what the answer's headers
    told of limits. `status`: HTTP; `None`: no answer. `code`: the exchange's own; empty: none.
    """

    at_ms: int  # when it left, UTC, by the clock that signs
    latency_ms: int
    exchange: str
    venue: str
    key: str
    verb: str
    method: str
    host: str
    path: str
    market: str
    client_order_ids: tuple[str, ...]
    exchange_order_ids: tuple[str, ...]
    shown: tuple[ShownOrder, ...]
    outcome: CallOutcome
    status: int | None
    code: str
    weight: tuple[tuple[str, int], ...]
