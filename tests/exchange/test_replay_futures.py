"""An unmodified ccxt client trades futures on the embedded exchange through Binance's real URLs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ccxt
import pytest

from runner.exchange.replay.process import Clock
from runner.exchange.replay.setup import KeyProfile
from runner.model.markets import MarketKind
from tests.exchange.loopback import CONTRACT, HOUR, OTHER_CONTRACT, START, Desk, a_desk, funding

FUTURES = MarketKind.FUTURES
FLAT = "100 100 100 100"


def ask(desk: Desk, endpoint: str, **parameters: Any) -> Any:
    return desk.wait(getattr(desk.client, endpoint)(desk.signed(**parameters)))


def prepare(desk: Desk) -> None:
    """Isolated margin, leverage 10."""
    ask(desk, "fapiPrivatePostMarginType", symbol="BTCUSDT", marginType="ISOLATED")
    ask(desk, "fapiPrivatePostLeverage", symbol="BTCUSDT", leverage=10)


def order(desk: Desk, side: str, kind: str, name: str, **more: Any) -> Any:
    return ask(
        desk,
        "fapiPrivatePostOrder",
        symbol="BTCUSDT",
        side=side,
        type=kind,
        newClientOrderId=name,
        newOrderRespType="RESULT",
        **more,
    )


def guard(desk: Desk, side: str, quantity: str, price: str, name: str) -> Any:
    return ask(
        desk,
        "fapiPrivatePostAlgoOrder",
        algoType="CONDITIONAL",
        symbol="BTCUSDT",
        side=side,
        type="STOP_MARKET",
        quantity=quantity,
        triggerPrice=price,
        reduceOnly="true",
        workingType="MARK_PRICE",
        clientAlgoId=name,
    )


def test_contracts_account_and_settings_as_ccxt_reads_them(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT, FLAT, kind=FUTURES) as desk:
        market = desk.client.markets[CONTRACT]
        balance = desk.wait(desk.client.fetch_balance(desk.signed(type="swap")))
        balances = ask(desk, "fapiPrivateV3GetBalance")
        tiers = desk.wait(desk.client.fetch_leverage_tiers([CONTRACT], desk.signed()))
        before = ask(desk, "fapiPrivateGetSymbolConfig", symbol="BTCUSDT")
        prepare(desk)
        after = ask(desk, "fapiPrivateGetSymbolConfig", symbol="BTCUSDT")
        mode = ask(desk, "fapiPrivateGetPositionSideDual")
        key = ask(desk, "sapiGetAccountApiRestrictions")
        candles = desk.wait(desk.client.fetch_ohlcv(CONTRACT, "1h"))

    assert sorted(desk.client.markets) == sorted([CONTRACT, OTHER_CONTRACT])
    assert (market["linear"], market["contractSize"]) == (True, 1)
    assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.001)
    assert market["limits"]["cost"]["min"] == 5
    assert balance["USDT"] == {"free": 1000.0, "used": 0.0, "total": 1000.0}
    assert (balances[0]["balance"], balances[0]["availableBalance"]) == ("1000.0", "1000.0")
    (tier,) = tiers[CONTRACT]
    assert (tier["maintenanceMarginRate"], tier["maxLeverage"]) == (0.01, 50)
    shown = [(row["marginType"], int(row["leverage"])) for row in (before[0], after[0])]
    assert shown == [("CROSSED", 20), ("ISOLATED", 10)]
    assert mode == {"dualSidePosition": False}
    assert key["enableFutures"]
    assert candles[0][:2] == [START, 100.0]


def test_a_short_its_stop_and_what_it_became(tmp_path: Path) -> None:
    with a_desk(tmp_path, "100 100:104:99:103 103 103", kind=FUTURES) as desk:
        prepare(desk)
        sold = order(desk, "SELL", "MARKET", "in", quantity="2")
        placed = guard(desk, "BUY", "2", "104", "stop")
        target = order(
            desk,
            "BUY",
            "LIMIT",
            "target",
            quantity="2",
            price="90",
            timeInForce="GTC",
            reduceOnly="true",
        )
        (held,) = desk.wait(desk.client.fetch_positions([CONTRACT], desk.signed()))
        resting = ask(desk, "fapiPrivateGetOpenOrders", symbol="BTCUSDT")
        waiting = ask(desk, "fapiPrivateGetOpenAlgoOrders", symbol="BTCUSDT")
        desk.advance()
        ended = ask(desk, "fapiPrivateGetAlgoOrder", clientAlgoId="stop")
        became = ask(desk, "fapiPrivateGetOrder", symbol="BTCUSDT", orderId=ended["actualOrderId"])
        (fill,) = ask(
            desk, "fapiPrivateGetUserTrades", symbol="BTCUSDT", orderId=ended["actualOrderId"]
        )
        left = ask(desk, "fapiPrivateDeleteOrder", symbol="BTCUSDT", origClientOrderId="target")
        flat = ask(desk, "fapiPrivateV3GetPositionRisk", symbol="BTCUSDT")

    assert (sold["status"], sold["avgPrice"], sold["executedQty"]) == ("FILLED", "100.0", "2.0")
    assert (placed["algoStatus"], placed["triggerPrice"]) == ("NEW", "104.0")
    assert (placed["workingType"], placed["reduceOnly"]) == ("MARK_PRICE", True)
    assert (target["status"], target["reduceOnly"]) == ("NEW", True)
    assert (held["side"], held["contracts"], held["entryPrice"]) == ("short", 2.0, 100.0)
    assert float(held["info"]["isolatedWallet"]) == 20.0
    assert held["liquidationPrice"] == pytest.approx(220 / 2.02)
    assert [row["clientOrderId"] for row in resting] == ["target"]
    assert [row["clientAlgoId"] for row in waiting] == ["stop"]
    assert (ended["algoStatus"], ended["actualPrice"]) == ("FINISHED", "104.0")
    assert ended["algoId"] != ended["actualOrderId"]
    assert (became["status"], became["origType"]) == ("FILLED", "STOP_MARKET")
    assert (fill["price"], fill["realizedPnl"], fill["commission"]) == (
        "104.0",
        "-8.0",
        repr(208.0 * 0.002),
    )
    assert left["status"] == "CANCELED"
    assert flat == []


def test_conditional_orders_are_canceled_and_listed_apart(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT, kind=FUTURES) as desk:
        prepare(desk)
        order(desk, "BUY", "MARKET", "in", quantity="1")
        guard(desk, "SELL", "1", "95", "stop")
        with pytest.raises(ccxt.OrderNotFound):
            ask(desk, "fapiPrivateGetOrder", symbol="BTCUSDT", origClientOrderId="stop")
        done = ask(desk, "fapiPrivateDeleteAlgoOrder", clientAlgoId="stop")
        with pytest.raises(ccxt.OrderNotFound):
            ask(desk, "fapiPrivateDeleteAlgoOrder", clientAlgoId="stop")
        with pytest.raises(ccxt.OrderNotFound):
            ask(desk, "fapiPrivateGetAlgoOrder", clientAlgoId="never")
        with pytest.raises(ccxt.BadRequest, match="-20132"):
            guard(desk, "SELL", "1", "95", "stop")
        plain = ask(desk, "fapiPrivateGetAllOrders", symbol="BTCUSDT", startTime=START)
        conditional = ask(desk, "fapiPrivateGetAllAlgoOrders", symbol="BTCUSDT", startTime=START)
        beyond = ask(
            desk,
            "fapiPrivateGetAllAlgoOrders",
            symbol="BTCUSDT",
            algoId=int(conditional[0]["algoId"]) + 1,
        )

    assert (done["clientAlgoId"], done["code"]) == ("stop", "200")
    assert [row["clientOrderId"] for row in plain] == ["in"]
    assert [(row["clientAlgoId"], row["algoStatus"]) for row in conditional] == [
        ("stop", "CANCELED")
    ]
    assert beyond == []


def test_funding_and_a_liquidation_are_told(tmp_path: Path) -> None:
    rates = funding((2, 0.001), (3, 0.002))
    series = "100 100 100:100:80:85 85 85"
    with a_desk(tmp_path, series, kind=FUTURES, rates=rates) as desk:
        prepare(desk)
        order(desk, "BUY", "MARKET", "in", quantity="1")
        desk.advance()
        paid = ask(desk, "fapiPrivateGetIncome", incomeType="FUNDING_FEE", symbol="BTCUSDT")
        told = desk.wait(desk.client.fetch_funding_rate_history(CONTRACT))
        desk.advance()
        (forced,) = ask(desk, "fapiPrivateGetForceOrders", symbol="BTCUSDT", startTime=START)
        other = ask(desk, "fapiPrivateGetForceOrders", symbol="BTCUSDT", autoCloseType="ADL")
        (fill,) = ask(desk, "fapiPrivateGetUserTrades", symbol="BTCUSDT", orderId=forced["orderId"])
        rest = ask(desk, "fapiPrivateGetIncome", incomeType="FUNDING_FEE", startTime=START)
        (wallet,) = ask(desk, "fapiPrivateV3GetBalance")

    assert [(row["income"], int(row["time"])) for row in paid] == [("-0.1", START + 2 * HOUR)]
    assert [row["timestamp"] for row in told] == [START + 2 * HOUR]
    assert forced["clientOrderId"].startswith("autoclose-")
    assert (forced["status"], forced["side"], other) == ("FILLED", "SELL", [])
    # 9.9 of margin after funding
    assert float(fill["price"]) == pytest.approx(90.1)
    assert fill["commission"] == "0.0"
    assert rest == paid  # flat at the second stamp
    assert float(wallet["balance"]) == pytest.approx(1000 - 0.2 - 0.1 - 9.9)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"quantity": "0.0004"}, "-4003"),
        ({"quantity": "0.1005"}, "-4023"),
        ({"quantity": "0.049"}, "-4164"),
        ({"quantity": "1", "price": "100"}, "-1106"),
        ({"quantity": "1", "reduceOnly": "true"}, "-2022"),
        ({"quantity": "1", "reduceOnly": "maybe"}, "-1130"),
        ({"quantity": "1", "positionSide": "LONG"}, "-4061"),
        ({"quantity": "1", "type": "STOP_MARKET"}, "-1116"),
        ({"quantity": "1", "side": "HOLD"}, "-1117"),
        ({"quantity": "200"}, "-2019"),
        ({"quantity": "1", "type": "LIMIT", "price": "99.999", "timeInForce": "GTC"}, "-4014"),
        ({"quantity": "1", "type": "LIMIT", "price": "99", "timeInForce": "IOC"}, "-1115"),
        ({"quantity": "1", "type": "LIMIT", "price": "101", "timeInForce": "GTX"}, "-5022"),
        ({"quantity": "1", "symbol": "NOPE"}, "-1121"),
        ({"quantity": "1", "recvWindow": "60001"}, "-1131"),
    ],
)
def test_refusals_carry_the_codes_of_futures(shared: Desk, more: dict[str, Any], code: str) -> None:
    before = shared.state()
    asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", **more}

    with pytest.raises(ccxt.BaseError, match=f'"code":{code},'):
        ask(shared, "fapiPrivatePostOrder", **asked)

    assert {**shared.state(), "refusals": []} == {**before, "refusals": []}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One exchange for all: what is refused leaves nothing behind."""
    with a_desk(tmp_path_factory.mktemp("shared"), FLAT, kind=FUTURES) as desk:
        prepare(desk)
        yield desk


