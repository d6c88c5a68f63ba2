"""The exchange itself: one account on one market, filled by the core's own arithmetic.

In: tickets, cancels, and the order to move the clock. Out: orders and fills, committed to the
ledger before anything returns. Fills are those of `core.fill` and `core.book`, in the backtest's
order: market orders as they arrive at the next bar's open, then what rests, over that bar's range.

Decisions of ours where Binance does otherwise:
- a stop or limit that the next open already touches is accepted and fills at that open;
- a client order id is refused for ever, also after its order has ended;
- NOTIONAL is asked of purchases only: what sells a position is never refused for being small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

from runner.core.book import Account, Position, buy, sell
from runner.core.fill import market_buy_price, market_sell_price, quantity_for
from runner.exchange.replay.ledger import EventKind, Ledger, State
from runner.exchange.replay.orders import (
    NO_LIST,
    Fill,
    Kind,
    ListStatus,
    Order,
    OrderList,
    Status,
    Ticket,
)
from runner.exchange.replay.refusal import Refusal, filter_failure, insufficient_balance
from runner.exchange.replay.resting import Touch, protections, touches
from runner.exchange.replay.setup import Setup
from runner.exchange.replay.tape import Tape
from runner.model.money import decimal_of


class Venue:
    """Holds the account and what rests; everything it changes is in the ledger first."""

    def __init__(self, setup: Setup, tape: Tape, ledger: Ledger) -> None:
        self.setup = setup
        self.tape = tape
        self.ledger = ledger
        state = ledger.state() or State(-1, float(setup.initial), 0.0, 0.0, 0.0)
        tape.index = state.bar
        self.account = Account(state.cash)
        self.account.fees = state.fees
        self.position = Position()
        self.position.quantity = state.quantity
        self.position.entry_price = state.entry_price
        self._resting = {order.order_id: order for order in ledger.open_orders()}
        if ledger.state() is None:
            with ledger.changes():
                self._save()

    @property
    def resting(self) -> list[Order]:
        """Open orders, oldest first."""
        return list(self._resting.values())

    @property
    def locked(self) -> Decimal:
        """Base currency that resting orders hold; a list's legs share one quantity."""
        groups = protections(self.resting)
        return sum((decimal_of(group.quantity) for group in groups), Decimal(0))

    @property
    def free(self) -> Decimal:
        """Base currency that may be sold."""
        return decimal_of(self.position.quantity) - self.locked

    def advance(self, after_ms: int) -> None:
        """Plays bars up to the first close after `after_ms`; nothing where that has passed."""
        start = self.tape.index
        while self.tape.now_ms <= after_ms and not self.tape.ended:
            self._play()
        if self.tape.index < 0 and not self.tape.ended:
            self._play()
        if self.tape.index != start:
            self.ledger.move_clock(self.tape.index)

    def _play(self) -> None:
        """The next bar against what rests."""
        bar = self.tape.bar(self.tape.index + 1)
        touched = touches(self.resting, bar)
        if not touched:
            self.tape.index += 1
            return
        with self.ledger.changes():
            for touch in touched:
                self._protect(touch)
            self.tape.index += 1
            self._save()

    def trade(self, ticket: Ticket) -> tuple[Order, list[Fill]]:
        """A market order, filled at once and whole at the next bar's open."""
        self._refuse_used(ticket.client_order_id)
        bar = self.tape.next_bar()
        if bar is None:
            raise Refusal(-1013, "Market is closed.")
        if ticket.side == "BUY":
            price = market_buy_price(bar.open, float(self.setup.costs.slippage_fraction))
            quantity = self._affordable(ticket, price)
        else:
            price = market_sell_price(bar.open, float(self.setup.costs.slippage_fraction))
            quantity = self._held(ticket)
        with self.ledger.changes():
            order = self._accept(replace(ticket, quantity=quantity), NO_LIST)
            self._event(EventKind.ORDER, order)
            order, fill = self._fill(order, price, self._taker, bar.opened_at, maker=False)
            self._save()
        return order, [fill]

    def rest(self, ticket: Ticket) -> Order:
        """A single stop or limit sale, looked at from the next bar on."""
        self._refuse_used(ticket.client_order_id)
        self._held(ticket)
        with self.ledger.changes():
            order = self._accept(ticket, NO_LIST)
            self._event(EventKind.ORDER, order)
        return order

    def rest_pair(self, list_name: str, legs: Sequence[Ticket]) -> tuple[OrderList, list[Order]]:
        """A stop and a limit of which one cancels the other."""
        for ticket in legs:
            self._refuse_used(ticket.client_order_id)
        if self.ledger.list_named(list_name) or len({leg.client_order_id for leg in legs}) == 1:
            raise Refusal(-2010, "Duplicate order sent.")
        self._held(legs[0])
        with self.ledger.changes():
            list_id = self.ledger.next_id("lists", "list_id")
            pair = OrderList(list_id, list_name, ListStatus.EXECUTING, self.tape.now_ms)
            self.ledger.save_list(pair)
            orders = [self._accept(ticket, list_id) for ticket in legs]
            detail = {"list_id": list_id, "client_order_id": list_name}
            self.ledger.add_event(self.tape.now_ms, EventKind.ORDER_LIST, detail)
            for order in orders:
                self._event(EventKind.ORDER, order)
        return pair, orders

    def cancel(self, order: Order) -> list[Order]:
        """Ends a resting order, or the whole list it belongs to; in the order of their ids."""
        if order.order_id not in self._resting:
            raise Refusal(-2011, "Unknown order sent.")
        legs = [order] if order.list_id == NO_LIST else self.ledger.orders_of(order.list_id)
        with self.ledger.changes():
            ended = [self._end(leg, Status.CANCELED, self.tape.now_ms) for leg in legs]
            for leg in ended:
                self._event(EventKind.CANCEL, leg)
            self._close_list(order.list_id, self.tape.now_ms)
        return ended

    def made_up_id(self, purpose: str) -> str:
        """An id for a request that brought none; the same at every repetition of the run."""
        number = self.ledger.next_id("orders", "order_id")
        key = f"{self.setup.seed}:{purpose}:{number}"
        return sha256(key.encode()).hexdigest()[:22]

    @property
    def _taker(self) -> float:
        return float(self.setup.costs.taker_fraction)

    def _affordable(self, ticket: Ticket, price: float) -> float:
        """The quantity a purchase gets, within cash and minimums; as the backtest asks it."""
        market = self.setup.market
        quantity, grid = ticket.quantity, market.quantity
        if ticket.spend:
            quantity = quantity_for(
                ticket.spend, price, self._taker, grid.numerator, grid.denominator
            )
        notional = quantity * price
        if quantity <= 0.0 or quantity < float(market.minimum_quantity):
            raise filter_failure("LOT_SIZE")
        if notional < float(market.minimum_notional):
            raise filter_failure("NOTIONAL")
        if not notional + notional * self._taker <= self.account.cash:
            raise insufficient_balance()
        return quantity

    def _held(self, ticket: Ticket) -> float:
        if decimal_of(ticket.quantity) > self.free:
            raise insufficient_balance()
        return ticket.quantity

    def _refuse_used(self, client_order_id: str) -> None:
        if self.ledger.order_named(client_order_id) is not None:
            raise Refusal(-2010, "Duplicate order sent.")

    def _protect(self, touch: Touch) -> None:
        """One leg fills, the other expires."""
        fraction = float(self.setup.costs.maker_fraction) if touch.maker else self._taker
        self._fill(touch.leg, touch.price, fraction, touch.at_ms, maker=touch.maker)
        if touch.sibling is not None:
            self._event(EventKind.EXPIRE, self._end(touch.sibling, Status.EXPIRED, touch.at_ms))
        self._close_list(touch.leg.list_id, touch.at_ms)

    def _accept(self, ticket: Ticket, list_id: int) -> Order:
        number = self.ledger.next_id("orders", "order_id")
        order = Order.of(ticket, number, list_id, self.tape.now_ms)
        self.ledger.save_order(order)
        if order.kind is not Kind.MARKET:
            self._resting[order.order_id] = order
        return order

    def _fill(
        self, order: Order, price: float, fraction: float, at_ms: int, maker: bool
    ) -> tuple[Order, Fill]:
        """Books the whole order at `price`, with a fee fraction."""
        book = buy if order.side == "BUY" else sell
        fee = book(self.account, self.position, order.quantity, price, fraction)
        number = self.ledger.next_id("fills", "trade_id")
        fill = Fill(
            number, order.order_id, order.side, price, order.quantity, fee, int(maker), at_ms
        )
        self._resting.pop(order.order_id, None)
        filled = replace(
            order,
            status=Status.FILLED,
            executed=order.quantity,
            executed_quote=order.quantity * price,
            updated_at=at_ms,
        )
        self.ledger.save_order(filled)
        self.ledger.add_fill(fill)
        detail = {
            "client_order_id": order.client_order_id,
            "side": order.side,
            "price": price,
            "quantity": order.quantity,
            "fee": fee,
        }
        self.ledger.add_event(at_ms, EventKind.FILL, detail)
        return filled, fill

    def _end(self, order: Order, status: Status, at_ms: int) -> Order:
        self._resting.pop(order.order_id, None)
        ended = replace(order, status=status, updated_at=at_ms)
        self.ledger.save_order(ended)
        return ended

    def _close_list(self, list_id: int, at_ms: int) -> None:
        pair = self.ledger.order_list(list_id)
        if pair is not None:
            self.ledger.save_list(replace(pair, status=ListStatus.ALL_DONE, updated_at=at_ms))

    def _event(self, kind: EventKind, order: Order) -> None:
        detail = {
            "order_id": order.order_id,
            "client_order_id": order.client_order_id,
            "side": order.side,
            "type": order.kind,
            "quantity": order.quantity,
        }
        self.ledger.add_event(order.updated_at, kind, detail)

    def _save(self) -> None:
        account, position = self.account, self.position
        self.ledger.save_state(
            State(
                self.tape.index, account.cash, account.fees, position.quantity, position.entry_price
            )
        )
