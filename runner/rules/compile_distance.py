"""How far from a fill, or at which price: the values that stops, targets and orders share."""

from __future__ import annotations

from decimal import Decimal

from runner.core.strategy import Gain
from runner.language.parse import Expression, Kind, Measure
from runner.language.words import quoted
from runner.rules import units
from runner.rules.bench import Bench
from runner.rules.compile_account import money
from runner.rules.nodes import Scalar, place


def distance_of(
    bench: Bench, node: Scalar, quote: str | None, other_unit: str = ""
) -> Decimal | Expression | None:
    """A part of the fill's price, or a distance in quote currency.

    `other_unit`: what else a bare number may lack here.
    """
    is_amount, amount = _amount(bench, node, quote)
    if is_amount:
        return amount
    expression = bench.expression(node, Kind.NUMBER)
    if expression is None:
        return None
    if expression.measure is Measure.PERCENT:
        return _part_of_fill(bench, node, expression.constant)
    if expression.constant is not None and expression.constant <= 0:
        bench.refuse(place(node), "R111", "a distance must be above zero", "write `2 * atr(14)`")
        return None
    if expression.measure is Measure.BARE:
        _refuse_bare(bench, node, expression.constant, quote or "USDT", other_unit)
        return None
    return expression


def multiple_of(bench: Bench, node: Scalar) -> Decimal | None:
    """`2R`: twice the distance from the fill to the stop."""
    multiple = units.multiple_of_r(node.text)
    if not bench.has_stop:
        message = f"`{node.text}` is a multiple of the risk, which only a stop defines"
        bench.refuse(place(node), "R401", message, "add `stop_loss:`, or write a distance")
        return None
    if multiple is not None and multiple <= 0:
        bench.refuse(place(node), "R111", "it must lie beyond the fill", "write `2R`")
        return None
    return multiple


def gain_of(bench: Bench, node: Scalar | None) -> Gain | None:
    """`1R` or `1%`: a move in the position's favor."""
    if node is None:
        return None
    if units.multiple_of_r(node.text) is not None:
        multiple = multiple_of(bench, node)
        return None if multiple is None else Gain(multiple, None)
    fraction = part_of(bench, node, Decimal(10))
    return None if fraction is None else Gain(None, fraction)


def part_of(bench: Bench, node: Scalar | None, most: Decimal = Decimal(1)) -> Decimal | None:
    """A percentage above zero; `None` when it is not there or wrong."""
    fraction = bench.unit(node, units.percentage, "a percentage, such as `50%`") if node else None
    if node is None or fraction is None or 0 < fraction <= most:
        return fraction
    message = f"`{node.text}` is not above 0% and up to {most * 100:f}%"
    bench.refuse(place(node), "R111", message, "write a percentage such as `50%`")
    return None


def _part_of_fill(bench: Bench, node: Scalar, constant: float | None) -> Decimal | None:
    """`2%`: that part of the fill's price, one and the same for every fill."""
    if constant is None:
        message = f"{quoted(node.text)} is a percentage that changes, and says not of what"
        bench.refuse(place(node), "R110", message, "multiply it by a price: write `2% * close`")
        return None
    if not 0 < constant < 1:
        message = f"{quoted(node.text)} of the fill's price is not above 0% and below 100%"
        bench.refuse(place(node), "R111", message, "write a percentage such as `2%`")
        return None
    return units.percentage(node.text) or Decimal(f"{constant:.15g}")


def _refuse_bare(
    bench: Bench, node: Scalar, constant: float | None, quote: str, other: str
) -> None:
    """`0.02` may mean two percent or two cents: say both."""
    help = f"write a percentage such as `2%`, or an amount such as `100 {quote}`"
    if constant is not None and constant < 100:
        percent = constant * 100 if constant < 1 else constant
        help = f"write `{percent:.12g}%` of the fill, or `{constant:.12g} {quote}`"
        help += f", or `{constant:.12g}{other}`" if other else ""
    message = f"{quoted(node.text)} is a bare number where a distance is meant"
    bench.refuse(place(node), "R109", message, help)


def price_of(
    bench: Bench, node: Scalar | None, quote: str | None, instead: str = "write `distance: 2%`"
) -> Expression | None:
    """A price in quote currency."""
    if node is None:
        return None
    is_amount, amount = _amount(bench, node, quote)
    if is_amount:
        return amount
    expression = bench.expression(node, Kind.NUMBER)
    if expression is None:
        return None
    if expression.measure is Measure.PERCENT:
        message = f"{quoted(node.text)} is a percentage where a price is meant"
        help = f"{instead}, or multiply it by a price"
        bench.refuse(place(node), "R110", message, help)
        return None
    if expression.constant is not None and expression.constant <= 0:
        message = f"{quoted(node.text)} is {expression.constant:.12g}; a price must be above zero"
        bench.refuse(place(node), "R111", message, "write `lowest(low, 10)`")
        return None
    return expression


def _amount(bench: Bench, node: Scalar, quote: str | None) -> tuple[bool, Expression | None]:
    """Whether this is an amount, rightly spelled or not, and which; what is wrong is said."""
    if units.amount(node.text) is not None:
        number = money(bench, node, quote)
        return True, None if number is None else bench.number(number)
    meant = units.meant_amount(node.text, quote or "USDT")
    if meant is not None:
        message = f"{quoted(node.text)} is not how an amount is written"
        bench.refuse(place(node), "R110", message, f"write `{meant}`")
    return meant is not None, None
