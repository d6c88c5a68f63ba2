"""`add:` of an entry: by a condition, or a ladder of safety orders below the first fill."""

from __future__ import annotations

from decimal import Decimal

from runner.core.codes import MOST_LADDER
from runner.core.strategy import AddRule, SafetyOrder
from runner.rules import units
from runner.rules.bench import Bench, child, scalar
from runner.rules.compile_account import count
from runner.rules.compile_condition import compile_condition
from runner.rules.compile_distance import part_of
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place

#: The largest add, as a multiple of the first entry.
_LARGEST = Decimal(10)


def compile_add(bench: Bench, node: Node | None) -> AddRule | None:
    """Adds where a condition, which may read the position, is true."""
    if not isinstance(node, Mapping):
        return None
    when = compile_condition(bench, child(node, "when"), bench.position_scope())
    most = count(bench, scalar(node, "max"), "3")
    size = scalar(node, "size")
    same = size is None or size.text == "same"
    fraction = Decimal(1) if same else part_of(bench, size, _LARGEST)
    return None if not when or most is None or fraction is None else AddRule(when, most, fraction)


def compile_ladder(bench: Bench, node: Node | None) -> tuple[SafetyOrder, ...]:
    """Safety orders, each deeper than the one before."""
    found: list[SafetyOrder] = []
    items = node.items if isinstance(node, Sequence) else ()
    bench.refuse_more(items, MOST_LADDER, "safety orders")
    for item in items:
        at, fraction = scalar(item, "at"), part_of(bench, scalar(item, "size"), _LARGEST)
        distance = _distance(bench, at)
        if at is None or distance is None:
            continue
        if found and distance <= found[-1].distance:
            message = f"`{at.text}` is not deeper than the order before it"
            bench.refuse(place(at), "R409", message, "write the nearest order first")
        if fraction is not None:
            found.append(SafetyOrder(distance, fraction))
    return tuple(found)


def _distance(bench: Bench, node: Scalar | None) -> Decimal | None:
    """`-1%`: one percent against the position."""
    written = bench.unit(node, units.signed_percentage, "a percentage") if node else None
    if node is None or written is None or -1 < written < 0:
        return None if written is None else -written
    message = f"`{node.text}` is not below 0% and above -100%"
    help = f"a safety order lies against the position: write `-{node.text.lstrip('-')}`"
    if abs(written) >= 1 or not written:
        help = "write `-1%`"
    bench.refuse(place(node), "R111", message, help)
    return None
