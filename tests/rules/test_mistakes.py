"""What is said of common slips, at which line, and whether the advice is the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.commands.main import run
from runner.rules.compile import Loaded, load
from tests.conftest import EXAMPLES, ROOT
from tests.rules.mistakes import MISTAKES, Mistake

RULES = ROOT / "rules"


def edited(mistake: Mistake) -> tuple[str, int]:
    """The example with the slip in it, and the line to point at."""
    text = (RULES / f"{mistake.example}.yaml").read_text(encoding="utf-8")
    at = text.index(mistake.old)
    pairs = enumerate(zip(mistake.old, mistake.new, strict=False))
    same = next((place for place, (old, new) in pairs if old != new), len(mistake.old))
    line = text.count("\n", 0, at + same) + 1 + mistake.below
    return text.replace(mistake.old, mistake.new, 1), line


def loaded(mistake: Mistake, folder: Path) -> tuple[Loaded, int, Path]:
    text, line = edited(mistake)
    path = folder / f"{mistake.example}.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path), line, path


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda it: f"{it.example}: {it.new.strip()}")
def test_a_slip_is_told_at_its_line_with_what_to_write(mistake: Mistake, tmp_path: Path) -> None:
    came, line, path = loaded(mistake, tmp_path)

    assert [(it.line, it.code) for it in came.diagnostics] == [(line, mistake.code)]
    assert mistake.help in came.diagnostics[0].help
    assert bool(mistake.help) is bool(came.diagnostics[0].help)
    assert run(["validate", "--strict", str(path)]) == 1


def test_there_are_many_slips_and_every_example_has_some() -> None:
    assert len(set(MISTAKES)) >= 60
    assert {it.example for it in MISTAKES} == {file.stem for file in EXAMPLES}
