"""The door to sqlite3: one file, one table, rows that are only ever added.

In: rows. Out: rows, each checked against the chain; or an error in our words.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.journal.events import Broken, Row, unbroken
from runner.journal.failures import damaged, in_our_words, lost
from runner.journal.lease import Witness
from runner.model.errors import Abandon, Refused, RunnerError, Unavailable

_APPLICATION_ID = 0x52554E4A  # "RUNJ", in the file's header
_SCHEMA_VERSION = 1

_SCHEMA = (
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        kind TEXT NOT NULL,
        client_order_id TEXT,
        state TEXT,
        body TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
    )""",
    """CREATE UNIQUE INDEX one_intention ON events (client_order_id)
        WHERE kind IN ('intended', 'denied')""",
    """CREATE UNIQUE INDEX one_decision ON events (json_extract(body, '$.instant_ms'))
        WHERE kind = 'decided'""",
    """CREATE UNIQUE INDEX one_run ON events (kind)
        WHERE kind IN ('identity', 'anchor', 'finished')""",
    # A trigger of its own for inserts: REPLACE deletes without asking the one for deletes.
    """CREATE TRIGGER rows_are_added_at_the_end BEFORE INSERT ON events
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
        BEGIN SELECT RAISE(ABORT, 'journal rows are only added at the end'); END""",
    """CREATE TRIGGER rows_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'journal rows are never changed'); END""",
    """CREATE TRIGGER rows_are_never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'journal rows are never deleted'); END""",
)

_INSERT = """INSERT INTO events SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
    WHERE ? = coalesce((SELECT epoch FROM events ORDER BY seq DESC LIMIT 1), 0)"""


class File:
    """An open journal file."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._failed = False

    @staticmethod
    def writable(path: Path, witness: Witness) -> File:
        """The file, made when it is not there and nothing was ever written to it."""
        _expect_sqlite(path)
        if not path.exists() and witness.seq:
            raise Abandon(lost(path, 0, witness.seq))
        with in_our_words(path):
            _touch(path)
            file = File(path, sqlite3.connect(path, isolation_level=None))
            with file._closed_on_error():
                file._prepare()
        return file

    @staticmethod
    def readable(path: Path) -> File:
        """The file for reading beside a runner that writes it; no lock, no change."""
        if not path.exists():
            raise Refused(f"there is no journal at `{path}`: name the state folder of a run")
        _expect_sqlite(path)
        with in_our_words(path):
            uri = f"{path.resolve().as_uri()}?mode=ro"
            file = File(path, sqlite3.connect(uri, uri=True, isolation_level=None))
            with file._closed_on_error():
                if not file._is_new():
                    file._expect_schema()
        return file

    def rows(self, witness: Witness) -> Iterator[Row]:
        """Every row, in order; raises Abandon where the chain is broken or its end is missing."""
        seq, seen = 0, witness.seq == 0
        with in_our_words(self.path):
            try:
                for row in unbroken(self._written()):
                    seq = row.seq
                    seen = seen or (seq == witness.seq and row.hash == witness.hash)
                    yield row
            except Broken as broken:
                raise Abandon(damaged(self.path, f"row {broken.seq} is not as written")) from broken
        if not seen:
            raise Abandon(lost(self.path, seq, witness.seq))

    def begin(self) -> None:
        """Start a transaction; it ends with `commit` or `roll_back`."""
        if self._failed:
            raise Unavailable(f"`{self.path}` failed to write before: start again to recover")
        with in_our_words(self.path):
            self._connection.execute("BEGIN IMMEDIATE")

    def insert(self, row: Row, epoch: int) -> None:
        """Add a row, if `epoch` is the newest row's; raises Abandon where the lease is lost."""
        with in_our_words(self.path):
            added = self._connection.execute(_INSERT, (*row, epoch)).rowcount
        if added != 1:
            raise Abandon(
                f"the lease on `{self.path}` is lost: another runner writes it; nothing was sent "
                "after that, stop one of the two and start the other again"
            )

    def commit(self) -> None:
        """End the transaction: all its rows are on the disk, or none."""
        try:
            with in_our_words(self.path):
                self._connection.execute("COMMIT")
        except RunnerError:
            self._failed = True  # after a failed fsync the page cache may lie: never try again
            raise

    def roll_back(self) -> None:
        """Forget the transaction, if SQLite has not done so already."""
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let the file go; what was committed stays."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def _prepare(self) -> None:
        new = self._is_new()
        if not new:
            self._expect_schema()
        if self._value("PRAGMA journal_mode = WAL") != "wal":
            raise Unavailable(
                f"the disk of `{self.path}` cannot hold a write-ahead log: use a local disk"
            )
        # cell_size_check: damage is found when a page is read, not later.
        for setting in (
            "synchronous = FULL",
            "fullfsync = ON",
            "checkpoint_fullfsync = ON",
            "foreign_keys = ON",
            "cell_size_check = ON",
        ):
            self._connection.execute(f"PRAGMA {setting}")
        if new:
            self._create()
        elif self._value("PRAGMA integrity_check(1)") != "ok":
            raise Abandon(damaged(self.path, "its pages contradict each other"))

    def _create(self) -> None:
        self.begin()
        for statement in _SCHEMA:
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        self._connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        self.commit()
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _written(self) -> Iterable[tuple[object, ...]]:
        """Nothing in a file whose maker died, or has not come, between touching and making it."""
        new = self._is_new()
        return () if new else self._connection.execute("SELECT * FROM events ORDER BY seq")

    def _is_new(self) -> bool:
        marks = [self._value(f"PRAGMA {name}") for name in ("application_id", "user_version")]
        return marks == [0, 0] and self._value("SELECT count(*) FROM sqlite_schema") == 0

    def _expect_schema(self) -> None:
        if self._value("PRAGMA application_id") != _APPLICATION_ID:
            raise Refused(f"`{self.path}` is a database, but not a journal: name another file")
        version = self._value("PRAGMA user_version")
        if version != _SCHEMA_VERSION:
            raise Refused(
                f"the journal `{self.path}` has format {version}, this runner reads format "
                f"{_SCHEMA_VERSION}: use the runner that wrote it"
            )
        found = self._connection.execute("SELECT sql FROM sqlite_schema ORDER BY sql").fetchall()
        if found != [(statement,) for statement in sorted(_SCHEMA)]:
            raise Abandon(damaged(self.path, "its tables are not as made"))

    def _value(self, statement: str) -> object:
        return self._connection.execute(statement).fetchone()[0]

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise


def _expect_sqlite(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refused(
            f"cannot read `{path}` ({os.strerror(error.errno or 0).lower()}): check its rights, or "
            "name a journal file"
        ) from error
    if head not in (b"", b"SQLite format 3\0"):
        raise Refused(f"`{path}` is not a journal: name another file, or restore a backup")


def _touch(path: Path) -> None:
    """Make the file readable by its owner only; SQLite gives the same rights to its companions."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
