"""Laws of the core over random rule files and markets; what a ledger must add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray

from runner.core import codes, kernel
from runner.core.columns import table_of
from runner.core.trader import Trader, free_cash
from runner.data.history import MarketData, RunData
from runner.engine.backtest import funding_of, new_trader, simulate
from runner.engine.past import surroundings_of
from runner.model.markets import Market
from tests.core.random_rules import Scene, scenes
from tests.engine.values import HOUR, a_market

FEW = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
MANY = settings(FEW, max_examples=3000, derandomize=False)


def laws_hold(scene: Scene | None) -> None:
    """Every law, of one scene."""
    if scene is None:
        return
    stage = Stage.of(scene, scene.data)
    equity = []
    for due in stage.instants():
        kernel.step(stage.trader, due)
        equity.append(stage.trader.equity)
        no_more_is_spent_than_there_is(stage)
        every_position_is_protected(stage)
    rows = stage.trader.log.array()
    nothing_is_sold_that_is_not_held(rows)
    np.testing.assert_allclose(equity, equities(scene, rows), rtol=1e-9)

    # the loop that skips quiet bars does the same
    simulation = simulate(scene.strategy, scene.data, stage.markets)
    np.testing.assert_array_equal(simulation.trader.log.array(), rows)
    np.testing.assert_array_equal(simulation.equity, equity)


@FEW
@given(scene=scenes())
def test_the_ledger_adds_up(scene: Scene | None) -> None:
    laws_hold(scene)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@MANY
@given(scene=scenes())
def test_the_ledger_adds_up_over_many_rule_files(scene: Scene | None) -> None:
    laws_hold(scene)


@FEW
@given(scene=scenes())
def test_what_comes_later_changes_nothing(scene: Scene | None) -> None:
    past_holds(scene)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@MANY
@given(scene=scenes())
def test_what_comes_later_changes_nothing_in_many_rule_files(scene: Scene | None) -> None:
    past_holds(scene)


def past_holds(scene: Scene | None) -> None:
    """Bars that are not there yet change no decision before them."""
    if scene is None:
        return
    whole = Stage.of(scene, scene.data)
    played = 0
    for cut in (15, 31, 44):
        for due in whole.instants(played, cut):
            kernel.step(whole.trader, due)
        part = Stage.of(scene, RunData(tuple(until(one, cut) for one in scene.data.markets), {}))
        for due in part.instants(0, cut):
            kernel.step(part.trader, due)

        np.testing.assert_array_equal(part.trader.log.array(), whole.trader.log.array())
        assert part.trader.equity == whole.trader.equity
        played = cut


def until(market: MarketData, hours: int) -> MarketData:
    """The bars that open before this hour, and the one after them: the last decides nothing."""
    bars = market.bars
    count = min(len(bars), int(np.searchsorted(bars.opened_at, hours * HOUR.ms)) + 1)
    return MarketData(market.symbol, bars.until(count), "", "a test", market.funding, market.mark)


@dataclass(frozen=True, slots=True)
class Stage:
    """A trader with its tables, to be played instant by instant."""

    trader: Trader
    markets: tuple[Market, ...]

    @staticmethod
    def of(scene: Scene, data: RunData) -> Stage:
        markets = tuple(a_market(symbol, step="0.001") for symbol in scene.strategy.symbols)
        trader = new_trader(scene.strategy, markets, float(scene.strategy.backtest.initial))
        bars = {market.symbol: market.bars for market in data.markets}
        for desk, market in zip(trader.desks, data.markets, strict=True):
            here = surroundings_of(scene.strategy, market.symbol, bars, data)
            desk.table = table_of(scene.strategy, here, funding_of(market), len(market.bars) - 1)
        return Stage(trader, markets)

    def instants(self, first: int = 0, end: int = 10**6) -> Iterator[list]:
        """The desks of which a bar opens at each hour from `first` until `end`."""
        hours = {at // HOUR.ms for desk in self.trader.desks for at in desk.table.opened_at}
        for hour in sorted(one for one in hours if first <= one < end):
            due = []
            for desk in self.trader.desks:
                bar = desk.row + 1
                if bar < desk.table.count and desk.table.opened_at[bar] == hour * HOUR.ms:
                    due.append(desk)
            yield due


def no_more_is_spent_than_there_is(stage: Stage) -> None:
    """But for a reversal, which is paid by the position that ends before it."""
    desks = stage.trader.desks
    if not any(desk.exit_row != codes.NONE and desk.entry_row != codes.NONE for desk in desks):
        assert free_cash(stage.trader) >= -1e-9


def every_position_is_protected(stage: Stage) -> None:
    """With a stop in the file, resting stops cover all that is held and not on its way out."""
    rows = stage.trader.log.array()
    resting = rows[rows[:, codes.STATE] == codes.RESTING]
    for desk in stage.trader.desks:
        stops = resting[
            (resting[:, codes.DESK] == desk.index) & (resting[:, codes.PURPOSE] == codes.STOP)
        ]
        held = desk.position.quantity
        if desk.exit_row != codes.NONE or held == 0.0:
            assert len(stops) == 0
        elif desk.plan.has_stop or desk.stop > 0.0:
            assert stops[:, codes.QUANTITY].sum() == pytest.approx(held, rel=1e-12)


def nothing_is_sold_that_is_not_held(rows: NDArray[np.float64]) -> None:
    """Entries open a position from nothing, exits close at most what is held."""
    for desk in np.unique(rows[:, codes.DESK]):
        held = 0.0
        for row in fills(rows[rows[:, codes.DESK] == desk]):
            signed = row[codes.SIDE] * row[codes.QUANTITY]
            assert row[codes.QUANTITY] > 0
            match int(row[codes.PURPOSE]):
                case codes.ENTRY:
                    assert held == 0.0
                case codes.ADD:
                    assert held * signed > 0
                case _:
                    assert held * signed < 0
                    assert abs(signed) <= abs(held) + 1e-9
            held += signed
            held = 0.0 if abs(held) < 1e-9 else held


def fills(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows that filled, in order of time."""
    filled = rows[rows[:, codes.STATE] == codes.FILLED]
    return filled[np.argsort(filled[:, codes.FILLED_AT], kind="stable")]


