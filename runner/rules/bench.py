"""What compiling one file holds open: its place in the text, the names in it, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeVar

from runner.indicators.table import FUNCTIONS
from runner.language.later import LATER_ARITHMETIC, LATER_NAMES
from runner.language.parse import Expression, ExpressionError, Kind, Problem, Scope, parse
from runner.language.types import SERIES
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
        self.indicators: dict[str, Expression] = {}
        self.expressions: list[Expression] = []
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

    def declare_indicators(self, node: Node | None) -> None:
        """Named expressions in file order; the wrong ones are remembered as failed."""
        written = child(self.written, "indicators")
        names = set(written.entries) if isinstance(written, Mapping) else set()
        for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
            value = entry.value if isinstance(entry.value, Scalar) else scalar(entry.value, "value")
            free = name not in self.params or self.taken(entry.key, "a param")
            if free and self.is_free(entry.key) and value is not None:
                expression = self.expression(value, None)
                if expression is not None:
                    self.indicators[name] = expression
        self.failed |= names - set(self.indicators)

    def taken(self, key: Scalar, by: str) -> bool:
        """Reports a name that means something already."""
        message = f"`{key.text}` is already {by}"
        self.refuse(place(key), "R217", message, "choose another name")
        return False

    def is_free(self, key: Scalar) -> bool:
        """Whether a name is one and means nothing yet; else that is reported."""
        name = key.text
        if not re.search(NAME, name):
            return False  # the check of the shape has said so
        if name in LATER_NAMES - LATER_ARITHMETIC:
            message = f"`{name}` will be a word of the language in a later version"
            self.refuse(place(key), "R217", message, "choose another name")
            return False
        if name in FUNCTIONS:
            taken = "a function"
        elif name in SERIES:
            taken = "a series of the bars"
        elif name in _WORDS:
            taken = "a word of the language"
        else:
            return True
        return self.taken(key, taken)

    def expression(self, node: Scalar, want: Kind | None) -> Expression | None:
        """The expression of a scalar, or `None` after reporting what is wrong in it."""
        try:
            scope = Scope(self.params, self.indicators, self.percents)
            expression = parse(node.text, scope, want)
        except ExpressionError as error:
            for problem in error.problems:
                self.report(node, problem)
            return None
        for warning in expression.warnings:
            at, help = self.place_of(node, warning), warning.help or ""
            self.warn(at, CODE_OF_SLUG.get(warning.name, "R200"), warning.message, help)
        if expression.warmup is None:
            help = "use a window of fixed length"
            self.refuse(place(node), "R218", "its value depends on where history begins", help)
            return None
        self.used |= expression.names
        self.expressions.append(expression)
        return expression

    def number(self, value: Decimal) -> Expression:
        """A plain number as an expression."""
        return parse(f"{value:f}", Scope({}, {}), Kind.NUMBER)

    def report(self, node: Scalar, problem: Problem) -> None:
        """A problem of an expression, unless it follows from one that is reported already."""
        name = next(filter(self.failed.__contains__, _names_at(node.text, problem.start)), None)
        if name is not None:
            self.used.add(name)
            return
        code = CODE_OF_SLUG.get(problem.name, "R200")
        self.refuse(self.place_of(node, problem), code, problem.message, problem.help or "")

    def place_of(self, node: Scalar, problem: Problem) -> Place:
        """The smallest stretch of the file that is wrong."""
        if node.inserted:
            return place(node)
        return inside.stretch(self.source.text, node, problem.start, problem.end)

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
        entry = entry_of(node, name)
        node = entry.value if entry else None
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
