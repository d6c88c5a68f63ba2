"""What a run leaves behind, the same for a backtest and a replay: orders, equity, assumptions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runner.model.orders import OrderState, OrderType, Purpose, Side
from runner.model.trades import OpenPosition, RoundTrips
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order of a result. Money is quote currency, `quantity` base currency; times UTC ms.

    `price` is the average fill, else the price it rests at, else `None`; `filled_at` is `None`
    unless filled; `bar_opened_at` is the bar of the fill.
    """

    client_order_id: str
    decided_at: int
    symbol: str
    side: Side
    type: OrderType
    purpose: Purpose
    price: Decimal | None
    quantity: Decimal
    fee: Decimal
    status: OrderState
    filled_at: int | None
    bar_opened_at: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataUsed:
    """Which bars a result was made from; `sha256` is of their content."""

    symbol: str
    timeframe: str
    from_ms: int
    to_ms: int
    bars: int
    gaps: int
    missing: int
    sha256: str
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a report needs; money is quote currency, times UTC milliseconds.

    `closed_at` and `equity` have one element per instant at which a bar of any symbol closed;
    `close` has each symbol's own instants and closes, in the order of `symbols`. `orders` is empty
    in a summary; `trades`, `denied`, fees, funding and equity are always whole. `funding` is what
    was paid, negative when received. `halted` says which protection stopped the run for a person to
    resume; nothing was entered after it.
    """

    strategy: str
    digest: str
    params: tuple[tuple[str, float], ...]
    environment: str
    seed: int | None
    symbols: tuple[str, ...]  # in file order
    data: tuple[DataUsed, ...]
    assumptions: tuple[str, ...]
    initial: float
    fees: float
    funding: float
    closed_at: NDArray[np.int64]
    equity: NDArray[np.float64]
    close: tuple[tuple[NDArray[np.int64], NDArray[np.float64]], ...]
    orders: tuple[OrderLine, ...]
    trades: RoundTrips  # in order of their exits
    still_open: tuple[OpenPosition, ...]
    denied: int  # orders, each once however many limits denied it
    halted: str | None
