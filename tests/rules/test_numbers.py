"""Numbers as people write them, in every place that reads one: what was read is what counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.rules.cases import Suite
from runner.rules.compile import load
from tests.rules.edits import TEXTS
from tests.rules.files import GOOD, a_file, codes, given, loaded, strategy_of

#: A test with a number in each place that takes one.
TESTS = """\
version: 1
kind: test
strategy: x.yaml
params: {length: <14>}
tests:
  - name: a
    candles: {rows: [[<100>, 105, 95, 101, 7], [101, 101, 101, 101], [101, 101, 101, 101]]}
    faults: [{order: entry, fault: reject, nth: <3>}]
    expect:
      - {at: bar 1, stop: <95>, equity: <10000>}
      - {at: bar 2, position: {side: long, quantity: <1>, entry_price: <101>}}
      - {at: bar 2, order: {price: <101>, quantity: <2>}}
      - {count: {exit: stop_loss}, equals: <2>}
"""


def suite_of(folder: Path, mark: str) -> Suite:
    """`mark`: how a number is written, such as `{:#x}`."""
    text = TESTS.replace("<", "\0").replace(">", "\0").split("\0")
    numbers = [mark.format(int(it)) if at % 2 else it for at, it in enumerate(text)]
    (folder / "x.yaml").write_text(GOOD)
    (folder / "x.test.yaml").write_text("".join(numbers))
    came = load(folder / "x.test.yaml")
    assert came.suite is not None, came.diagnostics
    return came.suite


def test_a_number_of_a_test_is_its_value_however_it_is_written(tmp_path: Path) -> None:
    plain = suite_of(tmp_path, "{}")

    assert suite_of(tmp_path, "{:#x}") == plain
    assert suite_of(tmp_path, "+{}") == plain
    assert plain.cases[0].faults[0].nth == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("complete", it) for it in ("90d", "3x", "8%", "1R", "1 bar", "10000 USDT")),
        *(("all-the-rest", it) for it in ("MON-FRI", "0.01%", "-1%")),
    ],
)
def test_a_value_with_a_line_break_at_its_end_is_refused(name: str, value: str) -> None:
    text = TEXTS[name]
    assert f" {value}" in text

    assert "R110" in codes(text.replace(f" {value}", f' "{value}\\n"', 1))


@pytest.mark.parametrize(
    "number", ["1e9999999", "1e999990", "nan", "Infinity", "\uff11", "-0", "0x2"]
)
def test_what_is_almost_a_bare_number_is_refused(number: str) -> None:
    for old in ("risk: 1%", "max_order: 6000 USDT"):
        assert codes(a_file((old, f'{old.split(":")[0]}: "{number}"')))


def test_a_number_without_its_unit_is_told_in_plain_digits() -> None:
    [found] = loaded(a_file(("risk: 1%", "risk: 0.0000002"))).diagnostics

    assert found.help == (
        "a percentage is meant: write `0.00002%` (or `0.0000002%`, if so little is meant)"
    )


def test_an_override_has_the_unit_of_its_param() -> None:
    text = a_file(("  length: {", "  part: {default: 2%, min: 0%, max: 50%}\n  length: {"))

    [bare] = loaded(text, given(part=1)).diagnostics
    [percent] = loaded(text, given(length="1000%")).diagnostics

    assert dict(strategy_of(text, given(part="1%")).params)["part"] == 0.01
    assert (bare.code, bare.help) == ("R109", "write the percent sign: `1%`")
    assert bare.message == "`part` is in percent, and is set to a bare number"
    assert (percent.code, percent.message) == (
        "R110",
        "`length` is a bare number, and is set to 1000%",
    )
