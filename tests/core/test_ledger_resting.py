"""Ledgers of resting entries worked out by hand: limit, post-only and stop orders, timeouts."""

from __future__ import annotations

import pytest

from tests.core.stage import Ledger, played, rule_file
from tests.engine.values import FUTURES, SPOT

#: Decided at the close of bar 1, at 101.
SIGNAL = ("100", "101")


def resting(order: str, *rows: str, more: str = "", symbol: str = SPOT, limits: str = "") -> Ledger:
    """Two coins by a resting order; 0.1 % for makers, 0.2 % for takers."""
    entry = f"when: close > 100, size: {{quantity: 2 BTC}}, order: {order}"
    strategy = rule_file(
        f"entry: {{long: {{{entry}}}}}\n{more}", symbol, maker="0.1%", taker="0.2%", limits=limits
    )
    return played(strategy, *SIGNAL, *rows)


LIMIT = "{type: limit, price: close - 2}"


@pytest.mark.parametrize(
    ("bar", "fate"),
    [
        ("101 102 98.99 100", "filled 99 fee 0.198 in 2"),  # beyond it inside the bar: as maker
        ("101 102 99 100", "canceled"),  # at equality it rests
        ("98 102 97 100", "filled 98 fee 0.392 in 2"),  # the open is beyond it: there, as taker
        ("99 102 99 100", "canceled"),
    ],
)
def test_a_limit_entry_fills_where_the_bar_goes_beyond_it(bar: str, fate: str) -> None:
    assert resting(LIMIT, bar, "100").orders == [f"entry buy 2 limit 99: {fate}"]


@pytest.mark.parametrize(
    ("bar", "fate"),
    [
        ("99 101.01 98 100", "filled 101 fee 0.202 in 2"),
        ("99 101 98 100", "canceled"),
        ("103 104 102 103", "filled 103 fee 0.412 in 2"),
    ],
)
def test_a_short_limit_entry_waits_above(bar: str, fate: str) -> None:
    strategy = rule_file(
        "entry: {short: {when: close < 100, size: {quantity: 2 BTC}, "
        "order: {type: limit, price: close + 2}}}\n",
        maker="0.1%",
        taker="0.2%",
    )
    ledger = played(strategy, "100", "99", bar, "100")

    assert ledger.orders == [f"entry sell 2 limit 101: {fate}"]


def test_a_limit_price_rounds_to_the_tick_that_costs_less() -> None:
    ledger = resting("{type: limit, price: close - 2.005}", "101 102 98 100", "100")

    assert ledger.orders[0].startswith("entry buy 2 limit 98.99: filled 98.99 ")


def test_an_entry_is_canceled_at_its_timeout() -> None:
    ledger = resting("{type: limit, price: close - 2, timeout: 2 bars}", "100", "100", "90", "90")

    assert ledger.orders == ["entry buy 2 limit 99: canceled"]
    assert ledger.equity == 10_000


def test_an_entry_fills_in_the_last_bar_of_its_timeout() -> None:
    ledger = resting(
        "{type: limit, price: close - 2, timeout: 2 bars}", "100", "100 100 98 99", "99"
    )

    assert ledger.orders == ["entry buy 2 limit 99: filled 99 fee 0.198 in 3"]


CHASED = "{type: limit, price: close - 2, when_unfilled: market}"


def test_an_entry_that_did_not_fill_is_bought_at_market() -> None:
    more = "exit: {stop_loss: {distance: 10 USDT}}\n"
    ledger = resting(CHASED, "103", "104 104 104 104", "104 104 90 90", "90", more=more)

    assert ledger.orders == [
        "entry buy 2 limit 99: canceled",
        "entry buy 2 market: filled 104 fee 0.416 in 3",
        "stop sell 2 stop 94: filled 94 fee 0.376 in 4",
    ]
    assert ledger.equity == pytest.approx(10_000 - 20 - 0.416 - 0.376, abs=1e-9)
    # R is 104 - 94, and 94 was sold at
    assert ledger.result.trades[0].r == -1


