"""Replay equals backtest on markets and rules that nobody would choose."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, note, settings

from tests.core.random_rules import Scene, scenes
from tests.engine.replayed import expect_equal
from tests.engine.values import a_market

UNHURRIED = settings(
    deadline=None, suppress_health_check=list(HealthCheck), print_blob=False, database=None
)
FEW = settings(UNHURRIED, max_examples=12, derandomize=True)
MANY = settings(UNHURRIED, max_examples=600)


@FEW
@given(scenes(count=40))
def test_a_random_file_replayed_equals_its_backtest(scene: Scene | None) -> None:
    equal_or_refused(scene)


@pytest.mark.soak
@MANY
@given(scenes(count=60))
def test_many_random_files_replayed_equal_their_backtest(scene: Scene | None) -> None:
    equal_or_refused(scene)


def equal_or_refused(scene: Scene | None) -> None:
    assume(scene is not None)
    assert scene is not None
    note(scene.text)
    markets = tuple(a_market(symbol, step="0.001") for symbol in scene.strategy.symbols)
    with tempfile.TemporaryDirectory() as folder:
        expect_equal(scene.strategy, scene.data, markets, Path(folder))
