"""What goes wrong on the way to Bitget: unknown or try again, never a refusal, never sent twice."""

from __future__ import annotations

from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.client import Client
from runner.model.errors import Unavailable
from runner.model.orders import OrderRequest, Unknown
from tests.exchange.asked import LIMIT, PERP_LIMIT, PERP_STOP
from tests.exchange.bitget.answers import (
    CANCEL,
    CANCEL_STOP,
    LOOK,
    PINNED,
    PLACE,
    PLACE_STOP,
    STOPS,
    after,
    cancel,
    good,
    no,
    submit,
    taken,
    written,
)
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.scripted import NOW, Reply, ask

ORDERS = [LIMIT, PERP_LIMIT, PERP_STOP]
ASSETS, TIME = "GET /api/v2/spot/account/assets", "GET /api/v2/public/time"
#: None of these says that nothing happened.
FAULTS = [
    Reply(act="drop"),
    Reply("", 500),
    Reply("<html></html>", 502),
    Reply("<html></html>", 503),
    Reply("", 504),
    Reply("Too Many Requests", 429),
    Reply({"code": "429", "msg": "Too Many Requests"}, 429),
    Reply("<html>", 403),
    Reply("<html>", 200),
    Reply("", 302, {"Location": "/api/v2/spot/trade/place-order"}),
    Reply({"message": "failure to get a peer from the ring-balancer"}, 400),
    Reply({"data": {"orderId": "1"}}, 200),
    Reply([], 200),
    Reply("null", 200),
    no("40010"),
    no("40725", status=200),
    no("43012", status=500),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("request_", ORDERS, ids=["spot", "futures", "stop"])
def test_a_write_that_may_have_happened_is_unknown_and_sent_once(
    request_: OrderRequest, fault: Reply
) -> None:
    placed, exchange = submit(request_, fault, after(request_))
    ended, heard = cancel(request_, fault, after(request_))

    assert isinstance(placed, Unknown), placed
    assert isinstance(ended, Unknown), ended
    assert (len(exchange.sent), len(heard.sent)) == (1, 1)


@pytest.mark.parametrize("request_", ORDERS, ids=["spot", "futures", "stop"])
def test_a_write_that_is_not_answered_in_time_is_unknown_and_sent_once(
    request_: OrderRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 200)
    hang = Reply(act="hang")
    paths = (*PLACE.values(), PLACE_STOP, *CANCEL.values(), CANCEL_STOP)

    async def act(client: Client) -> tuple[Any, Any]:
        placed = await client.submit((request_,), PINNED)
        return placed, await client.cancel((request_,), PINNED)

    (placed, ended), exchange = ask(
        act, dict.fromkeys(paths, hang), exchange="bitget", symbols=(request_.symbol,)
    )

    assert placed == ended == Unknown("api.bitget.com did not answer in time")
    assert len(exchange.sent) == 2


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("request_", ORDERS, ids=["spot", "futures", "stop"])
def test_an_order_that_was_taken_and_cannot_be_read_is_unknown_and_sent_once(
    request_: OrderRequest, fault: Reply
) -> None:
    look = {LOOK[False]: fault, LOOK[True]: fault, STOPS: fault}

    outcome, exchange = submit(request_, taken(request_), look)

    assert isinstance(outcome, Unknown)
    assert len(written(exchange)) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply("", 500), r"bitget does not tell the balances \(HTTP 500\): try again later"),
        (no("40015", "System is abnormal"), r"\(40015: System is abnormal\): try again later"),
        (no("00000", status=500), "try again later"),
        (Reply("<html>", 403), "firewall refuses this address"),
        (Reply("", 429, {"Retry-After": "7"}), r"limits this address \(HTTP 429\): wait 7 s"),
        (no("30007", status=200), r"limits this address \(HTTP 200\): wait a minute"),
        (Reply("<html>", 200), "unclearly: it is not JSON"),
        (Reply({"data": []}, 200), "unclearly: without `code`"),
        (good(None) | {"code": "0"}, "0: success"),
        (good({}), "unclearly: not with the list"),
        (Reply(act="drop"), "api.bitget.com dropped the connection; try again later"),
    ],
)
def test_a_read_that_fails_says_what_and_where(answer: Any, words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        at_bitget(lambda client: client.balances(), {ASSETS: answer})


@pytest.mark.parametrize(
    ("server", "words"), [(-3200, "3.2 s ahead of"), (90_000, "90.0 s behind")]
)
@pytest.mark.parametrize("code", ["40008", "40005", "40911"])
def test_a_wrong_clock_is_measured(server: int, words: str, code: str) -> None:
    time = good({"serverTime": str(NOW + server)})

    with pytest.raises(Unavailable, match=f"this clock is {words} that of bitget"):
        at_bitget(lambda client: client.balances(), {ASSETS: no(code), TIME: time})


@pytest.mark.parametrize("time", [good({}), good({"serverTime": 1}), good({"serverTime": "now"})])
def test_a_time_that_is_none_is_not_understood(time: Any) -> None:
    with pytest.raises(Unavailable, match="tells its time unclearly"):
        at_bitget(lambda client: client.server_time(), {TIME: time})


def test_writes_are_signed_with_the_pinned_time_and_reads_with_the_clock_s() -> None:
    """However late a write leaves, the exchange finds it as old as its journal says."""
    later = NOW + 12_345

    async def act(client: Client) -> None:
        await client.submit((PERP_LIMIT,), PINNED)

    answers = {PLACE[True]: taken(PERP_LIMIT)} | after(PERP_LIMIT)
    _, exchange = ask(
        act, answers, exchange="bitget", symbols=(PERP_LIMIT.symbol,), clock=lambda: later
    )

    assert [it.headers["ACCESS-TIMESTAMP"] for it in exchange.sent] == [str(NOW), str(later)]


def test_a_door_says_for_how_long_a_write_may_be_taken() -> None:
    async def act(client: Client) -> int:
        return client.window_ms

    assert at_bitget(act, {})[0] == PINNED.window_ms == 30_000
