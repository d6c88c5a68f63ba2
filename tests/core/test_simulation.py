"""Laws of the loop over random rules, and ledgers worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.core import codes
from runner.core.strategy import Fire, SizeMode, Strategy
from runner.engine.backtest import Simulation, result_of
from runner.model.accounts import Limits
from runner.model.markets import Costs
from runner.model.orders import ExitReason, OrderState
from tests.engine.values import (
    FREE,
    HOUR,
    a_market,
    a_strategy,
    an_account,
    bars,
    simulated,
)
from tests.indicators.markets import made_bars
from tests.language.test_evaluate import CONDITIONS, NUMBERS

MARKET = a_market(tick="0.0000000001", step="0.001")
COARSE = a_market(step="0.001")
COSTS = Costs(Decimal("0.0004"), Decimal("0.001"), Decimal("0.0002"))


def rules(entry: str, leave: str, stop: str, fire: Fire, mode: SizeMode) -> Strategy | None:
    """`None` where a random expression is too long for the language."""
    if max(map(len, (entry, leave, stop))) > 900:
        return None
    size = {SizeMode.SPEND_FRACTION: "0.9", SizeMode.RISK: "0.01", SizeMode.QUANTITY: "250"}[mode]
    return a_strategy(entry, leave, (mode, size), f"abs({stop})", r="2", fire=fire, costs=COSTS)


RULES: dict[str, st.SearchStrategy[Any]] = {
    "entry": CONDITIONS,
    "leave": CONDITIONS,
    "stop": NUMBERS.map(lambda text: f"({text}) + 0.02 * close"),
    "fire": st.sampled_from(Fire),
    "mode": st.sampled_from([SizeMode.SPEND_FRACTION, SizeMode.RISK, SizeMode.QUANTITY]),
    "seed": st.integers(1, 5),
}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(counts=st.sets(st.integers(2, 239), min_size=5, max_size=9), **RULES)
def test_every_prefix_gives_the_same_decisions_up_to_its_end(
    counts: set[int], seed: int, **rule: Any
) -> None:
    strategy = rules(**rule)
    if strategy is None:
        return
    whole = simulated(strategy, made_bars(seed, 240), market=MARKET)

    for count in sorted(counts):
        part = simulated(strategy, made_bars(seed, 240).until(count), market=MARKET)

        np.testing.assert_array_equal(decisions(part, count), decisions(whole, count))
        np.testing.assert_array_equal(part.equity, whole.equity[:count])


def decisions(simulation: Simulation, count: int) -> np.ndarray:
    """When, which way, how much and why not, of all decisions before the last of `count` bars."""
    log = simulation.trader.log.array()
    before = simulation.closed_at[count - 1]
    rows = log[(log[:, codes.DECIDED] < before) & (log[:, codes.PURPOSE] <= codes.LEAVE)]
    denied = np.where(rows[:, codes.STATE] == codes.DENIED, rows[:, codes.NOTE], 0.0)
    wanted = [codes.DECIDED, codes.PURPOSE, codes.QUANTITY, codes.SPEND, codes.FILL_PRICE]
    return np.column_stack((rows[:, wanted], denied))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(**RULES)
def test_cash_positions_and_fees_are_conserved(seed: int, **rule: Any) -> None:
    strategy = rules(**rule)
    if strategy is None:
        return
    market = made_bars(seed, 240)
    simulation = simulated(strategy, market, market=MARKET)
    result = result_of(simulation, with_orders=False)

    gains = sum(trip.pnl for trip in result.trades)
    for held in result.still_open:
        gains += held.quantity * (float(market.close[-1]) - held.entry_price)
        gains -= result.fees - sum(trip.fees for trip in result.trades)
    assert result.initial + gains == pytest.approx(float(result.equity[-1]), rel=1e-9)
    assert (simulation.equity > 0).all()


ENTER_AT_FIRST = "close > 100"
BOUGHT = ("100 100 100 100", "100 101 100 101")  # false, then a rise: bought at the next open


def outcome(strategy: Strategy, *rows: str) -> tuple[list[str], float]:
    """How each trade ended, and the final equity."""
    simulation = simulated(strategy, bars(*BOUGHT, *rows), market=COARSE)
    result = result_of(simulation, with_orders=True)
    return [trip.exit_reason for trip in result.trades], float(result.equity[-1])


def test_a_stop_fills_at_its_price_with_fees_on_both_sides() -> None:
    half_percent = Costs(Decimal("0.005"), Decimal("0.005"), Decimal(0))
    strategy = a_strategy(
        ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), stop="4", costs=half_percent
    )

    reasons, equity = outcome(strategy, "102 103 101 102", "101 102 97 99", "99 99 99 99")

    # buy 2 at 102: 204 + 1.02 fee; stop at 98: 196 - 0.98 fee
    assert reasons == [ExitReason.STOP_LOSS]
    assert equity == 10_000 - 204 - 1.02 + 196 - 0.98


def test_a_gap_through_the_stop_fills_at_the_open() -> None:
    strategy = a_strategy(ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), stop="4", costs=FREE)

    reasons, equity = outcome(strategy, "102 103 101 102", "95 96 94 95", "95 95 95 95")

    assert reasons == [ExitReason.STOP_LOSS]
    assert equity == 10_000 - 2 * 102 + 2 * 95


@pytest.mark.parametrize(("high", "reason"), [("110", []), ("110.01", [ExitReason.TAKE_PROFIT])])
def test_a_target_fills_only_beyond_its_price(high: str, reason: list[ExitReason]) -> None:
    strategy = a_strategy(
        ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), stop="4", r="2", costs=FREE
    )

    # bought at 102, stop at 98, so R is 4 and the target rests at 110
    reasons, _ = outcome(strategy, "102 103 101 102", f"102 {high} 101 102", "102 102 102 102")

    assert reasons == reason


def test_the_stop_comes_first_where_one_bar_touches_both() -> None:
    strategy = a_strategy(
        ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), stop="4", r="2", costs=FREE
    )

    reasons, equity = outcome(strategy, "102 120 90 102", "102 102 102 102")

    assert reasons == [ExitReason.STOP_LOSS]
    assert equity == 10_000 - 2 * 102 + 2 * 98


def test_slippage_moves_market_orders_against_us() -> None:
    one_percent = Costs(Decimal(0), Decimal(0), Decimal("0.01"))
    strategy = a_strategy(
        ENTER_AT_FIRST, "close < 100", (SizeMode.QUANTITY, "2"), costs=one_percent
    )

    reasons, equity = outcome(strategy, "200 200 99 99", "100 100 100 100", "100 100 100 100")

    assert reasons == [ExitReason.RULE]
    assert equity == pytest.approx(10_000 - 2 * 202 + 2 * 99, rel=1e-15)


def test_risk_loses_its_fraction_at_the_stop_with_both_fees() -> None:
    fees = Costs(Decimal("0.001"), Decimal("0.001"), Decimal(0))
    strategy = a_strategy(ENTER_AT_FIRST, None, (SizeMode.RISK, "0.01"), stop="5", costs=fees)

    reasons, equity = outcome(strategy, "101 101 101 101", "101 101 90 95", "95 95 95 95")

    # 100 lost at the stop: 5 + 0.101 + 0.096 a coin, in steps of 0.001
    quantity = 19.241
    assert reasons == [ExitReason.STOP_LOSS]
    assert 10_000 - equity == pytest.approx(quantity * (5 + 0.101 + 0.096), rel=1e-9)
    assert 99.99 < 10_000 - equity <= 100


def test_spending_all_pays_the_fee_out_of_the_amount() -> None:
    strategy = a_strategy(ENTER_AT_FIRST, None, (SizeMode.SPEND_FRACTION, "1"))
    market = bars(*BOUGHT, "100 100 100 100", "100 100 100 100")

    simulation = simulated(strategy, market, market=COARSE)

    # 10,000 / (100 × 1.001) = 99.9000999: 99.900 in steps
    bought = simulation.trader.log.array()[0]
    assert (bought[codes.QUANTITY], bought[codes.FEE]) == (99.9, 99.9 * 100 * 0.001)


def test_nothing_is_decided_on_the_last_bar() -> None:
    strategy = a_strategy(ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "1"))

    simulation = simulated(strategy, bars(*BOUGHT))

    assert simulation.trader.log.count == 0


def test_entries_wait_one_lookback_after_a_long_gap() -> None:
    strategy = a_strategy("close > sma(close, 3)", None, (SizeMode.QUANTITY, "1"), max_gap=5)
    rows = ["100 100 100 100"] * 6 + ["100 103 100 103"] + ["99 99 99 99", "104 104 104 104"]
    whole = bars(*rows, *["104 104 104 104"] * 3)
    gappy = replace(whole, opened_at=whole.opened_at.copy())
    gappy.opened_at[6:] += 50 * HOUR.ms

    # a window of three closes has a lookback of two bars: entries wait until row 8
    for market, row in ((whole, 6), (gappy, 8)):
        first = simulated(strategy, market).trader.log.array()[0]
        assert first[codes.DECIDED] == market.closed_at(row)


def test_an_undefined_condition_fires_nothing() -> None:
    strategy = a_strategy("not (100 / (close - close) > 1)", None, (SizeMode.QUANTITY, "1"))

    assert simulated(strategy, bars(*BOUGHT * 4)).trader.log.count == 0


@pytest.mark.parametrize(
    ("size", "limits", "reason"),
    [
        ((SizeMode.QUANTITY, "0.01"), (None, None, None), "the market's minimum is 5"),
        ((SizeMode.QUANTITY, "0.0001"), (None, None, None), "the market's minimum is 0.001"),
        ((SizeMode.QUANTITY, "100"), (None, None, None), "10000 is free"),
        ((SizeMode.QUANTITY, "20"), ("2000", None, None), "`max_order` is 2000"),
        ((SizeMode.QUANTITY, "20"), (None, "1999.99", None), "`max_exposure` is 1999.99"),
        ((SizeMode.QUANTITY, "20"), (None, None, 0), "`max_orders_per_minute` (0) is used up"),
        ((SizeMode.QUANTITY, "0 * close"), (None, None, None), "`size` is undefined"),
    ],
)
def test_a_denied_entry_says_which_limit_and_both_numbers(
    size: tuple[SizeMode, str], limits: tuple[str | None, str | None, int | None], reason: str
) -> None:
    order, exposure, count = limits
    declared = Limits(
        None if order is None else Decimal(order),
        None if exposure is None else Decimal(exposure),
        count,
    )
    strategy = a_strategy(ENTER_AT_FIRST, None, size, account=an_account(declared))
    simulation = simulated(strategy, bars(*BOUGHT, "100 100 100 100"), market=COARSE)

    (line,) = result_of(simulation, with_orders=True).orders

    assert line.status is OrderState.DENIED
    assert [text for text in line.reasons if reason in text]
