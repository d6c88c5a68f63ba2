"""A person's hand: halt, resume, close, cancel and flatten, on a run that holds a position."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.journal.database import Journal
from tests.commands.desk import Desk, a_desk
from tests.commands.desk import asked as sent_to_exchange

#: The step at which a run of `PROBE` holds a position behind a stop and a target, at 07:00.
HOLDING = ("journal:decided:after", 7)
STATE = ("--state", "state")
HALTED = "nothing is entered or added until `runner resume probe`"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a run that was killed there, its exchange too."""
    with a_desk(tmp_path_factory.mktemp("held")) as desk:
        desk.killed(*HOLDING)
        return desk.state


@pytest.fixture
def holding(desk: Desk, held: Path) -> Desk:
    """A desk of one's own with that run."""
    desk.copy_of(held)
    return desk


@pytest.fixture(scope="module")
def asked(held: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for commands that refuse, so that they leave nothing."""
    with a_desk(tmp_path_factory.mktemp("asked")) as desk:
        desk.copy_of(held)
        yield desk


def orders(desk: Desk) -> list[dict[str, Any]]:
    """Of the only run, in order of intention."""
    (run,) = desk.runner("orders", "--json", *STATE).document()["runs"]
    found: list[dict[str, Any]] = run["orders"]
    return found


def by_hand(desk: Desk) -> list[dict[str, Any]]:
    """Orders that end a position because a person said so."""
    return [order for order in orders(desk) if order["exit_reason"] == "manual"]


def entered_after(desk: Desk, time: str) -> list[str]:
    """When entries were decided later than that."""
    times = [order["time"] for order in orders(desk) if order["purpose"] == "entry"]
    return [one for one in times if one > time]


def test_what_cannot_be_done_is_refused_with_what_to_do_instead(asked: Desk) -> None:
    stop, target = (one["client_order_id"] for one in orders(asked)[-2:])
    filled = orders(asked)[0]["client_order_id"]
    refusals = {
        ("close", "ETH/USDT"): "`ETH/USDT` is not held by the run of `probe`: it holds BTC/USDT",
        ("cancel", stop): "protects what is held of BTC/USDT and stays: `runner close BTC/USDT`",
        ("cancel", target[:8]): "protects what is held of BTC/USDT and stays",
        ("cancel", filled): "is filled already: nothing is left to cancel",
        ("cancel", "abcdefgh"): "`abcdefgh` names no order of `probe`: write 6 or more characters",
        ("cancel", filled[:3]): "names 1 orders of `probe`: write 6 or more characters",
        ("halt", "nobody"): "no run of `nobody` in `state`; start one with `runner run FILE",
        ("halt", "gone.yaml"): "cannot read `gone.yaml`: check its path, or write the strategy's",
    }

    said = asked.several(*[[*words, *STATE] for words in refusals])

    for one, told in zip(said, refusals.values(), strict=True):
        assert told in one.refusal(1)
    assert not list(asked.run_folder().glob("requests/*"))


def test_words_are_checked_before_anything_is_asked(asked: Desk) -> None:
    for words in (["cancel"], ["cancel", "1234567", "--all", "probe"], ["close"]):
        asked.runner(*words, *STATE).misuse()


SAYS = {
    ("halt",): [f"halts: {HALTED}"],
    ("halt", "probe.yaml"): [f"halts: {HALTED}"],
    ("close", "BTC/USDT"): ["closes 0.12452 BTC/USDT long at market", "the rules may enter again"],
    ("cancel", "--all"): ["cancels what waits by then: nothing so far"],
    ("flatten", "probe"): [HALTED, "closes 0.12452 BTC/USDT long at market"],
    ("resume",): ["ends the halt"],
}


def test_each_says_what_will_happen_and_when(holding: Desk) -> None:
    plain = holding.several(*[[*words, *STATE] for words in SAYS])
    documents = holding.several(*[[*words, "--json", *STATE] for words in list(SAYS)[:-1]])

    for said, told in zip(plain, SAYS.values(), strict=True):
        assert said.code == 0, said.err
        assert all(one in said.out for one in [*told, "at the next start: no runner is running"])
    for said, told in zip(documents, SAYS.values(), strict=False):
        document = said.document()
        assert document["taken_up"] == "next_start"
        assert all(one in "\n".join(document["effects"]) for one in told)
    folder = holding.run_folder() / "requests"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 11


def test_close_ends_the_position_at_market_and_the_rules_go_on(holding: Desk) -> None:
    holding.runner("close", "BTC/USDT", *STATE)

    result = holding.run("--json").result()

    (exit_,) = by_hand(holding)
    assert (exit_["time"], exit_["status"]) == ("2021-01-02T07:00:00Z", "filled")
    reasons = [trade["exit_reason"] for trade in result["trades"]]
    assert reasons.count("manual") == 1
    assert entered_after(holding, exit_["time"])
    assert not list(holding.run_folder().glob("requests/*"))


@pytest.mark.parametrize("step", ["operator:after", "sending:after"])
def test_a_request_counts_once_wherever_the_process_dies(holding: Desk, step: str) -> None:
    holding.runner("close", "BTC/USDT", *STATE)
    assert holding.seam({"at": [f"journal:{step}", 1, signal.SIGKILL]}).code == -signal.SIGKILL
    holding.end_exchanges()

    holding.run()

    history = Journal.read(holding.run_folder() / "journal.db")
    assert [word.verb for word in history.words()] == ["close"]
    (exit_,) = by_hand(holding)
    assert (exit_["quantity"], exit_["status"]) == ("0.12452", "filled")


def test_what_was_not_sent_yet_is_not_sent_once_a_person_halts(desk: Desk) -> None:
    desk.killed("journal:decided:after", 5)
    entry = orders(desk)[-1]
    assert (entry["purpose"], entry["status"]) == ("entry", "intended")
    desk.runner("halt", *STATE)

    desk.run()

    became = {one["client_order_id"]: one["status"] for one in orders(desk)}
    assert became[entry["client_order_id"]] == "expired"
    assert entry["client_order_id"] not in sent_to_exchange(desk.state)


def test_halted_nothing_is_entered_until_a_person_resumes(holding: Desk) -> None:
    holding.runner("halt", *STATE)
    # decided by the new process: 08:00, the exit by rule at 09:00, and a rise at 18:00
    holding.seam({"at": ["journal:decided:after", 3, signal.SIGKILL]})
    holding.end_exchanges()

    checked, traced = holding.several(["status", "--check", *STATE], ["trace", *STATE])

    assert checked.code == 1
    assert "halted by a person: `runner resume probe` ends it" in checked.out
    assert "no entry: halted: `runner resume` ends it" in traced.out
    assert entered_after(holding, "2021-01-02T07:00:00Z") == []
    assert "ends the halt" in holding.runner("resume", *STATE).out
    holding.run()
    assert entered_after(holding, "2021-01-02T18:00:00Z")
    assert holding.runner("status", "--check", *STATE).code == 0


def test_flatten_closes_everything_and_halts_a_run_that_goes_on(desk: Desk) -> None:
    life = desk.frozen(*HOLDING)
    try:
        said = desk.runner("flatten", *STATE)
    finally:
        life.send_signal(signal.SIGCONT)
    out, err = life.communicate(timeout=60)

    assert f"at the next bar by the runner that is running (pid {life.pid})" in said.out
    assert life.returncode == 0, err
    (exit_,) = by_hand(desk)
    assert (exit_["time"], exit_["status"]) == ("2021-01-02T08:00:00Z", "filled")
    assert entered_after(desk, exit_["time"]) == []
    assert "1 by manual" in out
    finished = desk.runner("halt", *STATE).refusal(1)
    assert "the run of `probe` is finished, so that nothing of it can be stopped" in finished


def test_a_resting_entry_is_canceled_by_the_id_that_orders_shows(desk: Desk) -> None:
    text = (desk.folder / "probe.yaml").read_text()
    waits = "order: {type: limit, price: 0.9 * close, timeout: 9 bars, when_unfilled: cancel}"
    desk.write("probe.yaml", text.replace("size: {risk", f"{waits}\n    size: {{risk"))
    desk.killed("journal:decided:after", 2)
    (entry,) = orders(desk)
    name = entry["client_order_id"][:8]
    assert f"({name})" in desk.runner("orders", *STATE).out

    said = desk.runner("cancel", name, *STATE)
    desk.seam({"at": ["journal:settled:after", 1, signal.SIGKILL]})

    assert f"cancels entry limit buy {entry['quantity']} BTC/USDT at" in said.out
    assert orders(desk)[0]["status"] == "canceled"
