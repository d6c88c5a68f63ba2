"""What a function of the language is: its arguments, ranges, lookback and warm-up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from runner.model.values import dataclass

#: Longest window and farthest look-back, in bars: beyond it no exchange serves the history.
MAX_LENGTH = 10_000

#: What is left of the difference in starting values once a recursion counts as settled. Well below
#: 1e-9, because a start can be wrong by 100 times the value (volume) and subtractions magnify it.
_SETTLED = 1e-12


class ArgumentKind(Enum):
    """What may stand at an argument's place."""

    SERIES = "series"  # changes from bar to bar
    VALUE = "number or series"
    LENGTH = "length"  # a whole number of bars: written out, or a param
    NUMBER = "number"  # written out, or a param
    CONDITION = "condition"
    WORD = "word"  # one of a few names, as it is
    BAR = "series of the bar"  # `close`, `volume` and the like: defined at every bar


class Gives(Enum):
    """What a function gives at each bar."""

    NUMBER = "number"
    TRUTH = "condition"


class Level(Enum):
    """What a function leaves open: all its values move together with where the history starts."""

    ADDED = "sum"  # by a number that is added to all of them
    SCALED = "product"  # by one they are all multiplied with


@dataclass(frozen=True, slots=True)
class Argument:
    """One place of a signature, with the bounds of a LENGTH or NUMBER, or the names of a WORD."""

    name: str
    kind: ArgumentKind
    minimum: float = -math.inf
    maximum: float = math.inf
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `reads`: series of the bars it takes without being told.

    `lookback` and `warmup` take what is written out in order (LENGTH, NUMBER, and a WORD that is a
    choice): how many rows are undefined after the inputs' own, and how many rows of input it takes
    to agree with all history; of a function with a `level`, to agree but for that.
    `talib`: the same function in TA-Lib, which computes it or is its oracle in the tests.
    `ascending`: the arguments of which the first is below the second.
    """

    name: str
    arguments: tuple[Argument, ...]
    lookback: Callable[..., int]
    warmup: Callable[..., int]
    unit: str
    doc: str
    formula: str
    talib: str | None = None
    reads: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    gives: Gives = Gives.NUMBER
    ascending: tuple[str, str] | None = None
    level: Level | None = None

    @property
    def constants(self) -> tuple[Argument, ...]:
        """Its arguments that are written out; they stand behind the series, in this order."""
        return tuple(
            it
            for it in self.arguments
            if it.kind in (ArgumentKind.LENGTH, ArgumentKind.NUMBER) or len(it.words) > 1
        )

    def in_order(self, constants: Sequence[Any]) -> bool:
        """Whether of two constants that belong together the first is below the second."""
        if self.ascending is None:
            return True
        low, high = (
            next(at for at, it in enumerate(self.constants) if it.name == name)
            for name in self.ascending
        )
        return bool(constants[low] < constants[high])

    @property
    def signature(self) -> str:
        """As a rule file writes it."""
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"


def _steps(alpha: float) -> int:
    """Steps of `x += alpha * (c - x)` until its start is forgotten."""
    return 0 if alpha >= 1 else math.ceil(math.log(_SETTLED) / math.log1p(-alpha))


def cascade_steps(n: int, stages: int) -> int:
    """The same for exponential averages of length `n`, one of the other, `stages` of them.

    What is left of a start after t steps is the chance of fewer than `stages` successes in t trials
    of 2 / (n + 1) each.
    """
    alpha = 2 / (n + 1)
    low, high = 0, 1 if alpha >= 1 else 2 * stages * _steps(alpha) + stages
    while low < high:
        steps = (low + high) // 2
        left = sum(
            math.comb(steps, done) * alpha**done * (1 - alpha) ** (steps - done)
            for done in range(min(stages, steps + 1))
        )
        low, high = (low, steps) if left <= _SETTLED else (steps + 1, high)
    return low


def ema_steps(n: int) -> int:
    """Steps until an exponential average of length `n` has forgotten its start."""
    return _steps(2 / (n + 1))


def wilder_steps(n: int) -> int:
    """The same for an average with weight 1 / n."""
    return _steps(1 / n)


def source(name: str = "source") -> Argument:
    """The series a function works on."""
    return Argument(name, ArgumentKind.SERIES)


def value(name: str) -> Argument:
    """A series or a number."""
    return Argument(name, ArgumentKind.VALUE)


def length(name: str, minimum: int) -> Argument:
    """A number of bars."""
    return Argument(name, ArgumentKind.LENGTH, minimum, MAX_LENGTH)


def width(name: str) -> Argument:
    """A factor that is not negative."""
    return Argument(name, ArgumentKind.NUMBER, 0.0, 100.0)


def word(name: str) -> Argument:
    """An argument that says itself."""
    return Argument(name, ArgumentKind.WORD, words=(name,))


def condition() -> Argument:
    """What happens at some bars."""
    return Argument("condition", ArgumentKind.CONDITION)


def multiple() -> Argument:
    """How many average true ranges a band is away."""
    return Argument("multiple", ArgumentKind.NUMBER, 0.0, 10.0)


def windowed(
    name: str, minimum: int, unit: str, doc: str, formula: str, talib: str | None = None
) -> Function:
    """A function of the last `n` values of its source and of nothing else."""
    arguments = (source(), length("n", minimum))
    return Function(name, arguments, lambda n: n - 1, lambda n: n, unit, doc, formula, talib=talib)


def differenced(
    name: str,
    unit: str,
    doc: str,
    formula: str,
    talib: str | None = None,
    gives: Gives = Gives.NUMBER,
) -> Function:
    """A function of a value and the `n` values before it."""
    arguments = (source(), length("n", 1))
    return Function(
        name,
        arguments,
        lambda n: n,
        lambda n: n + 1,
        unit,
        doc,
        formula,
        talib=talib,
        gives=gives,
    )


def arithmetic(
    name: str,
    arguments: tuple[str, ...],
    unit: str,
    doc: str,
    formula: str,
    talib: str | None = None,
) -> Function:
    """A function of values at one bar."""
    places = tuple(value(argument) for argument in arguments)
    return Function(name, places, lambda: 0, lambda: 1, unit, doc, formula, talib=talib)


def crossing(name: str, doc: str, formula: str) -> Function:
    """A condition on two values and the two before them."""
    return Function(
        name,
        (value("a"), value("b")),
        lambda: 1,
        lambda: 2,
        "condition",
        doc,
        formula,
        gives=Gives.TRUTH,
    )
