"""Signed reads of futures: orders, conditional orders, fills, liquidations."""

from __future__ import annotations

from runner.exchange.replay.asked import find_order, need_one, symbol_of, window_of
from runner.exchange.replay.futures.answers import ALGO_IDS, conditional, queried, traded
from runner.exchange.replay.orders import Kind, Order, Status
from runner.exchange.replay.refusal import missing_order
from runner.exchange.replay.route import Json
from runner.exchange.replay.tables import Window
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters

#: What the ordinary lists hold, in SQL: a conditional order only as the order that it became.
PLAIN = f"(kind <> '{Kind.STOP_MARKET}' OR status = '{Status.FILLED}')"
CONDITIONAL = f"kind = '{Kind.STOP_MARKET}'"
LIQUIDATIONS = "client_order_id LIKE 'autoclose-%'"


def order(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/order: by either id."""
    symbol_of(venue, parameters)
    found = find_plain(venue, parameters)
    if found is None:
        raise missing_order()
    return queried(found)


def open_order(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/openOrder: by either id, while it rests."""
    symbol_of(venue, parameters)
    found = find_plain(venue, parameters)
    if found is None or not venue.rests(found):
        raise missing_order()
    return queried(found)


def open_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/openOrders: without conditional ones."""
    return [queried(one) for one in _resting(venue, parameters) if not one.kind.is_stop]


def all_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/allOrders: from an id or a time on, else the newest."""
    window = window_of(symbol_of(venue, parameters), parameters, "orderId")
    return [queried(one) for one in venue.ledger.orders_within(window, PLAIN)]


def force_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/forceOrders: by which the exchange closed a position."""
    if parameters.get("autoCloseType") == "ADL":
        return []
    symbol = symbol_of(venue, parameters) if "symbol" in parameters else ""
    window = window_of(symbol, parameters, "", 50)
    return [queried(one) for one in venue.ledger.orders_within(window, LIQUIDATIONS)]


def trades(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/userTrades: of one order, or from an id or a time on, else the newest."""
    window = window_of(symbol_of(venue, parameters), parameters, "fromId")
    order_id = parameters.integer("orderId")
    if order_id is None:
        found = venue.ledger.fills_within(window)
    else:
        first = window.from_id or 0
        found = [fill for fill in venue.ledger.fills_of(order_id) if fill.trade_id >= first]
    return [traded(fill, venue.market(fill.symbol).quote) for fill in found]


def algo_order(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/algoOrder: by either id."""
    found = find_conditional(venue, parameters)
    if found is None:
        raise missing_order()
    return conditional(found)


def open_algo_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/openAlgoOrders."""
    return [conditional(one) for one in _resting(venue, parameters) if one.kind.is_stop]


def all_algo_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/allAlgoOrders: from an id or a time on, else the newest."""
    window = window_of(symbol_of(venue, parameters), parameters, "")
    first = parameters.integer("algoId")
    from_id = None if first is None else max(first - ALGO_IDS, 0)
    window = Window(window.symbol, from_id, window.start_ms, window.end_ms, window.limit)
    return [conditional(one) for one in venue.ledger.orders_within(window, CONDITIONAL)]


def find_plain(venue: Venue, parameters: Parameters) -> Order | None:
    """An order of the ordinary lists."""
    found = find_order(venue, parameters)
    waits = found is not None and found.kind.is_stop and found.status is not Status.FILLED
    return None if waits else found


def find_conditional(venue: Venue, parameters: Parameters) -> Order | None:
    """A conditional order; both ids must name the same where both are sent."""
    number, name = parameters.integer("algoId"), parameters.get("clientAlgoId")
    need_one("algoId", number, "clientAlgoId", name)
    by_name = venue.ledger.order_named(name) if name is not None else None
    found = by_name if number is None else venue.ledger.order(number - ALGO_IDS)
    if found is None or not found.kind.is_stop or (name is not None and found != by_name):
        return None
    return found


def _resting(venue: Venue, parameters: Parameters) -> list[Order]:
    wanted = symbol_of(venue, parameters) if "symbol" in parameters else ""
    return [one for one in venue.resting if wanted in ("", one.symbol)]
