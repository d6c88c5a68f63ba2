"""A state that is damaged, locked, full or read-only: one clear line, and nothing is lost.

After every repair the same command goes on, to the result of a run that nothing happened to.
"""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.commands.desk import HOLDING, LIFE_S, Desk, asked, csv
from tests.commands.rights import limited_files, without_root_rights

JOURNAL, LOCK, LEDGER, LOG = "journal.db", "journal.db.lock", "exchange.db", "exchange.log"


def flipped(path: Path, at: float) -> None:
    """One bit, at a part of the file's length."""
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 0x10
    path.write_bytes(content)


def cut(path: Path, at: float) -> None:
    """The file ends at a part of its length."""
    content = path.read_bytes()
    path.write_bytes(content[: int(at * len(content))])


def folded(run: Path) -> None:
    """SQLite's write-ahead logs are empty: all is in the files themselves."""
    for name in (JOURNAL, LEDGER):
        with closing(sqlite3.connect(run / name)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def unlinked(run: Path, pattern: str) -> None:
    for path in run.glob(pattern):
        path.unlink()


def without_journal(run: Path) -> None:
    unlinked(run, "journal.db*")


def without_ledger(run: Path) -> None:
    unlinked(run, "exchange.db*")


def contents(run: Path) -> dict[str, bytes]:
    """Every file, but for what is made by looking: SQLite's index and an empty log of its."""
    found = (path for path in run.rglob("*") if path.is_file() and path.suffix != ".db-shm")
    told = {str(path.relative_to(run)): path.read_bytes() for path in found}
    return {name: content for name, content in told.items() if content or "-wal" not in name}


def row_changed(run: Path) -> None:
    """What no flipped bit does: a value that SQLite finds nothing wrong with."""
    with closing(sqlite3.connect(run / JOURNAL)) as database:
        database.execute("DROP TRIGGER rows_are_never_changed")
        database.execute("UPDATE events SET at_ms = at_ms + 1 WHERE seq = 9")
        database.execute(
            "CREATE TRIGGER rows_are_never_changed BEFORE UPDATE ON events\n"
            "        BEGIN SELECT RAISE(ABORT, 'journal rows are never changed'); END"
        )
        database.commit()


def garbled(path: Path) -> None:
    path.write_text("hello" * 1000)


def folder_for(path: Path) -> None:
    path.unlink()
    path.mkdir()


#: What is done to a run's folder, the exit code, what is said.
DAMAGES: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "bit in the journal": (
        lambda run: flipped(run / JOURNAL, 0.6),
        1,
        r"journal `.*` is damaged, ",
    ),
    "bit in its header": (lambda run: flipped(run / JOURNAL, 0.0), 1, r"is not a journal: name an"),
    "changed row": (row_changed, 1, r"is damaged, row 9 is not as written: restore a backup, or "),
    "half a journal": (lambda run: cut(run / JOURNAL, 0.5), 1, r"is damaged, .*: restore a backup"),
    "empty journal": (
        lambda run: cut(run / JOURNAL, 0.0),
        1,
        r"ends at row 0 but row \d+ had been",
    ),
    "no journal": (
        lambda run: unlinked(run, "journal.db"),
        1,
        r"ends at row 0 but row \d+ had been",
    ),
    "garbled witness": (
        lambda run: garbled(run / LOCK),
        1,
        r"journal\.db\.lock` is damaged, .*: compare .* then move `.*` away",
    ),
    "other setup": (
        lambda run: garbled(run / "setup.json"),
        1,
        r"holds a run with other data or rules; start over with `--fresh`",
    ),
    "no journal, no witness": (
        without_journal,
        1,
        r"journal in .* is gone while its exchange has moved on from .*: restore",
    ),
    "no ledger": (without_ledger, 1, r"ledger in .* is gone while its journal has orders: restore"),
    "garbled ledger": (
        lambda run: garbled(run / LEDGER),
        3,
        r"exchange did not start; see `.*exchange\.log`: its ledger cannot be used .*: restore it",
    ),
    "log that is a folder": (
        lambda run: folder_for(run / LOG),
        3,
        r"cannot use `.*` \(is a directory\): check path and rights, then start again",
    ),
}
#: Those that show once the exchange is started; the others must leave every file alone.
SHOWN_LATE = ["no journal, no witness", "no ledger", "garbled ledger", "log that is a folder"]


