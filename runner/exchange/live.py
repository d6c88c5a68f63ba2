"""An exchange under an audited key: nothing is sent without all three passes in hand.

In: checked orders. Out: what `Client` makes of them. Reads go straight through.
"""

from __future__ import annotations

from collections.abc import Mapping

from runner.core.limits import CheckedOrder
from runner.exchange.balances import Balance
from runner.exchange.binance.markets import BarRow
from runner.exchange.client import Client
from runner.exchange.keys.audit import AuditedKey
from runner.model.bars import Timeframe
from runner.model.markets import Market
from runner.model.orders import OrderReport, Outcome, Pinned


class AuditedExchange:
    """The session's exchange. The key's pass is asked for once, here; each order brings its own."""

    def __init__(self, client: Client, key: AuditedKey) -> None:
        self._client = client
        self.key = key

    async def market(self) -> Market:
        """The rules of the traded market."""
        return await self._client.market()

    async def bars(self, timeframe: Timeframe, since_ms: int, limit: int) -> list[BarRow]:
        """Bars from `since_ms` on, oldest first, the forming one included."""
        return await self._client.bars(timeframe, since_ms, limit)

    async def balances(self) -> Mapping[str, Balance]:
        """Free and locked by currency."""
        return await self._client.balances()

    async def submit(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """One order, or a stop and a target of which one cancels the other."""
        return await self._client.submit(tuple(order.request for order in orders), pinned)

    async def cancel(self, orders: tuple[CheckedOrder, ...], pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""
        return await self._client.cancel(tuple(order.request for order in orders), pinned)

    async def order(self, client_order_id: str) -> OrderReport | None:
        """One order; `None` where the exchange says that it does not exist."""
        return await self._client.order(client_order_id)

    async def find(self, client_order_id: str, since_ms: int) -> OrderReport | None:
        """The same from the list of all orders."""
        return await self._client.find(client_order_id, since_ms)

    async def open_orders(self) -> list[OrderReport]:
        """Everything that rests."""
        return await self._client.open_orders()
