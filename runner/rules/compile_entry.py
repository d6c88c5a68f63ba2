"""`entry:` to one rule per side: when, how much, by which order, and what is added later."""

from __future__ import annotations

from runner.core.strategy import EntryRule, Fire
from runner.language.parse import Expression, Kind
from runner.model.markets import MarketKind
from runner.model.trades import PositionSide
from runner.rules import units
from runner.rules.bench import Bench, child, entry_of, scalar
from runner.rules.compile_add import compile_add, compile_ladder
from runner.rules.compile_condition import compile_condition
from runner.rules.compile_days import known_session
from runner.rules.compile_market import Traded
from runner.rules.compile_order import compile_order
from runner.rules.compile_size import compile_size
from runner.rules.nodes import Entry, Mapping, Node, Scalar, Sequence, place

_MOST_VALID_FOR = 250  # the core's table keeps the age of a rise in one byte


def compile_entries(bench: Bench, root: Mapping, traded: Traded) -> tuple[EntryRule, ...] | None:
    """One rule per side, long first; `None` when one of them is not right."""
    sessions = _sessions(bench, child(root, "entry", "sessions"))
    found = []
    for side in PositionSide:
        entry = entry_of(child(root, "entry"), side)
        if entry is not None:
            found.append(_entry(bench, entry, side, traded, sessions))
    right = tuple(rule for rule in found if rule is not None)
    return right if right and len(right) == len(found) else None


def _sessions(bench: Bench, node: Node | None) -> tuple[str, ...]:
    listed = node.items if isinstance(node, Sequence) else ()
    names = [known_session(bench, item) for item in listed if isinstance(item, Scalar)]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _entry(
    bench: Bench,
    entry: Entry,
    side: PositionSide,
    traded: Traded,
    sessions: tuple[str, ...],
) -> EntryRule | None:
    node = entry.value
    if side is PositionSide.SHORT and bench.kind is MarketKind.SPOT:
        help = "remove it, or write `market: futures`"
        bench.refuse(place(entry.key), "R404", "spot has no short positions", help)
    when = compile_condition(bench, child(node, "when"), bench.scope())
    size = compile_size(bench, child(node, "size"), traded)
    _refuse_risk_without_stop(bench, node)
    order = compile_order(bench, child(node, "order"), traded.quote)
    add = compile_add(bench, child(node, "add"))
    ladder = compile_ladder(bench, child(node, "add"))
    prefer, valid_for = _prefer(bench, node), _valid_for(bench, scalar(node, "valid_for"))
    if size is None or not when or order is None:
        return None
    fire = scalar(node, "fire")
    return EntryRule(
        side,
        when,
        Fire(fire.text) if fire else Fire.ON_RISE,
        valid_for,
        size,
        order,
        prefer,
        add,
        ladder,
        sessions,
    )


def _refuse_risk_without_stop(bench: Bench, node: Node) -> None:
    risk = entry_of(child(node, "size"), "risk")
    if risk is not None and not bench.has_stop:
        message = "`risk` is measured to the stop, and there is no `stop_loss`"
        help = "add `exit: {stop_loss: {distance: 2 * atr(14)}}`, or size by `equity`"
        bench.refuse(place(risk.key), "R401", message, help)


def _prefer(bench: Bench, node: Node) -> Expression | None:
    written = scalar(node, "prefer")
    return None if written is None else bench.expression(written, Kind.NUMBER)


def _valid_for(bench: Bench, node: Scalar | None) -> int:
    number = bench.unit(node, units.bars, "a number of bars, such as `3 bars`") if node else 0
    if node is not None and number == 0:
        help = "write `1 bar` or more, or remove it"
        bench.refuse(place(node), "R111", "a rise is always taken at its own bar", help)
    if node is not None and number and number > _MOST_VALID_FOR:
        message = f"`{node.text}` is more than {_MOST_VALID_FOR} bars"
        bench.refuse(place(node), "R111", message, f"write `{_MOST_VALID_FOR} bars` or less")
    return number or 0
