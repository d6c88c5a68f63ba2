"""The grids of a market: exact where a double names the multiple, refused where none does."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from runner.core import codes
from runner.core.book import ceil_to_grid, floor_to_grid
from runner.core.fill import quantity_for
from runner.core.strategy import SizeMode, StopLoss, TakeProfit
from runner.engine.backtest import result_of
from runner.model.money import Grid, decimal_of
from runner.model.orders import OrderState
from tests.core.test_simulation import BOUGHT, ENTER_AT_FIRST
from tests.engine.values import FREE, a_market, a_strategy, bars, simulated, with_exits

STEPS = st.sampled_from(["0.00000001", "0.00001", "0.001", "0.01", "0.05", "0.25", "1", "25"])


@given(value=st.floats(0, 1e7, allow_nan=False), step=STEPS)
@example(value=0.7, step="0.05")
@example(value=0.30000000000000004, step="0.001")
def test_rounding_to_a_grid_is_that_of_decimals(value: float, step: str) -> None:
    grid = Grid.of(Decimal(step))
    steps = Decimal(value) / grid.step

    low = floor_to_grid(value, grid.numerator, grid.denominator)
    high = ceil_to_grid(value, grid.numerator, grid.denominator)

    # `value` stands for its shortest decimal too: 0.7 is fourteen twentieths
    if decimal_of(value) % grid.step == 0:
        assert low == high == value
    elif value > 1e-300:
        assert decimal_of(low) == steps.to_integral_value(ROUND_FLOOR) * grid.step
        assert decimal_of(high) == steps.to_integral_value(ROUND_CEILING) * grid.step


@pytest.mark.parametrize("value", [-1e30, -99_500_000.0, -0.0, 0.0])
def test_nothing_and_less_is_no_step(value: float) -> None:
    assert floor_to_grid(value, 1.0, 1e8) == 0.0
    assert ceil_to_grid(value, 1.0, 1e8) == 0.0


@pytest.mark.parametrize("value", [math.nan, math.inf, 2.0**53, 1e300])
def test_what_no_double_tells_apart_is_not_rounded(value: float) -> None:
    assert math.isnan(floor_to_grid(value, 1.0, 1.0))
    assert math.isnan(ceil_to_grid(value, 1.0, 1.0))


@given(spend=st.floats(1, 2e7), price=st.floats(0.5, 1e5), step=st.sampled_from([1e2, 1e5, 1e8]))
@example(spend=22_000_000.13, price=0.9997, step=1e8)
def test_a_spend_is_never_exceeded_by_what_it_buys(spend: float, price: float, step: float) -> None:
    assume(spend / price * step < 2.0**50)  # more is refused before it is sent

    quantity = quantity_for(spend, price, 0.001, 1.0, step)

    notional = quantity * price
    assert notional + notional * 0.001 <= spend
    assert (quantity + 2.0 / step) * price * 1.001 > spend


HOPELESS = {
    "a tick that cannot name the price": (
        a_strategy(ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), "2%", costs=FREE),
        a_market(tick="0.00000000000001", step="0.001"),
        "the entry's price is undefined or beyond the market's ticks",
    ),
    "a step that cannot name the quantity": (
        a_strategy(ENTER_AT_FIRST, None, (SizeMode.NOTIONAL, "4000"), costs=FREE),
        a_market(step="0.00000000000001"),
        "`size` is more steps of the market than an order can name",
    ),
    "a target below the stop": (
        with_exits(
            a_strategy(ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), "2%", costs=FREE),
            take_profit=(TakeProfit(None, Decimal("-0.03"), None, None),),
        ),
        a_market(step="0.001"),
        "`take_profit` is undefined, on the wrong side of the stop",
    ),
    "a size beyond all bounds": (
        a_strategy(ENTER_AT_FIRST, None, (SizeMode.NOTIONAL, "exp(close)"),
                   costs=FREE),
        a_market(step="0.001"),
        "`size` is more steps",
    ),
    "a size below nothing": (
        a_strategy(ENTER_AT_FIRST, None, (SizeMode.SPEND, "(close - 200) * 1000000"), costs=FREE),
        a_market(step="0.001"),
        "`size` is undefined or not above zero",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOPELESS)
def test_what_cannot_be_named_is_denied_with_its_reason(name: str) -> None:
    strategy, market, reason = HOPELESS[name]
    seen = bars(*BOUGHT, "100 100 100 100")

    lines = result_of(simulated(strategy, seen, market=market), with_orders=True).orders

    assert [line.status for line in lines] == [OrderState.DENIED]
    assert any(text.startswith(reason) for text in lines[0].reasons), lines[0].reasons


def test_a_large_spend_is_named_in_cents() -> None:
    rich = a_strategy(ENTER_AT_FIRST, None, (SizeMode.SPEND_FRACTION, "1"), costs=FREE)
    rich = replace(rich, backtest=replace(rich.backtest, initial=Decimal(86_522_605)))
    seen = bars(*BOUGHT, "1 1 1 1", "1 1 1 1")

    log = simulated(rich, seen, market=a_market(step="0.00000001")).trader.log.array()

    assert log[0][codes.SPEND] == 86_522_605.0


def test_a_target_that_the_fill_gapped_under_does_not_rest() -> None:
    strategy = a_strategy(ENTER_AT_FIRST, None, (SizeMode.QUANTITY, "2"), "1%", r="2", costs=FREE)
    other = a_strategy("close > 1", None, (SizeMode.QUANTITY, "0.97 * close"))
    stop = StopLoss(None, None, other.entries[0].size.value)
    seen = bars(*BOUGHT, "90 91 89 90", "90 90 90 90")

    result = result_of(simulated(with_exits(strategy, stop_loss=stop), seen), with_orders=True)

    # bought at 90 below the stop at 97.97: the stop alone rests, and sells at that open
    assert [(line.type, line.status) for line in result.orders] == [
        ("market", OrderState.FILLED),
        ("stop", OrderState.FILLED),
    ]
    assert float(result.equity[-1]) == 10_000
