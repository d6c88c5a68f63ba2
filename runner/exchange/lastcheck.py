"""The last look at an order before the socket, written apart from the code that builds it.

In: the bytes to be sent, the order as journaled, the time it was pinned to. Out: nothing, or `Halt`
when they differ in anything or hold a parameter that is not accounted for. Knows Binance spot.
"""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from runner.exchange.ids import list_client_order_id
from runner.model.errors import Halt
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

_ROOT = "https://api.binance.com/api/v3"
_SIGNATURE = re.compile(
    r"[0-9a-f]{64}|[A-Za-z0-9+/]{86,700}={0,2}"
)  # HMAC hex; Ed25519, RSA base64
_PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")


def check_submit(
    method: str, url: str, body: bytes | None, requests: tuple[OrderRequest, ...], pinned: Pinned
) -> None:
    """The request places exactly these orders: one, or a stop and a target as a pair."""
    form = _Form(method, url, (body or b"").decode("ascii", "replace"))
    if len(requests) == 1:
        form.goes("POST", f"{_ROOT}/order")
        _check_one(form, requests[0])
    else:
        form.goes("POST", f"{_ROOT}/orderList/oco")
        _check_pair(form, requests)
    form.says("newOrderRespType", "FULL")
    form.signed(pinned)


def check_cancel(
    method: str, url: str, body: bytes | None, requests: tuple[OrderRequest, ...], pinned: Pinned
) -> None:
    """The request cancels exactly this order, or the pair that these two orders are."""
    ids = tuple(request.client_order_id for request in requests)
    address, _, query = url.partition("?")
    form = _Form(method, address, query)
    if body:
        raise Halt("a cancellation has a body that nothing accounts for; nothing was sent")
    if len({request.symbol for request in requests}) != 1:
        raise Halt("orders of several symbols cannot be canceled together; nothing was sent")
    form.says("symbol", _market(requests[0].symbol))
    if len(requests) == 1:
        form.goes("DELETE", f"{_ROOT}/order")
        form.says("origClientOrderId", ids[0])
    else:
        form.goes("DELETE", f"{_ROOT}/orderList")
        form.says("listClientOrderId", list_client_order_id(ids))
    form.signed(pinned)


class _Form:
    """A request taken apart; every parameter must be asked for once, by name."""

    def __init__(self, method: str, address: str, text: str) -> None:
        self.method, self.address = method, address
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        except ValueError:
            raise Halt("an order's parameters cannot be read; nothing was sent") from None
        self.rest = dict(pairs)
        if len(self.rest) != len(pairs):
            raise Halt("an order has a parameter twice; nothing was sent")

    def goes(self, method: str, address: str) -> None:
        if (self.method, self.address) != (method, address):
            parts = urlsplit(self.address)
            where = f"{self.method} {parts.hostname}{parts.path}"
            raise Halt(f"an order would go to {where} instead of {method} {address}")

    def says(self, name: str, expected: str) -> None:
        if (found := self.rest.pop(name, "")) != expected:
            raise Halt(
                f"an order's `{name}` is {found or 'absent'}, not {expected}; nothing was sent"
            )

    def counts(self, name: str, expected: Decimal | None) -> None:
        """The same number, in plain digits; `None`: there is no such parameter."""
        found = self.rest.pop(name, None)
        if found is None and expected is None:
            return
        if found is None or not _PLAIN_NUMBER.fullmatch(found) or Decimal(found) != expected:
            told = "absent" if found is None else found
            raise Halt(f"an order's `{name}` is {told}, not {expected}; nothing was sent")

    def signed(self, pinned: Pinned) -> None:
        """The pinned time, a signature, and nothing else."""
        self.says("timestamp", str(pinned.timestamp_ms))
        self.says("recvWindow", str(pinned.window_ms))
        if not _SIGNATURE.fullmatch(self.rest.pop("signature", "")):
            raise Halt("an order is not signed; nothing was sent")
        if self.rest:
            surplus = ", ".join(f"`{name}`" for name in sorted(self.rest))
            raise Halt(f"an order has parameters that nothing accounts for: {surplus}")


def _check_one(form: _Form, request: OrderRequest) -> None:
    form.says("symbol", _market(request.symbol))
    form.says("side", {Side.BUY: "BUY", Side.SELL: "SELL"}[request.side])
    form.says("type", _word(request))
    form.says("newClientOrderId", request.client_order_id)
    form.counts("quantity", request.quantity)
    form.counts("quoteOrderQty", request.spend)
    form.counts("price", request.price)
    form.counts("stopPrice", request.stop_price)


def _check_pair(form: _Form, requests: tuple[OrderRequest, ...]) -> None:
    """A selling pair: the target rests above the price, the stop waits below it."""
    pair = sorted(requests, key=lambda request: request.type)
    if [request.type for request in pair] != [OrderType.LIMIT, OrderType.STOP]:
        raise Halt("only a target and a stop can be sent as a pair; nothing was sent")
    target, stop = pair
    if (target.symbol, target.quantity) != (stop.symbol, stop.quantity):
        raise Halt("the target and the stop of a pair differ in symbol or quantity")
    if (target.side, stop.side) != (Side.SELL, Side.SELL):
        raise Halt("a pair that buys is not supported yet; nothing was sent")
    if (target.spend, target.stop_price, stop.spend, stop.price) != (None,) * 4:
        raise Halt("a pair has numbers that cannot be sent; nothing was sent")
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


def _word(request: OrderRequest) -> str:
    match request.type:
        case OrderType.MARKET:
            return "MARKET"
        case OrderType.STOP:
            return "STOP_LOSS"
        case OrderType.LIMIT:
            return "LIMIT_MAKER"


def _market(symbol: str) -> str:
    base, slash, quote = symbol.partition("/")
    if not (slash and base.isalnum() and quote.isalnum()):
        raise Halt(f"`{symbol}` is not a spot symbol; nothing was sent")
    return base + quote
