"""The last look at a write before the socket, written apart from the code that builds it.

In: the request to be sent, the order as journaled, the time it was pinned to, the venue that the
key belongs to. Out: nothing, or `Halt` when they differ in anything, or hold a parameter or header
that is not accounted for. Knows Bitget's classic spot and USDT-margined futures, by its own host.
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
_HOST = "https://api.bitget.com"
_SPOT, _FUTURES = f"{_HOST}/api/v2/spot/trade", f"{_HOST}/api/v2/mix/order"
_ACCOUNT = f"{_HOST}/api/v2/mix/account"
#: The header by which it tells demo keys; live ones have none.
_DEMO = {Venue.LIVE: None, Venue.DEMO: "1"}
_SYMBOL = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+)(:USDT)?")  # BTC/USDT, BTC/USDT:USDT
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{43}=")  # HMAC-SHA256 in base64
_ANYTHING = re.compile(r"[\x20-\x7e]+")
_PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
#: Headers that say nothing of an order.
_QUIET = frozenset({"user-agent", "accept-encoding", "x-channel-api-code"})
_CLOSING = (Purpose.EXIT, Purpose.PROTECT)
#: The market takes decimals of an amount to spend as it likes; never so much may get lost.
_CENT = Decimal("0.01")


def check_submit(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    pinned: Pinned,
) -> None:
    """The request places exactly this one order."""
    request = _alone(requests)
    _possible(request)
    form = SentForm.of_json(method, url, body)
    if not _is_contract(request):
        form.goes("POST", f"{_SPOT}/place-order")
        _check_spot(form, request, pinned)
    elif request.type is OrderType.STOP:
        form.goes("POST", f"{_FUTURES}/place-tpsl-order")
        _check_stop(form, request)
    else:
        form.goes("POST", f"{_FUTURES}/place-order")
        _check_contract(form, request)
    form.says("symbol", _market(request.symbol))
    form.says("clientOid", request.client_order_id)
    form.ends()
    _signed(headers, venue, pinned)


def check_cancel(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    requests: tuple[OrderRequest, ...],
    pinned: Pinned,
) -> None:
    """The request cancels exactly this order; a stop by a list of one, never all of a symbol."""
    request = _alone(requests)
    form = SentForm.of_json(method, url, body)
    if not _is_contract(request):
        form.goes("POST", f"{_SPOT}/cancel-order")
        form.says("clientOid", request.client_order_id)
    elif request.type is OrderType.STOP:
        form.goes("POST", f"{_FUTURES}/cancel-plan-order")
        if form.rest.pop("orderIdList", None) != [[("clientOid", request.client_order_id)]]:
            raise Halt("a cancellation does not name one stop, ours; nothing was sent")
        form.says("planType", "loss_plan")
        _on_margin(form)
    else:
        form.goes("POST", f"{_FUTURES}/cancel-order")
        form.says("clientOid", request.client_order_id)
        _on_margin(form)
    form.says("symbol", _market(request.symbol))
    form.ends()
    _signed(headers, venue, pinned)


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
    form = SentForm.of_json(method, url, body)
    if value == "isolated":
        form.goes("POST", f"{_ACCOUNT}/set-margin-mode")
        form.says("marginMode", value)
    else:
        form.goes("POST", f"{_ACCOUNT}/set-leverage")
        form.says("leverage", value)
    form.says("symbol", _market(symbol))
    _on_margin(form)
    form.ends()
    _signed(headers, venue, pinned)


def _signed(headers: Mapping[str, str], venue: Venue, pinned: Pinned) -> None:
    """The pinned time, key, signature, the venue's header where it has one, and nothing else."""
    said = {name: value for name, value in headers.items() if name.lower() not in _QUIET}
    form = of_headers("POST", _HOST, said)
    form.says("access-timestamp", str(pinned.timestamp_ms))
    form.is_signed("access-sign", _SIGNATURE)
    form.is_signed("access-key", _ANYTHING)
    form.is_signed("access-passphrase", _ANYTHING)
    form.says("content-type", "application/json")
    if venue not in _DEMO:
        raise Halt(f"bitget has no venue `{venue}`; nothing was sent")
    if _DEMO[venue] is not None:
        form.says("paptrading", "1")
    form.ends()


