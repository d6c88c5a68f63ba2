"""Orders: what is asked for, the states it goes through, and what came of it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from runner.model.values import dataclass


class Side(StrEnum):
    """Direction of an order."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order waits; `stop` is a market order once its price is touched."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


class Purpose(StrEnum):
    """Why an order was sent. Protective orders and exits meet no entry limit."""

    ENTRY = "entry"
    ADD = "add"
    EXIT = "exit"
    PROTECT = "protect"


#: Purposes that open or add.
OPENING = frozenset({Purpose.ENTRY, Purpose.ADD})


class ExitReason(StrEnum):
    """What ended a round trip."""

    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"
    TRAILING_STOP = "trailing_stop"
    BREAK_EVEN = "break_even"
    TIME_STOP = "time_stop"
    SESSION_END = "session_end"
    RULE = "rule"
    REVERSAL = "reversal"
    LIQUIDATION = "liquidation"
    PROTECTION = "protection"
    MANUAL = "manual"


class OrderState(StrEnum):
    """States of DESIGN "Orders"; the transitions are `TRANSITIONS`."""

    INTENDED = "intended"
    DENIED = "denied"
    SENDING = "sending"
    ACCEPTED = "accepted"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NEVER_ARRIVED = "never_arrived"


S = OrderState
_SEEN = frozenset({S.ACCEPTED, S.PARTIALLY_FILLED, S.FILLED, S.CANCELED, S.EXPIRED, S.REJECTED})

# From each state, the states that may follow. A revival after `never_arrived` halts the account;
# `sending` may follow it only where the venue refuses an id for ever (the embedded exchange).
# `intended → expired`: the instant it was decided for has passed before it could be sent.
# `intended → filled`: the exchange itself closed the position; nobody sent it.
TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    S.INTENDED: frozenset({S.DENIED, S.SENDING, S.EXPIRED, S.FILLED}),
    S.SENDING: _SEEN | {S.UNKNOWN},
    S.UNKNOWN: _SEEN | {S.NEVER_ARRIVED},
    S.NEVER_ARRIVED: _SEEN | {S.SENDING},
    S.ACCEPTED: _SEEN - {S.ACCEPTED, S.REJECTED},
    S.PARTIALLY_FILLED: _SEEN - {S.ACCEPTED, S.REJECTED},
    S.DENIED: frozenset(),
    S.FILLED: frozenset(),
    S.CANCELED: frozenset(),
    S.EXPIRED: frozenset(),
    S.REJECTED: frozenset(),
}

#: States from which nothing follows.
ENDED = frozenset(state for state, following in TRANSITIONS.items() if not following)


@dataclass(frozen=True, slots=True)
class Execution:
    """What has been filled of an order so far, summed over its fills.

    `price` is the average in quote currency, `fee` in quote currency, `at_ms` the last fill's time.
    """

    quantity: Decimal
    price: Decimal
    fee: Decimal
    at_ms: int


@dataclass(frozen=True, slots=True)
class OrderReport:
    """One order as the exchange tells it."""

    client_order_id: str
    exchange_order_id: str
    symbol: str
    side: Side
    state: OrderState  # accepted, partially_filled, filled, canceled, expired or rejected
    execution: Execution | None


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order as we want it; what does not apply to its type is `None`.

    `quantity` in base currency, `spend` in quote currency (market buys sized at the fill, fee
    included), `price` of a limit order and `stop_price` of a stop order in quote currency.
    `decided_at` is the close of the decision's bar, UTC milliseconds.
    """

    client_order_id: str
    symbol: str
    side: Side
    type: OrderType
    purpose: Purpose
    quantity: Decimal | None
    spend: Decimal | None
    price: Decimal | None
    stop_price: Decimal | None
    decided_at: int
    reduce_only: bool = False  # on futures: exits and protective orders
    post_only: bool = False
    trigger_by_mark: bool = False  # a stop of futures: mark price instead of last price


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a request is signed with; written in the `sending` row before it leaves.

    A process that was paused cannot send a fresh request later: after `timestamp_ms + window_ms`
    by the exchange's clock the exchange refuses it.
    """

    timestamp_ms: int
    window_ms: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The exchange has the orders of the request, one report each, in the request's order."""

    reports: tuple[OrderReport, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The exchange said no, and nothing happened; `code` and `reason` are its own."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened; `reason` says what was seen instead of an answer."""

    reason: str


Outcome = Accepted | Rejected | Unknown
