"""What the language is made of: kinds of value, checked expressions, problems of wrong ones."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from runner.language.dimension import UNKNOWN, Dimension
from runner.language.levels import Start
from runner.model.values import dataclass

#: Names of the bars' own series; `hl2` is (high + low) / 2, and so on.
PRICES = ("open", "high", "low", "close", "hl2", "hlc3", "ohlc4")

#: Of a bar's close in the file's timezone; Monday is 1, Sunday 7.
CLOCK = ("hour", "minute", "weekday")

#: Series that every expression may read, and those of futures alone.
SERIES = (*PRICES, "volume", *CLOCK)
FUTURES_SERIES = ("mark", "funding_rate")

#: Numbers of the open position; undefined where it has none, as `stop_price` without a stop.
POSITION = (
    *("entry_price", "first_entry_price", "last_entry_price", "adds", "bars_held"),
    *("profit", "profit_r", "peak_profit", "stop_price"),
)
POSITION_PRICES = tuple(name for name in POSITION if name.endswith("_price"))

#: What may be calculated with them: the rest works on series, and a position is none.
POSITION_FUNCTIONS = frozenset({"abs", "clamp", "max", "min", "mod", "sign", "sqrt"})

AT_ENTRY, IN_SESSION, RANK = "at_entry", "in_session", "rank"

#: Every name above, known in a place or not: no param, indicator, input or session has one.
OWN_NAMES = frozenset((*SERIES, *FUTURES_SERIES, *POSITION, AT_ENTRY, IN_SESSION, RANK))


class Kind(Enum):
    """What an expression gives at each bar; the value is how messages call it."""

    __hash__ = object.__hash__  # as of `Sort`

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
    `names`: all it names but functions of the
    table, sessions included. `reads_position`: bars alone do not give
    it, `program_of` does. `elsewhere`: of an indicator with its own timeframe or symbol.
    `dimension`: of its number; `units`: of each output. `start`: of an indicator that is known but
    for where the history begins.
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
    reads_position: bool = False
    elsewhere: bool = False
    dimension: Dimension = UNKNOWN
    units: tuple[Dimension, ...] = ()
    start: Start | None = None


@dataclass(frozen=True, slots=True)
class NamedFunction:
    """A function that a file declares; only `declare.parse_function` makes one.

    `tree`: its body, in which the names of `arguments` stand for what a call gives. `percents`:
    line and column of each `2%` in it. `names`: all it names, its own arguments included.
    """

    name: str
    arguments: tuple[str, ...]
    text: str
    tree: ast.expr
    percents: frozenset[tuple[int, int]]
    names: frozenset[str]

    @property
    def signature(self) -> str:
        """As a rule file writes it."""
        return f"{self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean beside the bars' own series; indicators are parsed already, in file order.

    `percents`: names of the params that the file writes in percent. `position`: the place is an
    exit or an add, which may read the position. `inputs`: series of numbers from files.
    `elsewhere`: the place is an indicator with its own timeframe or symbol, where no position is.
    `functions`: those that the file declares. `symbols`: how many `rank` compares, where known.
    """

    params: Mapping[str, float] = field(default_factory=dict)
    indicators: Mapping[str, Expression] = field(default_factory=dict)
    percents: frozenset[str] = frozenset()
    position: bool = False
    futures: bool = False
    sessions: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    elsewhere: bool = False
    functions: Mapping[str, NamedFunction] = field(default_factory=dict)
    symbols: int | None = None
