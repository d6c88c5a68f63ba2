"""Text to a checked expression, or everything that is wrong with it.

In: text of a rule file and what names mean there. Out: an `Expression`, which runs as it is.
Layers, each safe alone: `tokens` bounds the text, Python's parser makes a tree, `check` allows the
node kinds of the grammar and gives every one a kind, and the evaluator knows no others.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from runner.language.check import Checker
from runner.language.expand import Expander
from runner.language.facts import MAX_DEPTH, Facts, depth
from runner.language.lint import warnings
from runner.language.measure import Measures
from runner.language.mixing import Dimensions
from runner.language.tokens import MAX_PROBLEMS, Scan, Token, scan
from runner.language.trial import trials
from runner.language.types import (
    Expression,
    ExpressionError,
    Kind,
    Measure,
    NamedFunction,
    Problem,
    Scope,
)

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
    tree, used = _expanded(tree, place, scope.functions)
    checker = Checker(scope, place)
    facts = checker.wanted(tree, want)
    problems += place.nearest(checker.problems)
    if problems:
        raise ExpressionError(_sorted(problems))
    measures = Measures(scope, place.percents)
    dimensions = Dimensions(text, scope, measures, place)
    warned = (*warnings(tree, scope, measures, place), *dimensions.mixed(tree))
    expression = _expression(text, tree, facts, measures.of(tree), warned)
    return replace(
        expression,
        names=expression.names | used,
        elsewhere=scope.elsewhere,
        dimension=dimensions.of(tree),
        units=dimensions.units(tree, facts.outputs),
    )


def parse_function(name: str, arguments: tuple[str, ...], text: str, scope: Scope) -> NamedFunction:
    """A function of the file whose body is right for some arguments; else raises ExpressionError.

    What a call gives is checked at each call, where the body is written out.
    """
    scanned = scan(text)
    problems = list(scanned.problems)
    if not scanned.parsable:
        raise ExpressionError(_sorted(problems))
    tree, place = _tree(text, scanned)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) as func) if called == name:
                help = "leave the call out: every call is written out before anything runs"
                itself = f"`{name}` cannot call itself"
                problems.append(Problem(*place(func), "unknown-function", itself, help))
                raise ExpressionError(_sorted(problems))
    tree, used = _expanded(tree, place, scope.functions)
    tried: list[list[Problem]] = []
    for trial in trials(tree, arguments, scope):
        checker = Checker(trial, place)
        checker.wanted(tree, None)
        tried.append(checker.problems)
        if not checker.problems:
            break
    fewest = min(tried, key=len)
    problems += fewest
    if problems:
        raise ExpressionError(_sorted(problems))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return NamedFunction(name, arguments, text, tree, frozenset(place.percents), used | named)


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
        start=facts.start,
    )


class _Place:
    """Where a node of the plain text stands in the text as written."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        percents: set[tuple[int, int]] = set()
        self._calls: dict[int, tuple[int, int]] = {}
        at = 0
        for token in tokens:
            if token.percent:
                percents.add((1, at))
            self._starts[at] = token.start
            self._ends[at + len(token.plain)] = token.end
            at += len(token.plain) + 1
        self.percents = percents

    def expanded(self, expander: Expander) -> None:
        """Parts that come from functions stand at the calls of these."""
        self._calls = expander.calls
        self.percents |= expander.percents

    def nearest(self, problems: list[Problem]) -> list[Problem]:
        """Without what is said at a call of something that stands in its brackets."""
        return [
            found
            for found in problems
            if (found.start, found.end) not in self._calls.values()
            or not any(
                found.start < other.start and other.end < found.end and other.name == found.name
                for other in problems
            )
        ]

    def __call__(self, node: ast.AST) -> tuple[int, int]:
        line = getattr(node, "lineno", 1)
        if line in self._calls:
            return self._calls[line]
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


def _expanded(
    tree: ast.expr, place: _Place, functions: Mapping[str, NamedFunction]
) -> tuple[ast.expr, frozenset[str]]:
    """The tree with the file's functions written out, and which of them it calls."""
    if not functions:
        return tree, frozenset()
    expander = Expander(functions, place)
    expanded = expander.visit(tree)
    problems = expander.problems
    if not problems and depth(expanded) > MAX_DEPTH:
        message = f"with its functions written out this is nested more than {MAX_DEPTH} deep"
        help = "name parts of it under `indicators:`"
        problems = [Problem(*place(tree), "too-deep", message, help)]
    if problems:
        raise ExpressionError(_sorted(problems))
    place.expanded(expander)
    return expanded, frozenset(expander.used)


def _advice(text: str) -> str | None:
    return "write `a if condition else b`" if " if " in text and " else " not in text else None


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda found: (found.start, found.end, found.name)))[
        :MAX_PROBLEMS
    ]
