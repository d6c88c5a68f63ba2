"""Wherever the process or the disk dies, the journal holds the old or the new state, never half."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.journal import lease
from runner.journal.database import Journal
from runner.journal.lease import lock_path
from runner.model.errors import Halt, Unavailable
from runner.model.orders import OrderState
from tests.conftest import ROOT
from tests.journal.scenario import ACTS, play
from tests.journal.values import HOUR, PINNED, a_journal, a_request, checked, news, told


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What an unkilled run tells before and after each act."""
    with Journal.open(tmp_path_factory.mktemp("whole") / "journal.db", lambda: HOUR) as journal:
        return [told(journal), *[told(journal) for _ in play(journal)]]


@pytest.mark.parametrize("point", range(2 * len(ACTS)))
def test_a_kill_beside_a_commit_leaves_the_old_or_the_new_state(
    point: int, states: list[tuple[object, ...]], tmp_path: Path
) -> None:
    path = tmp_path / "journal.db"
    done = (point + 1) // 2

    died = _child("-m", "tests.journal.scenario", str(path), str(point))

    assert died.returncode == -signal.SIGKILL
    with Journal.open(path, lambda: HOUR) as survivor:
        assert told(survivor) == states[done]
        if done > 1:
            survivor.take_lease()
        for _ in play(survivor, done):
            pass
        assert told(survivor)[2:] == states[-1][2:]


def test_an_error_before_a_commit_leaves_a_journal_that_goes_on(tmp_path: Path) -> None:
    dies = [""]
    journal = a_journal(tmp_path / "journal.db", _raiser(dies))
    before = told(journal)

    dies[0] = "journal:decided:before"
    with pytest.raises(InterruptedError):
        journal.decided(HOUR, [checked("a")], {})

    assert told(journal) == before
    dies[0] = ""
    journal.decided(HOUR, [checked("a")], {})
    assert told(Journal.read(tmp_path / "journal.db")) == told(journal)


def test_a_full_disk_loses_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"

    child = _child("-c", _FILLS_THE_DISK, str(path))

    acknowledged, message = child.stdout.splitlines()
    assert message.startswith(f"cannot use `{path}`: the disk ")
    assert message.endswith(", then start again")
    survivor = Journal.read(path)
    assert int(acknowledged) > 10
    assert survivor.handled_at() == int(acknowledged)


_FILLS_THE_DISK = """
import resource, sys
from itertools import count
from pathlib import Path
from runner.model.errors import Unavailable
from tests.journal.values import a_journal

journal = a_journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for instant in count(1):
    try:
        journal.handled(instant)
    except Unavailable as error:
        print(journal.handled_at())
        print(error)
        assert error.exit_code == 3
        break
journal.close()
"""


def test_after_a_failed_commit_nothing_more_is_written(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = a_journal(tmp_path / "journal.db")
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        with pytest.raises(Unavailable, match="the disk refused to read or write"):
            journal.handled(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    with pytest.raises(Unavailable, match="start again to recover"):
        journal.handled(1)

    assert journal.handled_at() is None


def test_a_read_only_file_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    journal = a_journal(tmp_path / "journal.db")
    journal._file._connection.execute("PRAGMA query_only = ON")

    with pytest.raises(Unavailable, match="it is read-only: make file and folder writable"):
        journal.handled(1)

    assert journal.handled_at() is None
    assert Journal.read(tmp_path / "journal.db").handled_at() is None


def test_a_second_process_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with a_journal(path):
        child = _child("-c", _OPENS, str(path))

    assert child.stdout == (
        f"3 another runner (pid {os.getpid()}) holds `{path}`: stop it first, then start again\n"
    )
    with a_journal(path) as journal:
        assert journal.epoch() == 2


_OPENS = """
import sys
from pathlib import Path
from runner.journal import lease
from runner.journal.database import Journal
from runner.model.errors import RunnerError

try:
    Journal.open(Path(sys.argv[1]), lambda: 0)
except RunnerError as error:
    print(error.exit_code, error)
"""


def test_a_lock_file_that_was_moved_away_is_not_the_one_to_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "journal.db", lease._lock
    moves = iter(["gone", "replaced"])

    def lock_too_late(descriptor: int, journal: Path) -> None:
        real(descriptor, journal)
        match next(moves, ""):
            case "gone":
                lock_path(path).unlink()
            case "replaced":
                lock_path(path).unlink()
                lock_path(path).touch()

    monkeypatch.setattr(lease, "_lock", lock_too_late)
    with Journal.open(path, lambda: 0):
        monkeypatch.undo()

        with pytest.raises(Unavailable, match="another runner"):
            Journal.open(path, lambda: 0)


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    _child("-m", "tests.journal.scenario", str(path), "9")

    with a_journal(path) as journal:
        assert journal.epoch() == 2


@pytest.mark.parametrize(
    "write",
    [
        lambda journal: journal.handled(HOUR),
        lambda journal: journal.decided(2 * HOUR, [], {}),
        lambda journal: journal.sending(["a"], PINNED, 1),
        lambda journal: journal.settled("a", OrderState.EXPIRED, None, "late"),
    ],
)
def test_a_lost_lease_stops_every_write(write: Callable[[Journal], None], tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    first = a_journal(path)
    first.decided(HOUR, [checked("a")], {})
    lock_path(path).unlink()  # as on a disk without working locks
    second = a_journal(path)
    assert second.epoch() == 2

    with pytest.raises(Halt, match=f"the lease on `{path}` is lost: another runner writes it"):
        write(first)

    assert told(Journal.read(path)) == told(second)


def test_sending_under_an_older_epoch_is_refused(tmp_path: Path) -> None:
    journal = a_journal(tmp_path / "journal.db")
    journal.decided(HOUR, [checked("a")], {})
    journal.take_lease()

    with pytest.raises(Halt, match="lease 1 is over, the journal is at 2"):
        journal.sending(["a"], PINNED, 1)

    assert [order.client_order_id for order in journal.unsent()] == ["a"]


def test_several_settlements_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    journal = a_journal(tmp_path / "journal.db")
    journal.decided(HOUR, [checked("a"), checked("b")], {})
    journal.sending(["a"], PINNED, 1)
    before = told(journal)

    with pytest.raises(Halt, match="`b`"):
        journal.settled_all(
            [
                news(a_request("a"), OrderState.ACCEPTED),
                news(a_request("b"), OrderState.ACCEPTED),
            ]
        )

    assert told(journal) == told(Journal.read(tmp_path / "journal.db")) == before


def _raiser(dies: list[str]) -> Callable[[str], None]:
    def step(name: str) -> None:
        if name == dies[0]:
            raise InterruptedError

    return step


def _child(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
