"""Warnings about a file that is right: what never acts, and what is not protected."""

from __future__ import annotations

import ast

from runner.core.strategy import Strategy
from runner.language.types import RANK
from runner.model.trades import PositionSide
from runner.rules.bench import Bench, child, entry_of
from runner.rules.contradictions import contradictions
from runner.rules.nodes import Mapping, Place, place

#: Bars that these exchanges keep, whatever is asked for (ccxt 4.5.90, read 2026-11-22).
_MOST_BARS = {"hyperliquid": 5_000, "kraken": 720}

#: The others serve all there is: Binance opened in July 2017, and few markets are older.
_MOST_YEARS = 9
_YEAR_MS = 365 * 86_400_000

_BLOCKS = (
    ("params", "param"),
    ("inputs", "input"),
    ("sessions", "session"),
    ("functions", "function"),
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
    if child(root, "timezone") is None:
        _timezone(bench, root)
    if len(strategy.symbols) == 1:
        _rank(bench, root)
    _stop(bench, root, strategy)
    _warmup(bench, root, strategy)
    contradictions(bench, root, strategy)


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


def _rank(bench: Bench, root: Mapping) -> None:
    """A comparison of one symbol with none."""
    symbols = entry_of(root, "symbols")
    trees = (node for each in bench.expressions for node in ast.walk(each.tree))
    ranks = any(isinstance(node, ast.Name) and node.id == RANK for node in trees)
    if ranks and symbols is not None:
        message = "`rank` compares `symbols`, and there is only one: it is 1 at every bar"
        bench.warn(place(symbols.key), "R508", message, "trade more symbols, or leave it out")


def _timezone(bench: Bench, root: Mapping) -> None:
    """Hours that are meant to be somebody's, and are read in UTC as no zone is written."""
    help = "write `timezone: UTC`, or a zone such as `Europe/Berlin`"
    sessions = child(root, "sessions")
    for name, entry in sessions.entries.items() if isinstance(sessions, Mapping) else ():
        if name in bench.used and child(entry.value, "timezone") is None:
            message = f"the session `{name}` is of UTC, as no time zone is written"
            bench.warn(place(entry.key), "R517", message, help)
    if bench.clock is not None:
        name, at = bench.clock
        bench.warn(at, "R517", f"`{name}` is of UTC, as no time zone is written", help)


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


def _warmup(bench: Bench, root: Mapping, strategy: Strategy) -> None:
    """More bars than the exchange has to serve before the first decision."""
    entry, exchange = entry_of(root, "timeframe"), strategy.account.exchange
    most, needed = _MOST_BARS.get(exchange), strategy.warmup
    years = needed * strategy.timeframe.ms / _YEAR_MS
    served = f"{exchange} serves the newest {most}"
    if most is None:
        most = int(_MOST_YEARS * _YEAR_MS / strategy.timeframe.ms)
        served = f"that is {years:.0f} years, and markets are {_MOST_YEARS} at most"
    if entry is not None and needed > most:
        message = f"the values need {needed} bars of {strategy.timeframe.text} to settle; {served}"
        help = "write shorter lengths or a faster timeframe"
        bench.warn(place(entry.value), "R513", message, help)
