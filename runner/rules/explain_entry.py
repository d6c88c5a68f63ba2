"""An entry in words: when it is taken, how large it is, how it is ordered, what is added later."""

from __future__ import annotations

from collections.abc import Iterator

from runner.core.strategy import (
    EntryOrder,
    EntryRule,
    EntryType,
    Fire,
    NamedCondition,
    Size,
    SizeMode,
    Strategy,
    WhenUnfilled,
)
from runner.model.trades import PositionSide
from runner.rules.in_words import amount, code, counted, listed, percent, quote_of, value


def when_taken(rule: EntryRule) -> str:
    """At which bars the conditions that follow count."""
    many = len(rule.when) > 1
    where = f"in {listed(f'`{name}`' for name in rule.sessions)}, " if rule.sessions else ""
    if rule.fire is Fire.WHILE_TRUE:
        return f"{where}at every bar where {'all of these are' if many else 'this is'} surely true:"
    return f"{where}at the bar where {'all of these become' if many else 'this becomes'} true:"


def chances(rule: EntryRule) -> Iterator[str]:
    """What becomes of a signal that cannot be taken, and which of several goes first."""
    if rule.fire is Fire.ON_RISE and rule.valid_for:
        more = counted(rule.valid_for, "bar")
        yield f"a rise that cannot be taken at its own bar may be for {more} more, while it holds"
    elif rule.fire is Fire.ON_RISE:
        yield "a rise that cannot be taken at its own bar is gone"
    if rule.prefer is not None:
        first = f"the highest {code(rule.prefer.text)} goes first"
        yield f"where `max_open` leaves room for some symbols only, {first}"


def conditions(when: tuple[NamedCondition, ...]) -> Iterator[str]:
    """Each as it is written, with its name where it has one."""
    for condition in when:
        text = " ".join(condition.expression.text.split())
        yield f"- {condition.name}: {text}" if condition.name else f"- {text}"


def sizing(rule: EntryRule, strategy: Strategy) -> Iterator[str]:
    """How much, of what, and what becomes of an entry that would be larger."""
    size, quote = rule.size, quote_of(strategy)
    yield f"how much: {_much(size, strategy)}"
    if size.at_most is not None:
        most = amount(size.at_most, quote)
        yield (
            f"an entry worth more than {most} is cut down to it"
            if size.cut_to_at_most
            else f"an entry worth more than {most} is denied"
        )


def capital_of(strategy: Strategy) -> str:
    """What percentages of the file are of."""
    if strategy.capital is None:
        return "the account's equity"
    return amount(strategy.capital, quote_of(strategy))


def _much(size: Size, strategy: Strategy) -> str:
    quote, whole = quote_of(strategy), capital_of(strategy)
    bases = [symbol.partition("/")[0] for symbol in strategy.symbols]
    match size.mode:
        case SizeMode.RISK:
            return f"so much that the stop costs {value(size.value)} of {whole}, fees included"
        case SizeMode.EQUITY:
            return f"worth {value(size.value)} of {whole}"
        case SizeMode.NOTIONAL:
            return f"worth {value(size.value, quote)}"
        case SizeMode.QUANTITY:
            return value(size.value, bases[0] if len(set(bases)) == 1 else "of the base currency")
        case SizeMode.SPEND:
            return f"what {value(size.value, quote)} buys, fee included"
    return f"what {value(size.value)} of {whole} buys, fee included"


def ordering(rule: EntryRule) -> Iterator[str]:
    """By which order, and what becomes of it where it does not fill."""
    order, verb = rule.order, "bought" if rule.side is PositionSide.LONG else "sold"
    if order.type is EntryType.MARKET or order.price is None:
        yield f"ordered: {verb} at market, which fills at the next bar's open"
        return
    price = code(order.price.text)
    if order.type is EntryType.LIMIT:
        yield f"ordered: a limit order at {price} of the signal bar, or better"
    else:
        yield f"ordered: {verb} at market once {price} of the signal bar is touched"
    if order.post_only:
        yield "it is rejected where it would fill at once (post-only)"
    yield _unfilled(order, verb)


def _unfilled(order: EntryOrder, verb: str) -> str:
    waited = f"unfilled after {counted(order.timeout, 'bar')}"
    if order.when_unfilled is WhenUnfilled.MARKET:
        return f"{waited} it is canceled, and the rest {verb} at market"
    return f"{waited} it is canceled"


def adding(rule: EntryRule) -> Iterator[str]:
    """What comes to a position that is held already."""
    if rule.add is not None:
        times = "once" if rule.add.most == 1 else f"{rule.add.most} times"
        part = "as much as" if rule.add.fraction == 1 else f"{percent(rule.add.fraction)} of"
        yield (
            f"adds up to {times}, at market, {part} the first entry's quantity, at a bar where "
            f"{'all of these are' if len(rule.add.when) > 1 else 'this is'} true:"
        )
        yield from conditions(rule.add.when)
    if rule.ladder:
        below = "below" if rule.side is PositionSide.LONG else "above"
        yield f"adds by limit orders that rest {below} the first fill, of the first quantity:"
        for order in rule.ladder:
            yield f"- {percent(order.fraction)} at {percent(order.distance)} {below} it"
