"""What is known of a part of an expression before it is evaluated."""

from __future__ import annotations

import ast

from runner.language.levels import Start
from runner.language.types import Kind
from runner.model.values import dataclass

#: Deepest tree: a sum of so many terms is one.
MAX_DEPTH = 64

#: Bars that the parts of one expression may look back together.
MAX_LOOKBACK = 100_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a node; `kind` is `None` where a problem was found below it."""

    kind: Kind | None
    lookback: int = 0
    warmup: int | None = 1
    constant: float | None = None
    outputs: tuple[str, ...] = ()
    called: frozenset[str] = frozenset()  # names that stand for functions
    position: bool = False  # whether it reads the position
    start: Start | None = None  # of a level that is known but for it


#: Of a node in which a problem was found.
UNKNOWN = Facts(None)


def joined(kind: Kind, *parts: Facts) -> Facts:
    """What needs all of its parts at the same bar."""
    found: Kind | None = kind
    lookback, warmup, position, start = 0, parts[0].warmup, False, None
    for part in parts:
        if part.kind is None:
            found = None
        lookback = max(lookback, part.lookback)
        warmup = latest(warmup, part.warmup)
        position = position or part.position
        start = start or part.start  # refused unless it cancels
    return Facts(found, lookback, warmup, None, (), frozenset(), position, start)


def calculated(operator: ast.operator, left: float, right: float) -> float:
    """Arithmetic of constants; the checker has seen that nothing is divided by zero."""
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
    return left / right


def latest(one: int | None, other: int | None) -> int | None:
    """The warm-up of what needs both; never, if one is never warm."""
    return None if one is None or other is None else max(one, other)


def plus(warmup: int | None, bars: int) -> int | None:
    """A warm-up and `bars` more."""
    return None if warmup is None else warmup + bars
