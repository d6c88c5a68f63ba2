"""CSV files of bars: what is taken, and what is refused with which words."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.data import barfile
from runner.model.bars import Timeframe
from runner.model.errors import Refused

HOUR = Timeframe("1h", 3_600_000)
T0 = 1_502_942_400_000  # 2017-08-17T04:00:00Z
GOOD = "100,101,99,100.5,7"


def row(number: int, rest: str = GOOD) -> str:
    return f"{T0 + number * HOUR.ms},{rest}"


def a_file(folder: Path, *rows: str, header: str = barfile.HEADER) -> Path:
    path = folder / "bars.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def refusal(path: Path, timeframe: Timeframe = HOUR) -> str:
    with pytest.raises(Refused) as caught:
        barfile.read(path, timeframe)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text.removeprefix(str(path))


def test_a_file_is_a_table_of_its_numbers(tmp_path: Path) -> None:
    table = barfile.read(
        a_file(tmp_path, row(0), row(1, "4261.48,4313.62,4261.32,4308.83,47")), HOUR
    )

    assert table.tolist() == [
        [T0, 100.0, 101.0, 99.0, 100.5, 7.0],
        [T0 + HOUR.ms, 4261.48, 4313.62, 4261.32, 4308.83, 47.0],
    ]


def test_windows_lines_a_byte_order_mark_and_no_last_newline_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{barfile.HEADER}\r\n{row(0)}\r\n{row(1)}".encode())

    assert barfile.read(path, HOUR).shape == (2, 6)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(0), row(1, "100,101,99,100")], ":3: 5 values where 6 are needed"),
        ([row(0, GOOD + ",1"), row(1)], ":2: 7 values where 6 are needed"),
        # Five and seven values are twelve, as two good rows would be.
        ([row(0, "100,101,99,100"), row(1, GOOD + ",1")], ":2: 5 values where 6 are needed"),
        ([row(0), "", row(1)], ":3: the line is empty"),
        ([row(0, "100,101,99,,7")], ":2: close is empty"),
        ([row(0, "100,101,99,nan,7")], ":2: close is no plain number"),
        ([row(0, "100,101,99,1e999,7")], ":2: close is no plain number"),
        ([row(0, "100,101,99,0x10,7")], ":2: close is no plain number"),
        ([row(0, '"100",101,99,100,7')], """:2: open is no plain number"""),
        ([row(0, "100,101,99,true,7")], ":2: close is no plain number"),
        ([row(0, "0,101,0,100,7")], ":2: a price is not above zero in the bar of 2017-08-17T04:00"),
        ([row(0, "100,101,-99,100,7")], ":2: a price is not above zero"),
        ([row(0), row(1, "100,98,99,100,7")], ":3: high is below low"),
        ([row(0), row(1, "100,101,99,102,7")], ":3: high is below open or close"),
        ([row(0), row(1, "98,101,99,100,7")], ":3: low is above open or close"),
        ([row(0), row(1, "100,101,99,100,-7")], ":3: volume is below zero"),
        ([row(0), row(0)], ":3: the bar is not later than the one before it; sort the file"),
        ([row(1), row(0)], ":3: the bar is not later than the one before it"),
        ([f"1502942400,{GOOD}"], ":2: the timestamp is not in UTC milliseconds: 1502942400;"),
        ([f"{T0}000,{GOOD}"], ":2: the timestamp is not in UTC milliseconds"),
        ([f"{T0}.5,{GOOD}"], ":2: the timestamp is not a whole number of milliseconds"),
        ([row(0, "5,4,9,5,1"), row(0)], ":2: high is below low"),  # the first, not the worst
    ],
)
def test_a_wrong_row_is_refused_with_its_line(rows: list[str], said: str, tmp_path: Path) -> None:
    assert refusal(a_file(tmp_path, *rows)).startswith(said)


@pytest.mark.parametrize("header", ["time,open,high,low,close,volume", "", row(0), "\x00\x01"])
def test_another_header_is_refused(header: str, tmp_path: Path) -> None:
    said = refusal(a_file(tmp_path, row(0), header=header))

    assert said.startswith(":1: the first line must be `timestamp,open,high,low,close,volume`")


@pytest.mark.parametrize("text", ["BINANCE_SECRET=s3cr3t", "time,close,s3cr3t", "root:s3cr3t:0:0"])
def test_no_other_file_is_quoted(text: str, tmp_path: Path) -> None:
    assert "s3cr3t" not in refusal(a_file(tmp_path, "s3cr3t", header=text))
    assert "s3cr3t" not in refusal(a_file(tmp_path, "s3cr3t,1,2,3,4,5"))


def test_columns_of_ours_in_another_header_are_named(tmp_path: Path) -> None:
    said = refusal(a_file(tmp_path, row(0), header="date,open,close"))

    assert said.endswith("; of these it has `open`, `close`")


def test_a_file_without_bars_is_refused(tmp_path: Path) -> None:
    assert refusal(a_file(tmp_path)) == " holds no bars; download the data again"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.csv") == " does not exist; name a CSV file of bars"
    assert "cannot be read" in refusal(tmp_path)


def test_a_cut_last_line_is_refused_as_cut_off(tmp_path: Path) -> None:
    path = a_file(tmp_path, row(0), row(1))
    path.write_bytes(path.read_bytes()[:-8])

    assert "the file may be cut off: download it again" in refusal(path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "no gzip"])
def test_a_damaged_archive_is_refused(damage: str, tmp_path: Path) -> None:
    whole = gzip.compress("\n".join((barfile.HEADER, *map(row, range(500)))).encode())
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    path = tmp_path / "bars.csv.gz"
    path.write_bytes({"cut": whole[:-20], "flipped": flipped, "no gzip": b"timestamp"}[damage])

    assert refusal(path) == " is cut off or damaged; download it again"


@pytest.mark.parametrize("wrong", [Timeframe("4h", 14_400_000), Timeframe("1m", 60_000)])
def test_bars_of_another_timeframe_are_refused(wrong: Timeframe, tmp_path: Path) -> None:
    path = a_file(tmp_path, *map(row, range(20)))

    assert refusal(path, wrong).startswith(f" holds no bars of {wrong.text}: they are 3600 s apart")


def test_missing_bars_and_a_few_off_the_grid_are_taken(tmp_path: Path) -> None:
    on_grid = [row(number) for number in range(100) if number not in (5, 6, 50)]
    off_grid = f"{T0 + 50 * HOUR.ms + 60_000},{GOOD}"

    table = barfile.read(a_file(tmp_path, *sorted([*on_grid, off_grid])), HOUR)

    assert len(table) == 98


@given(st.lists(st.floats(min_value=1e-8, max_value=1e9, allow_nan=False), min_size=1, max_size=50))
def test_numbers_are_the_doubles_nearest_to_their_digits(prices: list[float]) -> None:
    text = "\n".join(row(number, f"{p!r},{p!r},{p!r},{p!r},0") for number, p in enumerate(prices))

    table = barfile._numbers(Path("x"), text.encode())

    assert table[:, 4].tolist() == prices


def test_mark_prices_need_no_volume_but_everything_else(tmp_path: Path) -> None:
    path = a_file(tmp_path, row(0, "100,101,99,100.5,"), row(1))

    assert barfile.read_mark(path, HOUR)[:, 5].tolist() == [0.0, 7.0]
    assert refusal(path) == ":2: volume is empty; correct or remove it"
    path = a_file(tmp_path, row(0, "100,101,99,,"))
    with pytest.raises(Refused, match=":2: close is empty"):
        barfile.read_mark(path, HOUR)


def test_every_shared_file_of_bars_is_taken(shared: Path) -> None:
    taken = 0
    for path in sorted((shared / "data").rglob("*.csv.gz")):
        parts = path.name.removesuffix(".csv.gz").split("-")
        timeframe = next(filter(None, map(Timeframe.parse, parts)), None)
        if timeframe is None or not set(parts).isdisjoint({"mark", "quotes", "funding_rate"}):
            continue
        expected = np.loadtxt(path, delimiter=",", skiprows=1)
        assert np.array_equal(barfile.read(path, timeframe), expected), path
        taken += 1

    assert taken > 60
