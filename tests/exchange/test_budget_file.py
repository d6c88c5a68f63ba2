"""What is spent, on disk between processes: whatever happens to it, it never counts as free."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.exchange.budget.tally import read, size_of
from runner.exchange.budget.tallyfile import Busy, TallyFile
from runner.exchange.budget.window import Charge, Counts, Use, Window

NOW = 5_000_000
WINDOWS = (Window(Counts.WEIGHT, 1000, 60_000),)
HOUR = (Window(Counts.WEIGHT, 400, 3_600_000),)
ONE = Charge(1, 0)


def a_file(folder: Path, now: Callable[[], int] = lambda: NOW) -> TallyFile:
    return TallyFile(folder / "budgets" / "binance.address", WINDOWS, now)


def takes(file: TallyFile, use: Use, amount: int = 1) -> bool:
    with file.held() as held:
        charge = Charge(amount, 0)
        fits = held.tally.wait_ms(file.windows, use, charge) == 0
        if fits:
            held.tally = held.tally.taken(file.windows, charge)
    return fits


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    takes(file, Use.READ)

    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [one.name for one in file.path.parent.iterdir()] == ["binance.address"]


def test_what_one_takes_the_other_cannot(tmp_path: Path) -> None:
    one, other = a_file(tmp_path), a_file(tmp_path)

    assert takes(one, Use.READ, 700)
    assert not takes(other, Use.READ)
    assert takes(other, Use.ENTRY, 100)
    assert not takes(one, Use.ENTRY)
    assert takes(one, Use.EXIT, 150)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("damage", [cut, empty, flip, lengthen, zero, Path.unlink])
def test_a_damaged_file_leaves_the_reserve_and_is_made_anew(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    now = NOW
    file = a_file(tmp_path, lambda: now)
    takes(file, Use.READ)
    damage(file.path)

    assert not takes(file, Use.READ)
    assert not takes(file, Use.ENTRY)
    assert takes(file, Use.EXIT)

    assert read(file.path.read_bytes(), WINDOWS) is not None
    assert file.path.stat().st_size == size_of(WINDOWS)
    now += 60_000 + 15_000
    assert takes(file, Use.READ)


def test_a_ban_ends_also_where_the_clock_begins_anew_again_and_again(tmp_path: Path) -> None:
    now = NOW
    file = a_file(tmp_path, lambda: now)
    with file.held() as held:
        held.tally = held.tally.closed(90_000, 418)
    now = 10
    assert not takes(file, Use.EXIT)
    now = 60_000
    assert not takes(file, Use.EXIT)

    now = 90_010

    assert takes(file, Use.EXIT)


def test_while_one_holds_it_the_other_is_told_at_once(tmp_path: Path) -> None:
    one, other = a_file(tmp_path), a_file(tmp_path)

    with one.held(), pytest.raises(Busy, match="another process holds it"), other.held():
        pass

    assert takes(other, Use.READ)


def test_where_no_file_can_be_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "budgets").write_text("in the way")

    with pytest.raises(Busy, match="file exists"), a_file(tmp_path).held():
        pass


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    file, elsewhere = a_file(tmp_path), tmp_path / "elsewhere"
    takes(file, Use.READ)
    file.path.rename(elsewhere)
    file.path.symlink_to(elsewhere)

    with pytest.raises(Busy), file.held():
        pass


HOLDS = """
import fcntl, sys, time
file = open(sys.argv[1], "r+b")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_the_lock_of_a_killed_process_is_gone(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    takes(file, Use.READ)
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, str(file.path)], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy), file.held():
            pass
        holder.send_signal(signal.SIGKILL)

    assert takes(file, Use.READ)


TAKES = """
import sys, time
from pathlib import Path
from runner.exchange.budget.tallyfile import Busy, TallyFile
from runner.exchange.budget.window import Charge, Use
from tests.exchange.test_budget_file import HOUR, ONE

file = TallyFile(Path(sys.argv[1]), HOUR, lambda: int(time.monotonic() * 1000))
use, fits = Use(sys.argv[2]), True
while fits:
    try:
        with file.held() as held:
            fits = held.tally.wait_ms(HOUR, use, ONE) == 0
            if fits:
                held.tally = held.tally.taken(HOUR, ONE)
    except Busy:
        time.sleep(0.001)
        continue
    if fits:
        print(".", end="", flush=True)
"""


def test_eight_processes_take_a_limit_once_whoever_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "budgets" / "binance.address"
    command = [sys.executable, "-c", TAKES, str(path)]
    others = [Use.READ] * 3 + [Use.ENTRY] * 3
    eight = [
        subprocess.Popen([*command, use], stdout=subprocess.PIPE, bufsize=0)
        for use in [Use.READ, Use.ENTRY, *others]
    ]
    told = 0
    for doomed in eight[:2]:
        assert doomed.stdout is not None
        told += len(doomed.stdout.read(10))
        doomed.send_signal(signal.SIGKILL)
    told += sum(process.communicate(timeout=60)[0].count(b".") for process in eight)

    data = read(path.read_bytes(), HOUR)
    assert data is not None
    assert sum(data.spent[0].amounts) == HOUR[0].allowed(Use.ENTRY)
    # What the two had taken when they were killed they had told, but for one each.
    assert HOUR[0].allowed(Use.ENTRY) - 2 <= told <= HOUR[0].allowed(Use.ENTRY)
