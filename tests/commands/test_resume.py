"""The same command resumes what was cut off, starts anew what is finished, and tells which."""

from __future__ import annotations

import shutil
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands.desk import HOLDING, LIFE_S, Desk, Said, asked

MONEY = ("quantity", "price", "fee", "stop_price", "spend", "filled_quantity", "filled_price")
KILLED_AT = [("journal:identity:before", 1), ("socket:submit:after", 3), HOLDING]


@pytest.mark.parametrize(("step", "nth"), KILLED_AT)
def test_a_killed_run_goes_on_to_the_same_end(step: str, nth: int, desk: Desk, whole: Any) -> None:
    run = desk.killed(step, nth)

    resumed = desk.run("--json")

    assert resumed.err == f"resuming: {(run / 'journal.db').relative_to(desk.folder)}\n"
    assert resumed.result() == whole
    assert sorted(asked(desk.state)) == sorted(o["client_order_id"] for o in whole["orders"])
    assert desk.living() == []


def test_the_summary_of_a_killed_run_is_that_of_an_unkilled_one(
    desk: Desk, unfinished: Path
) -> None:
    unkilled = desk.run("--seed", "0")
    shutil.rmtree(desk.state)
    desk.copy_of(unfinished)

    resumed = desk.run("--seed", "0")

    assert _summary(resumed) == _summary(unkilled)
    assert len(resumed.out) < len(unkilled.out)


def test_a_run_can_be_moved_to_another_place_before_it_goes_on(
    desk: Desk, unfinished: Path, whole: Any
) -> None:
    shutil.copytree(unfinished, desk.folder / "elsewhere" / "state")

    moved = desk.runner(
        "run", "probe.yaml", "--replay", "bars.csv", "--state", "elsewhere/state", "--json"
    )

    assert moved.err.startswith("resuming: ")
    assert moved.result() == whole


def test_a_finished_run_is_made_anew_and_comes_to_the_same(desk: Desk) -> None:
    first, second = desk.run("--json"), desk.run("--json")

    assert second.out == first.out
    assert second.err == first.err.replace("/0001/", "/0002/")
    assert second.err.startswith("new run: state/replay/probe-")


def test_fresh_starts_over_and_leaves_what_was_cut_off(
    desk: Desk, unfinished: Path, whole: Any
) -> None:
    desk.copy_of(unfinished)
    before = _contents(desk.run_folder())

    fresh = desk.run("--fresh", "--json")

    assert fresh.err.startswith("new run: ")
    assert fresh.err.endswith("/0002/journal.db\n")
    assert fresh.result() == whole
    assert _contents(desk.run_folder()) == before


def test_the_speed_changes_nothing_but_the_time(desk: Desk, whole: Any) -> None:
    assert desk.run("--json", "--speed", "36000000").result() == whole


def test_an_interrupted_run_leaves_no_process_and_goes_on(desk: Desk, whole: Any) -> None:
    life = desk.frozen(*HOLDING)
    life.send_signal(signal.SIGINT)
    life.send_signal(signal.SIGCONT)
    _, err = life.communicate(timeout=LIFE_S)

    assert life.returncode == 130
    assert err.splitlines()[1:] == ["error: interrupted"]
    assert desk.living() == []
    assert desk.run("--json").result() == whole


def test_a_journal_that_was_only_touched_is_a_run_that_has_not_begun(
    desk: Desk, whole: Any
) -> None:
    run = desk.killed("journal:identity:before", 1)
    for path in run.glob("journal.db*"):
        path.unlink()
    (run / "journal.db").touch(0o600)

    assert desk.runner("status", "--state", "state").refusal(1).startswith("no run in `state`")
    assert desk.run("--json").result() == whole


