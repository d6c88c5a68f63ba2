"""How much a cold `runner backtest` costs beside the least that Python and numpy could do.

`python bench/backtest.py` needs a C compiler. It writes a market of 1,000,000 bars, warms the data
cache, runs whole processes in turn and prints their CPU time and peak memory. It exits with 1 where
the rules of reference.c give other trades than in C or an equity 1e-9 apart, and where a figure
misses its bound.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# No numpy here: a child begins with the memory of its parent, which counts as its peak.
HERE = Path(__file__).resolve().parent
BARS, FEW = 1_000_000, 20_000
ROUNDS = 11
MOST_CPU, MOST_RSS_MB, MOST_RICH, MOST_DIFFERENCE = 2.2, 150.0, 4.0, 1e-9
TITLES = {
    "python": "python -c pass",
    "reference": "numpy, arrays, loop in C",
    "one thread": "the same, OPENBLAS_NUM_THREADS=1",
    "simple": f"runner backtest, {BARS:,} bars",
    "rich": "the same, rich.yaml",
    "simple, few": f"runner backtest, {FEW:,} bars",
    "rich, few": "the same, rich.yaml",
}
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")


@dataclass
class Process:
    """A command and what its runs cost: CPU seconds, user and system, and peak memory in MB."""

    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    cpu_s: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)

    @property
    def least_s(self) -> float:
        """Other work on the machine only ever adds."""
        return min(self.cpu_s)


def main() -> int:
    """Prepares, measures, reports."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        environment["PYTHONPATH"] = str(HERE.parent)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        processes = prepared(folder, environment)
        for process in processes.values():
            process.cpu_s.clear()
            process.rss_mb.clear()
        for _ in range(ROUNDS):
            for process in processes.values():  # in turn: a slow moment hits all alike
                run(process, environment, folder)
        runner = ours(run(processes["simple"], environment, folder))
        c = Outcome(**json.loads(run(processes["reference"], environment, folder)))
    return report(processes, runner, c)


def prepared(folder: Path, environment: dict[str, str]) -> dict[str, Process]:
    """Everything to be measured, after a first run that wrote bytecode and the data cache."""
    library = folder / "reference.so"
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, *FLAGS, str(HERE / "reference.c"), "-o", str(library)], check=True)
    processes = {"python": Process(["-c", "pass"])}
    for bars in (BARS, FEW):
        file = folder / f"bars-{bars}.csv"
        subprocess.run(
            [sys.executable, str(HERE / "market.py"), str(file), "--bars", str(bars)],
            check=True,
            env=environment,
        )
        os.utime(file, (0, 0))  # the cache keeps no file that might still be written to
        for rule in ("simple", "rich"):
            processes[rule if bars == BARS else f"{rule}, few"] = backtest(rule, file, folder)
    for process in processes.values():
        run(process, environment, folder)
    arrays = max((folder / "state").rglob("values.npy"), key=lambda path: path.stat().st_size)
    least = [str(HERE / "process.py"), str(library), str(arrays.parent)]
    processes["reference"] = Process(least)
    # As `runner` starts numpy: with more threads a part of its import is waiting in a loop.
    processes["one thread"] = Process(least, {"OPENBLAS_NUM_THREADS": "1"})
    run(processes["reference"], environment, folder)
    return {name: processes[name] for name in TITLES}


def backtest(rule: str, data: Path, folder: Path) -> Process:
    """`runner backtest` of one of the two rule files here."""
    file = HERE / {"simple": "reference.yaml", "rich": "rich.yaml"}[rule]
    options = ["--data", str(data), "--summary", "--json", "--state", str(folder / "state")]
    return Process(["-m", "runner", "backtest", str(file), *options])


def run(process: Process, environment: dict[str, str], folder: Path) -> str:
    """One run, whose cost is noted; returns what it printed."""
    printed = folder / "printed"
    to_file = (os.POSIX_SPAWN_OPEN, 1, str(printed), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, *process.arguments],
        environment | process.environment,
        file_actions=[to_file],
    )
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"this failed: python {' '.join(process.arguments)}")
    process.cpu_s.append(used.ru_utime + used.ru_stime)
    process.rss_mb.append(used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))
    return printed.read_text()


@dataclass(frozen=True)
class Outcome:
    """What a simulation came to."""

    trades: int
    equity: float


def ours(printed: str) -> Outcome:
    """Of a result of `runner backtest --json`."""
    result = json.loads(printed)
    return Outcome(result["metrics"]["trades"], float(result["equity"]["final"]))


def report(processes: dict[str, Process], runner: Outcome, c: Outcome) -> int:
    """Prints a table and each figure beside its bound; 1 where one misses it."""
    least = processes["reference"].least_s
    print(f"{platform.machine()}, Python {platform.python_version()}, {ROUNDS} rounds in turn\n")
    print(f"{'process':34}{'CPU ms: min':>12}{'median':>8}{'RSS MB':>8}{'/ reference':>13}")
    for name, process in processes.items():
        cpu_ms, median_ms = process.least_s * 1e3, statistics.median(process.cpu_s) * 1e3
        print(
            f"{TITLES[name]:34}{cpu_ms:12.0f}{median_ms:8.0f}{max(process.rss_mb):8.0f}"
            f"{process.least_s / least:13.2f}"
        )
    difference = abs(runner.equity / c.equity - 1.0)
    print(f"\ntrades: runner {runner.trades:,}, C {c.trades:,}")
    simple, rich = (bar_ns(processes, rule) for rule in ("simple", "rich"))
    print(f"one bar: simple {simple:.0f} ns, rich {rich:.0f} ns\n")
    figures = (
        ("equity beside C, relative", difference, MOST_DIFFERENCE),
        ("CPU, simple / reference", processes["simple"].least_s / least, MOST_CPU),
        ("CPU of one bar, rich / simple", rich / simple, MOST_RICH),
        ("RSS, simple, MB", max(processes["simple"].rss_mb), MOST_RSS_MB),
    )
    for name, value, most in figures:
        print(f"{name:32}{value:12.3g}   at most {most:g}{'' if value <= most else '   MISSED'}")
    right = runner.trades == c.trades and all(value <= most for _, value, most in figures)
    return 0 if right else 1


def bar_ns(processes: dict[str, Process], rule: str) -> float:
    """What one more bar costs: the start of the process is left out."""
    many, few = processes[rule], processes[f"{rule}, few"]
    return (many.least_s - few.least_s) / (BARS - FEW) * 1e9


if __name__ == "__main__":
    sys.exit(main())
