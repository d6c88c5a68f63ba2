"""What the checks of all node kinds share: problems, kinds, and numbers that are written out."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable

from runner.indicators.table import FUNCTIONS
from runner.language.facts import UNKNOWN, Facts
from runner.language.later import NEVER
from runner.language.levels import Start, advice
from runner.language.types import AT_ENTRY, IN_SESSION, RANK, Kind, Problem, Scope
from runner.language.words import listed, quoted

Place = Callable[[ast.AST], tuple[int, int]]

#: Functions that no table of series holds, as they are written.
SPECIAL = {AT_ENTRY: "at_entry(x)", IN_SESSION: "in_session(name)", RANK: "rank(x)"}


class Walk(ABC):
    """One walk over one tree, collecting problems; the node kinds come with the classes below."""

    def __init__(self, scope: Scope, place: Place) -> None:
        self.problems: list[Problem] = []
        self._scope = scope
        self._place = place
        self._called: set[str] = set()

    @abstractmethod
    def _facts(self, node: ast.AST) -> Facts:
        """What is known of any node."""

    def _refuse(self, node: ast.AST, name: str, message: str, help: str | None) -> Facts:
        self.problems.append(Problem(*self._place(node), name, message, help))
        return UNKNOWN

    def _later(self, node: ast.AST, word: str) -> Facts:
        if word in NEVER:
            message = f"what `{word}` gives depends on where the history begins"
            return self._refuse(node, "unsupported", message, NEVER[word])
        return self._refuse(node, "unsupported", f"not supported yet: `{word}`", "remove it")

    def _known_functions(self) -> tuple[str, ...]:
        """Names that can be called here, for suggestions."""
        scope = self._scope
        ranks, sessions = not scope.elsewhere, bool(scope.sessions)
        special = ((AT_ENTRY, scope.position), (IN_SESSION, sessions), (RANK, ranks))
        names = (*FUNCTIONS, *self._scope.functions)
        return (*names, *(name for name, known in special if known))

    def _of_kind(self, node: ast.AST, want: Kind) -> Facts:
        facts = self._moving(node, want)
        return self._level(node, facts.start) if facts.start else facts

    def _level(self, node: ast.AST, start: Start) -> Facts:
        """A level where its start does not cancel out."""
        message = f"the level of {quoted(start.text)} depends on where the history begins"
        return self._refuse(node, "endless-warmup", message, advice(start))

    def _moving(self, node: ast.AST, want: Kind) -> Facts:
        """As `_of_kind`, of what may be a level: who asks looks at its start."""
        facts = self._facts(node)
        if facts.kind is want or facts.kind is None:
            return facts
        written = quoted(ast.unparse(node))
        if facts.kind is Kind.OUTPUTS:
            choices = listed(f"{ast.unparse(node)}.{output}" for output in facts.outputs)
            return self._refuse(
                node,
                "which-output",
                f"{written} has several outputs",
                f"write one of {choices}"[:300],
            )
        if want is Kind.TRUTH:
            help = "compare it, as in `rsi(close, 14) < 30`"
            return self._refuse(
                node, "not-a-condition", f"{written} is a number where a condition is needed", help
            )
        help = "write `1 if condition else 0` for a number"
        return self._refuse(
            node, "not-a-number", f"{written} is a condition where a number is needed", help
        )

    def _written(self, node: ast.expr) -> float | None:
        """A number that is written out or a param; the only form that bounds and windows take."""
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
            return None
        match node:
            case ast.Name(id=name) if name in self._scope.params:
                return float(self._scope.params[name])
            case ast.UnaryOp(op=ast.USub()):
                operand = self._written(node.operand)
                return None if operand is None else -operand
        return None
