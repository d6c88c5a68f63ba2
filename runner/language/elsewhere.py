"""Evaluates indicators that stand elsewhere: on another symbol's bars, or on slower ones.

A place has one evaluator, which knows the same names, and what it gives is brought to the bars at
which it is asked for: never before the bar there has closed.
"""

from __future__ import annotations

import ast
import weakref
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from runner.indicators.window import Series
from runner.language.series import SeriesEval, plain, refuse
from runner.language.surroundings import NotHere, Place, Rows, Surroundings, aligned, known
from runner.language.types import Expression, Kind


class PlacedEval(SeriesEval):
    """Numbers over one set of bars and, for the indicators in `places`, over those of others."""

    def __init__(
        self,
        surroundings: Surroundings,
        params: Mapping[str, float],
        indicators: Mapping[str, Expression],
        places: Mapping[str, Place],
    ) -> None:
        super().__init__(surroundings, params, indicators)
        self._places = places
        self._of_root = weakref.ref(self)  # who holds the others is held by nobody here
        self._elsewhere: dict[tuple[str, str], Self] = {}  # of the root: all there are
        self._rows: dict[Self, Rows] = {}

    def _indicator(self, name: str) -> Any:
        if name not in self._places:
            return super()._indicator(name)
        there = self._evaluator_at(self._places[name])
        if there is self:
            return self._unmasked(self._indicators[name])
        value, rows = there._named(name), self._known(there)
        if isinstance(value, tuple):
            return tuple(aligned(output, rows) for output in value)
        return aligned(value, rows) if np.ndim(value) else value

    def _unmasked(self, named: Expression) -> Any:
        """Its lookback may count the file's bars, which these need not be."""
        if named.kind is Kind.TRUTH:
            refuse("a condition stands where a number is needed")
        return self._eval(named.tree)

    def _eval_function(self, node: ast.Call) -> Any:
        match node:
            case ast.Call(func=ast.Name(id="rank") as word, args=[argument], keywords=[]):
                plain(word)
                key = ast.dump(node)
                if key not in self._computed:
                    self._computed[key] = self._ranked(argument)
                return self._computed[key]
        return super()._eval_function(node)

    def _ranked(self, node: ast.expr) -> Series:
        """1 where no other symbol has more at this instant; of equal ones the first in the file."""
        symbols, ours = self._here.symbols, self._bars.symbol
        if ours not in symbols:
            refuse("a symbol is not among those that are compared")
        own = self._spread_out(np.asarray(self._numeric(node), np.float64))
        rank = np.ones(len(self._bars))
        for symbol in symbols:
            if symbol != ours:
                theirs = self._of_symbol(symbol, node)
                comes_first = symbols.index(symbol) < symbols.index(ours)
                rank += (theirs >= own) if comes_first else (theirs > own)
        rank[np.isnan(own)] = np.nan
        return rank

    def _of_symbol(self, symbol: str, node: ast.expr) -> Series:
        """The same number of another symbol; undefined where it has no bar at that instant."""
        there = self._evaluator_at(Place(symbol, None))
        value = there._spread_out(np.asarray(there._numeric(node), np.float64))
        return aligned(value, self._known(there))

    @property
    def _root(self) -> Self:
        root = self._of_root()
        assert root is not None, "an evaluator outlived the one that made it"
        return root

    def _evaluator_at(self, place: Place) -> Self:
        """Where a place is; what it leaves open is as here."""
        symbol = place.symbol or self._bars.symbol
        timeframe = place.timeframe or self._bars.timeframe
        for near in (self, self._root):
            if near._bars.symbol == symbol and near._bars.timeframe.counts_as(timeframe):
                return near
        family = self._root._elsewhere
        if (symbol, timeframe.text) not in family:
            try:
                there = self._root._here.seen_from(symbol, timeframe)
            except NotHere as error:
                refuse(str(error))
            found = type(self)(there, self._params, self._indicators, self._places)
            found._of_root = self._of_root
            family[symbol, timeframe.text] = found
        return family[symbol, timeframe.text]

    def _known(self, there: Self) -> Rows:
        if there not in self._rows:
            self._rows[there] = known(there._bars, self._bars)
        return self._rows[there]
