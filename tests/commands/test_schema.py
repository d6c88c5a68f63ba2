"""`runner schema`: what an editor reads, from wherever runner is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.commands.main import run
from tests.conftest import ROOT


@pytest.mark.parametrize("words", [(), ("strategy",), ("rule",)])
def test_prints_the_schema_of_rule_files(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schema", *words]) == 0

    file = ROOT / "schemas" / "rule.schema.json"
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")


def test_each_packaged_schema_has_a_kind(capsys: pytest.CaptureFixture[str]) -> None:
    for file in sorted((ROOT / "schemas").glob("*.schema.json")):
        assert run(["schema", file.name.removesuffix(".schema.json")]) == 0
        assert capsys.readouterr().out == file.read_text(encoding="utf-8")


def test_a_kind_without_a_schema_is_refused_with_those_that_have_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["schema", "../rule"]) == 2
    assert "no schema of `../rule`; there is " in capsys.readouterr().err


def test_a_copy_outside_of_the_repository_finds_it(tmp_path: Path) -> None:
    lies_out = shutil.ignore_patterns("*.so", "*.pxd", "__pycache__", "templates", "replay")
    shutil.copytree(ROOT / "runner", tmp_path / "runner", ignore=lies_out)

    done = subprocess.run(
        [sys.executable, "-m", "runner", "schema"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == (ROOT / "schemas" / "rule.schema.json").read_text(encoding="utf-8")
