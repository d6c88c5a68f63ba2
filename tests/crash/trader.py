"""One life of a runner that may die: `python -m tests.crash.trader FOLDER [WHAT …]`.

Trades a fixed strategy on a made-up market in FOLDER/run. WHAT is nothing, `steps` (write every
step to FOLDER/steps), `die STEP NTH [FILE]` (SIGKILL to itself at the nth time it passes that step)
or `faults FILE` (what the exchange's first process does wrong).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from runner.core.strategy import SizeMode
from runner.data.store import digest
from runner.data.synthetic import synthetic
from runner.engine.replay import JOURNAL_FILE, Replay, run_replay
from runner.engine.session import Watch
from runner.exchange.replay.process import EmbeddedExchange
from runner.exchange.replay.setup import Setup
from runner.journal.database import Journal
from runner.model.results import DataUsed, Result
from tests.engine.values import HOUR, a_market, a_strategy

BARS = 80


def a_replay() -> Replay:
    """Entries, exits by rule, stops and targets within a few dozen bars."""
    bars = synthetic(11, "BTC/USDT", HOUR, BARS)
    strategy = a_strategy(
        "close > sma(close, 5)",
        "close < sma(close, 12)",
        (SizeMode.RISK, "0.003"),
        stop="0.006 * close",
        r="1.5",
    )
    first, last = int(bars.opened_at[0]), bars.closed_at(BARS - 1)
    data = DataUsed("BTC/USDT", "1h", first, last, BARS, 0, 0, digest(bars), "synthetic:11")
    return Replay(strategy, bars, data, a_market(), 0, 0.0)


def trade(folder: Path, step: Callable[[str], None], faults: Path | None) -> Result:
    """Starts or resumes the run; only the first exchange process has faults."""
    remaining = [faults]

    def start(run: Path, setup: Setup) -> EmbeddedExchange:
        return EmbeddedExchange.start(run, setup, remaining.pop() if remaining else None)

    quiet = Watch(lambda record: None, lambda bars: None)
    return asyncio.run(
        run_replay(a_replay(), folder / "run", quiet, step, lambda result: {}, start)
    )


def finished(folder: Path) -> bool:
    """Killed after its last word: a command would start a new run in another folder."""
    path = folder / "run" / JOURNAL_FILE
    return path.exists() and Journal.read(path).is_finished()


def dying_at(step: str, nth: int) -> Callable[[str], None]:
    """Counts steps of that name and kills the process at the nth."""
    passed: Counter[str] = Counter()

    def pass_by(name: str) -> None:
        passed[name] += 1
        if name == step and passed[name] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_by


def main(folder: Path, what: list[str]) -> None:
    match what:
        case []:
            if not finished(folder):
                trade(folder, lambda name: None, None)
        case ["steps"]:
            with (folder / "steps").open("w") as file:
                trade(folder, lambda name: print(name, file=file), None)
        case ["die", step, nth]:
            trade(folder, dying_at(step, int(nth)), None)
        case ["die", step, nth, file_name]:
            trade(folder, dying_at(step, int(nth)), Path(file_name))
        case ["faults", file_name]:
            trade(folder, lambda name: None, Path(file_name))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
