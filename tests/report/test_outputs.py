"""What commands print for programs is of its schema, and the schema lets nothing else through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from runner.commands.main import run
from runner.report.outputs import output_schemas
from tests.conftest import ROOT
from tests.rules.test_schema import described

SCHEMAS = output_schemas()
FAILS = """\
version: 1
kind: test
strategy: breakout.yaml
tests:
  - name: is not so
    candles: "100x30 102x5"
    expect: [{at: bar 31, position: long}, {at: end, equity: 1}]
"""
RULES = ROOT / "rules"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_file_is_what_the_table_makes(name: str, pytestconfig: pytest.Config) -> None:
    file = ROOT / "schemas" / name
    if pytestconfig.getoption("--accept"):
        file.write_text(SCHEMAS[name], encoding="utf-8")

    assert file.read_text(encoding="utf-8") == SCHEMAS[name]


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema_and_says_what_every_key_is(name: str) -> None:
    schema = json.loads(SCHEMAS[name])

    Draft202012Validator.check_schema(schema)
    assert [path for path, is_described in described(schema) if not is_described] == []


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run(list(words)) in (0, 1)
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "words",
    [
        ("test", "fails.test.yaml", "--json"),
        ("test", "rules", "--json", "--coverage"),
        ("test", "fails.test.yaml", "--format", "json", "--coverage"),
        ("functions", "--json"),
        ("functions", "obv", "--json"),
        ("show", "rules/turtle.yaml", "--json"),
        ("show", "golden/complete.yaml", "--json"),
        ("explain", "rules/turtle.yaml", "--json"),
        ("explain", "R503", "--json"),
        ("explain", "R002", "--json"),
        ("validate", "golden", "--format", "json"),
        ("validate", "rules", "--format", "json"),
        ("diff", "rules/dca.yaml", "rules/turtle.yaml", "--format", "json"),
        ("diff", "rules/dca.yaml", "rules/dca.yaml", "--format", "json"),
    ],
    ids=" ".join,
)
def test_what_is_printed_is_of_the_schema(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").symlink_to(RULES)
    (tmp_path / "golden").symlink_to(ROOT / "tests" / "golden")
    (tmp_path / "breakout.yaml").symlink_to(RULES / "breakout.yaml")
    (tmp_path / "fails.test.yaml").write_text(FAILS)
    oracle = Draft202012Validator(json.loads(SCHEMAS[f"{words[0]}-output.schema.json"]))

    document = printed(capsys, *words)

    oracle.validate(document)
    with pytest.raises(ValidationError):
        oracle.validate({**document, "more": 1})
    for key in document.keys() - {"coverage", "wrong", "right"}:
        with pytest.raises(ValidationError):
            oracle.validate({name: value for name, value in document.items() if name != key})
