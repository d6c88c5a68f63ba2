"""`runner test` as a person and a machine meet it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from runner.commands.main import run
from runner.commands.trading.clock import strategies_of
from tests.conftest import ROOT
from tests.docs.pages import GUIDE
from tests.docs.test_examples import block_of

HEAD = "version: 1\nkind: test\nstrategy: breakout.yaml\ntests:\n"
PASSES = """\
  - name: buys a breakout
    candles: {close: "100x30 102x5", volume: "10x30 50", range: 1%}
    expect: [{at: bar 31, signal: enter_long}]
"""
FAILS = """\
  - name: buys without volume
    candles: {close: "100x30 102x5", volume: "10x30 5", range: 1%}
    expect:
      - {at: bar 31, signal: enter_long, conditions: {on_volume: true}}
      - {count: {signal: enter_long}, equals: 1}
      - {never: {exit: stop_loss}}
      - {at: end, equity: 10001 +- 0.5}
"""
TOLD = """\
rules/breakout.test.yaml:5: failed: buys without volume
  rules/breakout.test.yaml:8: signal at bar 31 (2024-01-02T07:00:00Z): expected \
enter_long, got none
      `entry.long.breakout` is true: close > ceiling    [close = 102, ceiling = 101]
      `entry.long.on_volume` is false: volume > sma(volume, 20)    [volume = 5, \
sma(volume, 20) = 9.75]
      no entry: entry.long: `on_volume` is false
  rules/breakout.test.yaml:8: conditions at bar 31 (2024-01-02T07:00:00Z): expected \
`entry.long.on_volume` true, got false
      `entry.long.breakout` is true: close > ceiling    [close = 102, ceiling = 101]
      `entry.long.on_volume` is false: volume > sma(volume, 20)    [volume = 5, \
sma(volume, 20) = 9.75]
  rules/breakout.test.yaml:9: count: enter_long: expected once, got never
  rules/breakout.test.yaml:11: equity at end (2024-01-02T11:00:00Z): expected \
10001 +- 0.5, got 10000
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    shutil.copy(ROOT / "rules" / "breakout.yaml", tmp_path / "rules")
    return tmp_path / "rules"


def test_tests_that_pass_end_with_0_and_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "breakout.test.yaml").write_text(HEAD + PASSES)

    for path in ("rules", "rules/breakout.test.yaml", "rules/breakout.yaml"):
        assert run(["test", path]) == 0
        assert capsys.readouterr().out == "1 test in 1 file, none failed\n"


def test_a_test_that_fails_ends_with_1_and_the_numbers_behind(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "breakout.test.yaml").write_text(HEAD + FAILS + PASSES)

    assert run(["test", "rules"]) == 1
    out = capsys.readouterr().out
    assert out.startswith(TOLD)
    assert block_of(GUIDE / "testing.md", "text", "rules/breakout.test.yaml").text in out
    assert out.endswith("\n\n2 tests in 1 file, 1 failed\n")


