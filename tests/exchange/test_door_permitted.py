"""What may leave: no request outside the table, whatever the library is asked for."""

from __future__ import annotations

import asyncio
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.importing import async_exchange
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.requests.row import Need
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest
from tests.exchange.asked import ENTRY, LONG, PERP, PERP_STOP, STOP
from tests.exchange.scripted import PINNED, Scripted, door

LIVE = Venue.LIVE
TABLE = requests_of("binance", LIVE)
LIBRARY = async_exchange("binance")
ENDPOINTS = {
    name: entry
    for owner in LIBRARY.__mro__
    for name, entry in vars(owner).items()
    if type(entry).__name__ == "Entry" and "_" not in name
}
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]


def needed(method: str, url: str) -> tuple[bool, Need]:
    """Whether the table has the request, and the permission it names."""
    parts = urlsplit(url)
    key = (method, parts.netloc, parts.path)
    return key in TABLE, TABLE.get(key)


def test_the_table_has_no_withdrawal_no_transfer_and_two_hosts() -> None:
    words = ("withdraw", "transfer", "capital", "sub-account", "margin", "wallet")
    found = [path for _, _, path in TABLE if any(word in path.lower() for word in words)]

    assert {host for _, host, _ in TABLE} == {"api.binance.com", "fapi.binance.com"}
    assert found == ["/fapi/v1/marginType"]  # isolated or cross
    assert set(TABLE.values()) == {None, Permission.READ, Permission.SPOT, Permission.FUTURES}


def test_orders_of_a_kind_need_the_permission_of_that_kind() -> None:
    for (method, host, path), permission in TABLE.items():
        kind = Permission.FUTURES if host.startswith("fapi.") else Permission.SPOT

        assert (permission is kind) is (method != "GET"), path


def test_the_position_mode_and_the_margin_of_a_position_are_never_set() -> None:
    for path in ("positionSide/dual", "multiAssetsMargin", "positionMargin", "batchOrders"):
        with pytest.raises(Halt, match="no request that runner makes"):
            require_permitted(
                "binance", LIVE, ALL, "POST", f"https://fapi.binance.com/fapi/v1/{path}", {}, None
            )


def test_every_signed_endpoint_under_every_set_of_permissions() -> None:
    exchange = LIBRARY({"apiKey": "k", "secret": "s"})
    signed = [exchange.sign(it.path, it.api, it.method, {}) for it in ENDPOINTS.values()]
    passed = set()

    for request in signed:
        known, permission = needed(request["method"], request["url"])
        for permissions in SETS:
            expected = known and (permission in (None, *permissions))
            try:
                require_permitted(
                    "binance", LIVE, permissions, request["method"], request["url"], {}, None
                )
            except Halt:
                assert not expected
            else:
                assert expected
                passed.add((request["method"], urlsplit(request["url"]).path))

    assert (len(signed), len(SETS)) == (825, 256)
    assert passed == {(method, path) for method, _, path in TABLE}


@pytest.mark.parametrize(
    "permissions",
    [frozenset(), *(frozenset({one}) for one in sorted(ALL)), ALL],
)
def test_every_endpoint_called_through_the_door(permissions: frozenset[Permission]) -> None:
    """Real sockets: only permitted questions arrive, and not one write."""

    async def act() -> Scripted:
        async with door({}, permissions=permissions) as (client, exchange):
            library = client._library
            for name in ENDPOINTS:
                call = Call("read", None)
                try:
                    await library.call(call, name, {})
                except Exception:
                    assert not call.sent, name
            return exchange

    arrived = {(sent.method, sent.host, sent.path) for sent in asyncio.run(act()).sent}

    assert arrived == {
        (method, host, path)
        for (method, host, path), permission in TABLE.items()
        if method == "GET" and (permission in (None, *permissions))
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://api.binance.com/api/v3/order",
        "https://api.binance.com:8443/api/v3/order",
        "https://key@api.binance.com/api/v3/order",
        "https://api.binance.com.evil.example/api/v3/order",
        "https://api.binance.com@evil.example/api/v3/order",
        "https://API.binance.com/api/v3/order",
        "https://api.binance.com/api/v3/order/",
        "https://api.binance.com/api/v3//order",
        "https://api.binance.com/api/v3/%6frder",
        "https://api.binance.com/api/v3/x/../order",
        "https://api.binance.com/api/v3/order#x",
        "https://api.binance.com/sapi/v1/capital/withdraw/apply",
        "https://api.binance.com/fapi/v1/order",
        "https://fapi.binance.com/api/v3/order",
        "https://dapi.binance.com/dapi/v1/order",
        "https://fapi.binance.com/fapi/v2/order",
        "//api.binance.com/api/v3/order",
        "",
    ],
)
def test_an_address_that_only_looks_permitted_is_not(url: str) -> None:
    with pytest.raises(Halt):
        require_permitted("binance", LIVE, ALL, "POST", url, {}, None)


def test_orders_need_their_permission_before_a_byte_leaves() -> None:
    async def act() -> Scripted:
        async with door({}, permissions=frozenset({Permission.READ})) as (client, exchange):
            with pytest.raises(Halt, match="needs the permission `spot`"):
                await client.submit((ENTRY,), PINNED)
            with pytest.raises(Halt, match="needs the permission `spot`"):
                await client.cancel((STOP,), PINNED)
            return exchange

    assert asyncio.run(act()).sent == []


@pytest.mark.parametrize("request_", [LONG, PERP_STOP], ids=["order", "algo order"])
def test_futures_need_a_permission_of_their_own(request_: OrderRequest) -> None:
    async def act() -> Scripted:
        spot = frozenset({Permission.READ, Permission.SPOT})
        async with door({}, permissions=spot, symbols=(PERP,)) as (client, exchange):
            for write in (client.submit, client.cancel):
                with pytest.raises(Halt, match="needs the permission `futures`"):
                    await write((request_,), PINNED)
            return exchange

    assert asyncio.run(act()).sent == []


def test_nothing_leaves_that_nobody_asked_for() -> None:
    """The library's own calls, outside of a question of ours."""

    async def act() -> tuple[Scripted, list[str]]:
        async with door({}, permissions=ALL) as (client, exchange):
            library: Any = client._library._ccxt
            told = []
            for act in (library.fetch_balance, library.load_markets, library.publicGetTime):
                with pytest.raises(Halt) as halted:
                    await act()
                told.append(str(halted.value))
            return exchange, told

    exchange, told = asyncio.run(act())

    assert exchange.sent == []
    assert set(told) == {"the library tried to send a request that nobody asked for"}


def test_one_question_is_one_request() -> None:
    async def act() -> Scripted:
        answers = {"GET /api/v3/time": {"serverTime": 1}}
        async with door(answers) as (client, exchange):
            call = Call("read", None)
            await client._library.call(call, "publicGetTime", {})
            with pytest.raises(Halt):
                await client._library.call(call, "publicGetTime", {})
            return exchange

    assert len(asyncio.run(act()).sent) == 1