def test_each_host_answers_for_its_own_kind_of_run(tmp_path: Path) -> None:
    with a_desk(tmp_path, FLAT, kind=FUTURES, key=KeyProfile(spot=True)) as desk:
        with pytest.raises(ccxt.BaseError, match="404"):
            ask(desk, "privateGetAccount")
        with pytest.raises(ccxt.AuthenticationError, match="-2015"):
            prepare(desk)

        assert desk.state()["refusals"][0]["code"] == -2015


def test_faults_reach_the_paths_of_futures(tmp_path: Path) -> None:
    rules = [
        {"path": "/fapi/v1/order", "method": "POST", "nth": 2, "do": "drop_answer"},
        {"path": "/fapi/v1/algoOrder", "method": "POST", "nth": 1, "do": "drop_request"},
        {"path": "/fapi/v1/algoOrder", "method": "POST", "nth": 2, "do": "kill_after"},
    ]
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps(rules))

    with a_desk(tmp_path, FLAT, kind=FUTURES, faults=faults) as desk:
        prepare(desk)
        order(desk, "BUY", "MARKET", "in", quantity="1")
        with pytest.raises(ccxt.NetworkError):
            order(desk, "BUY", "MARKET", "more", quantity="1")
        for name in ("lost", "kept"):
            with pytest.raises(ccxt.NetworkError):
                guard(desk, "SELL", "1", "95", name)
        desk.restart()
        (held,) = ask(desk, "fapiPrivateV3GetPositionRisk")
        resting = ask(desk, "fapiPrivateGetOpenAlgoOrders")

    assert (held["positionAmt"], held["entryPrice"]) == ("2.0", "100.0")
    assert [row["clientAlgoId"] for row in resting] == ["kept"]


def test_a_process_killed_within_a_bar_goes_on_there(tmp_path: Path) -> None:
    with a_desk(tmp_path, "100 100:100:94:95 95 95", kind=FUTURES) as desk:
        prepare(desk)
        order(desk, "BUY", "LIMIT", "one", quantity="1", price="98", timeInForce="GTC")
        order(desk, "BUY", "LIMIT", "two", quantity="1", price="96", timeInForce="GTC")
        first = desk.advance()
        desk.kill()
        desk.restart()
        guard(desk, "SELL", "1", "90", "stop")

        assert desk.clock == first
        assert first == Clock(2, START + 2 * HOUR - 1, False, True)
        assert desk.advance() == Clock(3, START + 2 * HOUR - 1, False, True)
        assert desk.advance() == Clock(4, START + 2 * HOUR, False, False)
        (held,) = ask(desk, "fapiPrivateV3GetPositionRisk")
        assert (held["positionAmt"], held["entryPrice"]) == ("2.0", "97.0")
