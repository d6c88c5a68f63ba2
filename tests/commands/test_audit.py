"""`runner audit`: a log is verified, shown and summed up, and says no where it is not intact."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.commands.main import run
from runner.journal.auditline import sealed
from tests.commands.desk import Desk, a_desk
from tests.journal.audited import GUIDE, a_call, a_log, filled


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with a finished replay."""
    with a_desk(tmp_path_factory.mktemp("traded")) as desk:
        assert desk.run().code == 0
        yield desk


Told = tuple[int, str, str]


class Audit:
    """`runner audit WORDS` in this process."""

    def __init__(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.state, self.capsys = state, capsys

    def __call__(self, *words: str) -> Told:
        code = run(["audit", words[0], "--state", str(self.state), *words[1:]])
        told = self.capsys.readouterr()
        return code, told.out, told.err

    def document(self, *words: str, code: int = 0) -> Any:
        found, out, _ = self(*words, "--json")
        assert found == code
        return json.loads(out)


@pytest.fixture
def audit(traded: Desk, capsys: pytest.CaptureFixture[str]) -> Audit:
    return Audit(traded.state, capsys)


def lines_of(desk: Desk) -> list[dict[str, Any]]:
    text = (desk.run_folder() / "audit.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_the_log_of_a_run_is_intact_up_to_what_its_journal_vouches_for(
    audit: Audit, traded: Desk
) -> None:
    last = lines_of(traded)[-1]

    code, out, _ = audit("verify")

    end = f"line {last['body']['seq']}, {last['hash']}"
    assert (code, out.splitlines()) == (
        0,
        [
            "probe (replay)",
            f"  {traded.run_folder() / 'audit.jsonl'}: {last['body']['seq']:,} lines",
            f"  intact, up to the line that the journal vouches for: {end}",
        ],
    )
    document = audit.document("verify", "probe", "--head", last["hash"])
    assert document["intact"]
    assert document["head"] == {"hash": last["hash"], "found": True}
    (log,) = document["logs"]
    assert log["journal"] == {"seq": last["body"]["seq"], "hash": last["hash"]}


def test_status_prints_the_head_to_publish(
    traded: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    last = lines_of(traded)[-1]

    assert run(["status", "--state", str(traded.state)]) == 0
    line = f"  audit     line {last['body']['seq']}, head {last['hash']}\n"
    assert line in capsys.readouterr().out
    assert run(["status", "--json", "--state", str(traded.state)]) == 0
    told = json.loads(capsys.readouterr().out)["runs"][0]["audit"]
    assert told == {"seq": last["body"]["seq"], "hash": last["hash"]}


def test_a_line_that_was_changed_or_cut_off_is_named(
    traded: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_desk(tmp_path) as desk:
        desk.copy_of(traded.state)
        audit, path = Audit(desk.state, capsys), desk.run_folder() / "audit.jsonl"
        whole = path.read_bytes()

        path.write_bytes(whole.replace(b'"status":200', b'"status":201', 1))
        code, out, _ = audit("verify")
        assert code == 1
        assert f"  {path}:2: is not as written, or does not follow the line before it\n" in out
        assert out.endswith("  not intact\n")
        (bad,) = [one["bad"] for one in audit.document("verify", code=1)["logs"][0]["files"]]
        assert bad["line"] == 2
        code, out, err = audit("show", "--json")
        assert (code, out) == (1, "")
        assert f"{path}:2 is not as written" in err

        lines = whole.splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-2]))
        code, out, _ = audit("verify")
        assert code == 1
        missing = f"the journal vouches for line {len(lines)} of the log"
        assert f"  {path}:{len(lines) - 1}: is missing: {missing}\n" in out

        path.unlink()
        code, out, _ = audit("verify")
        assert code == 1
        assert "no audit log: nothing was called yet, or its files are gone" in out


def test_files_on_their_own_are_intact_up_to_their_own_end(audit: Audit, tmp_path: Path) -> None:
    last = filled(tmp_path, 30, most_bytes=4_000)
    paths = [str(path) for path in sorted(tmp_path.glob("audit-*.jsonl"))]
    paths.append(str(tmp_path / "audit.jsonl"))

    code, out, _ = audit("verify", *paths, "--head", last.hash)
    assert code == 0
    assert f"  intact up to its own end: line {last.seq}, {last.hash}\n" in out
    assert out.endswith(f"head {last.hash} is in the log\n")
    code, out, _ = audit("verify", *paths[:-1], "--head", last.hash)
    assert code == 1
    assert "is not in the log: its end was cut off, or it was written anew" in out


