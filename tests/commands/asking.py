"""How tests ask the doctor."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.commands.checks.verdict import Verdict
from runner.commands.main import run

Ask = Callable[..., tuple[int, dict[str, list[dict[str, str]]]]]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """`runner doctor --json` of a file with this text: its exit code, and its checks by name."""

    def asked(text: str, *words: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
        file = tmp_path / "x.yaml"
        file.write_text(text)
        state = [] if "--state" in words else ["--state", str(tmp_path / "state")]
        code = run(["doctor", str(file), "--offline", "--json", *state, *words])
        document: Any = json.loads(capsys.readouterr().out)
        assert document["schema"] == 1
        found: dict[str, list[dict[str, str]]] = {}
        for check in document["checks"]:
            assert list(check) == ["name", "subject", "verdict", "fact", "help"]
            assert check["verdict"] in set(Verdict)
            assert check["fact"]
            found.setdefault(check["name"], []).append(check)
        return code, found

    return asked
