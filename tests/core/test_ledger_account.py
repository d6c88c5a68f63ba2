"""Ledgers of what all positions share, worked out by hand: cash, limits, symbols, protections."""

from __future__ import annotations

import pytest

from tests.core.stage import played, played_together, rule_file
from tests.engine.values import SPOT

#: Decided at the close of bar 1, at 101.
SIGNAL = ("100", "101")
CONTRACTS = ("BTC/USDT:USDT", "ETH/USDT:USDT")
SPOTS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
TEN = "entry: {long: {when: close > 100, size: {quantity: 10 BTC}}}\n"
NOTIONAL = "entry: {long: {when: close > 100, %ssize: {notional: %s USDT}}}\n"


@pytest.mark.parametrize(
    ("limits", "more", "reason"),
    [
        ("max_order: 1009 USDT", "", "an order would be worth 1010 or more; `max_order` is 1009"),
        ("max_exposure: 1009 USDT", "", "exposure would be 1010; `max_exposure` is 1009"),
        ("", "capital: 1009 USDT\n", "exposure would be 1010; `capital` allows 1009"),
    ],
)
def test_an_entry_beyond_a_limit_is_denied_with_both_numbers(
    limits: str, more: str, reason: str
) -> None:
    ledger = played(rule_file(TEN + more, SPOT, limits=limits), *SIGNAL, "101", "101")

    assert ledger.orders == ["entry buy 10 market: denied"]
    assert ledger.denials == [reason]


def test_capital_on_futures_allows_its_leverage() -> None:
    more = "capital: 505 USDT\nposition: {leverage: 2x}\n"

    assert played(rule_file(TEN + more), *SIGNAL, "101", "101").held == [10]


def test_percentages_are_of_capital() -> None:
    body = "capital: 2000 USDT\nentry: {long: {when: close > 100, size: {equity: 50%}}}\n"

    assert played(rule_file(body), *SIGNAL, "125", "125").orders == [
        # 1000 / 101 = 9.9009…
        "entry buy 9.9 market: filled 125 in 2"
    ]


def test_symbols_share_the_cash_in_file_order() -> None:
    strategy = rule_file(NOTIONAL % ("", "4000"), *SPOTS)
    ledger = played_together(strategy, *3 * [(*SIGNAL, "101", "101")])

    assert [line.partition(" market")[0] for line in ledger.orders] == [
        "BTC entry buy 39.603", "ETH entry buy 39.603", "SOL entry buy 39.603",
    ]  # fmt: skip
    # two times 39.603 × 101 = 3999.903
    assert ledger.denials == ["order would need 3999.9 with fee and slippage; 2000.19 is free"]


def test_the_preferred_symbols_go_first_where_max_open_is_short() -> None:
    body = NOTIONAL % ("prefer: close, ", "1000") + "position: {max_open: 2}\n"
    ledger = played_together(
        rule_file(body, *SPOTS),
        ("100", "125", "125", "125"),
        ("100", "200", "200", "200"),
        ("100", "250", "250", "250"),
    )

    assert ledger.orders == [
        "SOL entry buy 4 market: filled 250 in 2",
        "ETH entry buy 5 market: filled 200 in 2",
        "BTC entry buy 8 market: denied",
    ]
    assert ledger.denials == ["as many positions are open as `max_open` allows"]


def test_a_position_that_ends_at_this_close_makes_room() -> None:
    body = NOTIONAL % ("", "1000") + "position: {max_open: 1}\nexit: {long: {when: close < 90}}\n"
    ledger = played_together(
        rule_file(body, *SPOTS[:2]),
        ("100", "125", "125", "80", "81", "81"),
        ("100", "100", "100", "125", "126", "126"),
    )

    assert ledger.fills == [
        "BTC entry buy 8 market: filled 125 in 2",
        "BTC exit sell 8 market: filled 81 in 4",
        "ETH entry buy 8 market: filled 126 in 4",
    ]


