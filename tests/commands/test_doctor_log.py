"""`runner doctor` logs every call with a key: chained, vouched for; unlogged none leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.commands.checks.calls import own_log, unlogged
from runner.commands.checks.verdict import Verdict, exit_code_of
from runner.model.errors import Unavailable
from tests.commands.answering import (
    ACCOUNT,
    DEAD,
    RIGHTS,
    Standing,
    answers,
    asked,
    no_pause,
)
from tests.commands.doctorlog import FINGERPRINT, Audit, again, log_of
from tests.commands.rights import without_root_rights
from tests.conftest import ROOT
from tests.exchange.scripted import KEY, SECRET
from tests.journal.audited import bodies, verifier
from tests.rules.files import GOOD


def test_every_call_that_reaches_the_exchange_has_its_line(tmp_path: Path, audit: Audit) -> None:
    _, exchange = asked(answers(rights=DEAD), state=tmp_path)

    genesis, *calls = bodies(log_of(tmp_path))
    assert genesis["type"] == "genesis"
    assert [f"{call['method']} {call['path']}" for call in calls] == exchange.paths
    assert {RIGHTS, ACCOUNT} <= set(exchange.paths)
    assert {call["key"] for call in calls} == {FINGERPRINT}
    assert {(call["environment"], call["venue"]) for call in calls} == {("doctor", "live")}
    assert [call["code"] for call in calls if call["path"].endswith("Restrictions")] == ["-2015"]
    text = log_of(tmp_path).read_text()
    assert KEY not in text
    assert SECRET not in text
    assert "signature" not in text
    last = json.loads(text.splitlines()[-1])["hash"]
    assert verifier()([str(log_of(tmp_path))], last) == ("", (len(calls) + 1, last))
    code, said = audit("verify", "--head", last)
    assert code == 0
    assert said.splitlines() == [
        "runner doctor",
        f"  {log_of(tmp_path)}: {len(calls) + 1} lines",
        f"  intact, up to the line that the journal vouches for: line {len(calls) + 1}, {last}",
        f"head {last} is in the log",
    ]


def test_doctors_one_after_the_other_go_on_with_one_chain(tmp_path: Path, audit: Audit) -> None:
    _, exchange = asked(answers(), state=tmp_path)
    (check,) = again(tmp_path)

    calls = len(exchange.paths)
    assert (check.verdict, check.fact) == (
        Verdict.OK,
        f"{calls} calls logged, up to line {2 * calls + 1}",
    )
    assert [body["seq"] for body in bodies(log_of(tmp_path))] == [*range(1, 2 * calls + 2)]
    assert audit("verify", "doctor")[0] == 0


def test_show_and_report_tell_what_a_doctor_asked(tmp_path: Path, audit: Audit) -> None:
    _, exchange = asked(answers(), state=tmp_path)

    code, said = audit("show", "--verb", "audit")
    assert code == 0
    (line,) = said.splitlines()
    assert " GET api.binance.com/sapi/v1/account/apiRestrictions  200 " in line
    assert line.endswith("  runner doctor")
    code, said = audit("show", "doctor", "--json")
    assert len(json.loads(said)["lines"]) == len(exchange.paths)
    code, said = audit("report")
    assert code == 0
    assert said.startswith(f"key {FINGERPRINT} at binance: doctor, account main\n")
    code, said = audit("verify", "--json")
    (log,) = json.loads(said)["logs"]
    assert (log["strategy"], log["environment"]) == (None, "doctor")
    assert log["journal"]["seq"] == len(exchange.paths) + 1


def test_where_no_doctor_has_asked_there_is_nothing_to_show(tmp_path: Path, audit: Audit) -> None:
    assert audit("show", "doctor") == (
        1,
        f"error: `runner doctor` has asked nobody yet with `{tmp_path}` as state folder\n",
    )


def test_another_doctor_is_waited_for(tmp_path: Path) -> None:
    with ExitStack() as other:
        other.enter_context(own_log(tmp_path, "main", Standing(), no_pause))
        with own_log(tmp_path, "main", Standing(), lambda _: other.close()) as log:
            (check,) = log.checks()

    assert check.fact == "0 calls logged, up to line 1"


class Passing(Standing):
    """Time passes while somebody waits."""

    now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


def test_a_doctor_that_waits_too_long_asks_nothing_and_names_the_other(tmp_path: Path) -> None:
    time = Passing()
    with (
        own_log(tmp_path, "main", Standing(), no_pause),
        pytest.raises(Unavailable, match=rf"another `runner doctor` \(pid {os.getpid()}\)") as told,
        own_log(tmp_path, "main", time, time.wait),
    ):
        pass

    assert 10 < time.now_s < 11
    check = unlogged("x", told.value)
    assert (check.verdict, exit_code_of([check])) == (Verdict.CANNOT_VERIFY, 3)


#: A doctor in a process of its own, which finds no exchange.
ALONE = """
import ssl, sys
from aiohttp.abc import AbstractResolver
class Nobody(AbstractResolver):
    async def resolve(self, host, port=0, family=0):
        raise OSError("there is no network")
    async def close(self):
        pass
