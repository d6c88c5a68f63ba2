"""What may leave for exchanges without orders: their clock and the question about a key alone."""

from __future__ import annotations

import asyncio
from functools import cache, partial
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.client import Client
from runner.exchange.importing import async_exchange
from runner.exchange.lastcheck import hyperliquid, kraken
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.sites import SITES
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.bars import Timeframe
from runner.model.errors import Halt
from runner.model.exchanges import AUDITED
from runner.model.markets import MarketKind
from runner.model.orders import OrderRequest
from tests.exchange.asked import ENTRY, EXIT, LIMIT
from tests.exchange.scripted import PINNED
from tests.exchange.untraded.room import asked, room
from tests.exchange.untraded.told import KEYS, QUESTION, TIME, told

LIVE, TESTNET = Venue.LIVE, Venue.TESTNET
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]
PLACES = {
    name: {(QUESTION[name].partition("#")[0]), TIME[name].partition("#")[0]} for name in AUDITED
}


@cache
def endpoints(exchange: str) -> dict[str, Any]:
    """ccxt's rows of all requests that it knows there, by the method that sends each."""
    return {
        name: entry
        for owner in async_exchange(exchange).__mro__
        for name, entry in vars(owner).items()
        if type(entry).__name__ == "Entry" and "_" not in name
    }


def leaves(
    exchange: str, permissions: frozenset[Permission], method: str, url: str, venue: Venue = LIVE
) -> bool:
    try:
        require_permitted(exchange, venue, permissions, method, url, {}, None)
    except Halt:
        return False
    return True


@pytest.mark.parametrize("exchange", AUDITED)
def test_the_table_is_the_clock_and_the_question_about_a_key(exchange: str) -> None:
    for venue, site in SITES[exchange].items():
        table = requests_of(exchange, venue)

        assert {f"{method} {path}" for method, _, path in table} == PLACES[exchange]
        assert {host for _, host, _ in table} == {site.spot}
        assert set(table.values()) <= {None, Permission.READ}


@pytest.mark.parametrize(
    ("exchange", "known"),
    [("coinbase", 91), ("gate", 382), ("hyperliquid", 2), ("kraken", 63), ("kucoin", 361)],
)
def test_every_signed_endpoint_under_every_set_of_permissions(exchange: str, known: int) -> None:
    fields = dict.fromkeys(("apiKey", "password", "token"), "k") | {"secret": "c2VjcmV0"}
    library = async_exchange(exchange)(fields)
    table, passed, signed = requests_of(exchange, LIVE), set(), 0

    for entry in endpoints(exchange).values():
        try:
            request = library.sign(entry.path, entry.api, entry.method, {"version": "v1"})
        except Exception:
            continue  # seven of gate: ccxt lists no address for them
        signed += 1
        method, url = request["method"], request["url"]
        row = (method, urlsplit(url).netloc, urlsplit(url).path)
        for permissions in SETS:
            need = table.get(row)
            expected = row in table and (need is None or need in permissions)
            assert leaves(exchange, permissions, method, url) is expected, url
            passed |= {row} if expected else set()

    assert signed == known
    assert passed == set(table)


@pytest.mark.parametrize("exchange", AUDITED)
@pytest.mark.parametrize("permissions", [frozenset(), frozenset({Permission.READ}), ALL])
@pytest.mark.parametrize("looked_at", [False, True])
def test_every_endpoint_called_through_the_door(
    exchange: str, permissions: frozenset[Permission], looked_at: bool
) -> None:
    """Real sockets. Also where a last check lets all through, the table does not."""
    check = (lambda *_: None) if looked_at else None

    async def question(_: Client) -> None:
        client = await room().opened(exchange, permissions=permissions)
        try:
            for name in endpoints(exchange):
                call = Call("read", check)
                try:
                    await client._library.call(call, name, {})
                except Exception:
                    assert not call.sent, name
        finally:
            await client.close()

    _, scripted = asked(exchange, question, {})

    sent = {f"{it.method} {it.path}" for it in scripted.sent}
    assert {it.host for it in scripted.sent} <= {SITES[exchange][LIVE].spot}
    assert sent == {
        f"{method} {path}"
        for (method, _, path), need in requests_of(exchange, LIVE).items()
        if (need is None or need in permissions) and (looked_at or method == "GET")
    }


