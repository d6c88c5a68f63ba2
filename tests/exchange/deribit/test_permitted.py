"""What may leave for Deribit: nothing outside the table, and no order as if it were a question."""

from __future__ import annotations

import asyncio
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.importing import async_exchange
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue, allows
from runner.model.errors import Halt
from tests.exchange.deribit.room import PINNED, SYMBOL
from tests.exchange.deribit.told import ENTRY, STOP
from tests.exchange.scripted import Scripted, door

LIVE = Venue.LIVE
HOST = "www.deribit.com"
TABLE = requests_of("deribit", LIVE)
LIBRARY = async_exchange("deribit")
ENDPOINTS = {
    name: entry
    for owner in LIBRARY.__mro__
    for name, entry in vars(owner).items()
    if type(entry).__name__ == "Entry" and "_" not in name
}
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]
READS = (None, Permission.READ)
#: What a request may say that it is about: of spot, of contracts and options, nothing.
INSTRUMENTS = ("BTC_USDC", "BTC_USDC-PERPETUAL", "BTC-27DEC24-100000-C", "")
WRITES = {f"/api/v2/private/{name}" for name in ("buy", "sell", "cancel_by_label")}
#: Of Deribit's own, each an HTTP GET that changes something.
DANGEROUS = [
    "withdraw",
    "submit_transfer_to_user",
    "submit_transfer_to_subaccount",
    "create_deposit_address",
    "add_to_address_book",
    "edit",
    "edit_by_label",
    "cancel",
    "cancel_all",
    "cancel_all_by_currency",
    "cancel_all_by_instrument",
    "close_position",
    "mass_quote",
    "move_positions",
    "create_api_key",
    "change_scope_in_api_key",
    "reset_api_key",
    "execute_block_trade",
]


def leaves(permissions: frozenset[Permission], method: str, url: str) -> bool:
    try:
        require_permitted("deribit", LIVE, permissions, method, url, {}, None)
    except Halt:
        return False
    return True


def test_the_table_has_no_withdrawal_no_transfer_and_one_host() -> None:
    words = ("withdraw", "transfer", "address", "deposit", "edit", "create", "block", "auth")
    paths = [path for _, _, path in TABLE]

    assert {(method, host) for method, host, _ in TABLE} == {("GET", HOST)}
    assert [path for path in paths if any(word in path for word in words)] == []
    assert {path for (_, _, path), need in TABLE.items() if need not in READS} == WRITES
    assert [*requests_of("deribit", Venue.TESTNET).values()] == [*TABLE.values()]


@pytest.mark.parametrize("name", DANGEROUS)
def test_what_only_looks_like_reading_never_leaves(name: str) -> None:
    url = f"https://{HOST}/api/v2/private/{name}"
    assert not leaves(ALL, "GET", f"{url}?instrument_name=BTC_USDC")


def test_writes_are_told_from_reads_though_both_are_gets() -> None:
    for method, host, path in TABLE:
        url = f"https://{host}{path}?instrument_name=BTC_USDC"

        assert require_permitted("deribit", LIVE, ALL, method, url, {}, None) is (path in WRITES)


def needed(method: str, url: str, instrument: str) -> Permission | str | None:
    """The permission that the table names; `forbidden` where it has no such request."""
    parts = urlsplit(url)
    need = TABLE.get((method, parts.netloc, parts.path), "forbidden")
    if isinstance(need, Permission | str | None):
        return need
    return Permission.SPOT if instrument == INSTRUMENTS[0] else "forbidden"


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_signed_endpoint_under_every_set_of_permissions(instrument: str) -> None:
    exchange = LIBRARY({"apiKey": "k", "secret": "s"})
    passed = set()
    for it in ENDPOINTS.values():
        said = {"instrument_name": instrument} if instrument else {}
        request = exchange.sign(it.path, it.api, it.method, said)
        method, url = request["method"], request["url"]
        need = needed(method, url, instrument)
        for permissions in SETS:
            expected = need is None or (
                isinstance(need, Permission) and allows(permissions, "deribit", need)
            )
            assert leaves(permissions, method, url) is expected, url
            if expected:
                passed.add((method, HOST, urlsplit(url).path))

    orders = {row for row in TABLE if row[2].endswith(("/buy", "/sell"))}
    assert len(ENDPOINTS) > 100
    assert passed == (set(TABLE) if instrument == INSTRUMENTS[0] else set(TABLE) - orders)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "instrument_name=BTC_USDC&instrument_name=BTC-PERPETUAL",
        "instrument_name=BTC_USDC-PERPETUAL",
        "instrument_name=BTC-PERPETUAL",
        "instrument_name=BTC_USDC-27DEC24",
        "instrument_name=BTC_USDC_2",
        "instrument_name=btc_usdc",
        "instrument_name=BTC_USDC%0a",
        "Instrument_name=BTC_USDC",
    ],
)
def test_an_order_that_does_not_name_a_spot_market_stays(query: str) -> None:
    for name in ("buy", "sell"):
        assert not leaves(ALL, "GET", f"https://{HOST}/api/v2/private/{name}?{query}")


