"""The exchange in this process: the same orders as a backtest, no socket, and what faults do."""

from __future__ import annotations

import shutil
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from runner.commands.files import markets_for
from runner.engine.enacting import Enacted, enact, run_data
from runner.engine.staged import enact_with_faults
from runner.model.orders import OrderState
from runner.model.results import OrderLine
from runner.rules.cases import Case
from tests.conftest import EXAMPLES, ROOT
from tests.engine.mutants import outcomes, suite_of

#: The shortest stories of each file; of ema-cross none is short.
CASES = [
    pytest.param(file, case, id=f"{file.stem}-{number}")
    for file in EXAMPLES
    if file.stem != "ema-cross"
    for number, case in enumerate(suite_of(file.with_suffix(".test.yaml")).cases[:2])
    if not case.faults
]


BREAKOUT = """\
version: 1
kind: test
strategy: breakout.yaml
tests:
  - name: a story
    candles: {close: "100x30 102x15 99.9 100x5", volume: "10x30 50", range: 1%}
    faults: [FAULT]
    expect: [{at: bar 47, position: POSITION}, {at: end, position: none}]
"""


@pytest.mark.parametrize(
    ("fault", "position"),
    [
        ("{order: entry, fault: timeout_before_accepting}", "none"),
        ("{order: entry, fault: timeout_after_accepting}", "none"),
        ("{order: protect, fault: timeout_before_accepting}", "none"),
        ("{order: protect, fault: timeout_after_accepting}", "none"),
        ("{order: exit, fault: timeout_before_accepting}", "none"),
        ("{order: exit, fault: timeout_after_accepting}", "none"),
        ("{order: exit, fault: reject}", "{quantity: 49.0196}"),  # it is sent again at that close
        ("{order: exit, fault: partial_fill, part: 40%}", "{quantity: 29.41176}"),
    ],
)
def test_a_fault_leaves_so_much_until_the_exit_is_sent_again(
    fault: str, position: str, tmp_path: Path
) -> None:
    assert failures(BREAKOUT.replace("FAULT", fault).replace("POSITION", position), tmp_path) == []


def test_a_fault_that_no_order_meets_is_said(tmp_path: Path) -> None:
    fault = "{order: exit, fault: reject, nth: 2}"

    found = failures(BREAKOUT.replace("FAULT", fault).replace("POSITION", "none"), tmp_path)

    assert found == ["faults: no `reject` happened: order 2 of `exit` never came"]


def failures(tests: str, folder: Path) -> list[str]:
    shutil.copy(ROOT / "rules" / "breakout.yaml", folder)
    (folder / "breakout.test.yaml").write_text(tests)
    suite = suite_of(folder / "breakout.test.yaml")
    return [failure.message for one in outcomes(suite) for failure in one.failures]


def both(file: Path, case: Case) -> tuple[Enacted, Enacted]:
    markets, data = markets_for(case.strategy, file), run_data(case, {})

    def every(symbol: str, close: int) -> bool:
        return True

    simulated = enact(case.strategy, markets, data, every, lambda evaluator, desk: None)
    return simulated, enact_with_faults(case.strategy, markets, data, every, ())


def in_words(line: OrderLine) -> OrderLine:
    """The exchange and the backtest word a rejection differently."""
    return line if line.status is OrderState.DENIED else replace(line, reasons=())


@pytest.mark.parametrize(("file", "case"), CASES)
def test_a_session_without_faults_comes_to_what_the_backtest_comes_to(
    file: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", refused)
    simulated, traded = both(file, case)

    assert [in_words(one) for one, _ in traded.orders] == [
        in_words(one) for one, _ in simulated.orders
    ]
    assert traded.equity == pytest.approx(simulated.equity, rel=1e-9)
    assert traded.seen.keys() == simulated.seen.keys()
    for place, seen in simulated.seen.items():
        other = traded.seen[place]
        assert (other.side, other.quantity, other.stop) == (seen.side, seen.quantity, seen.stop)
        assert repr(other.trace.rules) == repr(seen.trace.rules)  # NaN is equal to itself there


def refused(*words: object, **named: object) -> socket.socket:
    raise AssertionError("a test opens no socket")