def test_a_gap_is_told_and_is_no_damage(audit: Audit, tmp_path: Path) -> None:
    last = filled(tmp_path, 2)
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"body":{')
    log = a_log(tmp_path, last)
    log.record("main", a_call())
    log.close()
    paths = [str(tmp_path / name) for name in ("audit-000001.jsonl", "audit.jsonl")]

    code, out, _ = audit("verify", *paths)
    assert code == 0
    assert "  audit.jsonl:1: gap (crash): line 4 of `audit.jsonl` is cut off\n" in out
    code, out, _ = audit("show", *paths)
    assert "  gap      crash: line 4 of `audit.jsonl` is cut off\n" in out


def test_a_file_without_lines_is_not_read_to_its_end(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "zeros.jsonl"
    path.touch()
    os.truncate(path, 17 * 2**20)

    code, out, _ = audit("verify", str(path))
    assert code == 1
    assert f"{path}:1: is longer than any line of a log" in out


def test_names_that_a_line_left_out_are_counted(audit: Audit, tmp_path: Path) -> None:
    log = a_log(tmp_path)
    log.record("main", a_call("submit", *(f"o{number}" for number in range(1_060))))
    log.close()

    _, out, _ = audit("show", str(tmp_path / "audit.jsonl"))
    assert out.endswith(" o49 and 1,010 more\n")


def test_calls_are_shown_by_what_is_asked_for(audit: Audit, traded: Desk) -> None:
    calls = [line["body"] for line in lines_of(traded)[1:]]
    submits = [call for call in calls if call["verb"] == "submit"]
    order, moment = submits[1]["client_order_ids"][0], submits[1]["at"]

    def shown(*words: str) -> list[Any]:
        found: list[Any] = audit.document("show", *words)["lines"]
        return found

    assert shown() == calls
    assert shown("--verb", "submit", "--outcome", "accepted") == submits
    assert shown("--since", moment) == [call for call in calls if call["at"] >= moment]
    assert shown("--until", moment) == [call for call in calls if call["at"] < moment]
    about = [call for call in calls if order in call["client_order_ids"]]
    assert shown("--order", order[:12]) == about
    assert len(about) >= 2  # placed, and looked at
    assert shown("--account", "nobody") == []
    assert shown("--symbol", "BTC/USDT") == [call for call in calls if call["market"]]
    _, out, _ = audit("show", "--verb", "submit")
    assert out.splitlines()[1].startswith(f"{moment}  submit   accepted  POST api.binance.com/")
    assert out.splitlines()[1].endswith(" ".join(submits[1]["exchange_order_ids"]))


def test_the_report_sums_up_each_key(audit: Audit, traded: Desk) -> None:
    calls = [line["body"] for line in lines_of(traded)[1:]]

    (key,) = audit.document("report")["keys"]

    assert key["accounts"] == [{"environment": "replay", "account": "main"}]
    assert sum(key["calls"].values()) == len(calls)
    assert key["orders"]["accepted"] >= 3
    assert key["weight"]["x-mbx-used-weight-1m"] > 0
    assert (key["unusual_hours"], key["foreign_orders"]) == ([], [])
    _, out, _ = audit("report")
    assert out.startswith(f"key {calls[0]['key']} at binance: replay, account main\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("verify", "--head", "abc"), 2, "`--head abc` is no head: write the 64 characters of one"),
        (("verify", "gone.jsonl"), 3, "there is no `gone.jsonl`: check its path"),
        (("verify", "nobody"), 1, "no run of `nobody`"),
        (("show", "--since", "yesterday"), 2, "`--since yesterday` is no time"),
        (("show", "--verb", "withdraw"), 2, "'withdraw' is not one of"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: tuple[str, ...], code: int, said: str, audit: Audit
) -> None:
    found, _, err = audit(*words)

    assert found == code
    assert said in err


FIRST = {"at": "2026-01-01T00:00:00Z", "cause": "", "format": 1, "log": "a" * 32, "lost": 0}
FIRST |= {"prev": "0" * 64, "reason": "", "seq": 1, "type": "genesis"}


@pytest.mark.parametrize(
    ("written", "line", "missing"),
    [
        ([{"format": 1, "prev": "0" * 64, "seq": 1, "type": "gap"}], 1, "at"),
        ([FIRST | {"at": "2026-13-01T00:00:00Z"}], 1, "at"),
        ([FIRST, {"seq": 2, "type": "call"}], 2, "account"),
        ([FIRST, {"at": "\x1b[2J", "seq": 2, "type": "x"}], 2, "type"),
        ([FIRST, {"account": "\x1b[2J", "seq": 2, "type": "call"}], 2, "account"),
    ],
)
@pytest.mark.parametrize("how", ["verify", "show", "report"])
def test_a_sealed_line_without_its_members_is_damage(
    how: str, written: list[dict[str, Any]], line: int, missing: str, audit: Audit, tmp_path: Path
) -> None:
    path, text, prev = tmp_path / "foreign.jsonl", b"", "0" * 64
    for body in written:
        one, prev = sealed(body, prev)
        text += one
    path.write_bytes(text)

    code, out, err = audit(how, str(path))

    assert code == 1
    assert f"has no `{missing}` as the format asks for it" in out + err
    assert f"{path}:{line}" in out + err


def test_a_replay_with_a_damaged_log_ends_until_it_starts_over(
    desk: Desk, unfinished: Path
) -> None:
    desk.copy_of(unfinished)
    log = desk.run_folder() / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"status":200', b'"status":201', 1))

    for _ in range(2):
        said = desk.run().refusal(1)
        assert "line 2 of `audit.jsonl` is not as written" in said
        assert said.endswith("or start over with `--fresh`")
    assert desk.run("--fresh").code == 0


def test_the_program_of_the_guide_runs_on_its_own(traded: Desk, tmp_path: Path) -> None:
    text = GUIDE.read_text().partition("```python\n")[2].partition("```\n")[0]
    program = tmp_path / "verify.py"
    program.write_text(text)
    log, last = traded.run_folder() / "audit.jsonl", lines_of(traded)[-1]
    words = [sys.executable, "-I", str(program)]

    good = subprocess.run([*words, "--head", last["hash"], log], capture_output=True, text=True)
    assert (good.returncode, good.stdout) == (0, f"{last['body']['seq']} {last['hash']}\n")
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(log.read_bytes().replace(b"accepted", b"rejected", 1))
    wrong = subprocess.run([*words, bad], capture_output=True, text=True)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith(f"{bad}:")
