"""What is written is what is read, in this process and in the next."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from runner.journal.bodies import canonical
from runner.journal.database import Journal
from runner.journal.orders import CheckedRow
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.orders import OrderRequest, OrderState, OrderType, Purpose, Side
from tests.journal.scenario import ACTS, play
from tests.journal.values import (
    HOUR,
    PINNED,
    a_journal,
    a_request,
    checked,
    filled,
    news,
    told,
)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal with its lease taken."""
    return a_journal(tmp_path / "journal.db")


def test_a_reader_beside_the_writer_tells_the_same_after_every_act(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Journal.open(path, lambda: HOUR) as journal:
        for _ in play(journal):
            assert told(Journal.read(path)) == told(journal)
        whole = told(journal)

    with Journal.open(path, lambda: HOUR) as again:
        assert told(again) == whole


def test_every_commit_is_announced_before_and_after(tmp_path: Path) -> None:
    steps: list[str] = []
    with Journal.open(tmp_path / "journal.db", lambda: HOUR, steps.append) as journal:
        for _ in play(journal):
            pass

    assert steps[:4] == [
        "journal:identity:before",
        "journal:identity:after",
        "journal:lease:before",
        "journal:lease:after",
    ]
    assert len(steps) == 2 * len(ACTS)
    assert {"journal:decided:before", "journal:sending:after", "journal:handled:after"} <= {*steps}


def test_a_reader_that_never_stops_sees_only_whole_transactions(journal: Journal) -> None:
    path, seen, done = journal._file.path, [0], threading.Event()

    def read_on() -> None:
        while not done.is_set():
            history = Journal.read(path)
            assert len(history.orders()) == 2 * len(history._decided)
            seen.append(len(history.orders()))

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read_on)
        for instant in range(1, 200):
            journal.decided(instant, [checked(f"a{instant}"), checked(f"b{instant}")], {})
        done.set()
        reader.result()

    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_every_digit_of_a_request_survives(journal: Journal) -> None:
    request = OrderRequest(
        "digits",
        "BTC/USDT",
        Side.BUY,
        OrderType.LIMIT,
        Purpose.ENTRY,
        Decimal("0.100000000000000000000000000001"),
        Decimal("1E+3"),
        Decimal("50000.00"),
        None,
        HOUR,
    )

    journal.decided(HOUR, [CheckedRow(request, {"limit": Decimal("1.10")})], {})

    read = Journal.read(journal._file.path).order("digits")
    assert read is not None
    assert read.request == request
    assert str(read.request.quantity) == "0.100000000000000000000000000001"
    assert str(read.request.spend) == "1E+3"
    assert str(read.request.price) == "50000.00"
    assert read.body == {"limit": "1.10"}


