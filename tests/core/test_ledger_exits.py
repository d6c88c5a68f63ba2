"""Ledgers of exits worked out by hand: stops that move, targets in parts, rules, time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.stage import Ledger, played, rule_file
from tests.engine.values import SPOT

#: Decided at the close of bar 1, at 101.
SIGNAL = ("100", "101")
LONG = "entry: {long: {when: close > 100, size: {quantity: 10 BTC}}}\n"
SHORT = "entry: {short: {when: close < 100, size: {quantity: 10 BTC}}}\n"


def long(exits: str, *rows: str) -> Ledger:
    """Ten coins, bought at the open of bar 2."""
    return played(rule_file(f"{LONG}exit:\n{exits}"), *SIGNAL, *rows)


BREAK_EVEN = "  stop_loss: {distance: 4 USDT}\n  break_even: {at: 1R, offset: 0.5%}\n"


def test_after_a_gain_the_stop_moves_to_the_fill() -> None:
    # bought at 100, R is 4: the high of 104 reaches it, from bar 3 on the stop is 100.5
    ledger = long(BREAK_EVEN, "100 104 100 103", "103 103 100 102", "102")

    assert ledger.orders == [
        "entry buy 10 market: filled 100 in 2",
        "stop sell 10 stop 96: canceled",
        "stop sell 10 stop 100.5: filled 100.5 in 3",
    ]
    assert ledger.ends == ["break_even"]
    assert ledger.equity == 10_000 + 5


def test_short_of_the_gain_the_stop_stays() -> None:
    ledger = long(BREAK_EVEN, "100 103.99 100 103", "103 103 96 102", "102")

    assert ledger.fills[1] == "stop sell 10 stop 96: filled 96 in 3"


TRAILING = "  stop_loss: {distance: 6 USDT}\n  trailing_stop: {distance: 5 USDT}\n"


def test_a_trailing_stop_follows_the_high_and_never_loosens() -> None:
    ledger = long(TRAILING, "100 103 100 102", "102 108 104 105", "105 107 103 103", "103")

    # at the fill the tighter of 94 and 95; then 103 - 5 and 108 - 5, touched in bar 4
    assert ledger.orders == [
        "entry buy 10 market: filled 100 in 2",
        "stop sell 10 stop 95: canceled",
        "stop sell 10 stop 98: canceled",
        "stop sell 10 stop 103: filled 103 in 4",
    ]
    assert ledger.ends == ["trailing_stop"]


def test_a_trailing_stop_may_follow_the_close() -> None:
    exits = TRAILING.replace("5 USDT}", "5 USDT, from: close}")
    ledger = long(exits, "100 103 100 102", "102 108 104 105", "105 107 100 103", "103")

    assert [line.partition(":")[0] for line in ledger.orders[1:]] == [
        "stop sell 10 stop 95",
        "stop sell 10 stop 97",
        "stop sell 10 stop 100",
    ]


def test_where_a_trailing_stop_follows_the_close_break_even_still_looks_at_the_high() -> None:
    exits = BREAK_EVEN + "  trailing_stop: {distance: 50 USDT, from: close}\n"
    ledger = long(exits, "100 104 100 101", "101 101 100 101", "101")

    assert ledger.ends == ["break_even"]


def test_a_trailing_stop_waits_for_its_gain() -> None:
    exits = "  stop_loss: {distance: 4 USDT}\n  trailing_stop: {distance: 2%, activate_at: 2R}\n"
    ledger = long(exits, "100 107 100 107", "107 110 107 110", "110 110 107 108", "108")

    # 2 R is 108: reached in bar 3, whose high of 110 gives 110 × 0.98 = 107.8
    assert ledger.orders[1:] == [
        "stop sell 10 stop 96: canceled",
        "stop sell 10 stop 107.8: filled 107.8 in 4",
    ]


def test_a_short_is_trailed_from_its_low() -> None:
    strategy = rule_file(SHORT + "exit: {trailing_stop: {distance: 5 USDT}}\n")
    ledger = played(strategy, "100", "99", "100 100 93 95", "95 98.5 95 98", "98")

    assert ledger.orders[1:] == [
        "stop buy 10 stop 105: canceled",
        "stop buy 10 stop 98: filled 98 in 3",
    ]
    assert ledger.equity == 10_000 + 20


def test_the_first_stop_that_comes_late_covers_what_no_target_sells() -> None:
    exits = """
  trailing_stop: {distance: 3 USDT, activate_at: 2%}
  take_profit: {distance: 20%, close: 40%}