def equities(scene: Scene, rows: NDArray[np.float64]) -> list[float]:
    """At each close, of the fills alone: what was paid and received, and what is held then."""
    closes = sorted({int(at) + HOUR.ms for one in scene.data.markets for at in one.bars.opened_at})
    filled = fills(rows)
    found = []
    for close in closes:
        before = filled[filled[:, codes.FILLED_AT] < close]
        signed = before[:, codes.SIDE] * before[:, codes.QUANTITY]
        total = float(scene.strategy.backtest.initial)
        total -= float(np.sum(signed * before[:, codes.FILL_PRICE] + before[:, codes.FEE]))
        for number, market in enumerate(scene.data.markets):
            own = filled[filled[:, codes.DESK] == number]
            bars = market.bars
            seen = int(np.searchsorted(bars.opened_at, close, side="left"))
            if seen:
                total += held_at(own, close) * float(bars.close[seen - 1])
            total -= funding_paid(market, own, close)
        found.append(total)
    return found


def held_at(own: NDArray[np.float64], instant: int) -> float:
    """Signed quantity before the orders of an instant."""
    before = own[own[:, codes.FILLED_AT] < instant]
    return float(np.sum(before[:, codes.SIDE] * before[:, codes.QUANTITY]))


def funding_paid(market: MarketData, own: NDArray[np.float64], until_ms: int) -> float:
    """Each stamp belongs to the first close that is not a minute or more before it."""
    if market.funding is None:
        return 0.0
    paid, bars = 0.0, market.bars
    closes = (bars.opened_at + HOUR.ms).tolist()
    for stamp, rate in zip(market.funding.stamps_ms, market.funding.rates, strict=True):
        row = next((k for k, close in enumerate(closes) if stamp < close + 60_000), None)
        if row is not None and closes[row] <= until_ms:
            paid += held_at(own, closes[row]) * float(rate) * float(bars.close[row])
    return paid
