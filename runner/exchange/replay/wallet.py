"""The account: cash, what is held of each symbol, and what resting orders hold back of both."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from runner.core.book import Account, Position, needed
from runner.exchange.replay.matching import Margin
from runner.exchange.replay.orders import NO_LIST, Kind, Order
from runner.exchange.replay.setup import Setup
from runner.exchange.replay.tables import Holding, State
from runner.model.markets import Market, MarketKind
from runner.model.money import decimal_of

DEFAULT_LEVERAGE = 20.0  # Binance's, until another is set


def symbol_id(market: Market) -> str:
    """BTCUSDT of BTC/USDT and of BTC/USDT:USDT."""
    return market.base + market.quote


class Wallet:
    """Cash and positions; `leverage` and `isolated` are the account's settings by symbol."""

    def __init__(self, setup: Setup, state: State | None, holdings: dict[str, Holding]) -> None:
        self.futures = setup.kind is MarketKind.FUTURES
        self.markets = {symbol_id(one.market): one.market for one in setup.symbols}
        self.taker = float(setup.costs.taker_fraction)
        self.account = Account(float(setup.initial) if state is None else state.cash)
        if state is not None:
            self.account.fees, self.account.funding = state.fees, state.funding
        self.positions: dict[str, Position] = {}
        self.leverage: dict[str, float] = {}
        self.isolated: dict[str, bool] = {}
        self.updated_at: dict[str, int] = {}
        for symbol in self.markets:
            self._hold(symbol, holdings.get(symbol))

    def _hold(self, symbol: str, held: Holding | None) -> None:
        grid = self.markets[symbol].quantity
        position = self.positions[symbol] = Position(grid.numerator, grid.denominator)
        self.leverage[symbol] = DEFAULT_LEVERAGE if self.futures else 0.0
        self.isolated[symbol] = False
        self.updated_at[symbol] = 0
        if held is not None:
            position.side, position.quantity = held.side, held.quantity
            position.entry_price, position.margin = held.entry_price, held.margin
            position.funding = held.funding
            self.leverage[symbol], self.isolated[symbol] = held.leverage, bool(held.isolated)
            self.updated_at[symbol] = held.updated_at

    def holding(self, symbol: str) -> Holding:
        """A position as the ledger keeps it."""
        position = self.positions[symbol]
        return Holding(
            symbol,
            position.side,
            position.quantity,
            position.entry_price,
            position.margin,
            position.funding,
            self.leverage[symbol],
            int(self.isolated[symbol]),
            self.updated_at[symbol],
        )

    def margin(self, symbol: str) -> Margin:
        """What liquidates the symbol's position."""
        maintenance = self.markets[symbol].maintenance or Decimal(0)
        return Margin(float(maintenance), self.leverage[symbol])

    def cost(self, symbol: str, notional: float) -> float:
        """What new exposure needs at its fill."""
        return needed(notional, self.taker, self.leverage[symbol])

    def locked_by(self, order: Order) -> float:
        """Quote currency that a resting limit entry holds back; other orders hold none.

        In the order of the core's own reservation (size.cost_of).
        """
        if order.reduces or order.kind not in (Kind.LIMIT, Kind.LIMIT_MAKER):
            return 0.0
        notional, leverage = order.quantity * order.price, self.leverage[order.symbol]
        if leverage > 0.0:
            return notional / leverage + notional * self.taker
        return notional * (1.0 + self.taker)

    def available(self, resting: Iterable[Order]) -> float:
        """Quote currency for new exposure: without margins and without what `resting` locks.

        Added up as the backtest does: symbol by symbol, in file order.
        """
        held = 0.0
        locks = dict.fromkeys(self.positions, 0.0)
        for order in resting:
            locks[order.symbol] = locks[order.symbol] + self.locked_by(order)
        for symbol, position in self.positions.items():
            held = held + position.margin + locks[symbol]
        return self.account.cash - held

    def locked_base(self, symbol: str, resting: Iterable[Order]) -> Decimal:
        """Base currency that sales hold on spot; a list's legs share one quantity."""
        groups = {
            (order.list_id, order.order_id if order.list_id == NO_LIST else 0): order.quantity
            for order in resting
            if order.symbol == symbol and order.reduces
        }
        return sum((decimal_of(quantity) for quantity in groups.values()), Decimal(0))

    def free_base(self, symbol: str, resting: Iterable[Order]) -> Decimal:
        """Base currency that may be sold on spot."""
        held = decimal_of(self.positions[symbol].quantity)
        return held - self.locked_base(symbol, resting)
