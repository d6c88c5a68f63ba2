"""Slower bars are made of the faster ones, as exchanges make them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from runner.model.bars import Bars, Timeframe, resample

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MONDAY = 1_704_067_200_000  # 2024-01-01, 00:00 UTC


def timeframe(text: str) -> Timeframe:
    found = Timeframe.parse(text)
    assert found is not None
    return found


def hours(start: int, numbers: list[int], text: str = "1h") -> Bars:
    """Bar `i` opens `i` bars after `start`, at price i, and i units are traded."""
    length, prices = timeframe(text), np.array(numbers, np.float64)
    opened_at = start + np.array(numbers, np.int64) * length.ms
    return Bars("X/Y", length, opened_at, prices, prices + 2, prices - 2, prices + 1, prices)


def recorded(shared: Path, name: str, text: str) -> Bars:
    with gzip.open(shared / f"data/bitvavo/spot/{name}-{text}.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",", skiprows=1)
    return Bars(name, timeframe(text), table[:, 0].astype(np.int64), *table[:, 1:].T)


@pytest.mark.parametrize(
    ("name", "text"),
    [("BTC-EUR", "2h"), ("BTC-EUR", "4h"), ("BTC-EUR", "1d"), ("ETH-EUR", "1d")],
)
def test_hours_make_the_bars_that_the_exchange_serves(name: str, text: str, shared: Path) -> None:
    made = resample(recorded(shared, name, "1h"), timeframe(text))
    served = recorded(shared, name, text)

    _, ours, theirs = np.intersect1d(made.opened_at[1:], served.opened_at, return_indices=True)

    assert len(ours) > 800  # the first is left out: the hours begin in the middle of it
    for column in ("open", "high", "low", "close"):
        assert (getattr(made, column)[1:][ours] == getattr(served, column)[theirs]).all()
    np.testing.assert_allclose(made.volume[1:][ours], served.volume[theirs], rtol=1e-7)


def test_a_bar_is_made_of_the_bars_that_exist_and_none_is_made_of_nothing() -> None:
    made = resample(hours(MONDAY, [1, 2, 9, 10, 12]), timeframe("4h"))

    assert ((made.opened_at - MONDAY) // HOUR_MS).tolist() == [0, 8]
    assert (made.open.tolist(), made.close.tolist()) == ([1, 9], [3, 11])
    assert (made.high.tolist(), made.low.tolist()) == ([4, 12], [-1, 7])
    assert made.volume.tolist() == [3, 19]


@pytest.mark.parametrize(
    ("last", "until_hour", "count"),
    [(2, 0, 0), (3, 0, 1), (2, 4, 1), (2, 3, 0), (4, 0, 1), (7, 0, 2)],
)
def test_the_last_bar_is_there_once_it_ended(last: int, until_hour: int, count: int) -> None:
    bars = hours(MONDAY, list(range(last + 1)))

    made = resample(bars, timeframe("4h"), MONDAY + until_hour * HOUR_MS if until_hour else 0)

    assert len(made) == count


def test_weeks_begin_on_mondays_and_seven_days_at_the_epoch() -> None:
    bars = hours(MONDAY - 7 * DAY_MS, list(range(28)), "1d")

    weeks, seven = resample(bars, timeframe("1w")), resample(bars, timeframe("7d"))

    assert ((weeks.opened_at - MONDAY) // DAY_MS).tolist() == [-7, 0, 7, 14]
    assert (seven.opened_at % (7 * DAY_MS) == 0).all()


@pytest.mark.parametrize(
    ("slow", "fast", "made"),
    [
        *[("4h", "1h", True), ("1h", "1h", True), ("1w", "1d", True), ("1w", "4h", True)],
        *[("1h", "4h", False), ("6h", "4h", False), ("7d", "1w", False), ("1w", "2d", False)],
    ],
)
def test_bars_are_made_of_whole_bars_only(slow: str, fast: str, made: bool) -> None:
    assert timeframe(slow).holds(timeframe(fast)) is made
    if not made:
        with pytest.raises(ValueError, match=f"bars of {fast} do not make up {slow}"):
            resample(hours(MONDAY, [0, 1], fast), timeframe(slow))


def test_of_no_bars_none_are_made() -> None:
    assert len(resample(hours(MONDAY, []), timeframe("4h"))) == 0
