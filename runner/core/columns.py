"""Bars in, everything that decisions read out: one `Table` for a symbol.

A backtest reads every row, a live turn only the last; both call `table_of` with the bars from the
anchor on, so a row holds the same bits however many bars follow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.core.plan import reads_position, rules_of
from runner.core.program import Columns
from runner.core.strategy import EntryRule, Exits, Fire, NamedCondition, Strategy, TradingSession
from runner.core.table import ENDS_ALL, ENDS_SESSION, NO_ENTRIES, SideTable, Table
from runner.language import wallclock
from runner.language.evaluate import Evaluator
from runner.language.program import given_by_bars, program_of
from runner.language.surroundings import Place, Surroundings
from runner.language.types import Kind
from runner.model.bars import Bars, gaps
from runner.model.trades import PositionSide

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from runner.language.parse import Expression

    Truths = NDArray[np.bool_]
    Numbers = NDArray[np.float64]

#: A rise may be taken this many bars later at most: its age is kept in one byte.
MOST_VALID_FOR = 250


def table_of(strategy: Strategy, here: Surroundings, funding: Numbers | None, last: int) -> Table:
    """Evaluates a strategy over closed bars, from the anchor on.

    `funding`: payment per unit at each close, `None` where nothing is paid or the exchange tells;
    `last`: the first row at which nothing is decided any more.
    """
    import numpy as np

    bars, evaluator = here.bars, evaluator_of(strategy, here)
    count, exits = len(bars), strategy.exits
    table = Table()
    table.count, table.last = count, last
    table.first = min(strategy.lookback, count)
    table.opened_at, table.tf_ms = bars.opened_at.data, bars.timeframe.ms
    table.open, table.high = _plain(bars.open), _plain(bars.high)
    table.low, table.close = _plain(bars.low), _plain(bars.close)
    flags = flags_of(strategy, bars)
    sides = {side: _side_table(strategy, side, evaluator, table.first) for side in PositionSide}
    table.long_side, table.short_side = sides[PositionSide.LONG], sides[PositionSide.SHORT]
    stop, trail = exits.stop_loss, exits.trailing_stop
    table.stop = _number(evaluator, None if stop is None else stop.distance or stop.price, count)
    table.trail = _number(evaluator, None if trail is None else trail.distance, count)
    table.targets = _targets(evaluator, exits, count)
    table.funding = np.broadcast_to(0.0, count) if funding is None else funding
    table.flags = flags
    table.calls = _calls(table, funding is not None)
    return table


def evaluator_of(strategy: Strategy, here: Surroundings) -> Evaluator:
    """The one evaluator, with the strategy's params and indicators in scope."""
    return Evaluator(
        here,
        dict(strategy.params),
        {indicator.name: indicator.expression for indicator in strategy.indicators},
        {
            indicator.name: Place(indicator.symbol, indicator.timeframe)
            for indicator in strategy.indicators
            if indicator.symbol is not None or indicator.timeframe is not None
        },
    )


def waits_after_gap(strategy: Strategy, bars: Bars) -> int | None:
    """The first row at which entries are possible again, if the last bar still waits for it."""
    for gap in reversed(gaps(bars)):
        if gap.missing > strategy.max_gap and gap.index + strategy.lookback >= len(bars):
            return gap.index + strategy.lookback
    return None


def _side_table(
    strategy: Strategy, side: PositionSide, evaluator: Evaluator, first: int
) -> SideTable | None:
    entry = strategy.entry(side)
    if entry is None:
        return None
    count = len(evaluator.bars)
    table, rules = SideTable(), rules_of(strategy, side)
    table.rise = _rise(strategy, entry, evaluator, first).data  # whose elements are whole numbers
    table.leave = _leave([rule.when for rule in rules], evaluator, first)
    table.value = _number(evaluator, entry.size.value, count)
    table.price = _number(evaluator, entry.order.price, count)
    table.prefer = _number(evaluator, entry.prefer, count)
    table.rule_columns = [
        program_columns(rule.when, evaluator) if reads_position(rule.when) else [] for rule in rules
    ]
    table.add_columns = [] if entry.add is None else program_columns(entry.add.when, evaluator)
    return table


def program_columns(conditions: tuple[NamedCondition, ...], evaluator: Evaluator) -> list[Columns]:
    """What the program of each condition reads of bars."""
    import numpy as np

    found = []
    for condition in conditions:
        columns = program_of(condition.expression).columns
        matrix = np.empty((max(len(columns), 1), len(evaluator.bars)))
        for number, column in enumerate(columns):
            if column.kind is Kind.TRUTH:
                true, false = evaluator.truth(column)
                matrix[number] = true
                matrix[number, ~(true | false)] = np.nan
            else:
                matrix[number] = evaluator.number(column)
        found.append(Columns(matrix))
    return found


def _rise(
    strategy: Strategy, entry: EntryRule, evaluator: Evaluator, first: int
) -> NDArray[np.uint8]:
    """0, or k + 1 where the entry rose k bars ago, at most `valid_for`, and still holds."""
    import numpy as np

    holds = _all_true(evaluator, entry.when, len(evaluator.bars))
    holds[:first] = False
    holds[:1] = False
    _keep_sessions(holds, strategy, entry, evaluator.bars)
    if entry.fire is Fire.WHILE_TRUE:
        return holds.view(np.uint8)
    rises = holds.copy()
    rises[1:] &= _any_false(evaluator, entry.when, len(evaluator.bars))[:-1]
    if not entry.valid_for:
        return rises.view(np.uint8)
    rows = np.arange(len(rises))
    age = rows - np.maximum.accumulate(np.where(rises, rows, -MOST_VALID_FOR - 2))
    valid = holds & (age <= min(entry.valid_for, MOST_VALID_FOR))
    return np.where(valid, age + 1, 0).astype(np.uint8)


