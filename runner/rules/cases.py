"""What a test file asks, compiled: bars in, and what must come of them out.

Prices and volumes are as a rule file's bars, times UTC milliseconds, money quote currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from runner.core.strategy import NamedCondition, Strategy
from runner.model.trades import PositionSide
from runner.model.values import dataclass

#: Of what two ways of reckoning may differ in, as SPEC section 3 "Equal" has it.
_NEAR = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, and how far from it the outcome may be."""

    value: Decimal
    tolerance: Decimal

    def meets(self, found: Decimal) -> bool:
        """Without a tolerance they are equal, but for what doubles cannot hold."""
        room = self.tolerance or abs(self.value) * _NEAR
        return abs(found - self.value) <= room

    @property
    def text(self) -> str:
        """As it is written."""
        near = f" +- {self.tolerance:f}" if self.tolerance else ""
        return f"{self.value:f}{near}"


@dataclass(frozen=True, slots=True)
class OrderWish:
    """An order by what is said of it; `filled` is the number of its fill's bar."""

    words: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, Number], ...]
    filled: int | None

    @property
    def text(self) -> str:
        """As it is written."""
        parts = [*self.words, *((name, number.text) for name, number in self.numbers)]
        if self.filled is not None:
            parts.append(("filled", f"bar {self.filled}"))
        return "{" + ", ".join(f"{name}: {value}" for name, value in parts) + "}"


@dataclass(frozen=True, slots=True)
class Signals:
    """All that the rules wanted at a close; empty: nothing."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition or a whole rule by its label; `None`: undefined."""

    label: str
    wanted: bool | None


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders decided at a close: `alone` these in this order, else each is one of them."""

    wishes: tuple[OrderWish, ...]
    alone: bool


@dataclass(frozen=True, slots=True)
class Exit:
    """A fill of this reason inside the bar; `none`: no exit."""

    reason: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held at a close; side `none`: nothing."""

    side: str | None
    quantity: Number | None
    entry_price: Number | None


@dataclass(frozen=True, slots=True)
class Stop:
    """The stop in force; `None`: there is none."""

    price: Number | None


@dataclass(frozen=True, slots=True)
class Equity:
    """What all is worth."""

    value: Number


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was entered, and the word stands in why."""

    word: str


@dataclass(frozen=True, slots=True)
class Times:
    """How often something happens in the whole test."""

    event: Signals | OrderWish | Exit
    count: int
    words: str  # as the file says it: `never`, or `count`


Wish = Signals | Truth | Orders | Exit | Holding | Stop | Equity | Refused | Times


@dataclass(frozen=True, slots=True)
class Moment:
    """A bar of a symbol by its number from 1, by its close, or neither: the last one."""

    symbol: str
    bar: int | None
    closed_at: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so; `line` of the test file, `key` as it stands there."""

    line: int
    key: str
    moment: Moment | None  # `None`: about the whole test
    wish: Wish


@dataclass(frozen=True, slots=True)
class CandlesAsked:
    """Bars of one symbol: a file, or rows of open, high, low, close, volume (`None`: missing)."""

    symbol: str
    rows: tuple[tuple[float, float, float, float, float] | None, ...]
    file: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What the exchange does wrong with the `nth` request that holds such an order."""

    line: int
    purpose: str
    kind: str
    nth: int
    part: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """One test; `strategy` has its params, symbols, account and capital."""

    name: str
    line: int
    strategy: Strategy
    start_ms: int
    candles: tuple[CandlesAsked, ...]
    faults: tuple[Fault, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """A test file that is right; `path` as given on the command line."""

    path: str
    strategy: Strategy  # without what single tests change
    cases: tuple[Case, ...]


def rules_in(strategy: Strategy) -> Iterator[tuple[str, tuple[NamedCondition, ...]]]:
    """Every rule of a file by the name that traces give it, with its conditions."""
    for entry in strategy.entries:
        yield f"entry.{entry.side}", entry.when
        if entry.add is not None:
            yield f"entry.{entry.side}.add", entry.add.when
    for side in PositionSide:
        mine = (rule for rule in strategy.exits.rules if rule.side is side)
        for number, rule in enumerate(mine):
            yield f"exit.{side}" + (f"[{number + 1}]" if number else ""), rule.when


def label_of(rule: str, name: str) -> str:
    """A condition by its rule and its name; the rule itself where it has none."""
    return f"{rule}.{name}" if name else rule


def labels_in(strategy: Strategy) -> list[str]:
    """Rules, and the named conditions in them."""
    return [
        label_of(rule, name)
        for rule, conditions in rules_in(strategy)
        for name in dict.fromkeys(("", *(condition.name for condition in conditions)))
    ]
