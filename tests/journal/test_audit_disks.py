"""The audit log on disks that are full, beside kills, and where it cannot be read."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.journal.auditfile import AUDIT_FILE, files_in
from runner.journal.auditline import Mark
from runner.model.calls import ShownOrder
from tests.conftest import ROOT
from tests.journal.audited import a_call, a_log, bodies, filled, intact


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_trouble_until_a_gap_can_be_written(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    size = (tmp_path / AUDIT_FILE).stat().st_size
    with no_file_longer_than(size + 100):
        log.record("main", a_call("submit", "a"))
        assert log.trouble.endswith("(file too large): make it writable before you resume")
        with no_file_longer_than(100):
            log.record("main", a_call())
            log.record("main", a_call())
            assert log.trouble

    log.record("main", a_call("submit", "b"))
    log.close()

    assert log.trouble == ""
    assert [body["type"] for body in bodies(tmp_path / "audit-000001.jsonl")] == ["genesis"]
    gap, call = bodies(tmp_path / AUDIT_FILE)
    assert (gap["cause"], gap["lost"], gap["reason"]) == ("unwritable", 3, "file too large")
    assert call["client_order_ids"] == ["b"]
    assert intact(tmp_path, log.newest()) == []


def test_lines_that_a_failing_disk_has_swallowed_are_missed_later(tmp_path: Path) -> None:
    sink = os.pipe()

    def step(name: str) -> None:
        if name == "audit:line:before" and not log.trouble and len(calls) == 2:
            (one,) = [
                int(entry)
                for entry in os.listdir("/proc/self/fd")
                if entry.isdigit() and _leads_to(entry) == str(tmp_path / AUDIT_FILE)
            ]
            os.dup2(sink[1], one)  # takes everything, and cannot be synced

    calls: list[str] = []
    log = a_log(tmp_path, step=step)
    for name in ("a", "b", "c"):
        calls.append(name)
        log.record("main", a_call("submit", name))
        assert bool(log.trouble) is (name == "b")
    log.close()
    for end in sink:
        os.close(end)

    opening = bodies(tmp_path / AUDIT_FILE)[0]
    assert (opening["cause"], opening["lost"], opening["seq"]) == ("unwritable", 0, 4)
    assert intact(tmp_path, log.newest()) == [f"{tmp_path / 'audit-000001.jsonl'}:3"]


def _leads_to(entry: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{entry}")
    except OSError:
        return ""


def test_a_log_that_cannot_be_read_at_the_start_is_trouble(tmp_path: Path) -> None:
    (tmp_path / AUDIT_FILE).mkdir()
    (tmp_path / AUDIT_FILE / "x").touch()

    log = a_log(tmp_path)
    log.record("main", a_call())
    assert "cannot be written (is a directory)" in log.trouble
    (tmp_path / AUDIT_FILE / "x").unlink()
    (tmp_path / AUDIT_FILE).rmdir()
    log.record("main", a_call())
    log.close()

    assert log.trouble == ""
    assert bodies(tmp_path / AUDIT_FILE)[0]["lost"] == 1
    assert intact(tmp_path) == []


POINTS = ("audit:file:before", "audit:file:after", "audit:line:before", "audit:line:after")


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_kill_beside_a_line_leaves_a_log_that_goes_on(
    point: str, nth: int, tmp_path: Path
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", _DIES, str(tmp_path), point, str(nth)], cwd=ROOT, check=False
    )

    assert child.returncode == -signal.SIGKILL
    told = (tmp_path / "vouched").read_text().split() if (tmp_path / "vouched").exists() else None
    vouched = Mark(int(told[0]), told[1]) if told else None
    log = a_log(tmp_path, vouched)
    assert log.trouble == ""
    log.record("main", a_call("submit", "z"))
    log.close()
    assert intact(tmp_path, log.newest()) == []
    if vouched:
        assert intact(tmp_path, vouched) == []
        files_in(tmp_path)[-1].unlink()
        assert a_log(tmp_path, log.newest()).trouble != ""


#: Writes calls, remembers after each what a journal would, and dies at the nth time at a point.
_DIES = """
import os, signal, sys
from pathlib import Path
from tests.journal.audited import a_call, a_log

folder, point, nth, passed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), 0

def step(name):
    global passed
    passed += name == point
    if name == point and passed == nth:
        os.kill(os.getpid(), signal.SIGKILL)

log = a_log(folder, step=step, most_bytes=1500)
for number in range(12):
    log.record("main", a_call("submit", str(number)) if number % 2 else a_call())
    newest = log.newest()
    (folder / "vouched").write_text(f"{newest.seq} {newest.hash}")
"""


def test_orders_that_a_reading_shows_and_that_are_not_ours_are_told_once(tmp_path: Path) -> None:
    log = a_log(tmp_path, ours=("mine", "stop"))
    shown = tuple(ShownOrder(*pair) for pair in (("mine", "1"), ("web_x", "2"), ("became", "3")))

    log.record("main", a_call("submit", "stop", exchange_order_ids=("9", "3")))
    log.record("main", a_call(path="/api/v3/openOrders", shown=shown))
    log.record("main", a_call(path="/api/v3/openOrders", shown=shown))
    log.close()

    told = [body["foreign"] for body in bodies(tmp_path / AUDIT_FILE)[1:]]
    assert told == [[], [["web_x", "2"]], []]


def test_an_old_log_under_a_new_journal_goes_on(tmp_path: Path) -> None:
    filled(tmp_path, 3)

    log = a_log(tmp_path, None)
    log.close()

    assert log.trouble == ""
    assert len(bodies(tmp_path / AUDIT_FILE)) == 4
    assert os.listdir(tmp_path) == [AUDIT_FILE]
