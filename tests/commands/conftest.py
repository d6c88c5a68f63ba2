"""Desks to run commands at, and what the probe comes to when nothing happens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.commands.main import run
from tests.commands.desk import HOLDING, Desk, a_desk
from tests.commands.hostile import seen

__all__ = ["seen"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A folder of one's own."""
    with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The result of a run that nothing happened to."""
    with a_desk(tmp_path_factory.mktemp("whole")) as desk:
        return desk.run("--json").result()


@pytest.fixture(scope="session")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a run that was killed while it held a position, its exchange too."""
    with a_desk(tmp_path_factory.mktemp("unfinished")) as desk:
        desk.killed(*HOLDING)
        return desk.state


@pytest.fixture
def audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """`runner audit WORDS` of the state folder `tmp_path`."""

    def said(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["audit", words[0], "--state", str(tmp_path), *words[1:]])
        told = capsys.readouterr()
        return code, told.out + told.err

    return said
