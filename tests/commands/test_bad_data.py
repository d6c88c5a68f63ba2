"""Bars that are missing, damaged or of something else: one line names the file and the way out.

`backtest` and `run --replay` say the same, and nothing is started.
"""

from __future__ import annotations

import gzip
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.desk import HEADER, Desk, Said, a_desk, bars, csv
from tests.commands.rights import limited_files, without_root_rights

ROWS = bars()


def with_value(row: int, column: int, value: str) -> str:
    """The whole file with one value replaced."""
    values = ROWS[row].split(",")
    values[column] = value
    return csv([*ROWS[:row], ",".join(values), *ROWS[row + 1 :]])


def spaced(step_ms: int) -> str:
    """The same bars, `step_ms` apart."""
    start = int(ROWS[0].split(",")[0])
    return csv([f"{start + step_ms * n},{row.split(',', 1)[1]}" for n, row in enumerate(ROWS)])


def garbage(count: int) -> bytes:
    return random.Random(7).randbytes(count)


FILES: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("b.csv", "", r"b\.csv is empty; download the data again"),
    "header only": ("b.csv", HEADER + "\n", r"b\.csv holds no bars; download the data again"),
    "no header": ("b.csv", "\n".join(ROWS), rf"b\.csv:1: the first line must be `{HEADER}`"),
    "wrong columns": ("b.csv", "time,o,h,l,c,v\n" + ROWS[0], r"first line must be `timestamp,"),
    "binary": ("b.csv", garbage(5000), r"b\.csv:1: the first line must be `timestamp,"),
    "binary gzip": ("b.csv.gz", garbage(5000), r"b\.csv\.gz is cut off or damaged; download it"),
    "truncated gzip": (
        "b.csv.gz",
        gzip.compress(csv(ROWS).encode())[:-100],
        r"b\.csv\.gz is cut off or damaged; download it again",
    ),
    "truncated": ("b.csv", csv(ROWS)[:-30], r"b\.csv:63: .*may be cut off: download it again"),
    "unsorted": (
        "b.csv",
        csv([*ROWS[:10], ROWS[11], ROWS[10], *ROWS[12:]]),
        r"b\.csv:13: .*not later than the one before it; sort the file",
    ),
    "twice": ("b.csv", csv([*ROWS[:10], ROWS[9], *ROWS[10:]]), r"b\.csv:12: .*drop duplicates"),
    "nan": ("b.csv", with_value(20, 4, "nan"), r"b\.csv:22: close is no plain number; corr"),
    "inf": ("b.csv", with_value(20, 2, "inf"), r"b\.csv:22: high is no plain number; corr"),
    "beyond": ("b.csv", with_value(20, 5, "1e400"), r"b\.csv:22: volume is no plain number"),
    "absent": ("b.csv", with_value(20, 4, ""), r"b\.csv:22: close is empty; correct or remove it"),
    "negative": ("b.csv", with_value(20, 3, "-5.0"), r"b\.csv:22: a price is not above zero in"),
    "zero": ("b.csv", with_value(20, 1, "0"), r"b\.csv:22: a price is not above zero in the bar"),
    "crossed": ("b.csv", with_value(20, 2, "1.0"), r"b\.csv:22: high is below low in the bar of 2"),
    "seconds": ("b.csv", with_value(0, 0, "1609459200"), r"b\.csv:2: .*multiply seconds by 1000"),
    "other timeframe": ("b.csv", spaced(900_000), r"b\.csv holds no bars of 1h: they are 900 s"),
    "days": ("b.csv", spaced(86_400_000), r"86400 s apart; name the file of that timeframe, or ch"),
    "one bar": ("b.csv", csv(ROWS[:1]), r"no decision possible: .*b\.csv holds 1 bar and `probe`"),
    "too few": ("b.csv", csv(ROWS[:12]), r"holds 12 bars and `probe` needs 13 .*; name data with"),
}

PLACES: dict[str, tuple[str, str]] = {
    "missing": ("gone.csv", r"gone\.csv does not exist; name a CSV file of bars"),
    "missing for the symbol": ("BTC/USDT=gone.csv", r"gone\.csv does not exist; name a CSV file"),
    "another symbol": ("ETH/USDT=bars.csv", r"no data for BTC/USDT in .*; add `BTC/USDT=FILE`"),
    "nothing in the folder": ("home", r"no BTC-USDT-1h\.csv or .* below home; there are no CSV f"),
    "no match in the folder": ("eth", r"below eth; there are eth/ETH-USDT-1h\.csv$"),
    "two in the folder": ("two", r"2 files hold 1h bars of BTC/USDT: .*; name one with `BTC/USDT="),
    "folder for a file": ("BTC/USDT=home", r"home cannot be read \(is a directory\); check the f"),
    "no name": ("", r"a data name is empty; write FILE, SYMBOL=FILE, a folder or `synthetic:7`"),
    "no seed": ("synthetic:", r"write a whole number after the colon: `synthetic:7`"),
    "a word for a seed": ("synthetic:x", r"`synthetic:x` has no seed; write a whole number"),
}


