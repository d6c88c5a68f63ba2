"""A journal that is not as written is never read as if it were."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runner.journal.database import Journal
from runner.journal.events import Kind, chained
from runner.journal.lease import lock_path
from runner.model.errors import Halt, Refused, RunnerError
from tests.journal.scenario import play
from tests.journal.values import HOUR, a_journal, told

FLIPS = 600


@pytest.fixture
def whole(finished: Path, tmp_path: Path) -> Path:
    """A journal of a finished run with a few hundred rows, closed."""
    return Path(shutil.copytree(finished, tmp_path / "whole")) / "journal.db"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `whole` copies."""
    path = tmp_path_factory.mktemp("finished") / "journal.db"
    with Journal.open(path, lambda: HOUR) as journal:
        acts = play(journal)
        for _ in range(15):
            next(acts)
        for hour in range(2, 150):
            journal.decided(hour * HOUR, [], {"close": "100.5", "rsi": "51.25"})
            journal.handled(hour * HOUR)
        list(acts)
    return path.parent


@pytest.mark.parametrize("opened", ["with its lock file", "alone, read only"])
def test_every_flipped_bit_that_changes_a_read_is_noticed(
    opened: str, whole: Path, tmp_path: Path
) -> None:
    original, flipped = _raw(whole), tmp_path / "journal.db"
    if opened == "with its lock file":
        shutil.copy(lock_path(whole), lock_path(flipped))
    verdicts: Counter[str] = Counter()

    for content in _flips(whole.read_bytes(), seed=7):
        flipped.write_bytes(content)
        changed = _raw(flipped) != original
        if opened == "with its lock file":
            noticed = _opens_with_error(flipped, whole)
        else:
            noticed = _reads_with_error(flipped)
        verdicts[f"{changed=} {noticed=}"] += 1

    if opened == "with its lock file":
        assert verdicts["changed=True noticed=False"] == 0, verdicts
        assert verdicts["changed=False noticed=True"] > FLIPS // 100, verdicts  # in an index
    else:  # a copy without its lock file cannot know that its last rows are gone
        assert verdicts["changed=True noticed=False"] <= FLIPS // 200, verdicts
    assert verdicts["changed=True noticed=True"] > FLIPS // 4, verdicts


def test_a_flipped_bit_in_the_write_ahead_log_is_noticed(tmp_path: Path) -> None:
    crashed, copy = tmp_path / "crashed", tmp_path / "copy"
    _crash(crashed)
    shutil.copytree(crashed, copy)
    with Journal.open(copy / "journal.db", lambda: HOUR) as journal:
        original = told(journal)
    noticed = 0

    for content in _flips((crashed / "journal.db-wal").read_bytes(), seed=8):
        shutil.rmtree(copy)
        shutil.copytree(crashed, copy)
        (copy / "journal.db-wal").write_bytes(content)
        try:
            with Journal.open(copy / "journal.db", lambda: HOUR) as journal:
                assert told(journal) == original
        except Halt:
            noticed += 1

    assert noticed > FLIPS // 4


def test_a_lost_write_ahead_log_is_noticed(tmp_path: Path) -> None:
    _crash(tmp_path / "crashed")
    (tmp_path / "crashed" / "journal.db-wal").unlink()

    with pytest.raises(Halt, match=r"it ends at row 0 but row \d+ had been written"):
        Journal.open(tmp_path / "crashed" / "journal.db", lambda: HOUR)


