"""Ledgers of contracts worked out by hand: margin, shorts, reversals, funding, liquidation."""

from __future__ import annotations

import pytest

from tests.core.stage import played, rule_file
from tests.engine.values import HOUR, funding

BOTH_SIDES = """
position: {leverage: 5x}
entry:
  long: {when: close > 100, size: {quantity: 2 BTC}}
  short: {when: close < 90, size: {quantity: 3 BTC}}
exit:
  long: {when: close < 95}
  short: {when: close > 95}
"""


def test_a_long_round_trip_pays_both_fees_on_its_notional() -> None:
    ledger = played(rule_file(BOTH_SIDES, taker="0.05%"), "100", "101", "102", "94", "98", "98")

    assert ledger.orders == [
        "entry buy 2 market: filled 102 fee 0.102 in 2",
        "exit sell 2 market: filled 98 fee 0.098 in 4",
    ]
    # 2 × (98 - 102) = -8, and fees of 0.2
    assert ledger.equity == pytest.approx(10_000 - 8 - 0.2, abs=1e-9)
    assert ledger.ends == ["rule"]


def test_a_short_round_trip_gains_where_the_price_falls() -> None:
    ledger = played(rule_file(BOTH_SIDES, taker="0.05%"), "92", "89", "88", "96", "80")

    assert ledger.orders == [
        "entry sell 3 market: filled 88 fee 0.132 in 2",
        "exit buy 3 market: filled 80 fee 0.12 in 4",
    ]
    # 3 × (88 - 80) = 24, and fees of 0.252
    assert ledger.equity == pytest.approx(10_000 + 24 - 0.252, abs=1e-9)


def test_slippage_moves_market_orders_of_both_sides_against_us() -> None:
    ledger = played(rule_file(BOTH_SIDES, slippage="1%"), "92", "89", "88", "96", "80")

    # sold at 88 × 0.99, bought back at 80 × 1.01
    assert ledger.fills[0].startswith("entry sell 3 market: filled 87.12 ")
    assert ledger.fills[1].startswith("exit buy 3 market: filled 80.8 ")


def test_an_open_position_is_marked_at_each_close() -> None:
    ledger = played(rule_file(BOTH_SIDES), "100", "101", "102 104 102 103", "103 105 101 105")

    assert ledger.equities == [10_000, 10_000, 10_002, 10_006]
    assert ledger.held == [2]


def test_an_exit_and_the_opposite_entry_fill_at_one_open() -> None:
    ledger = played(rule_file(BOTH_SIDES), "100", "101", "102", "89", "88", "87")

    assert ledger.orders == [
        "entry buy 2 market: filled 102 in 2",
        "exit sell 2 market: filled 88 in 4",
        "entry sell 3 market: filled 88 in 4",
    ]
    assert ledger.ends == ["reversal"]
    # -28 from the long, +3 from the short at the last close
    assert ledger.equity == 10_000 - 28 + 3


def test_without_reversals_the_opposite_entry_is_dropped() -> None:
    ledger = played(
        rule_file(BOTH_SIDES + "reverse: false\n"), "100", "101", "102", "89", "88", "87"
    )

    assert ledger.fills == [
        "entry buy 2 market: filled 102 in 2",
        "exit sell 2 market: filled 88 in 4",
    ]
    assert ledger.ends == ["rule"]


def test_an_exit_whose_opposite_entry_is_denied_is_no_reversal() -> None:
    strategy = rule_file(BOTH_SIDES, limits="max_order: 250 USDT")
    ledger = played(strategy, "100", "101", "102", "89", "88", "87")

    # 3 × 89 = 267
    assert ledger.orders[1:] == [
        "exit sell 2 market: filled 88 in 4",
        "entry sell 3 market: denied",
    ]
    assert ledger.ends == ["rule"]


def test_a_reversal_is_sized_as_if_the_exit_had_filled_at_the_close() -> None:
    strategy = rule_file(
        """
position: {leverage: 2x}
entry:
  long: {when: close > 100, size: {equity: 100%}}
  short: {when: close < 90, size: {equity: 100%}}
exit:
  long: {when: close < 95}
""",
        taker="0.1%",
    )
    ledger = played(strategy, "100", "125", "125", "80", "80", "80")

    # long 80 at 125 for a fee of 10; at 80 its equity is 9990 - 3600 = 6390, less 6.4 to leave:
    # 6383.6 / 80 = 79.795
    assert ledger.orders == [
        "entry buy 80 market: filled 125 fee 10 in 2",
        "exit sell 80 market: filled 80 fee 6.4 in 4",
        "entry sell 79.795 market: filled 80 fee 6.3836 in 4",
    ]


def test_leverage_holds_back_margin_and_fee_of_each_entry() -> None:
    body = BOTH_SIDES.replace("2 BTC", "495 BTC")
    affordable = played(rule_file(body, taker="0.05%"), "100", "101", "101", "101")
    too_much = played(rule_file(body.replace("495", "494.5"), taker="0.1%"), "100", "101", "101")

    # margin 495 × 101 / 5 = 9999, fee 24.9975: together above 10,000
    assert affordable.denials == ["order would need 10024 with fee and slippage; 10000 is free"]
    # 494.5 × 101 / 5 = 9988.9 and a fee of 49.9445
    assert too_much.denials == ["order would need 10038.84 with fee and slippage; 10000 is free"]


HELD = """
position: {leverage: 10x}
entry:
  long: {when: close > 100, size: {quantity: 2 BTC}}
"""


