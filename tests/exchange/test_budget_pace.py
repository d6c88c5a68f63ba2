"""Waiting for an exchange's limits, on a clock that only moves where somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from runner.exchange.budget.closings import closings
from runner.exchange.budget.pace import Late, Pace, Ticket
from runner.exchange.budget.told import Reply
from runner.exchange.budget.window import Use
from runner.exchange.client import Client
from runner.model.accounts import Venue
from runner.model.errors import Unavailable
from runner.model.orders import Unknown
from runner.model.secrets import Secret
from tests.exchange.asked import ENTRY, EXIT
from tests.exchange.scripted import KEY, PINNED, SECRET, Scripted, ask
from tests.exchange.scripted import Reply as Answered

T = TypeVar("T")
KEYS = {"api_key": Secret(KEY), "api_secret": Secret(SECRET)}
TIME = {"serverTime": 1_700_000_000_000}


@dataclass
class Counting:
    """Both clocks, and what was waited for."""

    ms: int = 5_000_000
    wall_offset_ms: int = 1_700_000_000_000
    waits: list[float] = field(default_factory=list)

    def wall_ms(self) -> int:
        return self.ms + self.wall_offset_ms

    def monotonic_s(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.ms += round(seconds * 1000)


def a_pace(folder: Path, clock: Counting, key: str = "0f" * 8, **options: Any) -> Pace:
    return Pace.shared(
        folder / "budgets", "binance", Venue.LIVE, key, clock, clock.sleep, **options
    )


def take(pace: Pace, use: Use, weight: int, orders: int = 0, most_ms: int = 0) -> Ticket | Late:
    """Of spot, where 10 ms of ccxt's spacing are one unit of weight."""
    endpoint = "privatePostOrder" if orders else "privateGetAccount"
    return asyncio.run(pace.take(use, endpoint, weight * 10, orders, most_ms))


def heard(pace: Pace, ticket: Ticket | Late, status: int = 200, **said: Any) -> None:
    assert isinstance(ticket, Ticket)
    headers = {name.replace("_", "-"): str(text) for name, text in said.items() if name != "after"}
    reply = Reply(status, said.get("after", ""), headers, said.get("text", "{}"))
    asyncio.run(pace.heard(ticket, reply))


def test_what_is_spent_by_one_run_is_spent_for_all(tmp_path: Path) -> None:
    clock = Counting()
    one, other = a_pace(tmp_path, clock), a_pace(tmp_path, clock, "")

    assert isinstance(take(one, Use.READ, 4200), Ticket)
    late = take(other, Use.READ, 1)

    assert isinstance(late, Late)
    assert late.reason == (
        "binance's limit of 6000 weight in a minute is used up until 2023-11-14T23:37:51Z"
    )
    assert isinstance(take(other, Use.EXIT, 1500), Ticket)


def test_what_may_wait_waits_and_then_goes(tmp_path: Path) -> None:
    clock = Counting()
    pace = a_pace(tmp_path, clock)
    first = take(pace, Use.READ, 4200)
    heard(pace, first)

    assert isinstance(take(pace, Use.READ, 20, most_ms=75_000), Ticket)

    assert 60 <= sum(clock.waits) <= 63


def test_orders_are_counted_by_account_and_weight_by_address(tmp_path: Path) -> None:
    clock = Counting()
    own = a_pace(tmp_path, clock)
    others = a_pace(tmp_path, clock, "1e" * 8)

    for _ in range(40):
        take(own, Use.ENTRY, 1, orders=2)

    late = take(own, Use.ENTRY, 1, orders=1)
    assert isinstance(late, Late)
    assert late.reason.startswith("binance's limit of 100 orders in 10 s is used up until")
    assert isinstance(take(own, Use.EXIT, 1, orders=10), Ticket)
    assert isinstance(take(others, Use.ENTRY, 1, orders=1), Ticket)


def test_an_order_that_the_account_has_no_room_for_costs_the_address_nothing(
    tmp_path: Path,
) -> None:
    pace = a_pace(tmp_path, Counting())
    take(pace, Use.ENTRY, 1, orders=80)

    for _ in range(1800):
        assert isinstance(take(pace, Use.ENTRY, 1, orders=1), Late)

    assert isinstance(take(pace, Use.READ, 4199), Ticket)


def test_what_others_use_behind_the_same_address_is_seen_in_answers(tmp_path: Path) -> None:
    pace = a_pace(tmp_path, Counting())
    ticket = take(pace, Use.READ, 20)
    heard(pace, ticket, x_mbx_used_weight_1m=5690)

    assert isinstance(take(pace, Use.ENTRY, 1), Late)
    assert isinstance(take(pace, Use.EXIT, 10), Ticket)
    assert isinstance(take(pace, Use.EXIT, 1), Late)


