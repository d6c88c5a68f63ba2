"""An unmodified ccxt client trades on the embedded exchange through Binance's real URLs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ccxt
import pytest

from runner.exchange.replay.setup import KeyProfile
from tests.exchange.loopback import HOUR, START, SYMBOL, Desk, a_desk

FLAT = "100 100 100 100"


def test_the_market_the_account_and_the_key_as_ccxt_reads_them(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT) as desk:
        market = desk.client.markets[SYMBOL]
        balance = desk.balance()
        key = desk.wait(desk.client.sapiGetAccountApiRestrictions(desk.signed()))
        ticker = desk.wait(desk.client.fetch_ticker(SYMBOL))

    assert list(desk.client.markets) == [SYMBOL]
    assert market["precision"]["price"] == 0.01
    assert market["precision"]["amount"] == 0.001
    assert market["limits"]["cost"]["min"] == 5
    assert balance["USDT"] == {"free": 1000.0, "used": 0.0, "total": 1000.0}
    assert key["ipRestrict"]
    assert key["enableReading"]
    assert key["enableSpotAndMarginTrading"]
    assert not key["enableWithdrawals"]
    assert ticker["last"] == 100.0


def test_bars_up_to_the_clock_and_of_the_forming_one_the_open_only(tmp_path: Path) -> None:
    with a_desk(tmp_path, "100:109:91:105 106:110:95:107 - 108:120:80:90") as desk:
        first = desk.wait(desk.client.fetch_ohlcv(SYMBOL, "1h"))
        desk.advance()
        before_gap = desk.wait(desk.client.fetch_ohlcv(SYMBOL, "1h", limit=1))
        desk.advance()
        last = desk.wait(desk.client.fetch_ohlcv(SYMBOL, "1h", since=START + 1, limit=1))

    assert first == [
        [START, 100.0, 109.0, 91.0, 105.0, 1.0],
        [START + HOUR, 106.0, 106.0, 106.0, 106.0, 0.0],
    ]
    assert before_gap == [[START + HOUR, 106.0, 110.0, 95.0, 107.0, 1.0]]
    assert last == [[START + HOUR, 106.0, 110.0, 95.0, 107.0, 1.0]]


def test_buying_by_quantity_and_by_cost_and_selling(tmp_path: Path) -> None:
    with a_desk(tmp_path, "100 100 110 120", slippage="0.01") as desk:
        bought = desk.market("buy", "2", "first")
        more = desk.wait(
            desk.client.create_market_buy_order_with_cost(
                SYMBOL, 100, desk.signed(clientOrderId="second")
            )
        )
        desk.advance()
        sold = desk.market("sell", "2", "third")
        trades = desk.wait(desk.client.fetch_my_trades(SYMBOL, params=desk.signed()))
        balance = desk.balance()

    assert (bought["status"], bought["average"], bought["filled"]) == ("closed", 101.0, 2.0)
    assert bought["fee"] == {"currency": "USDT", "cost": 202.0 * 0.002}
    # 100 / (101 × 1.002) = 0.98812…, in steps of 0.001
    assert (more["status"], more["filled"]) == ("closed", 0.988)
    assert sold["info"]["fills"][0]["price"] == "108.9"
    assert [trade["order"] for trade in trades] == ["1", "2", "3"]
    assert [trade["timestamp"] for trade in trades] == [START + HOUR] * 2 + [START + 2 * HOUR]
    paid = 202.0 + 202.0 * 0.002 + (0.988 * 101.0 + 0.988 * 101.0 * 0.002)
    assert balance["USDT"]["free"] == pytest.approx(1000 - paid + 217.8 - 217.8 * 0.002)
    assert balance["BTC"]["free"] == 0.988


def test_a_pair_locks_what_it_sells_until_it_is_canceled(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT) as desk:
        desk.market("buy", "1", "entry")
        desk.pair("1", "95", "105", "guard")
        locked = desk.balance()["BTC"]
        resting = desk.wait(desk.client.fetch_open_orders(SYMBOL, params=desk.signed()))
        found = desk.wait(desk.client.privateGetOrderList(desk.signed(origClientOrderId="guard")))
        desk.wait(
            desk.client.privateDeleteOrderList(
                desk.signed(symbol="BTCUSDT", listClientOrderId="guard")
            )
        )
        freed = desk.balance()["BTC"]
        ended = desk.wait(desk.client.privateGetOrderList(desk.signed(origClientOrderId="guard")))
        statuses = [desk.order(f"guard-{leg}")["status"] for leg in ("stop", "target")]

    assert locked == {"free": 0.0, "used": 1.0, "total": 1.0}
    assert {order["clientOrderId"]: order["triggerPrice"] for order in resting} == {
        "guard-target": None,
        "guard-stop": 95.0,
    }
    assert (found["listOrderStatus"], ended["listOrderStatus"]) == ("EXECUTING", "ALL_DONE")
    assert freed == {"free": 1.0, "used": 0.0, "total": 1.0}
    assert statuses == ["CANCELED", "CANCELED"]


def test_canceling_one_leg_cancels_the_pair(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT) as desk:
        desk.market("buy", "1", "entry")
        desk.pair("1", "95", "105", "guard")
        desk.wait(
            desk.client.privateDeleteOrder(
                desk.signed(symbol="BTCUSDT", origClientOrderId="guard-stop")
            )
        )

        assert desk.order("guard-target")["status"] == "CANCELED"
        assert desk.wait(desk.client.privateGetOpenOrderList(desk.signed())) == []


@pytest.mark.parametrize(
    ("bar", "filled", "expired"),
    [
        ("100:104:90:100", "guard-stop", "guard-target"),
        ("100:106:99:100", "guard-target", "guard-stop"),
    ],
)
def test_a_stop_and_a_target_fill_when_the_clock_moves(
    bar: str, filled: str, expired: str, tmp_path: Path
) -> None:
    with a_desk(tmp_path, f"100 {bar} 100") as desk:
        desk.market("buy", "1", "entry")
        desk.pair("1", "95", "105", "guard")
        desk.advance()

        assert desk.order(filled)["status"] == "FILLED"
        assert desk.order(expired)["status"] == "EXPIRED"
        assert desk.balance()["BTC"]["total"] == 0.0


def test_a_single_stop_as_ccxt_places_it(tmp_path: Path) -> None:
    with a_desk(tmp_path, "100 100:104:90:100 100") as desk:
        desk.market("buy", "1", "entry")
        parameters = desk.signed(clientOrderId="stop", stopLossPrice=95)
        placed = desk.wait(desk.client.create_order(SYMBOL, "market", "sell", 1, None, parameters))
        desk.advance()
        order = desk.order("stop")

    assert (placed["id"], placed["clientOrderId"]) == ("2", "stop")
    assert (order["type"], order["status"], order["stopPrice"]) == ("STOP_LOSS", "FILLED", "95.0")
    assert order["cummulativeQuoteQty"] == "95.0"


def test_orders_are_listed_and_found_by_either_id(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT) as desk:
        desk.market("buy", "1", "one")
        desk.market("sell", "1", "two")
        everything = desk.wait(desk.client.fetch_orders(SYMBOL, params=desk.signed()))
        newest = desk.wait(desk.client.fetch_orders(SYMBOL, limit=1, params=desk.signed()))
        by_id = desk.wait(desk.client.fetch_order("2", SYMBOL, desk.signed()))

    assert [order["clientOrderId"] for order in everything] == ["one", "two"]
    assert [order["clientOrderId"] for order in newest] == ["two"]
    assert (by_id["clientOrderId"], by_id["status"], by_id["side"]) == ("two", "closed", "sell")


def test_an_id_is_refused_for_ever(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT) as desk:
        desk.market("buy", "1", "once")
        with pytest.raises(ccxt.InvalidOrder, match=r"-2010.*Duplicate order sent\."):
            desk.market("buy", "1", "once")
        state = desk.state()

    assert len(state["orders"]) == 1
    assert [(row["client_order_id"], row["code"]) for row in state["refusals"]] == [("once", -2010)]


@pytest.mark.parametrize(
    ("key", "call"),
    [
        (KeyProfile(spot=False), lambda desk: desk.market("buy", "1", "entry")),
        (KeyProfile(reading=False), lambda desk: desk.balance()),
    ],
)
def test_a_key_without_the_permission_is_refused(
    key: KeyProfile, call: Any, tmp_path: Path
) -> None:
    with a_desk(tmp_path, FLAT, key=key) as desk:
        with pytest.raises(ccxt.AuthenticationError, match="-2015"):
            call(desk)

        assert desk.state()["orders"] == []


def test_the_key_profile_is_what_the_exchange_tells(tmp_path: Path) -> None:
    profile = KeyProfile(withdrawals=True, ip_bound=False, futures=True)
    with a_desk(tmp_path, FLAT, key=profile) as desk:
        key = desk.wait(desk.client.sapiGetAccountApiRestrictions(desk.signed()))

    assert key["enableWithdrawals"]
    assert key["enableFutures"]
    assert not key["ipRestrict"]


def test_every_answer_tells_the_used_weight(tmp_path: Path) -> None:
    def used(desk: Desk) -> int:
        desk.balance()
        return int(desk.client.last_response_headers["X-MBX-USED-WEIGHT-1M"])

    with a_desk(tmp_path, FLAT) as desk:
        first, second = used(desk), used(desk)
        desk.advance()
        later = used(desk)
        desk.market("buy", "1", "entry")
        orders = desk.client.last_response_headers["X-MBX-ORDER-COUNT-1D"]

    assert (second - first, later, orders) == (20, 20, "1")
