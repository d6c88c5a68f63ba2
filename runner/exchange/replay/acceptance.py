"""What an account may ask of the exchange: new orders, cancels, and how a contract is margined.

A refused request changes nothing; an accepted one is in the ledger before it is answered.

Decisions of ours where Binance does otherwise:
- a stop or limit that the next open already touches is accepted and fills at that open; so is the
  limit of a pair, whatever its type says;
- a client order id is refused for ever, also after its order has ended;
- minimums are asked of orders that open only: what closes is never refused for being small;
- a market order waits where its symbol has no bar that opens now.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.core.codes import AT_OPEN
from runner.core.fill import limit_event, market_price, quantity_for
from runner.exchange.replay.orders import (
    NO_LIST,
    Kind,
    ListStatus,
    Order,
    OrderList,
    Status,
    Ticket,
)
from runner.exchange.replay.refusal import (
    Refusal,
    crossed,
    duplicate,
    insufficient,
    market_closed,
    nothing_to_reduce,
    too_small,
    unknown_order,
    would_take,
)
from runner.exchange.replay.tables import EventKind
from runner.exchange.replay.tape import Bar
from runner.exchange.replay.timeline import After
from runner.exchange.replay.venue import Venue
from runner.model.markets import MarketKind
from runner.model.money import decimal_of, text_of


def trade(venue: Venue, ticket: Ticket) -> Order:
    """A market order: filled whole where a bar of its symbol opens now, else it waits for one.

    It waits too where others that have waited for this open come before it: they fill together.
    """
    _check_new(venue, ticket)
    number = venue.symbols.index(ticket.symbol)
    if venue.timeline.has_ended(number):
        raise market_closed(venue.setup.kind)
    if ticket.reduces:
        _check_reducible(venue, ticket)
    bar = venue.timeline.opening(number)
    if bar is None or _is_behind(venue, ticket):
        with venue.ledger.changes():
            return venue.accept(ticket, NO_LIST, _first_bar(venue, ticket.kind))
    price = market_price(_sign(ticket), bar.open, float(venue.setup.costs.slippage_fraction))
    quantity = ticket.quantity if ticket.reduces else _opened(venue, ticket, price)
    with venue.ledger.changes():
        order = venue.accept(ticket, NO_LIST, _first_bar(venue, ticket.kind))
        order = venue.fill(order, quantity, price, bar.opened_at, maker=False)
        venue.save()
    return order


def rest(venue: Venue, ticket: Ticket) -> Order:
    """A single stop or limit order; what opens holds back its cost from now on."""
    _check_new(venue, ticket)
    if not ticket.reduces:
        _check_entry(venue, ticket)
    elif ticket.kind is not Kind.STOP_MARKET:  # a conditional order may be placed in advance
        _check_reducible(venue, ticket)
    with venue.ledger.changes():
        return venue.accept(ticket, NO_LIST, _first_bar(venue, ticket.kind))


def rest_pair(
    venue: Venue, list_name: str, legs: Sequence[Ticket]
) -> tuple[OrderList, list[Order]]:
    """A stop and a limit of which one cancels the other."""
    for ticket in legs:
        _check_new(venue, ticket)
    named = venue.ledger.list_named(list_name) is not None
    if named or len({leg.client_order_id for leg in legs}) == 1:
        raise duplicate(venue.setup.kind, conditional=False)
    _check_reducible(venue, legs[0])
    with venue.ledger.changes():
        list_id = venue.ledger.next_id("lists", "list_id")
        pair = OrderList(list_id, list_name, ListStatus.EXECUTING, venue.now_ms)
        venue.ledger.save_list(pair)
        detail = {"list_id": list_id, "client_order_id": list_name}
        venue.note(EventKind.ORDER_LIST, legs[0].symbol, venue.now_ms, detail)
        orders = [venue.accept(leg, list_id, _first_bar(venue, leg.kind)) for leg in legs]
    return pair, orders


def cancel(venue: Venue, order: Order) -> list[Order]:
    """Ends a resting order, or the whole list it belongs to; in the order of their ids."""
    if not venue.rests(order):
        raise unknown_order()
    legs = [order] if order.list_id == NO_LIST else venue.ledger.orders_of(order.list_id)
    with venue.ledger.changes():
        ended = [venue.end(leg, Status.CANCELED, venue.now_ms) for leg in legs]
        venue.close_list(order.list_id, venue.now_ms)
    return ended


def set_isolated(venue: Venue, symbol: str) -> None:
    """The symbol's positions have margins of their own from now on."""
    if venue.wallet.isolated[symbol]:
        raise Refusal(-4046, "No need to change margin type.")
    if any(order.symbol == symbol for order in venue.resting):
        raise Refusal(-4047, "Margin type cannot be changed if there exists open orders.")
    with venue.ledger.changes():
        venue.wallet.isolated[symbol] = True
        venue.note(EventKind.SETTING, symbol, venue.now_ms, {"isolated": True})
        venue.save()


