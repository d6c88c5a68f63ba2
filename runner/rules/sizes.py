"""What the orders of a rule file are worth, where its text alone tells."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runner.core.strategy import EntryRule, SizeMode, Strategy
from runner.model.trades import PositionSide
from runner.model.values import dataclass
from runner.rules.in_words import quote_of


@dataclass(frozen=True, slots=True)
class KnownSize:
    """Worth of an entry and of the smallest order that it leads to, in `currency`."""

    first: Decimal
    least: Decimal
    currency: str  # quote, or base for a `quantity`


def known_sizes(strategy: Strategy) -> Iterator[tuple[PositionSide, KnownSize | None]]:
    """Of each side; `None` where prices or the account's equity decide."""
    for rule in strategy.entries:
        yield rule.side, _known(rule, strategy)


def smallest_limit(strategy: Strategy, side: PositionSide) -> tuple[str, Decimal] | None:
    """The limit that an entry meets first, by its name in the file, in quote currency."""
    rule, limits = strategy.entry(side), strategy.account.limits
    capital = None if strategy.capital is None else strategy.capital * strategy.leverage
    at_most = None if rule is None else rule.size.at_most
    named = (
        ("at_most", at_most),
        ("capital", capital),
        ("max_exposure", limits.max_exposure),
        ("max_order", limits.max_order),
    )
    known = [(name, most) for name, most in named if most is not None]
    return min(known, key=lambda limit: limit[1], default=None)


def _known(rule: EntryRule, strategy: Strategy) -> KnownSize | None:
    worth = _worth(rule, strategy)
    if worth is None:
        return None
    first, currency = worth
    most = rule.size.at_most
    if currency == quote_of(strategy) and rule.size.cut_to_at_most and most is not None:
        first = min(first, most)
    parts = [Decimal(1), *(order.fraction for order in rule.ladder)]
    if rule.add is not None:
        parts.append(rule.add.fraction)
    return KnownSize(first, (first * min(parts)).normalize(), currency)


def _worth(rule: EntryRule, strategy: Strategy) -> tuple[Decimal, str] | None:
    """Of the first entry; of a `risk` only where the stop is a percentage of the fill."""
    size, quote = rule.size, quote_of(strategy)
    if size.value.constant is None:
        return None
    number = Decimal(f"{size.value.constant:.15g}")
    if size.mode is SizeMode.QUANTITY:
        bases = {symbol.partition("/")[0] for symbol in strategy.symbols}
        return (number, bases.pop()) if len(bases) == 1 else None
    if size.mode in (SizeMode.NOTIONAL, SizeMode.SPEND):
        return number, quote
    if strategy.capital is None:
        return None
    part = strategy.capital * number
    if size.mode in (SizeMode.EQUITY, SizeMode.SPEND_FRACTION):
        return part, quote
    stop = strategy.exits.stop_loss
    if stop is None or stop.fraction is None:
        return None
    taker = strategy.backtest.costs.taker_fraction
    return (part / (stop.fraction + 2 * taker)).quantize(Decimal("0.01")), quote
