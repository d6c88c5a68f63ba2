"""What is never above what, by what the functions are: `low` is not above `close`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from runner.language.ranges import range_of
from runner.language.terms import Range, Term, is_number, number, term, value_of

#: Of two the first is never above the second.
Ordered = tuple[Term, Term]

#: Between what these outputs are, at every bar and to the last bit.
_BANDS = frozenset({"bbands", "donchian", "keltner"})
_BAND = ("lower", "middle", "upper")


def promised(node: Term) -> tuple[Ordered, ...]:
    """Pairs of which the first is never above the second, one of them the node itself.

    Each holds for float64 as it is computed: rounding never turns an order round.
    """
    if node.promised is None:
        node.promised = tuple(_promised(node))
    return node.promised


def before(node: Term) -> Term:
    """One bar ago; a constant has no past."""
    if node.kind is ast.Constant:
        return node
    if node.kind is ast.UnaryOp and node.parts[0].kind is ast.Constant:
        return node
    if node.kind is ast.Subscript and is_number(node.parts[1]):
        value, bars = node.parts
        return term(ast.Subscript, None, value, number(value_of(bars) + 1))
    return term(ast.Subscript, None, node, number(1.0))


def _promised(node: Term) -> Iterator[Ordered]:
    kind, parts = node.kind, node.parts
    if kind is ast.Name:
        yield from _of_price(node)
    elif kind is ast.Call:
        yield from _of_call(node)
    elif kind is ast.BinOp:
        yield from _of_operator(node)
    elif kind is ast.Attribute and parts[0].kind is ast.Call and parts[0].mark in _BANDS:
        outputs = [term(ast.Attribute, name, parts[0]) for name in _BAND]
        at = outputs.index(node)
        yield from ((below, node) for below in outputs[:at])
        yield from ((node, above) for above in outputs[at + 1 :])
    elif kind is ast.Subscript:
        inner, bars = parts
        for below, above in promised(inner):
            yield (_shifted(below, bars), _shifted(above, bars))


def _of_price(node: Term) -> Iterator[Ordered]:
    if node.mark in ("open", "close", "hl2"):
        yield (term(ast.Name, "low"), node)
        yield (node, term(ast.Name, "high"))
    elif node.mark == "low":
        yield (node, term(ast.Name, "high"))


def _of_call(node: Term) -> Iterator[Ordered]:
    match node.mark, node.parts:
        case "highest", (source, _):
            yield (source, node)
        case "lowest", (source, _):
            yield (node, source)
        case "max", (one, other):
            yield (one, node)
            yield (other, node)
        case "min", (one, other):
            yield (node, one)
            yield (node, other)
        case "abs", (inner,):
            yield (inner, node)


def _of_operator(node: Term) -> Iterator[Ordered]:
    left, right = node.parts
    if node.mark is ast.Add:
        yield from _moved(left, node, range_of(right))
        yield from _moved(right, node, range_of(left))
    elif node.mark is ast.Sub:
        low, high = range_of(right)
        yield from _moved(left, node, (-high, -low))
    elif node.mark is ast.Mult:
        yield from _scaled(left, node, range_of(right))
        yield from _scaled(right, node, range_of(left))


def _shifted(node: Term, bars: Term) -> Term:
    return node if node.kind is ast.Constant else term(ast.Subscript, None, node, bars)


def _moved(part: Term, whole: Term, by: Range) -> Iterator[Ordered]:
    if by[0] >= 0:
        yield (part, whole)
    if by[1] <= 0:
        yield (whole, part)


def _scaled(part: Term, whole: Term, by: Range) -> Iterator[Ordered]:
    if range_of(part)[0] < 0:
        return
    if by[0] >= 1:
        yield (part, whole)
    if by[0] >= 0 and by[1] <= 1:
        yield (whole, part)