def test_a_market_order_in_place_of_a_limit_meets_the_limits_anew() -> None:
    ledger = resting(CHASED, "103", "104", "104", limits="max_order: 205 USDT")

    # 2 × 99 = 198 was allowed, 2 × 103 = 206 is not
    assert ledger.orders == ["entry buy 2 limit 99: canceled", "entry buy 2 market: denied"]
    assert ledger.denials == ["an order would be worth 206 or more; `max_order` is 205"]


def test_a_market_order_in_place_of_a_stop_order_is_not_sent_below_its_stop() -> None:
    order = "{type: stop, price: close + 2, when_unfilled: market}"
    ledger = resting(order, "94", "94", "94", more='exit: {stop_loss: {price: "close[1] - 5"}}\n')

    # the stop was read on the signal bar: 95
    assert ledger.orders == ["entry buy 2 stop 103: canceled", "entry buy 2 market: denied"]
    assert "`stop_loss` is undefined, on the wrong side of the price" in ledger.denials[0]


def test_a_rise_that_did_not_fill_is_tried_again_while_it_is_valid() -> None:
    strategy = rule_file(
        "entry: {long: {when: close > 100, valid_for: 2 bars, size: {quantity: 2 BTC}, "
        f"order: {LIMIT}}}}}\n",
        SPOT,
    )
    ledger = played(strategy, *SIGNAL, "104", "105", "106", "107", "107")

    # at the closes of bars 1, 2 and 3; the rise of bar 1 is gone at bar 4
    assert ledger.orders == [
        "entry buy 2 limit 99: canceled",
        "entry buy 2 limit 102: canceled",
        "entry buy 2 limit 103: canceled",
    ]


POST_ONLY = "{type: limit, price: close - 2, post_only: true, timeout: 2 bars}"


def test_a_post_only_order_that_would_fill_at_once_is_rejected() -> None:
    assert resting(POST_ONLY, "98 99.5 98 99", "97", "97").orders == [
        "entry buy 2 limit 99: rejected"
    ]


def test_a_post_only_order_that_rests_is_a_maker_even_at_a_gap() -> None:
    assert resting(POST_ONLY, "101", "98 98 97 97", "97").orders == [
        "entry buy 2 limit 99: filled 99 fee 0.198 in 3"
    ]


def test_a_post_only_order_before_a_missing_bar_rests() -> None:
    entry = f"when: close > 100, size: {{quantity: 2 BTC}}, order: {POST_ONLY}"
    strategy = rule_file(f"entry: {{long: {{{entry}}}}}\n", SPOT, maker="0.1%", taker="0.2%")
    ledger = played(strategy, *SIGNAL, None, "98 98 97 97", "97")

    # nobody knew the open of bar 3 when it was placed
    assert ledger.orders == ["entry buy 2 limit 99: filled 99 fee 0.198 in 3"]


STOP = "{type: stop, price: close + 2}"


@pytest.mark.parametrize(
    ("bar", "fate"),
    [
        ("101 103 101 102", "filled 103 fee 0.412 in 2"),  # touching it is enough
        ("101 102.99 101 102", "canceled"),
        ("105 106 104 105", "filled 105 fee 0.42 in 2"),  # the open gaps through it
    ],
)
def test_a_stop_entry_is_a_market_order_once_its_price_is_touched(bar: str, fate: str) -> None:
    assert resting(STOP, bar, "100").orders == [f"entry buy 2 stop 103: {fate}"]


def test_a_stop_entry_that_the_cash_does_not_cover_at_a_gap_expires() -> None:
    entry = f"when: close > 100, size: {{quantity: 97 BTC}}, order: {STOP}"
    strategy = rule_file(f"entry: {{long: {{{entry}}}}}\n", SPOT)

    # 97 × 103 = 9991, 97 × 105 = 10,185
    assert played(strategy, *SIGNAL, "101 103 101 101", "101").held == [97]
    assert played(strategy, *SIGNAL, "105", "105").orders == ["entry buy 97 stop 103: expired"]


