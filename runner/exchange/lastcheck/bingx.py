"""The last look at a write before the socket, written apart from the code that builds it.

In: address and headers as they would leave, the order as journaled, the time it was pinned to, the
venue that the key belongs to. Out: nothing, or `Halt` when they differ in anything or hold a
parameter that is not accounted for. Knows BingX spot and USDT perpetuals, by its own list of hosts;
all is said in the address there, and the body is empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.exchange.lastcheck.sentform import SentForm, of_headers
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side

#: Not taken from `sites.py`: what builds a request and what checks it do not share a mistake.
_ROOTS = {
    Venue.LIVE: "https://open-api.bingx.com/openApi",
    Venue.TESTNET: "https://open-api-vst.bingx.com/openApi",
}
_SYMBOL = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+)(:\2)?")  # BTC/USDT, BTC/USDT:USDT
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[A-Za-z0-9_-]{10,200}")
_LIBRARY = re.compile(r"python-requests/[0-9.]{1,20}")  # what ccxt calls itself here
_NAME = re.compile(r"[a-z0-9_]{1,40}")  # BingX folds upper case
_SIDES = {Side.BUY: "BUY", Side.SELL: "SELL"}
_CLOSING = (Purpose.EXIT, Purpose.PROTECT)


def check_submit(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    pinned: Pinned,
) -> None:
    """The request places exactly this order."""
    form, request = _form(method, url, body), _only(requests)
    _possible(request, venue)
    contract = _is_contract(request.symbol)
    form.goes("POST", f"{_ROOTS[venue]}/{'swap/v2' if contract else 'spot/v1'}/trade/order")
    form.says("symbol", _market(request.symbol))
    form.says("side", _SIDES[request.side])
    if request.type is OrderType.LIMIT:
        form.says("type", "LIMIT")
        form.says("timeInForce", "PostOnly" if request.post_only else "GTC")
    else:
        form.says("type", "MARKET")
    form.counts("price", request.price)
    form.counts("quantity", request.quantity)
    form.counts("quoteOrderQty", request.spend)
    if contract:
        form.says("clientOrderId", request.client_order_id)
        form.says("positionSide", "BOTH")
        form.says("reduceOnly", "true" if request.reduce_only else "false")
    else:
        form.says("newClientOrderId", request.client_order_id)
    _signed(form, headers, pinned)


def check_cancel(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    number: str | None,
    pinned: Pinned,
) -> None:
    """The request cancels exactly this order: by our id, or by `number`, read at our id before."""
    form, request = _form(method, url, body), _only(requests)
    if _is_contract(request.symbol):
        form.goes("DELETE", f"{_ROOTS[venue]}/swap/v2/trade/order")
        form.says("clientOrderId", request.client_order_id)
    else:
        form.goes("POST", f"{_ROOTS[venue]}/spot/v1/trade/cancel")
        if number is None:
            form.says("clientOrderID", request.client_order_id)
        else:
            form.says("orderId", number)
    form.says("symbol", _market(request.symbol))
    _signed(form, headers, pinned)


def check_setting(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    symbol: str,
    value: str,
    pinned: Pinned,
) -> None:
    """The request sets isolated margin or this leverage for this symbol, and nothing else."""
    form = _form(method, url, body)
    if value == "ISOLATED":
        form.goes("POST", f"{_ROOTS[venue]}/swap/v2/trade/marginType")
        form.says("marginType", value)
    else:
        form.goes("POST", f"{_ROOTS[venue]}/swap/v2/trade/leverage")
        form.says("leverage", value)
        form.says("side", "BOTH")
    form.says("symbol", _market(symbol))
    _signed(form, headers, pinned)


def _form(method: str, url: str, body: bytes | None) -> SentForm:
    if body:
        raise Halt("a request has a body that nothing accounts for; nothing was sent")
    address, _, query = url.partition("?")
    return SentForm.of_query(method, address, query)


def _signed(form: SentForm, headers: Mapping[str, str], pinned: Pinned) -> None:
    """The pinned time and its window, a key, a signature, and nothing that is not accounted for."""
    form.says("timestamp", str(pinned.timestamp_ms))
    form.says("recvWindow", str(pinned.window_ms))
    form.is_signed("signature", _SIGNATURE)
    form.ends()
    said = of_headers("", "", headers)
    said.is_signed("x-bx-apikey", _KEY)
    said.says("x-source-key", "CCXT")  # the library's mark on what it sends
    said.is_signed("user-agent", _LIBRARY)
    said.says("accept-encoding", "gzip, deflate")
    said.ends()


def _possible(request: OrderRequest, venue: Venue) -> None:
    """What is wanted can be said at all where it is sent; nothing may be dropped on the way."""
    contract, limit = _is_contract(request.symbol), request.type is OrderType.LIMIT
    wrong = {
        "a stop order": request.type is OrderType.STOP or request.stop_price is not None,
        "a price without a limit order": (request.price is not None) is not limit,
        "post-only without a limit order": request.post_only and not limit,
        "an order both by quantity and by amount": (request.quantity is None)
        is (request.spend is None),
        "an amount to spend but on a market buy of spot": request.spend is not None
        and (contract or limit or request.side is not Side.BUY),
        "reduce-only on spot": request.reduce_only and not contract,
        "an exit or protection that may open": contract
        and request.reduce_only is not (request.purpose in _CLOSING),
        "a trigger by mark price": request.trigger_by_mark,
        "spot at a venue that has none": not contract and venue is not Venue.LIVE,
        "an id that bingx would change": not _NAME.fullmatch(request.client_order_id),
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise Halt(f"{words} cannot be sent; nothing was sent")


def _only(requests: tuple[OrderRequest, ...]) -> OrderRequest:
    if len(requests) != 1:
        raise Halt("several orders cannot be sent in one request; nothing was sent")
    return requests[0]


def _is_contract(symbol: str) -> bool:
    return ":" in symbol


def _market(symbol: str) -> str:
    parts = _SYMBOL.fullmatch(symbol)
    if parts is None:
        raise Halt(f"`{symbol}` is no symbol of spot or linear futures; nothing was sent")
    return f"{parts[1]}-{parts[2]}"