def test_bodies_are_one_text_without_a_float() -> None:
    text = canonical({"z": 0.1, "a": (True, 1, Decimal("1.0")), "n": float("nan"), "i": 1e400})

    assert text == '{"a":[true,1,"1.0"],"i":null,"n":null,"z":"0.1"}'
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [object(), b"bytes", {1: "a"}, Decimal("nan"), {"a"}])
def test_what_json_cannot_say_exactly_is_a_bug(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical({"value": value})


def test_a_run_is_identified_once(journal: Journal) -> None:
    journal.identify({"file": "aa", "seed": "7"})
    journal.identify({"seed": "7", "file": "aa"})

    with pytest.raises(Refused, match=r"its `seed` is `7` and not `8`: name another state folder"):
        journal.identify({"file": "aa", "seed": "8"})

    assert journal.identity() == {"file": "aa", "seed": "7"}


def test_the_anchor_is_written_once(journal: Journal) -> None:
    journal.anchor(HOUR)
    journal.anchor(HOUR)

    with pytest.raises(Halt, match="first bar used was 1970-01-01T01:00:00Z, now it would be"):
        journal.anchor(2 * HOUR)

    assert Journal.read(journal._file.path).anchor_of() == HOUR


@pytest.mark.parametrize("instant", [HOUR, HOUR - 1])
def test_an_instant_is_decided_once_and_in_order(instant: int, journal: Journal) -> None:
    journal.decided(HOUR, [], {})

    with pytest.raises(Halt, match="would be decided again after 1970-01-01T01:00:00Z"):
        journal.decided(instant, [checked("a")], {})

    assert journal.is_decided(HOUR)
    assert not journal.is_decided(HOUR - 1)
    assert journal.order("a") is None


def test_an_instant_handled_again_is_no_news_and_an_older_one_is_refused(journal: Journal) -> None:
    journal.handled(HOUR)
    journal.handled(HOUR)

    with pytest.raises(Halt, match="would be handled after"):
        journal.handled(HOUR - 1)

    assert _kinds(journal) == ["lease", "handled"]


@pytest.mark.parametrize(
    "write",
    [
        lambda journal: journal.handled(1),
        lambda journal: journal.anchor(1),
        lambda journal: journal.decided(1, [], {}),
    ],
)
def test_writing_before_the_lease_is_a_bug(
    write: Callable[[Journal], None], tmp_path: Path
) -> None:
    with (
        Journal.open(tmp_path / "journal.db", lambda: 0) as journal,
        pytest.raises(RuntimeError, match="take_lease"),
    ):
        write(journal)


def test_a_run_finishes_once(journal: Journal) -> None:
    assert not journal.is_finished()
    journal.finished({"equity": Decimal("10500.10")})

    with pytest.raises(Halt, match="is finished: start a new one"):
        journal.finished({})

    assert Journal.read(journal._file.path).summary() == {"equity": "10500.10"}


def test_reading_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no journal at"):
        Journal.read(tmp_path / "journal.db")
    with pytest.raises(Unavailable, match=r"no such file or directory\): make its folder exist"):
        Journal.open(tmp_path / "absent" / "journal.db", lambda: 0)

    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_may_read_the_file(journal: Journal) -> None:
    journal.handled(1)

    rights = {
        file.name: file.stat().st_mode & 0o777 for file in journal._file.path.parent.iterdir()
    }

    assert rights.keys() == {"journal.db", "journal.db-shm", "journal.db-wal", "journal.db.lock"}
    assert set(rights.values()) == {0o600}


def test_the_file_is_written_as_safely_as_sqlite_can(journal: Journal) -> None:
    settings = {
        name: journal._file._value(f"PRAGMA {name}")
        for name in ("journal_mode", "synchronous", "foreign_keys", "fullfsync")
    }

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "fullfsync": 1}


def _kinds(journal: Journal) -> list[str]:
    with closing(sqlite3.connect(journal._file.path)) as database:
        return [kind for (kind,) in database.execute("SELECT kind FROM events ORDER BY seq")]


def test_an_edit_begins_a_new_past_and_the_instant_stays_decided(journal: Journal) -> None:
    journal.take_lease("old")
    journal.decided(HOUR, [checked("entry")], {"state": {"cash": "1"}})
    journal.sending(["entry"], PINNED, journal.epoch())
    journal.settled_all([news(a_request("entry"), OrderState.FILLED, filled("1"))])
    journal.take_lease("new")
    folded = journal.events()

    was_edited = journal.is_edited()
    journal.edited({"cash": "2"})

    assert (was_edited, journal.is_edited()) == (True, False)
    assert journal.state() == {"cash": "2"}
    assert (journal.events(), journal.events_since_decided()) == ([], folded)
    assert (journal.decided_at(), journal.living_at_state()) == (HOUR, ())


def test_the_key_that_signs_is_written_when_it_changes_and_only_then(journal: Journal) -> None:
    assert journal.signer() == ("", "")

    for key in ("old", "old", "new"):
        journal.signed_by(key, "one")

    assert Journal.read(journal.path).signer() == ("new", "one")
    with closing(sqlite3.connect(journal.path)) as file:
        written = file.execute("SELECT count(*) FROM events WHERE kind = 'key'").fetchone()
    assert written == (2,)
