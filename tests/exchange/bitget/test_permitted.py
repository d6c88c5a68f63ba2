"""What may leave to Bitget: no request outside the table, whatever the library is asked for."""

from __future__ import annotations

import asyncio
import json
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.importing import async_exchange
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.requests.row import ByField, ByForm, Need
from runner.exchange.sites import SITES
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest
from tests.exchange.asked import EXIT, LONG, PERP_STOP
from tests.exchange.bitget.answers import PINNED
from tests.exchange.scripted import Scripted, door

LIVE, DEMO = Venue.LIVE, Venue.DEMO
TABLE = requests_of("bitget", LIVE)
LIBRARY = async_exchange("bitget")
ENDPOINTS = {
    name: entry
    for owner in LIBRARY.__mro__
    for name, entry in vars(owner).items()
    if type(entry).__name__ == "Entry" and "_" not in name
}
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]
MARK = {"PAPTRADING": "1"}
URL = "https://api.bitget.com/api/v2/mix/order/place-order"


def permission(need: Need) -> Permission | None:
    """What is needed for contracts margined in USDT."""
    assert not isinstance(need, ByForm)
    return need.needs["USDT-FUTURES"] if isinstance(need, ByField) else need


def test_the_table_has_no_withdrawal_no_transfer_and_one_host() -> None:
    words = ("withdraw", "transfer", "wallet", "sub", "loan", "convert", "upgrade", "batch", "all-")
    found = [path for _, _, path in TABLE if any(word in path.lower() for word in words)]

    assert {host for _, host, _ in TABLE} == {"api.bitget.com"}
    assert found == ["/api/v2/mix/position/all-position"]
    assert {permission(need) for need in TABLE.values()} == {
        *(None, Permission.READ, Permission.SPOT, Permission.FUTURES)
    }


def test_orders_of_a_kind_need_the_permission_of_that_kind_and_reads_no_more_than_reading() -> None:
    for (method, _, path), need in TABLE.items():
        kind = Permission.FUTURES if "/mix/" in path else Permission.SPOT

        assert (permission(need) is kind) is (method == "POST"), path


def test_both_venues_have_the_same_requests_and_tell_of_keys() -> None:
    assert requests_of("bitget", DEMO) == TABLE
    assert [SITES["bitget"][venue].mark for venue in (LIVE, DEMO)] == [{}, MARK]
    assert all(site.tells_keys for site in SITES["bitget"].values())


def allowed(venue: Venue, permissions: frozenset[Permission], request: dict[str, Any]) -> bool:
    body = request["body"].encode() if request["body"] else None
    headers = {**(request["headers"] or {}), **SITES["bitget"][venue].mark}
    try:
        require_permitted(
            "bitget", venue, permissions, request["method"], request["url"], headers, body
        )
    except Halt:
        return False
    return True


def test_every_signed_endpoint_under_every_set_of_permissions() -> None:
    exchange = LIBRARY({"apiKey": "k", "secret": "s", "password": "p"})
    asked = {"productType": "USDT-FUTURES"}
    signed = [exchange.sign(it.path, it.api, it.method, asked) for it in ENDPOINTS.values()]
    passed = set()

    for request in signed:
        parts = urlsplit(request["url"])
        key = (request["method"], parts.netloc, parts.path)
        need = permission(TABLE.get(key))
        for permissions in SETS:
            bundled = need in (Permission.SPOT, Permission.FUTURES)
            expected = key in TABLE and (
                need in (None, *permissions) or (bundled and Permission.TRADE_BUNDLE in permissions)
            )
            assert allowed(LIVE, permissions, request) is expected, (key, permissions)
            if expected:
                passed.add(key)

    assert (len(signed), len(SETS)) == (802, 256)
    assert passed == set(TABLE)


@pytest.mark.parametrize("venue", [LIVE, DEMO])
@pytest.mark.parametrize(
    "permissions", [frozenset(), frozenset({Permission.READ}), ALL], ids=["none", "read", "all"]
)
def test_every_endpoint_called_through_the_door(
    permissions: frozenset[Permission], venue: Venue
) -> None:
    """Real sockets: only permitted questions arrive, and not one write."""

    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "bitget", "venue": venue}
        async with door({}, permissions=permissions, **options) as (client, exchange):
            for name in ENDPOINTS:
                call = Call("read", None)
                try:
                    await client._library.call(call, name, {"productType": "USDT-FUTURES"})
                except Exception:
                    assert not call.sent, name
            return exchange

    exchange = asyncio.run(act())

    assert {(it.method, it.host, it.path) for it in exchange.sent} == {
        (method, host, path)
        for (method, host, path), need in TABLE.items()
        if method == "GET" and need in (None, *permissions)
    }
    mark = "1" if venue is DEMO else None
    assert {it.headers.get("PAPTRADING") for it in exchange.sent} == {mark}


