"""How long `runner --help` and `runner validate` take from nothing to their answer.

`python bench/startup.py [FILE]` prints the least and the median of 15 runs, in wall and CPU time,
and their ratio to a Python that does nothing. It exits with 1 when the quickest run takes more than
100 ms of wall or 120 ms of CPU time. Bytecode is cached, as an installation has it.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 15
MOST_WALL_MS, MOST_CPU_MS = 100.0, 120.0


def commands(file: str) -> dict[str, list[str]]:
    """What is measured: nothing, the libraries alone, and the two commands."""
    return {
        "python -c pass": ["-c", "pass"],
        "import click, yaml": ["-c", "import click, yaml"],
        "runner --help": ["-m", "runner", "--help"],
        "runner validate": ["-m", "runner", "validate", file],
    }


def once(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU milliseconds of one run."""
    before, began = _cpu_s(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    return (time.perf_counter() - began) * 1e3, (_cpu_s() - before) * 1e3


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measures in turn, so that other work on the machine meets all of them alike."""
    file = sys.argv[1] if len(sys.argv) > 1 else "rules/breakout.yaml"
    measured = commands(str(Path(file).resolve()) if len(sys.argv) > 1 else file)
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in measured}
        for number in range(REPEATS + 1):
            for name, arguments in measured.items():
                spent = once(arguments, environment)
                if number:  # the first one writes the bytecode
                    runs[name].append(spent)
    return report(runs)


def report(runs: dict[str, list[tuple[float, float]]]) -> int:
    """One line a command; 1 when one of ours is too slow."""
    nothing, slow = min(cpu for _, cpu in runs["python -c pass"]), 0
    print(f"{'':20}{'wall ms':>16}{'CPU ms':>16}{'CPU ratio':>12}")
    for name, spent in runs.items():
        walls, cpus = ([run[at] for run in spent] for at in (0, 1))
        wall = f"{min(walls):.0f} … {statistics.median(walls):.0f}"
        cpu = f"{min(cpus):.0f} … {statistics.median(cpus):.0f}"
        print(f"{name:20}{wall:>16}{cpu:>16}{min(cpus) / nothing:>12.1f}")
        if name.startswith("runner") and (min(walls) > MOST_WALL_MS or min(cpus) > MOST_CPU_MS):
            slow = 1
    return slow


if __name__ == "__main__":
    sys.exit(main())
