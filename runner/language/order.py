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
from runner.language.terms import Known, Term

#: Parts of numbers in one alternative; beyond, what the functions promise is not looked at.
_MOST_TERMS = 80

#: left, operator, right, as the text has them.
Pair = tuple[Term, type[ast.cmpop], Term]

#: A part, or a value that is written out.
Number = Term | float


class Order:
    """Numbers and which of them are not above which, strictly or not."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._above: dict[Number, frozenset[Number]] = {}
        self._strictly: set[tuple[Number, Number]] = set()  # pairs of these that are below
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
            self._at_most(low, high)
            self._strictly.add((low, high))

    def holds(self) -> bool:
        """Whether no number is below itself, and none differs from itself."""
        if not self._unequal and not any([self.reaches(high, low) for low, high in self._compared]):  # noqa: C419
            return True  # what is promised never goes in a circle alone
        same = self._same()
        if any([same[low] == same[high] for low, high in self._strictly]):  # noqa: C419
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
            self._at_most(left, right)
            if operator is ast.Eq:
                self._at_most(right, left)
            elif operator is ast.Lt or operator is ast.Gt:
                self._strictly.add((left, right))
        return left, right

    def _at_most(self, low: Number, high: Number) -> None:
        found = self._above.get(low)
        self._above[low] = frozenset((high,)) if found is None else found | {high}

    def number(self, node: Term) -> Number:
        """A part, after all that is known of it was noted."""
        if node in self._seen:
            return node
        known = node.known
        if known is None:
            known = node.known = _known_of(node)
        self._constants |= known.constants
        if not known.terms:
            (value,) = known.constants
            return value
        if len(self._seen) > _MOST_TERMS:
            known = _known_of(node, most=0)
        self._seen |= known.terms
        above = self._above
        if above.keys().isdisjoint(known.above):
            above.update(known.above)
            return node
        for low, high in known.above.items():
            found = above.get(low)
            above[low] = high if found is None else found | high
        return node

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


def _known_of(node: Term, most: int = _MOST_TERMS) -> Known:
    """What follows from its range and promises, and from those of what these name.

    The promises of the first `most` terms are looked at.
    """
    above: dict[Number, set[Number]] = {}
    waiting, terms, constants = [_number(node)], set[Term](), set[float]()
    while waiting:
        at = waiting.pop()
        if isinstance(at, float):
            constants.add(at)
        elif at not in terms:
            terms.add(at)
            low, high = range_of(at)
            pairs: list[tuple[Number, Number]] = []
            if low > -math.inf:
                pairs.append((low + 0.0, at))
            if high < math.inf:
                pairs.append((at, high + 0.0))
            if len(terms) <= most:
                pairs += [(_number(one), _number(other)) for one, other in promised(at)]
            for below, over in pairs:
                above.setdefault(below, set()).add(over)
                waiting += (below, over)
    return Known(
        {low: frozenset(found) for low, found in above.items()},
        frozenset(terms),
        frozenset(constants),
    )


def _number(node: Term) -> Number:
    """A term, or its value where it has but one; the two zeros are one."""
    low, high = range_of(node)
    return low + 0.0 if low == high else node
