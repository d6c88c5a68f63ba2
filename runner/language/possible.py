"""Whether conditions can be surely true at one bar: proven where it is said that they cannot.

In: canonical conditions. They are split into alternatives, each a list of comparisons; one is
impossible where these leave its numbers no order. Where that is too much work the answer is that
they can.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from runner.language.order import Order, Pair
from runner.language.promises import before
from runner.language.terms import Term, forgets, term

#: Alternatives that are looked at before it is given up.
_MOST_BRANCHES = 128

#: A condition and whether it is wanted true, or false.
Wanted = tuple[Term, bool]

_NEGATED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}

_EXACTLY = ((ast.Eq,), (ast.NotEq,))

_answers: dict[tuple[Wanted, ...], bool] = {}
forgets(_answers)


def possible(wanted: Iterable[Wanted]) -> bool:
    """False only where no market can make them all true together."""
    asked = tuple(wanted)
    answer = _answers.get(asked)
    if answer is None:
        if len(asked) == 1 and _is_open(asked[0][0]):
            answer = _answers[(asked[0][0], not asked[0][1]),] = True
        else:
            answer = _Search().go(list(asked), [], {})
        _answers[asked] = answer
    return answer


def _is_open(node: Term) -> bool:
    """Whether nothing is known of a comparison that tells one side from the other, as of most."""
    if node.kind is not ast.Compare or len(node.parts) > 2 or node.mark in _EXACTLY:
        return False
    order = Order([])
    left, right = (order.number(part) for part in node.parts)
    order.rank()
    return not order.reaches(left, right) and not order.reaches(right, left)


class _Search:
    """One search through the alternatives."""

    def __init__(self) -> None:
        self._left = _MOST_BRANCHES

    def go(self, open_: list[Wanted], pairs: list[Pair], known: dict[Term, bool]) -> bool:
        """Whether what is still open can hold beside what is held already."""
        while open_:
            node, truth = open_.pop()
            kind, parts = node.kind, node.parts
            if kind is ast.Compare:
                if len(parts) > 2 and not truth:
                    single = [
                        term(ast.Compare, (op,), one, other) for one, op, other in _pairs(node)
                    ]
                    return self._any([[(it, False)] for it in single], open_, pairs, known)
                pairs = [*pairs, *(_pairs(node) if truth else map(_negated, _pairs(node)))]
            elif kind is ast.BoolOp:
                if (node.mark is ast.And) is not truth:
                    return self._any([[(it, truth)] for it in parts], open_, pairs, known)
                open_ += [(value, truth) for value in parts]
            elif kind is ast.UnaryOp and node.mark is ast.Not:
                open_.append((parts[0], not truth))
            elif kind is ast.IfExp:
                test, body, orelse = parts
                ways = [[(test, True), (body, truth)], [(test, False), (orelse, truth)]]
                return self._any(ways, open_, pairs, known)
            elif kind is ast.Constant and isinstance(node.mark, bool):
                if node.mark is not truth:
                    return False
            else:
                if known.setdefault(node, truth) is not truth:
                    return False
                pairs = [*pairs, *_implied(node, truth)]
        return not pairs or Order(pairs).holds()

    def _any(
        self,
        ways: list[list[Wanted]],
        open_: list[Wanted],
        pairs: list[Pair],
        known: dict[Term, bool],
    ) -> bool:
        for way in ways:
            self._left -= 1
            if self._left < 0 or self.go([*open_, *way], pairs, dict(known)):
                return True
        return False


def _pairs(node: Term) -> list[Pair]:
    assert isinstance(node.mark, tuple)
    return list(zip(node.parts, node.mark, node.parts[1:], strict=False))


def _negated(pair: Pair) -> Pair:
    left, operator, right = pair
    return left, _NEGATED[operator], right


def _implied(node: Term, truth: bool) -> Iterator[Pair]:
    """What follows from a function that is surely true."""
    if node.kind is not ast.Call or not truth:
        return
    match node.mark, node.parts:
        case "crossover", (a, b):
            yield (a, ast.Gt, b)
            yield (before(a), ast.LtE, before(b))
        case "crossunder", (a, b):
            yield (a, ast.Lt, b)
            yield (before(a), ast.GtE, before(b))
        case "rising", (source, _):
            yield (source, ast.Gt, before(source))
        case "falling", (source, _):
            yield (source, ast.Lt, before(source))
