"""Signed reads of spot: balances, orders, order lists and fills."""

from __future__ import annotations

from runner.exchange.replay.asked import find_order, need_one, symbol_of, window_of
from runner.exchange.replay.orders import Fill, OrderList
from runner.exchange.replay.refusal import Refusal, missing_order
from runner.exchange.replay.route import Json
from runner.exchange.replay.spot.answers import listed, queried, traded
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import decimal_of, text_of


def account(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/account: every base currency of the run, and the quote currency."""
    costs, key = venue.setup.costs, venue.setup.key
    return {
        "makerCommission": int(costs.maker_fraction * 10_000),
        "takerCommission": int(costs.taker_fraction * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": text_of(costs.maker_fraction),
            "taker": text_of(costs.taker_fraction),
            "buyer": "0.0",
            "seller": "0.0",
        },
        "canTrade": key.spot,
        "canWithdraw": key.withdrawals,
        "canDeposit": False,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": venue.now_ms,
        "accountType": "SPOT",
        "balances": _balances(venue),
        "permissions": ["SPOT"],
        "uid": 1,
    }


def _balances(venue: Venue) -> list[Json]:
    rows, resting = [], venue.resting
    for symbol in venue.symbols:
        locked = venue.wallet.locked_base(symbol, resting)
        free = venue.free(symbol)
        base = venue.market(symbol).base
        rows.append({"asset": base, "free": text_of(free), "locked": text_of(locked)})
    cash = decimal_of(venue.wallet.account.cash)
    free = decimal_of(venue.available)
    quote = venue.market(venue.symbols[0]).quote
    # Exact decimals: free and locked add up to the very double that cash is.
    rows.append({"asset": quote, "free": text_of(free), "locked": text_of(cash - free)})
    return rows


def order(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/order: by either id."""
    symbol_of(venue, parameters)
    found = find_order(venue, parameters)
    if found is None:
        raise missing_order()
    return queried(found)


def open_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/openOrders: of one symbol or of all."""
    wanted = symbol_of(venue, parameters) if "symbol" in parameters else ""
    return [queried(order) for order in venue.resting if wanted in ("", order.symbol)]


def all_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/allOrders: from an id or a time on, else the newest."""
    window = window_of(symbol_of(venue, parameters), parameters, "orderId")
    return [queried(order) for order in venue.ledger.orders_within(window)]


def trades(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/myTrades: of one order, or from an id or a time on, else the newest."""
    window = window_of(symbol_of(venue, parameters), parameters, "fromId")
    order_id = parameters.integer("orderId")
    if order_id is None:
        return [_traded(venue, fill) for fill in venue.ledger.fills_within(window)]
    found = venue.ledger.fills_of(order_id)
    return [_traded(venue, fill) for fill in found if fill.trade_id >= (window.from_id or 0)]


def order_list(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/orderList: by either id."""
    found = find_list(venue, parameters, "origClientOrderId")
    if found is None:
        raise Refusal(-2018, "Order list does not exist.")
    return _listed(venue, found)


def open_order_lists(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/openOrderList."""
    return [_listed(venue, pair) for pair in venue.ledger.open_lists()]


def find_list(venue: Venue, parameters: Parameters, name_key: str) -> OrderList | None:
    """By `orderListId` or the client's id; both must name the same list where both are sent."""
    number, name = parameters.integer("orderListId"), parameters.get(name_key)
    need_one("orderListId", number, name_key, name)
    by_name = venue.ledger.list_named(name) if name is not None else None
    found = by_name if number is None else venue.ledger.order_list(number)
    return None if name is not None and found != by_name else found


def _listed(venue: Venue, pair: OrderList) -> Json:
    return listed(pair, venue.ledger.orders_of(pair.list_id))


def _traded(venue: Venue, fill: Fill) -> Json:
    order = venue.ledger.order(fill.order_id)
    assert order is not None  # a fill names its order
    return traded(fill, order, venue.market(fill.symbol).quote)
