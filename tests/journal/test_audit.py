"""The audit log goes on wherever it was left, and says so where something is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.journal.auditfile import AUDIT_FILE, examined, files_in
from runner.journal.auditline import Mark, sealed
from runner.model.calls import ShownOrder
from tests.journal.audited import READ, a_call, a_log, bodies, filled, intact


def test_a_call_is_one_line_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    log = a_log(tmp_path)

    log.record("main", a_call("submit", "a1", exchange_order_ids=("77",), code="-2010", status=400))
    log.close()

    opening, call = bodies(tmp_path / AUDIT_FILE)
    assert (opening["type"], opening["seq"], opening["prev"]) == ("genesis", 1, "0" * 64)
    assert call == {
        "account": "main",
        "at": "2023-11-14T22:13:20Z",
        "client_order_ids": ["a1"],
        "code": "-2010",
        "environment": "live",
        "exchange": "binance",
        "exchange_order_ids": ["77"],
        "foreign": [],
        "host": "api.binance.com",
        "key": READ.key,
        "latency_ms": 12,
        "market": "BTC/USDT",
        "method": "POST",
        "outcome": "accepted",
        "path": "/api/v3/order",
        "seq": 2,
        "status": 400,
        "type": "call",
        "venue": "live",
        "verb": "submit",
        "weight": {"x-mbx-used-weight-1m": 20},
    }
    assert (tmp_path / AUDIT_FILE).stat().st_mode & 0o077 == 0


def test_what_an_exchange_answers_cannot_break_a_line(tmp_path: Path) -> None:
    log = a_log(tmp_path)

    log.record("main", a_call("submit", 'a"\n}\x00é\ud800', "b" * 500, code="\x7f\\"))
    log.close()

    assert intact(tmp_path) == []
    call = bodies(tmp_path / AUDIT_FILE)[1]
    assert call["client_order_ids"] == ['a"?}???', "b" * 80]
    assert call["code"] == "?\\"


def test_an_answer_that_names_many_orders_makes_no_long_line(tmp_path: Path) -> None:
    log = a_log(tmp_path, ours=("mine",))
    many = tuple(f"{number:080}" for number in range(40_000))
    shown = tuple(ShownOrder(f"web{number}", f"w{number}") for number in range(60))

    log.record("main", a_call("submit", "mine", *many, exchange_order_ids=many))
    for _ in range(2):
        log.record("main", a_call(path="/api/v3/openOrders", shown=shown))
    log.close()

    assert intact(tmp_path) == []
    assert (tmp_path / AUDIT_FILE).stat().st_size < 32_000
    _, call, first, second = bodies(tmp_path / AUDIT_FILE)
    assert call["client_order_ids"] == ["mine", *many[:49]]
    assert (call["exchange_order_ids"], call["left_out"]) == ([*many[:50]], 39_951 + 39_950)
    assert (len(first["foreign"]), first["left_out"]) == (50, 10)
    assert (len(second["foreign"]), second.get("left_out")) == (10, None)


def test_a_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    last = filled(tmp_path, 5)

    log = a_log(tmp_path, last)
    log.record("main", a_call())
    log.close()

    assert log.trouble == ""
    assert [body["seq"] for body in bodies(tmp_path / AUDIT_FILE)] == [1, 2, 3, 4, 5, 6, 7]
    assert intact(tmp_path, log.newest()) == []


def test_a_write_is_on_the_disk_before_it_is_vouched_for_and_readings_are_later(
    tmp_path: Path,
) -> None:
    log = a_log(tmp_path)
    first = log.newest()

    log.record("main", a_call())
    assert log.newest() == first
    log.record("main", a_call("cancel", "a"))

    newest = log.newest()
    assert newest is not None
    assert newest.seq == 3
    log.record("main", a_call())
    assert log.newest() == newest
    log.close()
    assert log.newest() != newest


def test_the_journal_is_behind_after_so_many_lines(tmp_path: Path) -> None:
    log = a_log(tmp_path)
    vouched = log.newest()
    assert vouched is not None

    for _ in range(999):
        log.record("main", a_call())
    assert not log.is_behind(vouched)
    log.record("main", a_call())

    assert log.is_behind(vouched)
    log.catch_up()
    assert not log.is_behind(log.newest())
    log.close()


def test_a_full_file_is_set_aside_and_the_next_one_names_its_end(tmp_path: Path) -> None:
    last = filled(tmp_path, 40, most_bytes=4_000)

    paths = files_in(tmp_path)
    assert [path.name for path in paths[:2]] == ["audit-000001.jsonl", "audit-000002.jsonl"]
    assert paths[-1].name == AUDIT_FILE
    openings = [bodies(path)[0] for path in paths]
    assert [one["type"] for one in openings] == ["genesis", *["rotation"] * (len(paths) - 1)]
    assert len({one["log"] for one in openings}) == 1
    for before, opening in zip(paths, openings[1:], strict=False):
        end = examined(before).last
        assert end == Mark(opening["seq"] - 1, opening["prev"])
    assert intact(tmp_path, last) == []
    assert a_log(tmp_path, last).trouble == ""


def test_full_files_may_be_moved_away_oldest_first(tmp_path: Path) -> None:
    last = filled(tmp_path, 40, most_bytes=4_000)
    files_in(tmp_path)[0].unlink()

    assert intact(tmp_path, last) == []
    log = a_log(tmp_path, last)
    assert log.trouble == ""
    log.close()


def test_a_line_that_the_journal_knows_in_a_full_file_is_found_there(tmp_path: Path) -> None:
    filled(tmp_path, 40, most_bytes=4_000)
    first = examined(files_in(tmp_path)[0]).first
    assert first is not None

    log = a_log(tmp_path, first.mark)

    assert log.trouble == ""
    log.close()
    assert intact(tmp_path, first.mark) == []


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (Path.unlink, "is gone, and with it line 6 of the log"),
        (lambda path: shorten(path, 5), "line 6 of the log is missing in `audit.jsonl`"),
        (lambda path: shorten(path, 5, 20), "line 6 of the log is missing in `audit.jsonl`"),
        (lambda path: path.write_bytes(b""), "is gone, and with it line 6 of the log"),
        (lambda path: path.write_bytes(b"nonsense\n"), "line 1 of `audit.jsonl` is not as"),
        (lambda path: flip(path, 3), "line 3 of `audit.jsonl` is not as written"),
        (lambda path: anew(path), "line 6 of the log is missing in `audit.jsonl`, or another"),
    ],
    ids=["removed", "shortened", "torn", "emptied", "overwritten", "changed", "replaced"],
)
def test_damage_sets_the_log_aside_and_is_told_until_the_journal_knows(
    damage: Callable[[Path], object], reason: str, tmp_path: Path
) -> None:
    last = filled(tmp_path, 5)
    damage(tmp_path / AUDIT_FILE)

    log = a_log(tmp_path, last)

    assert reason in log.trouble
    assert log.newest() is None  # nothing is vouched for before a person was told
    log.record("main", a_call("submit", "a"))
    opening, call = bodies(tmp_path / AUDIT_FILE)
    assert (opening["type"], opening["cause"], opening["seq"]) == ("gap", "damage", 7)
    assert opening["prev"] == last.hash
    assert call["seq"] == 8
    log.close()  # and dies before the journal was told
    again = a_log(tmp_path, last)
    assert reason in again.trouble
    again.heeded()
    assert again.trouble == ""
    again.close()
    newest = again.newest()
    assert newest is not None
    assert a_log(tmp_path, newest).trouble == ""


def test_damage_is_remembered_through_another_crash(tmp_path: Path) -> None:
    last = filled(tmp_path, 5)
    flip(tmp_path / AUDIT_FILE, 3)
    a_log(tmp_path, last).close()
    with (tmp_path / AUDIT_FILE).open("ab") as file:
        file.write(b'{"body":{"acc')

    for _ in range(2):
        log = a_log(tmp_path, last)
        log.close()
        assert "line 3 of `audit.jsonl` is not as written" in log.trouble
        assert log.newest() is None


def test_a_file_that_only_names_the_line_the_journal_vouches_for_is_not_intact(
    tmp_path: Path,
) -> None:
    last = filled(tmp_path, 5)
    wiped(tmp_path / AUDIT_FILE)

    assert intact(tmp_path, last) == [f"{tmp_path / AUDIT_FILE}:1"]
    log = a_log(tmp_path, last)
    assert "line 6 of the log is missing in `audit.jsonl`" in log.trouble
    assert log.newest() is None
    log.close()


def test_the_journal_is_behind_as_soon_as_a_new_file_began(tmp_path: Path) -> None:
    log = a_log(tmp_path, most_bytes=1_000)
    vouched = log.newest()
    while not (tmp_path / "audit-000001.jsonl").exists():
        assert not log.is_behind(vouched)
        log.record("main", a_call())

    assert log.is_behind(vouched)
    log.catch_up()
    newest = log.newest()
    assert not log.is_behind(newest)
    (tmp_path / "audit-000001.jsonl").unlink()
    assert intact(tmp_path, newest) == []
    assert a_log(tmp_path, newest).trouble == ""
    log.close()


def shorten(path: Path, lines: int, more: int = 0) -> None:
    """The first lines, and some bytes of the next."""
    kept = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(kept[:lines]) + kept[lines][:more])


def flip(path: Path, line: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b'"status":200', b'"status":201')
    path.write_bytes(b"".join(lines))


def wiped(path: Path) -> None:
    """Nothing but a line that says: the file before was full, and moved away."""
    first, *_, last = [json.loads(line) for line in path.read_text().splitlines()]
    seq = last["body"]["seq"] + 1
    line, _ = sealed(
        first["body"] | {"type": "rotation", "prev": last["hash"], "seq": seq}, last["hash"]
    )
    path.write_bytes(line)


def anew(path: Path) -> None:
    """Another log that is intact."""
    path.unlink()
    filled(path.parent, 5)


def test_damage_in_an_older_file_is_seen_as_far_back_as_the_journal_looks(tmp_path: Path) -> None:
    filled(tmp_path, 40, most_bytes=4_000)
    oldest = files_in(tmp_path)[0]
    first = examined(oldest).first
    assert first is not None
    flip(oldest, 3)

    assert "line 3 of `audit-000001.jsonl`" in a_log(tmp_path, first.mark).trouble


def test_a_last_line_that_a_crash_cut_off_is_taken_off_and_told(tmp_path: Path) -> None:
    last = filled(tmp_path, 5)
    with (tmp_path / AUDIT_FILE).open("ab") as file:
        file.write(b'{"body":{"acc')

    log = a_log(tmp_path, last)
    log.close()

    assert log.trouble == ""
    (opening,) = bodies(tmp_path / AUDIT_FILE)
    assert (opening["type"], opening["cause"]) == ("gap", "crash")
    assert opening["reason"] == "line 7 of `audit.jsonl` is cut off"
    assert intact(tmp_path, log.newest()) == []


@pytest.mark.parametrize("written", [b"", b'{"body":{"at"'])
@pytest.mark.parametrize("full", [False, True])
def test_a_file_whose_maker_died_over_its_first_line_is_made_again(
    written: bytes, full: bool, tmp_path: Path
) -> None:
    last = None
    if full:
        last = filled(tmp_path, 5)
        (tmp_path / AUDIT_FILE).rename(tmp_path / "audit-000001.jsonl")
    (tmp_path / AUDIT_FILE).write_bytes(written)

    log = a_log(tmp_path, last)
    log.close()

    assert log.trouble == ""
    assert bodies(tmp_path / AUDIT_FILE)[0]["type"] == ("rotation" if full else "genesis")
    assert intact(tmp_path, log.newest()) == []
