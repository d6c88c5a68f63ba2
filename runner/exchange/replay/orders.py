"""Orders, order lists and fills as the embedded exchange keeps them; words are Binance's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NO_LIST = -1


class Kind(StrEnum):
    """`type` of an order; STOP_LOSS is spot's, STOP_MARKET the futures' (a conditional order)."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_MARKET = "STOP_MARKET"

    @property
    def is_stop(self) -> bool:
        """It waits until its price is touched."""
        return self in (Kind.STOP_LOSS, Kind.STOP_MARKET)


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
    `reduces`: it closes what is held (on spot every sale does); `post_only`: never as taker;
    `by_mark`: the stop watches the mark price, which is the bars' own here.
    """

    client_order_id: str
    symbol: str  # BTCUSDT
    side: str  # BUY or SELL
    kind: Kind
    quantity: float
    spend: float = 0.0
    price: float = 0.0
    stop_price: float = 0.0
    reduces: bool = False
    post_only: bool = False
    by_mark: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the ledger; `executed_quote` is quantity × price; times are UTC milliseconds.

    It is looked at in the bars of instant number `active_from` and later ones.
    """

    order_id: int
    list_id: int  # NO_LIST: stands alone
    client_order_id: str
    side: str
    kind: Kind
    status: Status
    symbol: str
    quantity: float
    spend: float
    price: float
    stop_price: float
    reduces: int
    post_only: int
    by_mark: int
    active_from: int
    executed: float
    executed_quote: float
    created_at: int
    updated_at: int

    @staticmethod
    def of(ticket: Ticket, order_id: int, list_id: int, now_ms: int, active_from: int) -> Order:
        """A new order, not filled yet."""
        return Order(
            order_id,
            list_id,
            ticket.client_order_id,
            ticket.side,
            ticket.kind,
            Status.NEW,
            ticket.symbol,
            ticket.quantity,
            ticket.spend,
            ticket.price,
            ticket.stop_price,
            int(ticket.reduces),
            int(ticket.post_only),
            int(ticket.by_mark),
            active_from,
            0.0,
            0.0,
            now_ms,
            now_ms,
        )

    @property
    def sign(self) -> float:
        """1.0 buys, -1.0 sells: as the core writes a side."""
        return 1.0 if self.side == "BUY" else -1.0


@dataclass(frozen=True, slots=True)
class OrderList:
    """A one-cancels-the-other pair."""

    list_id: int
    client_order_id: str
    status: ListStatus
    updated_at: int


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution; `fee` and `realized` (a gain before fees, futures only) in quote currency."""

    trade_id: int
    order_id: int
    symbol: str
    side: str
    price: float
    quantity: float
    fee: float
    realized: float
    maker: int  # 1: rested before it was filled
    at_ms: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Funding of one symbol at one close; `income` in quote currency, negative when paid."""

    payment_id: int
    symbol: str
    income: float
    at_ms: int