@pytest.mark.parametrize(
    "permissions", [frozenset(), *(frozenset({one}) for one in sorted(ALL)), ALL]
)
def test_every_endpoint_called_through_the_door_as_a_question(
    permissions: frozenset[Permission],
) -> None:
    """Real sockets: only permitted questions arrive, and not one order."""

    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "deribit", "permissions": permissions}
        async with door({}, **options) as (client, exchange):
            for name in ENDPOINTS:
                call = Call("read", None)
                try:
                    await client._library.call(call, name, {"instrument_name": "BTC_USDC"})
                except Exception:
                    assert not call.sent, name
            return exchange

    arrived = {(sent.method, sent.host, sent.path) for sent in asyncio.run(act()).sent}

    assert arrived == {
        row
        for row, need in TABLE.items()
        if row[2] not in WRITES
        and (need is None or (isinstance(need, Permission) and need in permissions))
    }


@pytest.mark.parametrize("name", ["privateGetBuy", "privateGetSell", "privateGetCancelByLabel"])
def test_a_question_may_not_place_or_cancel_an_order(name: str) -> None:
    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "deribit", "permissions": ALL}
        said = {"label": "x", "instrument_name": "BTC_USDC"}
        async with door({}, **options) as (client, exchange):
            with pytest.raises(Halt, match="reading may not GET what changes something"):
                await client._library.call(Call("read", None), name, said)
            return exchange

    assert asyncio.run(act()).sent == []


@pytest.mark.parametrize(
    "url",
    [
        "http://www.deribit.com/api/v2/private/buy",
        "https://www.deribit.com:8443/api/v2/private/buy",
        "https://key@www.deribit.com/api/v2/private/buy",
        "https://www.deribit.com.evil.example/api/v2/private/buy",
        "https://WWW.deribit.com/api/v2/private/buy",
        "https://www.deribit.com/api/v2/private/buy/",
        "https://www.deribit.com/api/v2//private/buy",
        "https://www.deribit.com/api/v2/private/%62uy",
        "https://www.deribit.com/api/v2/private/x/../buy",
        "https://www.deribit.com/api/v2/private/buy#x",
        "https://www.deribit.com/api/v1/private/buy",
        "https://www.deribit.com/api/v2/public/auth",
        "https://test.deribit.com/api/v2/private/buy",
        "https://deribit.com/api/v2/private/buy",
        "//www.deribit.com/api/v2/private/buy",
        "",
    ],
)
def test_an_address_that_only_looks_permitted_is_not(url: str) -> None:
    address, _, fragment = url.partition("#")
    query = "?instrument_name=BTC_USDC" + (f"#{fragment}" if fragment else "")

    assert leaves(ALL, "GET", f"https://{HOST}/api/v2/private/buy?instrument_name=BTC_USDC")
    assert not leaves(ALL, "GET", address + query)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "get"])
def test_an_order_has_one_method(method: str) -> None:
    url = f"https://{HOST}/api/v2/private/buy?instrument_name=BTC_USDC"
    assert not leaves(ALL, method, url)


@pytest.mark.parametrize("declared", [{Permission.READ}, {Permission.READ, Permission.FUTURES}])
def test_an_order_needs_its_permission_before_a_byte_leaves(declared: set[Permission]) -> None:
    async def act() -> Scripted:
        options: dict[str, Any] = {"exchange": "deribit", "symbols": (SYMBOL,)}
        permissions = frozenset(declared)
        async with door({}, permissions=permissions, **options) as (client, exchange):
            for request in (ENTRY, STOP):
                for write in (client.submit, client.cancel):
                    with pytest.raises(Halt, match="needs the permission `spot`"):
                        await write((request,), PINNED)
            return exchange

    assert asyncio.run(act()).sent == []


def test_nothing_leaves_that_nobody_asked_for() -> None:
    """The library's own calls: it would ask for all markets by itself."""

    async def act() -> tuple[Scripted, set[str]]:
        options: dict[str, Any] = {"exchange": "deribit", "permissions": ALL}
        async with door({}, **options) as (client, exchange):
            library: Any = client._library._ccxt
            told = set()
            for act in (library.fetch_balance, library.load_markets, library.publicGetGetTime):
                with pytest.raises(Halt) as halted:
                    await act()
                told.add(str(halted.value))
            return exchange, told

    exchange, told = asyncio.run(act())

    assert exchange.sent == []
    assert told == {"the library tried to send a request that nobody asked for"}
