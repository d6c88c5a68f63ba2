"""One item of `expect:` to its checks, one for each key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.model.clock import iso
from runner.model.values import dataclass
from runner.rules.advice import meant_by
from runner.rules.bench import child, scalar
from runner.rules.cases import (
    CandlesAsked,
    Check,
    Equity,
    Exit,
    Holding,
    Moment,
    Number,
    Orders,
    OrderWish,
    Refused,
    Signals,
    Stop,
    Times,
    Truth,
    Wish,
    labels_in,
)
from runner.rules.compile_refused import refuse_unsaid
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, number_in
from runner.rules.sheet import Sheet

#: Wishes about what a close led to, not about what is held then.
_OF_DECISIONS = frozenset({"order", "orders", "refused", "signal"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is tested: a strategy on candles."""

    strategy: Strategy
    candles: tuple[CandlesAsked, ...]
    start_ms: int | None  # when the first bar opens that no file has; `None`: that is wrong

    def last_of(self, symbol: str) -> int | None:
        """The number of the last bar that is not missing; `None` where only a file knows."""
        found = next((one for one in self.candles if one.symbol == symbol), None)
        rows = () if found is None else found.rows
        return max((at for at, row in enumerate(rows, 1) if row is not None), default=None)

    def bars_of(self, symbol: str) -> int | None:
        """How many bars there are; `None` where only a file knows, or they are wrong."""
        found = next((one for one in self.candles if one.symbol == symbol), None)
        return None if found is None or not found.rows else len(found.rows)

    def bar_of(self, moment: Moment) -> int | None:
        """The number of its bar, there or not; `None` where only a file knows, or by no bar."""
        if moment.closed_at is None:
            return moment.bar
        if self.start_ms is None or self.bars_of(moment.symbol) is None:
            return None
        number, rest = divmod(moment.closed_at - self.start_ms, self.strategy.timeframe.ms)
        return 0 if rest else number


def compile_expect(sheet: Sheet, item: Mapping, subject: Subject) -> Iterator[Check]:
    """In the order in which they are written."""
    moment = _moment(sheet, item, subject)
    _refuse_no_wish(sheet, item)
    _refuse_contradiction(sheet, item)
    refuse_unsaid(sheet, scalar(item, "refused"), subject.strategy)
    _refuse_undecided(sheet, item, moment, subject)
    for key, entry in item.entries.items():
        line = sheet.line(entry.key)
        if key in ("never", "count"):
            _refuse_untraded(sheet, child(entry.value, "order"), subject)
            _refuse_impossible(sheet, child(entry.value, "order"), subject)
            yield Check(line, key, None, _times(key, item, entry.value))
        elif moment is not None:
            for wish in _wishes(sheet, key, entry.value, subject):
                yield Check(line, key, moment, wish)


def _refuse_no_wish(sheet: Sheet, item: Mapping) -> None:
    """A bar of which nothing is expected would pass whatever happens."""
    at = scalar(item, "at")
    if at is None or item.entries.keys() - {"at", "symbol"}:
        return
    if not sheet.is_told(item):  # what is thrown out was a wish
        message = f"nothing is expected at `{at.text}`"
        sheet.refuse(at, "R102", message, "add what must come of it, such as `position: none`")


def _refuse_contradiction(sheet: Sheet, item: Mapping) -> None:
    """Nothing and something cannot both be wanted; nothing happens less often than never."""
    names = child(item, "signal")
    for one in names.items if isinstance(names, Sequence) and len(names.items) > 1 else ():
        if isinstance(one, Scalar) and one.text == "none":
            message = "`none` beside another signal says two things"
            sheet.refuse(one, "R107", message, "keep `none`, or what is wanted")
    equals = scalar(item, "equals")
    if equals is not None and number_in(equals) < 0:
        sheet.refuse(equals, "R111", "nothing happens less often than never", "write 0 or more")


def _refuse_undecided(sheet: Sheet, item: Mapping, moment: Moment | None, subject: Subject) -> None:
    """Orders are filled in the bar after a decision: of the last bar there is none."""
    if moment is None:
        return
    if moment.text != "end":
        bar = subject.bar_of(moment)
        if bar is None or bar != subject.last_of(moment.symbol):
            return
    for key in sorted(_OF_DECISIONS & item.entries.keys()):
        sheet.refuse(
            item.entries[key].key,
            "R113",
            "nothing is decided on the last bar",
            "look at the bar before",
        )


def _refuse_impossible(sheet: Sheet, order: Node | None, subject: Subject) -> None:
    """An order that there can be none of: that it never comes would be right whatever happens."""
    for name in ("price", "quantity"):
        node = scalar(order, name)
        if node is not None and number_of(node).value <= 0:
            sheet.refuse(
                node, "R111", f"the {name} of an order is above 0", "write a number above 0"
            )
    filled, named = scalar(order, "filled"), scalar(order, "symbol")
    there = subject.bars_of(subject.strategy.symbols[0] if named is None else named.text)
    if filled is not None and there is not None and int(filled.text[4:]) > there:
        help = f"write `bar {max(there, 1)}` at most"
        sheet.refuse(filled, "R113", f"there are {there} bars", help)


def _refuse_untraded(sheet: Sheet, order: Node | None, subject: Subject) -> None:
    named = scalar(order, "symbol")
    if named is not None:
        _is_traded(sheet, named, subject.strategy)


def _is_traded(sheet: Sheet, named: Scalar, strategy: Strategy) -> bool:
    if named.text in strategy.symbols:
        return True
    names = ", ".join(f"`{one}`" for one in strategy.symbols)
    sheet.refuse(named, "R403", f"the test does not trade `{named.text}`", f"it trades {names}")
    return False