Heard = dict[str, list[Said]]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    """What `backtest` and `run` say to every case; all in one process and one folder."""
    with a_desk(tmp_path_factory.mktemp("cases")) as desk:
        for name in ("eth/ETH-USDT-1h.csv", "two/a/BTC-USDT-1h.csv", "two/b/BTC-USDT-1h.csv"):
            desk.write(name, csv(ROWS))
        specs = {case: spec for case, (spec, _) in PLACES.items()}
        for case, (name, content, _) in FILES.items():
            specs[case] = f"{case}/{name}"
            desk.write(specs[case], content)
        state = ("--state", "state")
        tests = [("backtest", "probe.yaml", "--data", spec, *state) for spec in specs.values()]
        runs = [("run", "probe.yaml", "--replay", spec, *state) for spec in specs.values()]
        said = desk.several(*tests, *runs)
        assert not (desk.state / "replay").exists()
        yield {case: [said[n], said[n + len(specs)]] for n, case in enumerate(specs)}


@pytest.mark.parametrize("case", [*FILES, *PLACES])
def test_bars_that_cannot_be_believed_are_refused(case: str, heard: Heard) -> None:
    told = FILES[case][2] if case in FILES else PLACES[case][1]

    for said in heard[case]:
        assert re.search(told, said.refusal(1)), said.err
        assert said.out == ""


@pytest.mark.parametrize("command", ["backtest", "run"])
def test_the_command_itself_refuses_them_too(command: str, desk: Desk) -> None:
    desk.write("b.csv", with_value(20, 4, "nan"))
    option = {"backtest": "--data", "run": "--replay"}[command]

    said = desk.runner(command, "probe.yaml", option, "b.csv", "--json", "--state", "state")

    assert said.refusal(1).startswith("b.csv:22: close is no plain number")
    assert said.out == ""
    assert not desk.state.exists()


def test_a_file_that_may_not_be_read_is_named(desk: Desk) -> None:
    (desk.folder / "bars.csv").chmod(0)

    said = desk.runner("backtest", "probe.yaml", "--data", "bars.csv", before=without_root_rights())

    assert said.refusal(1) == "bars.csv cannot be read (permission denied); check the file"


def test_gaps_are_traded_and_reported(desk: Desk) -> None:
    desk.write("bars.csv", csv([*ROWS[:20], *ROWS[23:40], *ROWS[53:]]))

    tested = desk.runner("backtest", "probe.yaml", "--data", "bars.csv", "--state", "state")
    traded = desk.run()

    for said in (tested, traded):
        assert said.code == 0
        assert "46 bars of BTC/USDT 1h from bars.csv\n" in said.out
        assert ", 2 gaps\n" in said.out
        assert "16 bars are missing in 2 gaps; none was bridged" in said.out
    assert _numbers(tested) == _numbers(traded)


def test_one_bar_more_than_too_few_is_enough(desk: Desk) -> None:
    desk.write("bars.csv", csv(ROWS[:13]))

    said = desk.runner("backtest", "probe.yaml", "--data", "bars.csv", "--json")

    assert said.document()["data"][0]["bars"] == 13


def test_a_corrected_file_is_read_again(desk: Desk, whole: Any) -> None:
    desk.write("bars.csv", with_value(20, 4, "nan"))
    assert "22: close is no plain number" in desk.run().refusal(1)

    desk.write("bars.csv", csv(ROWS))

    assert desk.run("--json").result() == whole


@pytest.mark.parametrize("most_bytes", [0, 300, 1000])
def test_a_full_disk_costs_only_the_cache(most_bytes: int, desk: Desk, whole: Any) -> None:
    _settle(desk.folder / "bars.csv")
    words = ("backtest", "probe.yaml", "--data", "bars.csv", "--state", "state", "--json")

    full = desk.runner(*words, before=limited_files(most_bytes))
    roomy, cached = desk.runner(*words), desk.runner(*words)

    assert full.document() == roomy.document() == cached.document()
    assert full.result()["orders"] == whole["orders"]
    assert len(list(desk.state.rglob("*.npy"))) == 2


def test_a_damaged_cache_is_thrown_away(desk: Desk) -> None:
    _settle(desk.folder / "bars.csv")
    words = ("backtest", "probe.yaml", "--data", "bars.csv", "--state", "state", "--json")
    before = desk.runner(*words).document()
    (values,) = desk.state.rglob("values.npy")
    content = bytearray(values.read_bytes())
    content[-100] ^= 1
    values.write_bytes(content)

    assert desk.runner(*words).document() == before


def _settle(path: Path) -> None:
    """A file that has not been written to for a minute may be cached."""
    at_ns = path.stat().st_mtime_ns - 60 * 10**9
    os.utime(path, ns=(at_ns, at_ns))


def _numbers(said: Said) -> list[str]:
    return [line for line in said.out.splitlines() if line.startswith(("equity", "trades", "fees"))]
