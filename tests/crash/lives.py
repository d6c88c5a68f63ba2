"""Leads a trader through its lives: where it dies, what dies beside it, how it comes back."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.crash.trader import Life

LIFE_S = 100.0


@dataclass
class Midwife:
    """The process that forks lives."""

    process: subprocess.Popen[str]

    def begin(self, life: Life) -> int:
        """A life that goes on by itself; its process id."""
        Path(life.folder).mkdir(parents=True, exist_ok=True)
        return int(self._ask(life.line()))

    def end(self, pid: int, within_s: float = LIFE_S) -> int | None:
        """How a life ended; `None`: not yet."""
        code: int | None = self._ask(json.dumps({"end": pid, "within_s": within_s}) + "\n")
        return code

    def live(self, life: Life) -> int:
        """One life to its end or its death."""
        code = self.end(self.begin(life))
        assert code is not None, f"it hangs; see {life.folder}/log"
        assert code in (0, -signal.SIGKILL), (Path(life.folder) / "log").read_text()[-4000:]
        return code

    def live_to_the_end(self, life: Life) -> None:
        """A life that is not killed."""
        assert self.live(life) == 0, (Path(life.folder) / "log").read_text()[-4000:]

    def live_through(self, life: Life, deaths: list[float], victim: str) -> None:
        """Until the run is over; `victim` (`runner` or `exchange`) is killed at each moment.

        A moment is in seconds since the last death; a life may be over before it comes.
        """
        pid = self.begin(life)
        for moment in deaths:
            if (code := self.end(pid, moment)) is not None:
                assert code == 0, (Path(life.folder) / "log").read_text()[-4000:]
                return
            if victim == "exchange":
                kill_exchange(Path(life.folder))
                continue
            os.kill(pid, signal.SIGKILL)
            self.end(pid)
            pid = self.begin(life)
        assert self.end(pid) == 0, (Path(life.folder) / "log").read_text()[-4000:]

    def die_at_every(self, life: Life, names: list[str]) -> int:
        """Lives that die at each of these steps in turn, in as many runs as that takes.

        In the order in which a run first passes them most die in the first. Returns how many died;
        what a run passes no more is first in the next.
        """
        left, runs, deaths = list(names), 0, 0
        while left:
            runs += 1
            here = replace(life, folder=f"{life.folder}/{runs}")
            met = self._one_run(here, left)
            assert met, f"nothing dies at {left[0]}"
            deaths += len(met)
            left = [name for name in left if name not in met]
        return deaths

    def die_now_and_then(self, life: Life, seed: int, longest: int) -> int:
        """Each life dies after at most `longest` steps, until one is over; how many died."""
        chance, deaths = random.Random(seed), 0
        while self.live(replace(life, dies=("", chance.randint(1, longest)))):
            deaths += 1
        return deaths

    def _one_run(self, life: Life, names: list[str]) -> list[str]:
        """Dies at the names in turn, one life each, until the run is over."""
        met: list[str] = []
        for name in names:
            if self.live(replace(life, dies=(name, 1))) == 0:
                return met
            met.append(name)
        self.live_to_the_end(life)
        return met

    def _ask(self, line: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def a_midwife() -> Iterator[Midwife]:
    """Ends with everything that it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.trader"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Midwife(process)
    finally:
        process.communicate(timeout=LIFE_S)


def kill_exchange(folder: Path) -> None:
    """SIGKILL to the embedded exchange, if it lives."""
    for access in folder.rglob("access.json"):
        try:
            os.kill(json.loads(access.read_text())["pid"], signal.SIGKILL)
        except ProcessLookupError:
            continue


def moments(seed: int, count: int, longest_s: float) -> list[float]:
    """`count` random moments of a life."""
    chance = random.Random(seed)
    return [chance.uniform(0.05, longest_s) for _ in range(count)]