def instant_ms(text: str) -> int:
    """A time in UTC, as the form lets it through."""
    moment = datetime.fromisoformat(text.removesuffix("Z"))
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)


def _moment(sheet: Sheet, item: Mapping, subject: Subject) -> Moment | None:
    at, named = scalar(item, "at"), scalar(item, "symbol")
    if at is None:
        return None
    strategy = subject.strategy
    symbol = strategy.symbols[0] if named is None else named.text
    if named is not None and not _is_traded(sheet, named, strategy):
        return None
    if at.text == "end":
        return Moment(symbol, None, None, "end")
    if not at.text.startswith("bar "):
        return _by_time(sheet, at, symbol, subject)
    number, there = int(at.text[4:]), subject.bars_of(symbol)
    if there is not None and number > there:
        sheet.refuse(at, "R113", f"there are {there} bars", f"write `bar {max(there, 1)}` at most")
        return None
    return Moment(symbol, number, None, at.text)


def _by_time(sheet: Sheet, at: Scalar, symbol: str, subject: Subject) -> Moment | None:
    """The bar that closes then, where it is known to be there or not."""
    try:
        moment = Moment(symbol, None, instant_ms(at.text), at.text)
    except ValueError:
        sheet.refuse(at, "R113", "there is no such day or time", "write another")
        return None
    start, number, there = subject.start_ms, subject.bar_of(moment), subject.bars_of(symbol)
    if start is None or number is None or there is None or 0 < number <= there:
        return moment
    first, last = (iso(start + bar * subject.strategy.timeframe.ms) for bar in (1, there))
    help = f"the {there} bars close from `{first}` to `{last}`"
    sheet.refuse(at, "R113", f"no bar of {subject.strategy.timeframe.text} closes then", help)
    return None


def _wishes(sheet: Sheet, key: str, node: Node, subject: Subject) -> Iterator[Wish]:
    text = node.text if isinstance(node, Scalar) else ""
    match key:
        case "signal":
            yield Signals(frozenset(_words(node)) - {"none"})
        case "conditions":
            entries = node.entries.items() if isinstance(node, Mapping) else ()
            for name, entry in entries:
                label = _label(sheet, entry.key, name, subject.strategy)
                if label is not None and isinstance(entry.value, Scalar):
                    yield Truth(label, entry.value.value is True)
        case "undefined":
            for one in node.items if isinstance(node, Sequence) else ():
                label = (
                    _label(sheet, one, one.text, subject.strategy)
                    if isinstance(one, Scalar)
                    else None
                )
                if label is not None:
                    yield Truth(label, None)
        case "orders":
            items = node.items if isinstance(node, Sequence) else ()
            yield Orders(tuple(order_wish(one) for one in items), alone=True)
        case "order":
            yield Orders((order_wish(node),), alone=False)
        case "exit":
            yield Exit(text)
        case "position":
            side = text or None
            yield Holding(*_position(node)) if side is None else Holding(side, None, None)
        case "stop":
            yield Stop(None if text == "none" else number_of(node))
        case "equity":
            yield Equity(number_of(node))
        case "refused":
            yield Refused(text)


def _words(node: Node) -> list[str]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return [one.text for one in items if isinstance(one, Scalar)]


def _label(sheet: Sheet, at: Scalar, name: str, strategy: Strategy) -> str | None:
    """The one condition or rule whose path ends so."""
    labels = labels_in(strategy)
    found = [one for one in labels if one == name] or [
        one for one in labels if one.endswith(f".{name}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        both = ", ".join(f"`{one}`" for one in found)
        sheet.refuse(at, "R203", f"`{name}` may be {both}", "write more of its path")
        return None
    ends = {one.rpartition(".")[2] for one in labels} | set(labels)
    meant = meant_by(name, sorted(ends))
    help = (
        f"did you mean `{meant}`?"
        if meant
        else "there are " + ", ".join(map("`{}`".format, labels))
    )
    sheet.refuse(at, "R203", f"`{name}` is not a condition or rule of the strategy", help)
    return None


def _times(key: str, item: Mapping, node: Node) -> Times:
    equals = scalar(item, "equals")
    count = 0 if key == "never" or equals is None else int(number_in(equals))
    signal, order, exit_ = (child(node, name) for name in ("signal", "order", "exit"))
    if signal is not None:
        return Times(Signals(frozenset(_words(signal))), count, key)
    if order is not None:
        return Times(order_wish(order), count, key)
    return Times(Exit(exit_.text if isinstance(exit_, Scalar) else ""), count, key)


def order_wish(node: Node) -> OrderWish:
    """What is said of an order."""
    entries = node.entries if isinstance(node, Mapping) else {}
    nodes = {name: one.value for name, one in entries.items() if isinstance(one.value, Scalar)}
    filled = nodes.pop("filled", None)
    numbers = ("price", "quantity")
    return OrderWish(
        tuple((name, one.text) for name, one in nodes.items() if name not in numbers),
        tuple((name, number_of(nodes[name])) for name in numbers if name in nodes),
        None if filled is None else int(filled.text[4:]),
    )


def _position(node: Node) -> tuple[str | None, Number | None, Number | None]:
    side, quantity, price = (scalar(node, key) for key in ("side", "quantity", "entry_price"))
    return (
        None if side is None else side.text,
        None if quantity is None else number_of(quantity),
        None if price is None else number_of(price),
    )


def number_of(node: Node) -> Number:
    """`100.5`, or `100.5 +- 0.1`."""
    assert isinstance(node, Scalar)  # the check of the shape lets nothing else through
    value, tolerates, tolerance = node.text.partition(" +- ")
    if not tolerates:
        return Number(number_in(node), Decimal(0))
    return Number(Decimal(value), Decimal(tolerance))