"""
    ledger = long(exits, "100 101 100 101", "101 104 101 104", "104 104 100 102", "102")

    assert ledger.fills[1:] == [
        "stop sell 4 stop 101: filled 101 in 4",
        "stop sell 6 stop 101: filled 101 in 4",
    ]
    assert ledger.held == [0]


PARTS = """
  stop_loss: {distance: 4 USDT}
  take_profit: [{distance: 1R, close: 50%}, {distance: 2R, close: 30%}, {distance: 3R}]
"""


def test_targets_take_parts_and_each_stop_covers_one() -> None:
    ledger = long(PARTS, "100 104.5 100 104", "104 108.5 104 108", "108 108 96 97", "97")

    # the first part at 104, the second at 108; the rest of 2 is stopped at 96
    assert ledger.orders == [
        "entry buy 10 market: filled 100 in 2",
        "stop sell 5 stop 96: canceled",
        "target sell 5 limit 104: filled 104 in 2",
        "stop sell 3 stop 96: canceled",
        "target sell 3 limit 108: filled 108 in 3",
        "stop sell 2 stop 96: filled 96 in 4",
        "target sell 2 limit 112: canceled",
    ]
    assert ledger.equity == 10_000 + 20 + 24 - 8
    assert ledger.ends == ["stop_loss"]


def test_a_bar_that_reaches_several_targets_fills_them_all() -> None:
    ledger = long(PARTS, "100 113 100 112", "112")

    assert [line.partition(": ")[2] for line in ledger.fills[1:]] == [
        "filled 104 in 2", "filled 108 in 2", "filled 112 in 2",
    ]  # fmt: skip
    assert ledger.equity == 10_000 + 20 + 24 + 24


def test_what_no_target_takes_has_a_stop_of_its_own() -> None:
    exits = "  stop_loss: {distance: 4 USDT}\n  take_profit: {distance: 1R, close: 25%}\n"
    ledger = long(exits, "100 104.5 100 104", "104 104 95 96", "96")

    assert ledger.orders[1:] == [
        "stop sell 2.5 stop 96: canceled",
        "target sell 2.5 limit 104: filled 104 in 2",
        "stop sell 7.5 stop 96: filled 96 in 3",
    ]


def test_a_rest_below_the_minimum_goes_with_the_last_part() -> None:
    strategy = rule_file(
        """
entry: {long: {when: close > 100, size: {quantity: 0.003 BTC}}}
exit:
  stop_loss: {distance: 4 USDT}
  take_profit: [{distance: 1R, close: 50%}, {distance: 2R, close: 30%}]
"""
    )
    ledger = played(strategy, "100", "20000", "20000", "20000")

    # half of 0.003 is 0.001 in steps; 30 % are less than a step; the other 0.002 have the stop
    assert ledger.orders[1:] == [
        "stop sell 0.001 stop 19996: rests",
        "target sell 0.001 limit 20004: rests",
        "stop sell 0.002 stop 19996: rests",
    ]


def test_on_spot_a_part_worth_less_than_the_minimum_goes_with_another() -> None:
    strategy = rule_file(
        """
entry: {long: {when: close > 100, size: {quantity: 0.1 BTC}}}
exit:
  stop_loss: {distance: 10 USDT}
  take_profit: [{distance: 1R, close: 40%}, {distance: 2R}]
""",
        SPOT,
    )
    ledger = played(strategy, *SIGNAL, "100", "100")

    # at the stop 40 % would be worth 3.6, below the least of 5
    assert ledger.orders[1:] == ["stop sell 0.1 stop 90: rests", "target sell 0.1 limit 120: rests"]


def test_a_position_ends_at_its_age() -> None:
    ledger = long("  time_stop: 2 bars\n", "102", "103", "104", "105")

    # held over bars 2 and 3; sold at the open of bar 4
    assert ledger.fills[1] == "exit sell 10 market: filled 104 in 4"
    assert ledger.ends == ["time_stop"]


def test_positions_end_with_the_session() -> None:
    strategy = rule_file(
        """
