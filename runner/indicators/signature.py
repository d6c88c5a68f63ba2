"""What a function of the language is: its arguments, ranges, lookback and warm-up."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum

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
    WORD = "word"  # the argument's own name, as it is


class Gives(Enum):
    """What a function gives at each bar."""

    NUMBER = "number"
    TRUTH = "condition"


@dataclass(frozen=True, slots=True)
class Argument:
    """One place of a signature, with the bounds of a LENGTH or NUMBER."""

    name: str
    kind: ArgumentKind
    minimum: float = -math.inf
    maximum: float = math.inf


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `reads`: series of the bars it takes without being told.

    `lookback` and `warmup` take the LENGTH arguments in order: how many rows are undefined after
    the inputs' own, and how many rows of input it takes to agree with all history.
    `talib`: the same function in TA-Lib, which computes it or is its oracle in the tests.
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
    ascending: bool = False  # its first length is below its second

    @property
    def signature(self) -> str:
        """As a rule file writes it."""
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"


def _steps(alpha: float) -> int:
    """Steps of `x += alpha * (c - x)` until its start is forgotten."""
    return 0 if alpha >= 1 else math.ceil(math.log(_SETTLED) / math.log1p(-alpha))


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
    return Argument(name, ArgumentKind.WORD)


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
    name: str, arguments: tuple[str, ...], unit: str, doc: str, formula: str
) -> Function:
    """A function of values at one bar."""
    places = tuple(value(argument) for argument in arguments)
    return Function(name, places, lambda: 0, lambda: 1, unit, doc, formula)


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
