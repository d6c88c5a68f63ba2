"""What came of a case beside what must come of it.

In: a check, what was enacted. Out: what is instead, in words, and why; nothing where it is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.engine.enacting import Enacted, Seen
from runner.engine.verdicts import (
    MOST_LINES,
    event_text,
    holding_said,
    instead,
    listed,
    number_said,
    often,
    order_said,
    truth_said,
    why,
)
from runner.model.clock import iso
from runner.model.orders import ExitReason, OrderState, OrderType, Purpose
from runner.model.proofs import Failure
from runner.model.results import OrderLine
from runner.rules.cases import (
    Check,
    Equity,
    Exit,
    Holding,
    Moment,
    Orders,
    OrderWish,
    Refused,
    Signals,
    Stop,
    Times,
    Truth,
)

#: Wishes that the last bar of a file, whose length no check of the test file knows, would meet.
_OF_DECISIONS = (Orders, Refused, Signals)

_EXITS = (Purpose.EXIT, Purpose.PROTECT)


class Judge:
    """Holds what one case came to."""

    def __init__(self, enacted: Enacted, first_open: int, bar_ms: int) -> None:
        self._enacted = enacted
        self._first_open = first_open
        self._bar_ms = bar_ms

    def closes(self, moment: Moment) -> int:
        """When the bar of a moment closes, UTC ms; whether there is one is another question."""
        if moment.bar is not None:
            return self._first_open + moment.bar * self._bar_ms
        if moment.closed_at is not None:
            return moment.closed_at
        bars = self._enacted.bars[moment.symbol]
        return bars.closed_at(len(bars) - 1)

    def failure(self, check: Check) -> Failure | None:
        """`None`: it is so."""
        if check.moment is None:
            assert isinstance(check.wish, Times)  # all else is about a bar
            return self._counted(check, check.wish)
        closed_at = self.closes(check.moment)
        where = f"{check.key} at {check.moment.text} ({iso(closed_at)})"
        seen = self._enacted.seen.get((check.moment.symbol, closed_at))
        if seen is None:
            return Failure(check.line, f"{where}: no bar closes there", ())
        bars = self._enacted.bars[check.moment.symbol]
        if isinstance(check.wish, _OF_DECISIONS) and closed_at == bars.closed_at(len(bars) - 1):
            undecided = f"{where}: nothing is decided on the last bar: look at the bar before"
            return Failure(check.line, undecided, ())
        said = self._at(check, seen, closed_at)
        return (
            None if said is None else Failure(check.line, f"{where}: {said}", why(seen, check.wish))
        )

    def _at(self, check: Check, seen: Seen, closed_at: int) -> str | None:
        symbol = seen.trace.symbol
        match check.wish:
            case Signals(names):
                found = self._signals(symbol, closed_at)
                return None if found == names else instead(listed(names), listed(found))
            case Truth(label, wanted):
                return truth_said(label, wanted, seen)
            case Orders(wishes, alone):
                return self._orders(wishes, symbol, closed_at, alone=alone)
            case Exit(reason):
                return self._exit(reason, symbol, closed_at)
            case Holding() as holding:
                return holding_said(holding, seen)
            case Stop(price):
                return number_said("stop", price, seen.stop)
            case Equity(value):
                return number_said("equity", value, self._enacted.equity[closed_at])
            case Refused(word):
                return self._refused(word, seen, closed_at)
            case Times():
                return None

    def _decided(self, symbol: str, closed_at: int) -> list[OrderLine]:
        return [
            line
            for line, _ in self._enacted.orders
            if line.symbol == symbol and line.decided_at == closed_at
        ]

    def _signals(self, symbol: str, closed_at: int) -> frozenset[str]:
        return frozenset(
            name
            for line, reason in self._enacted.orders
            if line.symbol == symbol and line.decided_at == closed_at
            if (name := signal_of(line, reason))
        )

    def _orders(
        self, wishes: tuple[OrderWish, ...], symbol: str, closed_at: int, *, alone: bool
    ) -> str | None:
        """Protection belongs to a decision too; it is counted only where a wish is about it."""
        found = self._decided(symbol, closed_at)
        if not alone:
            if any(self._fits(line, wishes[0]) for line in found):
                return None
            return instead(wishes[0].text, "; ".join(map(order_said, found)) or "no order")
        if not any(("purpose", "protect") in wish.words for wish in wishes):
            found = [line for line in found if line.purpose is not Purpose.PROTECT]
        fits = len(found) == len(wishes) and all(map(self._fits, found, wishes))
        wanted = "; ".join(wish.text for wish in wishes) or "no order"
        return None if fits else instead(wanted, "; ".join(map(order_said, found)) or "no order")

    def _fits(self, line: OrderLine, wish: OrderWish) -> bool:
        numbers = {"price": line.price, "quantity": line.quantity}
        if wish.filled is not None and self._bar_of(line) != wish.filled:
            return False
        return all(getattr(line, name) == text for name, text in wish.words) and all(
            (found := numbers[name]) is not None and number.meets(found)
            for name, number in wish.numbers
        )

    def _bar_of(self, line: OrderLine) -> int | None:
        """The number of the bar that it was filled in."""
        if line.bar_opened_at is None:
            return None
        return (line.bar_opened_at - self._first_open) // self._bar_ms + 1

    def exits(self) -> Iterator[tuple[str, int, ExitReason]]:
        """Symbol, open of the bar and reason of every fill that ended a position or part."""
        for line, reason in self._enacted.orders:
            if reason is not None and line.bar_opened_at is not None and line.purpose in _EXITS:
                yield line.symbol, line.bar_opened_at, reason

    def _exit(self, wanted: str, symbol: str, closed_at: int) -> str | None:
        opened_at = closed_at - self._bar_ms
        found = [reason for of, at, reason in self.exits() if (of, at) == (symbol, opened_at)]
        if wanted in found or (wanted == "none" and not found):
            return None
        return instead(wanted, ", ".join(found) or "none")

    def _refused(self, word: str, seen: Seen, closed_at: int) -> str | None:
        lines = self._decided(seen.trace.symbol, closed_at)
        entries = [line for line in lines if line.purpose is Purpose.ENTRY]
        refused = [one for one in entries if one.status in (OrderState.DENIED, OrderState.REJECTED)]
        reasons = [f"{one.status} {text}" for one in refused for text in one.reasons]
        if len(refused) < len(entries):
            return instead(f"`{word}` in why nothing was entered", order_said(entries[0]))
        told = (*seen.trace.obstacles, *reasons)
        whole = re.compile(rf"(?<![\w.]){re.escape(word)}(?!\w|\.\w)")  # a name is said or not
        if any(whole.search(text) for text in told):
            return None
        return instead(f"`{word}` in why nothing was entered", "; ".join(told))

    def _counted(self, check: Check, wish: Times) -> Failure | None:
        found = list(self._happened(wish.event))
        if len(found) == wish.count:
            return None
        what = event_text(wish.event)
        said = instead(often(wish.count), often(len(found)))
        return Failure(check.line, f"{check.key}: {what}: {said}", tuple(found[:MOST_LINES]))

    def _happened(self, event: Signals | OrderWish | Exit) -> Iterator[str]:
        match event:
            case Signals(names):
                signals = {
                    (line.decided_at, line.symbol, signal_of(line, reason))
                    for line, reason in self._enacted.orders
                }
                for closed_at, symbol, name in sorted(signals):
                    if name in names:
                        yield f"{name} of {symbol} at {self._bar_text(closed_at)}"
            case OrderWish() as wish:
                for line, _ in self._enacted.orders:
                    if self._fits(line, wish):
                        yield f"{order_said(line)} at {self._bar_text(line.decided_at)}"
            case Exit(wanted):
                for symbol, opened_at, reason in self.exits():
                    if reason == wanted:
                        yield f"{reason} of {symbol} in {self._bar_text(opened_at + self._bar_ms)}"

    def _bar_text(self, closed_at: int) -> str:
        return f"bar {(closed_at - self._first_open) // self._bar_ms} ({iso(closed_at)})"


def signal_of(line: OrderLine, reason: ExitReason | None) -> str:
    """What the rules wanted by an order; empty: it follows from another, or nobody decided it."""
    match line.purpose:
        case Purpose.ENTRY:
            return "enter_long" if line.side == "buy" else "enter_short"
        case Purpose.ADD if line.type is OrderType.MARKET:
            return "add"
        case Purpose.EXIT if reason is not ExitReason.LIQUIDATION:
            return "exit"
    return ""
