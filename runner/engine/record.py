"""The result of a session, from its journal and its bars, in the same words as a backtest's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from runner.core import codes
from runner.core.book import Account, Position, charge, enter, leave
from runner.core.funding import LATENESS_MS
from runner.core.snapshot import restore
from runner.core.strategy import Strategy
from runner.data.history import RunData
from runner.engine.backtest import halted_by, new_trader
from runner.engine.rows import LIQUIDATION, REASONS
from runner.engine.trips import Fill, assumptions, round_trips
from runner.journal.history import Funded, History
from runner.journal.orders import OrderRecord
from runner.model.bars import Bars
from runner.model.markets import Market
from runner.model.orders import OPENING, ExitReason, OrderState, Purpose, Side
from runner.model.results import OrderLine, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray


def result_of(
    strategy: Strategy,
    markets: tuple[Market, ...],
    journal: History,
    bars: Mapping[str, Bars],
    data: RunData,
    environment: str,
    seed: int | None,
) -> Result:
    """Orders, trades and equity as the journal has them."""
    records = journal.orders()
    traded = [bars[symbol] for symbol in strategy.symbols]
    opened_at = np.unique(np.concatenate([one.opened_at for one in traded]))
    retold = Retold(strategy, markets, float(strategy.backtest.initial))
    equity = retold.tell(records, journal.fundings(), traded, opened_at + strategy.timeframe.ms)
    trades, still_open = round_trips(retold.fills)
    state = journal.state() or {}
    return Result(
        strategy=strategy.name,
        digest=strategy.digest,
        params=strategy.params,
        environment=environment,
        seed=seed,
        symbols=strategy.symbols,
        data=data.used(),
        assumptions=assumptions(strategy, markets, data.used()),
        initial=float(strategy.backtest.initial),
        fees=retold.account.fees,
        funding=retold.account.funding,
        closed_at=opened_at + strategy.timeframe.ms,
        equity=equity,
        close=tuple((one.opened_at + one.timeframe.ms, one.close) for one in traded),
        orders=tuple(order_line(one, bars.get(one.request.symbol)) for one in records),
        trades=trades,
        still_open=still_open,
        denied=sum(record.state is OrderState.DENIED for record in records),
        halted=_halted(strategy, markets, state),
    )


def _halted(
    strategy: Strategy, markets: tuple[Market, ...], state: Mapping[str, Any]
) -> str | None:
    """Which protection still pauses until a person resumes."""
    trader = new_trader(strategy, markets, 0.0)
    if state:
        restore(trader, state)
    return halted_by(trader)


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


class Retold:
    """Books every fill and funding of a journal once more, by core/book.py, in their order."""

    def __init__(self, strategy: Strategy, markets: tuple[Market, ...], initial: float) -> None:
        self.account = Account(initial)
        self.fills: list[Fill] = []
        self._leverage = float(strategy.leverage) if strategy.is_futures else 0.0
        self._positions = {
            market.symbol: Position(market.quantity.numerator, market.quantity.denominator)
            for market in markets
        }

    def tell(
        self,
        records: Sequence[OrderRecord],
        fundings: Sequence[Funded],
        traded: Sequence[Bars],
        closed_at: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """The equity at each instant of `closed_at`."""
        filled = [record for record in records if record.execution is not None]
        stops = _first_stops(records)
        events = sorted(
            [(_instant(closed_at, _when(one)), 0, _when(one), one) for one in filled]
            + [
                (_instant(closed_at, one.at_ms - LATENESS_MS), 1, one.at_ms, one)
                for one in fundings
            ],
            key=lambda event: event[:3],
        )
        marks = [_marks(bars, closed_at) for bars in traded]
        equity, start = np.empty(len(closed_at)), 0
        for at, _, _, event in events:
            equity[start:at] = self._marked(marks, slice(start, at))
            start = at
            match event:
                case OrderRecord():
                    self._fill(event, stops)
                case Funded(symbol, _, paid):
                    charge(self.account, self._positions[symbol], float(paid))
        equity[start:] = self._marked(marks, slice(start, len(closed_at)))
        return equity

    def _marked(self, marks: Sequence[NDArray[np.float64]], span: slice) -> Any:
        total: Any = np.full(span.stop - span.start, self.account.cash)
        for position, mark in zip(self._positions.values(), marks, strict=True):
            if position.quantity > 0.0 and self._leverage > 0.0:
                move = mark[span] - position.entry_price
                total += position.side * position.quantity * move
            elif position.quantity > 0.0:
                total += position.quantity * mark[span]
        return total

    def _fill(self, record: OrderRecord, stops: Mapping[tuple[str, int], float]) -> None:
        request, execution = record.request, record.execution
        assert execution is not None  # only filled orders are told
        position, side = self._positions[request.symbol], 1 if request.side is Side.BUY else -1
        numbers = float(execution.quantity), float(execution.price), float(execution.fee)
        opens, funding = request.purpose in OPENING, position.funding
        if opens:
            enter(self.account, position, float(side), *numbers, self._leverage)
        else:
            leave(self.account, position, *numbers, self._leverage)
        is_entry = request.purpose is Purpose.ENTRY
        self.fills.append(
            Fill(
                symbol=request.symbol,
                at_ms=execution.at_ms,
                side=side,
                price=numbers[1],
                quantity=numbers[0],
                fee=numbers[2],
                reason=None if opens else exit_reason(record),
                stop=stops.get((request.symbol, request.decided_at), 0.0) if is_entry else 0.0,
                funding=0.0 if opens or position.quantity > 0.0 else funding,
            )
        )


def _first_stops(records: Sequence[OrderRecord]) -> Mapping[tuple[str, int], float]:
    """By symbol and signal the stop that an entry's fill placed."""
    return {
        (record.request.symbol, record.request.decided_at): float(record.request.stop_price)
        for record in records
        if record.request.purpose is Purpose.PROTECT
        and record.request.stop_price is not None
        and record.body.get("attempt") == 1
    }


def _instant(closed_at: NDArray[np.int64], at_ms: int) -> int:
    """The first close after something happened."""
    return int(np.searchsorted(closed_at, at_ms, side="right"))


def _marks(bars: Bars, closed_at: NDArray[np.int64]) -> NDArray[np.float64]:
    """The newest close at each instant; 0 before the first."""
    rows = np.searchsorted(bars.opened_at + bars.timeframe.ms, closed_at, side="right")
    return np.concatenate([[0.0], bars.close])[rows]


def _when(record: OrderRecord) -> int:
    return 0 if record.execution is None else record.execution.at_ms


def exit_reason(record: OrderRecord) -> ExitReason:
    """What a fill of this order ends a position for."""
    if record.body.get("group") == LIQUIDATION:
        return ExitReason.LIQUIDATION
    return REASONS[int(record.body.get("reason", codes.BY_RULE))] or ExitReason.RULE
