"""What a session needs of the world around it: an exchange that answers and a clock that moves.

Live, paper and replay differ in who stands behind these, nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, TypeVar

from runner.exchange.balances import Balance
from runner.model.bars import Timeframe
from runner.model.errors import Unavailable
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market
from runner.model.orders import OrderReport, OrderRequest, Outcome, Pinned
from runner.model.values import dataclass

if TYPE_CHECKING:  # it brings numpy, which no first request needs
    from runner.core.limits import CheckedOrder

T = TypeVar("T")

#: Row of a candle as exchanges tell it: opened_at (UTC ms), open, high, low, close, volume.
CandleRow = tuple[int, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class VenueProfile:
    """What a venue promises about ids and visibility.

    `refuses_ids_for_ever`: a client order id is taken once, so that asking again under the same id
    can only join the first order. `window_ms`: how long a signed request stays good. `knows_end`:
    the past that is replayed has a last bar, at which nothing is decided.
    """

    refuses_ids_for_ever: bool
    window_ms: int
    knows_end: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Where the clock stands: UTC milliseconds; `step` counts its moves.

    `in_bar`: not at a close: in a replay right after a fill that needs protection, live whenever
    it is time to look for fills. `ended`: no bar will follow any more. `timely`: signed requests
    reach the exchange within their window; else nothing new is opened.
    """

    step: int
    now_ms: int
    ended: bool
    in_bar: bool
    timely: bool = True


class Exchange(Protocol):
    """The door to an exchange under an audited key.

    Reads raise `Unavailable` and may be repeated. Writes are sent once and return an `Outcome`.
    """

    async def market(self, symbol: str) -> Market:
        """The rules of one traded market."""

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        """Candles from `since_ms` on, oldest first, the forming one included."""

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        """The same of a contract's mark price; their volume means nothing."""

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""

    async def balances(self) -> Mapping[str, Balance]:
        """Free and locked by currency."""

    async def positions(self) -> Mapping[str, Held]:
        """Open positions by symbol; none on spot."""

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode, isolated margin and this leverage; nothing on spot."""

    async def admit(self, orders: tuple[CheckedOrder, ...]) -> str:
        """Waits until the exchange's limits let the next `submit` through.

        Why not, where an entry would be too late; everything else raises Unavailable then.
        """

    async def submit(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """One order, or on spot a stop and a target of which one cancels the other."""

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order; `None` where the exchange says that it does not exist."""

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same from a second source: the list of all orders since `since_ms`."""

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol."""

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first; none on spot."""

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """What the exchange itself closed since `since_ms`; none on spot."""


class World(Protocol):
    """Clock and repair."""

    @property
    def profile(self) -> VenueProfile:
        """What the venue promises."""

    def now_ms(self) -> int:
        """The clock that signs requests, UTC milliseconds."""

    async def look(self) -> Tick:
        """Where the clock stands, without moving it."""

    async def advance(self, after: Tick) -> Tick:
        """Waits for the next close, or the next fill that needs protection, after `after`."""

    def halt(self, reason: str) -> bool:
        """A person must look. Live that is journaled and told, and exits go on: true where it is
        news. In a replay it ends the run: raises Halt.
        """

    def warn(self, text: str) -> None:
        """A person should know; live it is told once, a replay's result states its assumptions."""

    async def restore(self, attempt: int) -> None:
        """After `Unavailable`: waits or repairs before read number `attempt + 1`."""


#: Reads and re-attempts before giving up; each waits or repairs through `World.restore`.
PATIENCE = 8


async def read(world: World, ask: Callable[[], Awaitable[T]]) -> T:
    """A read, repeated while the exchange is away; in the end its own `Unavailable`."""
    for attempt in range(PATIENCE):
        try:
            return await ask()
        except Unavailable:
            await world.restore(attempt)
    return await ask()
