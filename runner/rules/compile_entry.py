"""`entry:` and `exit:` to conditions, sizes, stops and targets."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from runner.core.strategy import (
    Fire,
    NamedCondition,
    Size,
    SizeMode,
    StopLoss,
    TakeProfit,
)
from runner.language.parse import Expression, Kind
from runner.rules import units
from runner.rules.bench import Bench, child, entry_of, scalar
from runner.rules.compile_account import money
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place
from runner.rules.symbols import Pair


@dataclass(frozen=True, slots=True)
class Rules:
    """What a file wants: when to buy, how much, and what ends the position."""

    entry: tuple[NamedCondition, ...]
    fire: Fire
    size: Size
    stop_loss: StopLoss | None
    take_profit: TakeProfit | None
    exit: tuple[NamedCondition, ...]


def compile_rules(bench: Bench, root: Mapping, pair: Pair | None) -> Rules | None:
    """`entry:` and `exit:` together; `None` when what must be there is not right."""
    entry_node, exit_node = child(root, "entry", "long"), child(root, "exit")
    entry = compile_condition(bench, child(entry_node, "when"))
    size = compile_size(bench, child(entry_node, "size"), pair)
    stop_node = child(exit_node, "stop_loss")
    risk = entry_of(child(entry_node, "size"), "risk")
    if risk is not None and stop_node is None and not bench.lost(root, "exit", "stop_loss"):
        message = "`risk` is measured to the stop, and there is no `stop_loss`"
        help = "add `exit: {stop_loss: {distance: 2 * atr(14)}}`, or size by `equity`"
        bench.refuse(place(risk.key), "R401", message, help)
    stop = compile_stop(bench, stop_node)
    has_stop = stop_node is not None or bench.lost(root, "exit", "stop_loss")
    target = compile_target(bench, child(exit_node, "take_profit"), has_stop)
    leave = compile_condition(bench, child(exit_node, "long", "when"))
    if size is None or not entry:
        return None
    return Rules(entry, compile_fire(entry_node), size, stop, target, leave)


def compile_condition(bench: Bench, node: Node | None) -> tuple[NamedCondition, ...]:
    """`when:` as named conditions, all of which must be true; empty when none is right."""
    if isinstance(node, Scalar):
        return _condition(bench, "", node)
    found: list[NamedCondition] = []
    listed = child(node, "all")
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar):
            found += _condition(bench, "", item)
        elif isinstance(item, Mapping):
            for name, entry in item.entries.items():
                if any(known.name == name for known in found):
                    message = f"another condition is already named `{name}`"
                    bench.refuse(place(entry.key), "R004", message, "choose another name")
                if isinstance(entry.value, Scalar):
                    found += _condition(bench, name, entry.value)
    return tuple(found)


def _condition(bench: Bench, name: str, node: Scalar) -> tuple[NamedCondition, ...]:
    expression = bench.expression(node, Kind.TRUTH)
    return () if expression is None else (NamedCondition(name, expression),)


def compile_fire(node: Node | None) -> Fire:
    """`fire:`, a rise unless the file says otherwise."""
    written = scalar(node, "fire")
    return Fire(written.text) if written else Fire.ON_RISE


def compile_size(bench: Bench, node: Node | None, pair: Pair | None) -> Size | None:
    """`size:`: exactly one way of saying how much."""
    quote = pair.quote if pair else None
    at_most = money(bench, scalar(node, "at_most"), quote)
    cut = scalar(node, "when_over") is not None
    match _way(node):
        case "risk", Scalar() as value:
            return _fraction(bench, SizeMode.RISK, value, at_most, cut)
        case "equity", Scalar() as value:
            return _fraction(bench, SizeMode.EQUITY, value, at_most, cut)
        case "notional", Scalar() as value:
            return _amount(bench, SizeMode.NOTIONAL, value, quote, at_most, cut)
        case "quantity", Scalar() as value:
            currency = pair.base if pair else None
            return _amount(bench, SizeMode.QUANTITY, value, currency, at_most, cut)
        case "spend", Scalar() as value if units.percentage(value.text) is not None:
            return _fraction(bench, SizeMode.SPEND_FRACTION, value, at_most, cut)
        case "spend", Scalar() as value:
            return _amount(bench, SizeMode.SPEND, value, quote, at_most, cut)
    return None


def _way(node: Node | None) -> tuple[str, Node] | None:
    for name in ("risk", "equity", "notional", "quantity", "spend"):
        entry = entry_of(node, name)
        if entry is not None:
            return name, entry.value
    return None


def _fraction(
    bench: Bench, mode: SizeMode, node: Scalar, at_most: Decimal | None, cut: bool
) -> Size | None:
    fraction = units.percentage(node.text)
    if fraction is None:
        expression = bench.expression(node, Kind.NUMBER)
        return None if expression is None else Size(mode, expression, at_most, cut)
    if not 0 < fraction <= 1:
        message = f"`{node.text}` of the capital is not above 0% and up to 100%"
        bench.refuse(place(node), "R111", message, "write a percentage such as `1%`")
        return None
    return Size(mode, bench.number(fraction), at_most, cut)


def _amount(
    bench: Bench,
    mode: SizeMode,
    node: Scalar,
    currency: str | None,
    at_most: Decimal | None,
    cut: bool,
) -> Size | None:
    if units.percentage(node.text) is not None:
        message = f"`{node.text}` is a percentage where an amount is meant"
        bench.refuse(place(node), "R110", message, "write `equity:` for a part of the capital")
        return None
    if units.amount(node.text) is not None:
        number = money(bench, node, currency)
        return None if number is None else Size(mode, bench.number(number), at_most, cut)
    expression = bench.expression(node, Kind.NUMBER)
    return None if expression is None else Size(mode, expression, at_most, cut)


def compile_stop(bench: Bench, node: Node | None) -> StopLoss | None:
    """`stop_loss:`, by distance, by percentage of the fill, or by price."""
    distance, price = scalar(node, "distance"), scalar(node, "price")
    if distance is None:
        expression = bench.expression(price, Kind.NUMBER) if price else None
        return None if expression is None else StopLoss(None, None, expression)
    if units.multiple_of_r(distance.text) is not None:
        message = "R is the distance of this stop; it cannot be measured in itself"
        bench.refuse(place(distance), "R110", message, "write `2 * atr(14)`")
        return None
    if units.percentage(distance.text) is not None:
        fraction = _part_of_fill(bench, distance)
        return None if fraction is None else StopLoss(None, fraction, None)
    expression = _distance(bench, distance)
    return None if expression is None else StopLoss(expression, None, None)


def compile_target(bench: Bench, node: Node | None, has_stop: bool) -> TakeProfit | None:
    """`take_profit:`, by distance, percentage of the fill, multiple of the risk, or price."""
    if isinstance(node, Sequence):
        if len(node.items) > 1:
            at = place(node.items[1])
            bench.refuse(at, "R104", "not supported yet: a second `take_profit`", "keep one")
        node = node.items[0]
    distance, price = scalar(node, "distance"), scalar(node, "price")
    if distance is None:
        expression = bench.expression(price, Kind.NUMBER) if price else None
        return None if expression is None else TakeProfit(None, None, None, expression)
    if units.multiple_of_r(distance.text) is not None:
        multiple = _multiple(bench, distance, has_stop)
        return None if multiple is None else TakeProfit(None, None, multiple, None)
    if units.percentage(distance.text) is not None:
        fraction = _part_of_fill(bench, distance)
        return None if fraction is None else TakeProfit(None, fraction, None, None)
    expression = _distance(bench, distance)
    return None if expression is None else TakeProfit(expression, None, None, None)


def _multiple(bench: Bench, node: Scalar, has_stop: bool) -> Decimal | None:
    """`2R`: twice the distance from the fill to the stop."""
    multiple = units.multiple_of_r(node.text)
    if not has_stop:
        message = f"`{node.text}` is a multiple of the risk, which only a stop defines"
        bench.refuse(place(node), "R401", message, "add `stop_loss:`, or write a distance")
        return None
    if multiple is not None and multiple <= 0:
        bench.refuse(place(node), "R111", "a target must lie above the fill", "write `2R`")
        return None
    return multiple


def _part_of_fill(bench: Bench, node: Scalar) -> Decimal | None:
    """`2%`: that part of the fill's price."""
    fraction = units.percentage(node.text)
    if fraction is None or not 0 < fraction < 1:
        message = f"`{node.text}` of the fill's price is not above 0% and below 100%"
        bench.refuse(place(node), "R111", message, "write a percentage such as `2%`")
        return None
    return fraction


def _distance(bench: Bench, node: Scalar) -> Expression | None:
    """A distance in quote currency."""
    expression = bench.expression(node, Kind.NUMBER)
    if expression is not None and expression.constant is not None and expression.constant <= 0:
        bench.refuse(place(node), "R111", "a distance must be above zero", "write `2 * atr(14)`")
        return None
    return expression
