"""What may leave for Bybit: no request outside the table, whatever the library is asked for."""

from __future__ import annotations

import asyncio
import json
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.importing import async_exchange
from runner.exchange.keys.asked import is_told_at
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.requests.row import ByField, ByForm
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest
from tests.exchange.asked import LIMIT, LONG, PERP, PERP_STOP, STOP
from tests.exchange.bybit.told import ORDERS, PRICE, listed, price
from tests.exchange.scripted import PINNED, Scripted, door

LIVE = Venue.LIVE
HOST = "api.bybit.com"
TABLE = requests_of("bybit", LIVE)
LIBRARY = async_exchange("bybit")
ENDPOINTS = {
    name: entry
    for owner in LIBRARY.__mro__
    for name, entry in vars(owner).items()
    if type(entry).__name__ == "Entry" and "_" not in name
}
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]
#: What a request may say it is about.
CATEGORIES = (None, "spot", "linear", "inverse", "option", "", ["spot"], 1)


def needed(method: str, path: str, category: Any) -> Permission | str | None:
    """The permission that the table names; `forbidden` where it has no such request."""
    need = TABLE.get((method, HOST, path), "forbidden")
    if isinstance(need, ByField):
        return need.needs.get(category, "forbidden") if isinstance(category, str) else "forbidden"
    assert not isinstance(need, ByForm)
    return need


def leaves(permissions: frozenset[Permission], method: str, url: str, body: bytes | None) -> bool:
    try:
        require_permitted("bybit", LIVE, permissions, method, url, {}, body)
    except Halt:
        return False
    return True


def test_the_table_has_no_withdrawal_no_transfer_and_one_host() -> None:
    words = ("withdraw", "transfer", "asset", "borrow", "loan", "convert", "user", "earn", "batch")
    found = [path for _, _, path in TABLE if any(word in path.lower() for word in words)]

    assert {host for _, host, _ in TABLE} == {HOST}
    assert found == ["/v5/user/query-api"]
    assert {path for method, _, path in TABLE if method != "GET"} == {
        "/v5/order/create",
        "/v5/order/cancel",
        "/v5/position/set-leverage",
    }


def test_keys_are_not_asked_about_where_the_venue_does_not_tell() -> None:
    for venue, told in ((Venue.LIVE, True), (Venue.TESTNET, True), (Venue.DEMO, False)):
        paths = {path for _, _, path in requests_of("bybit", venue)}

        assert ("/v5/user/query-api" in paths) is told
        assert is_told_at("bybit", venue) is told


def test_every_signed_endpoint_under_every_set_of_permissions() -> None:
    """Each also as an order of every category, in whatever place the library puts it."""
    exchange = LIBRARY({"apiKey": "k", "secret": "s"})
    passed, signed = set(), 0
    for it in ENDPOINTS.values():
        for category in CATEGORIES:
            said = {} if category is None else {"category": category}
            request = exchange.sign(it.path, it.api, it.method, said)
            method, parts = request["method"], urlsplit(request["url"])
            body = request["body"].encode() if request["body"] else None
            need = needed(method, parts.path, category)
            signed += 1
            for permissions in SETS if need != "forbidden" else (ALL, frozenset[Permission]()):
                expected = need is None or need in permissions
                assert leaves(permissions, method, request["url"], body) is expected, parts.path
                if expected:
                    passed.add((method, parts.path))

    assert (signed, len(SETS)) == (len(ENDPOINTS) * 8, 256)
    assert len(ENDPOINTS) > 300
    assert passed == {(method, path) for method, _, path in TABLE}


@pytest.mark.parametrize(
    "permissions", [frozenset(), *(frozenset({one}) for one in sorted(ALL)), ALL]
)
def test_every_endpoint_called_through_the_door(permissions: frozenset[Permission]) -> None:
    """Real sockets: only permitted questions arrive, and not one write."""

    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "bybit", "permissions": permissions}
        async with door({}, **options) as (client, exchange):
            for name in ENDPOINTS:
                for said in ({}, {"category": "spot"}) if permissions == ALL else ({},):
                    call = Call("read", None)
                    try:
                        await client._library.call(call, name, said)
                    except Exception:
                        assert not call.sent, name
            return exchange

    arrived = {(sent.method, sent.path) for sent in asyncio.run(act()).sent}

    assert arrived == {
        (method, path)
        for (method, _, path), need in TABLE.items()
        if method == "GET" and (need is None or need in permissions)
    }


