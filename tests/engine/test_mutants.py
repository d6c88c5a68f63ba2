"""The tests beside the examples pass, cover what is declared, and notice what is turned around."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.commands.files import inputs_for, markets_for
from runner.engine.proving import Tally, prove
from tests.conftest import EXAMPLES
from tests.engine.mutants import TURNED, mutants, suite_of, survives


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_tests_of_an_example_pass_and_see_every_condition_and_exit(file: Path) -> None:
    suite = suite_of(file.with_suffix(".test.yaml"))
    tally, inputs = Tally(suite.strategy), inputs_for(suite.strategy)

    came = [prove(case, markets_for(case.strategy, file), inputs, tally) for case in suite.cases]

    assert [failure for one in came for failure in one.failures] == []
    assert tally.coverage().is_full


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_comparison_that_is_turned_around_makes_a_test_fail(file: Path, tmp_path: Path) -> None:
    found = list(mutants(file, TURNED))

    assert len(found) >= 2
    assert [str(mutant) for mutant in found if survives(mutant, file, tmp_path)] == []