from runner.commands.trading import clock
from runner.exchange.transport import Transport
clock.transport = lambda: Transport(Nobody(), ssl.create_default_context())
from runner.commands.main import run
sys.exit(run(sys.argv[1:]))
"""


def alone(folder: Path, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    """Its state folder is `folder`; `before` runs in the new process."""
    (folder / "x.yaml").write_text(GOOD)
    return subprocess.Popen(
        [sys.executable, "-c", ALONE, "doctor", "x.yaml", "--state", str(folder)],
        cwd=folder,
        env=os.environ | {"KEY": KEY, "SECRET": SECRET, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def test_doctors_at_once_lose_no_line(tmp_path: Path, audit: Audit) -> None:
    doctors = [alone(tmp_path) for _ in range(3)]
    said = [process.communicate(timeout=60)[0] for process in doctors]

    assert [process.returncode for process in doctors] == [3] * 3, said
    ends = sorted(text.partition("up to line ")[2][:1] for text in said)
    assert ends == ["2", "3", "4"], said
    assert [body["type"] for body in bodies(log_of(tmp_path))] == ["genesis"] + ["call"] * 3
    assert audit("verify")[0] == 0


def test_where_the_state_folder_is_read_only_the_exchange_is_not_asked(tmp_path: Path) -> None:
    rights = without_root_rights()
    (tmp_path / "budgets").mkdir()
    (tmp_path / "doctor").mkdir(mode=0o500)

    process = alone(tmp_path, rights)

    said = " ".join(process.communicate(timeout=60)[0].split())
    assert process.returncode == 3, said
    assert "cannot verify audit" in said
    assert "(permission denied)" in said
    assert "binance live" not in said
    assert list((tmp_path / "doctor").iterdir()) == []


#: A doctor that is killed behind its second call.
KILLED = """
import os, signal, sys
from pathlib import Path
from runner.commands.checks.calls import own_log
from runner.model.clock import MachineClock
from tests.journal.audited import a_call
with own_log(Path(sys.argv[1]), "main", MachineClock(), None) as log:
    for _ in range(2):
        log.step("socket:read:before")
        log.record(a_call())
    log.step("socket:read:before")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("more", "gap"), [(b"", ""), (b'{"body":{"acc', "crash")])
def test_a_doctor_that_was_killed_leaves_what_the_next_one_goes_on_from(
    more: bytes, gap: str, tmp_path: Path, audit: Audit
) -> None:
    known = os.environ | {"PYTHONPATH": str(ROOT)}
    died = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=known).returncode
    assert died == -signal.SIGKILL
    with log_of(tmp_path).open("ab") as file:
        file.write(more)
    assert audit("verify")[0] == int(bool(gap))

    (check,) = again(tmp_path)

    assert check.verdict is Verdict.OK
    first = bodies(log_of(tmp_path))[0]
    assert (first["cause"], first["seq"]) == (gap, 4 if gap else 1)
    code, said = audit("verify")
    assert code == 0, said
    assert ("gap (crash)" in said) is bool(gap)