@pytest.mark.parametrize(
    "body",
    [
        {"productType": "COIN-FUTURES"},
        {"productType": "USDC-FUTURES"},
        {"productType": "usdt-futures"},
        {"productType": ["USDT-FUTURES"]},
        {},
        [{"productType": "USDT-FUTURES"}] * 2,
        None,
    ],
)
def test_contracts_of_another_margin_are_not_ordered(body: Any) -> None:
    data = json.dumps(body).encode() if body is not None else None

    with pytest.raises(Halt, match="does not say clearly what `productType` it is for"):
        require_permitted("bitget", LIVE, ALL, "POST", URL, {}, data)


def test_a_contract_that_is_named_twice_is_not_ordered() -> None:
    body = b'{"productType": "USDT-FUTURES", "productType": "USDT-FUTURES"}'

    with pytest.raises(Halt):
        require_permitted("bitget", LIVE, ALL, "POST", URL, {}, body)


@pytest.mark.parametrize(
    ("venue", "headers"),
    [
        (LIVE, MARK),
        (LIVE, {"paptrading": "0"}),
        (LIVE, {"x-simulated-trading": "1"}),
        (DEMO, {}),
        (DEMO, {"PAPTRADING": "0"}),
        (DEMO, {"paptrading": "1"}),
        (DEMO, MARK | {"x-simulated-trading": "1"}),
    ],
)
def test_a_request_carries_the_mark_of_its_venue_and_no_other(
    venue: Venue, headers: dict[str, str]
) -> None:
    body = json.dumps({"productType": "USDT-FUTURES"}).encode()

    with pytest.raises(Halt, match="would go to another venue"):
        require_permitted("bitget", venue, ALL, "POST", URL, headers, body)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.bitget.com/api/v2/mix/order/place-order",
        "https://api.bitget.com:8443/api/v2/mix/order/place-order",
        "https://key@api.bitget.com/api/v2/mix/order/place-order",
        "https://api.bitget.com.evil.example/api/v2/mix/order/place-order",
        "https://API.bitget.com/api/v2/mix/order/place-order",
        "https://api.bitget.com/api/v2/mix/order/place-order/",
        "https://api.bitget.com/api/v2/mix//order/place-order",
        "https://api.bitget.com/api/v2/mix/order/batch-place-order",
        "https://api.bitget.com/api/v2/mix/order/cancel-all-orders",
        "https://api.bitget.com/api/v2/mix/order/place-plan-order",
        "https://api.bitget.com/api/v2/mix/account/set-position-mode",
        "https://api.bitget.com/api/v2/mix/account/set-asset-mode",
        "https://api.bitget.com/api/v2/mix/account/set-margin",
        "https://api.bitget.com/api/v2/spot/wallet/withdrawal",
        "https://api.bitget.com/api/v2/spot/wallet/transfer",
        "https://api.bitget.com/api/v2/spot/account/upgrade",
        "https://api.bitget.com/api/v3/trade/place-order",
        "https://capi.bitget.com/api/v2/mix/order/place-order",
    ],
)
def test_an_address_that_is_not_in_the_table_is_not_permitted(url: str) -> None:
    body = json.dumps({"productType": "USDT-FUTURES"}).encode()

    with pytest.raises(Halt):
        require_permitted("bitget", LIVE, ALL, "POST", url, {}, body)


@pytest.mark.parametrize(
    ("request_", "declared", "missing"),
    [
        (EXIT, Permission.FUTURES, "spot"),
        (LONG, Permission.SPOT, "futures"),
        (PERP_STOP, Permission.SPOT, "futures"),
    ],
)
def test_orders_need_their_permission_before_a_byte_leaves(
    request_: OrderRequest, declared: Permission, missing: str
) -> None:
    async def act() -> Scripted:
        held = frozenset({Permission.READ, declared})
        symbols = (request_.symbol,)
        async with door({}, permissions=held, exchange="bitget", symbols=symbols) as (
            client,
            exchange,
        ):
            for write in (client.submit, client.cancel):
                with pytest.raises(Halt, match=f"needs the permission `{missing}`"):
                    await write((request_,), PINNED)
            return exchange

    assert asyncio.run(act()).sent == []


def test_nothing_leaves_that_nobody_asked_for() -> None:
    """The library's own calls, outside of a question of ours."""

    async def act() -> tuple[Scripted, set[str]]:
        async with door({}, permissions=ALL, exchange="bitget") as (client, exchange):
            library: Any = client._library._ccxt
            told = set()
            calls = (
                library.fetch_balance,
                library.load_markets,
                library.publicCommonGetV2PublicTime,
            )
            for call in calls:
                with pytest.raises(Halt) as halted:
                    await call()
                told.add(str(halted.value))
            return exchange, told

    exchange, told = asyncio.run(act())

    assert exchange.sent == []
    assert told == {"the library tried to send a request that nobody asked for"}
