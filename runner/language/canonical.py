"""An expression with its names spelled out, so that equal parts are one term.

In: checked trees. Out: terms, which are only looked at, never evaluated.
"""

from __future__ import annotations

import ast
from itertools import pairwise

from runner.language.terms import FALSE, TRUE, Term, forgets, is_number, number, term, value_of
from runner.language.trees import nodes, size, spelled
from runner.language.types import RANK, Expression, Scope

#: A tree with more parts is left as it is: what follows from it would not be looked at anyway.
_MOST_NODES = 200


def canonical(tree: ast.expr, scope: Scope) -> Term:
    """The tree with indicators and params replaced by what they stand for at this bar.

    Where params alone decide a comparison, as in `with_trend == 1`, it is meant to be switched: it
    becomes a name of which nothing is known.
    """
    speller = _last[0] if _last and _last[0].scope is scope else _Speller(scope)
    _last[:] = [speller]
    return speller.whole(tree)


class _Speller:
    """Spells the trees of one scope, each part once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._left = _MOST_NODES
        self._known: dict[int, tuple[Term, int, ast.expr]] = {}  # with the part, to stay alive

    def whole(self, tree: ast.expr) -> Term:
        """A tree, in which as many nodes may be spelled out as in any other."""
        self._left = _MOST_NODES
        return self._part(tree)

    def _part(self, node: ast.expr) -> Term:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bool):
                return TRUE if node.value else FALSE
            return number(float(node.value))  # type: ignore[arg-type]  # `70` and `70.0` are one
        known = self._known.get(id(node))
        if known is not None and (known[1] == 0 or known[1] < self._left):
            self._left -= known[1]
            return known[0]
        before = self._left
        found = self._made(node)
        if self._left > 0 or self._left == before:
            self._known[id(node)] = found, before - self._left, node
        return found

    def _made(self, node: ast.expr) -> Term:
        match node:
            case ast.Compare():
                if self._is_switch(node):
                    return term(ast.Name, f"<{spelled(node)}>")  # no name looks like it
                marks = tuple([type(operator) for operator in node.ops])
                return self._of(ast.Compare, marks, [node.left, *node.comparators])
            case ast.Call(func=ast.Name(id=name), args=arguments):
                found = self._of(ast.Call, name, arguments)
                if name == RANK and self.scope.symbols is not None:  # so it bounds what is kept
                    return term(ast.Call, name, *found.parts, number(float(self.scope.symbols)))
                return found
            case ast.BinOp(left=left, op=operator, right=right):
                return self._of(ast.BinOp, type(operator), [left, right])
            case ast.BoolOp(op=joint, values=values):
                return self._of(ast.BoolOp, type(joint), values)
            case ast.Attribute(value=value, attr=output):
                return self._of(ast.Attribute, output, [value])
            case ast.Subscript(value=value, slice=bars):
                back = self._part(bars)
                if is_number(back) and value_of(back) == 0:
                    return self._part(value)
                return term(ast.Subscript, None, self._part(value), back)
            case ast.UnaryOp(op=sign, operand=operand):
                return self._of(ast.UnaryOp, type(sign), [operand])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._of(ast.IfExp, None, [test, body, orelse])
        raise AssertionError(f"a checked tree has no {type(node).__name__}")

    def _of(self, kind: type[ast.expr], mark: object, parts: list[ast.expr]) -> Term:
        return term(kind, mark, *[self._part(part) for part in parts])

    def _name(self, name: str) -> Term:
        """A param's number, or an indicator's expression unless that is read elsewhere."""
        if name in self.scope.params:
            return number(float(self.scope.params[name]))
        named = self.scope.indicators.get(name)
        if named is None or named.elsewhere or self._left <= 0:
            return term(ast.Name, name)
        known = _named.get(id(named))
        if known is not None and known[1] < self._left:
            self._left -= known[1]
            return known[0]
        before = self._left
        self._left -= size(named.tree)
        found = self._part(named.tree)
        if self._left > 0:
            _named[id(named)] = found, before - self._left, named
        return found

    def _is_switch(self, node: ast.Compare) -> bool:
        if isinstance(node.left, ast.Call) and len(node.ops) == 1:
            return False  # as many are
        operands = [node.left, *node.comparators]
        return any(
            self._is_fixed(one) and self._is_fixed(other) and (_is_named(one) or _is_named(other))
            for one, other in pairwise(operands)
        )

    def _is_fixed(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.scope.params
        if isinstance(node, ast.Call | ast.Subscript):
            return False
        names = [each.id for each in nodes(node) if isinstance(each, ast.Name)]
        return all([name in self.scope.params for name in names])  # noqa: C419


_last: list[_Speller] = []  # at most one: a scope is asked for all of its conditions in a row
forgets(_last)

#: Indicators spelled out to the end, and how many nodes that took: an expression has its meaning.
_named: dict[int, tuple[Term, int, Expression]] = {}
forgets(_named)


def _is_named(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or any(isinstance(each, ast.Name) for each in nodes(node))
