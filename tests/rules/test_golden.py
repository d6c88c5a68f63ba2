"""What a person reads about each mistake: `tests/golden/NAME.yaml` and `NAME.out` beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runner.language
from runner.commands.main import run
from runner.rules.compile import load
from runner.rules.diagnostic import CODE_OF_SLUG, CODES
from runner.rules.document import MOST_BYTES, MOST_NODES
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


#: What `runner validate .` says of whole folders: `tests/golden/runs/NAME.out`.
RUNS = {
    "below-minimum": "",
    "second-owner": "",
    "too-large": "",
    "settings": "settings.yaml",
    "together": "settings.yaml",
}


@pytest.mark.parametrize("name", RUNS)
def test_says_of_a_folder_what_was_accepted(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given, out = GOLDEN / "runs" / name, GOLDEN / "runs" / f"{name}.out"
    for file in given.iterdir() if given.is_dir() else ():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if name == "too-large":  # not kept: a mebibyte
        (tmp_path / "large.yaml").write_bytes(b"#" * (MOST_BYTES + 1))
        (tmp_path / "many.yaml").write_bytes(b"a: [" + b"1," * MOST_NODES + b"1]")
    monkeypatch.chdir(tmp_path)

    settings = ["--settings", RUNS[name]] if RUNS[name] else []
    assert run(["validate", ".", "--strict", *settings]) == 1

    answer = capsys.readouterr().out
    if pytestconfig.getoption("--accept"):
        out.write_text(answer, encoding="utf-8")
    assert answer == out.read_text(encoding="utf-8")


#: Only a run that trades says these (test_hostile_files).
OF_RUNS = {"R310", "R311"}


def test_every_code_is_shown_by_a_case() -> None:
    shown = {found.code for case in CASES for found in load(case).diagnostics}
    outs = "".join((GOLDEN / "runs" / f"{name}.out").read_text() for name in RUNS)
    shown |= set(re.findall(r": (R[0-9]{3}) ", outs))

    assert set(CODES) - shown == OF_RUNS


def test_every_slug_of_the_language_has_a_code() -> None:
    folder = Path(str(runner.language.__file__)).parent
    texts = [module.read_text(encoding="utf-8") for module in folder.glob("*.py")]
    slugs = {slug for text in texts for slug in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)}
    given = r'(?:_refuse|Problem)\((?:[^"()]*, )"([a-z-]+)"'  # those of one word too
    slugs |= {slug for text in texts for slug in re.findall(given, text)}

    assert len(slugs) >= 15
    assert sorted(slugs - set(CODE_OF_SLUG)) == []
