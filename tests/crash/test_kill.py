"""kill -9 of the runner and of the exchange, for every kind of order, wherever it may hurt.

The judge is the exchange's own ledger: it must be that of a run that nobody killed, and in it no
clock ever moved while a position was without the stop that its file asks for.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.crash.judge import Left, audit_wrong, left_bare, left_in, strays
from tests.crash.lives import Midwife, a_midwife, kill_exchange, moments
from tests.crash.trader import EXCHANGES, Life

#: Rules, symbols, bars.
RUNS = {
    "market orders": ("everything is spent", 1, 40),
    "limit orders": ("limit orders", 1, 50),
    "chased limit orders": ("chased limit orders", 1, 40),
    "stop orders": ("stop orders behind a trailing stop", 1, 60),
    "parts": ("a position in parts", 1, 45),
    "exits in parts": ("exits in parts", 1, 50),
    "adds": ("a pyramid", 1, 45),
    "a ladder": ("safety orders", 1, 40),
    "two symbols": ("safety orders", 2, 30),
    "contracts in parts": ("contracts in parts", 1, 45),
    "contracts with a ladder": ("contracts with safety orders", 1, 40),
    "contracts with adds": ("contracts in a pyramid", 1, 40),
    "contracts by stop orders": ("contracts by stop orders", 2, 45),
    "two contracts": ("long and short", 2, 30),
    "liquidations": ("liquidations", 1, 110),
}
#: Of these the file asks for no stop.
BARE = {"market orders", "liquidations"}
SEEDS = range(1, 12)
DEATHS = 3  # of exchanges in one run


@dataclass(frozen=True)
class Unkilled:
    """A run to its end: what it has left, and how often each step was passed."""

    left: Left
    steps: Counter[str]
    commits: int


@pytest.fixture(scope="module")
def midwife() -> Iterator[Midwife]:
    with a_midwife() as midwife:
        yield midwife


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    kill_exchange(tmp_path)


def a_life(run: str, folder: Path) -> Life:
    return Life(str(folder), *RUNS[run])


_unkilled: dict[str, Unkilled] = {}


@pytest.fixture
def unkilled(run: str, midwife: Midwife, tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    return the_unkilled(run, midwife, tmp_path_factory)


def the_unkilled(run: str, midwife: Midwife, tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    if run not in _unkilled:
        folder = tmp_path_factory.mktemp("unkilled")
        steps = folder / "steps"
        midwife.live_to_the_end(replace(a_life(run, folder), told=str(steps)))
        left = left_in(folder)
        commits = len({row[1] for row in left.ledger["events"]})
        _unkilled[run] = Unkilled(left, Counter(steps.read_text().split()), commits)
    return _unkilled[run]


def expect_unharmed(run: str, folder: Path, unkilled: Unkilled) -> None:
    left = left_in(folder)
    for table, rows in unkilled.left.ledger.items():
        assert left.ledger[table] == rows, table
    assert left.orders == unkilled.left.orders
    assert left.fundings == unkilled.left.fundings
    assert left.summary == unkilled.left.summary
    assert strays(folder) == []
    assert audit_wrong(folder) == []
    if run not in BARE:
        assert left_bare(folder) == []


@pytest.mark.parametrize("run", ["market orders"])
def test_the_judge_sees_a_position_without_a_stop(
    run: str, unkilled: Unkilled, midwife: Midwife, folder: Path
) -> None:
    midwife.live_to_the_end(a_life(run, folder))

    assert left_in(folder) == unkilled.left
    assert left_bare(folder) != []


@pytest.mark.parametrize("run", RUNS)
def test_a_runner_killed_at_every_step_leaves_what_nobody_killed_leaves(
    run: str, unkilled: Unkilled, midwife: Midwife, folder: Path
) -> None:
    names = list(unkilled.steps)  # as they were first passed

    deaths = midwife.die_at_every(a_life(run, folder), names)

    assert deaths == len(names)
    for one in folder.iterdir():
        expect_unharmed(run, one, unkilled)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("seed", [0, *(pytest.param(one, marks=pytest.mark.soak) for one in SEEDS)])
def test_a_runner_killed_again_and_again_leaves_what_nobody_killed_leaves(
    seed: int, run: str, unkilled: Unkilled, midwife: Midwife, folder: Path
) -> None:
    # a start alone passes some thirty steps: most lives get on by a few bars
    deaths = midwife.die_now_and_then(a_life(run, folder), seed, unkilled.steps.total() // 5)

    assert deaths >= 4
    expect_unharmed(run, folder, unkilled)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("seed", [0, *(pytest.param(one, marks=pytest.mark.soak) for one in SEEDS)])
def test_an_exchange_killed_at_its_commits_leaves_what_nobody_killed_leaves(
    seed: int, run: str, unkilled: Unkilled, midwife: Midwife, folder: Path
) -> None:
    faults = deadly_commits(f"{run} {seed}", unkilled.commits, folder)

    midwife.live_to_the_end(replace(a_life(run, folder), faults=faults))

    assert len((folder / EXCHANGES).read_text().split()) == DEATHS + 1
    expect_unharmed(run, folder, unkilled)


def deadly_commits(seed: str, commits: int, folder: Path) -> tuple[str, ...]:
    """Processes of the exchange, each of which dies beside one of its commits."""
    chance, files = random.Random(seed), []
    for number in range(DEATHS):
        # the first commit is the empty ledger: who dies there never said that it is ready
        nth, moment = chance.randint(2, max(3, commits // 4)), chance.choice(["before", "after"])
        path = folder / f"faults-{number}.json"
        path.write_text(json.dumps([{"path": "commit", "nth": nth, "do": f"kill_{moment}"}]))
        files.append(str(path))
    return tuple(files)


SPOT, LISTS = "/api/v3/order", "/api/v3/orderList/oco"
PLAIN, CONDITIONAL = "/fapi/v1/order", "/fapi/v1/algoOrder"

#: What goes wrong once, at the nth request of a kind.
LIES = [
    ("limit orders", "POST", SPOT, 1, "kill_before"),
    ("limit orders", "POST", SPOT, 1, "kill_after"),
    ("chased limit orders", "POST", SPOT, 2, "drop_request"),
    ("stop orders", "POST", SPOT, 2, "drop_answer"),
    ("market orders", "POST", SPOT, 3, "status:503"),
    ("adds", "POST", SPOT, 3, "status_after:503"),
    ("parts", "POST", LISTS, 1, "kill_before"),
    ("parts", "POST", LISTS, 2, "kill_after"),
    ("parts", "POST", LISTS, 3, "drop_request"),
    ("a ladder", "POST", LISTS, 3, "malformed"),
    ("exits in parts", "DELETE", "/api/v3/orderList", 1, "kill_before"),
    ("a ladder", "DELETE", "/api/v3/orderList", 1, "kill_after"),
    ("chased limit orders", "DELETE", SPOT, 1, "kill_after"),
    ("limit orders", "GET", "/api/v3/klines", 20, "kill_before"),
    ("two symbols", "GET", "/api/v3/account", 1, "kill_before"),
    ("limit orders", "GET", "/api/v3/openOrders", 3, "reset"),
    ("contracts in parts", "POST", PLAIN, 1, "drop_answer"),
    ("contracts in parts", "POST", PLAIN, 2, "drop_request"),
    ("contracts in parts", "POST", CONDITIONAL, 1, "kill_before"),
    ("contracts in parts", "POST", CONDITIONAL, 2, "kill_after"),
    ("contracts with a ladder", "POST", CONDITIONAL, 3, "drop_request"),
    ("contracts with adds", "POST", CONDITIONAL, 3, "drop_answer"),
    ("contracts with adds", "DELETE", CONDITIONAL, 1, "kill_before"),
    ("contracts with a ladder", "DELETE", PLAIN, 1, "kill_after"),
    ("two contracts", "GET", "/fapi/v3/positionRisk", 6, "kill_before"),
    ("liquidations", "GET", "/fapi/v1/forceOrders", 1, "kill_before"),
    ("two contracts", "GET", "/fapi/v1/income", 1, "kill_before"),
    ("two contracts", "POST", "/fapi/v1/leverage", 1, "kill_after"),
]


@pytest.mark.parametrize(("run", "method", "path", "nth", "do"), LIES)
def test_an_exchange_that_dies_or_lies_leaves_what_an_honest_one_leaves(
    run: str,
    method: str,
    path: str,
    nth: int,
    do: str,
    unkilled: Unkilled,
    midwife: Midwife,
    folder: Path,
) -> None:
    faults = a_fault(folder, method, path, nth, do)

    midwife.live_to_the_end(replace(a_life(run, folder), faults=(faults,)))

    expect_unharmed(run, folder, unkilled)


def a_fault(folder: Path, method: str, path: str, nth: int, do: str) -> str:
    rules = folder / "faults.json"
    rules.write_text(json.dumps([{"method": method, "path": path, "nth": nth, "do": do}]))
    return str(rules)


#: A request or an answer that is lost, and the step right after which the runner dies.
BOTH = [
    ("limit orders", SPOT, 1, "drop_request"),
    ("parts", LISTS, 1, "drop_request"),
    ("parts", LISTS, 2, "drop_answer"),
    ("contracts in parts", CONDITIONAL, 1, "drop_request"),
    ("contracts with adds", PLAIN, 2, "drop_answer"),
]


@pytest.mark.parametrize(("run", "path", "nth", "do"), BOTH)
@pytest.mark.parametrize("step", ["journal:settled:after", "journal:sending:after"])
def test_a_lost_request_and_deaths_in_its_recovery_leave_what_an_honest_one_leaves(
    step: str,
    run: str,
    path: str,
    nth: int,
    do: str,
    unkilled: Unkilled,
    midwife: Midwife,
    folder: Path,
) -> None:
    life = replace(a_life(run, folder), faults=(a_fault(folder, "POST", path, nth, do),))

    for _ in range(6):  # the first of them start the exchange that lies
        assert midwife.live(replace(life, dies=(step, 2))) != 0
        life = replace(life, faults=())
    midwife.live_to_the_end(life)

    expect_unharmed(run, folder, unkilled)


@pytest.mark.parametrize("victim", ["runner", "exchange"])
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 100))]
)
def test_killed_at_random_moments_leaves_what_nobody_killed_leaves(
    seed: int, victim: str, midwife: Midwife, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = list(RUNS)[seed % len(RUNS)]
    unkilled = the_unkilled(run, midwife, tmp_path_factory)

    midwife.live_through(a_life(run, folder), moments(seed, 5, 1.0), victim)

    expect_unharmed(run, folder, unkilled)
