"""How long `runner validate` takes over many files, beside promtool and check-jsonschema.

`python bench/validate.py [--files 1000]` writes that many different strategies of 60 lines and as
many Prometheus rule files of the same size (bench/written.py), and lets each tool check its own:
`promtool check rules` parses YAML and 12 expressions a file, `check-jsonschema` judges the shape of
our strategies by our schema. The tools are looked for on PATH or named by an option; one that is
absent is left out. Every tool takes its turn `--rounds` times, the least CPU time counts. Nothing
is kept from one run to the next but Python's bytecode. Exits with 1 when `runner` takes more CPU
time than promtool, or more than an eighth of what check-jsonschema takes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from written import alerts, strategy

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "schemas" / "rule.schema.json"

#: Our CPU time, as a part of theirs.
MOST = {"promtool": 1.0, "check-jsonschema": 1 / 8}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a tool took."""

    cpu_s: float
    wall_s: float
    memory_mib: float


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--promtool", default="promtool")
    options.add_argument("--check-jsonschema", default="check-jsonschema")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        strategies = written(place / "strategies", given.files, strategy)
        rules = written(place / "rules", given.files, alerts)
        schema_tool = [given.check_jsonschema, "--schemafile", str(SCHEMA), *strategies]
        commands = {
            "runner": [sys.executable, "-m", "runner", "validate", *strategies],
            "promtool": [given.promtool, "check", "rules", *rules],
            "check-jsonschema": schema_tool,
        }
        return report(measured(commands, given.files, given.rounds, place), given.files)


def written(folder: Path, count: int, text_of: Callable[[int], str]) -> list[str]:
    """The files' paths."""
    folder.mkdir()
    paths = [folder / f"{number:05}.yaml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(text_of(number))
    return [str(path) for path in paths]


def measured(
    commands: dict[str, list[str]], files: int, rounds: int, place: Path
) -> dict[str, Run]:
    """The run of each tool that took the least CPU time; in turn, after one file as a warm-up."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(place / "py")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    runs: dict[str, list[Run]] = {}
    for number in range(rounds + 1):
        for name, command in commands.items():
            if shutil.which(command[0]) is None:
                if not number:
                    print(f"{name} is not here: put it on PATH, or name it with `--{name}`")
                continue
            if number:
                runs.setdefault(name, []).append(once(command, environment))
            else:
                once(command[: -files + 1 or None], environment)
    return {name: min(spent, key=lambda run: run.cpu_s) for name, spent in runs.items()}


def once(command: list[str], environment: dict[str, str]) -> Run:
    """One run; a tool that finds something wrong has not done the work that is measured."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        sys.exit(f"{command[0]} exits with {process.returncode}\n{said[:2000]}")
    return Run(used.ru_utime + used.ru_stime, wall_s, used.ru_maxrss / 1024)


def report(runs: dict[str, Run], files: int) -> int:
    """One line a tool; 1 when ours is over a figure."""
    print(f"{files} files{'CPU s':>20}{'wall s':>10}{'MiB':>8}{'ms/file':>10}{'runner is':>12}")
    ours, slow = runs["runner"], 0
    for name, run in runs.items():
        ratio = ours.cpu_s / run.cpu_s
        least = "" if name not in MOST else f"  (at most {MOST[name]:.3g}x)"
        print(
            f"{name:18}{run.cpu_s:>12.2f}{run.wall_s:>10.2f}{run.memory_mib:>8.0f}"
            f"{run.cpu_s / files * 1e3:>10.2f}{ratio:>11.2f}x{least}"
        )
        slow |= ratio > MOST.get(name, 1.0)
    return slow


if __name__ == "__main__":
    sys.exit(main())
