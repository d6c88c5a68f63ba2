"""Why an instant came out as it did: each condition with its numbers, and what stood in the way.

In: a trader as it was when one bar closed, and what was ordered then. Out: a `Trace`, the same
whether a session makes it while it runs or `runner trace` long after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.core.columns import evaluator_of
from runner.core.desk import Desk
from runner.core.plan import rules_of
from runner.core.strategy import NamedCondition, Strategy
from runner.core.trader import Trader
from runner.data.history import RunData
from runner.engine.conditions import Judged, judged
from runner.engine.obstacles import obstacles, pauses
from runner.engine.past import surroundings_of
from runner.language.evaluate import Evaluator
from runner.model.bars import Bars
from runner.model.orders import OrderRequest, Purpose
from runner.model.trades import PositionSide


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule such as `entry.long` and its conditions; it acts where all of them are true."""

    rule: str
    conditions: tuple[Judged, ...]

    @property
    def truth(self) -> bool | None:
        """Of all together: one that is false makes it false, whatever the others are."""
        return all_of([condition.truth for condition in self.conditions])


def all_of(truths: Sequence[bool | None]) -> bool | None:
    """Of all together: one that is false makes it false, whatever the others are."""
    return False if False in truths else None if None in truths else True


@dataclass(frozen=True, slots=True)
class Trace:
    """One symbol at one close (UTC ms). `obstacles`: why nothing was entered, if nothing was."""

    symbol: str
    closed_at: int
    close: float
    rules: tuple[RuleTrace, ...]
    obstacles: tuple[str, ...]


def explain_instant(
    strategy: Strategy,
    evaluator: Evaluator,
    trader: Trader,
    desk: Desk,
    ordered: Sequence[OrderRequest],
) -> Trace:
    """The symbol of `desk` at its newest bar; `ordered` there and then, denied orders included.

    `evaluator` is that of the symbol's bars; those after the newest change nothing.
    """
    bars = evaluator.bars
    rules = list(_rules(strategy, desk, evaluator))
    entered = any(request.purpose is Purpose.ENTRY for request in ordered)
    return Trace(
        symbol=strategy.symbols[desk.index],
        closed_at=bars.closed_at(desk.row),
        close=float(bars.close[desk.row]),
        rules=tuple(rules),
        obstacles=() if entered else obstacles(strategy, bars, trader, desk, _words(rules)),
    )


def journaled_trace(
    strategy: Strategy,
    bars: Mapping[str, Bars],
    data: RunData,
    trader: Trader,
    due: Sequence[Desk],
    ordered: Sequence[OrderRequest],
) -> dict[str, object]:
    """What the journal keeps beside an instant's decisions, besides the state.

    `symbols` holds a trace of each at which something was ordered or denied, or a condition became
    true; every other one can be made again from the bars.
    """
    traces = []
    for desk in due:
        symbol = strategy.symbols[desk.index]
        own = [request for request in ordered if request.symbol == symbol]
        if own or is_remarkable(desk):
            evaluator = evaluator_of(strategy, surroundings_of(strategy, symbol, bars, data))
            traces.append(trace_body(explain_instant(strategy, evaluator, trader, desk, own)))
    paused = [{"protection": one.protection, "until": one.until} for one in pauses(trader)]
    exits = strategy.exits
    has_stop = exits.stop_loss is not None or exits.trailing_stop is not None
    return {"symbols": traces, "pauses": paused, "has_stop": has_stop}


def is_remarkable(desk: Desk) -> bool:
    """An entry condition became true at the newest bar, whether or not it could be taken."""
    for side in (desk.table.long_side, desk.table.short_side):
        if side is not None and side.rise[desk.row] == 1:
            before = side.rise[desk.row - 1] if desk.row else 0
            if before != 1:  # a level that stays true is told once
                return True
    return False


def trace_body(trace: Trace) -> dict[str, object]:
    """The same as JSON values, as the journal keeps it and `--json` shows it."""
    return {
        "symbol": trace.symbol,
        "close": trace.close,
        "rules": [
            {
                "rule": rule.rule,
                "truth": rule.truth,
                "conditions": [
                    {
                        "name": one.name,
                        "expression": one.text,
                        "truth": one.truth,
                        "numbers": [
                            {"expression": text, "value": value if value == value else None}
                            for text, value in one.numbers
                        ],
                    }
                    for one in rule.conditions
                ],
            }
            for rule in trace.rules
        ],
        "obstacles": list(trace.obstacles),
    }


def trace_of(body: Mapping[str, Any], closed_at: int) -> Trace:
    """The trace that `trace_body` wrote, also once the journal has made text of its fractions."""
    return Trace(
        body["symbol"],
        closed_at,
        float(body["close"]),
        tuple(
            RuleTrace(
                rule["rule"],
                tuple(
                    Judged(
                        one["name"],
                        one["expression"],
                        one["truth"],
                        tuple((n["expression"], _number(n["value"])) for n in one["numbers"]),
                    )
                    for one in rule["conditions"]
                ),
            )
            for rule in body["rules"]
        ),
        tuple(body["obstacles"]),
    )


def _number(value: float | str | None) -> float:
    return float("nan") if value is None else float(value)


def _words(rules: list[RuleTrace]) -> dict[str, str]:
    """By entry rule which of its conditions keeps it from being true."""
    words: dict[str, str] = {}
    for rule in rules:
        for condition in rule.conditions:
            if condition.truth is not True:
                is_false = condition.truth is False
                name = condition.name or condition.text
                words.setdefault(rule.rule, f"`{name}` is {'false' if is_false else 'undefined'}")
    return words


def _rules(strategy: Strategy, desk: Desk, evaluator: Evaluator) -> Iterator[RuleTrace]:
    for name, conditions in standing_rules(strategy, desk):
        yield RuleTrace(name, judged(conditions, evaluator, desk))


def standing_rules(
    strategy: Strategy, desk: Desk
) -> Iterator[tuple[str, tuple[NamedCondition, ...]]]:
    """Entries always; exits and adds of the side that is held."""
    for entry in strategy.entries:
        yield f"entry.{entry.side}", entry.when
    if desk.position.quantity == 0.0:
        return
    side = PositionSide.LONG if desk.position.side > 0.0 else PositionSide.SHORT
    for number, rule in enumerate(rules_of(strategy, side)):
        yield f"exit.{side}" + (f"[{number + 1}]" if number else ""), rule.when
    held = strategy.entry(side)
    if held is not None and held.add is not None:
        yield f"entry.{side}.add", held.add.when
