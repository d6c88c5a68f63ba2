"""Runs a trader through its lives, and reads the exchange's own ledger afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from runner.journal.database import Journal
from runner.model.orders import ENDED, OrderState

ROOT = Path(__file__).resolve().parent.parent.parent
LIFE_S = 100.0


def live(folder: Path, *what: str) -> int:
    """One life, to its end or its death; returns the exit code (-9: killed)."""
    with (folder / "log").open("ab") as log:
        command = [sys.executable, "-m", "tests.crash.trader", str(folder), *what]
        return subprocess.run(
            command, cwd=ROOT, stdout=log, stderr=log, timeout=LIFE_S, check=False
        ).returncode


def live_through(folder: Path, deaths: list[float], victim: str) -> None:
    """Lives until the run is finished; `victim` (`runner` or `exchange`) is killed at each moment.

    A moment is in seconds since the last death.
    """
    runner = start_life(folder)
    for moment in deaths:
        try:
            runner.wait(timeout=moment)
            break
        except subprocess.TimeoutExpired:
            pass  # it lives, so it can die
        if victim == "exchange":
            kill_exchange(folder)
            continue
        runner.kill()
        runner.wait()
        runner = start_life(folder)
    assert runner.wait(timeout=LIFE_S) == 0, (folder / "log").read_text()


def start_life(folder: Path) -> subprocess.Popen[bytes]:
    """A runner that starts or resumes the run."""
    with (folder / "log").open("ab") as log:
        command = [sys.executable, "-m", "tests.crash.trader", str(folder)]
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def kill_exchange(folder: Path) -> None:
    """SIGKILL to the embedded exchange, if it lives."""
    access = folder / "run" / "access.json"
    if access.exists():
        try:
            os.kill(json.loads(access.read_text())["pid"], signal.SIGKILL)
        except ProcessLookupError:
            return


def ledger(folder: Path) -> dict[str, list[Any]]:
    """What the exchange has on disk: every order, fill, event and balance, in order."""
    database = sqlite3.connect(folder / "run" / "exchange.db")
    try:
        tables = ("orders", "fills", "events", "lists", "state")
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    finally:
        database.close()


def strays(folder: Path) -> list[str]:
    """Orders that the journal and the exchange do not agree on, by client order id."""
    told = {row[2]: row[5] for row in ledger(folder)["orders"]}
    journal = {
        record.client_order_id: record.state
        for record in Journal.read(folder / "run" / "journal.db").orders()
        if record.state is not OrderState.DENIED
    }
    wrong = list(told.keys() ^ journal.keys())
    ended = {"FILLED", "CANCELED", "EXPIRED"}
    wrong += [
        name
        for name in told.keys() & journal.keys()
        if (told[name] in ended) is not (journal[name] in ENDED)
    ]
    return wrong


def moments(seed: int, count: int, longest_s: float) -> list[float]:
    """`count` random moments of a life."""
    chance = random.Random(seed)
    return [chance.uniform(0.05, longest_s) for _ in range(count)]
