"""Every command a page shows is run, in the order of the page, and prints what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from runner.data.synthetic import synthetic
from runner.model.bars import Timeframe
from tests.conftest import ROOT
from tests.docs.pages import EVERY_BLOCK, FIRST_RULE, PAGES, README, Block, blocks

#: What `make run` runs, so that one replay shows both.
REPLAY = "runner run rules/rsi-reversion.yaml --replay synthetic:7"
WITH_COMMANDS = [
    page
    for page in PAGES
    if any(
        block.language == "sh" and re.search(r"^runner ", block.text, re.MULTILINE)
        for block in blocks(page)
    )
]


class Reader:
    """Somebody with an empty home and an empty folder, who types what the page says."""

    def __init__(self, folder: Path) -> None:
        self.home, self.folder = folder / "home", folder / "here"
        self.home.mkdir()
        self.folder.mkdir()

    def types(self, command: str) -> str:
        """Runs one line and returns what it printed."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "runner", *shlex.split(command, comments=True)[1:]],
            cwd=self.folder,
            env=kept | {"HOME": str(self.home), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        return done.stdout

    def saves(self, rule_file: str) -> None:
        """A rule file under the name that it gives itself."""
        name = re.search(r"^name: (\S+)$", rule_file, re.MULTILINE)
        assert name is not None
        file = self.folder / "rules" / f"{name[1]}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(rule_file)

    def has_candles(self) -> None:
        """The folder of candles that a page speaks of."""
        bars = synthetic(3, "BTC/USDT", Timeframe("1h", 3_600_000), 500)
        columns = (bars.opened_at, bars.open, bars.high, bars.low, bars.close, bars.volume)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        lines = [",".join(map(str, row)) for row in rows]
        file = self.folder / "candles" / "BTC-USDT-1h.csv"
        file.parent.mkdir()
        file.write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]))


def prints(shown: str, printed: str) -> bool:
    """Whether `printed` holds the lines of `shown`; `…` is any text, on its own any lines."""
    lines = ["(?:.*\n)*?" if line == "…" else pattern(line) for line in shown.splitlines()]
    return re.search("".join(["^", *lines]), printed, re.MULTILINE) is not None


def pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.split("…"))) + "\n"


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    reader, told = Reader(tmp_path), dict[str, str]()
    if page != README:
        reader.saves(FIRST_RULE)
        reader.has_candles()
    for block in blocks(page):
        if block.is_whole_file:
            reader.saves(block.text)
        elif block.language == "sh":
            told |= {line: reader.types(line) for line in commands_of(block)}

    for block, after in outputs(page):
        lines = [REPLAY] if block.text == "make run\n" else commands_of(block)
        printed = "".join(told[line] for line in lines)
        assert prints(after.text, printed), f"{after} is not what was printed:\n{printed}"


def commands_of(block: Block) -> list[str]:
    return [line for line in block.text.splitlines() if line.startswith("runner ")]


def outputs(page: Path) -> list[tuple[Block, Block]]:
    """Each block of commands with the output that follows it."""
    found = blocks(page)
    return [
        (block, after)
        for block, after in pairwise(found)
        if (block.language, after.language) == ("sh", "text")
    ]


def test_make_run_is_the_replay_of_the_readme() -> None:
    assert f"\t@$(BIN)/{REPLAY} --speed max\n" in (ROOT / "Makefile").read_text()
    assert REPLAY in README.read_text(encoding="utf-8").splitlines()


def test_pages_show_outputs_and_lines_that_differ_are_noticed() -> None:
    assert len(outputs(README)) == 2
    assert prints("a\n…\nc …\n", "x\na\nb\nc d\n")
    assert not prints("a\nc\n", "a\nb\nc\n")


def test_every_block_says_what_it_is() -> None:
    known = {"csv", "json", "python", "sh", "text", "yaml", "yml"}

    assert [str(block) for block in EVERY_BLOCK if block.language not in known] == []
