"""Numbers, times and lists of a rule file, as a sentence says them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from runner.core.strategy import Strategy
from runner.language.parse import Expression
from runner.model.bars import Timeframe

_UNITS = (
    ("day", 86_400_000),
    ("hour", 3_600_000),
    ("minute", 60_000),
    ("second", 1_000),
    ("ms", 1),
)

#: Weekdays as rule files write them; Monday is 0.
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def quote_of(strategy: Strategy) -> str:
    """What prices and amounts of the file are in."""
    return strategy.symbols[0].partition("/")[2].partition(":")[0]


def percent(fraction: Decimal) -> str:
    """A fraction with the unit that people read.

    >>> percent(Decimal("0.0100")), percent(Decimal(1))
    ('1%', '100%')
    """
    return f"{(fraction * 100).normalize():f}%"


def amount(number: Decimal, currency: str) -> str:
    """An amount as a rule file writes it."""
    return f"{number:f} {currency}"


def counted(number: int, what: str) -> str:
    """How many of something.

    >>> counted(1, "bar"), counted(3, "bar")
    ('1 bar', '3 bars')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def span(ms: int) -> str:
    """A length of time in its two largest units.

    >>> span(90_000_000), span(300_000), span(0)
    ('1 day 1 hour', '5 minutes', 'no time')
    """
    words = []
    for unit, length in _UNITS:
        number, ms = divmod(ms, length)
        if number:
            words.append(f"{number} ms" if unit == "ms" else counted(number, unit))
    return " ".join(words[:2]) or "no time"


def bars_span(number: int, timeframe: Timeframe) -> str:
    """A number of bars, and how long they last."""
    return f"{counted(number, 'bar')} ({span(number * timeframe.ms)})"


def clock(minute: int) -> str:
    """A minute of the day as a local time.

    >>> clock(810), clock(1560)
    ('13:30', '02:00')
    """
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def code(text: str) -> str:
    """What is quoted from a rule file, on one line."""
    return f"`{' '.join(text.split())}`"


def value(expression: Expression, unit: str = "") -> str:
    """A plain number with its unit; anything else as it is written.

    `unit` is empty where the text has one of its own, such as `1%`.
    """
    text = " ".join(expression.text.split())
    if expression.constant is None or not text.rstrip("%").replace(".", "", 1).isdigit():
        return f"`{text}` {unit}".rstrip()
    return f"{text} {unit}".rstrip()


def listed(items: Iterable[str], last: str = "and") -> str:
    """Items with commas and a last word.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    words = list(items)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def either(items: Sequence[str]) -> str:
    """The same where any of them will do."""
    return listed(items, "or")
