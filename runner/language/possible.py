"""Whether conditions can be surely true at one bar: proven where it is said that they cannot.

In: canonical conditions. They are split into alternatives, each a list of comparisons; comparisons,
the ranges of numbers and what the functions promise (`high` is not below `close`) make an order of
numbers, and an alternative is impossible where a number would have to be below itself.
Where that is too much work the answer is that they can.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from runner.language.canonical import Range, range_of

#: Alternatives that are looked at before it is given up.
_MOST_BRANCHES = 128

#: Parts of numbers in one alternative; beyond, what the functions promise is not looked at.
_MOST_TERMS = 80

#: A condition and whether it is wanted true, or false.
Wanted = tuple[ast.expr, bool]

#: left, operator, right, as the text has them.
_Pair = tuple[ast.expr, type[ast.cmpop], ast.expr]

#: Of two the first is never above the second.
_Ordered = tuple[ast.expr, ast.expr]

_NEGATED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}

#: Between what these outputs are, at every bar and to the last bit.
_BANDS = frozenset({"bbands", "donchian", "keltner"})
_BAND = ("lower", "middle", "upper")

_LOAD = ast.Load()  # parsed trees have it, and equal parts have to look equal
_LOW, _HIGH = ast.Name("low", _LOAD), ast.Name("high", _LOAD)


def possible(wanted: Iterable[Wanted]) -> bool:
    """False only where no market can make them all true together."""
    return _Search().go(list(wanted), [], {})


class _Search:
    """One search through the alternatives."""

    def __init__(self) -> None:
        self._left = _MOST_BRANCHES
        self._notes = _Notes()

    def go(self, open_: list[Wanted], pairs: list[_Pair], known: dict[str, bool]) -> bool:
        """Whether what is still open can hold beside what is held already."""
        while open_:
            node, truth = open_.pop()
            match node:
                case ast.Constant(value=bool() as value):
                    if value is not truth:
                        return False
                case ast.UnaryOp(op=ast.Not(), operand=operand):
                    open_.append((operand, not truth))
                case ast.BoolOp(op=operator, values=values):
                    if isinstance(operator, ast.And) is not truth:
                        return self._any([[(it, truth)] for it in values], open_, pairs, known)
                    open_ += [(value, truth) for value in values]
                case ast.IfExp(test=test, body=body, orelse=orelse):
                    ways = [[(test, True), (body, truth)], [(test, False), (orelse, truth)]]
                    return self._any(ways, open_, pairs, known)
                case ast.Compare() if truth:
                    pairs = [*pairs, *_pairs(node)]
                case ast.Compare(ops=[operator]):
                    right = node.comparators[0]
                    pairs = [*pairs, (node.left, _NEGATED[type(operator)], right)]
                case ast.Compare():
                    single = [
                        ast.Compare(left, [op()], [right]) for left, op, right in _pairs(node)
                    ]
                    return self._any([[(it, False)] for it in single], open_, pairs, known)
                case _:
                    if known.setdefault(ast.dump(node), truth) is not truth:
                        return False
                    pairs = [*pairs, *_implied(node, truth)]
        return _Order(pairs, self._notes).holds()

    def _any(
        self,
        ways: list[list[Wanted]],
        open_: list[Wanted],
        pairs: list[_Pair],
        known: dict[str, bool],
    ) -> bool:
        for way in ways:
            self._left -= 1
            if self._left < 0 or self.go([*open_, *way], pairs, dict(known)):
                return True
        return False


def _pairs(node: ast.Compare) -> list[_Pair]:
    operands = [node.left, *node.comparators]
    return [
        (left, type(operator), right)
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False)
    ]


def _implied(node: ast.expr, truth: bool) -> Iterator[_Pair]:
    """What follows from a function that is surely true."""
    match node:
        case ast.Call(func=ast.Name(id="crossover"), args=[a, b]) if truth:
            yield (a, ast.Gt, b)
            yield (_before(a), ast.LtE, _before(b))
        case ast.Call(func=ast.Name(id="crossunder"), args=[a, b]) if truth:
            yield (a, ast.Lt, b)
            yield (_before(a), ast.GtE, _before(b))
        case ast.Call(func=ast.Name(id="rising"), args=[source, _]) if truth:
            yield (source, ast.Gt, _before(source))
        case ast.Call(func=ast.Name(id="falling"), args=[source, _]) if truth:
            yield (source, ast.Lt, _before(source))


def _before(node: ast.expr) -> ast.expr:
    """One bar ago; a constant has no past."""
    match node:
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
            return node
        case ast.Subscript(value=value, slice=ast.Constant(value=int() | float() as bars)):
            return _back(value, ast.Constant(float(bars + 1)))
    return _back(node, ast.Constant(1.0))


class _Notes:
    """What is known of each part, looked at once though it stands in many alternatives."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, Range, list[_Ordered], ast.expr]] = {}

    def of(self, node: ast.expr) -> tuple[str, Range, list[_Ordered], ast.expr]:
        """Its name, its range and what is promised of it; the node itself, to keep it alive."""
        if id(node) not in self._known:
            found = (ast.dump(node), range_of(node), list(_promised(node)), node)
            self._known[id(node)] = found
        return self._known[id(node)]


