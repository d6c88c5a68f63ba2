"""Bars in, one array per condition, size, stop and target out: all that decisions read.

A backtest reads every row, a live turn only the last; both call `columns` with the bars from the
anchor on, so a row holds the same bits however many bars follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.core.strategy import Fire, NamedCondition, Strategy
from runner.language.evaluate import Evaluator
from runner.model.bars import Bars, gaps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from runner.language.parse import Expression


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of one element per bar; `nan` where undefined or not declared.

    `first`: the first row at which every expression is defined. `entry` and `leave` are uint8
    conditions, zero before `first`; `value` as `SizeMode` reads it; `stop` and `target` are a
    distance or a price in quote currency, as the strategy declares.
    """

    first: int
    entry: NDArray[np.uint8]
    leave: NDArray[np.uint8]
    value: NDArray[np.float64]
    stop: NDArray[np.float64]
    target: NDArray[np.float64]


def columns(strategy: Strategy, bars: Bars) -> Columns:
    """Evaluates a strategy over closed bars, from the anchor on."""
    evaluator = evaluator_of(strategy, bars)
    entry = _entry(strategy, evaluator, bars)
    leave = _all_true(evaluator, strategy.exit, len(bars))
    first = min(strategy.lookback, len(bars))
    entry[:first] = False
    leave[:first] = False
    _wait_after_gaps(entry, strategy, bars)
    stop, target = strategy.stop_loss, strategy.take_profit
    return Columns(
        first,
        entry.view("uint8"),
        leave.view("uint8"),
        evaluator.number(strategy.size.value),
        _number(evaluator, None if stop is None else stop.distance or stop.price, len(bars)),
        _number(evaluator, None if target is None else target.distance or target.price, len(bars)),
    )


def evaluator_of(strategy: Strategy, bars: Bars) -> Evaluator:
    """The one evaluator, with the strategy's params and indicators in scope."""
    return Evaluator(bars, dict(strategy.params), dict(strategy.indicators))


def waits_after_gap(strategy: Strategy, bars: Bars) -> int | None:
    """The first row at which entries are possible again, if the last bar still waits for it."""
    for gap in reversed(gaps(bars)):
        if gap.missing > strategy.max_gap and gap.index + strategy.lookback >= len(bars):
            return gap.index + strategy.lookback
    return None


def _entry(strategy: Strategy, evaluator: Evaluator, bars: Bars) -> NDArray[np.bool_]:
    """True where the entry acts: on its rise from surely false, or wherever it is surely true."""
    now = _all_true(evaluator, strategy.entry, len(bars))
    if strategy.fire is Fire.WHILE_TRUE:
        now[:1] = False
        return now
    before = _any_false(evaluator, strategy.entry, len(bars))
    now[1:] &= before[:-1]
    now[:1] = False
    return now


def _all_true(
    evaluator: Evaluator, conditions: tuple[NamedCondition, ...], count: int
) -> NDArray[np.bool_]:
    """Surely true together; no conditions never are."""
    import numpy as np

    if not conditions:
        return np.zeros(count, bool)
    result = np.array(evaluator.surely_true(conditions[0].expression))
    for condition in conditions[1:]:
        result &= evaluator.surely_true(condition.expression)
    return result


def _any_false(
    evaluator: Evaluator, conditions: tuple[NamedCondition, ...], count: int
) -> NDArray[np.bool_]:
    """Surely false as a whole: one of them is."""
    import numpy as np

    result = np.zeros(count, bool)
    for condition in conditions:
        result |= evaluator.surely_false(condition.expression)
    return result


def _number(evaluator: Evaluator, expression: Expression | None, count: int) -> NDArray[np.float64]:
    import numpy as np

    if expression is None:
        return np.broadcast_to(np.float64(np.nan), count)
    return evaluator.number(expression)


def _wait_after_gaps(entry: NDArray[np.bool_], strategy: Strategy, bars: Bars) -> None:
    """After a gap longer than `max_gap` entries wait one lookback (SPEC section 3, "Bars")."""
    for gap in gaps(bars):
        if gap.missing > strategy.max_gap:
            entry[gap.index : gap.index + strategy.lookback] = False
