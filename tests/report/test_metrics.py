"""Statistics, each against figures worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.orders import ExitReason
from runner.model.results import DataUsed, Result
from runner.model.trades import OpenPosition, PositionSide, RoundTrip
from runner.report.metrics import (
    DAY_MS,
    cagr,
    daily_returns,
    drawdown,
    exposure,
    metrics,
    profit_factor,
    sharpe,
    sortino,
    volatility,
)

HOUR_MS = 3_600_000
MONDAY = 1_609_718_400_000  # 2021-01-04T00:00:00Z


def a_trip(
    pnl: float = 1.0, r: float | None = None, entered: int = 0, left: int = 1, price: float = 100.0
) -> RoundTrip:
    return RoundTrip(
        symbol="BTC/USDT",
        side=PositionSide.LONG,
        entry_time_ms=MONDAY + entered * HOUR_MS,
        entry_price=price,
        exit_time_ms=MONDAY + left * HOUR_MS,
        exit_price=price,
        quantity=1.0,
        fees=0.5,
        funding=0.25,
        pnl=pnl,
        r=r,
        exit_reason=ExitReason.RULE,
    )


def a_result(
    equity: list[float],
    step_ms: int = DAY_MS,
    *trips: RoundTrip,
    still_open: OpenPosition | None = None,
) -> Result:
    count = len(equity)
    data = DataUsed(
        "BTC/USDT", "1d", MONDAY, MONDAY + count * step_ms, count, 0, 0, "0", "synthetic:7"
    )
    return Result(
        strategy="s",
        digest="0",
        params=(),
        environment="backtest",
        seed=None,
        data=(data,),
        assumptions=(),
        initial=100.0,
        fees=3.0,
        closed_at=MONDAY + step_ms * np.arange(1, count + 1),
        equity=np.array(equity),
        close=np.array([50.0, *equity[1:]]),
        orders=(),
        trades=trips,
        still_open=still_open,
    )


def test_a_week_worked_by_hand() -> None:
    trips = (a_trip(4.0, 2.0, 0, 24), a_trip(-1.0, -0.5, 48, 60), a_trip(-1.0, None, 70, 72))

    found = metrics(a_result([110, 99, 99, 108.9], DAY_MS, *trips))

    # daily returns: +10 %, -10 %, 0, +10 %; mean 2.5 %
    spread = math.sqrt((0.075**2 + 0.125**2 + 0.025**2 + 0.075**2) / 3)
    assert found.total_return == pytest.approx(0.089)
    assert found.cagr == pytest.approx(1.089 ** (365 / 4) - 1)
    assert found.volatility == pytest.approx(spread * math.sqrt(365))
    assert found.sharpe == pytest.approx(0.025 / spread * math.sqrt(365))
    assert found.sortino == pytest.approx(0.025 / math.sqrt(0.01 / 4) * math.sqrt(365))
    assert found.max_drawdown == pytest.approx(0.1)
    assert found.max_drawdown_days == 3.0  # from the first close to the end
    assert found.calmar == pytest.approx((1.089 ** (365 / 4) - 1) / 0.1)
    assert found.exposure == pytest.approx((24 + 12 + 2) / 96)
    assert found.turnover == pytest.approx(6 * 100 / 104.225)
    assert found.trades == 3
    assert found.win_rate == pytest.approx(1 / 3)
    assert found.profit_factor == pytest.approx(2.0)
    assert found.expectancy_r == pytest.approx(0.75)
    assert found.fees == 3.0
    assert found.funding == 0.75
    assert found.buy_and_hold == pytest.approx(108.9 / 50 - 1)


def test_what_is_undefined_is_none() -> None:
    found = metrics(a_result([100.0], HOUR_MS))

    assert found.total_return == found.max_drawdown == found.max_drawdown_days == 0.0
    assert found.cagr is found.volatility is found.sharpe is found.sortino is found.calmar is None
    assert found.win_rate is found.profit_factor is found.expectancy_r is None
    assert found.exposure == found.turnover == 0.0


def test_a_position_that_is_still_open_counts_as_held_and_bought() -> None:
    still_open = OpenPosition(MONDAY + 3 * DAY_MS, 50.0, 2.0)

    found = metrics(a_result([100.0] * 4, still_open=still_open))

    assert found.exposure == 0.25
    assert found.turnover == 1.0
    assert found.trades == 0


def test_days_end_at_midnight_utc_and_days_without_bars_return_nothing() -> None:
    # Closes at 12:00 and 24:00 of Monday, then Thursday 12:00.
    closed_at = MONDAY + HOUR_MS * np.array([12, 24, 84])

    daily = daily_returns(100.0, closed_at, np.array([50.0, 110.0, 121.0]))

    assert daily.tolist() == pytest.approx([0.1, 0.0, 0.0, 0.1])


def test_growth_is_per_year_of_365_days() -> None:
    assert cagr(100.0, 121.0, 730 * DAY_MS) == pytest.approx(0.1)
    assert cagr(100.0, 0.0, 730 * DAY_MS) == -1.0
    assert cagr(100.0, 121.0, DAY_MS - 1) is None
    assert cagr(100.0, 700.0, DAY_MS) is None  # 10^308 would not hold it


@pytest.mark.parametrize(
    ("equity", "deepest", "longest_bars"),
    [
        ([100, 101, 102], 0.0, 0),
        ([100, 100, 100], 0.0, 0),
        ([80, 90, 100, 50, 100], 0.5, 3),  # deepest and longest are different falls
        ([110, 55, 66], 0.5, 2),  # never made good: until the end
        ([50], 0.5, 1),  # below the money it started with
    ],
)
def test_drawdowns(equity: list[float], deepest: float, longest_bars: int) -> None:
    closed_at = MONDAY + HOUR_MS * np.arange(1, len(equity) + 1)

    fall, lasted = drawdown(MONDAY, 100.0, closed_at, np.array(equity, dtype=float))

    assert fall == pytest.approx(deepest)
    assert lasted == longest_bars * HOUR_MS


def test_overlapping_positions_are_held_once() -> None:
    trips = [a_trip(entered=0, left=6), a_trip(entered=2, left=4), a_trip(entered=5, left=8)]

    assert exposure(MONDAY, MONDAY + 16 * HOUR_MS, trips, None) == 0.5


def test_steady_equity_has_no_ratio() -> None:
    still = np.zeros(5)

    assert volatility(still) == 0.0
    assert sharpe(still) is sortino(still) is None
    assert sortino(np.array([0.1, 0.2])) is None
    assert profit_factor([a_trip(1.0), a_trip(0.0)]) is None


@given(st.lists(st.floats(1.0, 1e6), min_size=1, max_size=200), st.integers(1, 60))
def test_daily_returns_multiply_to_the_total_and_falls_are_fractions(
    equity: list[float], hours: int
) -> None:
    found = metrics(a_result(equity, hours * HOUR_MS))
    closed_at = MONDAY + hours * HOUR_MS * np.arange(1, len(equity) + 1)

    daily = daily_returns(100.0, closed_at, np.array(equity))

    assert np.prod(1.0 + daily) - 1.0 == pytest.approx(found.total_return, rel=1e-6, abs=1e-9)
    assert 0.0 <= found.max_drawdown < 1.0
    assert 0.0 <= found.max_drawdown_days <= len(equity) * hours / 24
