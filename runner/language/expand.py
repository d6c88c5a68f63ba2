"""Functions that a rule file declares: every call becomes what its body says, before any check.

In: a parsed tree and the functions. Out: a tree without calls of them, in which every part still
knows where it stands: arguments at their own place, the rest at the call. A body can call only
functions that were declared before it, so that nothing ever calls itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from runner.language.types import NamedFunction, Problem

Place = Callable[[ast.AST], tuple[int, int]]

#: Parts of one expression after its calls were replaced; 400 symbols make far fewer.
MOST_PARTS = 2_000


class Expander(ast.NodeTransformer):
    """One tree being expanded; `calls` and `percents` tell the places of what comes from bodies.

    Parts of one body and call share a line number of their own, above the 1 of the text itself.
    """

    def __init__(self, functions: Mapping[str, NamedFunction], place: Place) -> None:
        self.problems: list[Problem] = []
        self.used: set[str] = set()
        self.calls: dict[int, tuple[int, int]] = {}
        self.percents: set[tuple[int, int]] = set()
        self._functions = functions
        self._place = place

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Arguments first: they may be calls as well."""
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        function = self._functions.get(name)
        if function is None or self.problems:
            return node
        self.used.add(name)
        if node.keywords or len(node.args) != len(function.arguments):
            count = len(function.arguments)
            message = f"`{name}` takes {count} argument{'s' * (count != 1)} by position"
            return self._refuse(node, "wrong-arguments", message, f"write `{function.signature}`")
        given = dict(zip(function.arguments, node.args, strict=True))
        if _parts(function.tree, given) > MOST_PARTS:
            message = f"with its functions written out this has more than {MOST_PARTS} parts"
            return self._refuse(node, "too-long", message, "name parts of it under `indicators:`")
        return _Instance(self, function, given, self._place(node)).of(function.tree)

    def line_of(self, at: tuple[int, int]) -> int:
        """A new line number for parts that stand at the call there."""
        line = len(self.calls) + 2
        self.calls[line] = at
        return line

    def _refuse(self, node: ast.Call, name: str, message: str, help: str) -> ast.expr:
        self.problems.append(Problem(*self._place(node), name, message, help))
        return node


class _Instance:
    """The body of one function for one call."""

    def __init__(
        self,
        whole: Expander,
        function: NamedFunction,
        given: Mapping[str, ast.expr],
        at: tuple[int, int],
    ) -> None:
        self._whole = whole
        self._function = function
        self._given = given
        self._at = at
        self._lines: dict[int, int] = {}  # of the body: those here

    def of(self, node: ast.expr) -> ast.expr:
        """A part of the body with the arguments in place of their names."""
        if isinstance(node, ast.Name) and node.id in self._given:
            return self._given[node.id]
        if node.lineno not in self._lines:
            self._lines[node.lineno] = self._whole.line_of(self._at)
        line = self._lines[node.lineno]
        if (node.lineno, node.col_offset) in self._function.percents:
            self._whole.percents.add((line, node.col_offset))
        copy: ast.expr = type(node)(
            **{name: self._field(value) for name, value in ast.iter_fields(node)},
            lineno=line,
            col_offset=node.col_offset,
            end_lineno=line,
            end_col_offset=node.end_col_offset,
        )
        return copy

    def _field(self, value: object) -> object:
        if isinstance(value, list):
            return [self._field(each) for each in value]
        return self.of(value) if isinstance(value, ast.expr) else value


def _parts(body: ast.expr, given: Mapping[str, ast.expr]) -> int:
    """How many nodes a call becomes."""
    sizes = {name: sum(1 for _ in ast.walk(tree)) for name, tree in given.items()}
    return sum(
        sizes.get(node.id, 1) if isinstance(node, ast.Name) else 1 for node in ast.walk(body)
    )
