"""`runner functions`: the reference of the language, and the names of other tools."""

from __future__ import annotations

import json

import pytest

from runner.commands.main import run
from runner.indicators.table import FUNCTIONS
from runner.language.parse import Scope, parse
from runner.language.reference import document, lines


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["functions", *words]) == 0
    return capsys.readouterr().out


def test_all_of_them_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    signatures = [line for line in said(capsys).splitlines() if not line.startswith(" ")]

    assert signatures == [function.signature for function in FUNCTIONS.values()]


def test_one_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "supertrend")

    for title, words in (
        ("write", "supertrend(n, multiple)"),
        ("outputs", ".line .direction"),
        ("multiple", "number or param, 0 to 10"),
        ("reads", "high low close"),
        ("lookback", "14"),
        ("warmup", "1388 bars"),
    ):
        assert f"{title:<16}{words}" in text


@pytest.mark.parametrize(
    ("asked", "ours"),
    [("linearreg", "linreg"), ("STDDEV", "stdev"), ("psar", "sar"), ("pivothigh()", "pivot")],
)
def test_names_of_other_tools_are_answered_with_ours(
    asked: str, ours: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, asked).splitlines()

    assert text[0] == f"`{asked}` is `{ours}` here"
    assert text[1].startswith(f"write           {ours}(")


@pytest.mark.parametrize(
    ("asked", "help"),
    [("maxindex", "write `barssince("), ("mult", "write `a * b`"), ("supertrnd", "did you mean")],
)
def test_what_is_no_function_is_refused_with_what_to_write(
    asked: str, help: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["functions", asked]) == 2
    assert help in capsys.readouterr().err


def test_programs_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    read = json.loads(said(capsys, "--json"))

    assert read["schema"] == 1
    assert [it["name"] for it in read["functions"]] == list(FUNCTIONS)
    assert json.loads(said(capsys, "obv", "--json"))["functions"] == [document(FUNCTIONS["obv"])]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_documented_with_an_example_that_holds(name: str) -> None:
    known = document(FUNCTIONS[name])

    assert all(text for _, text in lines(FUNCTIONS[name]))
    assert str(known["meaning"]).endswith(".")
    shown = known["example"]
    assert isinstance(shown, dict)
    assert parse(shown["text"], Scope(), None).warmup == shown["warmup"] > shown["lookback"]
