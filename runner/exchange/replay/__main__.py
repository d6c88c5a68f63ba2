"""Starts the child: `python -m runner.exchange.replay --folder DIR`."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import sqlite3
import sys
import time
from pathlib import Path

from runner.exchange.replay.access import LOCK_FILE
from runner.exchange.replay.failures import FAILED, in_our_words
from runner.exchange.replay.faults import Faults
from runner.exchange.replay.server import serve
from runner.model.errors import RunnerError

IDLE_S = 600.0  # ten minutes without a request: whoever started us is gone
LOCK_WAIT_S = 2.0  # a killed predecessor's lock is released by the system, soon


def main() -> int:
    """Serves one run's folder; 3 where that cannot be, with the reason in the log."""
    parser = argparse.ArgumentParser(prog="runner.exchange.replay")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--idle-s", type=float, default=IDLE_S)
    parser.add_argument("--faults", type=Path)  # tests only
    arguments = parser.parse_args()
    os.umask(0o077)
    with (arguments.folder / LOCK_FILE).open("w") as lock:
        if not _locked(lock.fileno()):
            return _failed(f"another process serves `{arguments.folder}`")
        try:
            faults = Faults.read(arguments.faults)
            asyncio.run(serve(arguments.folder, faults, arguments.idle_s, _say_ready))
        except (OSError, RunnerError, sqlite3.Error) as reason:
            return _failed(in_our_words(reason))
    return 0


def _locked(descriptor: int) -> bool:
    """One process a folder."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)


def _say_ready() -> None:
    """Tells whoever waits, and lets go of the pipe: it may be gone long before us."""
    print("ready", flush=True)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _failed(reason: str) -> int:
    print(f"{FAILED}{reason}", file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.exit(main())
