"""No secret leaves its door: not in what is said, not in what is written, not in a command line.

Canaries stand where the rule file's references point (environment, `.env`, a key file); the key
that the embedded exchange issued is read from the run's folder afterwards.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.desk import HOLDING, LIFE_S, PROBE, Desk, Said, command_line

CANARIES = ("canary-7f3a9c51e2", "canary-b0d4486af7")
#: The only files that hold a key: where the exchange's issued one is kept, and where ours is.
KEEPERS = {"access.json", ".env", "key.txt"}
FORMS: tuple[tuple[str, ...], ...] = ((), ("--json",))


@pytest.fixture
def guarded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with canaries behind every reference of its rule file."""
    key, secret = CANARIES
    monkeypatch.setenv("PROBE_KEY", key)
    monkeypatch.setenv("PROBE_SECRET", secret)
    desk.write(".env", f"PROBE_KEY={key}\nPROBE_SECRET={secret}\n").chmod(0o600)
    path = desk.write("key.txt", secret)
    path.chmod(0o600)
    by_file = PROBE.replace("env:PROBE_SECRET", f"file:{path}")
    desk.write("by_file.yaml", by_file.replace("env:PROBE_KEY", "dotenv:PROBE_KEY"))
    return desk


def secrets_of(desk: Desk) -> list[str]:
    """The canaries, and what every exchange below the desk issued."""
    issued = [json.loads(path.read_text()) for path in desk.folder.rglob("access.json")]
    return [
        *CANARIES,
        *(one[name] for one in issued for name in ("api_key", "api_secret", "token")),
    ]


def written(desk: Desk) -> Iterator[tuple[Path, bytes]]:
    """Every file that a command wrote, logs of SQLite included."""
    for path in desk.folder.rglob("*"):
        if path.is_file() and path.name not in KEEPERS:
            yield path, path.read_bytes()


def expect_none(desk: Desk, said: list[Said]) -> None:
    """None of the secrets stands in what was said or written."""
    secrets = secrets_of(desk)
    for secret in secrets:
        for one in said:
            assert secret not in one.out
            assert secret not in one.err
        for path, content in written(desk):
            assert secret.encode() not in content, path
    assert len(secrets) > len(CANARIES)


def test_commands_that_work_keep_the_secrets(guarded: Desk) -> None:
    desk, state = guarded, ("--state", "state")

    said = [
        desk.run(),
        desk.run("--json", file="by_file.yaml"),
        *(desk.runner(name, *state, *form) for name in ("status", "orders") for form in FORMS),
        *(desk.runner("audit", name, *state) for name in ("verify", "show", "report")),
        desk.runner("backtest", "probe.yaml", "--data", "bars.csv", *state),
        desk.runner("backtest", "by_file.yaml", "--data", "bars.csv", *state, "--json"),
        desk.runner("validate", "probe.yaml", "by_file.yaml"),
        desk.runner("validate", "by_file.yaml", "--format", "json"),
    ]

    assert [one.code for one in said[:-2]] == [0] * (len(said) - 2)
    expect_none(desk, said)


def test_commands_that_fail_keep_the_secrets(guarded: Desk) -> None:
    desk = guarded
    run = desk.killed(*HOLDING)
    (run / "exchange.db-wal").unlink()
    (run / "exchange.db").write_bytes(b"garbage" * 1000)

    said = [
        desk.run(),
        desk.run("--json", data="gone.csv"),
        desk.run("--set", "fast=1"),
        desk.seam({"key": {"futures": True}}, "--fresh"),
        desk.seam({"symbol": "ETH/USDT"}, "--fresh"),
        desk.runner("backtest", "gone.yaml", "--data", "bars.csv"),
        desk.runner("status", "nobody", "--state", "state"),
    ]

    assert [one.code for one in said] == [3, 1, 1, 1, 1, 2, 1]
    expect_none(desk, said)


def test_processes_show_no_secret_while_they_live(guarded: Desk) -> None:
    life = guarded.frozen(*HOLDING)
    access = json.loads((guarded.run_folder() / "access.json").read_text())
    pids, secrets = (life.pid, access["pid"]), secrets_of(guarded)

    lines = [command_line(pid) for pid in pids]
    inherited = Path(f"/proc/{access['pid']}/environ").read_bytes().decode()

    assert "tests.commands.seam" in lines[0]
    assert "runner.exchange.replay" in lines[1]
    assert not [secret for secret in secrets for line in lines if secret in line]
    assert not [secret for secret in secrets if secret in inherited]
    expect_none(guarded, [])
    life.send_signal(signal.SIGCONT)
    out, err = life.communicate(timeout=LIFE_S)
    expect_none(guarded, [Said(life.returncode, out, err)])


def test_what_holds_the_key_is_for_its_owner_only(guarded: Desk) -> None:
    guarded.killed(*HOLDING)

    run = guarded.run_folder()

    assert run.stat().st_mode & 0o077 == 0
    for path in run.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
