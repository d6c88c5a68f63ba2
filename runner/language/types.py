"""What the language is made of: kinds of value, checked expressions, problems of wrong ones."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

#: Names of the bars' own series; `hl2` is (high + low) / 2, and so on.
PRICES = ("open", "high", "low", "close", "hl2", "hlc3", "ohlc4")
SERIES = (*PRICES, "volume")


class Kind(Enum):
    """What an expression gives at each bar; the value is how messages call it."""

    NUMBER = "number"
    TRUTH = "condition"
    OUTPUTS = "several outputs"


class Measure(Enum):
    """What a number is in the eyes of its reader, before any unit is known."""

    BARE = "bare number"  # of numbers and params without a unit only
    PERCENT = "percentage"  # of percentages and bare numbers only: a part of something
    SERIES = "series"  # in the unit of what it is made of


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say about `text[start:end]`; `name` is a stable slug ("unknown-name").

    `message` and `help` are one line of printable ASCII each, at most 300 characters.
    """

    start: int
    end: int
    name: str
    message: str
    help: str | None


class ExpressionError(Exception):
    """The expression is not in the language; holds every problem found, by place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; only `parse` makes one.

    `tree` is what is evaluated: percentages are numbers, spellings are plain. `lookback`: index of
    the first bar at which it can be defined. `warmup`: bars until a window cut from history agrees
    with all history to 1e-9; `None` when it never does. `constant`: its value when that is a plain
    number (of constants and params only). `outputs`: those of Kind.OUTPUTS, else empty.
    """

    text: str
    tree: ast.expr
    kind: Kind
    lookback: int
    warmup: int | None
    names: frozenset[str]
    outputs: tuple[str, ...]
    constant: float | None
    warnings: tuple[Problem, ...]
    measure: Measure = Measure.SERIES


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean beside the bars' own series; indicators are parsed already, in file order.

    `percents`: names of the params that the file writes in percent.
    """

    params: Mapping[str, float] = field(default_factory=dict)
    indicators: Mapping[str, Expression] = field(default_factory=dict)
    percents: frozenset[str] = frozenset()
