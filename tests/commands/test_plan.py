"""`runner plan`: the very orders that a run would send at the newest bar, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.commands.desk import Desk, a_desk, bars, csv

STATE = ("--state", "state")

#: Bars that close until 19:00, at which `PROBE` enters, until 07:00, and until 09:00, at which it
#: leaves.
ENTERS, HOLDS, LEAVES = 19, 31, 33


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a run that was killed at 07:00 while it held a position."""
    with a_desk(tmp_path_factory.mktemp("planned")) as desk:
        for count in (ENTERS, ENTERS + 1, HOLDS, LEAVES):
            desk.write(f"{count}.csv", csv(bars()[:count]))
        desk.killed("journal:decided:after", 7)
        yield desk


def plan(desk: Desk, count: int, *words: str) -> Any:
    return desk.runner("plan", "probe.yaml", "--data", f"{count}.csv", "--json", *words).document()


def orders(desk: Desk) -> list[Any]:
    (run,) = desk.runner("orders", "--json", *STATE).document()["runs"]
    found: list[Any] = run["orders"]
    return found


def test_a_plan_asks_for_what_a_run_has_sent(held: Desk) -> None:
    entry, *protection = orders(held)[:3]

    planned = plan(held, ENTERS)

    (wanted,) = planned["orders"]
    assert (planned["at"], wanted["status"]) == (entry["time"], "planned")
    same = ("client_order_id", "symbol", "side", "type", "purpose", "quantity", "price")
    assert [wanted[name] for name in same] == [entry[name] for name in same]
    assert [one["client_order_id"] for one in planned["after_fill"]] == [
        one["client_order_id"] for one in protection
    ]


def test_a_bar_without_orders_says_why(held: Desk) -> None:
    said = held.runner("plan", "probe.yaml", "--data", f"{ENTERS + 1}.csv")

    assert said.code == 0
    assert "  sends     nothing" in said.out
    assert "no entry: entry.long: true, but it did not become true at this bar" in said.out


def test_the_account_of_an_unfinished_run_is_taken_where_its_state_is_named(held: Desk) -> None:
    before = orders(held)

    planned = plan(held, LEAVES, *STATE)

    assert planned["run"] == str(held.run_folder().relative_to(held.folder) / "journal.db")
    (position,) = planned["positions"]
    assert (position["quantity"], position["side"]) == ("0.12452", "long")
    (exit_,) = planned["orders"]
    assert (exit_["purpose"], exit_["side"], exit_["quantity"]) == ("exit", "sell", "0.12452")
    assert planned["after_fill"] == []
    assert orders(held) == before
    said = held.runner("plan", "probe.yaml", "--data", f"{HOLDS}.csv", *STATE)
    assert "the run has decided the newest of these bars" in said.refusal(1)
