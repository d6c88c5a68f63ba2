"""`runner trace FILE` of a run by the wall clock: what its journal tells, and what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.commands import main
from runner.journal.database import Journal
from tests.journal.values import HOUR
from tests.rules.files import GOOD, a_file, strategy_of

TOLD = {
    "symbol": "BTC/USDT",
    "close": 100.5,
    "rules": [
        {
            "rule": "entry.long",
            "truth": True,
            "conditions": [
                {"name": "up", "expression": "close > open", "truth": True, "numbers": []}
            ],
        }
    ],
    "obstacles": ["halted: `runner resume` ends it"],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A live journal: a condition became true at 05:00, nothing at 06:00, 07:00 was missed."""
    (tmp_path / "x.yaml").write_text(GOOD)
    path = tmp_path / "state" / "live" / "golden" / "journal.db"
    path.parent.mkdir(parents=True)
    with Journal.open(path, lambda: 8 * HOUR) as journal:
        journal.identify({"name": "golden", "environment": "live"})
        journal.take_lease(strategy_of(GOOD).digest)
        journal.decided(5 * HOUR, [], {"symbols": [TOLD]})
        journal.decided(6 * HOUR, [], {"symbols": []})
        journal.handled(6 * HOUR)
        journal.missed([7 * HOUR])
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", [[], ["--at", "1970-01-01T05:00Z"]])
def test_what_the_journal_knows_is_told(
    words: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["trace", "x.yaml", "--state", "state", *words]) == 0

    told = capsys.readouterr().out
    assert "1970-01-01T05:00:00Z  BTC/USDT  close 100.5" in told
    assert "  no entry: halted: `runner resume` ends it" in told


@pytest.mark.parametrize(
    ("time", "fact"),
    [
        (
            "06:00",
            "it was decided, nothing was ordered and no condition became true; its numbers are not "
            "known any more",
        ),
        ("07:00", "it was missed: too late to decide, as `schedule.max_lateness` has it"),
        ("11:00", "no close of that time was decided"),
    ],
)
def test_what_is_not_known_is_said_exactly(
    time: str, fact: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = f"1970-01-01T{time}Z"

    assert main.run(["trace", "x.yaml", "--state", "state", "--at", at]) == 1

    kept = "the bars of a run on `live` are not kept"
    assert capsys.readouterr().err == f"error: 1970-01-01T{time}:00Z: {fact}; {kept}\n"


def test_data_cannot_be_named_and_another_text_is_another_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["trace", "x.yaml", "--state", "state"]

    assert main.run([*words, "--replay", "synthetic:7"]) == 1
    assert "the newest run of these rules is on `live`: leave it out" in capsys.readouterr().err

    (folder / "x.yaml").write_text(a_file(("timeframe: 1h", "timeframe: 2h")))
    assert main.run(words) == 1
    assert "no run of `x.yaml` as it is now in `state`" in capsys.readouterr().err
