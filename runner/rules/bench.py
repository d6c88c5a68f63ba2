"""What compiling one file holds open: its place in the text, the names in it, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from runner.indicators.table import FUNCTIONS
from runner.language.later import FREE_WORDS, LATER_NAMES
from runner.language.parse import Expression, ExpressionError, Kind, Problem, Scope, parse
from runner.language.types import CLOCK, OWN_NAMES, SERIES, NamedFunction
from runner.model.exchanges.support import Offered
from runner.model.markets import MarketKind
from runner.rules import inside
from runner.rules.diagnostic import CODE_OF_SLUG, Diagnostic, Severity
from runner.rules.nodes import Entry, Mapping, Node, Place, Scalar, place
from runner.rules.params import ParamReader
from runner.rules.shape import NAME
from runner.rules.source import Source

__all__ = ["LATER_NAMES", "Bench", "child", "entry_of", "scalar", "word"]

_Value = TypeVar("_Value")

# Words of the language, and words that Python or other tools would read in their own way.
_WORDS = frozenset(
    (
        *("and", "or", "not", "if", "else", "in", "is", "lambda"),
        *("None", "True", "False", "true", "false", "nan", "inf"),
    )
)


_NAME = re.compile(NAME)


class Bench:
    """One file while it is being compiled."""

    def __init__(self, source: Source, written: Mapping, read: ParamReader) -> None:
        self.source = source
        self.written = written  # the whole file, mistakes included
        self.params = {name: float(param.value) for name, param in read.params.items()}
        self.percents = frozenset(name for name, param in read.params.items() if param.percent)
        self.bounds = {name: (param.low, param.high) for name, param in read.params.items()}
        self.failed = read.declared - set(self.params)  # their own mistake is reported already
        self.used = set(read.inserted)
        self.kind: MarketKind | None = None  # until it is read, or where it is not right
        self.exchange = ""  # the account's, where it is one that we trade at
        self.offered: Offered | None = None  # by it, of markets of `kind`
        self.has_stop = False  # a `stop_loss` is written, right or wrong: R has a meaning
        self.symbols: int | None = (
            None  # as they are written, where all are right and `rank` compares
        )
        self.inputs: set[str] = set()
        self.sessions: set[str] = set()
        self.functions: dict[str, NamedFunction] = {}
        self.indicators: dict[str, Expression] = {}
        self.expressions: list[Expression] = []  # looked back in bars of the file
        self.clock: tuple[str, Place] | None = None  # where the time of day is first asked for
        self.found: list[Diagnostic] = []

    def refuse(self, at: Place, code: str, message: str, help: str) -> None:
        """Notes a mistake."""
        self.found.append(self.source.diagnostic(at, code, message, help))

    def warn(self, at: Place, code: str, message: str, help: str) -> None:
        """Notes what is worth a second look."""
        self.found.append(self.source.diagnostic(at, code, message, help, Severity.WARNING))

    def lost(self, root: Mapping, *path: str) -> bool:
        """Whether something was written there that the check of the shape has thrown out."""
        return child(self.written, *path) is not None and child(root, *path) is None

    def declare_params(self, node: Node | None) -> None:
        """Names of params must mean nothing else."""
        for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
            if not self.is_free(entry.key):
                self.params.pop(name, None)
                self.failed.add(name)

    def scope(self, position: bool = False) -> Scope:
        """What names mean at a bar of the file."""
        return Scope(
            self.params,
            self.indicators,
            self.percents,
            position,
            futures=self.kind is not MarketKind.SPOT,
            sessions=frozenset(self.sessions),
            inputs=frozenset(self.inputs),
            functions=self.functions,
            symbols=self.symbols,
        )

    def position_scope(self) -> Scope:
        """What names mean where a position is held."""
        return self.scope(position=True)

    def elsewhere_scope(self) -> Scope:
        """What names mean at the bars of another timeframe or symbol."""
        return replace(self.scope(), indicators={}, inputs=frozenset(), elsewhere=True)

    def is_new(self, key: Scalar) -> bool:
        """Whether a name is one and nothing in the file has it yet; else that is reported."""
        owners = (
            (self.params, "a param"),
            (self.inputs, "an input"),
            (self.sessions, "a session"),
            (self.functions, "a function"),
        )
        for names, what in owners:
            if key.text in names:
                return self.taken(key, what)
        return self.is_free(key)

    def taken(self, key: Scalar, by: str) -> bool:
        """Reports a name that means something already."""
        message = f"`{key.text}` is already {by}"
        self.refuse(place(key), "R217", message, "choose another name")
        return False

    def is_free(self, key: Scalar) -> bool:
        """Whether a name is one and means nothing yet; else that is reported."""
        name = key.text
        if not _NAME.search(name):
            return False  # the check of the shape has said so
        if name in LATER_NAMES:
            message = f"`{name}` is a word that the language keeps for itself"
            self.refuse(place(key), "R217", message, "choose another name")
            return False
        if name in FUNCTIONS and name not in FREE_WORDS:
            taken = "a function"
        elif name in SERIES:
            taken = "a series of the bars"
        elif name in OWN_NAMES or name in _WORDS:
            taken = "a word of the language"
        else:
            return True
        return self.taken(key, taken)

    def expression(
        self, node: Scalar, want: Kind | None, scope: Scope | None = None
    ) -> Expression | None:
        """The expression of a scalar, or `None` after reporting what is wrong in it."""
        expression = self.parsed(node, want, self.scope() if scope is None else scope)
        if expression is not None:
            self.expressions.append(expression)
        return expression

    def parsed(self, node: Scalar, want: Kind | None, scope: Scope) -> Expression | None:
        """The same, of bars that need not be the file's."""
        try:
            expression = parse(node.text, scope, want)
        except ExpressionError as error:
            for problem in error.problems:
                self.report(node, problem, scope)
            return None
        for warning in expression.warnings:
            at, help = self.place_of(node, warning), warning.help or ""
            self.warn(at, CODE_OF_SLUG[warning.name], warning.message, help)
        if expression.warmup is None:
            help = "use a window of fixed length"
            self.refuse(place(node), "R218", "its value depends on where history begins", help)
            return None
        self.used |= expression.names
        if self.clock is None and not expression.names.isdisjoint(CLOCK):
            self.clock = self._clock_in(node, expression)
        return expression

    def _clock_in(self, node: Scalar, expression: Expression) -> tuple[str, Place]:
        """The first name of the clock in it; a function of the file may hold that."""
        name = next(it for it in CLOCK if it in expression.names)
        found = re.search(rf"\b{name}\b", node.text)
        if found is None or node.inserted:
            return name, place(node)
        return name, inside.stretch(self.source.text, node, *found.span())

    def number(self, value: Decimal) -> Expression:
        """A plain number as an expression."""
        return self.plain(f"{value:f}", Kind.NUMBER)

    def plain(self, text: str, want: Kind) -> Expression:
        """An expression of our own, right and without names of the file."""
        return parse(text, Scope(), want)

    def report(self, node: Scalar, problem: Problem, scope: Scope) -> None:
        """A problem of an expression, unless it follows from one that is reported already."""
        names = list(_names_at(node.text, problem.start))
        name = next(filter(self.failed.__contains__, names), None)
        if name is not None:
            self.used.add(name)
            return
        code, at = CODE_OF_SLUG[problem.name], self.place_of(node, problem)
        ours = next((it for it in names if it in self.indicators or it in self.inputs), None)
        if scope.elsewhere and ours is not None and problem.name == "unknown-name":
            self.used.add(ours)
            message = f"`{ours}` is read at the file's own bars, not at these"
            self.refuse(at, code, message, "write its expression here, or leave it out")
            return
        self.refuse(at, code, problem.message, problem.help or "")

    def place_of(self, node: Scalar, problem: Problem) -> Place:
        """The smallest stretch of the file that is wrong."""
        if node.inserted:
            return place(node)
        return inside.stretch(self.source.text, node, problem.start, problem.end)

    def refuse_more(self, nodes: Sequence[Node], most: int, what: str) -> None:
        """Points at the first of a list that is one too many for the core to hold."""
        if len(nodes) > most:
            message = f"there are {len(nodes)} {what}; at most {most} are allowed"
            self.refuse(place(nodes[most]), "R108", message, f"leave {len(nodes) - most} out")

    def unit(self, node: Scalar, read: Callable[[str], _Value | None], needs: str) -> _Value | None:
        """The number of a scalar with a unit, or `None` after reporting."""
        value = read(node.text)
        if value is None:
            self.refuse(place(node), "R110", f"`{node.text}` is not {needs}", f"write {needs}")
        return value


def _names_at(text: str, at: int) -> Iterator[str]:
    """The name that stands there; of `my-length`, which can be no name, the whole and its parts."""
    for pattern in (r"[\w-]+", r"\w+"):
        yield from (it[0] for it in re.finditer(pattern, text) if it.start() <= at < it.end())


def child(node: Node | None, *path: str) -> Node | None:
    """What stands below a mapping; `None` when a part of the path is not there."""
    for name in path:
        if not isinstance(node, Mapping):
            return None
        entry = node.entries.get(name)
        if entry is None:
            return None
        node = entry.value
    return node


def entry_of(node: Node | None, name: str) -> Entry | None:
    """An entry of a mapping."""
    return node.entries.get(name) if isinstance(node, Mapping) else None


def scalar(node: Node | None, *path: str) -> Scalar | None:
    """The single value below a mapping."""
    found = child(node, *path)
    return found if isinstance(found, Scalar) else None


def word(node: Node | None, *path: str) -> str | None:
    """The text of the single value below a mapping."""
    found = scalar(node, *path)
    return found.text if found else None