def test_orders_of_the_same_account_elsewhere_are_seen_in_answers(tmp_path: Path) -> None:
    pace = a_pace(tmp_path, Counting())
    heard(pace, take(pace, Use.ENTRY, 1, orders=1), x_mbx_order_count_10s=80)

    assert isinstance(take(pace, Use.ENTRY, 1, orders=1), Late)
    assert isinstance(take(pace, Use.EXIT, 1, orders=1), Ticket)


@pytest.mark.parametrize(
    ("status", "after", "waits_s", "words"),
    [
        (429, "17", 17, "binance takes nothing from this address until"),
        (429, "", 60, "binance takes nothing from this address until"),
        (418, "180", 180, "binance has banned this address until"),
    ],
)
def test_what_one_is_told_all_honour(
    status: int, after: str, waits_s: int, words: str, tmp_path: Path
) -> None:
    clock = Counting()
    one, other = a_pace(tmp_path, clock), a_pace(tmp_path, clock, "")
    heard(one, take(one, Use.READ, 1), status, after=after)

    for use in Use:
        late = take(other, use, 1)
        assert isinstance(late, Late)
        assert late.wait_ms == waits_s * 1000
        assert late.reason.startswith(words)
    assert isinstance(take(other, Use.READ, 1, most_ms=200_000), Ticket)
    assert sum(clock.waits) == waits_s


@pytest.mark.parametrize(
    ("status", "closed"),
    [
        (418, {"privateGetAccount": True, "sapiGetAccount": True, "fapiPublicGetTime": False}),
        (403, {"privateGetAccount": True, "sapiGetAccount": True, "fapiPublicGetTime": False}),
        (429, {"privateGetAccount": True, "sapiGetAccount": False, "fapiPublicGetTime": False}),
    ],
)
def test_a_ban_is_of_a_site_and_a_limit_of_what_it_counts(
    status: int, closed: dict[str, bool], tmp_path: Path
) -> None:
    pace = a_pace(tmp_path, Counting())
    heard(pace, take(pace, Use.READ, 1), status)

    late = {
        endpoint: isinstance(asyncio.run(pace.take(Use.EXIT, endpoint, 10, 0, 0)), Late)
        for endpoint in closed
    }

    assert late == closed


def test_whoever_looks_sees_what_is_closed_and_nothing_once_it_is_over(tmp_path: Path) -> None:
    clock = Counting()
    pace, folder = a_pace(tmp_path, clock), tmp_path / "budgets"
    assert closings(folder, clock) == []
    heard(pace, take(pace, Use.READ, 1), 418, after="180")
    heard(pace, take(pace, Use.EXIT, 1, most_ms=200_000), 200)
    assert closings(folder, clock) == []
    heard(pace, take(pace, Use.EXIT, 1, orders=1), 429, text='{"code": -1015, "msg": "Too many"}')
    heard(pace, take(pace, Use.READ, 1), 418, after="180")
    (folder / "binance-live-futures.address").write_bytes(b"torn")

    assert closings(folder, clock) == [
        "binance takes nothing from this account until 2023-11-14T23:39:50Z (HTTP 429)",
        "binance has banned this address until 2023-11-14T23:42:40Z (HTTP 418)",
    ]


def test_too_many_orders_close_the_account_and_no_more(tmp_path: Path) -> None:
    clock = Counting()
    pace = a_pace(tmp_path, clock)
    heard(pace, take(pace, Use.EXIT, 1, orders=1), 429, text='{"code": -1015, "msg": "Too many"}')

    late = take(pace, Use.EXIT, 1, orders=1)

    assert isinstance(late, Late)
    assert late.reason.startswith("binance takes nothing from this account until")
    assert isinstance(take(pace, Use.EXIT, 1), Ticket)  # a cancel


def test_a_clock_that_people_set_changes_nothing(tmp_path: Path) -> None:
    clock = Counting()
    pace = a_pace(tmp_path, clock)
    heard(pace, take(pace, Use.READ, 1), 429, after="30")
    clock.wall_offset_ms -= 86_400_000

    assert isinstance(take(pace, Use.READ, 1, most_ms=75_000), Ticket)

    assert clock.waits == [30]


def test_what_cannot_be_counted_is_not_sent_but_exits(tmp_path: Path) -> None:
    (tmp_path / "budgets").write_text("in the way")
    pace = a_pace(tmp_path, Counting())

    for use in (Use.READ, Use.ENTRY):
        with pytest.raises(Unavailable, match=r"cannot be counted in .*file exists.*nothing was"):
            take(pace, use, 1)
    ticket = take(pace, Use.EXIT, 1)

    assert isinstance(ticket, Ticket)
    heard(pace, ticket)


