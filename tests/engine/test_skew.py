"""The exchange's clock against ours, from scripted answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from runner.engine.skew import Skew, skew_of
from runner.model.errors import Unavailable


@dataclass
class Line:
    """An exchange at the end of a line: (ms there, ms back, how far our clock is set meanwhile)."""

    trips: Iterator[tuple[int, int, int]]
    offset_ms: int  # its clock minus ours
    wall: int = 1_800_000_000_000
    counted: int = 0

    def wall_ms(self) -> int:
        return self.wall

    def monotonic_s(self) -> float:
        return self.counted / 1000

    async def ask(self) -> int:
        there, back, clock_set = next(self.trips)
        self.wall += there
        told = self.wall + self.offset_ms
        self.wall += back + clock_set
        self.counted += there + back
        return told


@pytest.mark.parametrize(
    ("trips", "offset", "expected"),
    [
        pytest.param([(50, 50, 0), (20, 20, 0), (300, 10, 0)], 700, Skew(700, 21), id="best of 3"),
        pytest.param([(40, 0, 0)] * 3, 0, Skew(20, 21), id="all of it on the way there"),
        pytest.param([(0, 40, 0)] * 3, -900, Skew(-920, 21), id="all of it on the way back"),
        pytest.param(
            [(1, 1, 5_000), (1, 1, -5_000), (200, 200, 0)], 9, Skew(9, 201), id="set meanwhile"
        ),
    ],
)
def test_the_fastest_round_trip_tells_the_offset(
    trips: list[tuple[int, int, int]], offset: int, expected: Skew
) -> None:
    line = Line(iter(trips), offset)

    skew = asyncio.run(skew_of(line.ask, line))

    assert skew == expected
    assert len(list(line.trips)) == 0


def test_an_exchange_that_does_not_answer_tells_so() -> None:
    async def ask() -> int:
        raise Unavailable("binance does not tell the time: try again later")

    with pytest.raises(Unavailable):
        asyncio.run(skew_of(ask, Line(iter(()), 0)))


@pytest.mark.parametrize(
    ("skew", "words"),
    [
        (Skew(0, 20), ""),
        (Skew(2_520, 20), ""),
        (Skew(-2_520, 20), ""),
        (Skew(2_521, 20), "is 2521 ms behind the exchange's, at most 2500 ms are good"),
        (Skew(-9_000, 20), "is 9000 ms ahead of the exchange's, at most 2500 ms are good"),
        (Skew(0, 2_501), "cannot be read closer than 2501 ms; signed requests are good for 5000"),
    ],
)
def test_a_clock_that_is_surely_off_is_refused(skew: Skew, words: str) -> None:
    refusal = skew.refusal(5_000)

    assert bool(refusal) is bool(words)
    assert words in (refusal or "")
