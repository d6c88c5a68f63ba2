"""`runner validate` and `runner init` as a person meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.commands.main import run
from tests.conftest import ROOT
from tests.rules.files import GOOD, a_file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_right_file_ends_with_0_and_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x.yaml").write_text(GOOD)

    assert run(["validate", "x.yaml"]) == 0
    assert capsys.readouterr().out == "1 file, no errors\n"


def test_a_wrong_file_ends_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "x.yaml").write_text(a_file(("timeframe: 1h", "timeframe: 1x")))

    assert run(["validate", "x.yaml"]) == 1
    assert capsys.readouterr().out.startswith("x.yaml:14:12: R110 wrong-form: ")


def test_a_warning_ends_with_1_only_when_strict(folder: Path) -> None:
    (folder / "x.yaml").write_text(a_file(("crossover(rsi14, 30)", "close > open")))

    assert run(["validate", "x.yaml"]) == 0
    assert run(["validate", "--strict", "x.yaml"]) == 1


def test_used_wrongly_ends_with_2(folder: Path) -> None:
    (folder / "empty").mkdir()

    assert run(["validate"]) == 2
    assert run(["validate", "nothing-here.yaml"]) == 2
    assert run(["validate", "empty"]) == 2
    assert run(["validate", "empty", "--format", "xml"]) == 2


@pytest.mark.parametrize("command", [["fmt", "--check"], ["show"], ["test"]])
def test_a_pipe_is_refused_and_not_waited_for(
    command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / "pipe.test.yaml")

    assert run([*command, "pipe.test.yaml"]) == 1
    said = capsys.readouterr()
    assert "pipe.test.yaml: it is no regular file; give the path" in said.out + said.err


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit"])
def test_a_file_that_cannot_be_read_is_told_beside_the_others(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(folder / "a.yaml")
    (folder / "b.yaml").write_text(a_file(("timeframe: 1h", "timeframe: 1x")))

    assert run(["validate", "a.yaml", "b.yaml", "--format", form]) == 1
    said = capsys.readouterr()
    assert said.err == ""
    for words in ("R001", "it is no regular file", "give the path of a rule file", "1x"):
        assert words in said.out
    if form == "text":
        assert said.out.startswith("a.yaml:1:1: R001 not-readable: it is no regular file\n")
        assert said.out.endswith("2 files, 2 errors\n")


def test_a_folder_is_searched_and_hidden_files_are_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "deep").mkdir()
    (folder / ".git").mkdir()
    (folder / "deep" / "x.yml").write_text(GOOD)
    (folder / ".git" / "x.yaml").write_text("nothing")
    (folder / "notes.txt").write_text("nothing")

    assert run(["validate", ".", "deep/x.yml"]) == 0
    assert capsys.readouterr().out == "1 file, no errors\n"


def test_json_has_the_documented_shape(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "x.yaml").write_text(a_file(("crossover(rsi14, 30)", "smaa(close, 20) > close")))

    assert run(["validate", "--format", "json", "x.yaml"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert document["files"] == 1
    assert document["diagnostics"][0] == {
        "file": "x.yaml",
        "line": 21,
        "column": 11,
        "end_line": 21,
        "end_column": 15,
        "severity": "error",
        "code": "R204",
        "message": "`smaa` is not a function",
        "help": "did you mean `sma`?",
    }


def test_whoever_has_the_next_key_of_an_account_owns_it_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waits = '    next: {api_key: "env:NEW_KEY", api_secret: "env:NEW_SECRET"}\n    permissions:'
    (folder / "a.yaml").write_text(GOOD.replace("    permissions:", waits))
    moved = GOOD.replace('"env:KEY"', '"env:NEW_KEY"').replace('"env:SECRET"', '"env:NEW_SECRET"')
    (folder / "b.yaml").write_text(moved.replace("name: golden", "name: other"))

    assert run(["validate", "a.yaml", "b.yaml"]) == 1

    out = capsys.readouterr().out
    assert "b.yaml:13:1: R308 second-owner: a.yaml has the same symbol on the same account" in out


def test_a_second_owner_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(GOOD)
    (folder / "b.yaml").write_text(a_file(("name: golden", "name: other")))
    (folder / "c.yaml").write_text(a_file(("env:KEY", "env:KEY_2")))

    assert run(["validate", "."]) == 1
    out = capsys.readouterr().out
    assert "b.yaml:13:1: R308 second-owner: a.yaml has the same symbol on the same account" in out
    assert "c.yaml" not in out


KEYS = '"env:KEY", api_secret: "env:SECRET"'


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        ('"env:KEY", api_secret: "env:SECRET"', '"env:KEY", api_secret: "env:COPY"', True),
        ('"file:k/k", api_secret: "file:k/s"', '"file:../k/k", api_secret: "file:k/s"', True),
        ('"file:k/k", api_secret: "file:k/s"', '"file:k/k", api_secret: "file:k/s"', False),
        ('"file:k/k", api_secret: "file:k/s"', '"file:link", api_secret: "file:k/s"', True),
        ('"dotenv:KEY", api_secret: "dotenv:S"', '"dotenv:KEY", api_secret: "dotenv:S"', False),
    ],
)
def test_an_account_is_the_real_key_whatever_the_files_write(
    first: str, second: str, is_refused: bool, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "link").symlink_to("../k/k")
    (folder / "a.yaml").write_text(a_file((KEYS, first)))
    (folder / "b" / "b.yaml").write_text(a_file((KEYS, second), ("name: golden", "name: other")))

    assert run(["validate", "."]) == is_refused
    assert (
        "R308 second-owner: a.yaml has the same symbol" in capsys.readouterr().out
    ) == is_refused


def test_files_with_one_dotenv_share_its_keys(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = (KEYS, '"dotenv:KEY", api_secret: "dotenv:S"')
    (folder / "a.yaml").write_text(a_file(one))
    (folder / "b.yaml").write_text(a_file(one, ("name: golden", "name: other")))

    assert run(["validate", "."]) == 1
    assert "R308 second-owner: a.yaml has the same symbol" in capsys.readouterr().out


def test_validate_imports_nothing_heavy() -> None:
    heavy = ["ccxt", "numpy", "talib", "apscheduler", "aiohttp", "jsonschema", "rich", "sqlite3"]
    code = (
        "import sys; more = [f'tests/golden/{name}.yaml' for name in ('complete', 'all-the-rest')];"
        "from runner.commands.main import run; run(['validate', 'rules', *more]);"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["18 files, no errors", "[]"]


def test_init_writes_a_file_that_is_right(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    said = capsys.readouterr().out

    written = (folder / "rules" / "rsi-reversion.yaml").read_bytes()
    assert written == (ROOT / "rules" / "rsi-reversion.yaml").read_bytes()
    assert "BINANCE_RSI_KEY=\n" in (folder / ".env.example").read_text()
    assert (folder / "rules" / "rsi-reversion.test.yaml").is_file()
    assert {file.name for file in (folder / "schemas").iterdir()} == {
        "rule.schema.json",
        "test.schema.json",
    }
    assert "runner validate rules/rsi-reversion.yaml" in said
    assert run(["validate", "--strict", "rules"]) == 0
    assert run(["test", "rules", "--coverage"]) == 0


def test_init_never_overwrites(folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "breakout.yaml").write_text("mine")
    (folder / ".env.example").write_text("mine")

    assert run(["init", "breakout"]) == 1
    assert run(["init"]) == 0
    assert (folder / "rules" / "breakout.yaml").read_text() == "mine"
    assert (folder / ".env.example").read_text() == "mine"


def test_init_names_the_templates_it_has(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "../../etc/passwd"]) == 2
    assert "; there are breakout, dca, ema-cross, rsi-reversion, " in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_symbol_of_several_has_one_owner_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text(a_file(("[BTC/USDT]", "[ETH/USDT, BTC/USDT]")))
    (folder / "b.yaml").write_text(a_file(("name: golden", "name: other")))

    assert run(["validate", "."]) == 1
    assert "b.yaml:13:1: R308 second-owner: a.yaml has the same symbol" in capsys.readouterr().out


def test_long_and_short_of_one_contract_are_one_position(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "tests" / "golden" / "stop-beyond-liquidation.yaml").read_text()
    (folder / "a.yaml").write_text(text)
    (folder / "b.yaml").write_text(text.replace("  long:", "  short:").replace("golden", "other"))

    assert run(["validate", "."]) == 1
    assert "R308 second-owner" in capsys.readouterr().out


LOCK = {
    "schema": 1,
    "exchange": "binance",
    "source": "markets.lock of 2026-01-01",
    "markets": {
        "BTC/USDT": {"tick": "0.01", "step": "0.001", "min_quantity": "0.001", "min_notional": "5"}
    },
}


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("notional: 4 USDT", "`notional` is 4 USDT; BTC/USDT takes 5 USDT or more"),
        ("spend: 4.9 USDT", "`spend` is 4.9 USDT; BTC/USDT takes 5 USDT or more"),
        ("quantity: 0.0005 BTC", "`quantity` is 0.0005 BTC; BTC/USDT takes 0.001 BTC or more"),
        ("risk: 1%, at_most: 4 USDT", "`at_most` is 4 USDT; BTC/USDT takes 5 USDT or more"),
        ("equity: 10%", "`equity` is 4 USDT; BTC/USDT takes 5 USDT or more"),
        ("equity: 20%", None),
        ("notional: 5 USDT", None),
        ("quantity: 100 / close", None),
    ],
)
def test_a_size_below_the_lock_beside_the_file_is_a_warning(
    size: str, said: str | None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = ("risk: 1%", size), ("timeframe: 1h", "timeframe: 1h\ncapital: 40 USDT")
    (folder / "x.yaml").write_text(a_file(*changes))

    assert run(["validate", "x.yaml", "--strict"]) == 0
    (folder / "markets.lock").write_text(json.dumps(LOCK))
    assert run(["validate", "x.yaml", "--strict"]) == (1 if said else 0)
    out = capsys.readouterr().out
    assert (f"R514 below-minimum (warning): {said}" in out) if said else ("R514" not in out)


@pytest.mark.parametrize("locked", [True, False])
def test_a_size_below_the_lock_is_ignored_with_a_reason(locked: bool, folder: Path) -> None:
    size = "size: {notional: 4 USDT}  # runner: ignore R514 the lock is of another market"
    (folder / "x.yaml").write_text(a_file(("size: {risk: 1%}", size)))
    if locked:
        (folder / "markets.lock").write_text(json.dumps(LOCK))

    assert run(["validate", "x.yaml", "--strict"]) == 0
