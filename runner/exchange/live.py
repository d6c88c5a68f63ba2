"""An exchange under an audited key: nothing is sent without all three passes in hand.

In: checked orders. Out: what `Client` makes of them. Reads go straight through.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from runner.exchange.balances import Balance
from runner.exchange.client import Client
from runner.exchange.dialect import BarRow
from runner.exchange.keys.audit import AuditedKey
from runner.model.bars import Timeframe
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market
from runner.model.orders import OrderReport, OrderRequest, Outcome, Pinned, Rejected

if TYPE_CHECKING:  # it brings numpy, which no first request needs
    from runner.core.limits import CheckedOrder


class AuditedExchange:
    """The session's exchange. The key's pass is asked for once, here; each order brings its own."""

    def __init__(self, client: Client, key: AuditedKey) -> None:
        self.sign_with(client, key)

    def sign_with(self, client: Client, key: AuditedKey) -> None:
        """From here on this key signs; called between orders, never while one is on its way."""
        if key.venue is not client.venue:
            raise Halt(f"a key audited at `{key.venue}` is for no other venue; nothing was sent")
        self._client = client
        self.key = key
        self.doubted = ""  # what the exchange has said against the key when it refused a write

    async def market(self, symbol: str) -> Market:
        """The rules of one traded market."""
        return await self._client.market(symbol)

    async def bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """Bars from `since_ms` on, oldest first, the forming one included."""
        return await self._client.bars(symbol, timeframe, since_ms, limit)

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[BarRow]:
        """The same of a contract's mark price."""
        return await self._client.mark_bars(symbol, timeframe, since_ms, limit)

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        """A contract's funding rates that were settled since `since_ms`, oldest first."""
        return await self._client.rates(symbol, since_ms)

    async def balances(self) -> Mapping[str, Balance]:
        """Free and locked by currency."""
        return await self._client.balances()

    async def positions(self) -> Mapping[str, Held]:
        """Open positions by symbol; none on spot."""
        return await self._client.positions()

    async def prepare(self, symbol: str, leverage: Decimal) -> None:
        """One-way mode, isolated margin and this leverage; nothing on spot."""
        await self._client.prepare(symbol, leverage)

    async def admit(self, orders: tuple[CheckedOrder, ...]) -> str:
        """Waits for the exchange's limits; why an entry cannot be sent in time, if so."""
        return await self._client.admit(tuple(order.request for order in orders))

    async def submit(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """One order, or on spot a stop and a target of which one cancels the other."""
        requests = tuple(order.request for order in orders)
        return self._heeded(await self._client.submit(requests, pinned))

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""
        requests = tuple(order.request for order in orders)
        return self._heeded(await self._client.cancel(requests, pinned))

    async def order(self, request: OrderRequest) -> OrderReport | None:
        """One order; `None` where the exchange says that it does not exist."""
        return await self._client.order(request)

    async def find(self, request: OrderRequest, since_ms: int) -> OrderReport | None:
        """The same from the list of all orders."""
        return await self._client.find(request, since_ms)

    async def open_orders(self, symbol: str) -> list[OrderReport]:
        """Everything that rests at the symbol."""
        return await self._client.open_orders(symbol)

    async def fundings(self, symbol: str, since_ms: int) -> list[Funding]:
        """Funding paid and received since `since_ms`, oldest first; none on spot."""
        return await self._client.fundings(symbol, since_ms)

    async def liquidations(self, symbol: str, since_ms: int) -> list[OrderReport]:
        """What the exchange itself closed since `since_ms`; none on spot."""
        return await self._client.liquidations(symbol, since_ms)

    def _heeded(self, outcome: Outcome) -> Outcome:
        """The same; a refusal for the key's sake is remembered for whoever audits."""
        if isinstance(outcome, Rejected):
            self.doubted = self._client.key_faults.get(outcome.code, self.doubted)
        return outcome
