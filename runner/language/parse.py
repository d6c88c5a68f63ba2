"""Text to a checked expression, or everything that is wrong with it.

In: text of a rule file and what names mean there. Out: an `Expression`, which runs as it is.
Layers, each safe alone: `tokens` bounds the text, Python's parser makes a tree, `check` allows the
node kinds of the grammar and gives every one a kind, and the evaluator knows no others.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from runner.language.check import Checker
from runner.language.facts import MAX_DEPTH, Facts, depth
from runner.language.lint import warnings
from runner.language.measure import Measures
from runner.language.tokens import MAX_PROBLEMS, Scan, Token, scan
from runner.language.types import Expression, ExpressionError, Kind, Measure, Problem, Scope

__all__ = ["Expression", "ExpressionError", "Kind", "Measure", "Problem", "Scope", "parse"]


def parse(text: str, scope: Scope, want: Kind | None) -> Expression:
    """Checks completely; raises ExpressionError with all problems found.

    `want`: what the place needs; `None` takes any kind.
    """
    scanned = scan(text)
    problems = list(scanned.problems)
    if not scanned.parsable:
        raise ExpressionError(_sorted(problems))
    tree, place = _tree(text, scanned)
    checker = Checker(scope, place)
    facts = checker.wanted(tree, want)
    problems += checker.problems
    if problems:
        raise ExpressionError(_sorted(problems))
    measures = Measures(scope, place.percents)
    warned = tuple(warnings(tree, scope, measures, place))
    expression = _expression(text, tree, facts, measures.of(tree), warned)
    return replace(expression, elsewhere=True) if scope.elsewhere else expression


def _expression(
    text: str, tree: ast.expr, facts: Facts, measure: Measure, warned: tuple[Problem, ...]
) -> Expression:
    if facts.kind is None:
        raise AssertionError("a checked expression has a kind")
    return Expression(
        text=text,
        tree=tree,
        kind=facts.kind,
        lookback=facts.lookback,
        warmup=facts.warmup,
        names=frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        - facts.called,
        outputs=facts.outputs,
        constant=facts.constant,
        warnings=warned,
        measure=measure,
        reads_position=facts.position,
    )


class _Place:
    """Where a node of the plain text stands in the text as written."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        percents: set[int] = set()
        at = 0
        for token in tokens:
            if token.percent:
                percents.add(at)
            self._starts[at] = token.start
            self._ends[at + len(token.plain)] = token.end
            at += len(token.plain) + 1
        self.percents = frozenset(percents)

    def __call__(self, node: ast.AST) -> tuple[int, int]:
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        return self._starts[start], self._ends[end]

    def near(self, column: int) -> tuple[int, int]:
        """The token that begins at or before a column of the plain text."""
        starts = [start for start in self._starts if start <= column] or [0]
        at = starts[-1]
        return self._starts[at], next(end for plain, end in self._ends.items() if plain > at)


def _tree(text: str, scanned: Scan) -> tuple[ast.expr, _Place]:
    place = _Place(scanned.tokens)
    try:
        tree = ast.parse(" ".join(token.plain for token in scanned.tokens), mode="eval").body
    except SyntaxError as error:
        start, end = place.near((error.offset or 1) - 1)
        message = "the expression cannot be read from here on"
        found = Problem(start, end, "syntax", message, _advice(text))
        raise ExpressionError(_sorted([*scanned.problems, found])) from None
    if depth(tree) > MAX_DEPTH:
        message = f"the expression is nested more than {MAX_DEPTH} deep"
        found = Problem(0, len(text), "too-deep", message, "name parts of it under `indicators:`")
        raise ExpressionError(_sorted([*scanned.problems, found]))
    return tree, place


def _advice(text: str) -> str | None:
    return "write `a if condition else b`" if " if " in text and " else " not in text else None


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda found: (found.start, found.end, found.name)))[
        :MAX_PROBLEMS
    ]
