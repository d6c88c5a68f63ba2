"""What we send to BingX: for each request the endpoint and its parameters.

BingX cuts numbers that are too fine without a word, so the answer is compared with what was sent.
Requests go through ccxt's method of the endpoint, not its unified `create_order`, which rounds.
Source: bingx-api.github.io/docs-v3: Spot and Swap, Trades Endpoints.
"""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.bingx import endpoints
from runner.exchange.bingx.symbols import is_contract, market_id
from runner.exchange.writing import Form, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

TIMEFRAMES = frozenset(
    ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w"]
)
SIDES = {Side.BUY: "BUY", Side.SELL: "SELL"}
_TYPES = {OrderType.MARKET: "MARKET", OrderType.LIMIT: "LIMIT"}
ISOLATED = "ISOLATED"


def type_word(request: OrderRequest) -> str:
    """The type of the order as it is sent and as answers name it."""
    word = _TYPES.get(request.type)
    if word is None:
        raise Halt("a stop order cannot be named and found again at bingx; nothing was sent")
    return word


def submit_form(request: OrderRequest, pinned: Pinned) -> Form:
    """One order."""
    order: Parameters = {
        "symbol": market_id(request.symbol),
        "side": SIDES[request.side],
        "type": type_word(request),
    }
    if request.type is OrderType.LIMIT:
        order["timeInForce"] = "PostOnly" if request.post_only else "GTC"
    if request.price is not None:
        order["price"] = text_of(request.price)
    if request.quantity is not None:
        order["quantity"] = text_of(request.quantity)
    if is_contract(request.symbol):
        return endpoints.SUBMIT, order | _contract(request) | _signed(pinned)
    order["newClientOrderId"] = request.client_order_id
    if request.spend is not None:
        order["quoteOrderQty"] = text_of(request.spend)
    return endpoints.SPOT_SUBMIT, order | _signed(pinned)


def _contract(request: OrderRequest) -> Parameters:
    """Contracts in one-way mode; one contract is one unit of base currency."""
    if request.quantity is None or request.spend is not None:
        raise Halt("not supported yet: an order of futures without a quantity")
    return {
        "positionSide": "BOTH",
        "reduceOnly": "true" if request.reduce_only else "false",
        "clientOrderId": request.client_order_id,
    }


def cancel_form(request: OrderRequest, number: str | None, pinned: Pinned) -> Form:
    """One order by our id, or of spot by the exchange's `number` where ours is too old for it."""
    symbol: Parameters = {"symbol": market_id(request.symbol)}
    if is_contract(request.symbol):
        named: Parameters = {"clientOrderId": request.client_order_id}
        return endpoints.CANCEL, symbol | named | _signed(pinned)
    named = {"clientOrderID": request.client_order_id} if number is None else {"orderId": number}
    return endpoints.SPOT_CANCEL, symbol | named | _signed(pinned)


def margin_form(symbol: str, pinned: Pinned) -> Form:
    """Isolated margin for one symbol."""
    wanted: Parameters = {"symbol": market_id(symbol), "marginType": ISOLATED}
    return endpoints.SET_MARGIN, wanted | _signed(pinned)


def leverage_form(symbol: str, leverage: Decimal, pinned: Pinned) -> Form:
    """The leverage of one symbol in one-way mode; a whole number."""
    wanted: Parameters = {"symbol": market_id(symbol), "side": "BOTH", "leverage": int(leverage)}
    return endpoints.SET_LEVERAGE, wanted | _signed(pinned)


def _signed(pinned: Pinned) -> Parameters:
    """The library adds the pinned time."""
    return {"recvWindow": pinned.window_ms}