def test_a_market_entry_that_the_cash_does_not_cover_at_a_gap_is_rejected() -> None:
    strategy = rule_file("entry: {long: {when: close > 100, size: {quantity: 97 BTC}}}\n", SPOT)

    assert played(strategy, *SIGNAL, "105", "105").orders == ["entry buy 97 market: rejected"]


def test_spending_buys_what_the_fill_allows() -> None:
    strategy = rule_file(
        "entry: {long: {when: close > 100, size: {spend: 1000 USDT}}}\n", SPOT, taker="0.1%"
    )
    ledger = played(strategy, *SIGNAL, "125", "125")

    # 1000 / (125 × 1.001) = 7.992007…
    assert ledger.orders == ["entry buy 7.992 market: filled 125 fee 0.999 in 2"]


PROTECTED = "exit: {stop_loss: {distance: 4 USDT}, take_profit: {distance: 5 USDT}}\n"


@pytest.mark.parametrize("symbol", [SPOT, FUTURES])
def test_after_a_resting_entry_the_target_waits_for_the_next_bar(symbol: str) -> None:
    ledger = resting(LIMIT, "101 106 98 103", "104.5", "104.5", more=PROTECTED, symbol=symbol)

    # bought at 99 as maker; the target at 104 fills at the next open, as taker
    assert ledger.fills == [
        "entry buy 2 limit 99: filled 99 fee 0.198 in 2",
        "target sell 2 limit 104: filled 104.5 fee 0.418 in 3",
    ]
    assert ledger.equity == pytest.approx(10_000 + 11 - 0.198 - 0.418, abs=1e-9)
    # of one order list on spot the other half expires; on futures we cancel it
    ends = {SPOT: "expired", FUTURES: "canceled"}
    assert ledger.orders[1] == f"stop sell 2 stop 95: {ends[symbol]}"


def test_after_a_resting_entry_the_stop_counts_on_that_bar() -> None:
    ledger = resting(LIMIT, "101 106 94 103", "103", more=PROTECTED)

    assert ledger.fills == [
        "entry buy 2 limit 99: filled 99 fee 0.198 in 2",
        "stop sell 2 stop 95: filled 95 fee 0.38 in 2",
    ]


def test_after_a_market_entry_stop_and_target_count_on_that_bar() -> None:
    entry = "entry: {long: {when: close > 100, size: {quantity: 2 BTC}}}\n"
    strategy = rule_file(entry + PROTECTED, SPOT)
    target = played(strategy, *SIGNAL, "99 106 98 103", "103")
    stop = played(strategy, *SIGNAL, "99 106 94 103", "103")

    assert target.fills[1] == "target sell 2 limit 104: filled 104 in 2"
    assert stop.fills[1] == "stop sell 2 stop 95: filled 95 in 2"


def test_a_stop_of_a_stop_entry_fills_at_its_own_price_on_that_bar() -> None:
    more = "exit: {stop_loss: {distance: 2 USDT}}\n"
    ledger = resting(STOP, "100 104 99 103", "103", more=more)

    # bought at 103 inside the bar; that it opened at 100, below the stop, was before
    assert ledger.fills[1] == "stop sell 2 stop 101: filled 101 fee 0.404 in 2"
    (trip,) = ledger.result.trades
    assert trip.entry_time_ms <= trip.exit_time_ms


def test_a_maker_of_a_gap_that_went_through_its_stop_too_is_stopped_at_the_open() -> None:
    more = "exit: {stop_loss: {distance: 2 USDT}}\n"
    ledger = resting(POST_ONLY, "101", "90 91 90 90", "90", more=more)

    assert ledger.fills == [
        "entry buy 2 limit 99: filled 99 fee 0.198 in 3",
        "stop sell 2 stop 97: filled 90 fee 0.36 in 3",
    ]
    (trip,) = ledger.result.trades
    assert trip.entry_time_ms <= trip.exit_time_ms
