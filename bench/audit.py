"""How many lines of the audit log are written and verified in a second.

`python bench/audit.py [LINES]` writes a log of readings, in files of 16 MiB, and verifies it; both
with their wall and CPU time. A call that changes something waits for the disk besides: that is
measured on its own. It exits with 1 when fewer than 100,000 lines are verified in a second of CPU
time.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runner.journal.audit import Log
from runner.journal.auditfile import files_in, verified
from runner.model.calls import CallOutcome, CallRecord

LINES, WRITES, LEAST = 200_000, 300, 100_000
ACCEPTED, ANSWERED = CallOutcome.ACCEPTED, CallOutcome.ANSWERED


def a_call(verb: str, path: str, outcome: CallOutcome, ids: tuple[str, ...]) -> CallRecord:
    weight = (("x-mbx-used-weight", 20), ("x-mbx-used-weight-1m", 20))
    fixed = ("binance", "live", "0123456789abcdef", verb, "GET", "api.binance.com", path)
    return CallRecord(
        1_700_000_000_000, 12, *fixed, "BTC/USDT", ids, (), (), outcome, 200, "", weight
    )


def a_log(folder: Path) -> Log:
    return Log.open(folder, None, "live", lambda: 0, lambda _: None, lambda _: True)


def measured(what: str, count: int, work: Callable[[], object]) -> float:
    """Prints a line; how many in a second of CPU time."""
    began, cpu_began = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    print(f"{what:24}{count / wall:>14,.0f} /s{count / cpu:>14,.0f} /s of CPU")
    return count / cpu


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    read = a_call("read", "/api/v3/klines", ANSWERED, ())
    order = a_call("submit", "/api/v3/order", ACCEPTED, ("a" * 32,))
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        log = a_log(folder)

        def write(call: CallRecord, times: int) -> None:
            for _ in range(times):
                log.record("main", call)

        measured("readings written", count, lambda: write(read, count))
        measured("orders written, synced", WRITES, lambda: write(order, WRITES))
        log.close()
        found = []
        speed = measured("lines verified", count, lambda: found.extend(verified(files_in(folder))))
    assert sum(one.lines for one in found) == count + WRITES + len(found)
    assert all(one.bad is None for one in found)
    return int(speed < LEAST)


if __name__ == "__main__":
    sys.exit(main())