def _keep_sessions(holds: Truths, strategy: Strategy, entry: EntryRule, bars: Bars) -> None:
    """Only at closes inside one of the entry's sessions."""
    import numpy as np

    if not entry.sessions:
        return
    allowed = np.zeros(len(bars), bool)
    for session in strategy.sessions:
        if session.name in entry.sessions:
            allowed |= wallclock.inside(bars.opened_at + bars.timeframe.ms, session)
    holds &= allowed


def _leave(
    rules: list[tuple[NamedCondition, ...]], evaluator: Evaluator, first: int
) -> NDArray[np.uint8]:
    """Bit r where all is surely true that bars alone give of rule r."""
    import numpy as np

    leave = np.zeros(len(evaluator.bars), np.uint8)
    for number, conditions in enumerate(rules):
        true = np.full(len(evaluator.bars), bool(conditions))  # no conditions never are
        for condition in conditions:
            for part in given_by_bars(condition.expression):
                true &= evaluator.surely_true(part)
        true[:first] = False
        leave |= true.view(np.uint8) << number if number else true.view(np.uint8)
    return leave


def _all_true(evaluator: Evaluator, conditions: tuple[NamedCondition, ...], count: int) -> Truths:
    """Surely true together; no conditions never are."""
    import numpy as np

    if not conditions:
        return np.zeros(count, bool)
    result = np.array(evaluator.surely_true(conditions[0].expression))
    for condition in conditions[1:]:
        result &= evaluator.surely_true(condition.expression)
    return result


def _any_false(evaluator: Evaluator, conditions: tuple[NamedCondition, ...], count: int) -> Truths:
    """Surely false as a whole: one of them is."""
    import numpy as np

    result = np.zeros(count, bool)
    for condition in conditions:
        result |= evaluator.surely_false(condition.expression)
    return result


def _number(evaluator: Evaluator, expression: Expression | None, count: int) -> Numbers:
    import numpy as np

    if expression is None:
        return np.broadcast_to(np.float64(np.nan), count)
    return evaluator.number(expression)


def _targets(evaluator: Evaluator, exits: Exits, count: int) -> Numbers:
    """Part × bar; one NaN where no part has a number of its own."""
    import numpy as np

    parts = [part.distance or part.price for part in exits.take_profit]
    if not any(parts):
        return np.broadcast_to(np.float64(np.nan), (max(len(parts), 1), count))
    return np.array([_number(evaluator, part, count) for part in parts])


def flags_of(strategy: Strategy, bars: Bars) -> NDArray[np.uint8]:
    """Where a session ends, and where blackouts and gaps allow no entries."""
    import numpy as np

    needed = strategy.exits.session_end or strategy.blackouts
    long_gaps = [gap for gap in gaps(bars) if gap.missing > strategy.max_gap]
    if not needed and not long_gaps:
        return np.broadcast_to(np.uint8(0), len(bars))
    flags = np.zeros(len(bars), np.uint8)
    closes = bars.opened_at + bars.timeframe.ms
    for session in strategy.sessions:
        if session.name == strategy.exits.session_end:
            flags[_session_ends(session, bars)] |= ENDS_SESSION | NO_ENTRIES
    for blackout in strategy.blackouts:
        instants = np.array(blackout.instants, np.int64)
        after = np.searchsorted(instants, closes - blackout.after_ms, side="left")
        before = np.searchsorted(instants, closes + blackout.before_ms, side="right")
        flags[before > after] |= NO_ENTRIES | (ENDS_ALL if blackout.closes else 0)
    for gap in long_gaps:
        flags[gap.index : gap.index + strategy.lookback] |= NO_ENTRIES
    return flags


def _session_ends(session: TradingSession, bars: Bars) -> Truths:
    """The last close inside, or, where that bar is missing, the first one after it."""
    import numpy as np

    closes, step = bars.opened_at + bars.timeframe.ms, bars.timeframe.ms
    inside = wallclock.inside(closes, session)
    ends = inside & ~wallclock.inside(closes + step, session)
    for gap in gaps(bars):
        before = gap.index - 1
        if inside[before] and not ends[before]:
            missing = np.arange(closes[before] + step, closes[gap.index] + 1, step)
            ends[gap.index] |= not wallclock.inside(missing, session).all()
    return np.asarray(ends, bool)


def _calls(table: Table, is_funded: bool) -> NDArray[np.uint8]:
    """Which bars may change anything while nothing rests that their range reaches."""
    import numpy as np

    calls = np.zeros(table.count, np.uint8)
    for side in (table.long_side, table.short_side):
        if side is not None:
            calls |= np.asarray(side.rise) != 0
            calls |= (np.asarray(side.leave) != 0) * np.uint8(2)
    calls |= ((np.asarray(table.flags) & (ENDS_SESSION | ENDS_ALL)) != 0) * np.uint8(2)
    if is_funded:
        calls |= (np.asarray(table.funding) != 0.0) * np.uint8(4)
    return calls


def _plain(series: Numbers) -> Any:
    """What is fastest to read by element where the core is not compiled."""
    return series.data