@pytest.fixture
def unfinished_desk(desk: Desk, unfinished: Path) -> Desk:
    desk.copy_of(unfinished)
    folded(desk.run_folder())
    return desk


@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_run_says_so_and_sends_nothing(case: str, unfinished_desk: Desk) -> None:
    desk, (damage, code, told) = unfinished_desk, DAMAGES[case]
    before = asked(desk.state)
    damage(desk.run_folder())
    damaged = contents(desk.run_folder())

    said = desk.run("--json")

    assert re.search(told, said.refusal(code)), said.err
    assert said.out == ""
    assert desk.living() == []
    after = contents(desk.run_folder())
    assert case in SHOWN_LATE or all(
        after[name] == damaged[name] for name in damaged.keys() - {LOCK}
    )
    assert case in ("no ledger", "garbled ledger") or asked(desk.state) == before


@pytest.mark.parametrize("case", ["changed row", *SHOWN_LATE])
def test_a_restored_run_goes_on(case: str, unfinished_desk: Desk, whole: Any) -> None:
    desk, (damage, code, _) = unfinished_desk, DAMAGES[case]
    run = desk.run_folder()
    before = contents(run)
    damage(run)
    hurt = {name for name in before if contents(run).get(name) != before[name]}
    desk.run().refusal(code)

    for name in hurt:
        if (run / name).is_dir():
            (run / name).rmdir()
        for companion in run.glob(f"{name}-*"):  # of what was made in its place
            companion.unlink()
        (run / name).write_bytes(before[name])

    assert desk.run("--json").result() == whole


@pytest.mark.parametrize("case", ["changed row", "no journal, no witness"])
def test_a_damaged_run_can_be_started_over(case: str, unfinished_desk: Desk, whole: Any) -> None:
    desk, (damage, code, _) = unfinished_desk, DAMAGES[case]
    damage(desk.run_folder())
    assert "`--fresh`" in desk.run().refusal(code)

    assert desk.run("--fresh", "--json").result() == whole

    assert "finished" in desk.runner("status", "--state", "state").out


@pytest.mark.parametrize("command", ["status", "orders"])
def test_who_only_looks_is_told_of_the_damage_too(command: str, unfinished_desk: Desk) -> None:
    row_changed(unfinished_desk.run_folder())

    said = unfinished_desk.runner(command, "--state", "state", "--json")

    assert "is damaged, row 9 is not as written: restore a backup" in said.refusal(1)
    assert said.out == ""


def test_the_journal_of_another_run_is_refused(unfinished_desk: Desk, whole: Any) -> None:
    desk, run = unfinished_desk, unfinished_desk.run_folder()
    desk.seam({"at": [*HOLDING, signal.SIGKILL]}, "--set", "fast=7")
    desk.end_exchanges()
    (other,) = (path for path in desk.state.glob("replay/*/0001") if path != run)
    folded(other)
    own = {path.name: path.read_bytes() for path in run.glob("journal.db*")}
    unlinked(run, "journal.db*")
    for path in other.glob("journal.db*"):
        shutil.copy(path, run)

    told = desk.run("--json").refusal(1)

    assert re.search(r"is of another run, its `file_digest` is `.*: name another state fol", told)
    unlinked(run, "journal.db*")
    for name, content in own.items():
        (run / name).write_bytes(content)
    assert desk.run("--json").result() == whole


