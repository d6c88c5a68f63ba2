"""Bars and funding rates of Bybit: stretch by stretch, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from runner.model.holdings import Rate
from tests.exchange.asked import PERP
from tests.exchange.bybit.room import asked
from tests.exchange.bybit.told import (
    BARS,
    MARK_BARS,
    RATES,
    page,
    parameters,
)
from tests.exchange.scripted import NOW

DAY = 86_400_000
HOUR = Timeframe("1h", 3_600_000)
WEEK = 7 * DAY


def bar(at: int) -> list[str]:
    return [str(at), "1", "3", "0.5", "2", "10", "20"]


def bars_of(*starts: int, category: str = "linear") -> dict[str, Any]:
    """Newest first, as Bybit tells them."""
    return page(category, *map(bar, reversed(starts)), symbol="BTCUSDT")


def test_bars_are_asked_for_stretch_by_stretch_until_there_are_enough() -> None:
    first = NOW - 1500 * HOUR.ms
    starts = [first + n * HOUR.ms for n in range(1500)]
    told = {BARS: [bars_of(*starts[:1000]), bars_of(*starts[1000:1200])]}

    bars, exchange = asked(lambda client: client.bars(PERP, HOUR, first, 1200), told, (PERP,))

    assert [it[0] for it in bars] == starts[:1200]
    asked_for = parameters(exchange, BARS)
    assert [(int(it["start"]), int(it["end"])) for it in asked_for] == [
        (first, starts[1000] - 1),
        (starts[1000], starts[1199] + HOUR.ms - 1),
    ]
    assert {it["limit"] for it in asked_for} == {"1000"}


def test_bars_before_the_market_began_are_passed_over_by_the_week() -> None:
    long_ago, began = NOW - 400 * DAY, NOW - 2 * HOUR.ms
    week = NOW - NOW % WEEK
    starts = [began, began + HOUR.ms]
    told = {BARS: [bars_of(), bars_of(week), bars_of(*starts)]}

    bars, exchange = asked(lambda client: client.bars(PERP, HOUR, long_ago, 1000), told, (PERP,))

    assert [it[0] for it in bars] == starts
    assert [it["interval"] for it in parameters(exchange, BARS)] == ["60", "W", "60"]
    assert int(parameters(exchange, BARS)[2]["start"]) == week


def test_bars_of_a_market_that_has_none_are_none() -> None:
    told = {BARS: bars_of()}

    bars, exchange = asked(lambda client: client.bars(PERP, HOUR, NOW - DAY, 5), told, (PERP,))

    assert bars == []
    assert len(exchange.sent) == 2


def test_bars_that_come_from_outside_of_what_was_asked_for_are_dropped() -> None:
    since = NOW - 2 * HOUR.ms
    told = {BARS: bars_of(since - HOUR.ms, since, since + HOUR.ms)}

    bars, _ = asked(lambda client: client.bars(PERP, HOUR, since, 2), told, (PERP,))

    assert [it[0] for it in bars] == [since, since + HOUR.ms]


def test_bars_of_the_mark_price_have_no_volume() -> None:
    since = NOW - HOUR.ms
    told = {MARK_BARS: page("linear", bar(since)[:5], symbol="BTCUSDT")}

    bars, _ = asked(lambda client: client.mark_bars(PERP, HOUR, since, 1), told, (PERP,))

    assert bars == [(since, 1.0, 3.0, 0.5, 2.0, 0.0)]


@pytest.mark.parametrize(
    "rows",
    [
        [["1", "1"]],
        [["x", "1", "1", "1", "1", "1"]],
        [["1", "1", "1", "nan", "1", "1"]],
        [bar(5), bar(5)],
        [bar(4), bar(5)],
        ["x"],
        [None],
    ],
)
def test_bars_that_are_none_are_not_read(rows: list[Any]) -> None:
    with pytest.raises(Unavailable, match="the bars unclearly"):
        asked(
            lambda client: client.bars(PERP, HOUR, NOW - DAY, 5),
            {BARS: page("linear", *rows, symbol="BTCUSDT")},
            (PERP,),
        )


@pytest.mark.parametrize("text", ["8h", "3d", "7m"])
def test_a_timeframe_that_bybit_has_not_is_refused(text: str) -> None:
    frame = Timeframe.parse(text)
    assert frame is not None

    with pytest.raises(Refused, match="there is `12h`, `15m`, `1d`"):
        asked(lambda client: client.bars(PERP, frame, NOW, 5), {}, (PERP,))


def rate(at: int) -> dict[str, str]:
    return {"symbol": "BTCUSDT", "fundingRate": "0.0001", "fundingRateTimestamp": str(at)}


def test_funding_rates_are_read_backwards_and_told_forwards() -> None:
    times = [NOW - n * 8 * HOUR.ms for n in range(250)]
    told = {
        RATES: [page("linear", *map(rate, times[:200])), page("linear", *map(rate, times[200:]))]
    }

    rates, exchange = asked(lambda client: client.rates(PERP, times[-1]), told, (PERP,))

    assert rates == [Rate(at, 0.0001) for at in reversed(times)]
    spans = [(int(it["startTime"]), int(it["endTime"])) for it in parameters(exchange, RATES)]
    assert spans == [(times[-1], NOW), (times[-1], times[199] - 1)]