def test_nobody_waits_for_ever_for_a_process_that_sleeps_over_the_file(tmp_path: Path) -> None:
    clock = Counting()
    pace, sleeper = a_pace(tmp_path, clock), a_pace(tmp_path, clock)
    take(pace, Use.READ, 1)

    with sleeper._rooms[2].address.held():
        with pytest.raises(Unavailable, match="another process holds it"):
            take(pace, Use.READ, 1)
        assert isinstance(take(pace, Use.EXIT, 1), Ticket)
    assert isinstance(take(pace, Use.READ, 1), Ticket)


def test_a_scope_of_an_exchange_nobody_knows_is_paced_as_ccxt_does(tmp_path: Path) -> None:
    clock = Counting()
    pace = Pace.shared(tmp_path, "kraken", Venue.LIVE, "", clock, clock.sleep)

    took = [asyncio.run(pace.take(Use.READ, "publicGetTime", 1000, 0, 0)) for _ in range(8)]

    assert [isinstance(one, Ticket) for one in took] == [True] * 7 + [False]


def test_no_file_names_or_holds_the_key(tmp_path: Path) -> None:
    pace = a_pace(tmp_path, Counting())
    heard(pace, take(pace, Use.ENTRY, 1, orders=1))

    files = list((tmp_path / "budgets").iterdir())

    assert sorted(file.suffix for file in files) == [".account", ".address"]
    assert not any("CANARY" in file.name or b"CANARY" in file.read_bytes() for file in files)


# The same through the door.


def through(
    pace: Pace, answers: dict[str, Any], act: Callable[[Client], Coroutine[Any, Any, T]]
) -> tuple[T, Scripted]:
    return ask(act, answers, pace=pace)


def test_the_door_hears_and_honours(tmp_path: Path) -> None:
    clock = Counting()
    answers = {"GET /api/v3/time": [Answered("", 429, {"Retry-After": "9"}), Answered(TIME)]}

    async def act(client: Client) -> int:
        with pytest.raises(Unavailable, match="wait 9 s"):
            await client.server_time()
        return await client.server_time()

    _, exchange = through(a_pace(tmp_path, clock), answers, act)

    assert len(exchange.sent) == 2
    assert clock.waits == [9]


def test_while_banned_nothing_reaches_the_socket_and_all_say_until_when(tmp_path: Path) -> None:
    banned = Answered("", 418, {"Retry-After": "3600"})
    answers = {"GET /api/v3/time": banned}

    async def act(client: Client) -> str:
        with pytest.raises(Unavailable):
            await client.server_time()
        with pytest.raises(Unavailable, match=r"banned this address until 2023.*nothing was sent"):
            await client.server_time()
        with pytest.raises(Unavailable, match="banned"):
            await client.cancel((ENTRY,), PINNED)
        with pytest.raises(Unavailable, match=r"banned.*nothing was sent"):
            await client.admit((EXIT,))
        return await client.admit((ENTRY,))

    late, exchange = through(a_pace(tmp_path, Counting()), answers, act)

    assert late.startswith("not sent in time: binance has banned this address until 2023-11-")
    assert len(exchange.sent) == 1


def test_an_admitted_order_is_counted_once_and_with_all_its_parts(tmp_path: Path) -> None:
    pace = a_pace(tmp_path, Counting())

    async def act(client: Client) -> Any:
        assert await client.admit((ENTRY,)) == ""
        return await client.submit((ENTRY,), PINNED)

    outcome, exchange = through(pace, {"POST /api/v3/order": Answered("", 500)}, act)

    assert isinstance(outcome, Unknown)
    assert len(exchange.sent) == 1
    [account] = [one for one in (tmp_path / "budgets").iterdir() if one.suffix == ".account"]
    file = pace._rooms[2].account
    assert file is not None
    assert file.path == account
    with file.held() as held:
        assert [sum(one.amounts) for one in held.tally.spent] == [1, 1]


def test_an_entry_waits_a_moment_and_an_exit_not_at_all(tmp_path: Path) -> None:
    clock = Counting()
    pace = a_pace(tmp_path, clock)
    take(pace, Use.ENTRY, 1, orders=80)

    async def act(client: Client) -> tuple[str, str]:
        return await client.admit((ENTRY,)), await client.admit((EXIT,))

    (entry, exit_), _ = through(pace, {}, act)

    assert "limit of 100 orders in 10 s is used up" in entry
    assert (exit_, clock.waits) == ("", [])
