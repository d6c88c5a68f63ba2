"""Orders, order lists and fills as the embedded exchange keeps them; words are Binance's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NO_LIST = -1


class Kind(StrEnum):
    """`type` of an order."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"


class Status(StrEnum):
    """`status` of an order; fills are whole, so there is no partial one."""

    NEW = "NEW"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class ListStatus(StrEnum):
    """`listOrderStatus` of an order list."""

    EXECUTING = "EXECUTING"
    ALL_DONE = "ALL_DONE"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A new order, within the market's filters; what does not apply to its kind is 0.0.

    `quantity` in base, `spend` in quote currency, `price` of a limit and `stop_price` of a stop.
    """

    client_order_id: str
    side: str  # BUY or SELL
    kind: Kind
    quantity: float
    spend: float
    price: float
    stop_price: float


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the ledger; `executed_quote` is quantity × price; times are UTC milliseconds."""

    order_id: int
    list_id: int  # NO_LIST: stands alone
    client_order_id: str
    side: str
    kind: Kind
    status: Status
    quantity: float
    spend: float
    price: float
    stop_price: float
    executed: float
    executed_quote: float
    created_at: int
    updated_at: int

    @staticmethod
    def of(ticket: Ticket, order_id: int, list_id: int, now_ms: int) -> Order:
        """A new order, not filled yet."""
        return Order(
            order_id,
            list_id,
            ticket.client_order_id,
            ticket.side,
            ticket.kind,
            Status.NEW,
            ticket.quantity,
            ticket.spend,
            ticket.price,
            ticket.stop_price,
            0.0,
            0.0,
            now_ms,
            now_ms,
        )


@dataclass(frozen=True, slots=True)
class OrderList:
    """A one-cancels-the-other pair."""

    list_id: int
    client_order_id: str
    status: ListStatus
    updated_at: int


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution; `fee` in quote currency."""

    trade_id: int
    order_id: int
    side: str
    price: float
    quantity: float
    fee: float
    maker: int  # 1: rested before it was filled
    at_ms: int
