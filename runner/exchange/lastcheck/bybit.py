"""The last look at a write before the socket, written apart from the code that builds it.

In: address, headers and body as they would leave, the order as journaled, the time it was pinned
to, the venue that the key belongs to. Out: nothing, or `Halt` when they differ in anything or hold
a parameter that is not accounted for. Knows Bybit's V5, by its own list of hosts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from runner.exchange.lastcheck.sentform import SentForm, of_headers
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side

#: Not taken from `sites.py`: what builds a request and what checks it do not share a mistake.
_ROOTS = {
    Venue.LIVE: "https://api.bybit.com/v5",
    Venue.TESTNET: "https://api-testnet.bybit.com/v5",
    Venue.DEMO: "https://api-demo.bybit.com/v5",
}
_SYMBOL = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+)(:\2)?")  # BTC/USDT, BTC/USDT:USDT
#: HMAC in hex; RSA in base64.
_SIGNATURE = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9+/]{86,700}={0,2}")
_KEY = re.compile(r"[A-Za-z0-9]{10,100}")
_SIDES = {Side.BUY: "Buy", Side.SELL: "Sell"}
_CLOSING = (Purpose.EXIT, Purpose.PROTECT)
#: What may be lost of an amount to spend, because its currency has steps.
_KEPT = Decimal("0.99")


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
    form, request = SentForm.of_json(method, url, body), _only(requests)
    _possible(request)
    form.goes("POST", f"{_ROOTS[venue]}/order/create")
    form.says("side", _SIDES[request.side])
    form.says("orderType", "Limit" if request.type is OrderType.LIMIT else "Market")
    form.counts("price", request.price)
    form.counts("triggerPrice", request.stop_price)
    if request.type is OrderType.LIMIT:
        form.says("timeInForce", "PostOnly" if request.post_only else "GTC")
    if _is_contract(request.symbol):
        _check_contract(form, request)
    else:
        _check_spot(form, request)
    _about(form, request)
    _signed(headers, pinned)


def check_cancel(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    pinned: Pinned,
) -> None:
    """The request cancels exactly this order."""
    form, request = SentForm.of_json(method, url, body), _only(requests)
    form.goes("POST", f"{_ROOTS[venue]}/order/cancel")
    if not _is_contract(request.symbol):
        form.says("orderFilter", "tpslOrder" if request.type is OrderType.STOP else "Order")
    _about(form, request)
    _signed(headers, pinned)


def check_setting(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    symbol: str,
    leverage: Decimal,
    pinned: Pinned,
) -> None:
    """The request sets this leverage for this symbol, and nothing else."""
    form = SentForm.of_json(method, url, body)
    form.goes("POST", f"{_ROOTS[venue]}/position/set-leverage")
    form.says("category", "linear")
    form.says("symbol", _market(symbol))
    form.counts("buyLeverage", leverage)
    form.counts("sellLeverage", leverage)
    form.ends()
    _signed(headers, pinned)


def _about(form: SentForm, request: OrderRequest) -> None:
    """Whose order it is, at which market, and nothing else."""
    form.says("category", "linear" if _is_contract(request.symbol) else "spot")
    form.says("symbol", _market(request.symbol))
    form.says("orderLinkId", request.client_order_id)
    form.ends()


def _check_spot(form: SentForm, request: OrderRequest) -> None:
    """Without credit; a stop sets aside what it sells, and a market order says what it counts."""
    form.says("isLeverage", 0)
    form.says("orderFilter", "tpslOrder" if request.type is OrderType.STOP else "Order")
    if request.type is not OrderType.LIMIT:
        form.says("marketUnit", "baseCoin" if request.spend is None else "quoteCoin")
    if request.spend is None:
        form.counts("qty", request.quantity)
    else:
        _spends(form, request.spend)


def _check_contract(form: SentForm, request: OrderRequest) -> None:
    """Futures in one-way mode; a stop waits for the price to come from where it is."""
    form.counts("qty", request.quantity)
    form.says("positionIdx", 0)
    form.says("reduceOnly", request.reduce_only)
    if request.type is OrderType.STOP:
        form.says("triggerDirection", 1 if request.side is Side.BUY else 2)
        form.says("triggerBy", "MarkPrice" if request.trigger_by_mark else "LastPrice")


def _spends(form: SentForm, spend: Decimal) -> None:
    """Never more than was asked for, and hardly less."""
    found = form.rest.get("qty")
    plain = isinstance(found, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", found)
    sent = Decimal(found) if isinstance(found, str) and plain else Decimal(0)
    if not spend * _KEPT <= sent <= spend:
        raise Halt(f"an order's `qty` is {found or 'absent'}, not {spend}; nothing was sent")
    form.counts("qty", sent)


def _signed(headers: Mapping[str, str], pinned: Pinned) -> None:
    """The pinned time and its window, a key, a signature, and nothing that is not accounted for."""
    said = of_headers("", "", headers)
    said.says("x-bapi-timestamp", str(pinned.timestamp_ms))
    said.says("x-bapi-recv-window", str(pinned.window_ms))
    said.is_signed("x-bapi-api-key", _KEY)
    said.is_signed("x-bapi-sign", _SIGNATURE)
    said.says("content-type", "application/json")
    said.says("referer", "CCXT")  # the library's mark on what it sends
    said.says("accept-encoding", "gzip, deflate")
    said.ends()


def _possible(request: OrderRequest) -> None:
    """What is wanted can be said at all where it is sent; nothing may be dropped on the way."""
    contract, limit = _is_contract(request.symbol), request.type is OrderType.LIMIT
    stop = request.type is OrderType.STOP
    wrong = {
        "a price without a limit order": (request.price is not None) is not limit,
        "a stop price without a stop order": (request.stop_price is not None) is not stop,
        "post-only without a limit order": request.post_only and not limit,
        "an order both by quantity and by amount": (request.quantity is None)
        is (request.spend is None),
        "an amount to spend but on a market buy of spot": request.spend is not None
        and (contract or request.type is not OrderType.MARKET or request.side is not Side.BUY),
        "reduce-only on spot": request.reduce_only and not contract,
        "an exit or protection that may open": contract
        and request.reduce_only is not (request.purpose in _CLOSING),
        "a trigger by mark price without a stop of futures": request.trigger_by_mark
        and not (contract and stop),
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
    return parts[1] + parts[2]
