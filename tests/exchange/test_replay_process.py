"""The child process of the embedded exchange: found again, private, and gone when it should be."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from runner.exchange.replay.access import ACCESS_FILE, LOG_FILE, read_access
from runner.exchange.replay.process import EmbeddedExchange
from runner.exchange.replay.setup import SETUP_FILE, save_bars, setup_of, setup_text
from runner.model.errors import Refused, Unavailable
from runner.model.markets import MarketKind
from tests.exchange.loopback import a_desk, a_setup, bars

SERIES = "100 100 100"


def test_a_second_start_finds_the_living_exchange(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        desk.market("buy", "1", "entry")

        found = EmbeddedExchange.start(desk.folder, desk.setup)
        state = desk.wait(found.state())
        desk.wait(found.close())

        assert found.pid == desk.exchange.pid
        assert found.api_key.reveal() == desk.exchange.api_key.reveal()
        assert [order["client_order_id"] for order in state["orders"]] == ["entry"]


def test_a_restart_keeps_the_key_and_the_certificate(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        before = read_access(desk.folder)
        authority = (desk.folder / "ca.pem").read_bytes()

        desk.kill()
        desk.restart()

        after = read_access(desk.folder)
        assert before is not None
        assert after is not None
        assert after.pid != before.pid
        assert replace(after, pid=before.pid, port=before.port) == before
        assert (desk.folder / "ca.pem").read_bytes() == authority
        assert desk.balance()["USDT"]["free"] == 1000.0  # the old client goes on


def test_a_folder_holds_one_run(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        other = replace(desk.setup, initial=Decimal(7))

        with pytest.raises(Refused, match="other data or rules"):
            EmbeddedExchange.start(desk.folder, other)


def test_the_folder_is_private_and_its_log_holds_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_SECRET", "hush")
    with a_desk(tmp_path, SERIES) as desk:
        desk.market("buy", "1", "entry")
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in [desk.folder, *desk.folder.rglob("*")]
        }
        log = (desk.folder / LOG_FILE).read_text()
        environment = Path(f"/proc/{desk.exchange.pid}/environ")
        inherited = environment.read_bytes() if environment.exists() else b""
        session = os.getsid(desk.exchange.pid)

    assert [name for name, mode in modes.items() if mode & 0o077] == []
    assert ACCESS_FILE in modes
    assert log == ""
    assert b"hush" not in inherited
    assert session == desk.exchange.pid


def test_a_termination_ends_it_cleanly_and_the_next_start_goes_on(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        desk.market("buy", "1", "entry")
        before = desk.state()

        os.kill(desk.exchange.pid, signal.SIGTERM)
        assert desk.exchange._child is not None
        code = desk.exchange._child.wait(10)
        desk.restart()

        assert code == 0
        assert desk.state() == before


def test_it_ends_when_nobody_asks(tmp_path: Path) -> None:
    setup = a_setup(save_bars(tmp_path, bars(SERIES)))
    (tmp_path / SETUP_FILE).write_text(setup_text(setup))
    command = [sys.executable, "-m", "runner.exchange.replay", "--folder", str(tmp_path)]

    ended = subprocess.run([*command, "--idle-s", "0.05"], timeout=30, capture_output=True)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"ready\n", b"")


def test_a_second_process_on_one_folder_is_refused(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        command = [sys.executable, "-m", "runner.exchange.replay", "--folder", str(desk.folder)]

        second = subprocess.run(command, timeout=30, capture_output=True, text=True)

    assert second.returncode == 3
    assert second.stderr == f"error: another process serves `{desk.folder}`\n"


def test_what_keeps_it_from_starting_is_in_its_log(tmp_path: Path) -> None:
    setup = a_setup(str(tmp_path / "nowhere"))

    with pytest.raises(Unavailable, match=r"did not start; see .*exchange\.log"):
        EmbeddedExchange.start(tmp_path / "run", setup)

    log = (tmp_path / "run" / LOG_FILE).read_text()
    assert "nowhere" in log
    assert "Traceback" not in log


def test_an_exchange_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        desk.kill()

        with pytest.raises(Unavailable, match="goes on from its ledger"):
            desk.advance()


def test_a_setup_is_the_same_after_its_file() -> None:
    for kind in MarketKind:
        setup = a_setup("somewhere", kind=kind, slippage="0.0005", cash="1234.5")

        assert setup_of(setup_text(setup)) == setup


def test_stopping_what_is_gone_is_no_error(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        desk.kill()
        desk.wait(desk.exchange.stop())

        with pytest.raises(ProcessLookupError):
            os.kill(desk.exchange.pid, 0)


def test_nothing_listens_after_the_end(tmp_path: Path) -> None:
    with a_desk(tmp_path, SERIES) as desk:
        exchange = desk.exchange

    with pytest.raises(Unavailable):
        asyncio.run(exchange.clock())