def test_orders_per_minute_count_exits_and_deny_entries() -> None:
    body = NOTIONAL % ("", "1000") + "exit: {long: {when: close < 90}}\n"
    strategy = rule_file(body, *SPOTS, limits="max_orders_per_minute: 2")
    ledger = played_together(
        strategy,
        ("100", "125", "125", "80", "80", "80"),
        ("100", "125", "125", "80", "80", "80"),
        ("100", "100", "100", "125", "125", "125"),
    )

    assert [line for line in ledger.orders if "denied" in line] == [
        "SOL entry buy 8 market: denied"
    ]
    assert ledger.denials == ["`max_orders_per_minute` (2) is used up"]


def test_a_market_order_waits_for_the_next_bar_of_its_symbol() -> None:
    body = NOTIONAL % ("", "1000") + "exit: {long: {when: close < 90}}\n"
    ledger = played_together(
        rule_file(body, *SPOTS[:2]),
        ("100", "125", None, None, "130", "80", None, "70", "70"),
        ("100", "100", "100", "100", "100", "100", "100", "100", "100"),
    )

    assert ledger.fills == [
        "BTC entry buy 8 market: filled 130 in 4",
        "BTC exit sell 8 market: filled 70 in 7",
    ]
    # it is marked at its last close where it has no bar
    assert ledger.equities[5:8] == [10_000 - 400, 10_000 - 400, 10_000 - 480]


def test_cash_that_waits_for_a_missing_bar_is_held_back() -> None:
    ledger = played_together(
        rule_file(NOTIONAL % ("", "6000"), *SPOTS[:2]),
        ("100", "125", None, None, "125", "125"),
        ("100", "100", "125", "125", "125", "125"),
    )

    assert ledger.orders == [
        "BTC entry buy 48 market: filled 125 in 4",
        "ETH entry buy 48 market: denied",
    ]


def test_a_resting_order_holds_back_its_cost() -> None:
    order = "order: {type: limit, price: close - 50, timeout: 9 bars}, "
    ledger = played_together(
        rule_file(NOTIONAL % (order, "6000"), *SPOTS[:2], taker="1%"),
        ("100", "125", "125", "125", "125"),
        ("100", "100", "125", "125", "125"),
    )

    # 80 × 75 and the fee of a taker
    assert ledger.orders[1] == "ETH entry buy 80 limit 75: denied"
    assert ledger.denials == ["order would need 6060 with fee and slippage; 3940 is free"]


LOSING = """
entry: {long: {when: close > 100, fire: while_true, size: {quantity: 10 BTC}}}
exit: {stop_loss: {distance: 4 USDT}}
protections: [%s]
"""
STOPPED = "110 110 90 110"  # bought at 110, stopped at 106: a loss of 40


def entered(protection: str, *rows: str, start_hour: int = 0, body: str = LOSING) -> list[int]:
    """In which bars entries filled."""
    ledger = played(rule_file(body % protection), *rows, start_hour=start_hour)
    return [int(line.rpartition(" ")[2]) for line in ledger.fills if line.startswith("entry")]


def test_without_a_protection_every_bar_enters() -> None:
    ledger = played(rule_file(LOSING.replace("protections: [%s]", "")), "110", *6 * [STOPPED])

    assert [line[-1] for line in ledger.fills if line.startswith("entry")] == list("123456")[1:]


def test_a_cooldown_waits_so_many_closes() -> None:
    # stopped in bar 2; its own close and those of bars 3 and 4 do not count as chances
    assert entered("{cooldown: {for: 3 bars}}", "110", *9 * [STOPPED]) == [2, 6]


def test_a_guard_pauses_after_so_many_stops() -> None:
    guard = "{stoploss_guard: {trades: 2, within: 3h, pause: 4h}}"

    # stopped in bars 2 and 3: from the close of bar 3, at 04:00, until 08:00, of bar 7
    assert entered(guard, "110", *10 * [STOPPED]) == [2, 3, 8, 9]


def test_stops_outside_the_window_do_not_count() -> None:
    guard = "{stoploss_guard: {trades: 2, within: 1h, pause: 4h}}, {cooldown: {for: 2 bars}}"

    assert entered(guard, "110", *9 * [STOPPED]) == [2, 5, 8]