def test_funding_is_charged_at_each_stamp_on_what_is_held() -> None:
    settled = funding((3 * HOUR.ms, 0.001), (4 * HOUR.ms + 5, 0.002), (5 * HOUR.ms - 1, -0.004))
    ledger = played(rule_file(HELD), "100", "101", "102", "104", "103", settled=settled)

    # bought at the open of bar 2. At the close of bar 2 (102): 2 × 102 × 0.001 = 0.204; 5 ms after
    # that of bar 3 (104): 0.416. The last lies before the close of bar 4 (103): -0.824, received
    paid = 0.204 + 0.416 - 0.824
    assert ledger.equity == pytest.approx(10_000 + 2 * (103 - 102) - paid, abs=1e-9)
    assert ledger.result.funding == pytest.approx(paid, abs=1e-9)


def test_a_stamp_at_the_instant_of_an_entry_is_charged_before_it() -> None:
    settled = funding((2 * HOUR.ms, 0.01), (2 * HOUR.ms + 59_999, 0.01))
    ledger = played(rule_file(HELD), "100", "101", "102", "102", settled=settled)

    assert ledger.result.funding == 0.0
    assert ledger.equity == 10_000


def test_a_stamp_a_minute_late_belongs_to_the_next_bar() -> None:
    settled = funding((2 * HOUR.ms + 60_000, 0.01))
    ledger = played(rule_file(HELD), "100", "101", "102", "102", settled=settled)

    assert ledger.result.funding == pytest.approx(2 * 102 * 0.01)


def test_a_short_receives_what_a_long_pays() -> None:
    strategy = rule_file("entry: {short: {when: close < 100, size: {quantity: 2 BTC}}}\n")
    ledger = played(strategy, "100", "99", "98", "98", settled=funding((3 * HOUR.ms, 0.01)))

    assert ledger.equity == pytest.approx(10_000 + 2 * 98 * 0.01)


def test_a_position_that_a_stop_ended_before_the_stamp_pays_nothing() -> None:
    strategy = rule_file(HELD + "exit: {stop_loss: {distance: 2 USDT}}\n")
    ledger = played(
        strategy, "100", "101", "102 102 99 99", "99", settled=funding((3 * HOUR.ms, 0.01))
    )

    assert ledger.result.funding == 0.0
    assert ledger.equity == 10_000 - 4


def test_liquidation_inside_a_bar_loses_the_margin_and_no_more() -> None:
    # margin 2 × 100 / 10 = 20; maintenance 0.5 %: (20 - 200) / (2 × 0.005 - 2) = 90.4522…
    rows = ("100", "101", "100", "98 98 90.46 95", "95 95 90.45 91", "91")
    ledger = played(rule_file(HELD, taker="0.1%"), *rows)

    # booked where the margin is gone, at 90, without a fee; the entry paid 0.2
    assert ledger.orders == [
        "entry buy 2 market: filled 100 fee 0.2 in 2",
        "exit sell 2 market: filled 90 in 4",
    ]
    assert ledger.ends == ["liquidation"]
    assert ledger.equity == pytest.approx(10_000 - 0.2 - 20, abs=1e-9)


@pytest.mark.parametrize("distance", ["5 USDT", "9.6 USDT"])
def test_an_open_beyond_the_liquidation_price_is_the_exchanges(distance: str) -> None:
    strategy = rule_file(HELD + f"exit: {{stop_loss: {{distance: {distance}}}}}\n")
    ledger = played(strategy, "100", "101", "100", "80", "80")

    assert ledger.fills[1] == "exit sell 2 market: filled 90 in 3"
    assert ledger.orders[1].endswith(": canceled")  # the stop
    assert ledger.equity == 10_000 - 20


def test_a_stop_nearer_than_the_liquidation_comes_first() -> None:
    strategy = rule_file(HELD + "exit: {stop_loss: {distance: 9.5 USDT}}\n")
    ledger = played(strategy, "100", "101", "100", "100 100 85 86", "86")

    assert ledger.fills[1] == "stop sell 2 stop 90.5: filled 90.5 in 3"


def test_a_stop_beyond_the_liquidation_never_fills() -> None:
    strategy = rule_file(HELD + "exit: {stop_loss: {distance: 9.6 USDT}}\n")
    ledger = played(strategy, "100", "101", "100", "100 100 85 86", "86")

    assert ledger.ends == ["liquidation"]


def test_a_short_is_liquidated_above_its_entry() -> None:
    strategy = rule_file(
        "position: {leverage: 10x}\nentry: {short: {when: close < 100, size: {quantity: 2 BTC}}}\n"
    )
    # (20 + 200) / (2 × 0.005 + 2) = 109.4527…
    spared = played(strategy, "100", "99", "100", "100 109.45 100 100", "100")
    taken = played(strategy, "100", "99", "100", "100 109.46 100 100", "100")

    assert (spared.held, spared.equity) == ([-2], 10_000)
    assert taken.fills[1] == "exit buy 2 market: filled 110 in 3"
    assert taken.equity == pytest.approx(10_000 - 20, abs=1e-9)


def test_funding_that_was_paid_brings_the_liquidation_nearer() -> None:
    # 5 % of 200 takes 10 of the margin: (10 - 200) / (0.01 - 2) = 95.477…, bankrupt at 95
    settled = funding((3 * HOUR.ms, 0.05))
    ledger = played(rule_file(HELD), "100", "101", "100", "100 100 95.4 96", "96", settled=settled)

    assert ledger.fills[1] == "exit sell 2 market: filled 95 in 3"
    assert ledger.equity == pytest.approx(10_000 - 20, abs=1e-9)
