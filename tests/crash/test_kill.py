"""kill -9 of the runner and of the exchange, at placed points and at random moments.

The judge is the exchange's own ledger: it must be that of a run that nobody killed.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.lives import kill_exchange, ledger, live, live_through, moments, strays

POINTS = [
    ("journal:lease:after", 1),
    ("journal:decided:before", 2),
    ("journal:decided:after", 3),
    ("journal:sending:before", 2),
    ("journal:sending:after", 3),
    ("socket:submit:before", 1),
    ("socket:submit:before", 4),
    ("socket:submit:after", 1),
    ("socket:submit:after", 2),
    ("journal:settled:before", 2),
    ("journal:settled:after", 5),
    ("journal:intended:before", 2),
    ("journal:intended:after", 3),
    ("socket:cancel:before", 1),
    ("socket:cancel:after", 2),
    ("journal:handled:before", 20),
    ("journal:handled:after", 30),
    ("socket:read:after", 50),
]

FAULTS = [
    {"path": "/api/v3/order", "method": "POST", "nth": 1, "do": "kill_before"},
    {"path": "/api/v3/order", "method": "POST", "nth": 1, "do": "kill_after"},
    {"path": "/api/v3/order", "method": "POST", "nth": 2, "do": "drop_request"},
    {"path": "/api/v3/order", "method": "POST", "nth": 2, "do": "drop_answer"},
    {"path": "/api/v3/order", "method": "POST", "nth": 3, "do": "kill_after"},
    {"path": "/api/v3/order", "method": "POST", "nth": 3, "do": "status:503"},
    {"path": "/api/v3/orderList/oco", "method": "POST", "nth": 1, "do": "kill_before"},
    {"path": "/api/v3/orderList/oco", "method": "POST", "nth": 2, "do": "kill_after"},
    {"path": "/api/v3/orderList/oco", "method": "POST", "nth": 3, "do": "malformed"},
    {"path": "/api/v3/orderList", "method": "DELETE", "nth": 1, "do": "kill_before"},
    {"path": "/api/v3/orderList", "method": "DELETE", "nth": 1, "do": "kill_after"},
    {"path": "/api/v3/klines", "method": "GET", "nth": 20, "do": "kill_before"},
    {"path": "/api/v3/account", "method": "GET", "nth": 2, "do": "kill_before"},
    {"path": "commit", "nth": 3, "do": "kill_before"},
    {"path": "commit", "nth": 6, "do": "kill_after"},
]


@dataclass(frozen=True)
class Unkilled:
    """A run to its end: what the exchange holds, how often each step was passed, its time."""

    ledger: dict[str, list[Any]]
    steps: Counter[str]
    seconds: float


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    folder = tmp_path_factory.mktemp("unkilled")
    started = time.monotonic()
    assert live(folder, "steps") == 0, (folder / "log").read_text()
    seconds = time.monotonic() - started
    return Unkilled(ledger(folder), Counter((folder / "steps").read_text().split()), seconds)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    kill_exchange(tmp_path)


def test_the_run_that_is_killed_trades_in_every_way(unkilled: Unkilled) -> None:
    fates = Counter((row[4], row[5]) for row in unkilled.ledger["orders"])

    assert fates["MARKET", "FILLED"] >= 10
    assert fates["STOP_LOSS", "FILLED"] >= 1
    assert fates["LIMIT_MAKER", "FILLED"] >= 1
    assert fates["STOP_LOSS", "CANCELED"] >= 2


@pytest.mark.parametrize(("step", "nth"), POINTS)
def test_a_runner_killed_at_a_step_leaves_the_same_ledger(
    step: str, nth: int, unkilled: Unkilled, folder: Path
) -> None:
    assert unkilled.steps[step] >= nth

    assert live(folder, "die", step, str(nth)) == -9
    assert live(folder) == 0, (folder / "log").read_text()

    assert ledger(folder) == unkilled.ledger
    assert strays(folder) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f['path']} {f['nth']} {f['do']}")
def test_an_exchange_that_dies_or_lies_leaves_the_same_ledger(
    fault: dict[str, Any], unkilled: Unkilled, folder: Path
) -> None:
    rules = folder / "faults.json"
    rules.write_text(json.dumps([fault]))

    assert live(folder, "faults", str(rules)) == 0, (folder / "log").read_text()

    assert ledger(folder) == unkilled.ledger
    assert strays(folder) == []


@pytest.mark.parametrize("victim", ["runner", "exchange"])
@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(5, 105))]
)
def test_killed_at_random_moments_leaves_the_same_ledger(
    victim: str, seed: int, unkilled: Unkilled, folder: Path
) -> None:
    deaths = moments(seed, 5, 0.8 * unkilled.seconds)

    live_through(folder, deaths, victim)  # a life may be over before its moment comes

    assert ledger(folder) == unkilled.ledger
    assert strays(folder) == []


BOTH = [
    ({"path": "/api/v3/order", "method": "POST", "nth": 1, "do": "drop_request"}, 3),
    ({"path": "/api/v3/order", "method": "POST", "nth": 3, "do": "drop_request"}, 9),
    ({"path": "/api/v3/orderList/oco", "method": "POST", "nth": 1, "do": "drop_request"}, 4),
    ({"path": "/api/v3/orderList/oco", "method": "POST", "nth": 2, "do": "drop_answer"}, 7),
]


@pytest.mark.parametrize(("fault", "nth"), BOTH, ids=lambda it: str(it)[:60])
@pytest.mark.parametrize("step", ["journal:settled:after", "journal:sending:after"])
def test_a_lost_request_and_a_death_in_its_recovery_leave_the_same_ledger(
    step: str, fault: dict[str, Any], nth: int, unkilled: Unkilled, folder: Path
) -> None:
    rules = folder / "faults.json"
    rules.write_text(json.dumps([fault]))

    deaths = 0
    for count in range(nth - 2, nth + 2):
        deaths += live(folder, "die", step, str(count), str(rules)) == -9
    assert live(folder) == 0, (folder / "log").read_text()

    assert deaths >= 3
    assert ledger(folder) == unkilled.ledger
    assert strays(folder) == []
