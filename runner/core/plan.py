"""The numbers of a strategy on a market, as the compiled core reads them.

Fractions are of 1 (0.01 is one percent), money is quote currency, a limit that is not declared is
infinite. What a file does not declare is 0.0 or false.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from runner.core.codes import MOST_LADDER, MOST_RULES, MOST_TARGETS
from runner.core.program import Code, code_of
from runner.core.strategy import (
    ExitRule,
    Gain,
    NamedCondition,
    Strategy,
    TakeProfit,
    WhenUnfilled,
)
from runner.language.program import program_of
from runner.model.errors import Refused
from runner.model.markets import Costs, Market, MarketKind
from runner.model.trades import PositionSide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runner.core.buffers import Numbers


class SidePlan:
    """What opens, adds to and ends positions of one side.

    Of rule `r`: `rule_fraction[r]`, and `rule_codes[r]`, one for each of its conditions, where one
    of them reads the position; else it is empty, and the rule's bit stands in the table.
    """

    __slots__ = (
        "add_codes",
        "add_fraction",
        "add_most",
        "at_most",
        "chases",
        "cut_to_at_most",
        "has_add",
        "ladder",
        "ladder_distance",
        "ladder_fraction",
        "order_type",
        "post_only",
        "reads_position",
        "rule_codes",
        "rule_fraction",
        "rules",
        "size_mode",
        "timeout",
    )

    add_codes: list[Code]
    add_fraction: float
    add_most: int
    at_most: float
    chases: bool
    cut_to_at_most: bool
    has_add: bool
    ladder: int
    ladder_distance: Numbers
    ladder_fraction: Numbers
    order_type: int
    post_only: bool
    reads_position: bool
    rule_codes: list[list[Code]]
    rule_fraction: Numbers
    rules: int
    size_mode: int
    timeout: int


class Plan:
    """What stays the same from bar to bar; made by `plan_of`."""

    __slots__ = (
        "break_even_fraction",
        "break_even_offset",
        "break_even_r",
        "capital",
        "has_break_even",
        "has_stop",
        "has_trail",
        "leverage",
        "long_side",
        "maintenance",
        "maker",
        "max_exposure",
        "max_order",
        "max_orders_per_minute",
        "minimum_notional",
        "minimum_quantity",
        "moves_stop",
        "reverse",
        "short_side",
        "slippage",
        "step_denominator",
        "step_numerator",
        "stop_fraction",
        "stop_is_price",
        "taker",
        "target_close",
        "target_fraction",
        "target_from_average",
        "target_is_price",
        "target_r",
        "targets",
        "tick_denominator",
        "tick_numerator",
        "time_stop",
        "trail_after_fraction",
        "trail_after_r",
        "trail_fraction",
        "trail_from_close",
    )

    break_even_fraction: float
    break_even_offset: float
    break_even_r: float
    capital: float
    has_break_even: bool
    has_stop: bool
    has_trail: bool
    leverage: float  # 0.0 on spot
    long_side: SidePlan | None
    maintenance: float
    maker: float
    max_exposure: float
    max_order: float
    max_orders_per_minute: float
    minimum_notional: float
    minimum_quantity: float
    moves_stop: bool
    reverse: bool
    short_side: SidePlan | None
    slippage: float
    step_denominator: float
    step_numerator: float
    stop_fraction: float
    stop_is_price: bool
    taker: float
    target_close: Numbers  # 0.0: all that is left
    target_fraction: Numbers
    target_from_average: Numbers
    target_is_price: Numbers
    target_r: Numbers
    targets: int
    tick_denominator: float
    tick_numerator: float
    time_stop: int  # bars; 0: none
    trail_after_fraction: float
    trail_after_r: float
    trail_fraction: float
    trail_from_close: bool


def plan_of(strategy: Strategy, market: Market, costs: Costs) -> Plan:
    """The numbers that decide, size, limit and protect positions of `strategy` on `market`."""
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
    futures = strategy.market_kind is MarketKind.FUTURES
    plan.leverage = float(strategy.leverage) if futures else 0.0
    plan.maintenance = _or_zero(market.maintenance)
    plan.capital = _or_zero(strategy.capital)
    plan.reverse = strategy.reverse
    plan.long_side = _side_plan(strategy, PositionSide.LONG)
    plan.short_side = _side_plan(strategy, PositionSide.SHORT)
    limits = strategy.account.limits
    plan.max_order = _or_infinite(limits.max_order)
    plan.max_exposure = _or_infinite(limits.max_exposure)
    plan.max_orders_per_minute = _or_infinite(limits.max_orders_per_minute)
    _plan_stops(plan, strategy)
    _plan_targets(plan, strategy.exits.take_profit)
    plan.time_stop = strategy.exits.time_stop or 0
    return plan


def rules_of(strategy: Strategy, side: PositionSide) -> list[ExitRule]:
    """The exit rules of one side; their order is the order of bits and codes."""
    return [rule for rule in strategy.exits.rules if rule.side is side]


def reads_position(conditions: Iterable[NamedCondition]) -> bool:
    """One of the conditions cannot be evaluated before there is a position."""
    return any(condition.expression.reads_position for condition in conditions)


def _plan_stops(plan: Plan, strategy: Strategy) -> None:
    stop, even, trail = (
        strategy.exits.stop_loss,
        strategy.exits.break_even,
        strategy.exits.trailing_stop,
    )
    plan.has_stop = stop is not None
    plan.stop_is_price = stop is not None and stop.price is not None
    plan.stop_fraction = _or_zero(None if stop is None else stop.fraction)
    plan.has_break_even = even is not None
    plan.break_even_r, plan.break_even_fraction = _gain(None if even is None else even.at)
    plan.break_even_offset = _or_zero(None if even is None else even.offset)
    plan.has_trail = trail is not None
    plan.trail_fraction = _or_zero(None if trail is None else trail.fraction)
    plan.trail_after_r, plan.trail_after_fraction = _gain(
        None if trail is None else trail.activate_at
    )
    plan.trail_from_close = trail is not None and trail.from_close
    plan.moves_stop = plan.has_break_even or plan.has_trail


def _plan_targets(plan: Plan, parts: tuple[TakeProfit, ...]) -> None:
    plan.targets = _at_most(MOST_TARGETS, len(parts), "parts of `take_profit`")
    plan.target_r = _numbers([_or_zero(part.r_multiple) for part in parts])
    plan.target_fraction = _numbers([_or_zero(part.fraction) for part in parts])
    plan.target_is_price = _numbers([float(part.price is not None) for part in parts])
    plan.target_close = _numbers([_or_zero(part.close) for part in parts])
    plan.target_from_average = _numbers([float(part.from_average) for part in parts])


def _side_plan(strategy: Strategy, side: PositionSide) -> SidePlan | None:
    entry = strategy.entry(side)
    if entry is None:
        return None
    plan = SidePlan()
    plan.size_mode = int(entry.size.mode)
    plan.at_most = _or_infinite(entry.size.at_most)
    plan.cut_to_at_most = entry.size.cut_to_at_most
    plan.order_type = int(entry.order.type)
    plan.timeout = entry.order.timeout
    plan.chases = entry.order.when_unfilled is WhenUnfilled.MARKET
    plan.post_only = entry.order.post_only
    rules = rules_of(strategy, side)
    plan.rules = _at_most(MOST_RULES, len(rules), "exit rules of one side")
    plan.rule_fraction = _numbers([float(rule.fraction) for rule in rules])
    plan.rule_codes = [codes_of(rule.when) if reads_position(rule.when) else [] for rule in rules]
    plan.reads_position = any(plan.rule_codes)
    add = entry.add
    plan.has_add = add is not None
    plan.add_most = 0 if add is None else add.most
    plan.add_fraction = _or_zero(None if add is None else add.fraction)
    plan.add_codes = [] if add is None else codes_of(add.when)
    plan.ladder = _at_most(MOST_LADDER, len(entry.ladder), "safety orders in `add`")
    plan.ladder_distance = _numbers([float(order.distance) for order in entry.ladder])
    plan.ladder_fraction = _numbers([float(order.fraction) for order in entry.ladder])
    return plan


def codes_of(conditions: tuple[NamedCondition, ...]) -> list[Code]:
    """One program for each condition; all of them must give 1.0."""
    return [code_of(program_of(condition.expression)) for condition in conditions]


def _at_most(most: int, count: int, what: str) -> int:
    """What a position has room for; the arrays of a desk end there."""
    if count > most:
        raise Refused(f"{count} {what}; at most {most} are possible, so leave some out")
    return count


def _gain(gain: Gain | None) -> tuple[float, float]:
    if gain is None:
        return 0.0, 0.0
    return _or_zero(gain.r_multiple), _or_zero(gain.fraction)


def _numbers(values: list[float]) -> Numbers:
    """At least one element, for what is empty cannot be a buffer."""
    return np.array(values or [0.0]).data


def _or_infinite(limit: Decimal | int | None) -> float:
    return float("inf") if limit is None else float(limit)


def _or_zero(number: Decimal | None) -> float:
    return 0.0 if number is None else float(number)
