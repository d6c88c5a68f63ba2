"""Bars of OKX, which tells the newest of a stretch of time: all of them, in order."""

from __future__ import annotations

from typing import Any

import pytest

from runner.exchange.okx.bars import CONTRACTS, MARKS, SPOT, TIMEFRAMES, Bars
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from runner.model.exchanges.okx import SUPPORT
from tests.exchange.asked import PERP
from tests.exchange.okx.answers import ask, at, ok
from tests.exchange.scripted import NOW

MINUTE = 60_000
START = NOW - NOW % MINUTE


def frame(text: str = "1m") -> Timeframe:
    found = Timeframe.parse(text)
    assert found is not None
    return found


def bar(at_ms: int, volume: str = "2") -> list[str]:
    return [str(at_ms), "1", "3", "0.5", "2", volume, "20", "40", "1"]


class Told:
    """An exchange that has bars at these instants, and tells as documented: newest first."""

    def __init__(self, opened: list[int]) -> None:
        self.opened, self.asked = opened, 0

    async def read(self, _wanted: str, _endpoint: str, asked: Any, read: Any) -> Any:
        self.asked += 1
        found = [at for at in self.opened if asked["before"] < at < asked["after"]]
        return read(ok(*(bar(at) for at in sorted(found, reverse=True)[: asked["limit"]])))


def all_of(told: Told, since_ms: int, limit: int) -> list[int]:
    asking: Any = told
    bars = Bars(asking, lambda: NOW, SPOT, "BTC/USDT", frame())
    task = bars.since(since_ms, limit)
    try:
        task.send(None)
    except StopIteration as done:
        return [row[0] for row in done.value]
    raise AssertionError("nothing is awaited here")


def minutes(first: int, count: int) -> list[int]:
    return [START + (first + n) * MINUTE for n in range(count)]


#: Bars that exist, by their first minute and count; how many are wanted since minute -5000.
KEPT = [
    ([], 10),
    ([(-5000, 1)], 10),
    ([(-5000, 350)], 350),
    ([(-5000, 350)], 1000),
    ([(-4999, 99), (-4800, 1)], 1000),
    ([(-30, 30)], 1000),
    ([(-30, 31)], 7),
    ([(-4000, 3), (-3000, 500), (-1, 2)], 1000),
    ([(-2500, 2500)], 1300),
]


@pytest.mark.parametrize(("kept", "limit"), KEPT, ids=range(len(KEPT)))
def test_the_first_bars_since_an_instant_are_found_wherever_they_begin(
    kept: list[tuple[int, int]], limit: int
) -> None:
    there = [at for first, count in kept for at in minutes(first, count)]

    assert all_of(Told(there), START - 5000 * MINUTE, limit) == there[:limit]


def test_years_without_a_bar_cost_few_questions() -> None:
    told = Told(minutes(-10, 10))

    found = all_of(told, START - 3_000_000 * MINUTE, 1000)

    assert found == minutes(-10, 10)
    assert told.asked < 60


@pytest.mark.parametrize(
    ("symbol", "endpoint", "volume"),
    [("BTC/USDT", "market/candles", 2.0), (PERP, "market/candles", 20.0)],
)
def test_a_bar_has_its_volume_in_base_currency(symbol: str, endpoint: str, volume: float) -> None:
    answers = at({f"GET {endpoint}": [ok(bar(START - MINUTE)), ok()]})

    rows, exchange = ask(
        lambda it: it.bars(symbol, frame(), START - MINUTE, 1), answers, symbols=(symbol,)
    )

    assert rows == [(START - MINUTE, 1.0, 3.0, 0.5, 2.0, volume)]
    assert exchange.sent[0].parameters == {
        "instId": "BTC-USDT" if symbol == "BTC/USDT" else "BTC-USDT-SWAP",
        "bar": "1m",
        "before": str(START - MINUTE - 1),
        "after": str(START + 299 * MINUTE),
        "limit": "300",
    }


def test_old_bars_and_those_of_the_mark_price_come_from_their_lists() -> None:
    since = START - 2000 * MINUTE
    row = [str(since), "1", "3", "0.5", "2", "1"]
    answers = at({"GET market/history-mark-price-candles": ok(row)})

    rows, _ = ask(lambda it: it.mark_bars(PERP, frame(), since, 1), answers, symbols=(PERP,))

    assert rows == [(since, 1.0, 3.0, 0.5, 2.0, 0.0)]


@pytest.mark.parametrize(
    "rows",
    [
        [bar(START - MINUTE), bar(START)],
        [bar(START), bar(START)],
        [bar(START + 1)],
        [bar(START - 2 * MINUTE)],
        [bar(START + 300 * MINUTE)],
        [["x", *bar(START)[1:]]],
        [[str(START), "1", "2"]],
        [[str(START), "nan", "3", "0.5", "2", "2"]],
        ["bars"],
    ],
)
def test_bars_other_than_those_asked_for_are_unclear(rows: list[Any]) -> None:
    with pytest.raises(Unavailable, match="the bars unclearly"):
        ask(
            lambda it: it.bars("BTC/USDT", frame(), START - MINUTE, 5),
            at({"GET market/candles": ok(*rows)}),
        )


def test_days_are_those_of_utc_and_weeks_open_on_mondays() -> None:
    assert {text for text in TIMEFRAMES if frame(text).ms >= 6 * 3_600_000} == {
        text for text, theirs in TIMEFRAMES.items() if theirs.endswith("utc")
    }
    since = NOW - 21 * 86_400_000
    thursday = since - since % 604_800_000 + 604_800_000
    with pytest.raises(Unavailable, match="between two bars"):
        ask(
            lambda it: it.bars("BTC/USDT", frame("1w"), since, 5),
            at({"GET market/candles": ok(bar(thursday))}),
        )


def test_a_timeframe_that_okx_does_not_have_is_refused() -> None:
    with pytest.raises(Refused, match="okx has no bars of `8h`; there is `12h`, `15m`"):
        ask(lambda it: it.bars("BTC/USDT", frame("8h"), NOW, 5), {})


def test_what_is_offered_is_what_is_asked_for() -> None:
    for offered in SUPPORT.kinds.values():
        assert set(offered.timeframes) == set(TIMEFRAMES)
    assert (SPOT.page, CONTRACTS.page, MARKS.page) == (300, 300, 100)  # the most that is given
