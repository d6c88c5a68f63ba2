"""Text to a checked expression, or everything that is wrong with it.

In: text of a rule file and what names mean there. Out: an `Expression`, which runs as it is.
Layers, each safe alone: `tokens` bounds the text, Python's parser makes a tree, `check` allows the
node kinds of the grammar and gives every one a kind, and the evaluator knows no others.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain

from runner.language.check import Checker
from runner.language.expand import Expander
from runner.language.facts import MAX_DEPTH
from runner.language.lint import warnings
from runner.language.measure import Measures
from runner.language.mixing import Dimensions
from runner.language.tokens import MAX_PROBLEMS, Scan, Token, scan
from runner.language.trees import depth, levels, nodes
from runner.language.trial import trials
from runner.language.types import (
    RANK,
    Expression,
    ExpressionError,
    Kind,
    Measure,
    NamedFunction,
    Problem,
    Scope,
)
from runner.model.values import dataclass

__all__ = ["Expression", "ExpressionError", "Kind", "Measure", "Problem", "Scope", "parse"]

#: Texts, and texts with what their names mean, that are kept: those of some hundred files.
_KEPT = 4096


def parse(text: str, scope: Scope, want: Kind | None) -> Expression:
    """Checks completely; raises ExpressionError with all problems found.

    `want`: what the place needs; `None` takes any kind. A right expression means what the names in
    it mean, so one that has been seen with the same names is not looked at again.
    """
    readable = _read(text)
    if scope.functions and any(name in scope.functions for name in readable.names):
        return _judged(_read_anew(text), scope, want)  # its tree is rewritten
    return _checked(readable, want, _told(readable, scope))


@dataclass(frozen=True, slots=True)
class _Readable:
    """A text and its tree, whatever its names mean."""

    text: str
    problems: tuple[Problem, ...]
    tree: ast.expr
    place: _Place
    names: tuple[str, ...]  # each once
    own: bool  # its tree is no other's

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclass(frozen=True, slots=True)
class _Told:
    """A scope, and in `names` all that it tells of those in one text; this alone tells it apart.

    An indicator is what was parsed, itself: what its own names mean was settled there, so nobody
    looks at them again. `indicators` keeps them, and so their identities, alive.
    """

    names: tuple[object, ...]
    indicators: tuple[Expression, ...]
    scope: Scope

    def __hash__(self) -> int:
        return hash(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Told) and self.names == other.names


def _told(readable: _Readable, scope: Scope) -> _Told:
    names = readable.names
    named = [name for name in names if name in scope.indicators]
    indicators = tuple([scope.indicators[name] for name in named])
    params = [
        (name, scope.params[name], name in scope.percents) for name in names if name in scope.params
    ]
    meanings = (
        tuple(params),
        tuple(named),
        tuple(map(id, indicators)),
        (scope.position, scope.futures, scope.elsewhere),
        scope.sessions and scope.sessions.intersection(names),
        scope.inputs and scope.inputs.intersection(names),
        scope.symbols if RANK in names else None,
    )
    return _Told(meanings, indicators, scope)


@lru_cache(_KEPT)
def _checked(readable: _Readable, want: Kind | None, told: _Told) -> Expression:
    """The expression in a scope, of which only its own names and what they name matter."""
    return _judged(readable, told.scope, want)


def _judged(readable: _Readable, scope: Scope, want: Kind | None) -> Expression:
    place = readable.place
    tree, used = _expanded(readable.tree, place, scope.functions if readable.own else {})
    checker = Checker(scope, place)
    facts = checker.wanted(tree, want)
    problems = [*readable.problems, *place.nearest(checker.problems)]
    if problems:
        raise ExpressionError(_sorted(problems))
    measures = Measures(scope, place.percents)
    dimensions = Dimensions(readable.text, scope, measures, place)
    if facts.kind is None:
        raise AssertionError("a checked expression has a kind")
    return Expression(
        readable.text,
        tree,
        facts.kind,
        facts.lookback,
        facts.warmup,
        _names(tree) - (facts.called - {RANK}) | used,  # it tells of the symbols
        facts.outputs,
        facts.constant,
        (*warnings(tree, scope, place), *dimensions.mixed(tree)),
        measures.of(tree),
        facts.position,
        scope.elsewhere,
        dimensions.of(tree),
        dimensions.units(tree, facts.outputs),
        facts.start,
    )


def _names(tree: ast.expr) -> frozenset[str]:
    return frozenset([node.id for node in nodes(tree) if isinstance(node, ast.Name)])


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


def _read_anew(text: str, own: bool = True) -> _Readable:
    """The tree of a text, or all that can be said without knowing any name."""
    scanned = scan(text)
    if not scanned.parsable:
        raise ExpressionError(_sorted(list(scanned.problems)))
    tree, place = _tree(text, scanned)
    found = levels(tree)
    if depth(found) > MAX_DEPTH:
        message = f"the expression is nested more than {MAX_DEPTH} deep"
        deep = Problem(0, len(text), "too-deep", message, "name parts of it under `indicators:`")
        raise ExpressionError(_sorted([*scanned.problems, deep]))
    every = chain.from_iterable(found)
    names = dict.fromkeys(node.id for node in every if isinstance(node, ast.Name))
    return _Readable(text, scanned.problems, tree, place, tuple(names), own)


@lru_cache(_KEPT)
def _read(text: str) -> _Readable:
    return _read_anew(text, own=False)


def _tree(text: str, scanned: Scan) -> tuple[ast.expr, _Place]:
    place = _Place(scanned.tokens)
    try:
        tree = ast.parse(" ".join(token.plain for token in scanned.tokens), mode="eval").body
    except SyntaxError as error:
        start, end = place.near((error.offset or 1) - 1)
        message = "the expression cannot be read from here on"
        found = Problem(start, end, "syntax", message, _advice(text))
        raise ExpressionError(_sorted([*scanned.problems, found])) from None
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
    if not problems and depth(levels(expanded)) > MAX_DEPTH:
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
