"""Warnings about a file that is right: what never acts, and what is not protected."""

from __future__ import annotations

from runner.core.strategy import Strategy
from runner.model.trades import PositionSide
from runner.rules.bench import Bench, child, entry_of
from runner.rules.nodes import Mapping, Place, place

_BLOCKS = (
    ("params", "param"),
    ("inputs", "input"),
    ("sessions", "session"),
    ("indicators", "indicator"),
)


def second_look(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """Everything that is declared and never acts, and a position without a stop."""
    for block, what in _BLOCKS:
        declared = child(root, block)
        for name, entry in declared.entries.items() if isinstance(declared, Mapping) else ():
            if name not in bench.used:
                message = f"the {what} `{name}` is never used"
                bench.warn(place(entry.key), "R501", message, "remove it")
    _sides(bench, root, strategy)
    _prefer(bench, root, strategy)
    _stop(bench, root, strategy)


def _sides(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """An exit of a side that is never entered."""
    for side in PositionSide:
        entry = entry_of(child(root, "exit"), side)
        if entry is not None and strategy.entry(side) is None:
            message = f"no `entry.{side}` opens what this would end"
            bench.warn(place(entry.key), "R508", message, "remove it")


def _prefer(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    for rule in strategy.entries:
        entry = entry_of(child(root, "entry", rule.side), "prefer")
        short = strategy.max_open is not None and strategy.max_open < len(strategy.symbols)
        if entry is not None and not short:
            message = "`prefer` chooses where `max_open` is below the number of symbols"
            help = "write `position: {max_open: 1}`, or remove it"
            bench.warn(place(entry.key), "R508", message, help)


def _stop(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    stop, trailing = strategy.exits.stop_loss, strategy.exits.trailing_stop
    if stop is None and (trailing is None or trailing.activate_at is not None):
        entry = entry_of(root, "entry")
        at: Place = place(entry.key) if entry else (root.start, root.start)
        help = "add `exit: {stop_loss: {distance: 2 * atr(14)}}`"
        bench.warn(at, "R502", "a position has no stop", help)
    if stop is None or stop.fraction is None or stop.fraction * strategy.leverage < 1:
        return
    entry = entry_of(child(root, "exit", "stop_loss"), "distance")
    if entry is not None and strategy.leverage > 1:
        message = f"with {strategy.leverage:f}x the position is liquidated before this stop"
        help = f"write less than `{100 / strategy.leverage:.4g}%`, or less leverage"
        bench.warn(place(entry.value), "R509", message, help)
