"""The numbers of a strategy on a market, as the compiled core reads them.

Fractions are of 1 (0.01 is one percent), money is quote currency, a limit that is not declared is
infinite.
"""

from __future__ import annotations

from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.markets import Costs, Market


class Plan:
    """What stays the same from bar to bar; made by `plan_of`."""

    __slots__ = (
        "at_most",
        "capital",
        "cut_to_at_most",
        "has_stop",
        "has_target",
        "maker",
        "max_exposure",
        "max_order",
        "max_orders_per_minute",
        "minimum_notional",
        "minimum_quantity",
        "r_multiple",
        "size_mode",
        "slippage",
        "step_denominator",
        "step_numerator",
        "stop_fraction",
        "stop_is_price",
        "taker",
        "target_fraction",
        "target_is_price",
        "tick_denominator",
        "tick_numerator",
    )

    at_most: float
    capital: float
    cut_to_at_most: bool
    has_stop: bool
    has_target: bool
    maker: float
    max_exposure: float
    max_order: float
    max_orders_per_minute: float
    minimum_notional: float
    minimum_quantity: float
    r_multiple: float
    size_mode: int
    slippage: float
    step_denominator: float
    step_numerator: float
    stop_fraction: float
    stop_is_price: bool
    taker: float
    target_fraction: float
    target_is_price: bool
    tick_denominator: float
    tick_numerator: float


def plan_of(strategy: Strategy, market: Market, costs: Costs) -> Plan:
    """The numbers that decide, size, limit and protect an entry of `strategy` on `market`."""
    plan = Plan()
    plan.maker = float(costs.maker_fraction)
    plan.taker = float(costs.taker_fraction)
    plan.slippage = float(costs.slippage_fraction)
    plan.tick_numerator = market.price.numerator
    plan.tick_denominator = market.price.denominator
    plan.step_numerator = market.quantity.numerator
    plan.step_denominator = market.quantity.denominator
    plan.minimum_quantity = float(market.minimum_quantity)
    plan.minimum_notional = float(market.minimum_notional)
    plan.size_mode = int(strategy.size.mode)
    plan.at_most = _or_infinite(strategy.size.at_most)
    plan.cut_to_at_most = strategy.size.cut_to_at_most
    plan.capital = _or_zero(strategy.capital)
    stop, target = strategy.stop_loss, strategy.take_profit
    plan.has_stop = stop is not None
    plan.stop_is_price = stop is not None and stop.price is not None
    plan.stop_fraction = _or_zero(None if stop is None else stop.fraction)
    plan.has_target = target is not None
    plan.target_is_price = target is not None and target.price is not None
    plan.target_fraction = _or_zero(None if target is None else target.fraction)
    plan.r_multiple = _or_zero(None if target is None else target.r_multiple)
    limits = strategy.account.limits
    plan.max_order = _or_infinite(limits.max_order)
    plan.max_exposure = _or_infinite(limits.max_exposure)
    plan.max_orders_per_minute = _or_infinite(limits.max_orders_per_minute)
    return plan


def _or_infinite(limit: Decimal | int | None) -> float:
    return float("inf") if limit is None else float(limit)


def _or_zero(number: Decimal | None) -> float:
    return 0.0 if number is None else float(number)
