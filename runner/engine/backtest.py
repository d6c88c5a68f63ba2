"""A strategy over past bars at once, through the compiled loop.

In: a strategy, its bars, the market's rules. Out: a `Result` whose orders carry the ids that a
replay of the same bars gives them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from runner.core import codes, kernel
from runner.core.book import Account, Position
from runner.core.columns import columns
from runner.core.limits import Snapshot, breach_texts
from runner.core.plan import Plan, plan_of
from runner.core.size import Draft, Signal, draft
from runner.engine.trips import Fill, assumptions, round_trips
from runner.exchange.ids import STOP_LEG, TARGET_LEG, client_order_id
from runner.model.money import decimal_of
from runner.model.orders import ExitReason, OrderState, OrderType, Purpose, Side
from runner.model.results import DataUsed, OrderLine, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from runner.core.columns import Columns
    from runner.core.strategy import Strategy
    from runner.model.bars import Bars
    from runner.model.markets import Market

_PURPOSES = (Purpose.ENTRY, Purpose.EXIT, Purpose.PROTECT, Purpose.PROTECT)
_LEGS = ("", "", STOP_LEG, TARGET_LEG)
_TYPES = (OrderType.MARKET, OrderType.MARKET, OrderType.STOP, OrderType.LIMIT)
_EXIT_REASONS = (None, ExitReason.RULE, ExitReason.STOP_LOSS, ExitReason.TAKE_PROFIT)
_STATES = (
    OrderState.ACCEPTED,
    OrderState.FILLED,
    OrderState.EXPIRED,
    OrderState.CANCELED,
    OrderState.REJECTED,
    OrderState.DENIED,
)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What the loop left: log rows (see core/kernel.py) and the equity at each close."""

    strategy: Strategy
    plan: Plan
    market: Market
    bars: Bars
    columns: Columns
    log: NDArray[np.float64]
    equity: NDArray[np.float64]
    fees: float


def simulate(strategy: Strategy, bars: Bars, market: Market) -> Simulation:
    """Runs the loop; no words are made yet."""
    plan = plan_of(strategy, market, strategy.backtest.costs)
    table = columns(strategy, bars)
    account, log = Account(float(strategy.backtest.initial)), kernel.Log()
    desk = kernel.Desk(plan, account, Position(), log)
    equity = np.empty(len(bars))
    kernel.run(
        desk,
        bars.open.data,
        bars.high.data,
        bars.low.data,
        bars.close.data,
        table.entry.data,
        table.leave.data,
        table.value.data,
        table.stop.data,
        table.target.data,
        table.first,
        equity.data,
    )
    return Simulation(strategy, plan, market, bars, table, log.array(), equity, account.fees)


def result_of(simulation: Simulation, data: DataUsed, *, with_orders: bool) -> Result:
    """The simulation in words; a summary leaves the order lines out."""
    strategy, bars = simulation.strategy, simulation.bars
    trades, still_open = round_trips(strategy.symbol, _fills(simulation))
    return Result(
        strategy=strategy.name,
        digest=strategy.digest,
        params=strategy.params,
        environment="backtest",
        seed=None,
        data=(data,),
        assumptions=assumptions(strategy, simulation.market, data),
        initial=float(strategy.backtest.initial),
        fees=simulation.fees,
        closed_at=bars.opened_at + bars.timeframe.ms,
        equity=simulation.equity,
        close=bars.close,
        orders=tuple(order_lines(simulation)) if with_orders else (),
        trades=trades,
        still_open=still_open,
    )


def _fills(simulation: Simulation) -> Iterator[Fill]:
    """The log's fills in order; an entry's stop stands in the row after it."""
    bars, rows = simulation.bars, simulation.log.tolist()
    for number, row in enumerate(rows):
        if int(row[codes.STATE]) != codes.FILLED:
            continue
        purpose, at = int(row[codes.PURPOSE]), int(row[codes.FILLED_ROW])
        stop = 0.0
        if purpose == codes.ENTRY and number + 1 < len(rows):
            following = rows[number + 1]
            stop = following[codes.PRICE] if following[codes.PURPOSE] == codes.STOP else 0.0
        yield Fill(
            at_ms=_filled_at(bars, at, row[codes.NOTE] == 1.0),
            price=row[codes.FILL_PRICE],
            quantity=row[codes.QUANTITY],
            fee=row[codes.FEE],
            reason=_EXIT_REASONS[purpose],
            stop=stop,
        )


def order_lines(simulation: Simulation) -> list[OrderLine]:
    """One line per log row, in order of intention."""
    return [_line(simulation, row) for row in simulation.log.tolist()]


def _line(simulation: Simulation, row: list[float]) -> OrderLine:
    strategy, bars = simulation.strategy, simulation.bars
    purpose, state = int(row[codes.PURPOSE]), _STATES[int(row[codes.STATE])]
    decided, at = int(row[codes.DECIDED]), int(row[codes.FILLED_ROW])
    filled = state is OrderState.FILLED
    price = row[codes.FILL_PRICE] if filled else row[codes.PRICE]
    inside = filled and row[codes.NOTE] == 1.0
    return OrderLine(
        client_order_id=client_order_id(
            strategy.name,
            strategy.account.name,
            strategy.symbol,
            _LEGS[purpose],
            bars.closed_at(decided),
            _PURPOSES[purpose],
            1,
        ),
        decided_at=bars.closed_at(decided),
        symbol=strategy.symbol,
        side=Side.BUY if purpose == codes.ENTRY else Side.SELL,
        type=_TYPES[purpose],
        purpose=_PURPOSES[purpose],
        price=decimal_of(price) if price else None,
        quantity=decimal_of(row[codes.QUANTITY] if row[codes.QUANTITY] > 0.0 else 0.0),
        fee=decimal_of(row[codes.FEE]),
        status=state,
        filled_at=_filled_at(bars, at, inside) if filled else None,
        bar_opened_at=int(bars.opened_at[at]) if filled else None,
        reasons=_reasons(simulation, state, decided, int(row[codes.NOTE])),
    )


def _filled_at(bars: Bars, at: int, inside: bool) -> int:
    """A fill at the open has the open's time; inside a bar only its last millisecond is known."""
    return bars.closed_at(at) - 1 if inside else int(bars.opened_at[at])


def _reasons(simulation: Simulation, state: OrderState, row: int, bits: int) -> tuple[str, ...]:
    """Why an entry at `row` was denied, sized again for its words (flat: its equity was cash)."""
    if state is OrderState.REJECTED:
        return ("at the next open the cash did not cover it, or it was below the market's minimum",)
    if state is not OrderState.DENIED:
        return ()
    plan, table, order = simulation.plan, simulation.columns, Draft()
    cash = float(simulation.equity[row])
    signal = Signal(
        float(simulation.bars.close[row]),
        plan.capital or cash,
        float(table.value[row]),
        float(table.stop[row]),
        float(table.target[row]),
    )
    draft(plan, signal, order)
    return breach_texts(bits, plan, order, Snapshot(cash, 0.0, 0))
