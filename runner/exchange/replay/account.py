"""Signed reads: the key's permissions, balances, orders, order lists and fills."""

from __future__ import annotations

from typing import Any

from runner.exchange.replay.answers import Json, listed, queried, traded
from runner.exchange.replay.ledger import Window
from runner.exchange.replay.market_data import check_symbol
from runner.exchange.replay.orders import Fill, Order, OrderList
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import text_of


def restrictions(venue: Venue, parameters: Parameters) -> Json:
    """GET /sapi/v1/account/apiRestrictions: what the issued key may do."""
    key = venue.setup.key
    return {
        "ipRestrict": key.ip_bound,
        "createTime": int(venue.tape.bars.opened_at[0]),
        "enableReading": key.reading,
        "enableWithdrawals": key.withdrawals,
        "enableInternalTransfer": key.internal_transfer,
        "enableMargin": key.margin,
        "enableFutures": key.futures,
        "permitsUniversalTransfer": key.universal_transfer,
        "enableVanillaOptions": key.options,
        "enableFixApiTrade": key.fix_trade,
        "enableFixReadOnly": key.fix_read,
        "enableSpotAndMarginTrading": key.spot,
        "enablePortfolioMarginTrading": key.portfolio_margin,
    }


def account(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/account: both currencies; nothing of the quote is ever locked."""
    market, costs = venue.setup.market, venue.setup.costs
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
        "canTrade": venue.setup.key.spot,
        "canWithdraw": venue.setup.key.withdrawals,
        "canDeposit": False,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": venue.tape.now_ms,
        "accountType": "SPOT",
        "balances": [
            {"asset": market.base, "free": text_of(venue.free), "locked": text_of(venue.locked)},
            {"asset": market.quote, "free": text_of(venue.account.cash), "locked": "0.0"},
        ],
        "permissions": ["SPOT"],
        "uid": 1,
    }


def order(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/order: by either id."""
    check_symbol(venue, parameters)
    found = find_order(venue, parameters)
    if found is None:
        raise Refusal(-2013, "Order does not exist.")
    return queried(found, venue.setup.market)


def open_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/openOrders."""
    check_symbol(venue, parameters)
    return [queried(order, venue.setup.market) for order in venue.resting]


def all_orders(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/allOrders: from an id or a time on, else the newest."""
    check_symbol(venue, parameters)
    found = venue.ledger.orders_within(_window(parameters, "orderId"))
    return [queried(order, venue.setup.market) for order in found]


def trades(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/myTrades: of one order, or from an id or a time on, else the newest."""
    check_symbol(venue, parameters)
    order_id = parameters.integer("orderId")
    if order_id is not None:
        return [_traded(venue, fill) for fill in venue.ledger.fills_of(order_id)]
    found = venue.ledger.fills_within(_window(parameters, "fromId"))
    return [_traded(venue, fill) for fill in found]


def order_list(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/orderList: by either id."""
    found = find_list(venue, parameters, "origClientOrderId")
    if found is None:
        raise Refusal(-2018, "Order list does not exist.")
    return _listed(venue, found)


def open_order_lists(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /api/v3/openOrderList."""
    return [_listed(venue, pair) for pair in venue.ledger.open_lists()]


def find_order(venue: Venue, parameters: Parameters) -> Order | None:
    """By `orderId` or `origClientOrderId`; both must name the same order where both are sent."""
    number, name = parameters.integer("orderId"), parameters.get("origClientOrderId")
    _need_one("orderId", number, "origClientOrderId", name)
    by_name = venue.ledger.order_named(name) if name is not None else None
    found = by_name if number is None else venue.ledger.order(number)
    return None if name is not None and found != by_name else found


def find_list(venue: Venue, parameters: Parameters, name_key: str) -> OrderList | None:
    """By `orderListId` or the client's id; both must name the same list where both are sent."""
    number, name = parameters.integer("orderListId"), parameters.get(name_key)
    _need_one("orderListId", number, name_key, name)
    by_name = venue.ledger.list_named(name) if name is not None else None
    found = by_name if number is None else venue.ledger.order_list(number)
    return None if name is not None and found != by_name else found


def _need_one(first: str, number: int | None, second: str, name: str | None) -> None:
    if number is None and name is None:
        raise Refusal(
            -1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!"
        )


def _window(parameters: Parameters, id_name: str) -> Window:
    return Window(
        parameters.integer(id_name),
        parameters.integer("startTime"),
        parameters.integer("endTime"),
        parameters.limit(500),
    )


def _listed(venue: Venue, pair: OrderList) -> Json:
    return listed(pair, venue.ledger.orders_of(pair.list_id), venue.setup.market)


def _traded(venue: Venue, fill: Fill) -> Any:
    order = venue.ledger.order(fill.order_id)
    assert order is not None  # a fill names its order
    return traded(fill, order, venue.setup.market)
