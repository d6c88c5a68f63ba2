"""What a start costs: `runner run --help`, and a live start up to its first request.

`python bench/startup_live.py` prints the least and the median of 11 runs, interleaved, in CPU time,
and the least of their largest resident sets. `runner run --help` is compared with a Python that
imports click; the live start, which ends where its first byte would leave, with importing ccxt's
asynchronous package and making its class. It exits with 1 where a ratio of the least is over its
limit. Bytecode is cached, as an installation has it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 11
MOST_HELP, MOST_LIVE = 3.0, 0.65

NOTHING, CLICK, HELP = "nothing", "import click", "runner run --help"
CCXT, LIVE = "ccxt, binance()", "runner run, live"

#: The last thing a program does: what it has used goes to stdout, and nothing else is run.
END = """
def end(*_, **__):
    import os, resource
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.__stdout__, flush=True)
    os._exit(0)
"""
PROGRAMS = {
    NOTHING: "end()",
    CLICK: "import click; end()",
    HELP: """
import os
sys.stdout = open(os.devnull, "w")
from runner.commands.main import run
run(["run", "--help"])
end()
""",
    CCXT: """
import asyncio, ccxt.async_support
async def main():
    ccxt.async_support.binance()
    end()
asyncio.run(main())
""",
    LIVE: """
from runner.commands.main import run
from runner.exchange.wire import Wire
Wire._send = end  # where the first byte would leave
sys.exit(run(["run", "rules/breakout.yaml", "--environment", "live", *sys.argv[1:]]))
""",
}


class Spent(NamedTuple):
    """CPU milliseconds and the largest resident set of one run."""

    cpu_ms: float
    mb: float


def once(program: str, state: Path, environment: dict[str, str]) -> Spent:
    """One run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{END}\n{program}", "--state", str(state)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout:
        raise SystemExit(f"it did not come to its end:\n{done.stdout}{done.stderr}")
    cpu_s, mb = done.stdout.split()
    return Spent(float(cpu_s) * 1e3, float(mb))


def main() -> int:
    """Measures in turn, so that other work on the machine meets all of them alike."""
    runs: dict[str, list[Spent]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPYCACHEPREFIX": f"{folder}/cache",
            "PYTHONPATH": str(ROOT),
            "BINANCE_BREAKOUT_KEY": "k" * 64,
            "BINANCE_BREAKOUT_SECRET": "s" * 64,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(REPEATS + 1):
            for name, program in PROGRAMS.items():
                spent = once(program, Path(folder) / "state", environment)
                if number:  # the first one writes the bytecode
                    runs[name].append(spent)
    return report(runs)


def report(runs: dict[str, list[Spent]]) -> int:
    """A line a program, then the ratios beside their limits; 1 where one is over it."""
    print(f"{'':20}{'CPU ms':>16}{'MB':>8}")
    for name, spent in runs.items():
        cpus = [run.cpu_ms for run in spent]
        cpu = f"{min(cpus):.0f} … {statistics.median(cpus):.0f}"
        print(f"{name:20}{cpu:>16}{min(run.mb for run in spent):>8.0f}")
    cpu_ms = {name: min(run.cpu_ms for run in spent) for name, spent in runs.items()}
    mb = {name: min(run.mb for run in spent) for name, spent in runs.items()}
    ratios = {
        f"{HELP} / {CLICK}, CPU": (cpu_ms[HELP] / cpu_ms[CLICK], MOST_HELP),
        f"{LIVE} / {CCXT}, CPU": (cpu_ms[LIVE] / cpu_ms[CCXT], MOST_LIVE),
        f"{LIVE} / {CCXT}, memory": (mb[LIVE] / mb[CCXT], MOST_LIVE),
    }
    for name, (found, most) in ratios.items():
        print(f"{name:44}{found:6.2f}  (limit {most})")
    return int(any(found > most for found, most in ratios.values()))


if __name__ == "__main__":
    sys.exit(main())
