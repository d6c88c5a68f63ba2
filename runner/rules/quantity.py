"""Values of rule files that can be compared: numbers with what they count.

In: a value as a resolved file has it. Out: its unit and number, or `None`. A length of time is in
milliseconds, bars too, so that `96 bars` and `4d` of hourly bars are one.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from runner.model.values import dataclass
from runner.rules import units
from runner.rules.nodes import Value

INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; without end it compares with every unit, and so does zero."""

    unit: str
    number: Decimal

    def compared(self, other: Quantity) -> int | None:
        """Below 0 where this is less, above 0 where it is more; `None`: they do not compare."""
        boundless = any(abs(it.number) == INFINITE or not it.number for it in (self, other))
        if self.unit != other.unit and not boundless:
            return None
        return (self.number > other.number) - (self.number < other.number)


_WORDS = {
    "same": Quantity("%", Decimal(1)),
    "until_next_day": Quantity("day", Decimal(1)),
    "until_resumed": Quantity("ms", INFINITE),
}


def quantity(value: Value, bar_ms: int) -> Quantity | None:
    """What a value counts, and how much of it."""
    if isinstance(value, bool) or value is None:
        return None
    if not isinstance(value, str):
        return Quantity("", Decimal(value))
    if value in _WORDS:
        return _WORDS[value]
    amount = units.amount(value)
    if amount is not None and units.bars(value) is None:
        return Quantity(amount[1], amount[0])
    bars, length_ms = units.bars(value), units.duration_ms(value)
    if bars is not None:
        length_ms = bars * bar_ms
    if length_ms is not None:
        return Quantity("ms", Decimal(length_ms))
    readers = (("%", units.signed_percentage), ("x", units.leverage), ("R", units.multiple_of_r))
    for unit, read in readers:
        number = read(value)
        if number is not None:
            return Quantity(unit, number)
    return _bare(value)


def _bare(text: str) -> Quantity | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return Quantity("", number) if number.is_finite() else None
