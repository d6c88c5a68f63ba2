"""`runner run PATH…` by the wall clock: what is refused, who ends when, and what is imported."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from runner.commands import main
from runner.commands.trading import clock
from runner.engine.beginning import Run
from runner.engine.live import Outside
from runner.exchange.transport import Transport
from runner.model.errors import Halt, Unavailable
from tests.commands.desk import bars, csv, probe
from tests.conftest import ROOT
from tests.journal.audited import bodies


class NoNetwork(AbstractResolver):
    """No name can be looked up."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        raise OSError("there is no network")

    async def close(self) -> None: ...


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Transport(NoNetwork(), ssl.create_default_context())
    monkeypatch.setattr(clock, "transport", lambda: transport)


def a_file(folder: Path, name: str = "probe", **changes: str) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(probe(**changes).replace("name: probe", f"name: {name}"))
    return str(path)


@pytest.mark.usefixtures("cut_off")
@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ("paper", "api.binance.com"),
        ("live", "api.binance.com"),
        ("testnet", "testnet.binance.vision"),
        ("demo", "demo-api.binance.com"),
    ],
)
def test_without_a_network_it_says_which_host_and_ends(
    environment: str,
    host: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROBE_KEY", "k" * 64)
    monkeypatch.setenv("PROBE_SECRET", "s" * 64)
    state = str(tmp_path / "state")
    venue = "live" if environment == "paper" else environment
    file = a_file(tmp_path, venue=venue)

    code = main.run(["run", file, "--environment", environment, "--state", state])

    said = capfd.readouterr().err.splitlines()
    assert code == 3
    assert said == [
        f"error: binance does not tell its time: the address of {host} cannot be found; "
        "try again later",
    ]
    # What was tried is counted: the host may have been reached after all.
    assert (tmp_path / "state" / "budgets").is_dir()
    logs = [*(tmp_path / "state").rglob("audit*.jsonl")]
    calls = [body for log in logs for body in bodies(log)[1:]]  # prices on paper need no key
    assert [(one["host"], one["outcome"]) for one in calls] == (
        [] if environment == "paper" else [(host, "failed")]
    )
    assert main.run(["status", "--state", state]) == 1  # it is no run yet


@pytest.mark.usefixtures("cut_off")
@pytest.mark.parametrize(
    ("environment", "changes", "message"),
    [
        ("live", {}, "`env:PROBE_KEY` is not set"),
        ("testnet", {}, "account `main` of `probe` says `venue: live`, the command says "),
        ("live", {"venue": "testnet"}, "account `main` of `probe` says `venue: testnet`"),
        ("testnet", {"venue": "demo"}, "account `main` of `probe` says `venue: demo`"),
        ("demo", {}, "account `main` of `probe` says `venue: live`, the command says "),
        ("demo", {"venue": "demo"}, "`env:PROBE_KEY` is not set"),
    ],
)
def test_what_can_be_refused_is_refused_before_a_socket_is_opened(
    environment: str,
    changes: dict[str, str],
    message: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file, state = a_file(tmp_path, **changes), str(tmp_path / "state")

    code = main.run(["run", file, "--environment", environment, "--state", state])

    assert code == 1
    assert capfd.readouterr().err.startswith(f"error: {message}")


def test_a_program_is_asked_for_a_key_only_where_the_operator_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program, marker = tmp_path / "show", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {marker}\nexit 7\n")
    program.chmod(0o700)
    monkeypatch.setenv("PROBE_KEY", "k")
    credentials = f'{{api_key: "env:PROBE_KEY", api_secret: "exec:{program} it"}}'
    words = ["run", a_file(tmp_path, credentials=credentials), "--environment", "live"]

    assert main.run(words) == 1
    assert capfd.readouterr().err == (
        "error: an `exec:` reference runs a program: allow it with `--allow-exec`\n"
    )
    assert not marker.exists()
    assert main.run([*words, "--allow-exec"]) == 1
    assert capfd.readouterr().err.endswith("reference ended with code 7\n")
    assert marker.exists()


def test_two_owners_of_one_symbol_are_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    a_file(tmp_path, "one")
    a_file(tmp_path, "two")

    code = main.run(["run", str(tmp_path), "--state", str(tmp_path / "state")])

    assert code == 1
    assert "one.yaml has the same symbol on the same account" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--replay", "synthetic:7", "--environment", "paper"], "is an environment of its own"),
        (["--replay", "synthetic:7", "--once"], "is an environment of its own"),
        (["--allow-exec"], "`--allow-exec` is for testnet, demo and live"),
        (["--replay", "synthetic:7", "--allow-exec"], "`--allow-exec` is for testnet, demo and"),
        (["--json"], "`--fresh`, `--json` and `--speed` are for `--replay`"),
        (["--environment", "moon"], "'moon' is not one of 'paper', 'testnet', 'demo', 'live'"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(
    words: list[str], message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["run", a_file(tmp_path), *words]) == 2
    assert message in capfd.readouterr().err


def test_a_halt_in_one_file_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    a_file(tmp_path, "one")
    a_file(tmp_path, "two", symbols="[ETH/USDT]")
    a_file(tmp_path, "three", credentials='{api_key: "env:OTHER", api_secret: "env:SECRET"}')

    async def trade(
        run: Run, markets: object, outside: Outside, *rest: object, **more: object
    ) -> None:
        match run.strategy.name:
            case "one":
                raise Halt("a person must look")
            case "two":
                raise Unavailable("try again later")
        os.kill(os.getpid(), signal.SIGTERM)
        await outside.stop.end(forever(), 0.0)
        outside.tell("three: stopped; holds nothing")

    monkeypatch.setattr(clock, "run_paper", trade)
    code = main.run(["run", str(tmp_path), "--state", str(tmp_path / "state")])

    said = capfd.readouterr().err.splitlines()
    assert code == 3
    assert "error: a person must look" in said
    assert said[-1] == "three: stopped; holds nothing"


async def forever() -> NoReturn:
    import asyncio

    while True:
        await asyncio.sleep(3600)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--help"],
        ["run", "probe.yaml", "--replay", "bars.csv", "--state", "state"],
        ["validate", "probe.yaml"],
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_the_scheduler_is_imported_by_nobody_else(words: list[str], tmp_path: Path) -> None:
    a_file(tmp_path)
    (tmp_path / "bars.csv").write_text(csv(bars()))
    program = (
        "import sys; from runner.commands.main import run; code = run(sys.argv[1:]); "
        "assert not [one for one in sys.modules if one.startswith('apscheduler')]; sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