def test_status_and_orders_tell_a_living_run(desk: Desk) -> None:
    life = desk.frozen(*HOLDING)

    status, orders = _told(desk)
    text = desk.runner("status", "probe", "--state", "state").out

    (run,) = status["runs"]
    (held,) = run["positions"]
    resting = [o["client_order_id"] for o in orders if o["status"] == "accepted"]
    assert (run["strategy"], run["environment"], run["finished"]) == ("probe", "replay", False)
    assert run["handled"] == "2021-01-02T07:00:00Z"
    assert (held["symbol"], held["protected_by"]) == ("BTC/USDT", resting)
    assert (run["resting"], run["unsettled"], run["denied"]) == (2, [], 0)
    assert run["orders"] == len(orders) == 10
    assert _worth(orders) == Decimal(held["quantity"]) > 0
    assert f"probe (replay, running, pid {life.pid})\n" in text
    assert f"  holds     {held['quantity']} BTC/USDT bought at {held['entry_price']}, " in text
    assert "  handled   2021-01-02T07:00:00Z\n" in text
    life.send_signal(signal.SIGCONT)
    life.communicate(timeout=LIFE_S)


def test_a_position_is_not_called_protected_before_its_stop_rests(desk: Desk) -> None:
    desk.killed("journal:intended:after", 1)

    status, orders = _told(desk)

    (run,) = status["runs"]
    assert [order["status"] for order in orders] == ["filled", "intended", "intended"]
    assert [held["protected_by"] for held in run["positions"]] == [[]]
    assert "behind 0 protective orders" in desk.runner("status", "--state", "state").out


def test_status_and_orders_tell_a_killed_run_and_a_finished_one(
    desk: Desk, unfinished: Path, whole: Any
) -> None:
    desk.copy_of(unfinished)
    killed, _ = _told(desk)
    document = desk.run("--json").result()

    status, orders = _told(desk)
    lines = desk.runner("orders", "--state", "state").out.splitlines()

    (run,) = status["runs"]
    assert killed["runs"][0]["finished"] is False
    assert (run["finished"], run["positions"], run["resting"]) == (True, [], 0)
    assert run["handled"] == "2021-01-03T14:00:00Z"
    assert run["digest"] == document["digest"]
    assert run["journal"] == lines[0].partition("  ")[2]
    assert len(orders) == len(lines) - 1 == len(document["orders"])
    for order, line, told in zip(orders, lines[1:], document["orders"], strict=True):
        assert order["client_order_id"] == told["client_order_id"]
        assert (order["status"], order["time"]) == (told["status"], told["time"])
        assert f"{told['side']} {told['quantity']} BTC at " in line
        assert f"  {told['status']}" in line
    assert _worth(orders) == 0


def test_each_strategy_is_told_by_its_newest_run(desk: Desk) -> None:
    other = (desk.folder / "probe.yaml").read_text().replace("name: probe", "name: another")
    desk.write("another.yaml", other)
    desk.run("--json")
    desk.run("--json", file="another.yaml")
    desk.run("--json", "--set", "fast=7")

    both = desk.runner("status", "--state", "state", "--json").document()["runs"]
    one = desk.runner("orders", "another", "--state", "state", "--json").document()["runs"]

    newest = max(desk.state.glob("replay/probe-*/*/journal.db"), key=lambda it: it.stat().st_mtime)
    assert [run["strategy"] for run in both] == ["another", "probe"]
    assert desk.folder / both[1]["journal"] == newest
    assert [run["strategy"] for run in one] == ["another"]


def _told(desk: Desk) -> tuple[Any, list[Any]]:
    """The documents of `status` and `orders`; money in them is text."""
    status = desk.runner("status", "--state", "state", "--json").document()
    orders = desk.runner("orders", "--state", "state", "--json").document()
    assert (status["schema"], orders["schema"]) == (1, 1)
    (run,) = orders["runs"]
    for order in run["orders"]:
        for name in MONEY:
            assert isinstance(order.get(name), str | None), name
            assert Decimal(order.get(name) or 0).is_finite()
    for held in status["runs"][0]["positions"]:
        assert isinstance(held["quantity"], str)
        assert isinstance(held["entry_price"], str)
    return status, run["orders"]


def _worth(orders: list[Any]) -> Decimal:
    """Base currency that the fills bought and did not sell."""
    signs = {"buy": 1, "sell": -1}
    return sum(
        (signs[order["side"]] * Decimal(order["filled_quantity"] or 0) for order in orders),
        Decimal(0),
    )


def _summary(said: Said) -> list[str]:
    assert said.code == 0
    return said.out.split("\n\n")[-1].splitlines()


def _contents(folder: Path) -> dict[str, bytes]:
    """What is in the files; SQLite's index of its write-ahead log may change by looking."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found if not path.name.endswith("-shm")}