sessions: {early: {from: "00:00", to: "04:00", timezone: UTC}}
entry: {long: {when: close > 100, size: {quantity: 10 BTC}}}
exit: {session_end: early}
"""
    )
    whole = played(strategy, *SIGNAL, "102", "103", "104", "105")
    missing = played(strategy, *SIGNAL, "102", None, "104", "105", "106")

    # the close at 04:00, of bar 3, ends it; where that bar is missing the next one does
    assert whole.fills[1] == "exit sell 10 market: filled 104 in 4"
    assert missing.fills[1] == "exit sell 10 market: filled 105 in 5"
    assert whole.ends == missing.ends == ["session_end"]


@pytest.mark.parametrize(
    ("positions", "fills"),
    [
        ("keep", ["entry buy 10 market: filled 103 in 3"]),
        ("close", ["entry buy 10 market: filled 103 in 3", "exit sell 10 market: filled 105 in 5"]),
    ],
)
def test_a_blackout_allows_no_entries_and_may_end_positions(
    positions: str, fills: list[str], tmp_path: Path
) -> None:
    (tmp_path / "news.csv").write_text("time\n1970-01-01T06:00:00Z\n")
    strategy = rule_file(
        f"""
entry: {{long: {{when: close > open, fire: while_true, size: {{quantity: 10 BTC}}}}}}
exit: {{time_stop: 90 bars}}
blackout: [{{calendar: news.csv, before: 1h, after: 2h, positions: {positions}}}]
""",
        path=tmp_path / "a-test.yaml",
    )
    up = [f"{price} {price + 1} {price} {price + 1}" for price in range(100, 108)]
    ledger = played(strategy, "100", "100", *up[2:])

    # the closes from 05:00 to 08:00, of bars 4 to 7, are inside
    assert ledger.fills == fills


def test_an_exit_rule_reads_the_position() -> None:
    exits = '  stop_loss: {distance: 4 USDT}\n  long: {when: "%s"}\n'
    rows = ("100", "103 103 103 103", "106 106 106 106", "107", "108")

    # bought at 100 in bar 2: R is 4, and the signal bar's close was 101
    for when, bar in (
        ("bars_held >= 2", 4),
        ("profit_r >= 1.5", 5),
        ("profit > 2", 4),
        ("close > at_entry(close) + 4", 5),
        ("peak_profit > 5 and adds == 0", 5),
        ("close > stop_price + 9", 5),
        ("close > entry_price * 1.05 and first_entry_price == last_entry_price", 5),
    ):
        ledger = long(exits % when, *rows)
        assert ledger.fills[1].endswith(f"in {bar}"), when


def test_exit_rules_sell_parts_once_each() -> None:
    exits = """
  stop_loss: {distance: 4 USDT}
  long:
    - {when: profit_r >= 1, close: 30%}
    - {when: profit_r >= 2, close: 50%}
"""
    ledger = long(exits, "100", "104", "105", "108", "109", "95")

    # 30 % of 10 after the close at 104, 50 % of the largest quantity after that at 108
    assert ledger.orders == [
        "entry buy 10 market: filled 100 in 2",
        "stop sell 10 stop 96: canceled",
        "exit sell 3 market: filled 105 in 4",
        "stop sell 7 stop 96: canceled",
        "exit sell 5 market: filled 109 in 6",
        "stop sell 2 stop 96: filled 95 in 7",
    ]
    assert ledger.equity == 10_000 + 15 + 45 - 10


def test_two_parts_at_one_close_are_one_order_in_whole_steps() -> None:
    exits = "  long: [{when: close > 103, close: 1%}, {when: close > 104, close: 2%}]\n"
    ledger = long(exits, "100", "105", "106", "106")

    # 0.1 + 0.2 in floating point is 0.30000000000000004
    assert ledger.fills[1] == "exit sell 0.3 market: filled 106 in 4"
