"""What the page about checks shows can be used as it stands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.commands.main import run
from tests.conftest import ROOT
from tests.docs.pages import GUIDE, blocks
from tests.rules.files import GOOD, a_file

PAGE = GUIDE / "ci.md"
SHOWN = [block for block in blocks(PAGE) if block.language == "yml"]
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
#: Everything that pre-commit knows of a hook.
HOOK_KEYS = {"id", "name", "description", "entry", "args", "language", "types", "pass_filenames"}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rules").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commands(part: Any) -> list[str]:
    """Every call of `runner` in the steps of a workflow."""
    if isinstance(part, dict):
        return [it for value in part.values() for it in commands(value)]
    if isinstance(part, list):
        return [it for value in part for it in commands(value)]
    return re.findall(r"^runner [^>|\n]*", part, re.MULTILINE) if isinstance(part, str) else []


ALL = [command for block in SHOWN for command in commands(yaml.safe_load(block.text))]


def test_the_page_shows_two_services_and_a_hook() -> None:
    assert len(SHOWN) == 3
    assert len(ALL) == 3


@pytest.mark.parametrize("command", ALL)
def test_a_call_is_one_that_answers(
    command: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, code in ((GOOD, 0), (a_file(("timeframe: 1h", "timeframe: 1x")), 1)):
        (repository / "rules" / "x.yaml").write_text(text)

        assert run(shlex.split(command)[1:]) == code
        assert capsys.readouterr().err == ""


def test_the_hook_runs_what_exists(repository: Path) -> None:
    assert set(HOOK) == HOOK_KEYS
    assert HOOK["pass_filenames"] is False
    (repository / "rules" / "x.yaml").write_text(GOOD)

    assert run([*shlex.split(HOOK["entry"])[1:], *HOOK["args"]]) == 0


def test_the_hook_sees_files_that_are_wrong_only_together(repository: Path) -> None:
    for name in ("one", "two"):
        text = a_file(("name: golden", f"name: {name}"))
        (repository / "rules" / f"{name}.yaml").write_text(text)

    assert run([*shlex.split(HOOK["entry"])[1:], *HOOK["args"]]) == 1


def test_the_page_asks_for_the_hook_that_exists() -> None:
    (asked,) = (yaml.safe_load(it.text) for it in SHOWN if it.text.startswith("repos:"))

    assert [hook["id"] for repo in asked["repos"] for hook in repo["hooks"]] == [HOOK["id"]]


def test_the_formats_of_the_page_are_those_of_the_command() -> None:
    from runner.commands.validate import command

    (form,) = (it for it in command.params if it.name == "form")
    shown = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert shown == list(getattr(form.type, "choices", ()))
