"""Mark prices and funding rates that a live session reads from the exchange."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

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

    mark = told.told({SYMBOL: BARS}).markets[0].mark
    assert mark is not None
    assert np.array_equal(mark, [100.5, np.nan, 102.5], equal_nan=True)
    assert told.lacking(3 * H) == frozenset()
    assert told.lacking(4 * H) == {SYMBOL}


@pytest.mark.parametrize(
    ("hours", "instant", "lacks"),
    [
        ((), 3, True),  # no rate is known at all
        ((0, 8), 15, False),
        ((0, 8), 16, True),  # a settlement every eight hours: that of now is not told yet
        ((0, 8, 16), 16, False),
        ((0, 4), 8, True),
    ],
)
def test_a_settlement_that_is_due_is_waited_for(
    hours: tuple[int, ...], instant: int, lacks: bool
) -> None:
    book = Quoting(BARS)
    book.settled = tuple(Rate(hour * H + 7, 0.0001) for hour in hours)  # stamps are a little late
    told = terms(READS_RATE, book)

    asyncio.run(told.until(0, instant * H))

    assert told.lacking(instant * H) == (frozenset({SYMBOL}) if lacks else frozenset())
    funding = told.told({SYMBOL: BARS}).markets[0].funding
    assert funding is not None
    assert funding.stamps_ms.tolist() == [hour * H + 7 for hour in hours]


def test_what_no_rule_reads_is_not_asked() -> None:
    told = terms(ENTERS, Quoting(BARS))

    asyncio.run(told.until(0, 3 * H))

    assert told.lacking(3 * H) == frozenset()
    assert told.told({SYMBOL: BARS}).markets[0].mark is None


def test_a_rule_on_the_mark_price_trades_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = a_place(tmp_path, monkeypatch, READS_MARK, symbol=SYMBOL)

    place.live(until_ms=8 * H)

    assert place.fills() == ["entry buy 20 at 100"]


@pytest.mark.parametrize(
    ("rates", "fills", "handled", "missed"),
    [
        ([0.0001, 0.0001, 0.0001], ["entry buy 20 at 100"], 7, 0),
        ([0.0001, 0.0001, 0.0002], [], 7, 0),
        ([0.0001, 0.0001], [], 7, 1),  # the rate of 07:00 is never told: nothing is decided
    ],
)
def test_a_rule_on_the_funding_rate_trades_live_on_what_was_settled(
    rates: list[float],
    fills: list[str],
    handled: int,
    missed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamps = np.array([3, 5, 7][: len(rates)], np.int64) * H + 5
    place = a_place(tmp_path, monkeypatch, READS_RATE, symbol=SYMBOL)
    place.settled = Funding(stamps, np.array(rates))

    journal = place.live(until_ms=7 * H + H // 2)

    assert place.fills() == fills
    assert journal.handled_at() == handled * H
    assert len(journal.misses()) == missed
