"""Mark prices and funding rates that a live session reads from the exchange."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from runner.engine.past import surroundings_of
from runner.engine.terms import Terms
from runner.engine.world import CandleRow
from runner.exchange.replay.setup import Funding
from runner.model.bars import Timeframe
from runner.model.holdings import Rate
from tests.core.stage import rule_file
from tests.engine.book import Book
from tests.engine.places import ENTERS, a_place
from tests.engine.values import bars, run_data
from tests.engine.wall import H

SYMBOL = "BTC/USDT:USDT"
READS_MARK = ENTERS.replace("close > open", "close > open and mark < close + 1")
READS_RATE = ENTERS.replace("close > open", "close > open and funding_rate <= 0.01%")
BARS = bars("100", "101", "102", symbol=SYMBOL)


class Quoting(Book):
    """Tells the mark prices and rates that it was given."""

    marks: tuple[CandleRow, ...] = ()
    settled: tuple[Rate, ...] = ()

    async def mark_bars(
        self, symbol: str, timeframe: Timeframe, since_ms: int, limit: int
    ) -> list[CandleRow]:
        return [row for row in self.marks if row[0] >= since_ms][:limit]

    async def rates(self, symbol: str, since_ms: int) -> list[Rate]:
        return [rate for rate in self.settled if rate.at_ms >= since_ms]


def a_mark(hour: int, price: float) -> CandleRow:
    return (hour * H, price, price, price, price, 0.0)


def terms(body: str, book: Quoting) -> Terms:
    return Terms(rule_file(body, SYMBOL), book, book.clock, run_data(BARS))


def test_mark_prices_stand_beside_the_bars_that_have_them() -> None:
    book = Quoting(BARS)
    book.marks = (a_mark(0, 100.5), a_mark(2, 102.5))
    told = terms(READS_MARK, book)

    asyncio.run(told.until(0, 3 * H))

    mark = told.told({SYMBOL: BARS}, 3 * H).markets[0].mark
    assert mark is not None
    assert np.array_equal(mark, [100.5, np.nan, 102.5], equal_nan=True)
    assert told.lacking(3 * H) == frozenset()
    assert told.lacking(4 * H) == {SYMBOL}


@pytest.mark.parametrize("late_ms", [0, 7, 45_000])  # of the stamps
@pytest.mark.parametrize(
    ("hours", "instant", "lacks"),
    [
        ((), 3, False),  # a new listing: no interval is known
        ((0,), 8, False),
        ((0, 8), 15, False),
        ((0, 8), 16, True),  # a settlement every eight hours: that of now is not told yet
        ((0, 8, 16), 16, False),
        ((0, 4), 8, True),
        ((0, 4), 8.5, True),
        ((0, 4), 9, False),  # nothing was settled at 8:00: the interval has become longer
        ((0, 8, 16), 24, True),
    ],
)
def test_a_settlement_that_is_due_is_waited_for(
    hours: tuple[int, ...], instant: float, lacks: bool, late_ms: int
) -> None:
    book, now_ms = Quoting(BARS), int(instant * H)
    book.settled = tuple(Rate(hour * H + late_ms, 0.0001) for hour in hours)
    told = terms(READS_RATE, book)

    asyncio.run(told.until(0, now_ms))

    assert told.lacking(now_ms) == (frozenset({SYMBOL}) if lacks else frozenset())
    funding = told.told({SYMBOL: BARS}, now_ms).markets[0].funding
    assert funding is not None
    known = funding.stamps_ms[: len(hours)]
    assert known.tolist() == [hour * H + late_ms for hour in hours]
    assert np.isnan(funding.rates[len(hours) :]).tolist() == ([True] if lacks else [])


def test_what_is_not_told_of_the_newest_bar_is_undefined_there() -> None:
    book = Quoting(BARS)
    book.marks = (a_mark(0, 100.5),)
    book.settled = (Rate(7, 0.0001), Rate(H + 7, 0.0002), Rate(2 * H + 7, 0.0003))
    body = READS_MARK.replace("mark <", "funding_rate < 1 and mark <")
    told = terms(body, book)

    asyncio.run(told.until(0, 3 * H))
    data = told.told({SYMBOL: BARS}, 3 * H)
    here = surroundings_of(rule_file(body, SYMBOL), SYMBOL, {SYMBOL: BARS}, data)

    assert here.mark is not None
    assert here.funding_rate is not None
    assert np.array_equal(here.mark, [100.5, np.nan, np.nan], equal_nan=True)
    assert np.array_equal(here.funding_rate, [0.0002, 0.0003, np.nan], equal_nan=True)


def test_what_no_rule_reads_is_not_asked() -> None:
    told = terms(ENTERS, Quoting(BARS))

    asyncio.run(told.until(0, 3 * H))

    assert told.lacking(3 * H) == frozenset()
    assert told.told({SYMBOL: BARS}, 3 * H).markets[0].mark is None


def test_a_rule_on_the_mark_price_trades_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, READS_MARK, symbol=SYMBOL)

    place.live(until_ms=8 * H)

    assert place.fills() == ["entry buy 20 at 100"]


@pytest.mark.parametrize(
    ("hours", "rates", "fills"),
    [
        ([3, 5, 7], [0.0001, 0.0001, 0.0001], ["entry buy 20 at 100"]),
        ([3, 5, 7], [0.0001, 0.0001, 0.0002], []),
        ([3, 5], [0.0001, 0.0001], []),  # the rate of 07:00 is never told: it is undefined
        ([0, 8], [0.0001, 0.0001], ["entry buy 20 at 100"]),  # one is known, and no interval
    ],
)
def test_a_rule_on_the_funding_rate_trades_live_on_what_was_settled(
    hours: list[int],
    rates: list[float],
    fills: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamps = np.array(hours, np.int64) * H + 5
    place = a_place(tmp_path, monkeypatch, READS_RATE, symbol=SYMBOL)
    place.settled = Funding(stamps, np.array(rates))

    journal = place.live(until_ms=7 * H + H // 2)

    assert place.fills() == fills
    assert journal.handled_at() == 7 * H
    assert journal.misses() == []


def test_a_position_leaves_in_time_while_a_rate_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = READS_RATE.replace("exit: {", "exit: {time_stop: 2 bars, ")
    place = a_place(tmp_path, monkeypatch, body, symbol=SYMBOL)
    place.settled = Funding(np.array([5, 7], np.int64) * H + 5, np.array([1e-4, 1e-4]))

    place.live(until_ms=9 * H + H // 2)

    assert place.fills() == ["entry buy 20 at 100", "exit sell 20 at 100"]
