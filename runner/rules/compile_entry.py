"""`entry:` and `exit:` to conditions, a size, a stop and a target."""

from __future__ import annotations

from dataclasses import dataclass

from runner.core.strategy import (
    Fire,
    NamedCondition,
    Size,
    StopLoss,
    TakeProfit,
)
from runner.language.parse import Kind
from runner.rules.bench import Bench, child, entry_of, scalar
from runner.rules.compile_exit import compile_stop, compile_target
from runner.rules.compile_size import compile_size
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place
from runner.rules.symbols import Pair


@dataclass(frozen=True, slots=True)
class Rules:
    """What a file wants: when to buy, how much, and what ends the position."""

    entry: tuple[NamedCondition, ...]
    fire: Fire
    size: Size
    stop_loss: StopLoss | None
    take_profit: TakeProfit | None
    exit: tuple[NamedCondition, ...]


def compile_rules(bench: Bench, root: Mapping, pair: Pair | None) -> Rules | None:
    """`entry:` and `exit:` together; `None` when what must be there is not right."""
    entry_node, exit_node = child(root, "entry", "long"), child(root, "exit")
    entry = compile_condition(bench, child(entry_node, "when"))
    size = compile_size(bench, child(entry_node, "size"), pair)
    stop_node = child(exit_node, "stop_loss")
    risk = entry_of(child(entry_node, "size"), "risk")
    if risk is not None and stop_node is None and not bench.lost(root, "exit", "stop_loss"):
        message = "`risk` is measured to the stop, and there is no `stop_loss`"
        help = "add `exit: {stop_loss: {distance: 2 * atr(14)}}`, or size by `equity`"
        bench.refuse(place(risk.key), "R401", message, help)
    quote = pair.quote if pair else None
    stop = compile_stop(bench, stop_node, quote)
    has_stop = stop_node is not None or bench.lost(root, "exit", "stop_loss")
    target = compile_target(bench, child(exit_node, "take_profit"), has_stop, quote)
    leave = compile_condition(bench, child(exit_node, "long", "when"))
    if size is None or not entry:
        return None
    return Rules(entry, compile_fire(entry_node), size, stop, target, leave)


def compile_condition(bench: Bench, node: Node | None) -> tuple[NamedCondition, ...]:
    """`when:` as named conditions, all of which must be true; empty when none is right."""
    if isinstance(node, Scalar):
        return _condition(bench, "", node)
    found: list[NamedCondition] = []
    listed = child(node, "all")
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar):
            found += _condition(bench, "", item)
        elif isinstance(item, Mapping):
            for name, entry in item.entries.items():
                if any(known.name == name for known in found):
                    message = f"another condition is already named `{name}`"
                    bench.refuse(place(entry.key), "R004", message, "choose another name")
                if isinstance(entry.value, Scalar):
                    found += _condition(bench, name, entry.value)
    return tuple(found)


def _condition(bench: Bench, name: str, node: Scalar) -> tuple[NamedCondition, ...]:
    expression = bench.expression(node, Kind.TRUTH)
    return () if expression is None else (NamedCondition(name, expression),)


def compile_fire(node: Node | None) -> Fire:
    """`fire:`, a rise unless the file says otherwise."""
    written = scalar(node, "fire")
    return Fire(written.text) if written else Fire.ON_RISE
