"""What fills after the trader has given it up: never more than decided, never without a stop."""

from __future__ import annotations

from decimal import Decimal

import pytest

from runner.core import codes
from runner.core.desk import Desk
from runner.core.legs import replace_stops
from runner.core.size import Draft, Signal, draft
from runner.core.trader import Trader, filled, filled_part
from runner.engine.backtest import new_trader
from runner.engine.rows import id_of
from tests.core.stage import rule_file
from tests.engine.values import FUTURES, a_market

BODY = """
entry:
  long: {when: close > open, size: {notional: 2000 USDT}}
  short: {when: close < open, size: {notional: 2000 USDT}}
exit: {stop_loss: {distance: 5%}, take_profit: [{distance: 10%, close: 50%}, {distance: 20%}]}
"""


def a_trader() -> tuple[Trader, Desk]:
    strategy = rule_file(BODY)
    trader = new_trader(strategy, (a_market(FUTURES),), 10_000.0)
    desk = trader.desks[0]
    desk.signal.side, desk.signal.price, desk.signal_at = 1.0, 100.0, 1000.0
    return trader, desk


def an_entry(
    trader: Trader, desk: Desk, side: float = 1.0, leg: int = 0, kind: int = codes.LIMIT
) -> int:
    row = trader.log.add(1000.0, 0, codes.ENTRY, leg, 1, side, kind, 1.0, 0.0, 100.0, 0, 0.0)
    desk.entry_row, desk.entry_side, desk.entry_quantity = row, side, 1.0
    return int(row)


def fill(trader: Trader, desk: Desk, row: int, quantity: float, price: float) -> None:
    filled(trader, desk, row, quantity, price, 0.0, 5.0, False, codes.CANCELED)


def resting(trader: Trader, purpose: int) -> list[list[float]]:
    rows = trader.log.array().tolist()
    return [r for r in rows if r[codes.STATE] == codes.RESTING and r[codes.PURPOSE] == purpose]


def test_a_chase_is_not_sent_when_the_canceled_limit_filled_after_all() -> None:
    trader, desk = a_trader()
    limit = an_entry(trader, desk)
    trader.log.end(limit, codes.CANCELED)
    chase = an_entry(trader, desk, leg=1, kind=codes.MARKET)

    fill(trader, desk, limit, 1.0, 100.0)

    assert trader.log.value(chase, codes.STATE) == codes.CANCELED
    assert desk.position.quantity == 1.0


def test_a_chase_buys_only_what_is_missing() -> None:
    trader, desk = a_trader()
    limit = an_entry(trader, desk)

    filled_part(trader, desk, limit, 0.7, 100.0, 0.0)

    assert desk.entry_quantity == 0.3


def test_the_rest_of_an_entry_goes_when_its_position_was_stopped_out() -> None:
    trader, desk = a_trader()
    limit = an_entry(trader, desk)
    filled_part(trader, desk, limit, 0.4, 100.0, 0.0)

    while desk.legs:
        fill(trader, desk, desk.leg_stop_row[0], desk.leg_quantity[0], 95.0)

    assert (desk.position.quantity, desk.entry_row) == (0.0, codes.NONE)
    assert trader.log.value(limit, codes.STATE) == codes.CANCELED


def test_a_late_fill_after_the_stop_is_protected_under_ids_of_its_own() -> None:
    trader, desk = a_trader()
    limit = an_entry(trader, desk)
    filled_part(trader, desk, limit, 0.4, 100.0, 0.0)
    while desk.legs:
        fill(trader, desk, desk.leg_stop_row[0], desk.leg_quantity[0], 95.0)

    fill(trader, desk, limit, 0.6, 100.0)

    strategy = rule_file(BODY)
    ids = [id_of(strategy, row) for row in trader.log.array().tolist()]
    assert len(ids) == len(set(ids))
    assert sum(row[codes.QUANTITY] for row in resting(trader, codes.STOP)) == pytest.approx(0.6)


def test_a_late_fill_keeps_its_own_side_whatever_was_signaled_since() -> None:
    trader, desk = a_trader()
    limit = an_entry(trader, desk)
    trader.log.end(limit, codes.CANCELED)
    an_entry(trader, desk, side=-1.0, kind=codes.MARKET)
    desk.signal.side = -1.0

    fill(trader, desk, limit, 1.0, 100.0)

    assert (desk.position.side, desk.stop, desk.entry_row) == (1.0, 95.0, codes.NONE)


def test_a_safety_order_that_fills_after_its_position_ended_is_a_position_with_a_stop() -> None:
    trader, desk = a_trader()
    row = trader.log.add(1000.0, 0, codes.ADD, 1, 1, 1.0, codes.LIMIT, 1.0, 0.0, 98.0, 0, 0.0)
    trader.log.end(row, codes.CANCELED)

    fill(trader, desk, row, 1.0, 98.0)

    assert (desk.position.side, desk.position.quantity) == (1.0, 1.0)
    assert sum(one[codes.QUANTITY] for one in resting(trader, codes.STOP)) == 1.0


def test_an_old_stop_that_filled_while_it_was_replaced_shrinks_the_new_ones() -> None:
    trader, desk = a_trader()
    fill(trader, desk, an_entry(trader, desk, kind=codes.MARKET), 1.0, 100.0)
    old = desk.leg_stop_row[0]
    desk.stop = 97.0
    replace_stops(desk, trader.log)
    fill(trader, desk, old, 0.5, 95.0)

    assert desk.position.quantity == 0.5
    assert sum(one[codes.QUANTITY] for one in resting(trader, codes.STOP)) == 0.5


def test_what_is_left_of_a_partly_filled_stop_lies_on_the_grid() -> None:
    trader, desk = a_trader()
    fill(trader, desk, an_entry(trader, desk, kind=codes.MARKET), 0.6, 100.0)

    filled_part(trader, desk, desk.leg_stop_row[0], 0.1, 95.0, 0.0)

    assert Decimal(repr(desk.leg_quantity[0])) == Decimal("0.2")


def test_an_entry_at_no_price_is_nothing_and_no_error() -> None:
    strategy = rule_file(BODY)
    trader = new_trader(strategy, (a_market(FUTURES),), 10_000.0)
    plan = trader.desks[0].plan
    order, signal = Draft(), Signal()
    signal.side, signal.value = 1.0, 2000.0

    assert plan.long_side is not None
    draft(plan, plan.long_side, signal, order)

    assert (order.quantity, order.notional) == (0.0, 0.0)
