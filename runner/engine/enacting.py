"""A test's bars through the core: what was ordered and filled, and what stood at each close.

In: a case, the markets' rules. Out: `Enacted`. Without faults it is the backtest's own loop, step
by step; with faults a session trades on an exchange in this process (staged.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runner.core import codes, kernel
from runner.core.columns import evaluator_of, table_of
from runner.core.desk import Desk
from runner.core.strategy import Strategy
from runner.core.trader import Trader
from runner.data.funding import declared_funding
from runner.data.history import MarketData, RunData
from runner.data.store import datasets
from runner.data.timed import Timed
from runner.engine.backtest import Simulation, funding_of, new_trader, order_lines
from runner.engine.past import surroundings_of
from runner.engine.rows import reason_of, request_of
from runner.engine.tracing import Trace, explain_instant
from runner.language.evaluate import Evaluator
from runner.model.bars import Bars
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.orders import ExitReason, OrderRequest
from runner.model.results import OrderLine
from runner.rules.cases import CandlesAsked, Case, Fault

#: Whether a symbol's close (UTC ms) is to be looked at.
Looked = Callable[[str, int], bool]

#: Is told of every close that was decided.
Watched = Callable[[Evaluator, Desk], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """One symbol once a close was decided: why, and what is held then. `stop` 0.0: none."""

    trace: Trace
    side: str  # `long`, `short` or `none`
    quantity: float
    entry_price: float
    stop: float


@dataclass(frozen=True, slots=True)
class Enacted:
    """What a case came to. `orders` each with what its fill ends a position for.

    `unmet`: faults that no order has met.
    """

    bars: Mapping[str, Bars]
    orders: Sequence[tuple[OrderLine, ExitReason | None]]
    equity: Mapping[int, float]  # by close
    seen: Mapping[tuple[str, int], Seen]  # by symbol and close
    unmet: tuple[Fault, ...] = ()


def run_data(case: Case, inputs: Mapping[str, Timed]) -> RunData:
    """The candles of a case as a backtest reads them."""
    strategy = case.strategy
    asked = {one.symbol: one for one in case.candles}
    others = [symbol for symbol in asked if symbol not in strategy.symbols]
    return RunData(
        tuple(_market_data(case, asked[symbol]) for symbol in (*strategy.symbols, *others)),
        inputs,
    )


def _market_data(case: Case, asked: CandlesAsked) -> MarketData:
    bars = _bars(case, asked)
    rate, funding = case.strategy.backtest.funding, None
    if rate is not None and ":" in asked.symbol:
        funding = declared_funding(bars, rate, "as the rule file declares")
    return MarketData(asked.symbol, bars, "", "a test", funding, None)


def _bars(case: Case, asked: CandlesAsked) -> Bars:
    timeframe = case.strategy.timeframe
    if asked.file is not None:
        spec = f"{asked.symbol}={asked.file}"
        return datasets((spec,), (asked.symbol,), timeframe, None)[0].bars
    there = [at for at, row in enumerate(asked.rows) if row is not None]
    table = np.array([row for row in asked.rows if row is not None], np.float64).reshape(-1, 5)
    columns = [np.ascontiguousarray(column) for column in table.T]
    opened_at = case.start_ms + np.array(there, np.int64) * timeframe.ms
    if not there:
        raise Refused(f"the test `{case.name}` has no candles of {asked.symbol}: write some")
    return Bars(asked.symbol, timeframe, opened_at, *columns)


def enact(
    strategy: Strategy,
    markets: tuple[Market, ...],
    data: RunData,
    looked: Looked,
    watched: Watched,
) -> Enacted:
    """The backtest's loop, step by step; what is looked at is explained when it was decided."""
    trader = new_trader(strategy, markets, float(strategy.backtest.initial))
    bars = {market.symbol: market.bars for market in data.markets}
    evaluators = []
    for desk, market in zip(trader.desks, data.markets, strict=False):
        here = surroundings_of(strategy, market.symbol, bars, data)
        desk.table = table_of(strategy, here, funding_of(market), len(market.bars) - 1)
        evaluators.append(evaluator_of(strategy, here))
    opened_at = _instants(strategy, bars)
    equity: dict[int, float] = {}
    seen: dict[tuple[str, int], Seen] = {}
    for instant in opened_at.tolist():
        before, closed_at = trader.log.count, instant + strategy.timeframe.ms
        due = [desk for desk in trader.desks if _opens_at(desk, instant)]
        kernel.step(trader, due)
        equity[closed_at] = trader.equity
        for desk in due:
            symbol = strategy.symbols[desk.index]
            watched(evaluators[desk.index], desk)
            if looked(symbol, closed_at):
                own = list(_ordered(strategy, trader, desk, before))
                trace = explain_instant(strategy, evaluators[desk.index], trader, desk, own)
                seen[symbol, closed_at] = seen_at(trace, desk)
    lines = _lines(strategy, markets, data, trader, opened_at, equity)
    return Enacted(bars, lines, equity, seen)


def seen_at(trace: Trace, desk: Desk) -> Seen:
    """What is held at a desk, beside the trace of its newest bar."""
    position = desk.position
    if position.quantity == 0.0:
        return Seen(trace, "none", 0.0, 0.0, 0.0)
    side = "long" if position.side > 0.0 else "short"
    return Seen(trace, side, position.quantity, position.entry_price, desk.stop)


def _instants(strategy: Strategy, bars: Mapping[str, Bars]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([bars[symbol].opened_at for symbol in strategy.symbols]))


def _opens_at(desk: Desk, instant: int) -> bool:
    following = desk.row + 1
    return bool(following < desk.table.count and desk.table.opened_at[following] == instant)


def _ordered(strategy: Strategy, trader: Trader, desk: Desk, first: int) -> Iterator[OrderRequest]:
    """What was decided at the newest close."""
    for row in range(first, trader.log.count):
        cells = trader.log.cells(row)
        if int(cells[codes.DESK]) == desk.index and cells[codes.DECIDED] == trader.now:
            yield request_of(strategy, cells)


def _lines(
    strategy: Strategy,
    markets: tuple[Market, ...],
    data: RunData,
    trader: Trader,
    opened_at: NDArray[np.int64],
    equity: Mapping[int, float],
) -> list[tuple[OrderLine, ExitReason | None]]:
    closed_at = opened_at + strategy.timeframe.ms
    values = np.array([equity[close] for close in closed_at.tolist()])
    simulation = Simulation(strategy, markets, data, trader, closed_at, values)
    reasons = [reason_of(row) for part in trader.log.parts() for row in part.tolist()]
    return list(zip(order_lines(simulation), reasons, strict=True))
