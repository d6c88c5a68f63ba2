"""A run keeps its audit log: without one nothing new is opened, and exits go on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runner.engine.logbook import keeping_log, recorder
from runner.journal.auditfile import AUDIT_FILE, files_in, verified, vouched_for
from runner.journal.database import Journal
from runner.journal.history import History
from runner.model.orders import Purpose
from tests.engine.places import DOWN, FLAT, UP, a_place
from tests.engine.test_halts import LEAVES, LEFT, ask
from tests.engine.wall import H, Place, S
from tests.journal.audited import a_call, bodies, filled
from tests.journal.values import a_journal

WAY = [DOWN] * 6 + [FLAT, FLAT, UP, DOWN, UP, FLAT, FLAT, FLAT]


def folder_of(place: Place) -> Path:
    return place.folder / place.environment


def expect_vouched(place: Place, journal: History) -> None:
    vouched = journal.vouched()
    assert vouched is not None
    found = vouched_for(verified(files_in(folder_of(place)), {vouched.hash}), vouched)
    assert [one.bad for one in found] == [None] * len(found)
    assert found[-1].last == vouched  # it ended in order


def entries(journal: History) -> list[int]:
    """When they were decided, in hours."""
    found = [one.request for one in journal.orders() if one.request.purpose is Purpose.ENTRY]
    return [one.decided_at // H for one in found]


@pytest.mark.parametrize("environment", ["live", "paper"])
def test_every_call_of_a_run_is_in_its_log_and_the_journal_vouches_for_it(
    environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT)
    place.environment = environment
    left: list[str] = []

    def step(name: str) -> None:
        left.extend([name.split(":")[1]] if name.startswith("socket:") else [])

    place.step = step
    place.live(until_ms=8 * H)
    journal = place.live(until_ms=12 * H)

    calls = [body for body in bodies(folder_of(place) / AUDIT_FILE) if body["type"] == "call"]
    assert [call["verb"] for call in calls] == left[::2]
    assert {call["environment"] for call in calls} == {environment}
    sent = [call["client_order_ids"] for call in calls if call["verb"] == "submit"]
    assert {name for ids in sent for name in ids} == {
        order.client_order_id for order in journal.orders() if order.pinned is not None
    }
    assert [call for call in calls if call["foreign"]] == []
    assert {"audit", "submit", "cancel", "read"} <= set(left)
    expect_vouched(place, journal)


def shorten(log: Path) -> None:
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))


def change(log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b'"latency_ms":', b'"latency_mS":', 1))


@pytest.mark.parametrize("damage", [shorten, change, Path.unlink])
def test_a_damaged_log_halts_the_next_start_until_a_person_resumes(
    damage: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(damage)
    place = a_place(tmp_path, monkeypatch, way=WAY)
    place.live(until_ms=7 * H)
    damage(folder_of(place) / AUDIT_FILE)
    place.said.clear()
    place.wall.acts = [(9 * H + 1800 * S, lambda: ask(place, "resume"))]

    journal = place.live(until_ms=13 * H)

    assert "halted: the audit log was not as the runner left it: " in place.said[0]
    assert [word.verb for word in journal.words()] == ["halt", "resume"]
    assert entries(journal) == [11]  # not the rise at 09:00
    vouched = journal.vouched()
    assert vouched is not None
    gap = bodies(folder_of(place) / AUDIT_FILE)[0]
    assert (gap["type"], gap["cause"]) == ("gap", "damage")
    assert verified(files_in(folder_of(place))[-1:], {vouched.hash})[0].last == vouched


def test_what_is_held_is_sold_also_while_the_log_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, LEAVES, LEFT)
    place.live(until_ms=7 * H + 1800 * S)
    in_the_way(place)
    place.said.clear()

    journal = place.live(until_ms=12 * H)

    assert "cannot be written (is a directory)" in place.said[0]
    assert place.fills() == ["entry buy 20 at 100", "exit sell 20 at 100"]
    assert len(journal.halts()) == 1


def test_a_log_that_cannot_be_written_keeps_entries_from_being_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, way=WAY)
    place.live(until_ms=7 * H)
    in_the_way(place)
    place.wall.acts = [
        (9 * H + 1800 * S, lambda: ask(place, "resume")),
        (9 * H + 2400 * S, lambda: out_of_the_way(place)),
        (10 * H + 1800 * S, lambda: ask(place, "resume")),
    ]

    journal = place.live(until_ms=13 * H)

    assert [word.verb for word in journal.words()] == ["halt", "resume", "halt", "resume"]
    assert entries(journal) == [11]
    assert bodies(folder_of(place) / AUDIT_FILE)[0]["cause"] == "unwritable"


def test_a_disk_that_is_full_at_the_moment_of_decision_lets_no_entry_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, way=WAY)

    def step(name: str) -> None:
        if name == "audit:line:before" and 9 * H <= place.wall.ms < 9 * H + 600 * S:
            fill_the_disk(folder_of(place) / AUDIT_FILE)

    place.step = step
    journal = place.live(until_ms=11 * H + 1800 * S)

    (reason,) = journal.halts()
    assert "cannot be written (no space left on device): make it writable" in reason
    assert [order for order in journal.orders() if order.pinned is not None] == []
    told = [bodies(path)[0] for path in files_in(folder_of(place))]
    assert {one["cause"] for one in told[1:]} == {"unwritable"}
    assert all(one["lost"] > 0 for one in told[1:])
    expect_vouched(place, journal)


def fill_the_disk(log: Path) -> None:
    """Whoever has this file open finds no space in it."""
    full = os.open("/dev/full", os.O_WRONLY)
    for entry in os.listdir("/proc/self/fd"):
        link = Path("/proc/self/fd") / entry
        if link.is_symlink() and os.readlink(link) == str(log):
            os.dup2(full, int(entry))
    os.close(full)


def in_the_way(place: Place) -> None:
    (folder_of(place) / AUDIT_FILE).rename(folder_of(place) / "audit-000001.jsonl")
    (folder_of(place) / AUDIT_FILE / "x").mkdir(parents=True)


def out_of_the_way(place: Place) -> None:
    (folder_of(place) / AUDIT_FILE / "x").rmdir()
    (folder_of(place) / AUDIT_FILE).rmdir()


def test_readings_are_vouched_for_now_and_then(tmp_path: Path) -> None:
    with (
        a_journal(tmp_path / "journal.db") as journal,
        keeping_log(journal, "live", lambda: 0, lambda name: None) as log,
    ):
        record = recorder(journal, "main")
        for _ in range(1_100):
            record(a_call())
        vouched = journal.vouched()
        assert vouched is not None
        assert 1_000 <= vouched.seq <= 1_001
        record(a_call("submit", "a"))
        assert journal.vouched() == vouched  # by the row that settles it
    assert Journal.read(tmp_path / "journal.db").vouched() == log.newest()


def test_a_log_that_no_journal_vouches_for_yet_is_not_held_against_it(tmp_path: Path) -> None:
    filled(tmp_path, 3)

    with (
        a_journal(tmp_path / "journal.db") as journal,
        keeping_log(journal, "live", lambda: 0, lambda name: None) as log,
    ):
        assert log.trouble == ""


def test_calls_are_not_made_before_there_is_a_log(tmp_path: Path) -> None:
    with (
        a_journal(tmp_path / "journal.db") as journal,
        pytest.raises(RuntimeError, match="comes before the first call"),
    ):
        recorder(journal, "main")
