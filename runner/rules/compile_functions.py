"""`functions:` to named expressions with arguments."""

from __future__ import annotations

from dataclasses import replace

from runner.language.parse import ExpressionError, parse_function
from runner.language.types import NamedFunction, Problem
from runner.rules.bench import Bench, child, entry_of, scalar
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place


def compile_functions(bench: Bench, root: Mapping) -> tuple[NamedFunction, ...]:
    """In file order, later ones may call earlier ones; the wrong ones are remembered as failed."""
    node, written = child(root, "functions"), child(bench.written, "functions")
    for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
        value = scalar(entry.value, "value")
        arguments = _arguments(bench, name, child(entry.value, "arguments"))
        if not bench.is_new(entry.key) or value is None or arguments is None:
            continue
        function = _function(bench, name, arguments, value)
        if function is not None:
            bench.functions[name] = function
    if isinstance(written, Mapping):
        bench.failed |= set(written.entries) - set(bench.functions)
    return tuple(bench.functions.values())


def _function(
    bench: Bench, name: str, arguments: tuple[Scalar, ...], value: Scalar
) -> NamedFunction | None:
    scope, names = bench.position_scope(), tuple(argument.text for argument in arguments)
    try:
        function = parse_function(name, names, value.text, scope)
    except ExpressionError as error:
        for problem in error.problems:
            bench.report(value, _of_an_indicator(bench, problem), scope)
        return None
    bench.used |= function.names
    for argument in arguments:
        if argument.text not in function.names:
            message = f"the argument `{argument.text}` is never used"
            bench.warn(place(argument), "R501", message, "remove it, also where it is called")
    return function


def _of_an_indicator(bench: Bench, problem: Problem) -> Problem:
    """Indicators may call functions and so come after them."""
    word = problem.message.split("`")[1] if "`" in problem.message else ""
    if problem.name != "unknown-name" or entry_of(child(bench.written, "indicators"), word) is None:
        return problem
    help = "indicators come after functions: make it an argument, and hand it over in the call"
    return replace(problem, help=help)


def _arguments(bench: Bench, name: str, node: Node | None) -> tuple[Scalar, ...] | None:
    """Names that mean nothing else; `None` where one of them does."""
    if not isinstance(node, Sequence):
        return None
    found: list[Scalar] = []
    for item in node.items:
        if not isinstance(item, Scalar):
            return None
        if item.text == name or any(item.text == known.text for known in found):
            bench.taken(item, "the function" if item.text == name else "an argument")
            return None
        if not bench.is_new(item):
            return None
        found.append(item)
    return tuple(found)
