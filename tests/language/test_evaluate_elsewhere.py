"""Indicators of other symbols and slower timeframes, and what stands beside the bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from runner.language.evaluate import EvaluationError, Evaluator
from runner.language.parse import Expression, Kind, Scope, parse
from runner.language.surroundings import Place, Surroundings, alone
from runner.model.bars import Bars, Timeframe, resample
from tests.indicators.markets import made_bars

OURS, OTHER = "BTC/USDT", "ETH/USDT"
HOUR_MS = 3_600_000


def slower(text: str) -> Timeframe:
    found = Timeframe.parse(text)
    assert found is not None
    return found


def place(text: str) -> Place:
    """`ETH/USDT 4h`, `4h` or `ETH/USDT`."""
    symbol = next((word for word in text.split() if "/" in word), None)
    timeframe = next((word for word in text.split() if "/" not in word), None)
    return Place(symbol, slower(timeframe) if timeframe else None)


def without(bars: Bars, rows: list[int]) -> Bars:
    """The same bars, some of them missing."""
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    left = (np.delete(column, rows) for column in columns)
    return Bars(bars.symbol, bars.timeframe, np.delete(bars.opened_at, rows), *left)


def up_to(bars: Bars, instant: int) -> Bars:
    """What is known at an instant."""
    return bars.until(int((bars.closes_at <= instant).sum()))


class World:
    """A file's indicators, written `value @ place`, in surroundings; its values by name."""

    def __init__(self, around: Surroundings, texts: Mapping[str, str]) -> None:
        self.around = around
        self.indicators: dict[str, Expression] = {}
        self.places: dict[str, Place] = {}
        for name, text in texts.items():
            value, _, where = text.partition(" @ ")
            self.indicators[name] = self.parsed(value)
            if where:
                self.places[name] = place(where)

    def parsed(self, text: str) -> Expression:
        scope = Scope({}, self.indicators, futures=True, inputs=frozenset(self.around.inputs))
        return parse(text, scope, None)

    def __getitem__(self, text: str) -> np.ndarray:
        """Numbers; of a condition 1, 0 and NaN."""
        parsed = self.parsed(text)
        evaluator = Evaluator(self.around, {}, self.indicators, self.places)
        if parsed.kind is Kind.NUMBER:
            return evaluator.number(parsed)
        yes, no = evaluator.truth(parsed)
        assert not (yes & no).any()
        return np.where(yes, 1.0, np.where(no, 0.0, np.nan))


def pair(gaps: list[int], count: int = 600) -> Surroundings:
    """Two symbols by the hour; the other one misses some bars."""
    other = replace(without(made_bars(2, count), gaps), symbol=OTHER)
    bars = without(made_bars(1, count), [40, 41, 42, 43, 44, 301])
    return replace(alone(bars), others={OTHER: other, OURS: bars})


def values(text: str, bars: Bars) -> np.ndarray:
    """Of an expression on these bars alone."""
    return World(alone(bars), {})[text]


def last_closed(series: np.ndarray, there: Bars, here: Bars) -> np.ndarray:
    """By hand, bar by bar: the value of the last bar there that closed by a bar's close."""
    closes = there.closes_at.tolist()
    found = []
    for now in here.closes_at.tolist():
        known = [value for close, value in zip(closes, series, strict=True) if close <= now]
        found.append(known[-1] if known else np.nan)
    return np.array(found)


