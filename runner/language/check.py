"""Gives every node of a tree a kind, a lookback and a warm-up, or says why it has none.

Only the node kinds named here exist; every branch is visited, reached or not.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from runner.indicators.table import MAX_LENGTH
from runner.language.calls import Calls
from runner.language.facts import MAX_LOOKBACK, UNKNOWN, Facts, calculated, joined, plus
from runner.language.levels import of_operator
from runner.language.types import AT_ENTRY, Kind
from runner.language.words import listed, quoted

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class Checker(Calls):
    """Facts of everything that is no name and no call, on top of those."""

    def wanted(self, tree: ast.expr, want: Kind | None) -> Facts:
        """Facts of the whole expression, which has to give `want`."""
        facts = self._facts(tree) if want is None else self._of_kind(tree, want)
        if facts.lookback > MAX_LOOKBACK:
            looks = f"the expression looks back {facts.lookback} bars"
            message = f"{looks}; at most {MAX_LOOKBACK} are allowed"
            self._refuse(tree, "out-of-range", message, None)
        called = frozenset(self._called)
        return Facts(
            facts.kind,
            facts.lookback,
            facts.warmup,
            facts.constant,
            facts.outputs,
            called,
            facts.position,
            facts.start,
        )

    def _facts(self, node: ast.AST) -> Facts:
        facts = _FACTS.get(type(node))
        if facts is None:
            return self._refuse(node, "not-in-language", "this is not part of the language", None)
        return facts(self, node)

    def _joined(self, node: ast.BoolOp) -> Facts:
        return joined(Kind.TRUTH, *[self._of_kind(value, Kind.TRUTH) for value in node.values])

    def _constant(self, node: ast.Constant) -> Facts:
        if isinstance(node.value, bool):
            return Facts(Kind.TRUTH)
        if isinstance(node.value, int | float):
            return Facts(Kind.NUMBER, constant=float(node.value))
        return self._refuse(node, "not-in-language", "only numbers can be written out", None)

    def _sign(self, node: ast.UnaryOp) -> Facts:
        if isinstance(node.op, ast.Not):
            return joined(Kind.TRUTH, self._of_kind(node.operand, Kind.TRUTH))
        if not isinstance(node.op, ast.USub):
            return self._refuse(
                node,
                "not-in-language",
                "a plus sign stands only between two numbers",
                "leave it out",
            )
        facts = self._of_kind(node.operand, Kind.NUMBER)
        return facts if facts.constant is None else replace(facts, constant=-facts.constant)

    def _arithmetic(self, node: ast.BinOp) -> Facts:
        if not isinstance(node.op, _ARITHMETIC):
            return self._refuse(
                node, "not-in-language", "this operator is not part of the language", None
            )
        left, right = self._moving(node.left, Kind.NUMBER), self._moving(node.right, Kind.NUMBER)
        if isinstance(node.op, ast.Div) and right.constant == 0:
            return self._refuse(
                node.right, "out-of-range", "a division by zero is undefined at every bar", None
            )
        start, refused = of_operator(node.op, left.start, right.start)
        if refused is not None:
            return self._level(node, refused)
        both = joined(Kind.NUMBER, left, right)
        if both.start != start:
            both = replace(both, start=start)
        if left.constant is None or right.constant is None:
            return both
        constant = calculated(node.op, left.constant, right.constant)
        if not math.isfinite(constant):
            return self._refuse(node, "out-of-range", "this number is too large", None)
        return Facts(both.kind, constant=constant)

    def _comparison(self, node: ast.Compare) -> Facts:
        operands = [node.left, *node.comparators]
        if not all([isinstance(operator, _COMPARISONS) for operator in node.ops]):  # noqa: C419
            return self._refuse(
                node, "not-in-language", "this comparison is not part of the language", None
            )
        found = [self._facts(operand) for operand in operands]
        if Kind.TRUTH in [part.kind for part in found]:
            help = "join conditions with `and`, `or`, `not`"
            return self._refuse(node, "not-a-number", "conditions are not compared", help)
        for operand, part in zip(operands, found, strict=True):
            if part.start is not None and any(it.start != part.start for it in found if it.kind):
                return self._level(operand, part.start)
        both = joined(
            Kind.TRUTH,
            *[part if part.kind is not Kind.OUTPUTS else self._of_kind(operand, Kind.NUMBER)
              for operand, part in zip(operands, found, strict=True)],
        )  # fmt: skip
        return both if both.start is None else replace(both, start=None)

    def _choice(self, node: ast.IfExp) -> Facts:
        test = self._of_kind(node.test, Kind.TRUTH)
        body = self._facts(node.body)
        if body.kind is Kind.OUTPUTS:
            body = self._of_kind(node.body, Kind.NUMBER)
        if body.kind is None:
            self._facts(node.orelse)
            return UNKNOWN
        orelse = self._moving(node.orelse, body.kind)
        if body.start != orelse.start and (one := body.start or orelse.start):
            return self._level(node, one)
        return joined(body.kind, test, body, orelse)

    def _past(self, node: ast.Subscript) -> Facts:
        facts = self._facts(node.value)
        bars = self._bars_back(node.slice)
        if facts.kind is Kind.OUTPUTS:
            output = facts.outputs[0]
            help = f"write `{ast.unparse(node.value)}.{output}[n]`"[:300]
            written = quoted(ast.unparse(node.value))
            return self._refuse(node, "which-output", f"{written} has several outputs", help)
        if facts.kind is None or bars is None:
            return UNKNOWN
        if facts.constant is not None:
            return self._refuse(
                node, "not-in-language", "a constant has no past", "leave `[n]` out"
            )
        if facts.position:
            help = "write `at_entry(x[n])`" if _is_at_entry(node.value) else "leave `[n]` out"
            return self._refuse(node, "not-in-language", "the position has no past", help)
        return Facts(facts.kind, facts.lookback + bars, plus(facts.warmup, bars), start=facts.start)

    def _bars_back(self, node: ast.expr) -> int | None:
        help = "`x[n]` is the value n bars ago; n is a number or a param, 0 or more"
        value = self._written(node)
        if value is None:
            message = "a look-back is written out or a param"
            self._refuse(node, "computed-lookback", message, help)
            return None
        if value < 0:
            self._refuse(node, "negative-lookback", "there is no look into the future", help)
            return None
        if value != int(value) or value > MAX_LENGTH:
            message = f"a look-back is a whole number from 0 to {MAX_LENGTH}, not {value:.12g}"
            self._refuse(node, "out-of-range", message, help)
            return None
        return int(value)

    def _output(self, node: ast.Attribute) -> Facts:
        facts = self._facts(node.value)
        if facts.kind is None:
            return UNKNOWN
        if node.attr in facts.outputs:
            return Facts(Kind.NUMBER, facts.lookback, facts.warmup, start=facts.start)
        written = quoted(ast.unparse(node.value))
        if not facts.outputs:
            return self._refuse(
                node,
                "unknown-output",
                f"{written} has no outputs",
                f"leave {quoted('.' + node.attr)} out",
            )
        message = f"{written} has no output {quoted(node.attr)}"
        return self._refuse(
            node, "unknown-output", message, f"write one of {listed(facts.outputs)}"
        )


#: What there is in the language.
_FACTS: dict[type[ast.AST], Callable[[Checker, Any], Facts]] = {
    ast.Attribute: Checker._output,
    ast.BinOp: Checker._arithmetic,
    ast.BoolOp: Checker._joined,
    ast.Call: Checker._call,
    ast.Compare: Checker._comparison,
    ast.Constant: Checker._constant,
    ast.IfExp: Checker._choice,
    ast.Name: Checker._name,
    ast.Subscript: Checker._past,
    ast.UnaryOp: Checker._sign,
}


def _is_at_entry(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == AT_ENTRY
    )