def set_leverage(venue: Venue, symbol: str, leverage: int) -> None:
    """What new exposure of the symbol is divided by; not while something depends on it."""
    most = venue.market(symbol).max_leverage
    if leverage < 1 or (most is not None and leverage > most):
        raise Refusal(-4028, f"Leverage {leverage} is not valid.")
    used = any(order.symbol == symbol for order in venue.resting)
    held = venue.wallet.positions[symbol].quantity > 0.0
    if (used or held) and leverage != venue.wallet.leverage[symbol]:
        raise Refusal(
            -4161,
            "Leverage reduction is not supported in Isolated Margin Mode with open positions.",
        )
    with venue.ledger.changes():
        venue.wallet.leverage[symbol] = float(leverage)
        venue.note(EventKind.SETTING, symbol, venue.now_ms, {"leverage": leverage})
        venue.save()


def _first_bar(venue: Venue, kind: Kind) -> int:
    """The instant whose bars an order is first looked at in.

    Within a bar, after a resting order's fill, stops take part in that very bar and limits do not.
    """
    clock = venue.timeline
    later = clock.in_bar and clock.after is not After.NOTHING and not kind.is_stop
    return clock.instant + (2 if later else 1)


def _is_behind(venue: Venue, ticket: Ticket) -> bool:
    """A waiting order whose bar opens now fills first: what reduces before what opens."""
    return any(
        order.kind is Kind.MARKET
        and (order.reduces or not ticket.reduces)
        and venue.timeline.opening(venue.symbols.index(order.symbol)) is not None
        for order in venue.resting
    )


def _sign(ticket: Ticket) -> float:
    return 1.0 if ticket.side == "BUY" else -1.0


def _check_new(venue: Venue, ticket: Ticket) -> None:
    if venue.ledger.order_named(ticket.client_order_id) is not None:
        conditional = ticket.kind is Kind.STOP_MARKET
        raise duplicate(venue.setup.kind, conditional=conditional)
    wallet = venue.wallet
    if wallet.futures and not ticket.reduces and not wallet.isolated[ticket.symbol]:
        raise crossed()


def _opened(venue: Venue, ticket: Ticket, price: float) -> float:
    """The quantity that a market order opens at `price`, within cash and minimums."""
    grid, position = venue.market(ticket.symbol).quantity, venue.wallet.positions[ticket.symbol]
    if position.quantity > 0.0 and position.side != _sign(ticket):
        raise insufficient(venue.setup.kind)  # a position is closed by reduce-only orders alone
    quantity = ticket.quantity
    if ticket.spend:
        taker = venue.wallet.taker
        quantity = quantity_for(ticket.spend, price, taker, grid.numerator, grid.denominator)
    refusal = venue.refusal_of(ticket, quantity, price, venue.resting)
    if refusal is not None:
        raise refusal
    return quantity


def _check_entry(venue: Venue, ticket: Ticket) -> None:
    """A resting entry: worth enough, and a limit's paid for, not to be taken where post-only.

    A stop is asked for its cost when it triggers.
    """
    market, kind = venue.market(ticket.symbol), venue.setup.kind
    price = ticket.stop_price if ticket.kind.is_stop else ticket.price
    if ticket.quantity * price < float(market.minimum_notional):
        raise too_small(kind, text_of(market.minimum_notional))
    order = Order.of(ticket, 0, NO_LIST, 0, 0)
    if not venue.wallet.locked_by(order) <= venue.available:
        raise insufficient(kind)
    bar = _bar_known(venue, ticket)
    if ticket.post_only and bar is not None:
        event = limit_event(_sign(ticket), ticket.price, bar.open, bar.open, bar.open)
        if event == AT_OPEN:
            raise would_take(kind)


def _bar_known(venue: Venue, ticket: Ticket) -> Bar | None:
    """The bar that the order is first looked at in, if its open is known."""
    if _first_bar(venue, ticket.kind) > venue.timeline.instant + 1:
        return None
    return venue.timeline.opening(venue.symbols.index(ticket.symbol))


def _check_reducible(venue: Venue, ticket: Ticket) -> None:
    if venue.setup.kind is MarketKind.SPOT:
        if decimal_of(ticket.quantity) > venue.free(ticket.symbol):
            raise insufficient(venue.setup.kind)
        return
    position = venue.wallet.positions[ticket.symbol]
    if position.quantity == 0.0 or position.side != -_sign(ticket):
        raise nothing_to_reduce()