def orders(client: Client) -> list[Any]:
    """All that a client does for orders and markets."""
    bar = Timeframe("1h", 3_600_000)
    requests: tuple[OrderRequest, ...] = (ENTRY, EXIT, LIMIT)
    return [
        *(partial(client.submit, (it,), PINNED) for it in requests),
        *(partial(client.cancel, (it,), PINNED) for it in requests),
        *(partial(client.order, it) for it in requests),
        partial(client.find, ENTRY, 0),
        partial(client.open_orders, "BTC/USDT"),
        partial(client.market, "BTC/USDT"),
        partial(client.bars, "BTC/USDT", bar, 0, 1),
        partial(client.mark_bars, "BTC/USDT", bar, 0, 1),
        partial(client.rates, "BTC/USDT", 0),
        partial(client.admit, (ENTRY,)),
        partial(client.standing, "BTC/USDT"),
        client.balances,
    ]


@pytest.mark.parametrize("exchange", AUDITED)
def test_whatever_else_a_client_does_is_refused_before_it_is_built(exchange: str) -> None:
    async def question(client: Client) -> int:
        for act in orders(client):
            with pytest.raises(Halt, match="does nothing else there"):
                await act()
        return len(orders(client))

    tried, scripted = asked(exchange, question, {})

    assert tried == 18
    assert scripted.sent == []


def test_prices_without_a_key_are_not_served_either() -> None:
    async def act() -> None:
        for exchange in AUDITED:
            client = await Client.public(
                exchange, MarketKind.SPOT, lambda: 0, room().transport, lambda _: None, None
            )
            try:
                with pytest.raises(Halt, match="does nothing else there"):
                    await client.market("BTC/USDT")
            finally:
                await client.close()

    asyncio.run(act())


KRAKEN = "https://api.kraken.com/0/private/GetApiKeyInfo"
INFO = "https://api.hyperliquid.xyz/info"
ADDRESS = b"0x" + b"a" * 40


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", KRAKEN, b"nonce=1700000000000"),
        ("POST", KRAKEN.replace("GetApiKeyInfo", "AddOrder"), b"nonce=1700000000000"),
        ("POST", KRAKEN, b"nonce=1700000000000&asset=XBT"),
        ("POST", KRAKEN, b"nonce=x"),
        ("POST", KRAKEN, None),
    ],
)
def test_the_last_look_at_krakens_question(method: str, url: str, body: bytes | None) -> None:
    kraken.check_question("POST", KRAKEN, {}, b"nonce=1700000000000")

    with pytest.raises(Halt, match="nothing was sent"):
        kraken.check_question(method, url, {}, body)


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", INFO, b'{"type": "userRole", "user": "0x' + b"a" * 64 + b'"}'),
        ("POST", INFO, b'{"type": "userRole", "user": ""}'),
        ("POST", INFO, b'{"type": "userRole", "user": 7}'),
        ("POST", INFO, b'{"type": "openOrders", "user": "' + ADDRESS + b'"}'),
        ("POST", INFO, b'{"type": "userRole", "user": "' + ADDRESS + b'", "x": 1}'),
        ("POST", INFO, b'{"type": "userRole"}'),
        ("POST", INFO, b"[]"),
        ("POST", INFO, b"{"),
        ("POST", INFO, None),
        ("POST", INFO.replace("info", "exchange"), b'{"type": "userRole", "user": "0x"}'),
        ("POST", INFO.replace("api.", "api.other."), b'{"type": "userRole", "user": "0x"}'),
        ("GET", INFO, b'{"type": "userRole", "user": "' + ADDRESS + b'"}'),
    ],
)
def test_the_last_look_at_hyperliquids_questions(method: str, url: str, body: bytes | None) -> None:
    """No private key, no order, no other host; what is as long as a key is not an address."""
    good = b'{"type": "userRole", "user": "' + ADDRESS + b'"}'
    hyperliquid.check_question("POST", INFO, {}, good, LIVE)
    hyperliquid.check_time("POST", INFO, {}, b'{"type": "exchangeStatus"}')

    with pytest.raises(Halt, match="nothing was sent"):
        hyperliquid.check_question(method, url, {}, body, LIVE)
    with pytest.raises(Halt, match="nothing was sent"):
        hyperliquid.check_time(method, url, {}, body)
    with pytest.raises(Halt, match="nothing was sent"):
        hyperliquid.check_question("POST", INFO, {}, good, TESTNET)


def test_an_agents_private_key_never_leaves() -> None:
    def digits(text: str) -> str:
        return text.removeprefix("0x")

    _, scripted = asked("hyperliquid", lambda client: client.server_time(), told("hyperliquid"))
    _, keyed = asked("hyperliquid", lambda client: client.key_facts(), told("hyperliquid"))
    seen = "".join(f"{it.parameters}{dict(it.headers)}" for it in (*scripted.sent, *keyed.sent))

    assert digits(KEYS["hyperliquid"]["private_key"])[:12] not in seen
    assert digits(KEYS["hyperliquid"]["wallet_address"]) in seen
