"""The last look at a write before the socket, written apart from the code that builds it.

In: the bytes to be sent, the order as journaled, the time it was pinned to, the venue that the key
belongs to. Out: nothing, or `Halt` when they differ in anything or hold a parameter that is not
accounted for. Knows Binance spot and Binance USDⓈ-M futures, by its own list of hosts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.exchange.ids import list_client_order_id
from runner.exchange.lastcheck.sentform import SentForm
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side

#: Not taken from `sites.py`: what builds a request and what checks it do not share a mistake.
_SPOT = {
    Venue.LIVE: "https://api.binance.com/api/v3",
    Venue.TESTNET: "https://testnet.binance.vision/api/v3",
    Venue.DEMO: "https://demo-api.binance.com/api/v3",
}
_FUTURES = {
    Venue.LIVE: "https://fapi.binance.com/fapi/v1",
    Venue.TESTNET: "https://testnet.binancefuture.com/fapi/v1",
    Venue.DEMO: "https://demo-fapi.binance.com/fapi/v1",
}
_SYMBOL = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+)(:\2)?")  # BTC/USDT, BTC/USDT:USDT
#: HMAC in hex; Ed25519 and RSA in base64.
_SIGNATURE = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9+/]{86,700}={0,2}")
_SIDES = {Side.BUY: "BUY", Side.SELL: "SELL"}
_CLOSING = (Purpose.EXIT, Purpose.PROTECT)


def check_submit(
    method: str,
    url: str,
    _headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    pinned: Pinned,
) -> None:
    """The request places exactly these orders: one, or on spot a stop and a target as a pair."""
    form = SentForm.of_query(method, url, (body or b"").decode("ascii", "replace"))
    for request in requests:
        _possible(request)
    if len(requests) != 1:
        form.goes("POST", f"{_SPOT[venue]}/orderList/oco")
        _check_pair(form, requests)
        form.says("newOrderRespType", "FULL")
    elif not _is_contract(requests[0]):
        form.goes("POST", f"{_SPOT[venue]}/order")
        _check_spot(form, requests[0])
        form.says("newOrderRespType", "FULL")
    else:
        waits = requests[0].type is OrderType.STOP
        form.goes("POST", f"{_FUTURES[venue]}/{'algoOrder' if waits else 'order'}")
        _check_contract(form, requests[0])
        form.says("newOrderRespType", "RESULT")
    _signed(form, pinned)


def check_cancel(
    method: str,
    url: str,
    _headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    pinned: Pinned,
) -> None:
    """The request cancels exactly this order, or the pair that these two orders are."""
    ids = tuple(request.client_order_id for request in requests)
    address, _, query = url.partition("?")
    form = SentForm.of_query(method, address, query)
    if body:
        raise Halt("a cancellation has a body that nothing accounts for; nothing was sent")
    if len({request.symbol for request in requests}) != 1:
        raise Halt("orders of several symbols cannot be canceled together; nothing was sent")
    first, symbol = requests[0], _market(requests[0].symbol)
    if len(requests) != 1:
        form.goes("DELETE", f"{_SPOT[venue]}/orderList")
        _on_spot(first)
        form.says("symbol", symbol)
        form.says("listClientOrderId", list_client_order_id(ids))
    elif _is_contract(first) and first.type is OrderType.STOP:
        form.goes("DELETE", f"{_FUTURES[venue]}/algoOrder")
        form.says("clientAlgoId", ids[0])
    else:
        root = _FUTURES if _is_contract(first) else _SPOT
        form.goes("DELETE", f"{root[venue]}/order")
        form.says("symbol", symbol)
        form.says("origClientOrderId", ids[0])
    _signed(form, pinned)


def check_setting(
    method: str,
    url: str,
    _headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    symbol: str,
    value: str,
    pinned: Pinned,
) -> None:
    """The request sets isolated margin or this leverage for this symbol, and nothing else."""
    form = SentForm.of_query(method, url, (body or b"").decode("ascii", "replace"))
    if value == "ISOLATED":
        form.goes("POST", f"{_FUTURES[venue]}/marginType")
        form.says("marginType", value)
    else:
        form.goes("POST", f"{_FUTURES[venue]}/leverage")
        form.says("leverage", value)
    form.says("symbol", _market(symbol))
    _signed(form, pinned)


def _signed(form: SentForm, pinned: Pinned) -> None:
    """The pinned time, a signature, and nothing else."""
    form.says("timestamp", str(pinned.timestamp_ms))
    form.says("recvWindow", str(pinned.window_ms))
    form.is_signed("signature", _SIGNATURE)
    form.ends()


def _possible(request: OrderRequest) -> None:
    """What is wanted can be said at all where it is sent; nothing may be dropped on the way."""
    contract, limit = _is_contract(request), request.type is OrderType.LIMIT
    stop = request.type is OrderType.STOP
    wrong = {
        "a price without a limit order": (request.price is not None) is not limit,
        "a stop price without a stop order": (request.stop_price is not None) is not stop,
        "post-only without a limit order": request.post_only and not limit,
        "an order both by quantity and by amount": (request.quantity is None)
        is (request.spend is None),
        "an amount to spend on futures": contract and request.spend is not None,
        "reduce-only on spot": request.reduce_only and not contract,
        "an exit or protection that may open": contract
        and request.reduce_only is not (request.purpose in _CLOSING),
        "a trigger by mark price without a stop of futures": request.trigger_by_mark
        and not (contract and stop),
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise Halt(f"{words} cannot be sent; nothing was sent")


def _check_spot(form: SentForm, request: OrderRequest) -> None:
    form.says("symbol", _market(request.symbol))
    form.says("side", _SIDES[request.side])
    form.says("newClientOrderId", request.client_order_id)
    match request.type:
        case OrderType.MARKET:
            form.says("type", "MARKET")
        case OrderType.STOP:
            form.says("type", "STOP_LOSS")
        case OrderType.LIMIT if request.post_only or request.purpose is Purpose.PROTECT:
            form.says("type", "LIMIT_MAKER")
        case OrderType.LIMIT:
            form.says("type", "LIMIT")
            form.says("timeInForce", "GTC")
    form.counts("quantity", request.quantity)
    form.counts("quoteOrderQty", request.spend)
    form.counts("price", request.price)
    form.counts("stopPrice", request.stop_price)


def _check_contract(form: SentForm, request: OrderRequest) -> None:
    """Futures in one-way mode; a stop goes to the algo service under other names."""
    form.says("symbol", _market(request.symbol))
    form.says("side", _SIDES[request.side])
    form.counts("quantity", request.quantity)
    if request.reduce_only:
        form.says("reduceOnly", "true")
    match request.type:
        case OrderType.MARKET:
            form.says("type", "MARKET")
            form.says("newClientOrderId", request.client_order_id)
        case OrderType.LIMIT:
            form.says("type", "LIMIT")
            form.says("newClientOrderId", request.client_order_id)
            form.says("timeInForce", "GTX" if request.post_only else "GTC")
            form.counts("price", request.price)
        case OrderType.STOP:
            form.says("type", "STOP_MARKET")
            form.says("algoType", "CONDITIONAL")
            form.says("clientAlgoId", request.client_order_id)
            form.counts("triggerPrice", request.stop_price)
            mark = request.trigger_by_mark
            form.says("workingType", "MARK_PRICE" if mark else "CONTRACT_PRICE")


def _check_pair(form: SentForm, requests: tuple[OrderRequest, ...]) -> None:
    """A selling pair: the target rests above the price, the stop waits below it."""
    pair = sorted(requests, key=lambda request: request.type)
    if [request.type for request in pair] != [OrderType.LIMIT, OrderType.STOP]:
        raise Halt("only a target and a stop can be sent as a pair; nothing was sent")
    target, stop = pair
    if (target.symbol, target.quantity) != (stop.symbol, stop.quantity):
        raise Halt("the target and the stop of a pair differ in symbol or quantity")
    if (target.side, stop.side) != (Side.SELL, Side.SELL):
        raise Halt("a pair that buys is not supported yet; nothing was sent")
    if target.quantity is None:
        raise Halt("a pair has no quantity; nothing was sent")
    _on_spot(target)
    form.says("symbol", _market(target.symbol))
    form.says("side", "SELL")
    form.counts("quantity", target.quantity)
    form.says(
        "listClientOrderId", list_client_order_id((target.client_order_id, stop.client_order_id))
    )
    form.says("aboveType", "LIMIT_MAKER")
    form.says("aboveClientOrderId", target.client_order_id)
    form.counts("abovePrice", target.price)
    form.says("belowType", "STOP_LOSS")
    form.says("belowClientOrderId", stop.client_order_id)
    form.counts("belowStopPrice", stop.stop_price)


def _on_spot(request: OrderRequest) -> None:
    if _is_contract(request):
        raise Halt("a pair of futures cannot be sent in one request; nothing was sent")


def _is_contract(request: OrderRequest) -> bool:
    return ":" in request.symbol


def _market(symbol: str) -> str:
    parts = _SYMBOL.fullmatch(symbol)
    if parts is None:
        raise Halt(f"`{symbol}` is no symbol of spot or linear futures; nothing was sent")
    return parts[1] + parts[2]
