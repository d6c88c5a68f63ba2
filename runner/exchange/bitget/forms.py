"""What we send to Bitget: for each request the endpoint and its parameters.

Requests go through ccxt's one method per endpoint. Spot: a market order that buys is sized in quote
currency and nothing else. Futures: one-way mode, isolated margin; a stop is a stop-loss order
(`loss_plan`), which knows the side that it waits on and can only reduce: a plain plan order waits
for its price from whichever side, and may not be reduce-only in one-way mode (22042). Source:
bitget.com/api-doc, Place-Order of both, Place-Tpsl-Order, Cancel-Plan-Order, Change-Leverage.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from runner.exchange.bitget import endpoints
from runner.exchange.bitget.symbols import MARGIN_COIN, PRODUCT, at, is_contract, market_id
from runner.exchange.writing import Form, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

STOP_KIND = "loss_plan"
ISOLATED, ONE_WAY = "isolated", "one_way_mode"
_ON_MARGIN: Parameters = {"productType": PRODUCT, "marginCoin": MARGIN_COIN}
#: In one-way mode a position is named by the side that opened it.
_HELD_BY = {Side.SELL: "buy", Side.BUY: "sell"}
#: On spot: what can be sent instead.
NO_SPOT_STOP = (
    "bitget does not tell what a triggered stop of spot became: trade without stops there, or "
    "trade futures"
)
NO_STOP_ENTRY = (
    "a stop of bitget that opens would wait for its price from whichever side: enter at market or "
    "by a limit order"
)
NO_BUY_BY_QUANTITY = (
    "bitget's market orders buy an amount on spot, no quantity: size the entry by `spend`, or "
    "enter by a limit order"
)


def submit_form(request: OrderRequest, pinned: Pinned, quote_places: int) -> Form:
    """One order; `quote_places`: decimals that an amount to spend may have, the rest is cut."""
    if not is_contract(request.symbol):
        return endpoints.SPOT_PLACE, _spot(request, quote_places) | _timed(pinned)
    if request.type is OrderType.STOP:
        return endpoints.PLACE_STOP, _stop(request)
    return endpoints.PLACE, _contract(request)


def force_of(request: OrderRequest) -> str:
    """How long an order waits, as it is sent and as answers name it."""
    return "post_only" if request.post_only else "gtc"


def trigger_of(request: OrderRequest) -> str:
    """The price that triggers a stop."""
    return "mark_price" if request.trigger_by_mark else "fill_price"


def _named(request: OrderRequest) -> Parameters:
    return {"symbol": market_id(request.symbol), "clientOid": request.client_order_id}


def _spot(request: OrderRequest, quote_places: int) -> Parameters:
    if request.type is OrderType.STOP:
        raise Halt(NO_SPOT_STOP)
    order = _named(request) | {
        "side": str(request.side),
        "orderType": str(request.type),
        "force": force_of(request),
        "size": text_of(_size(request, quote_places)),
    }
    return order if request.price is None else order | {"price": text_of(request.price)}


def _size(request: OrderRequest, quote_places: int) -> Decimal:
    """Base currency; of a market order that buys quote currency."""
    if request.type is OrderType.MARKET and request.side is Side.BUY:
        if request.spend is None:
            raise Halt(NO_BUY_BY_QUANTITY)
        return request.spend.quantize(Decimal(1).scaleb(-quote_places), ROUND_DOWN)
    if request.quantity is None or request.spend is not None:
        raise Halt("only a market order that buys can be sized by an amount")
    return request.quantity


def _timed(pinned: Pinned) -> Parameters:
    """On spot the exchange is told for how long the request may be taken."""
    return {"requestTime": str(pinned.timestamp_ms), "receiveWindow": str(pinned.window_ms)}


def _contract(request: OrderRequest) -> Parameters:
    order = _named(request) | _ON_MARGIN | {"marginMode": ISOLATED}
    order |= {"side": str(request.side), "orderType": str(request.type)}
    order["size"] = text_of(_quantity(request))
    if request.reduce_only:
        order["reduceOnly"] = "YES"
    if request.type is OrderType.LIMIT and request.price is not None:
        order |= {"price": text_of(request.price), "force": force_of(request)}
    return order


def _stop(request: OrderRequest) -> Parameters:
    """A market order against the position, once its price is touched."""
    if not request.reduce_only:
        raise Halt(NO_STOP_ENTRY)
    if request.stop_price is None:
        raise Halt("a stop needs a stop price")
    return (
        _named(request)
        | _ON_MARGIN
        | {
            "planType": STOP_KIND,
            "holdSide": _HELD_BY[request.side],
            "size": text_of(_quantity(request)),
            "triggerPrice": text_of(request.stop_price),
            "triggerType": trigger_of(request),
        }
    )


def _quantity(request: OrderRequest) -> Decimal:
    if request.quantity is None or request.spend is not None:
        raise Halt("not supported yet: an order of futures without a quantity")
    return request.quantity


def cancel_form(request: OrderRequest) -> Form:
    """One order by our id."""
    if not is_contract(request.symbol):
        return endpoints.SPOT_CANCEL, _named(request)
    if request.type is not OrderType.STOP:
        return endpoints.CANCEL, _named(request) | _ON_MARGIN
    named: Parameters = {"orderIdList": [{"clientOid": request.client_order_id}]}
    return endpoints.CANCEL_STOP, at(request.symbol) | {
        "marginCoin": MARGIN_COIN,
        "planType": STOP_KIND,
    } | named


def margin_form(symbol: str) -> Form:
    """Isolated margin for one symbol."""
    return endpoints.SET_MARGIN, at(symbol) | {"marginCoin": MARGIN_COIN, "marginMode": ISOLATED}


def leverage_form(symbol: str, leverage: Decimal) -> Form:
    """The leverage of one symbol in both directions; a whole number."""
    wanted = {"marginCoin": MARGIN_COIN, "leverage": str(int(leverage))}
    return endpoints.SET_LEVERAGE, at(symbol) | wanted
