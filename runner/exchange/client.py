"""The door to exchanges through ccxt; no other module uses it.

In: orders and questions in our words, a key. Out: outcomes and values in our words. ccxt signs,
paces and addresses; what leaves and what comes back is read by ourselves (`wire.py`). Neither the
key nor a signed address can be seen from outside, or gets into a message, a log or a traceback.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NoReturn

import aiohttp
import certifi

from runner.exchange.asking import Asking
from runner.exchange.balances import Balance
from runner.exchange.binance import forms, markets, orders
from runner.exchange.binance.reading import Row
from runner.exchange.lastcheck import check_cancel, check_submit
from runner.exchange.library import Library
from runner.exchange.outcomes import outcome_of_write
from runner.exchange.permitted import REQUESTS, require_permitted
from runner.exchange.transport import Transport
from runner.exchange.wire import Call, Check, Wire
from runner.model.accounts import Permission
from runner.model.bars import Timeframe
from runner.model.clock import iso
from runner.model.errors import Refused, RunnerError
from runner.model.markets import Market
from runner.model.orders import (
    Accepted,
    OrderReport,
    OrderRequest,
    Outcome,
    Pinned,
    Rejected,
    Unknown,
)
from runner.model.secrets import Secret

FIELDS = {"api_key": "apiKey", "api_secret": "secret"}  # of a rule file: of ccxt
_PAGE = 1000  # most orders, trades and bars in one answer (rest-api.md)


class Client:
    """One account of one exchange, held open; trades and asks about one symbol.

    Reads raise `Unavailable` (they may be repeated) or `Refused`. Writes are sent once, by no layer
    again, and return an `Outcome`; they raise only before a byte has left.
    """

    __slots__ = ("_asking", "_clock", "_http", "_library", "_name", "_symbol")

    def __init__(
        self,
        name: str,
        symbol: str,
        clock: Callable[[], int],
        library: Library,
        http: aiohttp.ClientSession,
    ) -> None:
        self._name, self._symbol, self._clock = name, symbol, clock
        self._library, self._http = library, http
        self._asking = Asking(name, library, clock)

    @staticmethod
    async def open(
        exchange_name: str,
        credentials: Mapping[str, Secret],
        permissions: frozenset[Permission],
        symbol: str,
        clock: Callable[[], int],
        transport: Transport | None,
        step: Callable[[str], None],
    ) -> Client:
        """`transport` is `None` but for the exchange on this machine, which asks for no pace.

        `clock` signs reads; `step` hears `socket:submit:before`, `socket:read:after` and the like.
        """
        if exchange_name not in REQUESTS:
            raise Refused(f"not supported yet: `{exchange_name}`; there is {_listed(REQUESTS)}")
        if set(credentials) != set(FIELDS):
            raise Refused(f"credentials of {exchange_name} are {_listed(FIELDS)}, no more, no less")
        http = aiohttp.ClientSession(connector=_connector(transport), trust_env=False)
        permit = partial(require_permitted, exchange_name, permissions)
        wire = Wire(http, permit, step, partial(_without, tuple(credentials.values())))
        keys = {theirs: credentials[ours].reveal for ours, theirs in FIELDS.items()}
        library = Library(exchange_name, keys, clock, wire, paced=transport is None)
        return Client(exchange_name, symbol, clock, library, http)

    async def close(self) -> None:
        """Ends all connections."""
        await self._library.close()
        await self._http.close()

    async def market(self) -> Market:
        """The symbol's steps and minimums; Refused, with a suggestion, where it is not traded."""
        asked, today = {"symbol": forms.market_id(self._symbol)}, iso(self._clock())[:10]
        found = await self._asking.look_up(
            f"the market `{self._symbol}`",
            "publicGetExchangeInfo",
            asked,
            lambda document: markets.market(document, self._symbol, today),
            markets.NO_SUCH_SYMBOL,
        )
        if found is not None:
            return found
        known = await self._asking.read("its symbols", "publicGetExchangeInfo", {}, markets.symbols)
        help_ = markets.suggestion(self._symbol, known)
        raise Refused(f"{self._name} has no spot market `{self._symbol}`{help_}")

    async def server_time(self) -> int:
        """The exchange's clock, UTC milliseconds."""
        return await self._asking.read("its time", "publicGetTime", {}, markets.server_time)

    async def bars(self, timeframe: Timeframe, since_ms: int, limit: int) -> list[markets.BarRow]:
        """Bars that opened at `since_ms` or later, oldest first, the forming one included."""
        if timeframe.text not in forms.TIMEFRAMES:
            known = _listed(forms.TIMEFRAMES)
            raise Refused(f"{self._name} has no bars of `{timeframe.text}`; there is {known}")
        asked = {"interval": timeframe.text, "startTime": since_ms, "limit": limit}
        return await self._asking.read(
            "the bars", "publicGetKlines", self._here(asked), markets.bars
        )

    async def balances(self) -> Mapping[str, Balance]:
        """What is held of each currency."""
        return await self._asking.read("the balances", "privateGetAccount", {}, markets.balances)

    async def submit(self, requests: tuple[OrderRequest, ...], pinned: Pinned) -> Outcome:
        """One order, or a stop and a target of which one cancels the other (OCO)."""
        check = partial(check_submit, requests=requests, pinned=pinned)
        form = forms.submit_form(requests, pinned)
        return await self._write("submit", form, check, lambda it: orders.submitted(it, requests))

    async def cancel(self, requests: tuple[OrderRequest, ...], pinned: Pinned) -> Outcome:
        """Cancels what was submitted together."""
        check = partial(check_cancel, requests=requests, pinned=pinned)
        form = forms.cancel_form(requests, pinned)
        return await self._write("cancel", form, check, lambda it: orders.canceled(it, requests))

    async def order(self, client_order_id: str) -> OrderReport | None:
        """One order by our id; `None` only where the exchange says that it does not exist."""
        order = await self._asking.look_up(
            f"order `{client_order_id}`",
            "privateGetOrder",
            self._here({"origClientOrderId": client_order_id}),
            lambda row: orders.seen(row, self._symbol, client_order_id),
            orders.NO_SUCH_ORDER,
        )
        return None if order is None else await self._report(order)

    async def open_orders(self) -> list[OrderReport]:
        """Everything that rests at the symbol, whoever placed it."""
        return [
            await self._report(order) for order in await self._orders("privateGetOpenOrders", {})
        ]

    async def find(self, client_order_id: str, since_ms: int) -> OrderReport | None:
        """The same as `order` from a second source: all orders of the symbol since `since_ms`."""
        asked: dict[str, Any] = {"startTime": since_ms}
        while rows := await self._orders("privateGetAllOrders", asked | {"limit": _PAGE}):
            for order in rows:
                if order.report.client_order_id == client_order_id:
                    return await self._report(order)
            asked = {"orderId": 1 + max(int(row.report.exchange_order_id) for row in rows)}
            if len(rows) < _PAGE:
                break
        return None

    async def key_facts(self) -> Mapping[str, Any]:
        """What the exchange says this key may do, in the exchange's words; the audit judges it."""
        name = "sapiGetAccountApiRestrictions"
        return await self._asking.read("the key's permissions", name, {}, markets.facts)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open door to an exchange cannot be pickled or copied")

    def _here(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"symbol": forms.market_id(self._symbol)} | asked

    async def _orders(self, endpoint: str, asked: dict[str, Any]) -> tuple[orders.Seen, ...]:
        return await self._asking.read(
            "the orders",
            endpoint,
            self._here(asked),
            lambda rows: orders.all_seen(rows, self._symbol),
        )

    async def _report(self, order: orders.Seen) -> OrderReport:
        """The order with its execution, from its own fills or from the account's trades."""
        if not order.filled:
            return order.report
        fills = order.fills or await self._trades(order.report.exchange_order_id)
        quote = self._symbol.partition("/")[2]
        return self._asking.understood(
            "its fills", lambda: orders.with_execution(order, fills, quote)
        )

    async def _trades(self, exchange_order_id: str) -> tuple[Row, ...]:
        asked: dict[str, Any] = self._here({"orderId": exchange_order_id, "limit": _PAGE})
        trades = rows = await self._asking.read(
            "the fills", "privateGetMyTrades", asked, orders.trades
        )
        while len(rows) == _PAGE:
            asked["fromId"] = int(rows[-1]["id"]) + 1
            rows = await self._asking.read("the fills", "privateGetMyTrades", asked, orders.trades)
            trades += rows
        return trades

    async def _write(
        self,
        verb: str,
        form: forms.Form,
        check: Check,
        read: Callable[[Any], tuple[orders.Seen, ...]],
    ) -> Outcome:
        call = await self._library.call(Call(verb, check), *form)
        if call.answer is None:
            return Unknown(call.failure)
        match outcome_of_write(self._name, verb, call.answer, read):
            case Rejected() | Unknown() as told:
                return told
            case found:
                return await self._accepted(found)

    async def _accepted(self, found: tuple[orders.Seen, ...]) -> Outcome:
        try:
            return Accepted(tuple([await self._report(order) for order in found]))
        except RunnerError as failure:  # looked up later, where it is raised again
            return Unknown(f"accepted, but its fills are not known: {failure}")


def _connector(transport: Transport | None) -> aiohttp.TCPConnector:
    if transport is not None:
        return aiohttp.TCPConnector(
            ssl=transport.ssl_context, resolver=transport.resolver, use_dns_cache=False
        )
    return aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=certifi.where()))


def _without(secrets: tuple[Secret, ...], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret.reveal(), "***")
    return text


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))
