"""The formats that CI services read: valid, right places, and nothing in a file breaks them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from runner.commands.main import run
from runner.rules.compile import load
from runner.rules.diagnostic import Diagnostic, Severity, in_order
from runner.rules.format import Report
from runner.rules.format_github import as_github
from runner.rules.format_junit import as_junit
from runner.rules.format_sarif import as_sarif
from runner.rules.source import Source
from tests.conftest import ROOT
from tests.rules.files import GOOD, a_file
from tests.rules.sarif import LOG

#: The path of the standard's own schema (sarif-schema-2.1.0.json of OASIS), where it is at hand.
OWN_SCHEMA = "RUNNER_SARIF_SCHEMA"
CASES = sorted((ROOT / "tests" / "golden").glob("*.yaml"))
WARNED = a_file(("when: crossover(rsi14, 30)", "when: close > open"))
WRONG = a_file(("crossover(rsi14, 30)", "smaa(close, 20) > close"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def a_report(*paths: Path | str, strict: bool = False) -> Report:
    loaded = [load(path) for path in paths]
    found = in_order(it for one in loaded for it in one.diagnostics)
    sources = {one.source.file: one.source for one in loaded}
    return Report(tuple(map(str, paths)), tuple(found), sources, strict)


def a_finding(file: str = "x.yaml", message: str = "odd", help: str = "") -> Report:
    found = Diagnostic(file, 1, 2, 1, 3, Severity.ERROR, "R101", message, help)
    return Report((file,), (found,), {file: Source.of(file, "odd text")}, strict=False)


def results(report: Report) -> list[dict[str, Any]]:
    return list(json.loads(as_sarif(report))["runs"][0]["results"])


@pytest.mark.parametrize("cases", [CASES, []], ids=["all golden cases", "no file"])
def test_sarif_is_what_the_standard_asks_for(cases: list[Path]) -> None:
    document = json.loads(as_sarif(a_report(*cases)))

    assert list(jsonschema.Draft202012Validator(LOG).iter_errors(document)) == []
    (ran,) = document["runs"]
    assert len(ran["artifacts"]) == len(cases)
    assert bool(ran["results"]) is bool(cases)
    for result in ran["results"]:
        rule = ran["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["markdown"]


@pytest.mark.skipif(OWN_SCHEMA not in os.environ, reason=f"{OWN_SCHEMA} names no schema")
def test_sarif_is_valid_against_the_schema_of_the_standard() -> None:
    schema = json.loads(Path(os.environ[OWN_SCHEMA]).read_text(encoding="utf-8"))
    document = json.loads(as_sarif(a_report(*CASES)))

    validator = jsonschema.validators.validator_for(schema)(schema)
    assert list(validator.iter_errors(document)) == []


@pytest.mark.parametrize(
    ("part", "value"),
    [("level", "fatal"), ("ruleIndex", -1), ("message", {}), ("fixes", []), ("locations", [])],
)
def test_what_is_no_sarif_is_seen(part: str, value: object) -> None:
    document = json.loads(as_sarif(a_finding()))
    document["runs"][0]["results"][0][part] = value

    assert len(list(jsonschema.Draft202012Validator(LOG).iter_errors(document))) == 1


def test_sarif_counts_lines_and_columns_from_1_in_paths_from_here(folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "a b.yaml").write_text(WRONG)

    (found,) = (it for it in results(a_report(Path("rules/a b.yaml"))) if it["level"] == "error")

    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "rules/a%20b.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 21, "startColumn": 11, "endLine": 21, "endColumn": 15}
    assert found["message"]["text"] == "`smaa` is not a function; did you mean `sma`?"


def test_a_file_that_is_not_below_has_its_whole_path(folder: Path) -> None:
    (folder / "x.yaml").write_text(WRONG)
    (folder / "here").mkdir()
    report = a_report(folder / "x.yaml")

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder / "here")
        location = results(report)[0]["locations"][0]["physicalLocation"]["artifactLocation"]

    assert location == {"uri": (folder / "x.yaml").as_uri()}


def test_a_fingerprint_holds_when_lines_move_and_is_never_another_ones(folder: Path) -> None:
    def prints(text: str) -> list[str]:
        (folder / "x.yaml").write_text(text)
        return [it["partialFingerprints"]["runnerFinding/v1"] for it in results(a_report("x.yaml"))]

    twice = a_file(("rsi14: rsi(close, length)", "a: smaa(close, 2)\n  b: smaa(close, 2)"))

    assert prints(f"# moved\n\n{WRONG}") == prints(WRONG)
    assert prints(WRONG.replace("smaa", "smma")) != prints(WRONG)
    assert len(set(prints(twice))) == len(prints(twice)) > 1


def test_no_format_shows_a_secret() -> None:
    report = a_report(*CASES)

    for text in (as_sarif(report), as_github(report), as_junit(report)):
        assert "CANARY" not in text
        assert "0d3a8f2b9c71" not in text


def test_github_gets_one_command_a_finding_whatever_stands_in_it() -> None:
    report = a_finding("a,b:c%\n.yaml", "5%\r\nof it", "a, b: c")

    assert as_github(report) == (
        "::error file=a%2Cb%3Ac%25%0A.yaml,line=1,endLine=1,col=2,endColumn=3,"
        "title=R101 unknown-key::5%25%0D%0Aof it; a, b: c\n"
    )


def test_github_gets_no_columns_of_a_stretch_over_several_lines() -> None:
    found = Diagnostic("x.yaml", 1, 9, 2, 3, Severity.WARNING, "R505", "odd", "")
    report = Report(("x.yaml",), (found,), {}, strict=False)

    assert (
        as_github(report) == "::warning file=x.yaml,line=1,endLine=2,title=R505 always-true::odd\n"
    )


def test_junit_has_one_case_a_file_and_fails_as_validate_does(folder: Path) -> None:
    for name, text in (("good", GOOD), ("warned", WARNED), ("wrong", WRONG)):
        (folder / f"{name}.yaml").write_text(text)
    files = ("good.yaml", "warned.yaml", "wrong.yaml")

    for strict, failing in ((False, ["wrong.yaml"]), (True, ["warned.yaml", "wrong.yaml"])):
        (suite,) = ElementTree.fromstring(as_junit(a_report(*files, strict=strict)))

        assert [case.get("name") for case in suite] == list(files)
        assert [case.get("name") for case in suite if case.find("failure") is not None] == failing
        assert suite.get("failures") == str(len(failing))
        assert suite.get("tests") == "3"
        text = suite[2].findtext("failure") or ""
        assert text.startswith("wrong.yaml:21:11: R204 unknown-function")
        assert "did you mean `sma`?" in text


def test_junit_is_xml_whatever_stands_in_a_finding() -> None:
    report = a_finding('a"<&>\x1b.yaml', "]]> & \x00 <b>", "\ud800")

    (suite,) = ElementTree.fromstring(as_junit(report).encode(errors="surrogatepass"))

    assert suite[0].get("name") == 'a"<&>�.yaml'
    assert "]]> & � <b>" in (suite[0].findtext("failure") or "")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit"])
def test_every_format_ends_with_the_same_exit_code(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text, code, strict in (
        ("good", GOOD, 0, 0),
        ("warned", WARNED, 0, 1),
        ("wrong", WRONG, 1, 1),
    ):
        (folder / f"{name}.yaml").write_text(text)

        assert run(["validate", "--format", form, f"{name}.yaml"]) == code
        assert run(["validate", "--strict", "--format", form, f"{name}.yaml"]) == strict
        assert capsys.readouterr().err == ""


def test_strict_respects_a_comment_with_a_reason(folder: Path) -> None:
    silenced = WARNED.replace("length)\n", "length)  # runner: ignore R501 for `runner show`\n")
    (folder / "x.yaml").write_text(silenced)

    assert silenced != WARNED
    assert run(["validate", "--strict", "x.yaml"]) == 0