def posted(path: str, said: str) -> tuple[str, str, bytes]:
    return "POST", f"https://{HOST}{path}", said.encode()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"category": "inverse"}',
        '{"category": "option"}',
        '{"category": ["spot"]}',
        '{"category": {"spot": "spot"}}',
        '{"category": "spot", "category": "linear"}',
        '{"category": "spot", "category": "spot"}',
        '[{"category": "spot"}]',
        '{"order": {"category": "spot"}}',
        "category=spot",
        '{"category": "spot"',
    ],
)
def test_an_order_that_does_not_say_clearly_what_it_is_of_stays(body: str) -> None:
    for path in ("/v5/order/create", "/v5/order/cancel", "/v5/position/set-leverage"):
        assert not leaves(ALL, *posted(path, body)), path


def test_the_kind_of_an_order_is_not_said_beside_its_body() -> None:
    url = f"https://{HOST}/v5/order/create?category=linear"

    assert not leaves(ALL, "POST", url, b'{"category": "spot"}')
    assert not leaves(ALL, "POST", f"{url}&category=spot", b"{}")


@pytest.mark.parametrize(
    ("category", "permission"), [("spot", Permission.SPOT), ("linear", Permission.FUTURES)]
)
def test_each_kind_of_order_needs_its_own_permission(category: str, permission: Permission) -> None:
    body = json.dumps({"category": category, "orderLinkId": "spot"})
    for path in ("/v5/order/create", "/v5/order/cancel"):
        for permissions in SETS:
            expected = permission in permissions
            assert leaves(permissions, *posted(path, body)) is expected


def test_leverage_is_set_for_contracts_alone() -> None:
    assert leaves(ALL, *posted("/v5/position/set-leverage", '{"category": "linear"}'))
    assert not leaves(ALL, *posted("/v5/position/set-leverage", '{"category": "spot"}'))


@pytest.mark.parametrize(
    "url",
    [
        "http://api.bybit.com/v5/order/create",
        "https://api.bybit.com:8443/v5/order/create",
        "https://key@api.bybit.com/v5/order/create",
        "https://api.bybit.com.evil.example/v5/order/create",
        "https://API.bybit.com/v5/order/create",
        "https://api.bybit.com/v5/order/create/",
        "https://api.bybit.com/v5//order/create",
        "https://api.bybit.com/v5/%6frder/create",
        "https://api.bybit.com/v5/x/../order/create",
        "https://api.bybit.com/v5/order/create#x",
        "https://api.bytick.com/v5/order/create",
        "https://api-testnet.bybit.com/v5/order/create",
        "https://api-demo.bybit.com/v5/order/create",
        "https://api.bybit.com/v3/private/order/create",
        "https://api.bybit.com/v5/order/create-batch",
        "https://api.bybit.com/v5/asset/withdraw/create",
        "https://api.bybit.com/v5/asset/transfer/inter-transfer",
        "https://api.bybit.com/v5/account/set-margin-mode",
        "https://api.bybit.com/v5/position/switch-mode",
        "//api.bybit.com/v5/order/create",
        "",
    ],
)
def test_an_address_that_only_looks_permitted_is_not(url: str) -> None:
    assert not leaves(ALL, "POST", url, b'{"category": "spot"}')


@pytest.mark.parametrize(
    ("request_", "without"),
    [
        (LIMIT, Permission.SPOT),
        (STOP, Permission.SPOT),
        (LONG, Permission.FUTURES),
        (PERP_STOP, Permission.FUTURES),
    ],
)
def test_an_order_needs_its_permission_before_a_byte_leaves(
    request_: OrderRequest, without: Permission
) -> None:
    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "bybit", "permissions": ALL - {without}}
        told = {PRICE: price(request_, "60000.1"), ORDERS: listed(request_)}
        async with door(told, symbols=(request_.symbol,), **options) as (client, exchange):
            for write in (client.submit, client.cancel):
                with pytest.raises(Halt, match=f"needs the permission `{without}`"):
                    await write((request_,), PINNED)
            return exchange

    assert all(it.method == "GET" for it in asyncio.run(act()).sent)


def test_nothing_leaves_that_nobody_asked_for() -> None:
    """The library's own calls: it would ask for the kind of account by itself."""

    async def act() -> tuple[Scripted, set[str]]:
        options: dict[str, Any] = {"exchange": "bybit", "permissions": ALL, "symbols": (PERP,)}
        async with door({}, **options) as (client, exchange):
            library: Any = client._library._ccxt
            told = set()
            for act in (
                library.fetch_balance,
                library.load_markets,
                library.is_unified_enabled,
                library.publicGetV5MarketTime,
            ):
                with pytest.raises(Halt) as halted:
                    await act()
                told.add(str(halted.value))
            return exchange, told

    exchange, told = asyncio.run(act())

    assert exchange.sent == []
    assert told == {"the library tried to send a request that nobody asked for"}
