"""The result of a session, from its journal and its bars, in the same words as a backtest's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from runner.core.strategy import Strategy
from runner.engine.trips import Fill, assumptions, round_trips
from runner.journal.history import History
from runner.journal.orders import OrderRecord
from runner.model.bars import Bars
from runner.model.markets import Market
from runner.model.orders import ExitReason, OrderState, OrderType, Purpose, Side
from runner.model.results import DataUsed, OrderLine, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray


def result_of(
    strategy: Strategy,
    market: Market,
    journal: History,
    bars: Bars,
    data: DataUsed,
    environment: str,
    seed: int | None,
) -> Result:
    """Orders, trades and equity as the journal has them."""
    records = journal.orders()
    lines = tuple(order_line(record, bars) for record in records)
    initial = float(strategy.backtest.initial)
    trades, still_open = round_trips(strategy.symbol, _fills(records))
    return Result(
        strategy=strategy.name,
        digest=strategy.digest,
        params=strategy.params,
        environment=environment,
        seed=seed,
        data=(data,),
        assumptions=assumptions(strategy, market, data),
        initial=initial,
        fees=sum((float(line.fee) for line in by_fill(lines)), 0.0),
        closed_at=bars.opened_at + bars.timeframe.ms,
        equity=equity_curve(initial, lines, bars),
        close=bars.close,
        orders=lines,
        trades=trades,
        still_open=still_open,
    )


def order_line(record: OrderRecord, bars: Bars | None) -> OrderLine:
    """An order of the journal as results show it; the bar of its fill only where `bars` tell."""
    request, filled = record.request, record.execution
    opened_at = None
    if filled is not None and bars is not None:
        row = int(np.searchsorted(bars.opened_at, filled.at_ms, side="right")) - 1
        opened_at = int(bars.opened_at[row])
    return OrderLine(
        client_order_id=request.client_order_id,
        decided_at=request.decided_at,
        symbol=request.symbol,
        side=request.side,
        type=request.type,
        purpose=request.purpose,
        price=filled.price if filled is not None else request.price or request.stop_price,
        quantity=filled.quantity if filled is not None else request.quantity or Decimal(0),
        fee=Decimal(0) if filled is None else filled.fee,
        status=record.state,
        filled_at=None if filled is None else filled.at_ms,
        bar_opened_at=opened_at,
        reasons=record.reasons,
    )


def by_fill(lines: tuple[OrderLine, ...]) -> list[OrderLine]:
    """The filled lines in order of their fills; at one instant in order of intention."""
    filled = [line for line in lines if line.filled_at is not None]
    return sorted(filled, key=lambda line: line.filled_at or 0)


def equity_curve(initial: float, lines: tuple[OrderLine, ...], bars: Bars) -> NDArray[np.float64]:
    """Cash and the position marked at each close: core/book.py's operations in the same order."""
    equity, cash, quantity, start = np.empty(len(bars)), initial, 0.0, 0
    for line in by_fill(lines):
        at = int(np.searchsorted(bars.opened_at, line.bar_opened_at or 0))
        equity[start:at] = cash + quantity * bars.close[start:at]
        filled, fee = float(line.quantity), float(line.fee)
        notional = filled * float(line.price or 0)
        if line.side is Side.BUY:
            cash, quantity = cash - (notional + fee), quantity + filled
        else:
            cash, quantity = cash + (notional - fee), quantity - filled
        start = at
    equity[start:] = cash + quantity * bars.close[start:]
    return equity


def _fills(records: list[OrderRecord]) -> Iterator[Fill]:
    """The journal's fills in order of time; an entry carries the stop that protects it."""
    stops = {
        record.request.decided_at: float(record.request.stop_price)
        for record in records
        if record.request.stop_price is not None
    }
    filled = [record for record in records if record.state is OrderState.FILLED]
    for record in sorted(filled, key=_when):
        execution, request = record.execution, record.request
        if execution is None:
            continue
        yield Fill(
            at_ms=execution.at_ms,
            price=float(execution.price),
            quantity=float(execution.quantity),
            fee=float(execution.fee),
            reason=exit_reason(record),
            stop=stops.get(request.decided_at, 0.0) if request.purpose is Purpose.ENTRY else 0.0,
        )


def _when(record: OrderRecord) -> int:
    return 0 if record.execution is None else record.execution.at_ms


def exit_reason(record: OrderRecord) -> ExitReason | None:
    """What a fill of this order ends a position for; `None`: it opens one."""
    if record.request.purpose is Purpose.ENTRY:
        return None
    if record.request.purpose is Purpose.EXIT:
        return ExitReason.RULE
    stop = record.request.type is OrderType.STOP
    return ExitReason.STOP_LOSS if stop else ExitReason.TAKE_PROFIT
