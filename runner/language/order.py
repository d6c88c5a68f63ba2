"""The order of numbers that comparisons, ranges and promises make, and whether there can be one.

`high` is not below `close`, and an `rsi` is not above 100: what is known of the parts joins what is
compared. There is no such order where a number would have to be below itself.
"""

from __future__ import annotations

import ast
import math
from itertools import pairwise

from runner.language.promises import promised
from runner.language.ranges import range_of
from runner.language.terms import Term

#: Parts of numbers in one alternative; beyond, what the functions promise is not looked at.
_MOST_TERMS = 80

#: left, operator, right, as the text has them.
Pair = tuple[Term, type[ast.cmpop], Term]

#: A part, or a value that is written out.
Number = Term | float


class Order:
    """Numbers and which of them are not above which, strictly or not."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._above: dict[Number, dict[Number, bool]] = {}  # those above it, whether strictly
        self._unequal: list[tuple[Number, Number]] = []
        self._seen: set[Term] = set()
        self._constants: set[float] = set()
        self._compared = [
            self._compare(self.number(left), operator, self.number(right))
            for left, operator, right in pairs
        ]
        self.rank()

    def rank(self) -> None:
        """Puts the values that are written out in their order."""
        for low, high in pairwise(sorted(self._constants)):
            self._at_most(low, high, is_strict=True)

    def holds(self) -> bool:
        """Whether no number is below itself, and none differs from itself."""
        if not self._unequal and not any([self.reaches(high, low) for low, high in self._compared]):  # noqa: C419
            return True  # what is promised never goes in a circle alone
        same = self._same()
        for low, found in self._above.items():
            for high, is_strict in found.items():
                if is_strict and same[low] == same[high]:
                    return False
        return not any(
            one == other or same.get(one, one) == same.get(other, other)
            for one, other in self._unequal
        )

    def _compare(
        self, left: Number, operator: type[ast.cmpop], right: Number
    ) -> tuple[Number, Number]:
        """Low and high; what is equal is both ways, and what is not equal has no order."""
        if operator is ast.Gt or operator is ast.GtE:
            left, right = right, left
        if operator is ast.NotEq:
            self._unequal.append((left, right))
        else:
            self._at_most(left, right, operator is ast.Lt or operator is ast.Gt)
            if operator is ast.Eq:
                self._at_most(right, left)
        return left, right

    def _at_most(self, low: Number, high: Number, is_strict: bool = False) -> None:
        found = self._above.get(low)
        if found is None:
            self._above[low] = {high: is_strict}
        else:
            found[high] = found.get(high, False) or is_strict

    def number(self, node: Term) -> Number:
        """A part, after all that is known of it was noted."""
        if node in self._seen:
            return node
        low, high = node.bounds or range_of(node)
        if low == high:
            return self._constant(low)
        self._seen.add(node)
        if low > -math.inf:
            self._at_most(self._constant(low), node)
        if high < math.inf:
            self._at_most(node, self._constant(high))
        if len(self._seen) <= _MOST_TERMS:
            for below, above in promised(node):
                self._at_most(self.number(below), self.number(above))
        return node

    def _constant(self, value: float) -> float:
        value += 0.0
        self._constants.add(value)
        return value

    def reaches(self, low: Number, high: Number) -> bool:
        """Whether one is known to be at most the other."""
        waiting, seen = [low], {low}
        while waiting:
            at = waiting.pop()
            if at == high:
                return True
            for above in self._above.get(at, ()):
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)
        return False

    def _same(self) -> dict[Number, Number]:
        """For each number one that stands for all that must be equal to it (Kosaraju)."""
        below: dict[Number, list[Number]] = {}
        for low, found in self._above.items():
            for high in found:
                below.setdefault(high, []).append(low)
        same: dict[Number, Number] = {}
        for first in reversed(self._finished()):
            waiting = [first] if first not in same else []
            while waiting:
                number = waiting.pop()
                if number not in same:
                    same[number] = first
                    waiting += below.get(number, ())
        return same

    def _finished(self) -> list[Number]:
        """All numbers, each after those above it that had not been seen before it."""
        order: list[Number] = []
        seen: set[Number] = set()
        for first in self._above:
            waiting = [(first, False)]
            while waiting:
                number, is_done = waiting.pop()
                if is_done:
                    order.append(number)
                elif number not in seen:
                    seen.add(number)
                    waiting.append((number, True))
                    waiting += [(above, False) for above in self._above.get(number, ())]
        return order
