"""`exit:`: what ends a position, from its stop to rules that read it."""

from __future__ import annotations

from decimal import Decimal

from runner.core.strategy import (
    BreakEven,
    ExitRule,
    Exits,
    StopLoss,
    TrailingStop,
    Trigger,
)
from runner.language.parse import Expression
from runner.model.markets import MarketKind
from runner.model.trades import PositionSide
from runner.rules import units
from runner.rules.bench import Bench, child, entry_of, scalar, word
from runner.rules.compile_condition import compile_condition
from runner.rules.compile_days import known_session
from runner.rules.compile_distance import distance_of, gain_of, part_of, price_of
from runner.rules.compile_market import Traded, whole_bars
from runner.rules.compile_target import compile_targets
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place

_MOST_RULES = 8  # of a side; the core's table has a bit for each in one byte


def compile_exits(bench: Bench, root: Mapping, traded: Traded) -> Exits:
    """All of `exit:`; a part that is wrong is left out."""
    node, quote = child(root, "exit"), traded.quote
    return Exits(
        _stop(bench, child(node, "stop_loss"), quote),
        _break_even(bench, child(node, "break_even")),
        _trailing(bench, child(node, "trailing_stop"), quote),
        compile_targets(bench, child(node, "take_profit"), quote),
        whole_bars(bench, scalar(node, "time_stop"), traded, "96 bars"),
        known_session(bench, scalar(node, "session_end")),
        tuple(rule for side in PositionSide for rule in _rules(bench, node, side)),
    )


def _stop(bench: Bench, node: Node | None, quote: str | None) -> StopLoss | None:
    """By distance, by percentage of the fill, or by price."""
    trigger = _trigger(bench, scalar(node, "trigger_by"))
    distance = _own_distance(bench, scalar(node, "distance"), quote)
    match distance:
        case Decimal() as fraction:
            return StopLoss(None, fraction, None, trigger)
        case Expression() as far:
            return StopLoss(far, None, None, trigger)
    level = price_of(bench, scalar(node, "price"), quote)
    return None if level is None else StopLoss(None, None, level, trigger)


def _own_distance(
    bench: Bench, node: Scalar | None, quote: str | None
) -> Decimal | Expression | None:
    """The distance of a stop, which R is a multiple of."""
    if node is None:
        return None
    if units.multiple_of_r(node.text) is not None:
        message = "R is the distance of this stop; it cannot be measured in itself"
        bench.refuse(place(node), "R110", message, "write `2 * atr(14)`")
        return None
    return distance_of(bench, node, quote)


def _trigger(bench: Bench, node: Scalar | None) -> Trigger:
    if node is None or node.text == Trigger.LAST:
        return Trigger.LAST
    if bench.kind is MarketKind.SPOT:
        message = "only contracts have a mark price; this file has `market: spot`"
        bench.refuse(place(node), "R404", message, "write `last`, or leave it out")
    return Trigger.MARK


def _break_even(bench: Bench, node: Node | None) -> BreakEven | None:
    at = gain_of(bench, scalar(node, "at"))
    written = scalar(node, "offset")
    offset = bench.unit(written, units.percentage, "a percentage") if written else Decimal(0)
    if at is None or offset is None:
        return None
    if written is not None and at.fraction is not None and offset >= at.fraction:
        message = f"the stop would move to {written.text} at a gain of no more than that"
        bench.refuse(place(written), "R111", message, "write less than `at`")
    return BreakEven(at, offset)


def _trailing(bench: Bench, node: Node | None, quote: str | None) -> TrailingStop | None:
    written, activate = scalar(node, "distance"), scalar(node, "activate_at")
    if written is not None and units.multiple_of_r(written.text) is not None:
        message = f"not supported yet: `distance: {written.text}` of a trailing stop"
        bench.refuse(place(written), "R104", message, "write `3 * atr(14)` or `2%`")
        return None
    distance = distance_of(bench, written, quote) if written else None
    gain = gain_of(bench, activate)
    if distance is None or (activate is not None and gain is None):
        return None
    from_close = word(node, "from") == "close"
    if isinstance(distance, Decimal):
        return TrailingStop(None, distance, gain, from_close)
    return TrailingStop(distance, None, gain, from_close)


def _rules(bench: Bench, node: Node | None, side: PositionSide) -> list[ExitRule]:
    entry = entry_of(node, side)
    if entry is None:
        return []
    if side is PositionSide.SHORT and bench.kind is MarketKind.SPOT:
        message = "spot has no short positions"
        bench.refuse(place(entry.key), "R404", message, "remove it, or write `market: futures`")
    items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    bench.refuse_more(items, _MOST_RULES, f"rules in `{side}`")
    found = []
    for item in items:
        when = compile_condition(bench, child(item, "when"), bench.position_scope())
        written = scalar(item, "close")
        fraction = part_of(bench, written) if written else Decimal(1)
        if when and fraction is not None:
            found.append(ExitRule(side, when, fraction))
    return found