class _Order:
    """Numbers and which of them are not above which, strictly or not."""

    def __init__(self, pairs: list[_Pair], notes: _Notes) -> None:
        self._notes = notes
        self._above: dict[str, dict[str, bool]] = {}  # number: those above it, whether strictly
        self._unequal: list[tuple[str, str]] = []
        self._seen: set[str] = set()
        self._constants: dict[float, str] = {}
        for left, operator, right in pairs:
            self._compare(self._number(left), operator, self._number(right))
        self._rank_constants()

    def holds(self) -> bool:
        """Whether no number is below itself, and none differs from itself."""
        same = self._same()
        for low, found in self._above.items():
            for high, is_strict in found.items():
                if is_strict and same[low] == same[high]:
                    return False
        return not any(
            one == other or same.get(one, one) == same.get(other, other)
            for one, other in self._unequal
        )

    def _compare(self, left: str, operator: type[ast.cmpop], right: str) -> None:
        if operator in (ast.Lt, ast.LtE):
            self._at_most(left, right, operator is ast.Lt)
        elif operator in (ast.Gt, ast.GtE):
            self._at_most(right, left, operator is ast.Gt)
        elif operator is ast.Eq:
            self._at_most(left, right)
            self._at_most(right, left)
        else:
            self._unequal.append((left, right))

    def _at_most(self, low: str, high: str, is_strict: bool = False) -> None:
        found = self._above.setdefault(low, {})
        found[high] = found.get(high, False) or is_strict

    def _number(self, node: ast.expr) -> str:
        """The name of a part, after all that is known of it was noted."""
        name, (low, high), promised, _ = self._notes.of(node)
        if low == high:
            return self._constant(low)
        if name in self._seen:
            return name
        self._seen.add(name)
        if math.isfinite(low):
            self._at_most(self._constant(low), name)
        if math.isfinite(high):
            self._at_most(name, self._constant(high))
        if len(self._seen) <= _MOST_TERMS:
            for below, above in promised:
                self._at_most(self._number(below), self._number(above))
        return name

    def _constant(self, value: float) -> str:
        return self._constants.setdefault(value + 0.0, f"={value + 0.0!r}")

    def _rank_constants(self) -> None:
        values = sorted(self._constants)
        for low, high in pairwise(values):
            self._at_most(self._constants[low], self._constants[high], is_strict=True)

    def _same(self) -> dict[str, str]:
        """For each number one that stands for all that must be equal to it (Kosaraju)."""
        below: dict[str, list[str]] = {}
        for low, found in self._above.items():
            for high in found:
                below.setdefault(high, []).append(low)
        same: dict[str, str] = {}
        for first in reversed(self._finished()):
            waiting = [first] if first not in same else []
            while waiting:
                number = waiting.pop()
                if number not in same:
                    same[number] = first
                    waiting += below.get(number, ())
        return same

    def _finished(self) -> list[str]:
        """All numbers, each after those above it that had not been seen before it."""
        order: list[str] = []
        seen: set[str] = set()
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


def _promised(node: ast.expr) -> Iterator[_Ordered]:
    """Pairs of which the first is never above the second, one of them the node itself.

    Each holds for float64 as it is computed: rounding never turns an order round.
    """
    match node:
        case ast.Name(id="open" | "close" | "hl2"):
            yield (_LOW, node)
            yield (node, _HIGH)
        case ast.Name(id="low"):
            yield (node, _HIGH)
        case ast.Call(func=ast.Name(id="highest" | "lowest" as name), args=[source, _]):
            yield (source, node) if name == "highest" else (node, source)
        case ast.Call(func=ast.Name(id="max"), args=[one, other]):
            yield (one, node)
            yield (other, node)
        case ast.Call(func=ast.Name(id="min"), args=[one, other]):
            yield (node, one)
            yield (node, other)
        case ast.Call(func=ast.Name(id="abs"), args=[inner]):
            yield (inner, node)
        case ast.Attribute(value=ast.Call(func=ast.Name(id=name)) as call, attr=output):
            if name in _BANDS:
                at = _BAND.index(output)
                yield from ((_output(call, it), node) for it in _BAND[:at])
                yield from ((node, _output(call, it)) for it in _BAND[at + 1 :])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _moved(left, node, range_of(right))
            yield from _moved(right, node, range_of(left))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            low, high = range_of(right)
            yield from _moved(left, node, (-high, -low))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield from _scaled(left, node, range_of(right))
            yield from _scaled(right, node, range_of(left))
    match node:
        case ast.Subscript(value=inner, slice=bars):
            for below, above in _promised(inner):
                yield (_shifted(below, bars), _shifted(above, bars))


def _back(node: ast.expr, bars: ast.expr) -> ast.expr:
    return ast.Subscript(node, bars, _LOAD)


def _output(call: ast.expr, name: str) -> ast.expr:
    return ast.Attribute(call, name, _LOAD)


def _shifted(node: ast.expr, bars: ast.expr) -> ast.expr:
    return node if isinstance(node, ast.Constant) else _back(node, bars)


def _moved(part: ast.expr, whole: ast.expr, by: tuple[float, float]) -> Iterator[_Ordered]:
    if by[0] >= 0:
        yield (part, whole)
    if by[1] <= 0:
        yield (whole, part)


def _scaled(part: ast.expr, whole: ast.expr, by: tuple[float, float]) -> Iterator[_Ordered]:
    if range_of(part)[0] < 0:
        return
    if by[0] >= 1:
        yield (part, whole)
    if by[0] >= 0 and by[1] <= 1:
        yield (whole, part)
