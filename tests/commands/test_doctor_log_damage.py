"""A log of `runner doctor` that was changed, and one that cannot be written."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.commands.checks.calls import own_log
from runner.commands.checks.verdict import Verdict, exit_code_of
from runner.commands.trading import clock
from runner.journal.database import Journal
from runner.model.clock import machine_ms
from tests.commands.answering import (
    TIME,
    Standing,
    answers,
    asked,
    asked_by,
    no_pause,
    strategy,
)
from tests.commands.doctorlog import WAIVED, Audit, again, log_of
from tests.commands.test_doctor_online import doctor, served
from tests.engine.test_logbook import fill_the_disk
from tests.exchange.scripted import KEY, SECRET
from tests.journal.audited import bodies
from tests.rules.files import GOOD


def edited(log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b'"status":200', b'"status":201', 1))


def truncated(log: Path) -> None:
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:3]))


def emptied(log: Path) -> None:
    log.write_bytes(b"")


#: What is done to a log, what `audit verify` says, and the next doctor.
DAMAGE: list[tuple[Callable[[Path], None], str, str]] = [
    (edited, "audit.jsonl:2: is not as written", "line 2 of `audit.jsonl` is not as written"),
    (truncated, "audit.jsonl:4: is missing: the journal vouches for line", "is missing"),
    (emptied, "audit.jsonl:1: is missing", "is gone, and with it line"),
    (Path.unlink, "no audit log: nothing was called yet, or its files are gone", "is gone"),
]


@pytest.mark.parametrize(("damages", "line", "fact"), DAMAGE)
def test_what_was_done_to_the_log_is_named(
    damages: Callable[[Path], None], line: str, fact: str, tmp_path: Path, audit: Audit
) -> None:
    asked(answers(), state=tmp_path)
    damages(log_of(tmp_path))

    code, said = audit("verify")
    assert code == 1
    assert line in said
    refused, fine = again(tmp_path)
    assert (refused.verdict, exit_code_of([refused])) == (Verdict.REFUSED, 1)
    assert refused.fact.startswith("the log was not as `runner doctor` left it: ")
    assert fact in refused.fact
    assert fine.verdict is Verdict.OK
    assert bodies(log_of(tmp_path))[0]["cause"] == "damage"
    assert [check.verdict for check in again(tmp_path)] == [Verdict.OK]


def test_damage_is_told_until_a_doctor_has_told_it(tmp_path: Path) -> None:
    asked(answers(), state=tmp_path)
    edited(log_of(tmp_path))

    asked(answers(), state=tmp_path)  # ends before it says so

    assert [check.verdict for check in again(tmp_path)] == [Verdict.REFUSED, Verdict.OK]


def test_a_log_whose_journal_is_gone_is_not_taken_for_none(tmp_path: Path, audit: Audit) -> None:
    asked(answers(), state=tmp_path)
    for path in (tmp_path / "doctor").glob("*"):
        if path.name != "journal.db.lock":
            path.unlink()

    code, said = audit("verify")
    assert code == 1
    assert "journal.db` is gone, which vouched for the log beside it" in said


def test_beside_a_run_it_is_a_fault_of_its_own(
    tmp_path: Path, audit: Audit, unfinished: Path
) -> None:
    shutil.copytree(unfinished, tmp_path, dirs_exist_ok=True)
    asked(answers(), state=tmp_path)
    (tmp_path / "doctor" / "journal.db").unlink()

    code, said = audit("verify")
    assert code == 1
    assert re.search(r"probe \(replay\)\n.* lines\n  intact", said)
    assert "not intact: `" in said
    assert audit("report")[0] == 0


def in_the_way(state: Path) -> None:
    (state / "doctor").write_text("")


def folder_in_place_of_the_log(state: Path) -> None:
    log_of(state).mkdir(parents=True)


def journal_of_nothing(state: Path) -> None:
    (state / "doctor").mkdir()
    (state / "doctor" / "journal.db").write_bytes(b"SQLite format 3\0 and no more")


@pytest.mark.parametrize(
    ("prevents", "code", "words"),
    [
        (in_the_way, 3, "calls with a key cannot be logged: cannot use `"),
        (folder_in_place_of_the_log, 3, "cannot write `"),
        (journal_of_nothing, 1, "it cannot be read as a journal"),
    ],
)
def test_what_cannot_be_logged_is_not_asked(
    prevents: Callable[[Path], None],
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KEY", KEY)
    monkeypatch.setenv("SECRET", SECRET)
    (tmp_path / "state").mkdir()
    prevents(tmp_path / "state")

    def nobody(**_: Any) -> Any:
        raise AssertionError("nobody is asked")

    monkeypatch.setattr("runner.exchange.client.aiohttp.ClientSession", nobody)

    assert doctor(tmp_path / "x.yaml", WAIVED, "--json") == code
    checks = json.loads(capsys.readouterr().out)["checks"]
    (audit,) = [check for check in checks if check["name"] == "audit"]
    assert words in audit["fact"]
    assert {"exchange", "key"}.isdisjoint(check["name"] for check in checks)


def swallow(log: Path) -> None:
    """Whoever has this file open can write, and never gets it onto a disk."""
    sink = os.pipe()
    for entry in os.listdir("/proc/self/fd"):
        link = Path("/proc/self/fd") / entry
        if link.is_symlink() and os.readlink(link) == str(log):
            os.dup2(sink[1], int(entry))
    os.close(sink[1])  # the other end stays open: without it nothing could be written


@pytest.mark.parametrize(
    ("breaks", "why"),
    [(fill_the_disk, "no space left on device"), (swallow, "invalid argument")],
)
def test_after_a_call_that_could_not_be_logged_nothing_is_asked(
    breaks: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    with own_log(tmp_path, "main", Standing(), no_pause) as log:
        breaks(log_of(tmp_path))
        seen, exchange = asked_by(log, answers())
        (check,) = log.checks()

    assert exchange.paths == [TIME]
    assert "not asked, as the call before it could not be logged" in str(seen.checks)
    assert (check.verdict, exit_code_of([check])) == (Verdict.CANNOT_VERIFY, 3)
    assert check.fact == f"a call could not be logged ({why}): nothing was asked after it"


def files_of(folder: Path) -> dict[str, bytes]:
    """All but the index that SQLite's readers share with the writer."""
    return {it.name: it.read_bytes() for it in folder.iterdir() if it.suffix != ".db-shm"}


