"""Any past instant of a run once more: its trader from the journal, its conditions from the bars.

In: a strategy, what it read, and a run's journal. Out: a trace for each symbol of which a bar
closed, also where the journal itself keeps none because nothing happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from runner.core.columns import evaluator_of, table_of
from runner.core.desk import Desk
from runner.core.snapshot import restore
from runner.core.strategy import Strategy
from runner.core.trader import Trader
from runner.data.history import RunData
from runner.engine.backtest import new_trader
from runner.engine.desks import Desks
from runner.engine.edited import refuse_lost_side
from runner.engine.past import surroundings_of
from runner.engine.tracing import Trace, explain_instant
from runner.journal.database import Journal
from runner.journal.history import History
from runner.journal.moments import moments
from runner.model.markets import Market


def retraced(
    strategy: Strategy,
    markets: tuple[Market, ...],
    data: RunData,
    journal: Path,
    instants: Sequence[int],
) -> Iterator[Trace]:
    """Traces of these instants (UTC ms, ascending) that the run has reached, in file order."""
    for trace, _, _ in revisited(strategy, markets, data, journal, instants):
        yield trace


def revisited(
    strategy: Strategy,
    markets: tuple[Market, ...],
    data: RunData,
    journal: Path,
    instants: Sequence[int],
) -> Iterator[tuple[Trace, Trader, Desk]]:
    """The same with the trader as it was then, and the symbol's desk."""
    bars = {market.symbol: market.bars for market in data.markets}
    heres = [surroundings_of(strategy, symbol, bars, data) for symbol in strategy.symbols]
    tables = [table_of(strategy, here, None, len(here.bars) - 1) for here in heres]
    evaluators = [evaluator_of(strategy, here) for here in heres]
    ordered = [record.request for record in Journal.read(journal).orders()]
    for instant, history in moments(journal, instants):
        trader = trader_at(strategy, markets, history, instant)
        orders = [request for request in ordered if request.decided_at == instant]
        for desk in trader.desks:
            closes = heres[desk.index].bars.closes_at
            row = int(np.searchsorted(closes, instant))
            if row == len(closes) or closes[row] != instant:
                continue
            desk.table, desk.row = tables[desk.index], row
            symbol = strategy.symbols[desk.index]
            own = [request for request in orders if request.symbol == symbol]
            trace = explain_instant(strategy, evaluators[desk.index], trader, desk, own)
            yield trace, trader, desk


def trader_at(
    strategy: Strategy, markets: tuple[Market, ...], history: History, instant: int
) -> Trader:
    """The trader as it was once an instant was decided, before what was ordered then filled."""
    refuse_lost_side(strategy, history)
    cash = float(strategy.backtest.initial)
    state = history.state()
    if state is not None and history.decided_at() == instant:
        trader = new_trader(strategy, markets, cash)
        restore(trader, state)
    else:
        desks = Desks(strategy, markets, cash, asks_again=True)
        desks.resume(history)
        trader = desks.trader
    trader.now = float(instant)
    return trader