def test_json_and_junit_say_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "breakout.test.yaml").write_text(HEAD + FAILS + PASSES)

    assert run(["test", "--json", "rules"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert run(["test", "--format", "junit", "rules"]) == 1
    root = ElementTree.fromstring(capsys.readouterr().out)

    assert {name: document[name] for name in ("schema", "tests", "failed")} == {
        "schema": 1,
        "tests": 2,
        "failed": 1,
    }
    first, second = document["files"][0]["tests"]
    assert [one["line"] for one in first["failures"]] == [8, 8, 9, 11]
    assert (first["passed"], second["passed"], second["line"]) == (False, True, 12)
    assert root.attrib == {"tests": "2", "failures": "1", "errors": "0", "skipped": "0"}
    failed, passed = root.iter("testcase")
    assert passed.attrib["name"] == "buys a breakout"
    assert list(passed) == []
    assert failed[0].attrib["message"].startswith("rules/breakout.test.yaml:8: signal at bar 31")
    assert "volume = 5" in str(failed[0].text)


def test_coverage_tells_what_was_never_seen_and_who_has_no_test(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "breakout.test.yaml").write_text(HEAD + PASSES)
    shutil.copy(ROOT / "rules" / "dca.yaml", folder)

    assert run(["test", "rules", "--coverage"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "rules/breakout.yaml: conditions 5 of 6 truths seen, exits 0 of 2 fired",
        "  never true: exit.long",
        "  never fired: stop_loss",
        "  never fired: rule",
        "rules/dca.yaml: no test",
        "1 test in 1 file, none failed",
    ]

    assert run(["test", "rules", "--coverage", "--json"]) == 0
    coverage = json.loads(capsys.readouterr().out)["coverage"]
    assert coverage[0]["exits"] == [
        {"reason": "stop_loss", "fired": False},
        {"reason": "rule", "fired": False},
    ]
    assert coverage[1]["tests"] == 0


def test_a_file_that_is_wrong_is_not_run_and_the_others_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "breakout.test.yaml").write_text(HEAD + PASSES.replace("enter_long", "enter"))
    wrong = "R105 unknown-value: `enter` is not a value of `signal`"

    assert run(["test", "rules"]) == 1
    out, err = capsys.readouterr()
    assert (out, wrong in err) == (
        "0 tests in 0 files, none failed; 1 file is wrong and not run\n",
        True,
    )

    (folder / "other.test.yaml").write_text(HEAD + PASSES)
    assert run(["test", "rules"]) == 1
    out, err = capsys.readouterr()
    assert (out, wrong in err) == (
        "1 test in 1 file, none failed; 1 file is wrong and not run\n",
        True,
    )


def test_a_file_that_is_wrong_is_told_in_every_format(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "breakout.test.yaml").write_text(HEAD + PASSES.replace("enter_long", "enter"))
    (folder / "other.test.yaml").write_text(HEAD + PASSES)

    assert run(["test", "--json", "rules"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert run(["test", "--format", "junit", "rules"]) == 1
    root = ElementTree.fromstring(capsys.readouterr().out)

    assert [document[name] for name in ("tests", "failed", "wrong")] == [1, 0, 1]
    assert [one["file"] for one in document["files"]] == ["rules/other.test.yaml"]
    (told,) = document["diagnostics"]
    assert (told["file"], told["line"], told["code"]) == ("rules/breakout.test.yaml", 7, "R105")
    assert root.attrib == {"tests": "2", "failures": "0", "errors": "1", "skipped": "0"}
    (error,) = root.iter("error")
    assert error.attrib["message"].startswith("rules/breakout.test.yaml:7:35: R105 `enter` is not")


def test_a_file_of_tests_below_a_folder_is_run_whatever_its_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "story.yaml").write_text(HEAD + PASSES)
    (folder / "mentions.yaml").write_text("# kind: test\n" + (folder / "breakout.yaml").read_text())

    assert run(["test", "rules"]) == 0
    assert capsys.readouterr().out == "1 test in 1 file, none failed\n"


def test_used_wrongly_ends_with_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "rules"]) == 2
    assert "write `x.test.yaml` beside `x.yaml`" in capsys.readouterr().err
    assert run(["test"]) == 2
    assert run(["test", "nowhere"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("backtest", "FILE", "--data", "synthetic:7"),
        ("run", "FILE", "--replay", "synthetic:7"),
        ("doctor", "FILE"),
        ("explain", "FILE"),
        ("show", "FILE"),
        ("run", "rules/named-otherwise.yaml"),
    ],
    ids=" ".join,
)
def test_tests_are_no_rules_to_trade(
    arguments: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("breakout.test.yaml", "named-otherwise.yaml"):
        (folder / name).write_text(HEAD + PASSES)

    path = "rules/breakout.test.yaml"
    assert run([path if word == "FILE" else word for word in arguments]) == 1
    assert "run them with `runner test rules/" in capsys.readouterr().err


def test_a_folder_that_is_traded_may_hold_tests(folder: Path) -> None:
    (folder / "breakout.test.yaml").write_text("kind: test\nnonsense")

    strategies = strategies_of((Path("rules"),), ("length=10",))

    assert strategies is not None
    assert [one.name for one in strategies] == ["breakout"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("kind: test\n", "`breakout.test.yaml` holds tests itself"),
        ("kind: tset\n", "`breakout.test.yaml` is not a right rule file"),
        ("", "`breakout.test.yaml` holds tests itself"),
    ],
)
def test_a_test_of_tests_is_refused_and_ends(
    kind: str, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = HEAD.replace("breakout.yaml", "breakout.test.yaml").replace("kind: test\n", kind)
    (folder / "breakout.test.yaml").write_text(own + PASSES)

    assert run(["validate", "rules"]) == 1
    assert said in capsys.readouterr().out


def test_candles_may_come_from_a_file_or_be_written_out(folder: Path) -> None:
    rows = [f"{1704067200000 + hour * 3_600_000},100,101,99,100,10" for hour in range(30)]
    rows += [f"{1704067200000 + hour * 3_600_000},100,103,99,102,50" for hour in range(30, 35)]
    header = "timestamp,open,high,low,close,volume"
    (folder / "hours.csv").write_text("\n".join([header, *rows, ""]))
    written = ", ".join(
        ["[100, 101, 99, 100, 10]"] * 30 + ["[100, 103, 99, 102, 50]"] * 5,
    )
    (folder / "breakout.test.yaml").write_text(
        f"""{HEAD}
  - name: of a file
    candles: {{file: hours.csv}}
    expect:
      - &one {{at: bar 31, signal: enter_long}}
      - {{at: "2024-01-02T07:00", signal: enter_long}}
  - name: written out
    candles: {{rows: [{written}]}}
    expect: [*one]
"""
    )

    assert run(["test", "rules"]) == 0


@pytest.mark.parametrize("at", ["bar 5", '"2024-01-01T05:00"'])
def test_a_file_decides_nothing_on_its_last_bar_either(
    at: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{1704067200000 + hour * 3_600_000},100,101,99,100,10" for hour in range(5)]
    (folder / "hours.csv").write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]))
    (folder / "breakout.test.yaml").write_text(
        f"{HEAD}  - name: of a file\n    candles: {{file: hours.csv}}\n"
        f"    expect: [{{at: {at}, signal: none, position: none}}]\n"
    )

    assert run(["test", "rules"]) == 1
    (said,) = [line for line in capsys.readouterr().out.splitlines() if " at " in line]
    assert said.startswith("  rules/breakout.test.yaml:7: signal at ")
    assert said.endswith("nothing is decided on the last bar: look at the bar before")