def test_a_doctor_asks_while_the_file_trades_and_leaves_its_run_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEY", KEY)
    monkeypatch.setenv("SECRET", SECRET)
    state = tmp_path / "state"
    name = strategy().name
    of_run = state / "live" / name
    of_run.mkdir(parents=True)
    with (
        served(answers(time={"serverTime": machine_ms()})) as transport,
        Journal.open(of_run / "journal.db", machine_ms) as journal,
    ):
        monkeypatch.setattr(clock, "transport", lambda: transport)
        journal.take_lease()
        journal.identify({"name": name, "environment": "live"})
        before = files_of(of_run)

        code = doctor(tmp_path / "x.yaml", WAIVED)

        out = capsys.readouterr().out
        after = files_of(of_run)
    assert code == 0, out
    assert f"held by the runner with pid {os.getpid()}" in " ".join(out.split())
    assert re.search(r"^ok             audit        .*/state/doctor:", out, re.MULTILINE)
    assert before == after
    assert {call["environment"] for call in bodies(log_of(state))[1:]} == {"doctor"}


@pytest.mark.parametrize("words", [("--offline",), ()])
def test_where_nobody_is_asked_nothing_is_written(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEY", raising=False)

    doctor(tmp_path / "x.yaml", GOOD, *words)

    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
