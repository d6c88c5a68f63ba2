"""What a strategy would order at the newest closed bar, without a run and without sending it.

In: bars, and either an empty account or a run's journal. Out: the requests that a session would
journal then, with their ids, and what their fills would call for.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.core import codes
from runner.core.book import floor_to_grid
from runner.core.codes import NONE
from runner.core.columns import evaluator_of, table_of
from runner.core.decide import close_bar, decide
from runner.core.desk import Desk
from runner.core.strategy import Strategy
from runner.core.trader import Trader, filled
from runner.data.history import RunData
from runner.engine.desks import Desks
from runner.engine.past import surroundings_of
from runner.engine.tracing import Trace, explain_instant
from runner.journal.history import History
from runner.journal.orders import CheckedRow, DeniedRow
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.orders import OrderRequest
from runner.model.trades import PositionSide


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held before anything is sent; quantity in base, price in quote currency."""

    symbol: str
    side: PositionSide
    quantity: float
    entry_price: float


@dataclass(frozen=True, slots=True)
class Preview:
    """One instant (UTC ms). `after_fill`: what follows where entries fill at their expected price.

    `cash` is all of it, in quote currency; `traces` are of the symbols of which a bar closed then.
    """

    at_ms: int
    cash: float
    equity: float
    holdings: tuple[Holding, ...]
    rows: tuple[CheckedRow | DeniedRow, ...]
    after_fill: tuple[OrderRequest, ...]
    traces: tuple[Trace, ...]


def preview(
    strategy: Strategy, markets: tuple[Market, ...], data: RunData, history: History | None
) -> Preview:
    """`history`: of the run whose account and positions are taken; `None`: a new account."""
    known = history or History(())
    if history is not None:
        _refuse_other_bars(strategy, data, history)
    desks = Desks(strategy, markets, float(strategy.backtest.initial), asks_again=True)
    desks.resume(known)
    trader, bars = desks.trader, {market.symbol: market.bars for market in data.markets}
    evaluators = []
    for desk in trader.desks:
        here = surroundings_of(strategy, strategy.symbols[desk.index], bars, data)
        desk.table = table_of(strategy, here, None, len(here.bars))
        desk.row = len(here.bars) - 1
        evaluators.append(evaluator_of(strategy, here))
    closes = [evaluator.bars.closed_at(-1) for evaluator in evaluators]
    due = [desk for desk in trader.desks if closes[desk.index] == max(closes)]
    trader.now = float(max(closes))
    for desk in due:
        close_bar(trader, desk)
    decide(trader, due)
    rows = desks.intentions(known).rows
    asked = [row.request for row in rows]
    traces = [
        explain_instant(
            strategy,
            evaluators[desk.index],
            trader,
            desk,
            [one for one in asked if one.symbol == strategy.symbols[desk.index]],
        )
        for desk in due
    ]
    holdings, cash = _holdings(strategy, trader), trader.account.cash
    _fill_entries(trader)
    return Preview(
        max(closes),
        cash,
        trader.equity,
        tuple(holdings),
        tuple(rows),
        tuple(desks.intentions(known).requests()),
        tuple(traces),
    )


def _refuse_other_bars(strategy: Strategy, data: RunData, history: History) -> None:
    """Rows are counted from the run's first bar, and what it has decided is decided."""
    newest = max(market.bars.closed_at(-1) for market in data.markets[: len(strategy.symbols)])
    opened = min(int(market.bars.opened_at[0]) for market in data.markets)
    if history.anchor_of() not in (None, opened):  # a replay that never was resumed has none
        raise Refused("the run began at another bar: name data that begins at the same one")
    if newest <= (history.reached() or 0):
        raise Refused("the run has decided the newest of these bars: name data with newer ones")


def _holdings(strategy: Strategy, trader: Trader) -> list[Holding]:
    return [
        Holding(
            strategy.symbols[desk.index],
            PositionSide.LONG if desk.position.side > 0.0 else PositionSide.SHORT,
            desk.position.quantity,
            desk.position.entry_price,
        )
        for desk in trader.desks
        if desk.position.quantity > 0.0
    ]


def _fill_entries(trader: Trader) -> None:
    """Entries of this instant fill at the price that they were sized by."""
    for desk in trader.desks:
        row = desk.entry_row
        if row == NONE or desk.position.quantity > 0.0:
            continue
        if trader.log.value(row, codes.DECIDED) == trader.now:
            price, quantity = desk.signal.price, _quantity(desk)
            paid = quantity * price * desk.plan.taker
            filled(trader, desk, row, quantity, price, paid, trader.now, False, codes.CANCELED)


def _quantity(desk: Desk) -> float:
    """In base currency, also of an entry that spends an amount."""
    if desk.entry_quantity > 0.0:
        return float(desk.entry_quantity)
    bought = desk.entry_spend / (desk.signal.price * (1.0 + desk.plan.taker))
    return float(floor_to_grid(bought, desk.plan.step_numerator, desk.plan.step_denominator))
