"""Ledgers of positions that are added to, worked out by hand: pyramids and safety orders."""

from __future__ import annotations

import pytest

from tests.core.stage import Ledger, played, rule_file
from tests.engine.values import SPOT

#: Decided at the close of bar 1, at 101.
SIGNAL = ("100", "101")

PYRAMID = """
entry:
  long:
    when: close > 100
    size: {quantity: 10 BTC}
    add: {max: 2, when: close >= last_entry_price + 5, size: 50%}
exit:
  stop_loss: {distance: 4 USDT}
"""


def test_a_pyramid_adds_while_the_price_runs_and_its_stop_follows_the_average() -> None:
    rows = ("100", "105", "106", "111", "112", "120", "121 121 97 98", "98")
    ledger = played(rule_file(PYRAMID, taker="0.1%"), *SIGNAL, *rows)

    # 10 at 100, 5 at 106: (1000 + 530) / 15 = 102; 5 at 112: (1530 + 560) / 20 = 104.5.
    # The stop: 100 - 4, 102 - 4, 104.5 - 4. No third add at 120.
    assert ledger.orders == [
        "entry buy 10 market: filled 100 fee 1 in 2",
        "stop sell 10 stop 96: canceled",
        "add buy 5 market: filled 106 fee 0.53 in 4",
        "stop sell 15 stop 98: canceled",
        "add buy 5 market: filled 112 fee 0.56 in 6",
        "stop sell 20 stop 100.5: filled 100.5 fee 2.01 in 8",
    ]
    # 20 × (100.5 - 104.5) = -80
    assert ledger.equity == pytest.approx(10_000 - 80 - 1 - 0.53 - 0.56 - 2.01, abs=1e-9)
    (trip,) = ledger.result.trades
    assert (trip.quantity, trip.entry_price, trip.exit_price) == (20, 104.5, 100.5)


def test_an_add_on_top_of_the_size_of_all_meets_the_limits() -> None:
    strategy = rule_file(PYRAMID, limits="max_exposure: 1500 USDT")
    ledger = played(strategy, *SIGNAL, "100", "105", "106", "106")

    # 10 × 105 + 5 × 105, each bar anew
    assert ledger.orders[2:] == ["add buy 5 market: denied", "add buy 5 market: denied"]
    assert ledger.denials[0] == "exposure would be 1575; `max_exposure` is 1500"


def test_an_add_that_the_cash_does_not_cover_at_the_open_is_rejected() -> None:
    body = PYRAMID.replace("quantity: 10", "quantity: 60").replace("distance: 4", "distance: 9")
    ledger = played(rule_file(body, SPOT), *SIGNAL, "100", "105", "140", "140 140 140 140")

    # 60 at 100 leave 4000: 30 × 105 = 3150 would do, 30 × 140 = 4200 does not
    assert ledger.orders[2] == "add buy 30 market: rejected"
    assert ledger.held == [60]


def test_a_short_adds_as_the_price_falls() -> None:
    strategy = rule_file(
        """
entry:
  short:
    when: close < 100
    size: {quantity: 10 BTC}
    add: {max: 1, when: close <= last_entry_price - 5}
exit: {stop_loss: {distance: 4 USDT}}
"""
    )
    ledger = played(strategy, "100", "99", "100", "95", "94", "94 102 94 102", "102")

    # (1000 + 940) / 20 = 97: the stop moves from 104 to 101
    assert ledger.fills == [
        "entry sell 10 market: filled 100 in 2",
        "add sell 10 market: filled 94 in 4",
        "stop buy 20 stop 101: filled 101 in 5",
    ]
    assert ledger.equity == 10_000 - 20 * 4


LADDER = """
entry:
  long:
    when: close > 100
    size: {quantity: 10 BTC}
    add: [{at: -1%, size: 100%}, {at: -2.5%, size: 150%}]
exit:
  take_profit: {distance: 2%, from: average}
"""


def ladder(*rows: str, more: str = "", symbol: str | None = None) -> Ledger:
    """Ten coins at the open of bar 2, and safety orders below."""
    names = () if symbol is None else (symbol,)
    return played(rule_file(LADDER + more, *names, maker="0.1%", taker="0.2%"), *SIGNAL, *rows)


