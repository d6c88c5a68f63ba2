"""Commands used wrongly, and rule files that are none: exit code 2 or 1, and what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.commands.desk import PROBE, Desk, Said, a_desk, probe
from tests.commands.rights import without_root_rights

MISUSES = [
    (["run", "probe.yaml", "--fresh"], r"`--fresh`, `--json` and `--speed` are for `--replay`"),
    (
        ["run", "probe.yaml", "--replay", "bars.csv", "--speed", "fast"],
        r"`--speed fast` is neither",
    ),
    (
        ["run", "probe.yaml", "--replay", "bars.csv", "--speed", "0"],
        r"neither `max` nor a number a",
    ),
    (["run", "probe.yaml", "--replay", "bars.csv", "--speed", "-1"], r"`--speed -1` is neither"),
    (["run", "probe.yaml", "--replay", "bars.csv", "--speed", "nan"], r"`--speed nan` is neither"),
    (["run", "probe.yaml", "--replay", "bars.csv", "--speed", "1e999"], r"nor a number above zero"),
    (["run", "probe.yaml", "--replay", "bars.csv", "--speed", ""], r"nor a number above zero"),
    (["run", "probe.yaml", "--replay", "bars.csv", "--seed", "x"], r"'x' is not a valid integer"),
    (["run", "probe.yaml", "--replay"], r"'--replay' requires an argument"),
    (["run", "gone.yaml", "--replay", "bars.csv"], r"Path 'gone\.yaml' does not exist"),
    (["run", ".", "--replay", "bars.csv"], r"`--replay` takes one rule file"),
    (
        ["run", "probe.yaml", "--replay", "bars.csv", "--state", "bars.csv"],
        r"'bars\.csv' is a file",
    ),
    (["backtest", "gone.yaml", "--data", "bars.csv"], r"File 'gone\.yaml' does not exist"),
    (["backtest", "home", "--data", "bars.csv"], r"File 'home' is a directory"),
    (["backtest", "probe.yaml"], r"Missing option '--data'"),
    (
        ["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast"],
        r"`--set fast` is not NAME=N",
    ),
    (["backtest", "probe.yaml", "--data", "bars.csv", "--set", "=5"], r"such as `--set fast=10`"),
    (["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast=x"], r"is not NAME=NUMBER"),
    (["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast=nan"], r"is not NAME=NUMBER"),
    (
        ["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast=1_0"],
        r"`--set fast=1_0`: .*; write",
    ),
    (["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast=\uff11"], r"not NAME=NUMBER"),
    (
        ["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast=1e-99999999"],
        r"99`: .*; write",
    ),
    (
        ["backtest", "probe.yaml", "--data", "bars.csv", "--set", "fast=1e999999"],
        r"`--set fast=1e999999`: .*; write",
    ),
    (["validate", "gone.yaml"], r"Path 'gone\.yaml' does not exist"),
    (["validate", "home"], r"no rule file there: give a \.yaml file or a folder that holds one"),
    (["validate"], r"Missing argument 'PATH"),
    (["status", "--state", "bars.csv"], r"'bars\.csv' is a file"),
    (["backup"], r"No such command 'backup'"),
]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Said]]:
    """What is said to every misuse, in one process."""
    with a_desk(tmp_path_factory.mktemp("misuse")) as desk:
        yield desk.several(*(words for words, _ in MISUSES))
        assert list((desk.folder / "home").rglob("replay")) == []


@pytest.mark.parametrize("number", range(len(MISUSES)), ids=lambda n: " ".join(MISUSES[n][0]))
def test_wrong_use_is_2_and_starts_nothing(number: int, heard: list[Said]) -> None:
    told = MISUSES[number][1]

    assert re.search(told, heard[number].misuse()), heard[number].err


@pytest.mark.parametrize("words", [("run", "gone.yaml"), ("backtest", "probe.yaml"), ("nothing",)])
def test_the_command_itself_is_2(words: tuple[str, ...], desk: Desk) -> None:
    assert desk.runner(*words).misuse().startswith("Error: ")


SETTINGS = [
    ("fast=1", "R111 out-of-bounds: `fast` is 1; the file allows 2 to 20"),
    ("fast=21", "R111 out-of-bounds: `fast` is 21; the file allows 2 to 20"),
    ("fast=1.0e+300", "R111 out-of-bounds: `fast` is 1"),
    ("fast=5.5", "must be a whole number from 1 to 10000, not 5.5"),
    ("slow=3", "R112 undeclared-param: `slow` is set, but the file declares no such param"),
]


@pytest.mark.parametrize(("setting", "told"), SETTINGS)
def test_a_param_out_of_its_bounds_is_an_error_at_its_place(
    setting: str, told: str, desk: Desk
) -> None:
    for said in desk.several(
        ("run", "probe.yaml", "--replay", "bars.csv", "--state", "state", "--set", setting),
        ("backtest", "probe.yaml", "--data", "bars.csv", "--set", setting),
    ):
        assert (said.code, said.out) == (1, "")
        assert told in said.err
        assert re.match(r"probe\.yaml:\d+:\d+: R\d{3} ", said.err)
    assert not desk.state.exists()


FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", r"x\.yaml:1:1: R016 empty: the file declares nothing"),
    "no yaml": ("{{{{: : :", r"x\.yaml:1:\d+: R003 not-yaml: "),
    "no text": (bytes(range(128, 256)), r"x\.yaml:1:1: R001 not-readable: "),
    "utf-16": (PROBE.encode("utf-16"), r"x\.yaml:1:1: R001 not-readable: "),
    "bars": ("timestamp,open,high\n1,2,3\n", r"x\.yaml:1:1: R103 "),
    "one word": ("hello", r"x\.yaml:1:1: R103 "),
    "another kind": (
        "version: 1\nkind: jobs\n",
        r"x\.yaml:2:7: R104 .*not supported yet: `kind: j",
    ),
    "no such function": (PROBE.replace("> sma(", "> smaa("), r"x\.yaml:20:19: R\d{3} .*`smaa`"),
    "not yet": (PROBE + "notify: []\n", r"x\.yaml:\d+:1: .*not supported yet: `notify`"),
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_rule_file_is_told_by_place_and_code(case: str, desk: Desk) -> None:
    content, told = FILES[case]
    desk.write("x.yaml", content)

    *said, validated = desk.several(
        ("run", "x.yaml", "--replay", "bars.csv", "--state", "state"),
        ("backtest", "x.yaml", "--data", "bars.csv", "--state", "state"),
        ("validate", "x.yaml"),
    )

    for one in said:
        assert (one.code, one.out) == (1, "")
        assert re.match(told, one.err), one.err
        assert "Traceback" not in one.err
        assert one.err in validated.out
    assert validated.code == 1
    assert not desk.state.exists()


def test_everything_wrong_with_a_file_is_told_at_once(desk: Desk) -> None:
    desk.write("x.yaml", probe(timeframe="1x", fast="{default: 1, min: 2, max: 20}"))

    said = desk.run(file="x.yaml")

    assert said.code == 1
    assert [line.split(":")[1] for line in said.err.splitlines() if line[0] == "x"] == ["15", "17"]


def test_a_warning_is_told_and_the_run_goes_on(desk: Desk) -> None:
    desk.write("probe.yaml", PROBE.replace("entry:", "indicators: {unused: atr(3)}\nentry:"))

    said = desk.run("--json")

    assert "R501 " in said.err
    assert "(warning): the indicator `unused` is never used" in said.err
    assert said.code == 0
    assert json.loads(said.out)["strategy"] == "probe"


def test_a_rule_file_that_may_not_be_read_is_wrong_use(desk: Desk) -> None:
    (desk.folder / "probe.yaml").chmod(0)

    said = desk.runner("run", "probe.yaml", "--replay", "bars.csv", before=without_root_rights())

    assert "'probe.yaml' is not readable" in said.misuse()


@pytest.mark.parametrize("command", ["status", "orders"])
def test_a_state_without_runs_says_how_to_start_one(command: str, desk: Desk) -> None:
    nothing = desk.runner(command, "--state", "state")
    assert nothing.refusal(1) == (
        "no run in `state`; start one with `runner run FILE --replay synthetic:7`"
    )
    assert nothing.out == ""
    assert not desk.state.exists()

    by_json = desk.runner(command, "nobody", "--state", "state", "--json")

    assert by_json.refusal(1).startswith("no run of `nobody` in `state`; start one with")
    assert by_json.out == ""
