"""Testnet and demo behind the same door as live: no request finds a host of another venue."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from runner.exchange.binance.forms import cancel_form, submit_form
from runner.exchange.binance.futures_forms import leverage_form
from runner.exchange.keys.audit import AuditedKey, audit
from runner.exchange.lastcheck.binance import check_cancel, check_setting, check_submit
from runner.exchange.live import AuditedExchange
from runner.exchange.permitted import requests_of, require_permitted
from runner.exchange.requests.row import Need
from runner.exchange.sites import SITES
from runner.exchange.wire import Call
from runner.model.accounts import AccountDeclaration, Limits, Permission, Venue
from runner.model.errors import Halt, Refused
from runner.model.orders import OrderRequest, Rejected
from tests.exchange.asked import ENTRY, LONG, PAIR, PERP, PERP_STOP, STOP
from tests.exchange.scripted import PINNED, Reply, Scripted, ask, door, refusal
from tests.exchange.test_door_permitted import ALL, ENDPOINTS, LIBRARY

TEST_VENUES = (Venue.TESTNET, Venue.DEMO)
HOSTS = {
    Venue.LIVE: ("api.binance.com", "fapi.binance.com"),
    Venue.TESTNET: ("testnet.binance.vision", "testnet.binancefuture.com"),
    Venue.DEMO: ("demo-api.binance.com", "demo-fapi.binance.com"),
}
PAIRS = [(one, other) for one in Venue for other in Venue]
#: The names of ccxt's lists of addresses.
LISTS = {Venue.LIVE: "api", Venue.TESTNET: "test", Venue.DEMO: "demo"}
SIGNATURE = {"signature": "0123456789abcdef" * 4}
at_a_test_venue = pytest.mark.parametrize("venue", TEST_VENUES)


def account(venue: Venue) -> AccountDeclaration:
    keys = frozenset({Permission.READ, Permission.SPOT})
    return AccountDeclaration("main", "binance", venue, (), keys, (), Limits(None, None, None))


@pytest.mark.parametrize("venue", Venue)
def test_each_venue_has_two_hosts_and_none_of_another(venue: Venue) -> None:
    assert SITES["binance"][venue].hosts == HOSTS[venue]
    assert {host for _, host, _ in requests_of("binance", venue)} == set(HOSTS[venue])


@pytest.mark.parametrize("venue", Venue)
def test_no_withdrawal_and_no_transfer_at_any_host(venue: Venue) -> None:
    words = ("withdraw", "transfer", "capital", "sub-account", "margin", "wallet")
    paths = [path for _, _, path in requests_of("binance", venue)]

    assert {path for path in paths if any(word in path.lower() for word in words)} == {
        "/fapi/v1/marginType"
    }
    assert any(path.startswith("/sapi") for path in paths) is (venue is Venue.LIVE)


def test_a_test_venue_has_the_requests_of_live_but_for_the_question_about_the_key() -> None:
    def paths(venue: Venue) -> set[tuple[str, str, Need]]:
        return {
            (method, path, need)
            for (method, _, path), need in requests_of("binance", venue).items()
        }

    live = paths(Venue.LIVE)
    for venue in TEST_VENUES:
        assert paths(venue) < live
        assert [path for _, path, _ in live - paths(venue)] == ["/sapi/v1/account/apiRestrictions"]


@pytest.mark.parametrize("own", Venue)
def test_every_endpoint_at_every_address_of_the_library(own: Venue) -> None:
    """As if it had been switched to another venue: what goes there is stopped."""
    exchange = LIBRARY({"apiKey": "k", "secret": "s"})
    exchange.urls["api"] = exchange.urls[LISTS[own]]
    passed = {venue: set[str]() for venue in Venue}

    for entry in ENDPOINTS.values():
        if entry.api[0] in exchange.urls["api"]:
            signed = exchange.sign(entry.path, entry.api, entry.method, {})
            for venue in Venue:
                try:
                    require_permitted(
                        "binance", venue, ALL, signed["method"], signed["url"], {}, None
                    )
                except Halt:
                    continue
                passed[venue].add(urlsplit(signed["url"]).netloc)

    assert passed == {venue: set(HOSTS[own]) if venue is own else set() for venue in Venue}


@pytest.mark.parametrize("venue", Venue)
def test_every_endpoint_called_through_the_door_of_a_venue(venue: Venue) -> None:
    """Real sockets: every question of the table arrives, at its host, and nothing else does."""

    async def act() -> Scripted:
        async with door({}, venue=venue, permissions=ALL) as (client, exchange):
            for name in ENDPOINTS:
                call = Call("read", None)
                try:
                    await client._library.call(call, name, {})
                except Exception:
                    assert not call.sent, name
            return exchange

    arrived = {(sent.method, sent.host, sent.path) for sent in asyncio.run(act()).sent}

    assert arrived == {row for row in requests_of("binance", venue) if row[0] == "GET"}


@pytest.mark.parametrize("venue", Venue)
def test_the_library_knows_no_address_of_another_venue_and_cannot_be_switched(
    venue: Venue,
) -> None:
    def told(library: Any) -> set[str]:
        return {urlsplit(url).netloc for url in library.urls["api"].values()}

    async def act() -> None:
        async with door({}, venue=venue) as (client, _):
            library: Any = client._library._ccxt
            before = told(library)
            for switch in (library.set_sandbox_mode, library.enable_demo_trading):
                with pytest.raises(Exception, match=r"sandbox|demo"):
                    switch(True)
            assert before == told(library) == set(HOSTS[venue])

    asyncio.run(act())


def address(venue: Venue, request: OrderRequest, *, list_: bool = False) -> str:
    spot, futures = HOSTS[venue]
    if ":" in request.symbol:
        return f"https://{futures}/fapi/v1/{'algoOrder' if request.stop_price else 'order'}"
    return f"https://{spot}/api/v3/{'orderList' if list_ else 'order'}"


SHAPES = {"spot": (ENTRY,), "pair": PAIR, "futures": (LONG,), "algo": (PERP_STOP,)}


@pytest.mark.parametrize(("venue", "other"), PAIRS)
@pytest.mark.parametrize("requests", SHAPES.values(), ids=SHAPES)
def test_the_last_check_knows_the_hosts_of_each_venue_by_itself(
    requests: tuple[OrderRequest, ...], venue: Venue, other: Venue
) -> None:
    places = address(other, requests[0], list_=len(requests) > 1)
    oco = "/oco" if len(requests) > 1 else ""
    body = urlencode(submit_form(requests, PINNED)[1] | SIGNATURE).encode()
    cancels = urlencode(cancel_form(requests, PINNED)[1] | SIGNATURE)

    def submits() -> None:
        check_submit("POST", f"{places}{oco}", {}, body, venue, requests, PINNED)

    def retracts() -> None:
        check_cancel("DELETE", f"{places}?{cancels}", {}, None, venue, requests, PINNED)

    for leaves in (submits, retracts):
        if venue is other:
            leaves()
        else:
            with pytest.raises(Halt):
                leaves()


@pytest.mark.parametrize(("venue", "other"), PAIRS)
def test_a_setting_goes_to_the_host_of_its_venue(venue: Venue, other: Venue) -> None:
    url = f"https://{HOSTS[other][1]}/fapi/v1/leverage"
    body = urlencode(leverage_form(PERP, Decimal(7), PINNED)[1] | SIGNATURE).encode()

    if venue is other:
        check_setting("POST", url, {}, body, venue, PERP, "7", PINNED)
    else:
        with pytest.raises(Halt):
            check_setting("POST", url, {}, body, venue, PERP, "7", PINNED)


@pytest.mark.parametrize(("venue", "other"), [pair for pair in PAIRS if pair[0] is not pair[1]])
def test_an_address_that_is_turned_to_another_venue_reaches_no_socket(
    venue: Venue, other: Venue
) -> None:
    async def act() -> Scripted:
        async with door({}, venue=venue) as (client, exchange):
            library: Any = client._library._ccxt
            library.urls["api"] = LIBRARY().urls[LISTS[other]]
            for question in (client.submit((ENTRY,), PINNED), client.cancel((STOP,), PINNED)):
                with pytest.raises(Halt, match=f"no request that runner makes at `{venue}`"):
                    await question
            with pytest.raises(Halt, match="no request that runner makes"):
                await client.balances()
            return exchange

    assert asyncio.run(act()).sent == []


@pytest.mark.parametrize("venue", Venue)
@pytest.mark.parametrize(("request_", "code"), [(ENTRY, -2010), (LONG, -2019), (PERP_STOP, -2021)])
def test_what_a_refusal_means_does_not_hang_on_the_host(
    request_: OrderRequest, code: int, venue: Venue
) -> None:
    """The library picks its table of errors by address; ours goes by code."""
    said = refusal(code, "no")
    paths = ("/api/v3/order", "/fapi/v1/order", "/fapi/v1/algoOrder")

    outcome, exchange = ask(
        lambda client: client.submit((request_,), PINNED),
        {f"POST {path}": said for path in paths},
        venue=venue,
        symbols=(request_.symbol,),
    )

    assert isinstance(outcome, Rejected)
    assert {sent.host for sent in exchange.sent} == {HOSTS[venue][":" in request_.symbol]}


@at_a_test_venue
def test_a_key_of_a_test_venue_is_seen_to_be_known_there(venue: Venue) -> None:
    facts, exchange = ask(
        lambda client: client.key_facts(), {"GET /api/v3/account": {"balances": []}}, venue=venue
    )

    assert facts == {}
    assert [(sent.host, sent.path) for sent in exchange.sent] == [
        (HOSTS[venue][0], "/api/v3/account")
    ]


@at_a_test_venue
@pytest.mark.parametrize("code", [-2008, -2015])
def test_a_key_of_another_venue_is_refused(code: int, venue: Venue) -> None:
    said: Reply = refusal(code, "Invalid Api-Key ID.", 401)

    with pytest.raises(Refused, match="belongs to another `venue`"):
        ask(lambda client: client.key_facts(), {"GET /api/v3/account": said}, venue=venue)


@at_a_test_venue
def test_a_pass_of_a_test_venue_opens_no_other_door(venue: Venue) -> None:
    key = audit("binance", venue, {}, account(venue), 0)
    assert isinstance(key, AuditedKey)

    async def act() -> None:
        for place in Venue:
            async with door({}, venue=place) as (client, _):
                if place is venue:
                    assert AuditedExchange(client, key).key.venue is venue
                    continue
                with pytest.raises(Halt, match=f"audited at `{venue}` is for no other venue"):
                    AuditedExchange(client, key)

    asyncio.run(act())
