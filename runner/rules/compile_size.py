"""`size:` to how much is bought: a part of the capital, or an amount."""

from __future__ import annotations

from runner.core.strategy import Size, SizeMode
from runner.language.parse import Expression, Kind, Measure
from runner.language.words import quoted
from runner.rules import units
from runner.rules.bench import Bench, entry_of, scalar
from runner.rules.compile_account import money
from runner.rules.compile_market import Traded
from runner.rules.nodes import Node, Scalar, place

_FRACTIONS = {
    "equity": SizeMode.EQUITY,
    "risk": SizeMode.RISK,
    "spend": SizeMode.SPEND_FRACTION,
}
_AMOUNTS = {
    "notional": SizeMode.NOTIONAL,
    "quantity": SizeMode.QUANTITY,
    "spend": SizeMode.SPEND,
}


def compile_size(bench: Bench, node: Node | None, traded: Traded) -> Size | None:
    """Exactly one way of saying how much."""
    pair = traded.pair
    at_most = money(bench, scalar(node, "at_most"), traded.quote)
    cut = scalar(node, "when_over") is not None
    for name in ("risk", "equity", "notional", "quantity", "spend"):
        entry = entry_of(node, name)
        if entry is not None and isinstance(entry.value, Scalar):
            if name == "quantity":
                _refuse_other_bases(bench, entry.value, traded)
            sized = _sized(bench, name, entry.value, pair.currency(name) if pair else None)
            return None if sized is None else Size(*sized, at_most, cut)
    return None


def _refuse_other_bases(bench: Bench, node: Scalar, traded: Traded) -> None:
    """`0.1 BTC` says nothing about how much ETH to buy."""
    amount = units.amount(node.text)
    other = next((it for it in traded.pairs if amount and it.base != amount[1]), None)
    if amount and other and any(it.base == amount[1] for it in traded.pairs):
        message = f"`{node.text}` is no quantity of `{other.symbol}`"
        help = "size by `equity`, `notional` or `risk`, or write a file for each symbol"
        bench.refuse(place(node), "R402", message, help)


def _sized(
    bench: Bench, name: str, node: Scalar, currency: str | None
) -> tuple[SizeMode, Expression] | None:
    """What the number means and the number; which of the two it is shows in how it is written."""
    if name in _AMOUNTS and units.amount(node.text) is not None:
        number = money(bench, node, currency)
        return None if number is None else (_AMOUNTS[name], bench.number(number))
    if _is_misspelt(bench, name, node, currency):
        return None
    expression = bench.expression(node, Kind.NUMBER)
    if expression is None:
        return None
    if name in _FRACTIONS and (name not in _AMOUNTS or expression.measure is Measure.PERCENT):
        right = _is_fraction(bench, node, expression)
        return (_FRACTIONS[name], expression) if right else None
    return (_AMOUNTS[name], expression) if _is_amount(bench, node, expression) else None


def _is_misspelt(bench: Bench, name: str, node: Scalar, currency: str | None) -> bool:
    """Whether this is an amount in another spelling, or where none can stand; then that is said."""
    if name in _FRACTIONS and node.text.endswith((" %", "percent", "pct")):
        return _is_misspelt_percentage(bench, node)
    meant = units.meant_amount(node.text, currency or "USDT")
    if meant is None and units.amount(node.text) is None:
        return False
    if name not in _AMOUNTS:
        message = f"{quoted(node.text)} is an amount where a percentage is meant"
        bench.refuse(place(node), "R110", message, "write a percentage such as `1%`")
    else:
        message = f"{quoted(node.text)} is not how an amount is written"
        bench.refuse(place(node), "R110", message, f"write `{meant}`")
    return True


def _is_misspelt_percentage(bench: Bench, node: Scalar) -> bool:
    from runner.rules.meant import meant  # for wrong files only

    percentage = meant("percentage", node.text)
    if percentage is None:
        return False
    message = f"{quoted(node.text)} is not how a percentage is written"
    bench.refuse(place(node), "R110", message, f"write `{percentage}`")
    return True


def _is_fraction(bench: Bench, node: Scalar, expression: Expression) -> bool:
    """A percentage above zero, of at most everything; a series is looked at when it is known."""
    if expression.measure is Measure.BARE:
        message = f"{quoted(node.text)} is a bare number where a percentage is meant"
        bench.refuse(place(node), "R109", message, "write percentages, such as `1%`")
        return False
    if expression.constant is not None and not 0 < expression.constant <= 1:
        message = f"{quoted(node.text)} of the capital is not above 0% and up to 100%"
        bench.refuse(place(node), "R111", message, "write a percentage such as `1%`")
        return False
    return True


def _is_amount(bench: Bench, node: Scalar, expression: Expression) -> bool:
    """An amount above zero."""
    if expression.measure is Measure.PERCENT:
        message = f"{quoted(node.text)} is a percentage where an amount is meant"
        bench.refuse(place(node), "R110", message, "write `equity:` for a part of the capital")
        return False
    if expression.constant is not None and expression.constant <= 0:
        message = f"{quoted(node.text)} is {expression.constant:.12g}; an amount must be above zero"
        bench.refuse(place(node), "R111", message, "write a larger one")
        return False
    return True