@pytest.mark.parametrize("text", ["ema(close, 5)", "bbands(close, 9, 2, 2).upper", "close > open"])
@pytest.mark.parametrize("timeframe", ["4h", "1d", "3h"])
def test_a_slower_timeframe_holds_its_last_closed_value(text: str, timeframe: str) -> None:
    around = pair([])
    slow = resample(around.bars, slower(timeframe))

    found = World(around, {"x": f"{text} @ {timeframe}"})["x"]

    np.testing.assert_array_equal(found, last_closed(values(text, slow), slow, around.bars))
    assert np.isnan(found[: slow.timeframe.ms // HOUR_MS - 1]).all()


def test_a_bar_that_closes_at_this_very_instant_is_closed() -> None:
    bars = made_bars(1, 8)

    found = World(alone(bars), {"x": "close @ 4h"})["x"]

    np.testing.assert_array_equal(found, [*[np.nan] * 3, *[bars.close[3]] * 4, bars.close[7]])


@pytest.mark.parametrize("text", ["sma(close, 5)", "close > open"])
def test_another_symbol_without_a_bar_at_this_instant_is_undefined(text: str) -> None:
    around = pair([100, 101, 250])
    other = around.others[OTHER]

    found = World(around, {"x": f"{text} @ {OTHER}"})["x"]

    by_open = dict(zip(other.opened_at.tolist(), values(text, other), strict=True))
    expected = [by_open.get(opened, np.nan) for opened in around.bars.opened_at.tolist()]
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(found[[95, 96]]).all()  # five rows of our own are missing before


def test_another_symbol_on_a_slower_timeframe_holds_over_its_gaps() -> None:
    around = pair([100, 101, 102, 103])
    slow = resample(around.others[OTHER], slower("4h"))

    found = World(around, {"x": f"ema(close, 3) @ {OTHER} 4h"})["x"]

    np.testing.assert_array_equal(
        found, last_closed(values("ema(close, 3)", slow), slow, around.bars)
    )


def test_all_outputs_of_a_name_are_brought_along() -> None:
    around, texts = pair([]), {"bb": "bbands(close, 9, 2, 2) @ 4h", "same": "bb"}
    world = World(around, texts)

    for output in ("upper", "middle", "lower"):
        alone_ = World(around, {"x": f"bbands(close, 9, 2, 2).{output} @ 4h"})["x"]
        np.testing.assert_array_equal(world[f"bb.{output}"], alone_)
        np.testing.assert_array_equal(world[f"same.{output}"], alone_)


def test_an_indicator_without_a_place_stands_where_it_is_used() -> None:
    around = pair([])
    texts = {"fast": "ema(close, 3)", "up": "close > fast", "slow": f"fast @ {OTHER} 4h"}
    texts["rising_there"] = f"up and close > fast[1] @ {OTHER} 1d"
    world = World(around, texts)

    whole = f"close > ema(close, 3) and close > ema(close, 3)[1] @ {OTHER} 1d"
    np.testing.assert_array_equal(world["rising_there"], World(around, {"x": whole})["x"])
    written_out = World(around, {"x": f"ema(close, 3) @ {OTHER} 4h"})["x"]
    np.testing.assert_array_equal(world["slow"], written_out)


def test_a_slower_indicator_in_one_of_another_symbol_is_that_symbols() -> None:
    around = pair([])
    texts = {"trend": "ema(close, 3) @ 4h", "above": f"close > trend @ {OTHER}"}
    texts["daily"] = f"close > trend @ {OTHER} 1d"
    other = around.others[OTHER]

    trend = World(replace(around, bars=other), texts)["trend"]
    by_hand = dict(zip(other.opened_at.tolist(), other.close > trend, strict=True))

    found = World(around, texts)["above"]
    known = ~np.isnan(found)
    opened = around.bars.opened_at[known].tolist()
    np.testing.assert_array_equal(found[known], [by_hand[instant] for instant in opened])
    assert known.sum() > 500
    assert not np.isnan(World(around, texts)["daily"][50:]).any()


def test_our_own_symbol_and_timeframe_are_here() -> None:
    around = pair([])
    world = World(around, {"x": f"ema(close, 9) > open @ {OURS} 1h", "y": "ema(close, 9) > open"})

    np.testing.assert_array_equal(world["x"][8:], world["y"][8:])


def test_the_sides_of_a_condition_elsewhere_are_both_false_where_it_is_undefined() -> None:
    world = World(pair([100]), {"up": f"close > open @ {OTHER}"})

    for text in ("up", "not up"):
        assert np.isnan(world[text][95])
    np.testing.assert_array_equal(world["not up"], 1 - world["up"])


@pytest.mark.parametrize("where", ["30m", f"{OTHER} 30m", "90m", "SOL/USDT", "SOL/USDT 4h"])
def test_what_our_bars_do_not_make_up_is_refused(where: str) -> None:
    for text in ("close", "close > open"):
        with pytest.raises(EvaluationError):
            World(pair([]), {"x": f"{text} @ {where}"})["x"]


def test_mark_funding_and_inputs_are_names_and_undefined_where_they_are_absent() -> None:
    bars = made_bars(1, 40)
    counting = np.arange(40, dtype=np.float64)
    around = replace(alone(bars), mark=counting, inputs={"fear": counting * 2})

    world = World(around, {"held": "fear + mark @ 4h", "theirs": f"mark @ {OTHER}"})

    np.testing.assert_array_equal(world["mark + fear"], counting * 3)
    assert np.isnan(world["funding_rate"]).all()
    np.testing.assert_array_equal(world["held"][3:11], [9] * 4 + [21] * 4)
    assert np.isnan(World(alone(bars), {})["mark"]).all()
    both = replace(around, others={OTHER: replace(bars, symbol=OTHER)})
    assert np.isnan(World(both, {"theirs": f"mark @ {OTHER}"})["theirs"]).all()


EVERYWHERE = {
    "plain": "ema(close, 5)",
    "slow": "ema(close, 3) @ 4h",
    "other": f"plain > close @ {OTHER}",
    "slow_other": f"supertrend(3, 1) @ {OTHER} 4h",
    "daily": f"close > plain[1] @ {OTHER} 1d",
    "nested": f"close > slow @ {OTHER}",
    "weekly": "high @ 1w",
    "volumes": "volume @ 12h",
    "fears": "fear[1] + mark @ 4h",
}


@pytest.mark.parametrize("gaps", [[], [100, 101, 102, 103, 203, 239, 407]])
def test_what_comes_later_changes_nothing_before(gaps: list[int]) -> None:
    around = pair(gaps)
    size = len(around.bars)
    mark, fear = np.arange(size, dtype=np.float64), np.sin(np.arange(size, dtype=np.float64))
    around = replace(around, mark=mark, inputs={"fear": fear})
    asked = [name if name != "slow_other" else "slow_other.line" for name in EVERYWHERE]
    whole = {text: World(around, EVERYWHERE)[text] for text in asked}

    for count in (1, 2, 95, 96, 97, 98, 99, 100, 198, 199, 234, 235, 400, 599 - 6):
        bars = around.bars.until(count)
        now = bars.closed_at(-1)
        known = Surroundings(
            bars=bars,
            others={symbol: up_to(other, now) for symbol, other in around.others.items()},
            mark=mark[:count],
            funding_rate=None,
            inputs={"fear": fear[:count]},
            timezone="UTC",
            sessions=(),
        )
        world = World(known, EVERYWHERE)
        for text in asked:
            np.testing.assert_array_equal(world[text], whole[text][:count], err_msg=text)


def test_one_place_is_evaluated_once() -> None:
    around = pair([])
    indicators = {"x": parse("ema(close, 3)", Scope(), None)}
    evaluator = Evaluator(around, {}, indicators, {"x": place(f"{OTHER} 4h")})
    twice = parse("x + x[1]", Scope({}, indicators), None)

    evaluator.number(twice)
    evaluator.number(parse("x * 2", Scope({}, indicators), None))

    assert len(evaluator._elsewhere) == 1
