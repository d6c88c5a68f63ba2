"""Evaluates indicators that name each other, one after the other where they are many.

An expression is evaluated by recursion, through the names in it. Where these lead deeper than one
expression may be, each is evaluated before what names it, and recursion ends at what is known.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Set
from typing import Self

from runner.language.elsewhere import PlacedEval
from runner.language.facts import MAX_DEPTH
from runner.language.series import refuse
from runner.language.surroundings import Place, Surroundings
from runner.language.trees import depth, levels, nodes
from runner.language.types import RANK, Expression


class ChainedEval(PlacedEval):
    """Numbers of however many indicators, each made of those before it."""

    def __init__(
        self,
        surroundings: Surroundings,
        params: Mapping[str, float],
        indicators: Mapping[str, Expression],
        places: Mapping[str, Place],
    ) -> None:
        super().__init__(surroundings, params, indicators, places)
        self._evaluated: set[str] = set()  # one after the other; others were when they were met
        self._depths: Mapping[str, int] = {}  # of the root, once asked for

    def _bounded_depth(self, expression: Expression) -> None:
        """Recursion below is as deep as the tree, and as the names in it lead."""
        own = depth(levels(expression.tree))
        if own > MAX_DEPTH:
            refuse("an expression is nested too deep")
        if own + self._depth_of(expression.names) > MAX_DEPTH:
            self._in_turn(self._asked(expression.tree))

    def _depth_of(self, names: Set[str]) -> int:
        root = self._root
        if self._indicators and not root._depths:
            root._depths = _depths(self._indicators)
        return max((root._depths.get(name, 0) for name in names), default=0)

    def _in_turn(self, agenda: list[tuple[Self, str]]) -> None:
        """Evaluates indicators, each where it is asked for and after all that it asks for."""
        begun = set()
        while agenda:
            there, name = agenda[-1]
            if name in there._evaluated:
                agenda.pop()
                continue
            asked = [(at, each) for at, each in there._needed(name) if each not in at._evaluated]
            if not asked:
                there._evaluate_named(name)
                there._evaluated.add(name)
            elif (there, name) in begun:
                refuse("an indicator is made of itself")
            begun.add((there, name))
            agenda += asked

    def _evaluate_named(self, name: str) -> None:
        self._named(name)

    def _needed(self, name: str) -> list[tuple[Self, str]]:
        """What an indicator asks for here: itself elsewhere, if it stands there."""
        if name in self._places:
            there = self._evaluator_at(self._places[name])
            if there is not self:
                return [(there, name)]
        return self._asked(self._indicators[name].tree)

    def _asked(self, tree: ast.AST) -> list[tuple[Self, str]]:
        """The indicators that a tree names, here and, in `rank`, at every symbol."""
        found = [(self, name) for name in self._indicators_in(tree)]
        for node in nodes(tree):
            match node:
                case ast.Call(func=ast.Name(id=word), args=[argument]) if word == RANK:
                    for symbol in self._here.symbols:
                        there = self._evaluator_at(Place(symbol, None))
                        found += [(there, name) for name in self._indicators_in(argument)]
        return found

    def _indicators_in(self, tree: ast.AST) -> list[str]:
        names = [node.id for node in nodes(tree) if isinstance(node, ast.Name)]
        return [name for name in names if name in self._indicators]


def _depths(indicators: Mapping[str, Expression]) -> dict[str, int]:
    """How deep each leads, with the names in it spelled out; those that it names come before it."""
    found: dict[str, int] = {}
    for name, named in indicators.items():
        below = max((found.get(each, 0) for each in named.names), default=0)
        found[name] = depth(levels(named.tree)) + below
    return found
