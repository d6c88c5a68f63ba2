"""What ends a position, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runner.core.strategy import (
    BreakEven,
    ExitRule,
    Gain,
    StopLoss,
    Strategy,
    TakeProfit,
    TrailingStop,
    Trigger,
)
from runner.language.parse import Expression
from runner.model.trades import PositionSide
from runner.rules.explain_entry import conditions
from runner.rules.in_words import bars_span, code, percent, quote_of, value

_R = "R is the distance from the fill to the first stop"


def ending(strategy: Strategy) -> Iterator[str]:
    """Every way out, the stop first; whichever comes first counts."""
    exits, quote = strategy.exits, quote_of(strategy)
    yield _stop(exits.stop_loss, strategy)
    if exits.break_even is not None:
        yield _break_even(exits.break_even)
    if exits.trailing_stop is not None:
        yield from _trailing(exits.trailing_stop, strategy)
    yield from _targets(strategy, quote)
    if _speaks_of_r(strategy):
        yield _R
    if exits.time_stop is not None:
        age = bars_span(exits.time_stop, strategy.timeframe)
        yield f"time stop: {age} after the fill, at market"
    if exits.session_end is not None:
        yield f"when the session `{exits.session_end}` ends, at market"
    for rule in exits.rules:
        yield _rule(rule, strategy)
        yield from conditions(rule.when)
    both = len(strategy.entries) > 1
    if both and exits.rules:
        yield (
            "an exit rule may be followed by the opposite entry at the same bar"
            if strategy.reverse
            else "an exit rule is never followed by the opposite entry at the same bar"
        )
    if strategy.is_futures:
        part = percent((1 / strategy.leverage).quantize(Decimal("0.001")))
        yield f"liquidation: by the exchange, before a move of {part} against the position"
    if exits.take_profit and (exits.stop_loss or exits.trailing_stop):
        yield "where one bar touches stop and target, a simulation counts the stop"


def against(strategy: Strategy) -> str:
    """On which side of a price a stop lies."""
    sides = {rule.side for rule in strategy.entries}
    if sides == {PositionSide.LONG}:
        return "below"
    return "above" if sides == {PositionSide.SHORT} else "against the position from"


def _favor(strategy: Strategy) -> str:
    sides = {rule.side for rule in strategy.entries}
    if sides == {PositionSide.LONG}:
        return "above"
    return "below" if sides == {PositionSide.SHORT} else "in the position's favor from"


def _stop(stop: StopLoss | None, strategy: Strategy) -> str:
    if stop is None:
        trailing = " but the trailing one" if strategy.exits.trailing_stop else ""
        return f"no stop{trailing}: nothing else limits the loss of a position"
    touched = ", touched by the mark price" if stop.trigger is Trigger.MARK else ""
    if stop.price is not None:
        return f"stop: at {code(stop.price.text)} of the signal bar{touched}; it never loosens"
    far = _far(stop.distance, stop.fraction, quote_of(strategy))
    return f"stop: {far} {against(strategy)} the average fill{touched}; it never loosens"


def _far(distance: Expression | None, fraction: Decimal | None, quote: str) -> str:
    if fraction is not None:
        return percent(fraction)
    if distance is None:
        raise AssertionError("a distance is one or the other")
    return value(distance, quote if _is_plain(distance) else "")


def _is_plain(expression: Expression) -> bool:
    return expression.constant is not None


def _gain(gain: Gain) -> str:
    if gain.r_multiple is not None:
        return f"{gain.r_multiple.normalize():f}R"
    return percent(gain.fraction or Decimal(0))


def _break_even(rule: BreakEven) -> str:
    beyond = f", {percent(rule.offset)} beyond it" if rule.offset else ""
    return (
        f"break-even: after a gain of {_gain(rule.at)} the stop moves to the average fill{beyond}"
    )


def _trailing(rule: TrailingStop, strategy: Strategy) -> Iterator[str]:
    best = "best close" if rule.from_close else "best price"
    after = "" if rule.activate_at is None else f", after a gain of {_gain(rule.activate_at)}"
    far = _far(rule.distance, rule.fraction, quote_of(strategy))
    of = " of it" if rule.fraction is not None else ""
    yield (
        f"trailing stop: {far}{of} behind the {best} since the fill{after}; it moves at closed "
        "bars, only in the position's favor"
    )


def _targets(strategy: Strategy, quote: str) -> Iterator[str]:
    targets = strategy.exits.take_profit
    for target in targets:
        part = "all" if len(targets) == 1 else "the rest"
        part = part if target.close is None else f"{percent(target.close)} of the position"
        moves = ", which moves with the average fill" if target.from_average else ""
        yield f"target: {part} at {_level(target, strategy, quote)}{moves}"


def _level(target: TakeProfit, strategy: Strategy, quote: str) -> str:
    if target.price is not None:
        return f"{code(target.price.text)} of the signal bar"
    if target.r_multiple is not None:
        return f"a gain of {target.r_multiple.normalize():f}R"
    return f"{_far(target.distance, target.fraction, quote)} {_favor(strategy)} the average fill"


def _speaks_of_r(strategy: Strategy) -> bool:
    exits = strategy.exits
    gains = [
        None if exits.break_even is None else exits.break_even.at,
        None if exits.trailing_stop is None else exits.trailing_stop.activate_at,
    ]
    return any(target.r_multiple for target in exits.take_profit) or any(
        gain is not None and gain.r_multiple is not None for gain in gains
    )


def _rule(rule: ExitRule, strategy: Strategy) -> str:
    verb = "sells" if rule.side is PositionSide.LONG else "buys back"
    part = "all" if rule.fraction == 1 else f"{percent(rule.fraction)}, once per position,"
    many = "all of these are" if len(rule.when) > 1 else "this is"
    return f"{verb} {part} at market at a bar where {many} true:"
