"""A strategy over past bars at once, through the compiled loop.

In: a strategy, its data, the markets' rules. Out: a `Result` whose orders carry the ids that a
replay of the same data gives them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runner.core import codes, kernel
from runner.core.columns import table_of
from runner.core.funding import per_unit
from runner.core.guards import guards_of
from runner.core.plan import plan_of
from runner.core.trader import Trader, trader_of
from runner.core.trips import sort_out
from runner.engine.past import surroundings_of
from runner.engine.rows import PURPOSES, STATES, TYPES, denial, id_of, quantity_of
from runner.engine.trips import assumptions, trips_of
from runner.model.money import decimal_of
from runner.model.orders import OrderState, Side
from runner.model.results import OrderLine, Result
from runner.model.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from runner.core.log import Log
    from runner.core.strategy import Strategy
    from runner.data.history import MarketData, RunData
    from runner.engine.rows import Row
    from runner.model.markets import Market

#: What the exchange says no with where a simulation knows why.
_REJECTED = ("at the open the cash did not cover it, it was below the market's minimum, or a "
             "post-only order would have filled at once",)  # fmt: skip

MOST_SYMBOLS = 1000.0  # so many instants in milliseconds are whole numbers of float64


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the loop left: its trader with log rows (codes.py), and the equity at each instant."""

    strategy: Strategy
    markets: tuple[Market, ...]
    data: RunData
    trader: Trader
    closed_at: NDArray[np.int64]
    equity: NDArray[np.float64]


class SortedLog:
    """The rows of a log by what they are to a summary, found in one pass."""

    def __init__(self, log: Log) -> None:
        self._parts = [(rows, np.empty(len(rows), np.uint8)) for rows in log.parts()]
        for rows, kinds in self._parts:
            sort_out(rows, kinds)

    def places(self, kind: int) -> list[tuple[NDArray[np.float64], NDArray[np.intp]]]:
        """Where rows with this bit of codes.py lie, in order of intention."""
        return [(rows, np.flatnonzero(kinds & kind)) for rows, kinds in self._parts]

    def column(self, kind: int, column: int) -> NDArray[np.float64]:
        """One cell of each of them."""
        return np.concatenate([rows[at, column] for rows, at in self.places(kind)])

    def rows(self, kind: int) -> NDArray[np.float64]:
        """All cells of each of them."""
        places = self.places(kind)
        found, end = np.empty((sum(len(at) for _, at in places), codes.WIDTH)), 0
        for rows, at in places:
            np.take(rows, at, axis=0, out=found[end : end + len(at)], mode="clip")
            end += len(at)
        return found


def simulate(strategy: Strategy, data: RunData, markets: tuple[Market, ...]) -> Simulation:
    """Runs the loop; no words are made yet."""
    trader = new_trader(strategy, markets, float(strategy.backtest.initial))
    bars = {market.symbol: market.bars for market in data.markets}
    for desk, market in zip(trader.desks, data.markets, strict=False):
        here = surroundings_of(strategy, market.symbol, bars, data)
        desk.table = table_of(strategy, here, funding_of(market), len(market.bars) - 1)
    traded = [market.bars.opened_at for market in data.markets[: len(trader.desks)]]
    opened_at = traded[0] if len(traded) == 1 else np.unique(np.concatenate(traded))
    equity = np.empty(len(opened_at))
    kernel.run(trader, opened_at.data, equity.data)
    return Simulation(strategy, markets, data, trader, opened_at + strategy.timeframe.ms, equity)


def new_trader(strategy: Strategy, markets: tuple[Market, ...], cash: float) -> Trader:
    """Nothing held, nothing decided; one desk for each symbol of the file."""
    plans = [plan_of(strategy, market, strategy.backtest.costs) for market in markets]
    trader = trader_of(cash, guards_of(strategy), strategy.max_open, plans)
    if strategy.capital is not None:
        trader.own = float(strategy.capital) - cash
    return trader


def funding_of(market: MarketData) -> NDArray[np.float64] | None:
    """What one unit pays at each close."""
    if market.funding is None:
        return None
    bars = market.bars
    return per_unit(
        bars.opened_at + bars.timeframe.ms,
        bars.close,
        market.funding.stamps_ms,
        market.funding.rates,
    )