def test_safety_orders_lower_the_average_and_the_target_follows() -> None:
    ledger = ladder("100 100 98.5 99", "99 101.6 99 101")

    # 10 at 100 and 10 at 99: the target falls from 102 to 99.5 × 1.02 = 101.49
    assert ledger.orders == [
        "entry buy 10 market: filled 100 fee 2 in 2",
        "add buy 10 limit 99: filled 99 fee 0.99 in 2",
        "add buy 15 limit 97.5: canceled",
        "target sell 10 limit 102: canceled",
        "target sell 20 limit 101.49: filled 101.49 fee 2.0298 in 3",
    ]
    gain = 10 * 1.49 + 10 * 2.49
    assert ledger.equity == pytest.approx(10_000 + gain - 2 - 0.99 - 2.0298, abs=1e-9)


def test_a_bar_may_fill_several_safety_orders_and_targets_wait() -> None:
    ledger = ladder("100 103 97 98", "98 100.6 98 100", "100")

    # (1000 + 990 + 1462.5) / 35 = 98.642857…, × 1.02 = 100.6157…: away to 100.62, not reached
    assert ledger.fills[1:] == [
        "add buy 10 limit 99: filled 99 fee 0.99 in 2",
        "add buy 15 limit 97.5: filled 97.5 fee 1.4625 in 2",
    ]
    assert ledger.orders[-1] == "target sell 35 limit 100.62: rests"
    assert ledger.held == [35]


def test_safety_orders_that_an_open_is_beyond_fill_there_as_takers() -> None:
    ledger = ladder("100", "97 97 97 97", "97")

    assert ledger.fills[1:] == [
        "add buy 10 limit 99: filled 97 fee 1.94 in 3",
        "add buy 15 limit 97.5: filled 97 fee 2.91 in 3",
    ]


def test_safety_orders_end_with_the_position() -> None:
    ledger = ladder("100 102.5 100 102", "90", "90")

    assert ledger.fills == [
        "entry buy 10 market: filled 100 fee 2 in 2",
        "target sell 10 limit 102: filled 102 fee 1.02 in 2",
    ]
    assert [line for line in ledger.orders if line.startswith("add")] == [
        "add buy 10 limit 99: canceled",
        "add buy 15 limit 97.5: canceled",
    ]


def test_the_whole_ladder_counts_before_its_first_order() -> None:
    body = LADDER.replace("quantity: 10", "quantity: 30")
    ledger = played(rule_file(body, SPOT), *SIGNAL, "100", "100")

    # 30 × 101 + 30 × 99.99 + 45 × 98.475 = 3030 + 2999.7 + 4431.375
    assert ledger.orders == ["entry buy 30 market: denied"]
    assert "10000 is free" in ledger.denials[0]


def test_a_safety_order_beyond_the_stop_is_not_placed() -> None:
    ledger = ladder("100", "100 100 96 97", "97", more="  stop_loss: {distance: 2%}\n")

    # the price cannot get to 97.5 before 98, where the stop ends the position
    assert [line for line in ledger.orders if line.startswith(("add", "stop"))] == [
        "add buy 10 limit 99: filled 99 fee 0.99 in 3",
        "stop sell 10 stop 98: canceled",
        "stop sell 20 stop 98: filled 98 fee 3.92 in 3",
    ]


def test_safety_orders_that_a_moved_stop_has_passed_are_canceled() -> None:
    more = "  stop_loss: {distance: 5%}\n  break_even: {at: 1%}\n"
    ledger = ladder("100 101 100 101", "101 101 96 97", "97", more=more)

    assert [line for line in ledger.orders if line.startswith("add")] == [
        "add buy 10 limit 99: canceled",
        "add buy 15 limit 97.5: canceled",
    ]
    assert ledger.ends == ["break_even"]


def test_a_safety_order_beyond_the_liquidation_is_not_placed() -> None:
    strategy = rule_file(
        """
position: {leverage: 20x}
entry:
  long:
    when: close > 100
    size: {quantity: 10 BTC}
    add: [{at: -3%, size: 100%}, {at: -6.2%, size: 100%}]
"""
    )
    ledger = played(strategy, *SIGNAL, "100", "100 100 90 91", "91")

    # liquidated at (1 - 1/20) / (1 - 0.005) of the average: 95.48 at first, 94.045 after 97
    assert ledger.orders == [
        "entry buy 10 market: filled 100 in 2",
        "add buy 10 limit 97: filled 97 in 3",
        "exit sell 20 market: filled 93.575 in 3",
    ]
    # half the margins: 50 and 48.5
    assert ledger.equity == pytest.approx(10_000 - 98.5, abs=1e-9)
