"""What is said where a test expects one thing and another came, in the words of test files."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runner.engine.enacting import Seen
from runner.engine.tracing import RuleTrace
from runner.model.money import decimal_of
from runner.model.orders import OrderState
from runner.model.results import OrderLine
from runner.rules.cases import Exit, Holding, Number, OrderWish, Signals, Truth, label_of

#: Lines of explanation under a failure.
MOST_LINES = 6


def often(count: int) -> str:
    """A number of times."""
    return "never" if count == 0 else "once" if count == 1 else f"{count} times"


def instead(wanted: str, found: str) -> str:
    """Both, as every failure has them."""
    return f"expected {wanted}, got {found}"


def listed(names: frozenset[str]) -> str:
    """Signals, or that there is none."""
    return ", ".join(sorted(names)) or "none"


def event_text(event: Signals | OrderWish | Exit) -> str:
    """What is counted."""
    match event:
        case Signals(names):
            return listed(names)
        case OrderWish() as wish:
            return f"an order {wish.text}"
        case Exit(reason):
            return f"the exit {reason}"


def truths_of(seen: Seen) -> dict[str, bool | None]:
    """Of every rule and named condition that was judged then."""
    found: dict[str, bool | None] = {}
    for rule in seen.trace.rules:
        found[rule.rule] = rule.truth
        for condition in rule.conditions:
            if condition.name:
                found[label_of(rule.rule, condition.name)] = condition.truth
    return found


def truth_said(label: str, wanted: bool | None, seen: Seen) -> str | None:
    """`None` where it is so."""
    truths = truths_of(seen)
    if label not in truths:
        return instead(f"`{label}` {_word(wanted)}", "no position that it is about")
    found = truths[label]
    return None if found is wanted else instead(f"`{label}` {_word(wanted)}", _word(found))


def _word(truth: bool | None) -> str:
    return "undefined" if truth is None else "true" if truth else "false"


def holding_said(wish: Holding, seen: Seen) -> str | None:
    """The same of what is held."""
    side_fits = wish.side is None or wish.side == seen.side
    numbers = ((wish.quantity, seen.quantity), (wish.entry_price, seen.entry_price))
    if side_fits and all(n is None or n.meets(decimal_of(found)) for n, found in numbers):
        return None
    names = ("quantity", "entry_price")
    terms = [f"{name} {n.text}" for name, (n, _) in zip(names, numbers, strict=True) if n]
    wanted = " ".join([*([wish.side] if wish.side else []), *terms])
    if seen.side == "none":
        return instead(wanted, "none")
    held = f"{seen.side} quantity {_digits(seen.quantity)} entry_price {_digits(seen.entry_price)}"
    return instead(wanted, held)


def number_said(what: str, wish: Number | None, found: float) -> str | None:
    """The same of a stop or the equity; a stop of 0.0 is none."""
    there = decimal_of(found)
    if wish is None:
        return None if found == 0.0 else instead("none", _digits(found))
    if wish.meets(there):
        return None
    return instead(wish.text, _digits(found) if found or what == "equity" else "none")


def _digits(value: float | Decimal) -> str:
    """Enough to copy into a test: twelve digits, as nothing is compared more closely."""
    return f"{Decimal(f'{value:.12g}'):f}"


def order_said(line: OrderLine) -> str:
    """In the words of a wish."""
    price = "" if line.price is None else f", price: {_digits(line.price)}"
    told = (
        f"purpose: {line.purpose}, side: {line.side}, type: {line.type}{price}, quantity: "
        f"{_digits(line.quantity)}, status: {line.status}"
    )
    why = f" ({'; '.join(line.reasons)})" if line.status is OrderState.DENIED else ""
    return f"{{{told}}}{why}"


def why(seen: Seen, wish: object) -> tuple[str, ...]:
    """The numbers of the rules that it is about, then what stood in the way of an entry."""
    lines = [
        line
        for rule in seen.trace.rules
        if _concerns(rule.rule, wish, held=seen.side != "none")
        for line in _rule_lines(rule)
    ]
    if not isinstance(wish, Truth):
        lines += [f"no entry: {obstacle}" for obstacle in seen.trace.obstacles]
    return tuple(lines[:MOST_LINES])


def _concerns(rule: str, wish: object, *, held: bool) -> bool:
    """Of a truth its own rule; while a position is held what may end it, else what may open one."""
    if isinstance(wish, Truth):
        return wish.label == rule or wish.label.startswith(f"{rule}.")
    if isinstance(wish, Signals) and len(wish.names) == 1:
        (name,) = wish.names
        wanted = {"exit": "exit.", "add": ".add", "enter_long": "entry.long"}
        return wanted.get(name, "entry.short") in rule
    return rule.startswith("exit.") or rule.endswith(".add") if held else True


def _rule_lines(rule: RuleTrace) -> Iterator[str]:
    for one in rule.conditions:
        numbers = ", ".join(
            f"{text} = {'undefined' if value != value else format(value, '.10g')}"
            for text, value in one.numbers
        )
        label = label_of(rule.rule, one.name)
        told = f"`{label}` is {_word(one.truth)}: {one.text}"
        yield f"{told}    [{numbers}]" if numbers else told