def test_a_second_runner_of_the_same_run_is_told_who_has_it(desk: Desk, whole: Any) -> None:
    first = desk.frozen(*HOLDING)
    try:
        second = desk.run()

        assert second.refusal(3) == (
            f"another runner (pid {first.pid}) holds `{journal_of(desk)}`: stop it first, then "
            "start again"
        )
        assert second.out == ""
    finally:
        first.send_signal(signal.SIGCONT)
        _, err = first.communicate(timeout=LIFE_S)
    assert (first.returncode, err) == (0, f"new run: {journal_of(desk)}\n")
    assert desk.run("--json").result() == whole


@pytest.mark.parametrize("most_bytes", [0, 300, 180_000])
def test_a_full_disk_stops_the_run_and_loses_nothing(
    most_bytes: int, desk: Desk, whole: Any
) -> None:
    words = ("run", "probe.yaml", "--replay", "bars.csv", "--state", "state", "--json")

    full = desk.runner(*words, before=limited_files(most_bytes))
    roomy = desk.runner(*words)

    assert re.search(r"free some space|check its space|start again later", full.refusal(3)), (
        full.err
    )
    assert full.out == ""
    assert roomy.result() == whole
    assert set(asked(desk.state)) == {order["client_order_id"] for order in whole["orders"]}


def test_a_disk_that_is_full_before_the_exchange_starts_is_said_to_be(desk: Desk) -> None:
    start, hour = 1_609_459_200_000, 3_600_000
    rows = [f"{start + number * hour},100.0,101.0,99.0,100.0,1.0" for number in range(15_000)]
    desk.write("long.csv", csv(rows))  # 120 kB a column: more than the ledger takes
    words = ("run", "probe.yaml", "--replay", "long.csv", "--state", "state")

    said = desk.runner(*words, before=limited_files(110_000))

    assert re.search(r"\(file too large\): free some space, then start again", said.refusal(3))


def test_a_read_only_state_is_said_to_be(desk: Desk) -> None:
    desk.state.mkdir(mode=0o500)
    words = ("run", "probe.yaml", "--replay", "bars.csv", "--state", "state")

    said = desk.runner(*words, before=without_root_rights())

    assert re.search(r"^cannot use `state/.*` \(permission denied\): check path", said.refusal(3))


@pytest.mark.parametrize(("closed", "code"), [("", 3), (JOURNAL, 1), (LOCK, 3), (LEDGER, 3)])
def test_what_may_not_be_opened_is_named_and_the_run_goes_on_after(
    closed: str, code: int, unfinished_desk: Desk, whole: Any
) -> None:
    desk, path = unfinished_desk, unfinished_desk.run_folder() / closed
    words = ("run", "probe.yaml", "--replay", "bars.csv", "--state", "state", "--json")
    mode = path.stat().st_mode
    path.chmod(0)

    said = desk.runner(*words, before=without_root_rights())

    assert re.search(r"check (path and|its) rights|cannot be used", said.refusal(code)), said.err
    assert said.out == ""
    path.chmod(mode)
    assert desk.run("--json").result() == whole


def test_who_only_looks_is_told_what_may_not_be_opened(unfinished_desk: Desk) -> None:
    (unfinished_desk.run_folder() / LOCK).chmod(0)

    said = unfinished_desk.runner("status", "--state", "state", before=without_root_rights())

    assert re.search(r"cannot read `.*` \(permission denied\): check its rights", said.refusal(3))


def test_a_file_where_the_state_should_be_is_named(desk: Desk) -> None:
    desk.write("state/replay", "not a folder")

    said = desk.run()

    assert re.search(r"cannot use `state/replay/.*` \(not a directory\)", said.refusal(3))


def test_a_run_without_a_name_or_certificate_gets_new_ones(
    unfinished_desk: Desk, whole: Any
) -> None:
    (unfinished_desk.run_folder() / "access.json").write_text("{")
    (unfinished_desk.run_folder() / "ca.pem").unlink()

    assert unfinished_desk.run("--json").result() == whole


def journal_of(desk: Desk) -> Path:
    return (desk.run_folder() / JOURNAL).relative_to(desk.folder)