def test_a_missing_bar_has_its_number_and_nothing_closes_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "breakout.test.yaml").write_text(
        HEAD
        + PASSES.replace("100x30", "100x20 _ 100x9").replace(
            "expect: [", "expect: [{at: bar 21, position: none}, "
        )
    )

    assert run(["test", "rules"]) == 1
    out = capsys.readouterr().out
    assert "position at bar 21 (2024-01-01T21:00:00Z): no bar closes there" in out
    assert "signal at" not in out


@pytest.mark.parametrize("bar", ["bar 35", '"2024-01-02T11:00"'])
@pytest.mark.parametrize("wish", ["signal: none", "orders: []", "refused: last bar"])
def test_nothing_is_shown_by_the_last_bar_of_a_file(
    bar: str, wish: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{1704067200000 + hour * 3_600_000},100,101,99,100,10" for hour in range(35)]
    header = "timestamp,open,high,low,close,volume"
    (folder / "hours.csv").write_text("\n".join([header, *rows, ""]))
    story = "  - name: ends\n    candles: {file: hours.csv}\n    expect:\n"
    late = f"      - {{at: {bar}, {wish}, position: none}}\n"
    (folder / "breakout.test.yaml").write_text(HEAD + story + late)

    assert run(["test", "rules"]) == 1
    out = capsys.readouterr().out
    assert "nothing is decided on the last bar: look at the bar before" in out
    assert out.count("breakout.test.yaml") == 2
