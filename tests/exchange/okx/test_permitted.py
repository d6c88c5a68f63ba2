"""What may leave for OKX: no request outside the table, whatever the library is asked for."""

from __future__ import annotations

import json
from functools import partial
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from runner.exchange.client import Client
from runner.exchange.importing import async_exchange
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.requests.row import ByForm
from runner.exchange.wire import Call
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt
from tests.exchange.asked import ENTRY, LONG, PERP, PERP_STOP, STOP
from tests.exchange.okx.answers import PINNED, ask

P = Permission
HOST = "www.okx.com"
TABLE = requests_of("okx", Venue.LIVE)
LIBRARY = async_exchange("okx")
ENDPOINTS = {
    name: entry
    for owner in LIBRARY.__mro__
    for name, entry in vars(owner).items()
    if type(entry).__name__ == "Entry" and "_" not in name
}
ALL = frozenset(Permission)
SETS = [frozenset(some) for n in range(len(ALL) + 1) for some in combinations(sorted(ALL), n)]
MARKS = {Venue.LIVE: {}, Venue.DEMO: {"x-simulated-trading": "1"}}
#: A market of each kind and the permission that an order for it needs; `None`: it may not leave.
NAMES: dict[str, Permission | None] = {
    "BTC-USDT": P.SPOT,
    "BTC-USDT-SWAP": P.FUTURES,
    "BTC-USD-241227": None,
    "BTC-USD-241227-50000-C": None,
    "btc-usdt": None,
    "BTC-USDT-swap": None,
    "BTC": None,
    "": None,
}


def leaves(
    permissions: frozenset[Permission],
    method: str,
    url: str,
    body: Any = None,
    venue: Venue = Venue.LIVE,
) -> bool:
    sent = None if body is None else json.dumps(body).encode()
    try:
        require_permitted("okx", venue, permissions, method, url, MARKS[venue], sent)
    except Halt:
        return False
    return True


def trades(permissions: frozenset[Permission], needed: Permission) -> bool:
    return bool(permissions & {needed, P.TRADE_BUNDLE})


def test_the_table_has_no_withdrawal_no_transfer_and_one_host() -> None:
    words = ["withdraw", "transfer", "asset", "subaccount", "margin-balance", "borrow", "repay"]
    words += ["position-mode", "account-level", "convert", "copytrading", "bot", "sprd", "batch"]

    assert {host for _, host, _ in TABLE} == {HOST}
    assert [path for _, _, path in TABLE if any(word in path for word in words)] == []
    assert all(
        isinstance(need, ByForm) is (method != "GET") for (method, _, _), need in TABLE.items()
    )


def test_every_signed_endpoint_under_every_set_of_permissions() -> None:
    """As the library would sign it, for every kind of market, alone and as the entry of a list."""
    exchange = LIBRARY({"apiKey": "k", "secret": "s", "password": "p"})
    passed = set()
    signed = [exchange.sign(it.path, it.api, it.method, {}) for it in ENDPOINTS.values()]
    for request in signed:
        method, url = request["method"], request["url"]
        key = (method, HOST, urlsplit(url).path)
        assert urlsplit(url).hostname == HOST
        for permissions in SETS:
            if method == "GET":
                need = TABLE.get(key)
                expected = key in TABLE and (need is None or need in permissions)
                assert leaves(permissions, method, url) is expected
                if expected:
                    passed.add(key)
                continue
            if key not in TABLE:
                assert not leaves(permissions, method, url, {"instId": "BTC-USDT"})
                continue
            for name, needed in NAMES.items():
                for body in ({"instId": name}, [{"instId": name}]):
                    spot = needed is P.SPOT and "leverage" in url
                    expected = needed is not None and trades(permissions, needed) and not spot
                    assert leaves(permissions, method, url, body) is expected
                    if expected:
                        passed.add(key)

    assert (len(signed), len(SETS)) == (470, 256)
    assert passed == set(TABLE)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        [{}],
        [{"instId": "BTC-USDT"}, {"instId": "BTC-USDT-SWAP"}],
        [[{"instId": "BTC-USDT"}]],
        {"instId": ["BTC-USDT"]},
        {"instId": 5},
        {"order": {"instId": "BTC-USDT"}},
        "BTC-USDT",
    ],
)
def test_an_order_that_does_not_say_what_it_is_for_stops(body: Any) -> None:
    for place in ("order", "cancel-algos"):
        assert not leaves(ALL, "POST", f"https://{HOST}/api/v5/trade/{place}", body)


