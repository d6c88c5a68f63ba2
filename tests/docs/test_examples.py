"""What the pages show is so: rule files, parts of them, expressions, data, messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from runner.data.barfile import read as read_bars
from runner.data.funding import read_funding
from runner.data.inputs import read_input
from runner.data.markets import LOCK_NAME, market_rules
from runner.language.parse import ExpressionError, Kind, Scope, parse
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from runner.rules.calendar import instants_of
from runner.rules.diagnostic import Severity
from runner.rules.format import as_text
from tests.docs.pages import EVERY_BLOCK, FIRST_RULE, GUIDE, README, Block, blocks, loaded
from tests.engine.mutants import outcomes, suite_of

HOUR = Timeframe("1h", 3_600_000)
WHOLE = [block for block in EVERY_BLOCK if block.is_whole_file]
PARTS = [
    block
    for block in EVERY_BLOCK
    if block.language == "yaml" and not (block.is_whole_file or block.is_tests or block.is_settings)
]
TESTS = [block for block in EVERY_BLOCK if block.is_tests]
SETTINGS = [block for block in EVERY_BLOCK if block.is_settings]

_ROW = re.compile(r"^\| `(.+?)` \| (.+?) \|$", re.MULTILINE)


class Quoting(yaml.SafeDumper):
    """Quotes times of day, which readers of YAML 1.1 take for numbers."""


def _text(dumper: Quoting, text: str) -> yaml.ScalarNode:
    style = '"' if re.fullmatch(r"[0-9]{2}:[0-9]{2}", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


Quoting.add_representer(str, _text)


def refused_expressions() -> list[tuple[str, str]]:
    """Rows of the table under "What is refused"."""
    page = (GUIDE / "expressions.md").read_text(encoding="utf-8")
    section = page.partition("## What is refused")[2].partition("\n## ")[0]
    return _ROW.findall(section)


def block_of(page: Path, language: str, beginning: str) -> Block:
    [found] = [
        block
        for block in blocks(page)
        if block.language == language and block.text.startswith(beginning)
    ]
    return found


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_whole_rule_file_is_right_to_the_last_warning(block: Block) -> None:
    came = loaded(block.text)

    assert came.diagnostics == ()
    assert came.strategy is not None


@pytest.mark.parametrize("block", SETTINGS, ids=str)
def test_settings_that_are_shown_are_right_to_the_last_warning(block: Block) -> None:
    came = loaded(block.text)

    assert came.diagnostics == ()
    assert came.settings is not None


@pytest.mark.parametrize("block", TESTS, ids=str)
def test_tests_that_are_shown_pass(block: Block, tmp_path: Path) -> None:
    (tmp_path / "first-rule.yaml").write_text(FIRST_RULE)
    tests = tmp_path / "first-rule.test.yaml"
    tests.write_text(block.text)

    assert [failure for one in outcomes(suite_of(tests)) for failure in one.failures] == []


@pytest.mark.parametrize("block", PARTS, ids=str)
def test_a_part_of_a_rule_file_is_right_in_its_place(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part takes the place of the blocks of the page's whole file, else of the first rule."""
    monkeypatch.chdir(tmp_path)
    has_series_of_the_pages(tmp_path / "rules")
    wholes = [it.text for it in blocks(block.page) if it.is_whole_file and it.line < block.line]
    part = yaml.safe_load(block.text)
    whole = yaml.safe_load([FIRST_RULE, *wholes][-1]) | part
    if "indicators" in part:  # the first rule's exit names its own
        whole["exit"] = {"stop_loss": {"distance": "2 * atr(14)"}}

    came = loaded(yaml.dump(whole, Dumper=Quoting, sort_keys=False))

    assert [found for found in came.diagnostics if found.severity is Severity.ERROR] == []


def has_series_of_the_pages(folder: Path) -> None:
    """The CSV files that rule files of the pages name, as the pages show them."""
    folder.mkdir()
    (folder / "fear.csv").write_text(block_of(GUIDE / "expressions.md", "csv", "timestamp").text)
    (folder / "news.csv").write_text(block_of(GUIDE / "protections.md", "csv", "time,").text)


def test_the_series_shown_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    has_series_of_the_pages(folder)
    rates = folder / "rates.csv"
    rates.write_text(block_of(GUIDE / "data.md", "csv", "timestamp,funding_rate").text)

    assert read_input(folder / "fear.csv", "value", 0)[1].tolist() == [23.0, 19.0]
    assert len(instants_of(str(folder / "first-rule.yaml"), "news.csv")) == 2
    assert read_funding(rates).rates.tolist() == [0.0001, -0.00004]


@pytest.mark.parametrize(("written", "answer"), refused_expressions())
def test_an_expression_is_refused_in_these_words(written: str, answer: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(written, Scope(), Kind.TRUTH)

    said = {
        text
        for found in caught.value.problems
        for text in (found.message, f"{found.message}: {found.help}")
    }
    assert answer in said


def test_a_table_of_refusals_was_found() -> None:
    assert len(refused_expressions()) >= 5


def test_the_candles_shown_are_read(tmp_path: Path) -> None:
    file = tmp_path / "BTC-USDT-1h.csv"
    file.write_text(block_of(GUIDE / "data.md", "csv", "timestamp,open").text)

    assert len(read_bars(file, HOUR)) == 2


def test_the_message_about_candles_is_the_one_shown(tmp_path: Path) -> None:
    told = block_of(GUIDE / "data.md", "text", "error:").text
    first, *opens = (1_609_459_200_000 + hour * HOUR.ms for hour in (0, 1, 2, 3, 4, 6, 5))
    rows = [f"{time},30000,30010,29990,30005,1.5" for time in (first, *opens)]
    file = tmp_path / "BTC-USDT-1h.csv"
    file.write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]))

    with pytest.raises(Refused) as caught:
        read_bars(file, HOUR)

    assert told == f"error: {str(caught.value).replace(str(tmp_path), 'candles')}\n"


def test_the_lock_shown_is_read(tmp_path: Path) -> None:
    lock = tmp_path / LOCK_NAME
    lock.write_text(block_of(GUIDE / "data.md", "json", "{").text)

    market = market_rules("BTC/USDT", "binance", None, lock)

    assert market.source == "Binance exchangeInfo, read on 2026-05-01"
    assert market_rules("BTC/USDT:USDT", "binance", None, lock).max_leverage == 125


def test_the_message_about_a_mistake_is_the_one_shown() -> None:
    told = block_of(README, "text", "rules/first-rule.yaml").text

    came = loaded(FIRST_RULE.replace("ema(close, 12)", "emaa(close, 12)"))

    assert as_text(came.diagnostics, {came.source.file: came.source}, color=False) == told
