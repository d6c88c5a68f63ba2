"""The last check of Deribit: what was journaled leaves, or nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from runner.exchange.deribit.forms import submit_form
from runner.exchange.lastcheck.deribit import check_cancel, check_submit
from runner.exchange.sites import SITES
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.orders import Accepted, OrderRequest, OrderType, Pinned, Side
from tests.exchange.deribit.room import PINNED, ROOT, SYMBOL
from tests.exchange.deribit.told import ALL, ENTRY, LIMIT, SPEND, STOP, TARGET, place, taken
from tests.exchange.scripted import NOW, Sent, door

LIVE = Venue.LIVE
HOST = "https://www.deribit.com"
AUTHORIZATION = f"deri-hmac-sha256 id=k,ts={NOW},sig={'a' * 64},nonce={'b' * 32}"
HEADERS = {"Authorization": AUTHORIZATION, "Accept-Encoding": "gzip, deflate"}
EXTRAS = ["reduce_only", "max_show", "display_amount", "advanced", "mmp", "contracts"]
EXTRAS += ["trigger_offset", "linked_order_type", "otoco_config", "trigger_fill_condition", "tag"]
each_shape = pytest.mark.parametrize("request_", ALL.values(), ids=ALL)


def built(request: OrderRequest) -> dict[str, Any]:
    return submit_form(request, PINNED)[1]


def leaves(
    request: OrderRequest,
    parameters: Any = None,
    *,
    method: str = "GET",
    address: str = "",
    headers: dict[str, str] = HEADERS,
    body: bytes | None = None,
    venue: Venue = LIVE,
    pinned: Pinned = PINNED,
) -> bool:
    """Whether these bytes may leave for this order."""
    query = urlencode(built(request) if parameters is None else parameters)
    url = f"{address or f'{HOST}{ROOT}/{place(request)}'}?{query}"
    try:
        check_submit(method, url, headers, body, venue=venue, request=request, pinned=pinned)
    except Halt:
        return False
    return True


@each_shape
def test_what_was_journaled_leaves(request_: OrderRequest) -> None:
    assert leaves(request_)
    assert leaves(request_, headers=HEADERS | {"User-Agent": "python"})


@each_shape
def test_nothing_may_be_missing_or_another(request_: OrderRequest) -> None:
    form = built(request_)

    for name, value in form.items():
        assert not leaves(request_, {key: it for key, it in form.items() if key != name}), name
        for other in ("", "0", "x", f"{value}1", f"{value}.0.0", f" {value}", "true!"):
            assert not leaves(request_, form | {name: other}), (name, other)
        assert not leaves(request_, [*form.items(), (name, value)]), name


@each_shape
def test_nothing_may_be_said_beside(request_: OrderRequest) -> None:
    form = built(request_)

    for name in [*EXTRAS, "post_only", "reject_post_only", "price", "trigger_price", "trigger"]:
        if name not in form:
            assert not leaves(request_, form | {name: "true"}), name
            assert not leaves(request_, form | {name: "1"}), name
    if "time_in_force" not in form:
        assert not leaves(request_, form | {"time_in_force": "good_til_cancelled"})


@each_shape
@pytest.mark.parametrize(
    "changed",
    [
        {"client_order_id": "0" * 32},
        {"side": None},
        {"quantity": Decimal("0.0051")},
        {"symbol": "ETH/USDC"},
        {"symbol": "BTC/USDT"},
        {"symbol": "BTC/USDC:USDC"},
        {"symbol": "BTC_USDC-PERPETUAL"},
        {"price": Decimal("64000.13")},
        {"stop_price": Decimal("58000.2")},
        {"type": OrderType.MARKET},
        {"type": OrderType.LIMIT},
        {"type": OrderType.STOP},
        {"spend": Decimal(5)},
        {"reduce_only": True},
        {"trigger_by_mark": True},
        {"quantity": None},
        {"quantity": None, "spend": Decimal(5)},
    ],
    ids=str,
)
def test_a_request_built_for_another_order_stays(
    request_: OrderRequest, changed: dict[str, Any]
) -> None:
    if "side" in changed:
        changed = {"side": Side.SELL if request_.side is Side.BUY else Side.BUY}
    other = replace(request_, **changed)
    if other == request_:
        return

    form, address = built(request_), f"{HOST}{ROOT}/{place(request_)}"

    assert not leaves(other, form, address=address)


def test_post_only_is_said_where_it_is_wanted_and_only_there() -> None:
    maker = replace(LIMIT, post_only=True)

    assert not leaves(maker, built(LIMIT))
    assert not leaves(LIMIT, built(maker))
    assert not leaves(maker, built(LIMIT) | {"post_only": "true"})  # its price would be changed


@pytest.mark.parametrize(
    "address",
    [
        f"{HOST}{ROOT}/private/sell",
        f"{HOST}{ROOT}/private/edit",
        f"{HOST}{ROOT}/public/buy",
        f"{HOST}/api/v1/private/buy",
        f"https://test.deribit.com{ROOT}/private/buy",
        f"https://evil.example{ROOT}/private/buy",
        f"http://www.deribit.com{ROOT}/private/buy",
        f"{HOST}{ROOT}/private/buy/",
        f"{HOST}{ROOT}/private/buy#x",
    ],
)
def test_an_order_goes_to_one_address(address: str) -> None:
    assert leaves(ENTRY)
    assert not leaves(ENTRY, address=address)


def test_an_order_has_one_method_and_no_body() -> None:
    for method in ("POST", "PUT", "DELETE", "get"):
        assert not leaves(ENTRY, method=method)
    assert not leaves(ENTRY, body=b"{}")
    assert leaves(ENTRY, body=b"")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic a2V5OnNlY3JldA==",
        f"bearer {'a' * 64}",
        AUTHORIZATION.replace(str(NOW), str(NOW + 1)),
        AUTHORIZATION.replace("a" * 64, "a" * 63),
        AUTHORIZATION.replace("a" * 64, ""),
        AUTHORIZATION.replace("b" * 32, str(NOW)),
        AUTHORIZATION.replace("id=k", "id="),
        AUTHORIZATION + ",ts=1",
    ],
)
def test_an_order_is_signed_with_the_pinned_time(authorization: str) -> None:
    for write in (leaves, lets_go):
        assert not write(ENTRY, headers=HEADERS | {"Authorization": authorization})


def test_no_other_header_is_said() -> None:
    for write in (leaves, lets_go):
        assert not write(ENTRY, headers=HEADERS | {"X-Else": "1"})
        assert not write(ENTRY, headers={"Authorization": AUTHORIZATION})
        assert not write(ENTRY, headers={})


def test_the_window_is_the_pinned_one() -> None:
    for pinned in (Pinned(NOW, 60_001), Pinned(NOW + 1, 59_999), Pinned(NOW - 1, 60_000)):
        assert not leaves(ENTRY, pinned=pinned)


def test_each_venue_has_its_host() -> None:
    """By two lists that were written apart."""
    for venue in Venue:
        for other in SITES["deribit"].values():
            ours = SITES["deribit"].get(venue)
            address = f"https://{other.spot}{ROOT}/private/buy"
            assert leaves(ENTRY, address=address, venue=venue) is (other is ours)


def lets_go(
    request: OrderRequest,
    parameters: Any = None,
    *,
    method: str = "GET",
    address: str = f"{HOST}{ROOT}/private/cancel_by_label",
    headers: dict[str, str] = HEADERS,
    body: bytes | None = None,
    venue: Venue = LIVE,
) -> bool:
    """Whether these bytes may cancel this order."""
    said = {"label": request.client_order_id} if parameters is None else parameters
    url = f"{address}?{urlencode(said)}"
    try:
        check_cancel(method, url, headers, body, venue=venue, request=request, pinned=PINNED)
    except Halt:
        return False
    return True


@each_shape
def test_a_cancellation_is_of_one_name(request_: OrderRequest) -> None:
    name = request_.client_order_id

    assert lets_go(request_)
    for said in ({}, {"label": ""}, {"label": "0" * 32}, {"label": name, "currency": "BTC"},
                 [("label", name), ("label", "0" * 32)], {"order_id": name}):  # fmt: skip
        assert not lets_go(request_, said), said


def test_a_cancellation_cannot_mean_more_than_one() -> None:
    for name in ("", "a", "x" * 32, "E" * 32, "e" * 33, f"{'e' * 32}&currency=BTC"):
        assert not lets_go(replace(TARGET, client_order_id=name)), name
    assert not lets_go(replace(TARGET, symbol="BTC/USDC:USDC"))


@pytest.mark.parametrize("name", ["cancel", "cancel_all", "cancel_all_by_instrument", "buy"])
def test_a_cancellation_goes_to_one_address(name: str) -> None:
    assert not lets_go(TARGET, address=f"{HOST}{ROOT}/private/{name}")
    assert not lets_go(TARGET, address=f"https://test.deribit.com{ROOT}/private/cancel_by_label")
    assert not lets_go(TARGET, method="POST")
    assert not lets_go(TARGET, body=b"x")
    assert not lets_go(TARGET, venue=Venue.TESTNET)
    assert not lets_go(TARGET, venue=Venue.DEMO)


def test_an_amount_to_spend_cannot_be_said() -> None:
    assert not leaves(SPEND, built(ENTRY))


@pytest.mark.parametrize("venue", SITES["deribit"])
def test_what_the_library_signs_passes_at_every_venue(venue: Venue) -> None:
    async def act() -> tuple[Any, list[Sent]]:
        answers = {f"GET {ROOT}/{place(it)}": taken(it) for it in (LIMIT, STOP)}
        options: dict[str, Any] = {"exchange": "deribit", "symbols": (SYMBOL,), "venue": venue}
        async with door(answers, **options) as (client, exchange):
            outcomes = [await client.submit((it,), PINNED) for it in (LIMIT, STOP)]
            return outcomes, exchange.sent

    outcomes, sent = asyncio.run(act())

    assert all(isinstance(it, Accepted) for it in outcomes)
    assert {it.host for it in sent} == {SITES["deribit"][venue].spot}
