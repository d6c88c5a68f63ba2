"""What a command imports before it answers, and what that costs beside the libraries alone."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

RULES = "rules/breakout.yaml"
LISTS = """
import sys
before = set(sys.modules)
from runner.commands.main import run
code = run(sys.argv[1:])
print(*sorted(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""
#: The same up to the moment at which an exchange's name is looked up for the first request.
LISTS_AT_REQUEST = """
import ssl, sys
from aiohttp.abc import AbstractResolver
class Nobody(AbstractResolver):
    async def resolve(self, host, port=0, family=0):
        print(*sorted(sys.modules))
        raise OSError("there is no network")
    async def close(self):
        pass
from runner.commands.trading import clock
from runner.exchange.transport import Transport
clock.transport = lambda: Transport(Nobody(), ssl.create_default_context())
from runner.commands.main import run
sys.exit(run(sys.argv[1:]))
"""
#: Of the standard library: what takes long, or what a command that only reads has no use for.
HEAVY = {"asyncio", "concurrent", "email", "hashlib", "http", "logging", "multiprocessing"} | {
    *("socket", "sqlite3", "ssl", "subprocess", "traceback", "unittest", "xml")
}


def imported(*arguments: str) -> set[str]:
    """The modules that a command imports, with those of this interpreter's start left out."""
    done = subprocess.run(
        [sys.executable, "-c", LISTS, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "libraries"),
    [
        (("--help",), {"click"}),
        (("validate", "--help"), {"click"}),
        (("validate", RULES), {"click", "yaml"}),
    ],
)
def test_only_these_libraries_are_imported(arguments: tuple[str, ...], libraries: set[str]) -> None:
    packages = {name.partition(".")[0] for name in imported(*arguments)}

    of_yaml = {name for name in packages if name.startswith(("_yaml", "cython", "_cython"))}
    assert packages - sys.stdlib_module_names - of_yaml == libraries | {"runner"}
    assert packages & HEAVY == set()


def test_validate_loads_no_provider_of_secrets(tmp_path: Path) -> None:
    text = (ROOT / RULES).read_text()
    assert text.count('"env:') == 2
    file = tmp_path / "breakout.yaml"
    file.write_text(text.replace('"env:', '"vault:secret/', 1).replace('KEY"', 'KEY#it"', 1))

    assert [name for name in imported("validate", str(file)) if "secrets." in name] == []


def test_what_validate_loads_makes_its_values_the_quick_way() -> None:
    ours = [name for name in imported("validate", RULES) if name.startswith("runner.")]
    files = [ROOT / f"{name.replace('.', '/')}.py" for name in ours]
    slow = [
        str(file.relative_to(ROOT))
        for file in files
        if file.is_file()
        and file.name != "values.py"
        and re.search(r"^from dataclasses import .*\bdataclass\b", file.read_text(), re.MULTILINE)
    ]

    assert slow == [], "write `from runner.model.values import dataclass`"


def test_what_wrong_files_and_other_formats_need_is_not_loaded_for_a_right_one() -> None:
    later = r"runner\.rules\.(codes|explain_code|format_|ignore|meant)"

    assert [name for name in imported("validate", RULES) if re.match(later, name)] == []


@pytest.mark.parametrize("environment", ["live", "paper"])
def test_the_exchange_is_asked_before_what_only_a_session_needs_is_imported(
    environment: str, tmp_path: Path
) -> None:
    keys = {"BINANCE_BREAKOUT_KEY": "k" * 64, "BINANCE_BREAKOUT_SECRET": "s" * 64}
    arguments = ["run", RULES, "--environment", environment, "--state", str(tmp_path)]

    done = subprocess.run(
        [sys.executable, "-c", LISTS_AT_REQUEST, *arguments],
        cwd=ROOT,
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr  # nobody answers: try again later
    loaded = set(done.stdout.split())
    assert {"aiohttp", "sqlite3", "runner.engine.rotation"} <= loaded
    packages = {name.partition(".")[0] for name in loaded}
    assert packages & {"apscheduler", "numpy", "requests", "rich", "talib", "urllib3"} == set()
    later = r"runner\.(report\.|engine\.(paper|running|session)|core\.(bounds|decide|kernel))"
    assert [name for name in loaded if re.match(later, name)] == []


def test_starting_costs_little_more_than_the_libraries(tmp_path: Path) -> None:
    measured = {
        "libraries": ["-c", "import click, yaml, decimal"],
        "help": ["-m", "runner", "--help"],
        "validate": ["-m", "runner", "validate", RULES],
    }
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for arguments in measured.values():
        cpu_s(arguments, environment)  # writes the bytecode, as an installation does

    spent = {name: [cpu_s(run, environment) for _ in range(5)] for name, run in measured.items()}

    # 1.2 and 1.8 where this was written; absolute figures: bench/startup.py
    assert min(spent["help"]) < 2.0 * min(spent["libraries"])
    assert min(spent["validate"]) < 2.7 * min(spent["libraries"])


def cpu_s(arguments: list[str], environment: dict[str, str]) -> float:
    """CPU seconds of one run: other work on the machine matters little to them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
