"""`runner show`: every value in effect with its origin, as a file that means the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.commands.files import overrides_from
from runner.commands.main import run
from runner.rules.compile import load, load_document
from runner.rules.document import read
from runner.rules.nodes import Mapping
from runner.rules.params import params_of
from runner.rules.resolved import leaves, resolved, scalar_text
from runner.rules.scalars import resolve
from runner.rules.schema import STRATEGY
from tests.conftest import EXAMPLES, ROOT
from tests.rules.files import a_file

GOLDEN = ROOT / "tests" / "golden"
SHOWN = GOLDEN / "show"
CASES = [
    ROOT / "rules" / "rsi-reversion.yaml",
    *(GOLDEN / f"{name}.yaml" for name in ("all-the-rest", "complete", "good")),
]
RIGHT = [
    *EXAMPLES,
    *(case for case in sorted(GOLDEN.glob("*.yaml")) if load(case).strategy is not None),
]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def shown(case: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `runner show` prints."""
    assert run(["show", str(case), *words]) == 0
    return capsys.readouterr().out


def values(case: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Value and origin by key."""
    document = json.loads(shown(case, capsys, "--json", *words))
    return {it["key"]: (it["value"], it["origin"]) for it in document["values"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_shows_what_was_accepted(
    case: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    strategy = load(case).strategy
    assert strategy is not None
    out = SHOWN / f"{case.stem}.out"
    text = shown(case.relative_to(ROOT), capsys).replace(strategy.digest, "DIGEST")
    if pytestconfig.getoption("--accept"):
        out.write_text(text, encoding="utf-8")

    assert text == out.read_text(encoding="utf-8")


@pytest.mark.parametrize("settings", [(), ("SET",)], ids=["as written", "set"])
@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.stem)
def test_what_is_shown_is_a_file_that_means_the_same(
    case: Path, settings: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    written = load(case)
    assert written.strategy is not None
    params = params_of(written.source, written.root, {}).values() if settings else ()
    some = [f"{param.name}={param.text}" for param in params][:1]

    text = shown(case, capsys, *(word for it in some for word in ("--set", it)))
    again = load_document(read(str(case), text.encode()), {})

    assert again.strategy is not None, again.diagnostics
    assert again.strategy.digest == load(case, overrides_from(some)).strategy.digest  # type: ignore[union-attr]


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.stem)
def test_every_key_of_the_schema_is_there(case: Path) -> None:
    loaded = load(case)
    assert loaded.strategy is not None
    assert isinstance(loaded.root, Mapping)

    tree = resolved(loaded.strategy, loaded.source, loaded.root, {})

    assert set(STRATEGY.fields) == set(tree)


@pytest.mark.parametrize(
    ("key", "value", "origin"),
    [
        ("name", "golden", ":3"),
        ("accounts.main.credentials.api_key", "env:KEY", ":8"),
        ("symbols[0]", "BTC/USDT", ":13"),
        ("params.length.default", 14, ":16"),
        ("params.length.min", 2, ":16"),
        ("entry.long.size.risk", "1%", ":22"),
        ("entry.long.fire", "on_rise", "default"),
        ("entry.long.order.type", "market", "default"),
        ("exit.stop_loss.trigger_by", "last", "default"),
        ("exit.trailing_stop", None, "default"),
        ("schedule.delay", "2s", "default"),
        ("backtest.fees.taker", "0.1%", "default"),
        ("max_gap", "12 bars", "default"),
        ("reverse", True, "default"),
        ("capital", None, "default"),
    ],
)
def test_each_value_has_its_origin(
    key: str, value: object, origin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = GOLDEN / "good.yaml"

    found = values(file, capsys)[key]

    assert found == (value, f"{file}{origin}" if origin.startswith(":") else origin)


def test_what_is_set_says_so_and_stands_where_it_is_inserted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(a_file(("params:", "params:\n  part: 1%"), ("risk: 1%", "risk: $part")))

    found = values(file, capsys, "--set", "part=2%", "--set", "length=20")

    assert found["params.part"] == ("2%", "--set")
    assert found["params.length.default"] == (20, "--set")
    assert found["params.length.min"][1] == f"{file}:17"
    assert found["entry.long.size.risk"] == ("2%", f"{file}:23, $part")


def test_a_wrong_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["show", str(GOLDEN / "wrong-type.yaml")])

    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert "R103" in err


def test_what_looks_like_a_key_is_not_shown_and_no_reference_is_resolved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "CANARY-1")
    file, canary = tmp_path / "x.yaml", "0d3a8f2b9c71e4f5a6b7c8d9"
    file.write_text(a_file(("account: main", f"description: is {canary}\naccount: main")))

    text = shown(file, capsys) + shown(file, capsys, "--json")

    assert canary not in text
    assert "CANARY" not in text
    assert "env:KEY" in text


@pytest.mark.parametrize(
    "text",
    [
        *("close > open", "no", "12", "1e5", "a: b", "a #b", "- a", "~", "", " a", "it's", "ä\n"),
        *('"', "[a]", "{a}", "BTC/USDT:USDT", "13:30", "-1%", "2026-01-01", "0x10", "a, b", "*a"),
    ],
)
def test_text_is_written_so_that_it_is_read_as_the_same_text(text: str) -> None:
    written = scalar_text(text)
    document = read("x.yaml", f"description: {written}\n".encode())

    assert document.diagnostics == ()
    assert isinstance(document.root, Mapping)
    found = document.root.entries["description"].value
    assert getattr(found, "value", None) == text
    assert written != text or resolve(text) == text


def test_leaves_have_one_key_each() -> None:
    loaded = load(GOLDEN / "all-the-rest.yaml")
    assert loaded.strategy is not None
    assert isinstance(loaded.root, Mapping)

    keys = [key for key, _ in leaves(resolved(loaded.strategy, loaded.source, loaded.root, {}))]

    assert len(keys) == len(set(keys))
    assert "entry.long.add[1].size" in keys
