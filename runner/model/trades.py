"""Round trips: a position from its entry to its exit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, overload

from runner.model.orders import ExitReason
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PositionSide(StrEnum):
    """Which way a position is held."""

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> int:
        """1 long, -1 short."""
        return 1 if self is PositionSide.LONG else -1


@dataclass(frozen=True, slots=True)
class OpenPosition:
    """A position that a run left open: since when (UTC ms), at which average, how much (base).

    `traded` is the notional of all its fills so far, in quote currency.
    """

    symbol: str
    side: PositionSide
    entry_time_ms: int
    entry_price: float
    quantity: float
    traded: float


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A position from flat to flat, however many fills built it and took it down.

    Times in UTC milliseconds, prices (averages by quantity), fees, funding and `pnl` (after both)
    in quote currency; fees and funding are negative when received. `quantity` is all that was
    entered, in base currency; `r` is the price move in multiples of the first fill's risk, `None`
    without a stop.
    """

    symbol: str
    side: PositionSide
    entry_time_ms: int
    entry_price: float
    exit_time_ms: int
    exit_price: float
    quantity: float
    fees: float
    funding: float
    pnl: float
    r: float | None
    exit_reason: ExitReason


_REASONS = tuple(ExitReason)


class RoundTrips(Sequence[RoundTrip]):
    """Round trips in columns; one becomes a value when it is looked at.

    A million bars may hold tens of thousands, and a summary reads a few columns of them.
    """

    def __init__(self, symbols: tuple[str, ...], rows: NDArray[np.float64]) -> None:
        """`rows`: one a trip, with the fields of `RoundTrip` in its order.

        They hold the place in `symbols`, the sign of a side, NaN for no `r`, and the place in
        `ExitReason`, counted from 1.
        """
        self._symbols, self._rows = symbols, rows
        self.entry_time_ms, self.entry_price = rows[:, 2], rows[:, 3]
        self.exit_time_ms, self.exit_price = rows[:, 4], rows[:, 5]
        self.quantity, self.pnl, self.r = rows[:, 6], rows[:, 9], rows[:, 10]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RoundTrip]:
        return map(self._value, self._rows.tolist())

    @overload
    def __getitem__(self, at: int) -> RoundTrip: ...
    @overload
    def __getitem__(self, at: slice) -> RoundTrips: ...
    def __getitem__(self, at: int | slice) -> RoundTrip | RoundTrips:
        if isinstance(at, slice):
            return RoundTrips(self._symbols, self._rows[at])
        return self._value(self._rows[at].tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _value(self, row: list[float]) -> RoundTrip:
        symbol, side, entered, entry_price, left, exit_price, *money, r, reason = row
        quantity, fees, funding, pnl = money
        return RoundTrip(
            symbol=self._symbols[int(symbol)],
            side=PositionSide.LONG if side > 0.0 else PositionSide.SHORT,
            entry_time_ms=int(entered),
            entry_price=entry_price,
            exit_time_ms=int(left),
            exit_price=exit_price,
            quantity=quantity,
            fees=fees,
            funding=funding,
            pnl=pnl,
            r=None if r != r else r,
            exit_reason=_REASONS[int(reason) - 1],
        )
