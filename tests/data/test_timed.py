"""Numbers with a time: what is taken, what is refused, and that nothing is known early."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.data.inputs import aligned, read_input
from runner.data.timed import read_timed
from runner.model.errors import Refused

DAY_MS = 86_400_000
NEW_YEAR = 1_704_067_200_000  # 2024-01-01T00:00:00Z


def a_file(folder: Path, *lines: str, header: str = "time,value") -> Path:
    path = folder / "fear.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (str(NEW_YEAR), NEW_YEAR),
        ("2024-01-01", NEW_YEAR),
        ("2024-01-01 06:00", NEW_YEAR + 6 * 3_600_000),
        ("2024-01-01T06:00:01Z", NEW_YEAR + 6 * 3_600_000 + 1000),
        ("2024-01-01T01:00:00+01:00", NEW_YEAR),
        ("2024-01-01T00:00:00.123", NEW_YEAR + 123),
        ("2024-01-01T00:00:00.123001", NEW_YEAR + 124),  # not before its time
    ],
)
def test_a_time_is_milliseconds_or_an_iso_date(text: str, instant: int, tmp_path: Path) -> None:
    times, values = read_timed(a_file(tmp_path, f"{text},4.5"), "value", "values")

    assert times.tolist() == [instant]
    assert values.tolist() == [4.5]


def test_the_column_is_found_by_its_name(tmp_path: Path) -> None:
    content = 'date,label,value\r\n2024-01-01,"greed, much",76\r\n2024-01-02,fear,-1e-3\r\n'
    path = tmp_path / "fear.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + content.encode()))

    times, values = read_timed(path, "value", "values")

    assert times.dtype == np.int64
    assert np.diff(times).tolist() == [DAY_MS]
    assert values.tolist() == [76.0, -0.001]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], " holds no values; add lines or name another file"),
        (["2024-01-01"], ":2: 1 value where 2 are needed; correct or remove it"),
        (["2024-01-01,1", ""], ":3: the line is empty; remove it"),
        (["2024-01-01,"], ":2: value is empty; write a number or remove the line"),
        (["2024-01-01,much"], ":2: value is no plain number; correct it"),
        (["2024-01-01,nan"], ":2: value is no plain number; correct it"),
        (["2024-01-01,1e999"], ":2: value is no plain number; correct it"),
        (["2024-01-01,1_000"], ":2: value is no plain number; correct it"),
        (["01.02.2024,1"], ":2: the time is no UTC milliseconds and no ISO date"),
        (["20240101,1"], ":2: the time is no UTC milliseconds and no ISO date"),
        (["1704067200,1"], ":2: the time is no UTC milliseconds and no ISO date"),
        (["2024-02-30,1"], ":2: the time is no UTC milliseconds and no ISO date"),
        (["2024-01-02,1", "2024-01-01,1"], ":3: 2024-01-01T00:00:00Z is not later than the line"),
        (["2024-01-01,1", "2024-01-01,1"], ":3: 2024-01-01T00:00:00Z is not later than the line"),
        (['2024-01-01,"1'], ":2: the line is no CSV; check its quotes"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(
    lines: list[str], said: str, tmp_path: Path
) -> None:
    path = a_file(tmp_path, *lines)

    with pytest.raises(Refused) as caught:
        read_timed(path, "value", "values")

    assert str(caught.value).startswith(f"{path}{said}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("time,fear,greed", "no column `value` behind the time; the first line must"),
        ("value", "no column `value` behind the time; the first line must name the columns"),
        ("time,value,value", "2 columns are named `value`; rename all but one"),
        ("2024-01-01,1", "the first line must name the columns, such as `time,value`"),
    ],
)
def test_a_file_without_the_column_is_refused(header: str, said: str, tmp_path: Path) -> None:
    path = a_file(tmp_path, header=header)

    with pytest.raises(Refused) as caught:
        read_timed(path, "value", "values")

    assert str(caught.value).startswith(f"{path}:1: {said}")


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(Refused, match=r"gone\.csv does not exist; name a CSV file of values"):
        read_timed(tmp_path / "gone.csv", "value", "values")
    with pytest.raises(Refused, match=r"binary\.csv is no text in UTF-8; save it as CSV"):
        read_timed(tmp_path / "binary.csv", "value", "values")


def test_an_input_is_known_its_lag_after_its_time(tmp_path: Path) -> None:
    path = a_file(tmp_path, "2024-01-01,25", "2024-01-02,30")
    known_at, values = read_input(path, "value", DAY_MS)
    closes = NEW_YEAR + np.array([0, DAY_MS - 1, DAY_MS, 2 * DAY_MS - 1, 2 * DAY_MS])

    seen = aligned(known_at, values, closes)

    assert seen.tolist()[2:] == [25.0, 25.0, 30.0]
    assert np.isnan(seen[:2]).all()


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=20, unique=True).map(sorted),
    st.lists(st.integers(-5, 65), max_size=40, unique=True).map(sorted),
)
def test_a_bar_sees_the_last_value_known_at_its_close(known: list[int], closes: list[int]) -> None:
    values = np.arange(1.0, len(known) + 1)

    seen = aligned(np.array(known, np.int64), values, np.array(closes, np.int64))

    for close, value in zip(closes, seen.tolist(), strict=True):
        before = sum(instant <= close for instant in known)
        assert value == before if before else np.isnan(value)
