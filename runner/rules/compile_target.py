"""`take_profit:`: one target, or several that close parts, the nearest first."""

from __future__ import annotations

from decimal import Decimal

from runner.core.codes import MOST_TARGETS
from runner.core.strategy import TakeProfit
from runner.language.parse import Expression
from runner.rules import units
from runner.rules.bench import Bench, child, scalar
from runner.rules.compile_distance import distance_of, multiple_of, part_of, price_of
from runner.rules.nodes import Mapping, Node, Sequence, place


def compile_targets(bench: Bench, node: Node | None, quote: str | None) -> tuple[TakeProfit, ...]:
    """Each target on its own, then what they are together."""
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else (node,)
    bench.refuse_more(items, MOST_TARGETS, "targets")
    found = [_target(bench, item, quote) for item in items]
    right = tuple(target for target in found if target is not None)
    if len(right) == len(items) and not _lost_a_key(bench, items):
        _refuse_parts(bench, items, right)
        _refuse_order(bench, items, right)
    return right


def _lost_a_key(bench: Bench, items: tuple[Node, ...]) -> bool:
    """Whether the check of the shape has thrown out a part of a target, as a wrong `close`."""
    written = child(bench.written, "exit", "take_profit")
    before = written.items if isinstance(written, Sequence) else (written,)
    counts = [len(it.entries) for it in before if isinstance(it, Mapping)]
    return counts != [len(it.entries) for it in items if isinstance(it, Mapping)]


def _target(bench: Bench, node: Node, quote: str | None) -> TakeProfit | None:
    """By distance, percentage of the fill, multiple of the risk, or price."""
    distance, price = scalar(node, "distance"), scalar(node, "price")
    written, moves = scalar(node, "close"), scalar(node, "from")
    close = part_of(bench, written)
    if written is not None and close is None:
        return None
    if distance is None:
        level = price_of(bench, price, quote)
        if moves is not None:
            message = "a `price` does not move with the average fill"
            bench.refuse(place(moves), "R110", message, "write a `distance`, or remove `from`")
        return None if level is None else TakeProfit(None, None, None, level, close)
    average = moves is not None
    if units.multiple_of_r(distance.text) is not None:
        multiple = multiple_of(bench, distance)
        return None if multiple is None else TakeProfit(None, None, multiple, None, close, average)
    match distance_of(bench, distance, quote, other_unit="R"):
        case Decimal() as fraction:
            return TakeProfit(None, fraction, None, None, close, average)
        case Expression() as far:
            return TakeProfit(far, None, None, None, close, average)
    return None


def _refuse_parts(bench: Bench, nodes: tuple[Node, ...], targets: tuple[TakeProfit, ...]) -> None:
    """Parts close at most everything, and no target finds nothing left."""
    left = Decimal(1)
    for node, target in zip(nodes, targets, strict=True):
        part = left if target.close is None else target.close
        at = scalar(node, "close") or node
        if left <= 0:
            message = "the targets before it have closed everything"
            bench.refuse(place(at), "R408", message, "write `close: 50%` in them, or remove it")
            return
        left -= part
        if left < 0:
            message = f"the parts close {((1 - left) * 100).normalize():f}% of the position"
            bench.refuse(place(at), "R408", message, "let them sum to 100% at most")
            return


def _refuse_order(bench: Bench, nodes: tuple[Node, ...], targets: tuple[TakeProfit, ...]) -> None:
    """Targets that can be compared stand nearest first."""
    for kind in ("r_multiple", "fraction"):
        before: Decimal | None = None
        for node, target in zip(nodes, targets, strict=True):
            far: Decimal | None = getattr(target, kind)
            at = scalar(node, "distance")
            if far is not None and before is not None and at is not None and far <= before:
                message = f"`{at.text}` is not farther than the target before it"
                bench.refuse(place(at), "R409", message, "write the nearest target first")
            before = far if far is not None else before
