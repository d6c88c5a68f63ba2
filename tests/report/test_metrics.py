"""Statistics, each against figures worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.orders import ExitReason
from runner.model.results import DataUsed, Result
from runner.model.trades import OpenPosition, PositionSide, RoundTrip, RoundTrips
from runner.report.metrics import (
    DAY_MS,
    began_at,
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


def columns_of(*trips: RoundTrip) -> RoundTrips:
    symbols = tuple(dict.fromkeys(trip.symbol for trip in trips))
    rows = [
        [
            symbols.index(trip.symbol),
            trip.side.sign,
            trip.entry_time_ms,
            trip.entry_price,
            trip.exit_time_ms,
            trip.exit_price,
            trip.quantity,
            trip.fees,
            trip.funding,
            trip.pnl,
            np.nan if trip.r is None else trip.r,
            list(ExitReason).index(trip.exit_reason) + 1,
        ]
        for trip in trips
    ]
    found = RoundTrips(symbols, np.array(rows, np.float64).reshape(-1, 12))
    assert found == trips
    return found


def a_result(
    equity: list[float],
    step_ms: int = DAY_MS,
    *trips: RoundTrip,
    still_open: tuple[OpenPosition, ...] = (),
) -> Result:
    count = len(equity)
    data = DataUsed(
        "BTC/USDT", "1d", MONDAY, MONDAY + count * step_ms, count, 0, 0, "0", "synthetic:7"
    )
    closed_at = MONDAY + step_ms * np.arange(1, count + 1)
    return Result(
        strategy="s",
        digest="0",
        params=(),
        environment="backtest",
        seed=None,
        symbols=("BTC/USDT",),
        data=(data,),
        assumptions=(),
        initial=100.0,
        fees=3.0,
        funding=0.75,
        closed_at=closed_at,
        equity=np.array(equity),
        close=((closed_at, np.array([50.0, *equity[1:]])),),
        orders=(),
        trades=columns_of(*trips),
        still_open=still_open,
        denied=0,
        halted=None,
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
    assert found.exposure == 2 / 4  # on the first and third day
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
    still_open = OpenPosition("BTC/USDT", PositionSide.SHORT, MONDAY + 3 * DAY_MS, 50.0, 2.0, 100.0)

    found = metrics(a_result([100.0] * 4, still_open=(still_open,)))

    assert found.exposure == 0.25
    assert found.turnover == 1.0
    assert found.trades == 0


def test_buy_and_hold_is_the_mean_of_all_symbols() -> None:
    one = a_result([100.0] * 3)
    late = (one.closed_at[1:], np.array([8.0, 4.0]))
    both = replace(one, symbols=("BTC/USDT", "ETH/USDT"), close=(*one.close, late))

    assert metrics(one).buy_and_hold == 1.0  # 50 to 100
    assert metrics(both).buy_and_hold == 0.25  # and 8 to 4


def test_a_run_begins_with_the_bar_that_closes_first() -> None:
    one = a_result([100.0] * 3)
    slower = replace(one.data[0], timeframe="1w", from_ms=MONDAY - 7 * DAY_MS)
    later = replace(one.data[0], symbol="ETH/USDT", from_ms=MONDAY + DAY_MS)

    assert began_at(replace(one, data=(slower, *one.data, later))) == MONDAY


def test_nothing_left_is_no_division() -> None:
    found = metrics(a_result([-100.0, -200.0, -100.0]))

    assert found.total_return == -2.0
    assert found.turnover is None
    assert found.sharpe is not None


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


@pytest.mark.parametrize(
    ("spans", "held"),
    [
        ([], 0),
        ([(0, 6), (2, 4), (5, 8)], 8),  # overlapping ones count once
        ([(2, 4), (0, 6)], 6),  # whichever ended first
        ([(3, 3)], 1),  # in and out at one open: it was that bar's
        ([(3, 4), (4, 5)], 2),
        ([(0, 1), (15, 16)], 2),
    ],
)
def test_exposure_counts_instants(spans: list[tuple[int, int]], held: int) -> None:
    closed_at = MONDAY + HOUR_MS * np.arange(1, 17)
    trips = [a_trip(entered=entered, left=left) for entered, left in spans]

    assert exposure(closed_at, columns_of(*trips), ()) == held / 16


def test_a_position_of_one_bar_was_held_at_one_instant() -> None:
    closed_at = MONDAY + HOUR_MS * np.arange(1, 17)
    inside = 4 * HOUR_MS - 1  # what fills inside a bar has its last millisecond
    trip = replace(a_trip(), entry_time_ms=MONDAY + inside, exit_time_ms=MONDAY + inside)

    assert exposure(closed_at, columns_of(trip), ()) == 1 / 16


def test_steady_equity_has_no_ratio() -> None:
    still = np.zeros(5)

    assert volatility(still) == 0.0
    assert sharpe(still) is sortino(still) is None
    assert sortino(np.array([0.1, 0.2])) is None
    assert profit_factor(np.array([1.0, 0.0])) is None


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
