"""The exchange itself: one account on all symbols of a run, filled by the core's own arithmetic.

In: tickets, cancels, settings. Out: orders and fills, committed to the ledger before anything
returns. Moving the clock is `play.py`'s. What both share is here: the books, and how an order is
accepted, filled and ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from runner.core.book import bankruptcy_price, enter, leave
from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.orders import (
    NO_LIST,
    Fill,
    Kind,
    ListStatus,
    Order,
    Status,
    Ticket,
)
from runner.exchange.replay.refusal import Refusal, insufficient, too_small
from runner.exchange.replay.setup import Setup
from runner.exchange.replay.tables import EventKind, State
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.timeline import After, Phase, Timeline
from runner.exchange.replay.wallet import Wallet
from runner.model.markets import Market
from runner.model.money import text_of


class Venue:
    """Holds the clock, the account and what rests; everything it changes is in the ledger first."""

    def __init__(self, setup: Setup, tapes: tuple[Tape, ...], ledger: Ledger) -> None:
        self.setup = setup
        self.ledger = ledger
        self.timeline = Timeline(tapes)
        state = ledger.state()
        self.wallet = Wallet(setup, state, ledger.holdings())
        self.symbols = tuple(self.wallet.markets)  # in file order
        self._resting = {order.order_id: order for order in ledger.open_orders()}
        if state is None:
            with ledger.changes():
                self.save()
        else:
            self._resume(state)

    def _resume(self, state: State) -> None:
        clock = self.timeline
        clock.step, clock.in_bar = state.step, bool(state.in_bar)
        clock.after = After(state.after)
        clock.symbol, clock.phase = state.symbol, Phase(state.phase)
        clock.stand(state.instant)

    @property
    def now_ms(self) -> int:
        """The simulated time."""
        return self.timeline.now_ms

    @property
    def resting(self) -> list[Order]:
        """Open orders of all symbols, oldest first."""
        return list(self._resting.values())

    @property
    def available(self) -> float:
        """Quote currency for new exposure."""
        return self.wallet.available(self.resting)

    def market(self, symbol: str) -> Market:
        """The rules of a symbol."""
        return self.wallet.markets[symbol]

    def tape(self, symbol: str) -> Tape:
        """The bars of a symbol."""
        return self.timeline.tapes[self.symbols.index(symbol)]

    def free(self, symbol: str) -> Decimal:
        """Base currency of the symbol that may be sold on spot."""
        return self.wallet.free_base(symbol, self.resting)

    def rests(self, order: Order) -> bool:
        """It has not ended."""
        return order.order_id in self._resting

    def made_up_id(self, purpose: str) -> str:
        """An id for a request that brought none; the same at every repetition of the run."""
        number = self.ledger.next_id("orders", "order_id")
        key = f"{self.setup.seed}:{purpose}:{number}"
        return sha256(key.encode()).hexdigest()[:22]

    def accept(self, ticket: Ticket, list_id: int, active_from: int) -> Order:
        """A new order, in the ledger and among what rests."""
        number = self.ledger.next_id("orders", "order_id")
        order = Order.of(ticket, number, list_id, self.now_ms, active_from)
        self.ledger.save_order(order)
        self._resting[order.order_id] = order
        self.event(EventKind.ORDER, order)
        return order

    def refusal_of(
        self, order: Order | Ticket, quantity: float, price: float, others: Iterable[Order]
    ) -> Refusal | None:
        """Why an entry cannot fill; `others` are the resting orders that lock before it."""
        wallet, market = self.wallet, self.market(order.symbol)
        notional = quantity * price
        if quantity <= 0.0 or quantity < float(market.minimum_quantity):
            return Refusal(-1013, "Filter failure: LOT_SIZE")
        if notional < float(market.minimum_notional):
            return too_small(self.setup.kind, text_of(market.minimum_notional))
        if not wallet.cost(order.symbol, notional) <= wallet.available(others):
            return insufficient(self.setup.kind)
        return None

    def fill(self, order: Order, quantity: float, price: float, at_ms: int, maker: bool) -> Order:
        """Books a whole order; what reduces never exceeds what is held. Its sibling expires."""
        costs = self.setup.costs
        fraction = float(costs.maker_fraction if maker else costs.taker_fraction)
        if order.reduces:
            quantity = min(quantity, self.wallet.positions[order.symbol].quantity)
        filled = self._book(order, quantity, price, fraction, at_ms, maker)
        self._end_sibling(filled)
        return filled

    def liquidate(self, symbol: str, at_ms: int) -> None:
        """Takes a whole position: at the price where all of its margin is lost, without a fee."""
        position = self.wallet.positions[symbol]
        price, side = bankruptcy_price(position), "SELL" if position.side > 0.0 else "BUY"
        name = f"autoclose-{at_ms}-{self.ledger.next_id('orders', 'order_id')}"
        quantity = position.quantity
        ticket = Ticket(name, symbol, side, Kind.LIMIT, quantity, price=price, reduces=True)
        order = self.accept(ticket, NO_LIST, self.timeline.instant + 1)
        self.event(EventKind.LIQUIDATION, order)
        self._book(order, quantity, price, 0.0, at_ms, maker=False)

    def _book(
        self, order: Order, quantity: float, price: float, fee: float, at_ms: int, maker: bool
    ) -> Order:
        """The core moves the money, at a fee fraction; order and fill are in the ledger then."""
        wallet, symbol = self.wallet, order.symbol
        position, leverage = wallet.positions[symbol], wallet.leverage[symbol]
        realized, paid = 0.0, quantity * price * fee
        if order.reduces:
            if wallet.futures:
                realized = position.side * quantity * (price - position.entry_price)
            leave(wallet.account, position, quantity, price, paid, leverage)
        else:
            enter(wallet.account, position, order.sign, quantity, price, paid, leverage)
        wallet.updated_at[symbol] = at_ms
        number = self.ledger.next_id("fills", "trade_id")
        self.ledger.add_fill(
            Fill(
                number, order.order_id, symbol, order.side, price, quantity, paid, realized,
                int(maker), at_ms,
            )
        )  # fmt: skip
        filled = self._filled(order, quantity, price, at_ms)
        held = position.side * position.quantity
        self.event(EventKind.FILL, filled, price=price, fee=paid, executed=quantity, held=held)
        return filled

    def _filled(self, order: Order, quantity: float, price: float, at_ms: int) -> Order:
        self._resting.pop(order.order_id, None)
        filled = replace(
            order,
            status=Status.FILLED,
            quantity=quantity if order.spend else order.quantity,
            executed=quantity,
            executed_quote=quantity * price,
            updated_at=at_ms,
        )
        self.ledger.save_order(filled)
        return filled

    def _end_sibling(self, order: Order) -> None:
        if order.list_id == NO_LIST:
            return
        for leg in self.ledger.orders_of(order.list_id):
            if self.rests(leg):
                self.end(leg, Status.EXPIRED, order.updated_at)
        self.close_list(order.list_id, order.updated_at)

    def end(self, order: Order, status: Status, at_ms: int) -> Order:
        """An order ends without a fill."""
        self._resting.pop(order.order_id, None)
        ended = replace(order, status=status, updated_at=at_ms)
        self.ledger.save_order(ended)
        self.event(EventKind.CANCEL if status is Status.CANCELED else EventKind.EXPIRE, ended)
        return ended

    def close_list(self, list_id: int, at_ms: int) -> None:
        """None of its legs rests any more."""
        pair = self.ledger.order_list(list_id)
        if pair is not None:
            self.ledger.save_list(replace(pair, status=ListStatus.ALL_DONE, updated_at=at_ms))

    def event(self, kind: EventKind, order: Order, **more: Any) -> None:
        """A line about an order."""
        detail = {
            "order_id": order.order_id,
            "client_order_id": order.client_order_id,
            "side": order.side,
            "type": order.kind,
            "quantity": order.quantity,
            "stop_price": order.stop_price,
            "reduces": bool(order.reduces),
        }
        self.note(kind, order.symbol, order.updated_at, detail | more)

    def note(self, kind: EventKind, symbol: str, at_ms: int, detail: dict[str, Any]) -> None:
        """A line of the event log."""
        self.ledger.add_event(self.timeline.step, at_ms, kind, symbol, detail)

    def save(self) -> None:
        """Clock, account and positions as they are now; within `ledger.changes`."""
        clock, account = self.timeline, self.wallet.account
        self.ledger.save_state(
            State(
                clock.step,
                clock.instant,
                int(clock.in_bar),
                int(clock.after),
                clock.symbol,
                int(clock.phase),
                account.cash,
                account.fees,
                account.funding,
            )
        )
        for symbol in self.symbols:
            self.ledger.save_holding(self.wallet.holding(symbol))
