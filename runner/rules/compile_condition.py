"""`when:` to named conditions, all of which must be true."""

from __future__ import annotations

from runner.core.strategy import NamedCondition
from runner.language.parse import Kind, Scope
from runner.rules.bench import Bench, child
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place


def compile_condition(bench: Bench, node: Node | None, scope: Scope) -> tuple[NamedCondition, ...]:
    """All conditions of a `when:`; empty when none is right."""
    if isinstance(node, Scalar):
        return _condition(bench, "", node, scope)
    found: list[NamedCondition] = []
    listed = child(node, "all")
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar):
            found += _condition(bench, "", item, scope)
        elif isinstance(item, Mapping):
            for name, entry in item.entries.items():
                if any(known.name == name for known in found):
                    message = f"another condition is already named `{name}`"
                    bench.refuse(place(entry.key), "R004", message, "choose another name")
                if isinstance(entry.value, Scalar):
                    found += _condition(bench, name, entry.value, scope)
    return tuple(found)


def _condition(bench: Bench, name: str, node: Scalar, scope: Scope) -> tuple[NamedCondition, ...]:
    expression = bench.expression(node, Kind.TRUTH, scope)
    if expression is not None and "profit_r" in expression.names and not bench.has_stop:
        message = "`profit_r` counts multiples of the risk, which only a stop defines"
        bench.refuse(place(node), "R401", message, "add `stop_loss:`, or write `profit`")
    return () if expression is None else (NamedCondition(name, expression),)
