"""What we send to Bybit: for each request the endpoint and its parameters.

One path serves spot and contracts, told apart by `category`. Requests go through ccxt's method of
the endpoint, not its unified `create_order`: that one drops parameters it does not know. Source:
github bybit-exchange/docs, v5/order/create-order, cancel-order, v5/position/leverage.
"""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.bybit import endpoints
from runner.exchange.bybit.symbols import category_of, is_contract, market_id
from runner.exchange.writing import Form, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Side

#: Timeframe → `interval`.
INTERVALS = {
    "1m": "1",
    "3m": "3",
    "5m": "5",
    "15m": "15",
    "30m": "30",
    "1h": "60",
    "2h": "120",
    "4h": "240",
    "6h": "360",
    "12h": "720",
    "1d": "D",
    "1w": "W",
}
SIDES = {Side.BUY: "Buy", Side.SELL: "Sell"}
#: A stop of spot sets aside what it sells; Bybit calls such an order "TP/SL".
SPOT_STOP, SPOT_ORDER = "tpslOrder", "Order"
#: `triggerDirection`: a stop that buys waits for a rise, one that sells for a fall.
RISES, FALLS = 1, 2


def submit_form(request: OrderRequest, spend_step: Decimal | None) -> Form:
    """One order; `spend_step`: in what steps an amount of quote currency can be spent."""
    order: Parameters = {
        "category": category_of(request.symbol),
        "symbol": market_id(request.symbol),
        "side": SIDES[request.side],
        "orderType": type_word(request),
        "orderLinkId": request.client_order_id,
    }
    if request.type is OrderType.LIMIT:
        order["timeInForce"] = "PostOnly" if request.post_only else "GTC"
    if request.price is not None:
        order["price"] = text_of(request.price)
    more = _contract(request) if is_contract(request.symbol) else _spot(request, spend_step)
    return endpoints.SUBMIT, order | more


def type_word(request: OrderRequest) -> str:
    """The type of the order as it is sent; a stop is a market order that waits."""
    return "Limit" if request.type is OrderType.LIMIT else "Market"


def _spot(request: OrderRequest, spend_step: Decimal | None) -> Parameters:
    stops = request.type is OrderType.STOP
    order: Parameters = {
        "qty": text_of(_spendable(request, spend_step)),
        "isLeverage": 0,  # never on credit
        "orderFilter": SPOT_STOP if stops else SPOT_ORDER,
    }
    if type_word(request) == "Market":
        order["marketUnit"] = unit_word(request)
    return order | ({"triggerPrice": _trigger(request)} if stops else {})


def unit_word(request: OrderRequest) -> str:
    """What the quantity of a market order counts."""
    return "baseCoin" if request.spend is None else "quoteCoin"


def _spendable(request: OrderRequest, step: Decimal | None) -> Decimal:
    """The quantity, or the whole steps of the amount; never more than was asked for."""
    if request.quantity is not None:
        return request.quantity
    if request.spend is None or step is None:
        raise Halt("an order by amount needs the amount, and the steps of its currency")
    return request.spend // step * step  # without digits behind the steps


def _contract(request: OrderRequest) -> Parameters:
    """Contracts in one-way mode; one contract is one unit of base currency."""
    if request.quantity is None or request.spend is not None:
        raise Halt("not supported yet: an order of futures without a quantity")
    order: Parameters = {
        "qty": text_of(request.quantity),
        "positionIdx": 0,
        "reduceOnly": request.reduce_only,
    }
    if request.type is not OrderType.STOP:
        return order
    return order | {
        "triggerPrice": _trigger(request),
        "triggerDirection": direction(request),
        "triggerBy": trigger_word(request),
    }


def direction(request: OrderRequest) -> int:
    """Which way the price goes to trigger a stop."""
    return RISES if request.side is Side.BUY else FALLS


def trigger_word(request: OrderRequest) -> str:
    """The price that triggers a stop of futures."""
    return "MarkPrice" if request.trigger_by_mark else "LastPrice"


def _trigger(request: OrderRequest) -> str:
    if request.stop_price is None:
        raise Halt("a stop needs a stop price")
    return text_of(request.stop_price)


def cancel_form(request: OrderRequest) -> Form:
    """One order by our id; on spot a stop is in a list of its own."""
    named: Parameters = {
        "category": category_of(request.symbol),
        "symbol": market_id(request.symbol),
        "orderLinkId": request.client_order_id,
    }
    if not is_contract(request.symbol):
        named["orderFilter"] = SPOT_STOP if request.type is OrderType.STOP else SPOT_ORDER
    return endpoints.CANCEL, named


def leverage_form(symbol: str, leverage: Decimal) -> Form:
    """The leverage of one symbol, both ways."""
    wanted: Parameters = {
        "category": category_of(symbol),
        "symbol": market_id(symbol),
        "buyLeverage": text_of(leverage),
        "sellLeverage": text_of(leverage),
    }
    return endpoints.SET_LEVERAGE, wanted
