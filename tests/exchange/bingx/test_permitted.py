"""What may leave for BingX: no request outside the table, whatever the library is asked for."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.client import Client
from runner.exchange.importing import async_exchange
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt
from runner.model.orders import OrderRequest
from tests.exchange.asked import LIMIT, PERP_LIMIT
from tests.exchange.scripted import PINNED, ask

LIVE, TESTNET = Venue.LIVE, Venue.TESTNET
HOSTS = {LIVE: "open-api.bingx.com", TESTNET: "open-api-vst.bingx.com"}
TABLE = requests_of("bingx", LIVE)
LIBRARY = async_exchange("bingx")
ENDPOINTS = {
    name: entry
    for owner in LIBRARY.__mro__
    for name, entry in vars(owner).items()
    if type(entry).__name__ == "Entry" and "_" not in name
}
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]
#: What no file can permit: words of paths that move money, keys or sub-accounts.
MOVES: tuple[str, ...] = (
    "withdraw",
    "transfer",
    "capital",
    "wallets",
    "subaccount",
    "innertransfer",
    "asset",
)
MOVES += ("positionmargin", "batch", "closeall", "closeposition", "reverse", "twap", "wealth")
MOVES += ("apikey/create", "apikey/edit", "apikey/del", "copytrading", "getvst", "cancelall")


class Signing(LIBRARY):  # type: ignore[misc, valid-type]  # ccxt has no types
    """Signs what it puts into bodies, too, which ccxt cannot while its time is a number."""

    def nonce(self) -> str:
        return "1700000000000"


def leaves(permissions: frozenset[Permission], method: str, url: str, venue: Venue = LIVE) -> bool:
    try:
        require_permitted("bingx", venue, permissions, method, url, {}, None)
    except Halt:
        return False
    return True


def test_the_table_has_no_withdrawal_no_transfer_and_one_host() -> None:
    found = [path for _, _, path in TABLE if any(word in path.lower() for word in MOVES)]

    assert {host for _, host, _ in TABLE} == {HOSTS[LIVE]}
    assert found == []
    assert set(TABLE.values()) == {None, Permission.READ, Permission.SPOT, Permission.FUTURES}


def test_orders_of_a_kind_need_the_permission_of_that_kind() -> None:
    for (method, _, path), permission in TABLE.items():
        kind = Permission.SPOT if "/spot/" in path else Permission.FUTURES

        assert (permission is kind) is (method != "GET"), path


def test_every_signed_endpoint_under_every_set_of_permissions() -> None:
    exchange = Signing({"apiKey": "k", "secret": "s"})
    theirs = exchange.urls["api"]
    theirs |= dict.fromkeys(("agent", "wealth"), theirs["spot"])  # ccxt lists none for these
    signed = [exchange.sign(it.path, it.api, it.method, {}) for it in ENDPOINTS.values()]
    passed = set()

    for request in signed:
        method, url = request["method"], request["url"]
        key = (method, urlsplit(url).netloc, urlsplit(url).path)
        for permissions in SETS:
            need = TABLE.get(key)
            expected = key in TABLE and (need is None or need in permissions)
            assert leaves(permissions, method, url) is expected, url
            if expected:
                passed.add(key)

    assert (len(signed), len(SETS)) == (201, 256)
    assert passed == set(TABLE)


@pytest.mark.parametrize("permissions", [*(frozenset({one}) for one in sorted(ALL)), ALL])
def test_every_endpoint_called_through_the_door(permissions: frozenset[Permission]) -> None:
    """Real sockets: only permitted questions arrive, and not one write."""

    async def question(client: Client) -> None:
        for name in ENDPOINTS:
            call = Call("read", None)
            try:
                await client._library.call(call, name, {})
            except Exception:
                assert not call.sent, name

    _, exchange = ask(question, {}, exchange="bingx", permissions=permissions)

    assert {(it.method, it.host, it.path) for it in exchange.sent} == {
        key
        for key, need in TABLE.items()
        if key[0] == "GET" and (need is None or need in permissions)
    }


@pytest.mark.parametrize(
    "url",
    [
        "http://open-api.bingx.com/openApi/spot/v1/trade/order",
        "https://open-api.bingx.com:8443/openApi/spot/v1/trade/order",
        "https://key@open-api.bingx.com/openApi/spot/v1/trade/order",
        "https://open-api.bingx.com.evil.example/openApi/spot/v1/trade/order",
        "https://open-api.bingx.pro/openApi/spot/v1/trade/order",
        "https://open-api-vst.bingx.com/openApi/swap/v2/trade/order",
        "https://OPEN-API.bingx.com/openApi/spot/v1/trade/order",
        "https://open-api.bingx.com/openApi/spot/v1/trade/order/",
        "https://open-api.bingx.com/openApi/spot/v1/trade//order",
        "https://open-api.bingx.com/openApi/spot/v1/trade/x/../order",
        "https://open-api.bingx.com/openApi/spot/v1/trade/order#x",
        "https://open-api.bingx.com/openApi/swap/v2/trade/order/test",
        "https://open-api.bingx.com/openApi/spot/v1/trade/batchOrders",
        "https://open-api.bingx.com/openApi/spot/v1/oco/order",
        "https://open-api.bingx.com/openApi/cswap/v1/trade/order",
        "https://open-api.bingx.com/openApi/swap/v1/positionSide/dual",
        "https://open-api.bingx.com/openApi/swap/v2/trade/positionMargin",
        "https://open-api.bingx.com/openApi/swap/v1/trade/assetMode",
        "https://open-api.bingx.com/openApi/wallets/v1/capital/withdraw/apply",
        "https://open-api.bingx.com/openApi/api/asset/v1/transfer",
        "",
    ],
)
def test_an_address_that_only_looks_permitted_is_not(url: str) -> None:
    assert not leaves(ALL, "POST", url)


def test_the_test_venue_has_its_own_host_and_tells_nothing_of_keys() -> None:
    there = requests_of("bingx", TESTNET)

    assert {host for _, host, _ in there} == {HOSTS[TESTNET]}
    assert not any("apiKey" in path or "apiPermissions" in path for _, _, path in there)
    assert not leaves(ALL, "POST", f"https://{HOSTS[LIVE]}/openApi/swap/v2/trade/order", TESTNET)


def test_a_header_of_another_exchanges_venues_stops() -> None:
    url = f"https://{HOSTS[LIVE]}/openApi/swap/v2/trade/order"

    with pytest.raises(Halt, match="another venue"):
        require_permitted("bingx", LIVE, ALL, "POST", url, {"paptrading": "1"}, None)


@pytest.mark.parametrize(
    ("request_", "has", "needs"),
    [(LIMIT, Permission.FUTURES, "spot"), (PERP_LIMIT, Permission.SPOT, "futures")],
)
def test_orders_need_their_permission_before_a_byte_leaves(
    request_: OrderRequest, has: Permission, needs: str
) -> None:
    async def question(client: Client) -> None:
        for write in (client.submit, client.cancel):
            with pytest.raises(Halt, match=f"needs the permission `{needs}`"):
                await write((request_,), PINNED)

    permissions = frozenset({Permission.READ, has})
    options: dict[str, Any] = {"permissions": permissions, "symbols": (request_.symbol,)}
    _, exchange = ask(question, {}, exchange="bingx", **options)

    assert exchange.sent == []
