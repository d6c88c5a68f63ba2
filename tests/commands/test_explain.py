"""`runner explain`: what a person reads about a rule file, and about a code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runner.commands.main import run
from runner.core.strategy import Strategy
from runner.rules.compile import load
from runner.rules.diagnostic import CODES
from runner.rules.explain import explained
from runner.rules.in_words import listed, span
from tests.conftest import EXAMPLES, ROOT
from tests.rules.files import a_file, strategy_of

GOLDEN = ROOT / "tests" / "golden"
EXPLAINED = GOLDEN / "explain"
CASES = [
    *EXAMPLES,
    *(GOLDEN / f"{name}.yaml" for name in ("all-the-rest", "complete", "good")),
]
FUTURES = (
    ("[read, spot]", "[read, futures]"),
    ("market: spot", "market: futures"),
    ("[BTC/USDT]", "[BTC/USDT:USDT]"),
)


def said(case: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What `runner explain` prints in the root of the repository."""
    assert run(["explain", str(case.relative_to(ROOT)), *words]) == 0
    strategy = load(case).strategy
    assert strategy is not None
    return capsys.readouterr().out.replace(strategy.digest[:12], "DIGEST")


def text_of(strategy: Strategy) -> str:
    """Every sentence, in one text."""
    return "\n".join(line for section in explained(strategy, {}) for line in section.lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_says_what_was_accepted(
    case: Path,
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    out, text = EXPLAINED / f"{case.stem}.out", said(case, capsys)
    if pytestconfig.getoption("--accept"):
        out.write_text(text, encoding="utf-8")

    assert text == out.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 100


def test_nothing_lies_there_that_no_case_shows() -> None:
    assert {path.stem for path in EXPLAINED.iterdir()} == {case.stem for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_condition_and_indicator_stands_there_as_it_is_written(case: Path) -> None:
    strategy = load(case).strategy
    assert strategy is not None

    text = text_of(strategy)

    whens = [rule.when for rule in strategy.entries]
    whens += [rule.when for rule in strategy.exits.rules]
    wanted = [condition.expression.text for when in whens for condition in when]
    wanted += [indicator.expression.text for indicator in strategy.indicators]
    assert [written for written in wanted if " ".join(written.split()) not in text] == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ((), "the stop costs 1% of the account's equity"),
        ((("risk: 1%", "equity: 50%"),), "worth 50% of the account's equity"),
        ((("risk: 1%", "notional: 100 USDT"),), "how much: worth 100 USDT"),
        ((("risk: 1%", "quantity: 0.1 BTC"),), "how much: 0.1 BTC"),
        ((("risk: 1%", "spend: 100 USDT"),), "what 100 USDT buys, fee included"),
        ((("risk: 1%", "spend: 5%"),), "what 5% of the account's equity buys"),
        ((("risk: 1%", "risk: 1%, at_most: 9 USDT"),), "more than 9 USDT is denied"),
        (
            (("risk: 1%", "risk: 1%, at_most: 9 USDT, when_over: cut"),),
            "more than 9 USDT is cut down to it",
        ),
        ((("when: crossover", "fire: while_true\n    when: crossover"),), "at every bar"),
        ((("  stop_loss: {distance: 2 * atr(14)}", "  time_stop: 3 bars"),
          ("risk: 1%", "equity: 1%")), "no stop: nothing else limits the loss"),
        ((("distance: 2 * atr(14)", "distance: 2%"),), "stop: 2% below the average fill"),
        ((("distance: 2 * atr(14)", "price: low"),), "stop: at `low` of the signal bar"),
        ((("exit:", "exit:\n  take_profit: {distance: 3R}"),), "target: all at a gain of 3R"),
        ((), "borrows, or sells what it did not buy"),
        ((*FUTURES,), "sells short"),
        ((*FUTURES,), "leverage: 1x of at most 1x"),
        ((*FUTURES, ("  long:", "  short:")), "above the average fill"),
        ((("account: main", "on_stop: {entries: keep}\naccount: main"),), "unfilled entries stay"),
        (
            (("    limits", '    next: {api_key: "env:K2", api_secret: "env:S2"}\n    limits'),),
            "the key behind `env:K2` and `env:S2` to take over as soon as it passes the same audit",
        ),
    ],
)  # fmt: skip
def test_each_way_of_writing_has_its_sentence(
    changes: tuple[tuple[str, str], ...], sentence: str
) -> None:
    assert sentence in text_of(strategy_of(a_file(*changes)))


def test_a_side_that_is_not_written_is_not_told() -> None:
    titles = [section.title for section in explained(strategy_of(a_file()), {})]

    assert "buys" in titles
    assert "sells short" not in titles
    assert "pauses" not in titles


def test_json_holds_the_same_sentences(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    document = json.loads(said(GOLDEN / "good.yaml", capsys, "--json"))

    assert document["schema"] == 1
    assert (document["name"], document["file"]) == ("golden", "tests/golden/good.yaml")
    assert [section["title"] for section in document["sections"]][:2] == ["trades", "looks"]
    assert all(section["lines"] for section in document["sections"])


def test_a_wrong_file_is_refused_with_its_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["explain", str(GOLDEN / "empty-list.yaml")])

    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert "R108" in err


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_explained(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", code.lower()]) == 0
    assert capsys.readouterr().out.startswith(f"{code} {CODES[code]} (")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("R499", "there is no code `R499`; there are R401, R402"),
        ("R999", "there is no code `R999`; there are R001, R002"),
        ("no-such-file", "`no-such-file` is neither a rule file nor a code such as `R401`"),
        ("x" * 5000, "is neither a rule file nor a code"),
    ],
)
def test_what_is_neither_is_wrong_use(
    what: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", what]) == 2
    assert said in capsys.readouterr().err


def test_explain_and_show_load_nothing_heavy() -> None:
    heavy = ["ccxt", "numpy", "talib", "apscheduler", "aiohttp", "jsonschema", "rich", "sqlite3"]
    code = (
        "import sys; from runner.commands.main import run\n"
        "codes = [run([it, 'rules/breakout.yaml', '--json']) for it in ('explain', 'show')]\n"
        f"print(codes, [name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stderr.strip() == "[0, 0] []"


@pytest.mark.parametrize(
    ("ms", "words"),
    [(0, "no time"), (1, "1 ms"), (60_000, "1 minute"), (93_784_000, "1 day 2 hours")],
)
def test_a_span_is_told_in_its_two_largest_units(ms: int, words: str) -> None:
    assert span(ms) == words


def test_a_list_has_one_last_word() -> None:
    assert [listed(items) for items in ([], ["a"], ["a", "b"])] == ["", "a", "a and b"]
