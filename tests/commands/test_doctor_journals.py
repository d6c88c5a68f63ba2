"""`runner doctor`: what is told about the journals of a file."""

from __future__ import annotations

import os
from pathlib import Path

from runner.journal.database import Journal
from runner.journal.holder import holder_of
from runner.journal.lease import lock_path
from tests.commands.asking import Ask, ask
from tests.journal.values import PINNED, a_journal, a_request, checked, filled, news
from tests.rules.files import GOOD, a_file, strategy_of

__all__ = ["ask"]  # a fixture


def a_run(state: Path, environment: str = "live") -> Journal:
    """A journal of the good file's strategy with one order on its way."""
    folder = state / environment / "golden-0123456789ab"
    folder.mkdir(parents=True)
    journal = a_journal(folder / "journal.db")
    journal.identify({"name": "golden", "environment": environment, "file_digest": "other"})
    journal.intended([checked("a")])
    journal.sending(["a"], PINNED, journal.epoch())
    return journal


def test_journals_tell_how_they_stand(ask: Ask, tmp_path: Path) -> None:
    with a_run(tmp_path / "state"):
        _, held = ask(GOOD)
    code, free = ask(GOOD)

    assert code == 0
    assert held["lease"][0]["fact"] == f"held by the runner with pid {os.getpid()}"
    assert free["lease"][0]["fact"] == "free"
    assert free["journal"][0]["fact"] == (
        "live, hash chain intact, unfinished, of another text of this file"
    )
    assert free["orders"][0] | {"subject": ""} == {
        "name": "orders",
        "subject": "",
        "verdict": "warning",
        "fact": "the outcome of a is not known",
        "help": "the next start looks them up at the exchange",
    }


def test_a_journal_goes_by_the_text_of_its_newest_start(ask: Ask, tmp_path: Path) -> None:
    edited = a_file(("timeframe: 1h", "timeframe: 2h"))
    with a_run(tmp_path / "state") as journal:
        for text in (edited, GOOD):
            journal.take_lease(strategy_of(text).digest)

    _, found = ask(GOOD)
    _, other = ask(edited)

    same = "live, hash chain intact, unfinished: the same command resumes it"
    assert found["journal"][0]["fact"] == same
    assert other["journal"][0]["fact"].endswith("unfinished, of another text of this file")


def test_a_position_that_nobody_watches_is_a_warning(ask: Ask, tmp_path: Path) -> None:
    from runner.model.orders import OrderState

    with a_run(tmp_path / "state") as journal:
        journal.settled_all([news(a_request("a"), OrderState.FILLED, filled("1"))])

    code, found = ask(GOOD)

    assert code == 0
    assert found["lease"][0]["verdict"] == "warning"
    assert found["lease"][0]["fact"] == "no runner holds it, and a position in BTC/USDT is open"


def test_of_replays_only_the_newest_is_told(ask: Ask, tmp_path: Path) -> None:
    for number, at in (("0001", 100), ("0002", 50)):
        folder = tmp_path / "state" / "replay" / "golden-0123456789ab" / number
        folder.mkdir(parents=True)
        with a_journal(folder / "journal.db") as journal:
            journal.identify({"name": "golden", "environment": "replay", "file_digest": "other"})
        os.utime(lock_path(folder / "journal.db"), (at, at))

    code, found = ask(GOOD)

    assert code == 0
    assert [check["subject"][-16:] for check in found["journal"]] == ["/0001/journal.db"]
    assert found["journal"][0]["verdict"] == "ok"


def test_a_damaged_journal_is_refused(ask: Ask, tmp_path: Path) -> None:
    with a_run(tmp_path / "state"):
        pass
    (path,) = (tmp_path / "state").rglob("journal.db")
    path.write_bytes(path.read_bytes().replace(b'"client_order_id":"a"', b'"client_order_id":"b"'))

    code, found = ask(GOOD)

    assert code == 1
    assert found["journal"][0]["verdict"] == "refused"
    assert "is damaged" in found["journal"][0]["fact"]


def test_a_journal_of_another_name_is_not_told(ask: Ask, tmp_path: Path) -> None:
    with a_run(tmp_path / "state"):
        pass

    _, found = ask(a_file(("name: golden", "name: other")))

    assert [check["fact"] for check in found["journal"]] == [
        "none yet: the next start is the first"
    ]


def test_nobody_holds_what_is_not_there(tmp_path: Path) -> None:
    assert holder_of(tmp_path / "journal.db") is None