def test_an_older_copy_is_noticed(whole: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    with a_journal(tmp_path / "journal.db") as journal:
        journal.handled(HOUR)
    shutil.copy(tmp_path / "journal.db", older)
    with a_journal(tmp_path / "journal.db") as journal:
        journal.handled(2 * HOUR)
    shutil.copy(older, tmp_path / "journal.db")

    with pytest.raises(Halt, match="it ends at row 2 but row 4 had been written"):
        Journal.open(tmp_path / "journal.db", lambda: HOUR)
    with pytest.raises(Halt, match="it ends at row 2 but row 4 had been written"):
        Journal.read(tmp_path / "journal.db")


def test_a_vanished_journal_is_noticed_until_its_lock_file_goes_too(whole: Path) -> None:
    whole.unlink()

    with pytest.raises(Halt, match="it ends at row 0"):
        Journal.open(whole, lambda: HOUR)

    lock_path(whole).unlink()
    with Journal.open(whole, lambda: HOUR) as journal:
        assert journal.orders() == []


@pytest.mark.parametrize("kept", [1, 50, 100, 4096, 5000, -4096, -1])
def test_a_truncated_file_is_noticed(kept: int, whole: Path) -> None:
    whole.write_bytes(whole.read_bytes()[:kept])
    lock_path(whole).unlink()

    with pytest.raises((Halt, Refused)) as said:
        Journal.open(whole, lambda: HOUR)

    assert "\n" not in str(said.value)
    assert str(whole) in str(said.value)


def test_an_emptied_file_is_noticed(whole: Path) -> None:
    whole.write_bytes(b"")

    with pytest.raises(Halt, match="it ends at row 0"):
        Journal.open(whole, lambda: HOUR)


@pytest.mark.parametrize("opener", [lambda path: Journal.open(path, lambda: 0), Journal.read])
def test_what_is_no_journal_is_refused_and_left_as_it_was(opener: object, tmp_path: Path) -> None:
    assert callable(opener)
    text, other = tmp_path / "rules.yaml", tmp_path / "other.db"
    text.write_text("kind: strategy\nname: not-a-journal\n")
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE mine (a)")
        database.commit()
    before = other.read_bytes()

    with pytest.raises(Refused, match=r"`.*rules.yaml` is not a journal: name another file"):
        opener(text)
    with pytest.raises(Refused, match=r"`.*other.db` is a database, but not a journal"):
        opener(other)
    with pytest.raises(Refused, match="name a journal file"):
        opener(tmp_path)

    assert text.read_text() == "kind: strategy\nname: not-a-journal\n"
    assert other.read_bytes() == before


def test_another_format_is_refused_by_number(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as database:
        database.execute("PRAGMA user_version = 2")

    with pytest.raises(Refused, match="has format 2, this runner reads format 1: use the runner"):
        Journal.open(whole, lambda: 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET state = 'canceled' WHERE seq = 9",
        "DELETE FROM events WHERE seq = 9",
        "REPLACE INTO events SELECT seq, 0, epoch, kind, client_order_id, state, body, prev, hash"
        " FROM events WHERE seq = 9",
        "INSERT INTO events SELECT 9000, at_ms, epoch, kind, client_order_id, state, body, prev,"
        " hash FROM events WHERE kind = 'handled' LIMIT 1",
    ],
)
def test_the_file_itself_refuses_to_change_rows(change: str, whole: Path) -> None:
    with (
        closing(sqlite3.connect(whole)) as database,
        pytest.raises(sqlite3.IntegrityError, match="journal rows are"),
    ):
        database.execute(change)


@pytest.mark.parametrize("seq", [1, 9, 200])
def test_a_row_changed_behind_the_triggers_breaks_the_chain(seq: int, whole: Path) -> None:
    _change(whole, "UPDATE events SET at_ms = at_ms + 1 WHERE seq = ?", seq)

    with pytest.raises(Halt, match=f"row {seq} is not as written"):
        Journal.read(whole)


def test_a_forged_row_with_a_hash_of_its_own_breaks_the_chain_behind_it(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as database:
        columns = database.execute("SELECT * FROM events WHERE seq = 9").fetchone()
    forged = chained(9, columns[1] + 1, columns[2], Kind(columns[3]), *columns[4:8])

    _change(whole, "UPDATE events SET at_ms = ?, hash = ? WHERE seq = 9", forged[1], forged[8])

    with pytest.raises(Halt, match="row 10 is not as written"):
        Journal.read(whole)


def test_a_missing_trigger_is_noticed(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as database:
        database.execute("DROP TRIGGER rows_are_never_changed")
        database.commit()

    with pytest.raises(Halt, match="its tables are not as made"):
        Journal.open(whole, lambda: 0)


def test_a_damaged_lock_file_is_named(whole: Path) -> None:
    lock_path(whole).write_text("scribble")

    with pytest.raises(Halt, match=r"`.*journal.db.lock` is damaged"):
        Journal.open(whole, lambda: 0)


def _flips(content: bytes, seed: int) -> Iterator[bytes]:
    draw = random.Random(seed)
    for _ in range(FLIPS):
        at = draw.randrange(len(content))
        yield content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]


def _change(path: Path, statement: str, *values: object) -> None:
    """Do what the triggers refuse, and put them back."""
    with closing(sqlite3.connect(path)) as database:
        (trigger,) = database.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'rows_are_never_changed'"
        ).fetchone()
        database.execute("DROP TRIGGER rows_are_never_changed")
        database.execute(statement, values)
        database.execute(trigger)
        database.commit()


def _crash(folder: Path) -> None:
    """What a kill leaves: the rows are still in the write-ahead log."""
    live = folder.parent / "live"
    live.mkdir()
    with Journal.open(live / "journal.db", lambda: HOUR) as journal:
        for _ in play(journal):
            pass
        shutil.copytree(live, folder)
    (folder / "journal.db-shm").unlink()  # SQLite makes it anew from the log


def _opens_with_error(path: Path, whole: Path) -> bool:
    shutil.copy(lock_path(whole), lock_path(path))
    try:
        Journal.open(path, lambda: HOUR).close()
    except RunnerError:
        return True
    return False


def _reads_with_error(path: Path) -> bool:
    try:
        Journal.read(path)
    except RunnerError:
        return True
    return False


def _raw(path: Path) -> object:
    """The rows as SQLite reads them without us."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            return database.execute("SELECT * FROM events ORDER BY seq").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)