def _alone(requests: tuple[OrderRequest, ...]) -> OrderRequest:
    if len(requests) != 1:
        raise Halt("several orders cannot be sent in one request to bitget; nothing was sent")
    return requests[0]


def _possible(request: OrderRequest) -> None:
    """What is wanted can be said at all where it is sent; nothing may be dropped on the way."""
    contract, limit = _is_contract(request), request.type is OrderType.LIMIT
    stop = request.type is OrderType.STOP
    by_amount = request.type is OrderType.MARKET and request.side is Side.BUY and not contract
    wrong = {
        "a price without a limit order": (request.price is not None) is not limit,
        "a stop price without a stop order": (request.stop_price is not None) is not stop,
        "post-only without a limit order": request.post_only and not limit,
        "an order both by quantity and by amount": (request.quantity is None)
        is (request.spend is None),
        "an amount to spend but for a market order that buys on spot, or none there": by_amount
        is not (request.spend is not None),
        "a stop of spot": stop and not contract,
        "reduce-only on spot": request.reduce_only and not contract,
        "an exit or protection that may open": contract
        and request.reduce_only is not (request.purpose in _CLOSING),
        "a stop that may open": stop and not request.reduce_only,
        "a trigger by mark price without a stop of futures": request.trigger_by_mark
        and not (contract and stop),
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise Halt(f"{words} cannot be sent; nothing was sent")


def _check_spot(form: SentForm, request: OrderRequest, pinned: Pinned) -> None:
    form.says("side", "buy" if request.side is Side.BUY else "sell")
    limit = request.type is OrderType.LIMIT
    form.says("orderType", "limit" if limit else "market")
    form.says("force", "post_only" if request.post_only else "gtc")
    form.counts("price", request.price)
    if request.spend is None:
        form.counts("size", request.quantity)
    else:
        _spends(form, request.spend)
    form.says("requestTime", str(pinned.timestamp_ms))
    form.says("receiveWindow", str(pinned.window_ms))


def _spends(form: SentForm, spend: Decimal) -> None:
    """The amount, but for what it has of decimals too many; never more, never nothing."""
    found = form.rest.pop("size", None)
    plain = isinstance(found, str) and _PLAIN_NUMBER.fullmatch(found)
    if not plain or not 0 < Decimal(found) <= spend or spend - Decimal(found) >= _CENT:
        raise Halt(f"an order's `size` is {found or 'absent'}, not {spend}; nothing was sent")


def _check_contract(form: SentForm, request: OrderRequest) -> None:
    """Futures in one-way mode, isolated."""
    form.says("side", "buy" if request.side is Side.BUY else "sell")
    form.says("marginMode", "isolated")
    form.counts("size", request.quantity)
    form.counts("price", request.price)
    if request.reduce_only:
        form.says("reduceOnly", "YES")
    if request.type is OrderType.LIMIT:
        form.says("orderType", "limit")
        form.says("force", "post_only" if request.post_only else "gtc")
    else:
        form.says("orderType", "market")
    _on_margin(form)


def _check_stop(form: SentForm, request: OrderRequest) -> None:
    """A stop-loss at market of the position that the other side opened."""
    form.says("planType", "loss_plan")
    form.says("holdSide", "buy" if request.side is Side.SELL else "sell")
    form.says("triggerType", "mark_price" if request.trigger_by_mark else "fill_price")
    form.counts("triggerPrice", request.stop_price)
    form.counts("size", request.quantity)
    _on_margin(form)


def _on_margin(form: SentForm) -> None:
    form.says("productType", "USDT-FUTURES")
    form.says("marginCoin", "USDT")


def _is_contract(request: OrderRequest) -> bool:
    return ":" in request.symbol


def _market(symbol: str) -> str:
    parts = _SYMBOL.fullmatch(symbol)
    if parts is None or (parts[3] and parts[2] != "USDT"):
        raise Halt(f"`{symbol}` is no symbol of spot or USDT futures; nothing was sent")
    return parts[1] + parts[2]
