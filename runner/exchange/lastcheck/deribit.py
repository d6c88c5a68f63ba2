"""The last look at a write before the socket, written apart from the code that builds it.

In: the bytes to be sent, the order as journaled, the time it was pinned to, the venue that the key
belongs to. Out: nothing, or `Halt` when they differ in anything or hold a parameter or a header
that is not accounted for. Knows Deribit spot, by its own list of hosts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.exchange.lastcheck.sentform import SentForm, of_headers
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

#: Not taken from `sites.py`: what builds a request and what checks it do not share a mistake.
_ROOTS = {
    Venue.LIVE: "https://www.deribit.com/api/v2/private",
    Venue.TESTNET: "https://test.deribit.com/api/v2/private",
}
_SYMBOL = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+)")  # BTC/USDC
_NAME = re.compile(r"[0-9a-f]{32}")  # a label in which nothing else hides
_PATHS = {Side.BUY: "buy", Side.SELL: "sell"}


def check_submit(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    request: OrderRequest,
    pinned: Pinned,
) -> None:
    """The request places exactly this order."""
    _possible(request)
    form = _taken_apart(method, url, body)
    form.goes("GET", f"{_root(venue)}/{_PATHS[request.side]}")
    form.says("instrument_name", _market(request.symbol))
    form.says("label", _label(request))
    form.counts("amount", request.quantity)
    match request.type:
        case OrderType.MARKET:
            form.says("type", "market")
        case OrderType.LIMIT:
            form.says("type", "limit")
            form.says("time_in_force", "good_til_cancelled")
        case OrderType.STOP:
            form.says("type", "stop_market")
            form.says("trigger", "last_price")
    form.counts("price", request.price)
    form.counts("trigger_price", request.stop_price)
    if request.post_only:
        form.says("post_only", "true")
        form.says("reject_post_only", "true")
    form.says("valid_until", str(pinned.timestamp_ms + pinned.window_ms))
    form.ends()
    _signed(headers, pinned)


def check_cancel(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    venue: Venue,
    request: OrderRequest,
    pinned: Pinned,
) -> None:
    """The request cancels what rests under the name of exactly this order."""
    form = _taken_apart(method, url, body)
    form.goes("GET", f"{_root(venue)}/cancel_by_label")
    form.says("label", _label(request))
    form.ends()
    _market(request.symbol)
    _signed(headers, pinned)


def _taken_apart(method: str, url: str, body: bytes | None) -> SentForm:
    if body:
        raise Halt("an order has a body that nothing accounts for; nothing was sent")
    address, _, query = url.partition("?")
    return SentForm.of_query(method, address, query)


def _signed(headers: Mapping[str, str], pinned: Pinned) -> None:
    """Under the pinned time; and no other header but the library's."""
    said = of_headers("", "", headers)
    signature = f"deri-hmac-sha256 id=[^,]+,ts={pinned.timestamp_ms},sig=[0-9a-f]{{64}},"
    said.is_signed("authorization", re.compile(signature + "nonce=[0-9a-f]{32}"))
    said.says("accept-encoding", "gzip, deflate")
    said.rest.pop("user-agent", None)
    said.ends()


def _possible(request: OrderRequest) -> None:
    """What is wanted can be said at all where it is sent; nothing may be dropped on the way."""
    limit, stop = request.type is OrderType.LIMIT, request.type is OrderType.STOP
    wrong = {
        "a price without a limit order": (request.price is not None) is not limit,
        "a stop price without a stop order": (request.stop_price is not None) is not stop,
        "post-only without a limit order": request.post_only and not limit,
        "an amount to spend": request.spend is not None,
        "an order without a quantity": request.quantity is None,
        "reduce-only on spot": request.reduce_only,
        "a trigger by mark price": request.trigger_by_mark,
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise Halt(f"{words} cannot be sent to deribit; nothing was sent")


def _root(venue: Venue) -> str:
    if venue not in _ROOTS:
        raise Halt(f"deribit has no `{venue}`; nothing was sent")
    return _ROOTS[venue]


def _label(request: OrderRequest) -> str:
    if _NAME.fullmatch(request.client_order_id) is None:
        raise Halt("an order's id is none of ours; nothing was sent")
    return request.client_order_id


def _market(symbol: str) -> str:
    parts = _SYMBOL.fullmatch(symbol)
    if parts is None:
        raise Halt(f"`{symbol}` is no symbol of spot; nothing was sent")
    return f"{parts[1]}_{parts[2]}"