def test_an_order_that_says_twice_what_it_is_for_stops() -> None:
    url, twice = f"https://{HOST}/api/v5/trade/order", b'{"instId":"BTC-USDT","instId":"BTC-USDT"}'

    with pytest.raises(Halt, match="does not say clearly"):
        require_permitted("okx", Venue.LIVE, ALL, "POST", url, {}, twice)
    body = b'{"instId":"BTC-USDT"}'
    with pytest.raises(Halt, match="does not say clearly"):
        require_permitted("okx", Venue.LIVE, ALL, "POST", f"{url}?instId=BTC-USDT", {}, body)


def test_every_endpoint_called_through_the_door() -> None:
    """Real sockets: only permitted questions arrive, and not one write."""
    for permissions in (frozenset[P](), frozenset({P.READ}), frozenset({P.TRADE_BUNDLE}), ALL):
        arrived = {(sent.method, sent.host, sent.path) for sent in called(permissions)}
        assert arrived == {
            (method, host, path)
            for (method, host, path), need in TABLE.items()
            if method == "GET" and (need is None or need in permissions)
        }


def called(permissions: frozenset[Permission]) -> list[Any]:
    async def all_of(client: Any) -> None:
        for name in ENDPOINTS:
            call = Call("read", None)
            try:
                await client._library.call(call, name, {})
            except Exception:
                assert not call.sent, name

    _, exchange = ask(all_of, {}, permissions=permissions)
    return list(exchange.sent)


def test_orders_of_a_kind_need_the_permission_of_that_kind() -> None:
    for request, needed, other in [
        (ENTRY, "spot", P.FUTURES),
        (STOP, "spot", P.FUTURES),
        (LONG, "futures", P.SPOT),
        (PERP_STOP, "futures", P.SPOT),
    ]:
        both = {"permissions": frozenset({P.READ, other}), "symbols": ("BTC/USDT", PERP)}
        with pytest.raises(Halt, match=f"needs the permission `{needed}`"):
            ask(partial(Client.submit, requests=(request,), pinned=PINNED), {}, **both)
        with pytest.raises(Halt, match=f"needs the permission `{needed}`"):
            ask(partial(Client.cancel, requests=(request,), pinned=PINNED), {}, **both)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.okx.com/api/v5/trade/order",
        "https://www.okx.com:8443/api/v5/trade/order",
        "https://aws.okx.com/api/v5/trade/order",
        "https://my.okx.com/api/v5/trade/order",
        "https://www.okx.com.evil.example/api/v5/trade/order",
        "https://www.okx.com/api/v5/trade/order/",
        "https://www.okx.com/api/v5/trade/%6frder",
        "https://www.okx.com/api/v5/trade/batch-orders",
        "https://www.okx.com/api/v5/trade/amend-order",
        "https://www.okx.com/api/v5/trade/close-position",
        "https://www.okx.com/api/v5/trade/cancel-advance-algos",
        "https://www.okx.com/api/v5/asset/withdrawal",
        "https://www.okx.com/api/v5/asset/transfer",
        "https://www.okx.com/api/v5/account/set-position-mode",
        "https://www.okx.com/api/v5/account/position/margin-balance",
    ],
)
def test_an_address_that_only_looks_permitted_is_not(url: str) -> None:
    for body in ({"instId": "BTC-USDT"}, [{"instId": "BTC-USDT"}]):
        assert not leaves(ALL, "POST", url, body)


@pytest.mark.parametrize(
    ("venue", "headers"),
    [
        (Venue.LIVE, {"x-simulated-trading": "1"}),
        (Venue.LIVE, {"X-Simulated-Trading": "0"}),
        (Venue.LIVE, {"paptrading": "1"}),
        (Venue.DEMO, {}),
        (Venue.DEMO, {"x-simulated-trading": "0"}),
        (Venue.DEMO, {"x-simulated-trading": "1", "paptrading": "1"}),
    ],
)
def test_a_request_for_the_other_venue_stops(venue: Venue, headers: dict[str, str]) -> None:
    for method, place in [("GET", "account/balance"), ("POST", "trade/order")]:
        with pytest.raises(Halt, match="would go to another venue"):
            require_permitted(
                "okx", venue, ALL, method, f"https://{HOST}/api/v5/{place}", headers, None
            )


def test_okx_has_no_testnet() -> None:
    with pytest.raises(Halt):
        require_permitted(
            "okx", Venue.TESTNET, ALL, "GET", f"https://{HOST}/api/v5/public/time", {}, None
        )