def test_a_drawdown_pauses_until_a_person_resumes() -> None:
    # 40 of 10,000 a time: more than 1 % after the third
    guard = "{max_drawdown: {max: 1%, within: 7d, pause: until_resumed}}"

    assert entered(guard, "110", *9 * [STOPPED]) == [2, 3, 4]
    ledger = played(rule_file(LOSING % guard), "110", *9 * [STOPPED])
    assert ledger.result.halted == "max_drawdown"


def test_a_drawdown_found_at_midnight_pauses_the_day_that_begins() -> None:
    guard = "{max_drawdown: {max: 1%, within: 7d, pause: until_next_day}}"

    # the third loss is in the bar that closes at 24:00
    assert entered(guard, "110", *40 * [STOPPED], start_hour=19)[:5] == [2, 3, 4, 29, 30]


def test_a_loss_of_the_day_pauses_until_the_next() -> None:
    guard = "{daily_loss: {max: 1%}}"

    # bars 2, 3 and 4 lose; 24:00 is the close of bar 9; three more losses on the new day
    assert entered(guard, "110", *20 * [STOPPED], start_hour=14) == [2, 3, 4, 10, 11, 12]


def test_a_day_begins_with_the_equity_of_the_last_bar_before_it() -> None:
    guard = "{daily_loss: {max: 1%}}"

    # two losses before midnight, the close of bar 3; three after it
    assert entered(guard, "110", *9 * [STOPPED], start_hour=20) == [2, 3, 4, 5, 6]


HOLDING = """
entry: {long: {when: close > 100, size: {quantity: 50 BTC}}}
protections: [{daily_loss: {max: 3%%, positions: %s}}]
"""


@pytest.mark.parametrize(
    ("positions", "fills"),
    [
        ("keep", ["entry buy 50 market: filled 110 in 2"]),
        (
            "close",
            ["entry buy 50 market: filled 110 in 2", "exit sell 50 market: filled 102 in 4"],
        ),
    ],
)
def test_a_loss_of_the_day_may_end_positions(positions: str, fills: list[str]) -> None:
    # 50 × 7 = 350 below 10,000 at the close of bar 3
    ledger = played(rule_file(HOLDING % positions), *SIGNAL, "110", "103", "102", "110")

    assert ledger.fills == fills
    assert ledger.ends == ["protection"] * (len(fills) - 1)


def test_a_protection_ends_a_position_whose_symbol_has_no_bar_just_now() -> None:
    body = HOLDING % "close"
    ledger = played_together(
        rule_file(body.replace("quantity: 50 BTC", "notional: 3030 USDT"), *CONTRACTS),
        ("100", "101", "110", None, None, "105", "105"),
        ("100", "101", "110", "99", "98", "98", "98"),
    )

    # 30 × 11 = 330 of ETH at the close of bar 3, which BTC does not have
    assert ledger.fills == [
        "BTC entry buy 30 market: filled 110 in 2",
        "ETH entry buy 30 market: filled 110 in 2",
        "BTC exit sell 30 market: filled 105 in 5",
        "ETH exit sell 30 market: filled 98 in 4",
    ]


def test_a_pause_cancels_what_rests_and_buys_nothing_in_its_place() -> None:
    strategy = rule_file(
        """
position: {leverage: 5x}
entry:
  long:
    when: close > 100
    size: {notional: 6000 USDT}
    order: {type: limit, price: close - 2, timeout: 2 bars, when_unfilled: market}
protections: [{daily_loss: {max: 3%}}]
""",
        *CONTRACTS,
    )
    early = played_together(
        strategy,
        ("100", "110", "107 107 107 107", "90 90 90 90", "90"),
        ("100", "100", "110", "120", "120"),
    )
    late = played_together(
        strategy,
        ("100", "110", "107", "107", "90", "90"),
        ("100", "100", "110", "120", "120", "120"),
    )

    # BTC loses more than 3 % while ETH rests, and at the close at which ETH times out
    assert early.orders[1:] == ["ETH entry buy 55.555 limit 108: canceled"]
    assert late.orders[1:] == ["ETH entry buy 55.555 limit 108: canceled"]