def result_of(simulation: Simulation, *, with_orders: bool) -> Result:
    """The simulation in words; a summary leaves the order lines out."""
    strategy, trader = simulation.strategy, simulation.trader
    log = SortedLog(trader.log)
    trades, still_open = trips_of(strategy.symbols, *fills_of(log))
    traded = simulation.data.markets[: len(strategy.symbols)]
    used = simulation.data.used()
    return Result(
        strategy=strategy.name,
        digest=strategy.digest,
        params=strategy.params,
        environment="backtest",
        seed=None,
        symbols=strategy.symbols,
        data=used,
        assumptions=assumptions(strategy, simulation.markets, used),
        initial=float(strategy.backtest.initial),
        fees=trader.account.fees,
        funding=trader.account.funding,
        closed_at=simulation.closed_at,
        equity=simulation.equity,
        close=tuple((closes_of(simulation, market), market.bars.close) for market in traded),
        orders=tuple(order_lines(simulation)) if with_orders else (),
        trades=trades,
        still_open=still_open,
        denied=len(log.column(codes.IS_DENIED, codes.STATE)),
        halted=halted_by(trader),
    )


def closes_of(simulation: Simulation, market: MarketData) -> NDArray[np.int64]:
    """UTC ms of one symbol's closes, which are everybody's where it is alone."""
    alone = len(simulation.strategy.symbols) == 1
    return simulation.closed_at if alone else market.bars.closes_at


def halted_by(trader: Trader) -> str | None:
    """Which protection stopped entries until a person resumes."""
    words = ("stoploss_guard", "max_drawdown", "daily_loss")
    for pause in trader.guards.pauses:
        if pause.ends == float("inf"):
            return words[pause.kind]
    return None


def fills_of(log: SortedLog) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The log's fills in order of time, and of each that opens its first stop, else 0.0."""
    fills = log.rows(codes.IS_FILL)
    at = fills[:, codes.FILLED_AT]
    if (at[1:] < at[:-1]).any():
        fills = fills[np.argsort(at, kind="stable")]
    decided, desk, price = (
        log.column(codes.IS_FIRST_STOP, column)
        for column in (codes.DECIDED, codes.DESK, codes.PRICE)
    )
    stops = np.zeros(len(fills))
    if len(price):
        of_stop = decided * MOST_SYMBOLS + desk  # one number for each instant and symbol
        of_fill = fills[:, codes.DECIDED] * MOST_SYMBOLS + fills[:, codes.DESK]
        in_order = np.argsort(of_stop, kind="stable")
        before = np.searchsorted(of_stop, of_fill, side="right", sorter=in_order) - 1
        stop = in_order[before]  # the last where none is as early
        opens = (fills[:, codes.PURPOSE] == codes.ENTRY) & (of_stop[stop] == of_fill)
        stops[opens] = price[stop[opens]]
    return fills, stops


def order_lines(simulation: Simulation) -> Iterator[OrderLine]:
    """One line per log row, in order of intention."""
    for rows in simulation.trader.log.parts():
        for row in rows.tolist():
            yield _line(simulation, row)


def _line(simulation: Simulation, row: Row) -> OrderLine:
    strategy, desk = simulation.strategy, int(row[codes.DESK])
    purpose, state = int(row[codes.PURPOSE]), STATES[int(row[codes.STATE])]
    filled = state is OrderState.FILLED
    price = row[codes.FILL_PRICE] if filled else row[codes.PRICE]
    at = int(row[codes.FILLED_AT])
    return OrderLine(
        client_order_id=id_of(strategy, row),
        decided_at=int(row[codes.DECIDED]),
        symbol=strategy.symbols[desk],
        side=Side.BUY if row[codes.SIDE] > 0.0 else Side.SELL,
        type=TYPES[int(row[codes.TYPE])],
        purpose=PURPOSES[purpose],
        price=decimal_of(price) if price else None,
        quantity=quantity_of(row),
        fee=decimal_of(row[codes.FEE] if filled else 0.0),
        status=state,
        filled_at=at if filled else None,
        bar_opened_at=_bar_of(simulation, desk, at) if filled else None,
        reasons=_reasons(simulation, state, row),
    )


def _bar_of(simulation: Simulation, desk: int, at: int) -> int:
    """Open of the bar that a fill lies in."""
    opened_at = simulation.data.markets[desk].bars.opened_at
    return int(opened_at[int(np.searchsorted(opened_at, at, side="right")) - 1])


def _reasons(simulation: Simulation, state: OrderState, row: Row) -> tuple[str, ...]:
    if state is OrderState.REJECTED:
        return _REJECTED
    if state is OrderState.DENIED:
        return denial(simulation.trader.desks[int(row[codes.DESK])].plan, row)
    return ()
