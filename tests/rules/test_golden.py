"""What a person reads about each mistake: `tests/golden/NAME.yaml` and `NAME.out` beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runner.language
from runner.rules.compile import load
from runner.rules.diagnostic import CODE_OF_SLUG, CODES
from runner.rules.format import as_text, summary
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden"
CASES = sorted(GOLDEN.glob("*.yaml"))


def said(case: Path) -> str:
    """What `runner validate NAME.yaml` prints in the folder of the case."""
    loaded = load(case)
    text = as_text(loaded.diagnostics, {loaded.source.file: loaded.source}, color=False)
    return text.replace(str(case), case.name) + summary(loaded.diagnostics, 1) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_says_what_was_accepted(case: Path, pytestconfig: pytest.Config) -> None:
    out = case.with_suffix(".out")
    if pytestconfig.getoption("--accept"):
        out.write_text(said(case), encoding="utf-8")

    assert said(case) == out.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_diagnostic_has_at_most_six_short_lines_and_no_canary(case: Path) -> None:
    text = said(case)

    blocks = text.split(f"{case.name}:")[1:]
    assert all(len(block.strip().splitlines()) <= 6 for block in blocks)
    assert max(map(len, text.splitlines())) <= 320
    assert "CANARY" not in text
    assert "0d3a8f2b9c71" not in text


def test_every_case_has_its_expectation_and_nothing_else_lies_there() -> None:
    names = {path.name for path in GOLDEN.iterdir() if path.suffix in {".yaml", ".out"}}

    assert {f"{case.stem}.out" for case in CASES} == {name for name in names if ".out" in name}
    assert len(CASES) >= 40


#: Codes that no single small file can show; each has a test of its own.
ELSEWHERE = {
    "R002",  # a file of more than a mebibyte: test_document
    "R200",  # for a slug of the language without a code; there is none: test below
    "R218",  # no function of the language remembers for ever yet: test_compile
    "R308",  # needs two files: test_commands
    "R514",  # needs a `markets.lock` beside the file: test_commands
}


def test_every_code_is_shown_by_a_case() -> None:
    shown = {found.code for case in CASES for found in load(case).diagnostics}

    assert set(CODES) - shown == ELSEWHERE


def test_every_slug_of_the_language_has_a_code() -> None:
    folder = Path(str(runner.language.__file__)).parent
    texts = [module.read_text(encoding="utf-8") for module in folder.glob("*.py")]
    slugs = {slug for text in texts for slug in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)}

    assert len(slugs) >= 15
    assert sorted(slugs - set(CODE_OF_SLUG)) == []
