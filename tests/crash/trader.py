"""Lives of a runner that may die: `python -m tests.crash.trader` forks one for each line it reads.

In: JSON lines on stdin, a `Life` or one to wait for. Out: a JSON line for each: the process id of a
life that began, or the exit code of one that ended (-9: killed; null: it lives on). A fork starts
in no time, for everything is imported already, and dies like any process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from runner.engine.replay import JOURNAL_FILE, Replay, run_replay
from runner.exchange.importing import async_exchange
from runner.exchange.replay.process import EmbeddedExchange
from runner.exchange.replay.setup import Setup
from runner.journal.database import Journal
from runner.model.results import Result
from runner.report.document import document
from tests.engine.replayed import QUIET, made_up
from tests.engine.rulebook import RULES
from tests.engine.values import a_market

POLL_S = 0.002

#: Where lives note the process id of each exchange that they start.
EXCHANGES = "exchanges"


@dataclass(frozen=True)
class Life:
    """One life in FOLDER/run. `dies`: a step and the how-manieth; an empty one counts all steps.

    `faults`: a file for each exchange process that it starts; `told`: a file to which every step
    is written.
    """

    folder: str
    rules: str
    symbols: int
    bars: int
    dies: tuple[str, int] | None = None
    faults: tuple[str, ...] = ()
    told: str | None = None

    def line(self) -> str:
        """As it is asked for."""
        return json.dumps({"live": asdict(self)}) + "\n"


def a_replay(life: Life) -> Replay:
    """The same at every life."""
    strategy = RULES[life.rules].strategy(life.symbols)
    data = made_up(strategy, life.bars)
    markets = tuple(a_market(symbol) for symbol in strategy.symbols)
    return Replay(strategy, data, markets, 0, 0.0)


def trade(life: Life, step: Callable[[str], None]) -> None:
    """Starts or resumes the run; each exchange process has the next of the faults."""
    run = Path(life.folder) / "run"
    if (run / JOURNAL_FILE).exists() and Journal.read(run / JOURNAL_FILE).is_finished():
        return  # killed after its last word: a command would begin a new run
    faults = [Path(name) for name in life.faults]
    known = Path(life.folder) / EXCHANGES
    known.touch()

    def start(folder: Path, setup: Setup) -> EmbeddedExchange:
        exchange = EmbeddedExchange.start(folder, setup, faults[0] if faults else None)
        if str(exchange.pid) not in known.read_text().split():  # it did not live already
            del faults[:1]
            with known.open("a") as file:
                print(exchange.pid, file=file)
        return exchange

    asyncio.run(run_replay(a_replay(life), run, QUIET, step, told, start))


def told(result: Result) -> dict[str, Any]:
    """What the journal keeps of a finished run."""
    return document(result, summary=True)


def stepping(life: Life) -> Callable[[str], None]:
    """Counts steps of each name, tells them, and dies at the one that was chosen."""
    passed: Counter[str] = Counter()

    def step(name: str) -> None:
        passed[name] += 1
        passed[""] += 1
        if life.told is not None:
            with Path(life.told).open("a") as file:
                print(name, file=file)
        if life.dies in ((name, passed[name]), ("", passed[""])):
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def begin(life: Life) -> int:
    """Forks; the child never returns."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        log = os.open(Path(life.folder) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        trade(life, stepping(life))
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def end(pid: int, within_s: float) -> int | None:
    """The exit code of a life; `None` where it has not ended in time."""
    deadline = time.monotonic() + within_s
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            return None
        time.sleep(POLL_S)


def answer(asked: Any) -> int | None:
    """To one line."""
    if "live" in asked:
        life = asked["live"]
        dies = life["dies"] and (life["dies"][0], life["dies"][1])
        return begin(Life(**(life | {"dies": dies, "faults": tuple(life["faults"])})))
    return end(asked["end"], asked["within_s"])


def main() -> None:
    async_exchange("binance")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
