"""The last look at a write before the socket, written apart from the code that builds it.

In: the bytes to be sent, the order as journaled, the time it was pinned to, the venue that the key
belongs to. Out: nothing, or `Halt` when they differ in anything or hold a parameter or a header
that is not accounted for. Knows OKX spot and linear perpetual contracts, by its own host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from runner.exchange.lastcheck.sentform import SentForm, of_headers
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Purpose, Side

#: Not taken from `sites.py`: what builds a request and what checks it do not share a mistake.
_ROOT = "https://www.okx.com/api/v5"
_VENUES = {Venue.LIVE: "", Venue.DEMO: "1"}
_SYMBOL = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+)(:\2)?")  # BTC/USDT, BTC/USDT:USDT
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{43}=")  # HMAC-SHA256 in base64
_SOMETHING = re.compile(r".+")
_SIDES = {Side.BUY: "buy", Side.SELL: "sell"}
_CLOSING = (Purpose.EXIT, Purpose.PROTECT)


def check_submit(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    request: OrderRequest,
    pinned: Pinned,
    size: Decimal,
) -> None:
    """The request places exactly this order; `size` is one contract in base currency."""
    _possible(request)
    form = SentForm.of_json(method, url, body)
    form.says("instId", _market(request.symbol))
    form.says("side", _SIDES[request.side])
    form.says("tdMode", "isolated" if _is_contract(request) else "cash")
    if _is_contract(request):
        form.says("posSide", "net")
        form.says("reduceOnly", request.reduce_only)
    if request.type is OrderType.STOP:
        form.goes("POST", f"{_ROOT}/trade/order-algo")
        _check_stop(form, request)
    else:
        form.goes("POST", f"{_ROOT}/trade/order")
        _check_plain(form, request)
    form.counts("sz", _counted(request, size))
    form.ends()
    ends = request.type is not OrderType.STOP  # the algo service reads no `expTime`
    _signed(headers, venue, pinned, pinned.timestamp_ms + pinned.window_ms if ends else None)


def check_cancel(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    request: OrderRequest,
    pinned: Pinned,
) -> None:
    """The request cancels exactly this order."""
    if request.type is OrderType.STOP:
        form = SentForm.of_json_list(method, url, body)
        form.goes("POST", f"{_ROOT}/trade/cancel-algos")
        form.says("algoClOrdId", request.client_order_id)
    else:
        form = SentForm.of_json(method, url, body)
        form.goes("POST", f"{_ROOT}/trade/cancel-order")
        form.says("clOrdId", request.client_order_id)
    form.says("instId", _market(request.symbol))
    form.ends()
    _signed(headers, venue, pinned, None)


def check_leverage(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    symbol: str,
    leverage: Decimal,
    pinned: Pinned,
) -> None:
    """The request sets this leverage for this contract with isolated margin, and nothing else."""
    form = SentForm.of_json(method, url, body)
    form.goes("POST", f"{_ROOT}/account/set-leverage")
    form.says("instId", _market(symbol))
    form.says("mgnMode", "isolated")
    form.counts("lever", leverage)
    form.ends()
    _signed(headers, venue, pinned, None)


def _check_plain(form: SentForm, request: OrderRequest) -> None:
    form.says("clOrdId", request.client_order_id)
    if request.type is OrderType.LIMIT:
        form.says("ordType", "post_only" if request.post_only else "limit")
        form.counts("px", request.price)
        return
    form.says("ordType", "market")
    if not _is_contract(request):
        form.says("tgtCcy", "base_ccy" if request.spend is None else "quote_ccy")
        form.says("banAmend", True)


def _check_stop(form: SentForm, request: OrderRequest) -> None:
    form.says("algoClOrdId", request.client_order_id)
    form.says("ordType", "conditional")
    form.counts("slTriggerPx", request.stop_price)
    form.says("slTriggerPxType", "mark" if request.trigger_by_mark else "last")
    form.says("slOrdPx", "-1")  # at the market
    if not _is_contract(request) and request.side is Side.BUY:
        form.says("tgtCcy", "base_ccy")


def _counted(request: OrderRequest, size: Decimal) -> Decimal | None:
    """What `sz` must be: contracts that make up the quantity, or an amount of either currency."""
    if request.quantity is None or not _is_contract(request):
        return request.quantity if request.spend is None else request.spend
    contracts = request.quantity / size
    if contracts * size != request.quantity:
        raise Halt(f"{request.quantity} is not a number of contracts of {size}; nothing was sent")
    return contracts


def _signed(
    headers: Mapping[str, str], venue: Venue, pinned: Pinned, expires_ms: int | None
) -> None:
    """Under the pinned time, for this venue, until then; and no other header but the library's."""
    said = of_headers("", "", headers)
    at = datetime.fromtimestamp(pinned.timestamp_ms // 1000, UTC)
    time = f"{at:%Y-%m-%dT%H:%M:%S}.{pinned.timestamp_ms % 1000:03}Z"
    said.says("ok-access-timestamp", time)
    said.is_signed("ok-access-sign", _SIGNATURE)
    said.is_signed("ok-access-key", _SOMETHING)
    said.is_signed("ok-access-passphrase", _SOMETHING)
    said.says("content-type", "application/json")
    said.says("accept-encoding", "gzip, deflate")
    if expires_ms is not None:
        said.says("exptime", str(expires_ms))
    if venue not in _VENUES:
        raise Halt(f"okx has no `{venue}`; nothing was sent")
    if _VENUES[venue]:
        said.says("x-simulated-trading", _VENUES[venue])
    said.rest.pop("user-agent", None)
    said.ends()


def _possible(request: OrderRequest) -> None:
    """What is wanted can be said at all where it is sent; nothing may be dropped on the way."""
    contract, limit = _is_contract(request), request.type is OrderType.LIMIT
    stop, buys = request.type is OrderType.STOP, request.side is Side.BUY
    wrong = {
        "a price without a limit order": (request.price is not None) is not limit,
        "a stop price without a stop order": (request.stop_price is not None) is not stop,
        "post-only without a limit order": request.post_only and not limit,
        "an order both by quantity and by amount": (request.quantity is None)
        is (request.spend is None),
        "an amount to spend other than by a market order that buys on spot": request.spend
        is not None
        and (contract or limit or stop or not buys),
        "reduce-only on spot": request.reduce_only and not contract,
        "an exit or protection that may open": contract
        and request.reduce_only is not (request.purpose in _CLOSING),
        "a trigger by mark price without a stop of futures": request.trigger_by_mark
        and not (contract and stop),
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise Halt(f"{words} cannot be sent; nothing was sent")


def _is_contract(request: OrderRequest) -> bool:
    return ":" in request.symbol


def _market(symbol: str) -> str:
    parts = _SYMBOL.fullmatch(symbol)
    if parts is None:
        raise Halt(f"`{symbol}` is no symbol of spot or linear contracts; nothing was sent")
    return f"{parts[1]}-{parts[2]}" + ("-SWAP" if parts[3] else "")
