"""`protections:`: what pauses entries, and for how long."""

from __future__ import annotations

from runner.core.protections import Cooldown, DailyLoss, Guard, Lasting, MaxDrawdown, StoplossGuard
from runner.rules import units
from runner.rules.bench import Bench, child, scalar, word
from runner.rules.compile_account import count
from runner.rules.compile_distance import part_of
from runner.rules.compile_market import Traded, whole_bars
from runner.rules.nodes import Mapping, Node, Scalar, Sequence, place


def compile_guards(bench: Bench, root: Mapping, traded: Traded) -> tuple[Guard, ...]:
    """In the order of the file; the wrong ones are left out."""
    listed = child(root, "protections")
    found: list[Guard | None] = []
    for item in listed.items if isinstance(listed, Sequence) else ():
        for name, entry in item.entries.items() if isinstance(item, Mapping) else ():
            found.append(_guard(bench, name, entry.value, traded))
    return tuple(guard for guard in found if guard is not None)


def _guard(bench: Bench, name: str, node: Node, traded: Traded) -> Guard | None:
    match name:
        case "cooldown":
            bars = whole_bars(bench, scalar(node, "for"), traded, "3 bars")
            return None if bars is None else Cooldown(bars)
        case "stoploss_guard":
            return _stoploss_guard(bench, node)
        case "max_drawdown":
            return _max_drawdown(bench, node)
    return _daily_loss(bench, node)


def _stoploss_guard(bench: Bench, node: Node) -> StoplossGuard | None:
    trades = count(bench, scalar(node, "trades"), "3")
    within, pause = _within(bench, node), _pause(bench, scalar(node, "pause"))
    if trades is None or within is None or pause is None:
        return None
    return StoplossGuard(trades, within, pause)


def _max_drawdown(bench: Bench, node: Node) -> MaxDrawdown | None:
    most, within = part_of(bench, scalar(node, "max")), _within(bench, node)
    pause = _pause(bench, scalar(node, "pause"))
    if most is None or within is None or pause is None:
        return None
    return MaxDrawdown(most, within, pause, word(node, "positions") == "close")


def _daily_loss(bench: Bench, node: Node) -> DailyLoss | None:
    most, written = part_of(bench, scalar(node, "max")), scalar(node, "pause")
    pause = Lasting.UNTIL_NEXT_DAY if written is None else _pause(bench, written)
    if most is None or pause is None:
        return None
    return DailyLoss(most, pause, word(node, "positions") == "close")


def _within(bench: Bench, node: Node) -> int | None:
    return _duration(bench, scalar(node, "within"))


def _pause(bench: Bench, node: Scalar | None) -> int | Lasting | None:
    if node is not None and node.text in tuple(Lasting):
        return Lasting(node.text)
    return _duration(bench, node)


def _duration(bench: Bench, node: Scalar | None) -> int | None:
    """Milliseconds above zero."""
    if node is None:
        return None
    length = bench.unit(node, units.duration_ms, "a duration, such as `12h`")
    if length == 0:
        bench.refuse(place(node), "R111", f"`{node.text}` is no time at all", "write `12h`")
    return length or None
