"""Terms: canonical expressions of which each exists once, so that equal ones are one object.

What is asked of a term (its range, what is promised of it) is kept with it: files are made of few
different ones.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Protocol

from runner.model.values import dataclass

#: Least and most that a number can be, where it is defined.
Range = tuple[float, float]

ANY: Range = (-math.inf, math.inf)

#: Terms that are kept before all are forgotten: those of some hundred files.
_KEPT = 20_000


class Term:
    """One node of an expression; `mark` tells it from others of its kind beside its parts.

    `kind` is the class of Python's node, `mark` the value of a constant, the name of a name or a
    call, the attribute of an output, or the classes of the operators.
    """

    __slots__ = ("bounds", "kind", "known", "mark", "parts", "promised")

    def __init__(self, kind: type[ast.expr], mark: object, parts: tuple[Term, ...]) -> None:
        self.kind = kind
        self.mark = mark
        self.parts = parts
        self.bounds: Range | None = None  # until they are asked for
        self.promised: tuple[tuple[Term, Term], ...] | None = None
        self.known: Known | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What holds of a number wherever it stands: all that its range and promises lead to.

    `above`: of some of the `terms` and `constants` those that are not below it.
    """

    above: Mapping[Term | float, frozenset[Term | float]]
    terms: frozenset[Term]
    constants: frozenset[float]


class _Kept(Protocol):
    def __len__(self) -> int: ...
    def clear(self) -> None: ...


_known: dict[tuple[type[ast.expr], object, tuple[Term, ...]], Term] = {}
_forgotten: list[_Kept] = [_known]


def term(kind: type[ast.expr], mark: object, *parts: Term) -> Term:
    """The one term of this kind, mark and parts."""
    key = kind, mark, parts
    found = _known.get(key)
    if found is None:
        found = _known[key] = Term(kind, mark, parts)
    return found


def number(value: float) -> Term:
    """A constant; the two zeros differ."""
    return term(ast.Constant, value if value else repr(value))


#: Beside the others: to Python `True` is 1.0.
TRUE, FALSE = Term(ast.Constant, True, ()), Term(ast.Constant, False, ())


def value_of(constant: Term) -> float:
    """The number of a constant."""
    return float(constant.mark)  # type: ignore[arg-type]  # a float or the text of a zero


def is_number(given: Term) -> bool:
    """Whether it is a constant, and no truth."""
    return given.kind is ast.Constant and not isinstance(given.mark, bool)


def forgets(kept: _Kept) -> None:
    """Has what is kept of terms elsewhere cleared together with them."""
    _forgotten.append(kept)


def make_room() -> None:
    """Forgets all terms where there are many; between questions, as new ones equal no old one."""
    if max(map(len, _forgotten)) > _KEPT:
        for kept in _forgotten:
            kept.clear()
