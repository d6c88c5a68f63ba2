"""`runner doctor`: what is told about a file, its markets and data, the state, the machine."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from runner.commands.checks.machine import Watched, version_checks, zone_checks
from runner.commands.checks.verdict import Check, Verdict, exit_code_of
from runner.commands.doctor import text_lines
from runner.commands.main import run
from runner.rules.sizes import known_sizes, smallest_limit
from tests.commands.asking import Ask, ask
from tests.conftest import ROOT
from tests.rules.files import GOOD, a_file, strategy_of

__all__ = ["ask"]  # a fixture

FUTURES = (
    ("[read, spot]", "[read, futures]"),
    ("market: spot", "market: futures"),
    ("[BTC/USDT]", "[BTC/USDT:USDT]"),
)


def test_a_right_file_on_a_right_machine_is_0(ask: Ask) -> None:
    code, found = ask(GOOD)

    assert code == 0
    assert set(found) == {
        *(
            "clock",
            "core",
            "credentials",
            "data",
            "disk",
            "file",
            "journal",
            "key",
            "market",
            "size",
            "state",
        ),
        *("version", "zone"),
    }
    assert {check["verdict"] for checks in found.values() for check in checks} <= {
        *("ok", "cannot_verify", "warning"),
    }
    assert "Binance spot exchangeInfo as recorded on" in found["market"][0]["fact"]


WAIVED = a_file(
    (
        "    limits:",
        '    unverifiable: [{check: ip_list, reason: silent, until: "2999-01-01"}]\n    limits:',
    )
)


def test_a_gap_that_will_refuse_every_key_is_told_with_the_line_to_write(ask: Ask) -> None:
    _, found = ask(GOOD)
    [key] = found["key"]

    assert key["verdict"] == "warning"
    assert key["fact"] == (
        "binance does not return the list of addresses: no key is accepted live without a waiver"
    )
    assert (
        "write in the account `unverifiable: [{check: ip_list, reason: "
        '"binance does not return the list of addresses", until: "'
    ) in key["help"]


def test_what_only_an_exchange_or_the_system_knows_cannot_be_verified(ask: Ask) -> None:
    _, found = ask(WAIVED)

    assert found["key"][0]["verdict"] == "cannot_verify"
    assert "audited before the first order" in found["key"][0]["fact"]
    assert found["clock"][1]["verdict"] == "cannot_verify"


def test_a_wrong_file_is_1_and_the_machine_is_looked_at_all_the_same(ask: Ask) -> None:
    code, found = ask(a_file(("timeframe: 1h", "timeframe: 1x")))

    assert code == 1
    assert found["file"][0]["verdict"] == "refused"
    assert found["file"][0]["fact"].startswith("1 error; 14:12: R110")
    assert {"core", "version", "state"} <= set(found)
    assert "market" not in found


def test_a_warning_of_the_file_is_a_warning(ask: Ask) -> None:
    code, found = ask(a_file(("crossover(rsi14, 30)", "close > open")))

    assert code == 0
    assert found["file"][0]["verdict"] == "warning"


def test_nothing_is_written_and_the_exchange_library_is_not_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from runner.commands.main import run\n"
        f"code = run(['doctor', 'rules/breakout.yaml', '--offline', '--state', "
        f"{str(tmp_path / 'state')!r}])\n"
        "print(code, 'ccxt' in sys.modules, 'talib' in sys.modules, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stderr.strip() == "0 False False"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "name", "fact"),
    [
        ((("[BTC/USDT]", "[FOO/USDT]"),), "market", "no rules of the market `FOO/USDT`"),
        (
            (
                *FUTURES,
                ("limits: {", "limits: {max_leverage: 50x, "),
                ("timeframe: 1h", "timeframe: 1h\nposition: {leverage: 50x}\nbacktest: {market: "
                 "{tick: 1, step: 1, min_quantity: 1, min_notional: 1, maintenance: 1%, "
                 "max_leverage: 20x}}"),
                ("BTC/USDT:USDT", "FOO/USDT:USDT"),
            ),
            "leverage",
            "leverage is 50x; FOO/USDT:USDT allows 20x",
        ),
        ((("risk: 1%", "notional: 4 USDT"),), "size", "about 4 USDT; the market's minimum is 5"),
        ((("risk: 1%", "spend: 4 USDT"),), "size", "about 4 USDT; the market's minimum is 5"),
        (
            (("risk: 1%", "quantity: 0.000001 BTC"),),
            "size",
            "about 0.000001 BTC; the market's minimum is 0.00001 BTC",
        ),
        ((("risk: 1%", "notional: 7000 USDT"),), "size", "`max_order` is 6000"),
        ((("max_order: 6000", "max_order: 4"),), "size", "`max_order` is 4; the market's minimum"),
        (
            (("{risk: 1%}", "{notional: 8 USDT}\n    add: [{at: -1%, size: 50%}]"),),
            "size",
            "about 4 USDT; the market's minimum is 5",
        ),
    ],
)  # fmt: skip
def test_what_could_never_trade_is_1(
    changes: tuple[tuple[str, str], ...], name: str, fact: str, ask: Ask
) -> None:
    code, found = ask(a_file(*changes))

    assert code == 1
    facts = [check["fact"] for check in found[name] if check["verdict"] == "refused"]
    assert len(facts) == 1
    assert fact in facts[0]


@pytest.mark.parametrize(
    ("size", "first"),
    [
        ("notional: 100 USDT", "100"),
        ("equity: 50%", "500.0"),
        ("spend: 5%", "50.00"),
        ("quantity: 0.1 BTC", "0.1"),
        ("equity: 50%, at_most: 90 USDT, when_over: cut", "90"),
        ("risk: 1%", None),
        ('notional: "10 * atr(14)"', None),
    ],
)
def test_what_the_text_tells_of_a_size(size: str, first: str | None) -> None:
    text = a_file(("risk: 1%", size), ("timeframe: 1h", "timeframe: 1h\ncapital: 1000 USDT"))

    ((_, known),) = known_sizes(strategy_of(text))

    assert (known and known.first) == (first and Decimal(first))


def test_a_risk_before_a_stop_in_percent_has_a_worth() -> None:
    text = a_file(("timeframe: 1h", "timeframe: 1h\ncapital: 1000 USDT"), ("2 * atr(14)", "1.8%"))

    ((side, known),) = known_sizes(strategy_of(text))

    assert known is not None
    assert known.first == Decimal("500.00")  # 10 / (0.018 + 2 * 0.001)
    assert smallest_limit(strategy_of(text), side) == ("capital", Decimal(1000))


@pytest.mark.parametrize(
    ("rows", "verdict", "code"), [(10, "refused", 1), (100, "warning", 0), (500, "ok", 0)]
)
def test_how_far_the_data_reach(
    rows: int, verdict: str, code: int, ask: Ask, tmp_path: Path
) -> None:
    file = tmp_path / "bars.csv"
    lines = [f"{1_700_000_000_000 // 3_600_000 * 3_600_000 + at * 3_600_000},1,2,1,2,5"
             for at in range(rows)]  # fmt: skip
    file.write_text("timestamp,open,high,low,close,volume\n" + "\n".join(lines) + "\n")

    ended, found = ask(GOOD, "--data", str(file))

    assert ended == code
    assert [check["verdict"] for check in found["data"]] == [verdict]
    assert f"{rows} bars from 2023-11-14T" in found["data"][0]["fact"]
    assert not (tmp_path / "state").exists()


def test_data_that_cannot_be_read_are_refused(ask: Ask, tmp_path: Path) -> None:
    code, found = ask(GOOD, "--data", str(tmp_path / "nothing.csv"))

    assert code in {1, 3}
    assert found["data"][0]["verdict"] == "refused"


def test_an_input_is_read(ask: Ask, tmp_path: Path) -> None:
    text = a_file(
        ("timeframe: 1h", "timeframe: 1h\ninputs: {fear: {file: f.csv, column: v, lag: 1d}}"),
        ("crossover(rsi14, 30)", "crossover(rsi14, fear)"),
    )
    code, found = ask(text)
    assert (code, found["input"][0]["verdict"]) != (0, "ok")

    (tmp_path / "f.csv").write_text("time,v\n2026-01-01T00:00:00Z,5\n")
    code, found = ask(text)

    assert (code, found["input"][0]["verdict"]) == (0, "ok")
    assert found["input"][0]["fact"] == "1 row, the newest known from 2026-01-02T00:00:00Z on"


def test_a_state_folder_that_cannot_be_is_3(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    code, found = ask(GOOD, "--state", str(tmp_path / "file" / "state"))

    assert code == 3
    assert found["state"][0]["verdict"] == "refused"
    assert "is not a folder" in found["state"][0]["fact"]


def test_a_full_disk_is_3(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1 << 20})
    monkeypatch.setattr("runner.commands.checks.state.shutil.disk_usage", lambda path: usage)

    code, found = ask(GOOD)

    assert (code, found["disk"][0]["verdict"]) == (3, "refused")


class Clock:
    """A wall clock that can be set while the other one counts."""

    def __init__(self, wall_ms: int) -> None:
        self.wall, self.counted = wall_ms, 0.0

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_s(self) -> float:
        return self.counted


@pytest.mark.parametrize(
    ("wall_ms", "jump_ms", "verdict"),
    [
        (1_790_000_000_000, 0, Verdict.OK),
        (1_790_000_000_000, 5_000, Verdict.WARNING),
        (1_790_000_000_000, -5_000, Verdict.WARNING),
        (1_000_000, 0, Verdict.REFUSED),
    ],
)
def test_the_clocks_move_alike(wall_ms: int, jump_ms: int, verdict: Verdict) -> None:
    clock = Clock(wall_ms)
    watched = Watched(clock)
    clock.wall, clock.counted = wall_ms + 250 + jump_ms, 0.25

    first = next(watched.checks())

    assert first.verdict is verdict
    assert exit_code_of([first]) == (3 if verdict is Verdict.REFUSED else 0)


def test_a_zone_that_is_not_there_is_3() -> None:
    right, wrong = zone_checks(["Europe/Berlin", "Nowhere/City"])

    assert (right.verdict, wrong.verdict) == (Verdict.OK, Verdict.REFUSED)
    assert exit_code_of([right, wrong]) == 3


def test_a_library_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)

    checks = list(version_checks())

    assert [check.verdict for check in checks if check.subject == "ccxt"] == [Verdict.REFUSED]
    assert exit_code_of(checks) == 1


def test_a_no_counts_before_a_world_that_is_not_ready() -> None:
    no = Check("a", "b", Verdict.REFUSED, "c")
    later = Check("a", "b", Verdict.REFUSED, "c", "", 3)

    assert exit_code_of([later]) == 3
    assert exit_code_of([later, no]) == 1
    assert exit_code_of([Check("a", "b", Verdict.WARNING, "c")]) == 0


def test_people_read_verdicts_in_columns_and_a_sum() -> None:
    checks = [
        Check("file", "x.yaml", Verdict.REFUSED, "1 error", "`runner validate x.yaml` shows all"),
        Check("market", "BTC/USDT", Verdict.OK, "tick 0.01"),
        Check("key", "main", Verdict.CANNOT_VERIFY, "the key is audited before the first order"),
    ]

    assert list(text_lines(checks)) == [
        "refused        file    x.yaml: 1 error",
        "                       = `runner validate x.yaml` shows all",
        "ok             market  BTC/USDT: tick 0.01",
        "cannot verify  key     main: the key is audited before the first order",
        "3 checks: 1 refused, 1 cannot verify, 1 ok",
    ]


def test_the_table_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--state", str(tmp_path), "--offline", "--set", "length=20"]

    assert run(["doctor", str(ROOT / "tests" / "golden" / "good.yaml"), *words]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok             file     ")
    assert max(map(len, lines)) <= 100 or str(tmp_path) in "".join(lines)
