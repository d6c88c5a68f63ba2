"""Warnings about rules that are right one by one and make no sense together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal

from runner.core.strategy import EntryRule, NamedCondition, StopLoss, Strategy, TakeProfit
from runner.language.always import exclude, follows, meant
from runner.language.canonical import canonical
from runner.language.parse import Expression, Scope
from runner.language.terms import Term, is_number, make_room, value_of
from runner.rules.bench import Bench, child, entry_of
from runner.rules.nodes import Mapping, Node, Sequence, place

#: What a distance is a multiple of: the fill, the risk, or an expression.
_Multiple = tuple[Decimal, Term]

_FILL, _QUOTE = Term(ast.Name, "<fill>", ()), Term(ast.Name, "<quote>", ())


def contradictions(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """Conditions that exclude each other, exits that undo their entry, rewards below the risk."""
    scope = bench.position_scope()
    make_room()
    for rule in strategy.entries:
        entry = child(root, "entry", rule.side)
        enters = meant(_trees(rule.when), scope)
        _excluding(bench, enters, child(entry, "when"))
        if rule.add is not None:
            _excluding(bench, meant(_trees(rule.add.when), scope), child(entry, "add", "when"))
        for conditions, node in _exits(strategy, root, rule):
            leaves = meant(_trees(conditions), scope)
            _excluding(bench, leaves, node)
            if node is not None and not exclude(enters):
                _undoing(bench, rule, enters, leaves, node)
    if not any(rule.ladder for rule in strategy.entries):  # there the average moves
        _reward(bench, root, strategy)


def _exits(
    strategy: Strategy, root: Mapping, rule: EntryRule
) -> Iterator[tuple[tuple[NamedCondition, ...], Node | None]]:
    node = child(root, "exit", rule.side)
    items = node.items if isinstance(node, Sequence) else (node,) if node else ()
    rules = [it for it in strategy.exits.rules if it.side is rule.side]
    for one, item in zip(rules, items, strict=True):
        yield one.when, child(item, "when")


def _trees(conditions: tuple[NamedCondition, ...]) -> list[ast.expr]:
    return [condition.expression.tree for condition in conditions]


def _excluding(bench: Bench, conditions: list[Term], node: Node | None) -> None:
    listed = entry_of(node, "all")
    if listed is None or not exclude(conditions):
        return
    if not any(exclude([condition]) for condition in conditions):  # that is said of each alone
        message = "these exclude each other: they are never true at one bar"
        bench.warn(place(listed.key), "R503", message, "change one of them")


def _undoing(
    bench: Bench,
    rule: EntryRule,
    enters: list[Term],
    leaves: list[Term],
    node: Node,
) -> None:
    """An exit that is true on every bar on which the entry is."""
    if not follows(enters, leaves) or follows([], leaves):
        return
    message = f"this is true wherever `entry.{rule.side}` is: it ends what has just begun"
    help = "write what the entry excludes, or add `bars_held > 1`"
    bench.warn(place(node), "R511", message, help)


def _reward(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """Every target is nearer than the stop."""
    stop, targets = strategy.exits.stop_loss, strategy.exits.take_profit
    if stop is None or not targets:
        return
    scope = bench.scope()
    risk = _multiple(stop, scope)
    rewards = [_in_risks(target, risk, scope) for target in targets]
    known = [reward for reward in rewards if reward is not None]
    if len(known) < len(rewards) or max(known) >= 1:
        return
    entry = entry_of(child(root, "exit"), "take_profit")
    if entry is not None:
        message = f"the farthest target is {max(known):.3g}R: less is won than is risked"
        help = "write a farther target, such as `2R`, or a nearer stop"
        bench.warn(place(entry.key), "R512", message, help)


def _in_risks(target: TakeProfit, risk: _Multiple | None, scope: Scope) -> Decimal | None:
    """A target in multiples of the stop's distance, where both are multiples of one thing."""
    if target.r_multiple is not None:
        return target.r_multiple
    reward = _multiple(target, scope)
    if risk is None or reward is None or reward[1] != risk[1]:
        return None
    return reward[0] / risk[0]


def _multiple(of: StopLoss | TakeProfit, scope: Scope) -> _Multiple | None:
    if of.fraction is not None:
        return of.fraction, _FILL
    return None if of.distance is None else _factored(of.distance, scope)


def _factored(distance: Expression, scope: Scope) -> _Multiple | None:
    whole = canonical(distance.tree, scope)
    factor, of = 1.0, whole
    if is_number(whole):
        factor, of = value_of(whole), _QUOTE
    elif whole.kind is ast.BinOp and whole.mark is ast.Mult:
        left, right = whole.parts
        if is_number(left):
            factor, of = value_of(left), right
        elif is_number(right):
            factor, of = value_of(right), left
    return (Decimal(repr(factor)), of) if factor > 0 else None
