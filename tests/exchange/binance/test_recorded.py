"""Every answer recorded at Binance that the door asks for: what it says is what we read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.bars import Timeframe
from runner.model.errors import Halt, Unavailable
from runner.model.orders import (
    Accepted,
    Execution,
    OrderRequest,
    OrderState,
    OrderType,
    Purpose,
    Side,
    Unknown,
)
from tests.exchange import recorded
from tests.exchange.asked import ENTRY, PERP
from tests.exchange.recorded import Each, bodies, cases, draws
from tests.exchange.scripted import Reply, Scripted, ask, cancel, submit

SPOT = "https://api.binance.com"
HOUR = Timeframe.parse("1h")


def body(shared: Path, method: str, case: str) -> Any:
    return bodies(shared, "binance", method)[case]


def asked(row: dict[str, Any], symbol: str = "BTC/USDT") -> OrderRequest:
    """The order that a recorded answer is about."""
    limit = row["type"] == "LIMIT"
    return replace(
        ENTRY,
        client_order_id=row.get("origClientOrderId", row["clientOrderId"]),
        symbol=symbol,
        side=Side(row["side"].lower()),
        type=OrderType.LIMIT if limit else OrderType.MARKET,
        purpose=Purpose.ENTRY,
        quantity=Decimal(row["origQty"]),
        price=Decimal(row["price"]) if limit else None,
    )


def answered(
    path: str, answer: Any, question: Any, symbol: str = "BTC/USDT", **more: Any
) -> tuple[Any, Scripted]:
    return ask(question, {path: Reply(answer), **more}, symbols=(symbol,))


@draws("binance", createOrder=("spot limit NEW", "usdm limit NEW"))
def test_a_resting_limit_order_is_accepted(shared: Path) -> None:
    for case, symbol in (("spot limit NEW", "BTC/USDT"), ("usdm limit NEW", PERP)):
        row = body(shared, "createOrder", case)

        outcome, exchange = submit((asked(row, symbol),), row)

        assert isinstance(outcome, Accepted)
        assert outcome.reports[0].state is OrderState.ACCEPTED
        assert outcome.reports[0].exchange_order_id == str(row["orderId"])
        assert len(exchange.sent) == 1


@draws("binance", createOrder=("spot market, FULL response (nautilus)",))
def test_fills_are_summed_to_the_digit(shared: Path) -> None:
    row = body(shared, "createOrder", "spot market, FULL response (nautilus)")

    outcome, _ = submit((asked(row),), row)

    assert isinstance(outcome, Accepted)
    [report] = outcome.reports
    assert report.state is OrderState.FILLED
    assert report.execution == Execution(
        Decimal(10), Decimal("3998.3"), Decimal("39.983"), 1507725176595
    )


@draws("binance", createOrder=("spot market FILLED with fills",))
def test_a_fee_in_a_third_currency_is_looked_up_and_halts_there(shared: Path) -> None:
    row = body(shared, "createOrder", "spot market FILLED with fills")

    outcome, _ = submit((asked(row),), row)

    assert isinstance(outcome, Unknown)
    assert "fees in BNB" in outcome.reason


@draws("binance", createOrder=("usdm stop loss -> algo order",))
def test_a_conditional_order_of_another_type_is_not_taken_for_ours(shared: Path) -> None:
    row = body(shared, "createOrder", "usdm stop loss -> algo order")
    stop = replace(
        ENTRY,
        client_order_id=row["clientAlgoId"],
        symbol=PERP,
        type=OrderType.STOP,
        quantity=Decimal(row["quantity"]),
        stop_price=Decimal(row["triggerPrice"]),
    )

    ours, _ = submit((stop,), row | {"orderType": "STOP_MARKET"})
    theirs, _ = submit((stop,), row)

    assert isinstance(ours, Accepted)
    assert isinstance(theirs, Unknown)


@draws("binance", cancelOrder=("spot",))
def test_a_cancellation_ends_the_order(shared: Path) -> None:
    row = body(shared, "cancelOrder", "spot")

    outcome, _ = cancel((asked(row, "LTC/BTC"),), row)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


@draws("binance", cancelOrder=("usdm",))
def test_a_cancellation_of_futures_ends_the_order(shared: Path) -> None:
    row = body(shared, "cancelOrder", "usdm")
    request = replace(ENTRY, client_order_id=row["clientOrderId"], symbol=PERP)

    outcome, _ = cancel((request,), row)

    assert isinstance(outcome, Accepted)
    assert outcome.reports[0].state is OrderState.CANCELED


@pytest.mark.parametrize(
    ("case", "symbol", "path"),
    [
        ("spot by client order id", "LTC/BTC", "GET /api/v3/order"),
        ("usdm by id", PERP, "GET /fapi/v1/order"),
    ],
)
@draws("binance", fetchOrder=Each("case"))
def test_an_order_is_found_by_our_id(case: str, symbol: str, path: str, shared: Path) -> None:
    row = body(shared, "fetchOrder", case)
    request = asked(row, symbol)

    report, exchange = answered(path, row, lambda client: client.order(request), symbol)

    assert report.state is OrderState.ACCEPTED
    assert exchange.sent[0].parameters["origClientOrderId"] == row["clientOrderId"]


@draws("binance", fetchOrder=("spot not found -2013",))
def test_an_order_that_is_not_there_is_absent(shared: Path) -> None:
    [case] = [it for it in cases(shared, "binance", "fetchOrder") if "not found" in it["id"]]
    answer = Reply(case["http"][0]["response"], case["http"][0]["status"])

    report, _ = ask(lambda client: client.order(ENTRY), {"GET /api/v3/order": answer})

    assert report is None


@draws("binance", fetchOrders=("spot",))
def test_the_second_source_finds_it_too(shared: Path) -> None:
    rows = body(shared, "fetchOrders", "spot")
    request = asked(rows[0], "LTC/BTC")

    report, _ = answered(
        "GET /api/v3/allOrders", rows, lambda client: client.find(request, 0), "LTC/BTC"
    )

    assert (report.client_order_id, report.state) == ("myOrder1", OrderState.ACCEPTED)


@draws("binance", fetchOpenOrders=("spot", "usdm"))
def test_what_rests_is_listed(shared: Path) -> None:
    spot, _ = answered(
        "GET /api/v3/openOrders",
        body(shared, "fetchOpenOrders", "spot"),
        lambda client: client.open_orders("LTC/BTC"),
        "LTC/BTC",
    )
    futures, _ = answered(
        "GET /fapi/v1/openOrders",
        body(shared, "fetchOpenOrders", "usdm"),
        lambda client: client.open_orders(PERP),
        PERP,
        **{"GET /fapi/v1/openAlgoOrders": Reply([])},
    )

    assert [(it.client_order_id, it.state) for it in spot] == [("myOrder1", OrderState.ACCEPTED)]
    assert [(it.client_order_id, it.state) for it in futures] == [("abc", OrderState.ACCEPTED)]


@draws("binance", fetchMyTrades=("usdm",))
def test_fills_are_read_from_the_trades(shared: Path) -> None:
    [trade] = body(shared, "fetchMyTrades", "usdm")
    row = body(shared, "fetchOrder", "usdm by id") | {
        "orderId": trade["orderId"],
        "status": "FILLED",
        "executedQty": trade["qty"],
        "side": "SELL",
    }

    report, _ = answered(
        "GET /fapi/v1/order",
        row,
        lambda client: client.order(asked(row, PERP)),
        PERP,
        **{"GET /fapi/v1/userTrades": Reply([trade])},
    )

    assert report.execution == Execution(
        Decimal("0.010"), Decimal("47263.40"), Decimal("0.18905360"), trade["time"]
    )


@draws("binance", fetchMyTrades=("spot",))
def test_a_spot_trade_that_paid_in_a_third_currency_halts(shared: Path) -> None:
    [trade] = body(shared, "fetchMyTrades", "spot")
    row = body(shared, "fetchOrder", "spot by client order id") | {
        "symbol": "BNBBTC",
        "orderId": trade["orderId"],
        "status": "FILLED",
        "executedQty": trade["qty"],
    }
    answers = {"GET /api/v3/myTrades": Reply([trade | {"commissionAsset": "USDT"}])}

    with pytest.raises(Halt, match="fees in USDT"):
        answered(
            "GET /api/v3/order",
            row,
            lambda client: client.order(asked(row, "BNB/BTC")),
            "BNB/BTC",
            **answers,
        )


@draws("binance", fetchOHLCV=("spot 1h", "usdm 1h"))
def test_bars_are_the_doubles_that_were_written(shared: Path) -> None:
    for case, path, symbol in (
        ("spot 1h", "GET /api/v3/klines", "BTC/USDT"),
        ("usdm 1h", "GET /fapi/v1/klines", PERP),
    ):
        rows = body(shared, "fetchOHLCV", case)

        def bars(client: Client, symbol: str = symbol) -> Any:
            assert HOUR is not None
            return client.bars(symbol, HOUR, 0, 5)

        found, _ = answered(path, rows, bars, symbol)

        assert found == [(row[0], *map(float, row[1:6])) for row in rows]


@draws("binance", fetchBalance=("spot account",), fetchTime=("spot",))
def test_balances_and_time(shared: Path) -> None:
    account = body(shared, "fetchBalance", "spot account")
    balances, _ = answered("GET /api/v3/account", account, lambda client: client.balances())
    time = body(shared, "fetchTime", "spot")
    told, _ = answered("GET /api/v3/time", time, lambda client: client.server_time())

    assert (balances["BTC"].free, balances["BTC"].locked) == (Decimal("0.00219821"), 0)
    assert told == 1633835466289


@draws("binance", fetchPositions=("usdm positionRisk v3",))
def test_a_position_with_cross_margin_halts_and_an_isolated_one_is_read(shared: Path) -> None:
    [row] = body(shared, "fetchPositions", "usdm positionRisk v3")
    path, ask_for = "GET /fapi/v3/positionRisk", lambda client: client.positions()

    with pytest.raises(Halt, match="cross margin"):
        answered(path, [row], ask_for, PERP)
    held, _ = answered(path, [row | {"isolatedWallet": "2.5"}], ask_for, PERP)

    assert (held[PERP].quantity, held[PERP].entry_price) == (Decimal("0.001"), Decimal("50000.0"))
    assert (held[PERP].margin, held[PERP].liquidation_price) == (Decimal("2.5"), Decimal("45000.0"))


@draws("binance", fetchFundingRateHistory=("usdm",))
def test_rates_are_read_in_order_of_time(shared: Path) -> None:
    rows = body(shared, "fetchFundingRateHistory", "usdm")

    rates, _ = answered(
        "GET /fapi/v1/fundingRate", rows, lambda client: client.rates(PERP, 0), PERP
    )

    assert [(rate.at_ms, rate.rate) for rate in rates] == [
        (1570608000000, -0.0375),
        (1570636800000, 0.0001),
    ]


@draws("binance", setLeverage=("usdm",))
def test_leverage_is_set_and_read_again(shared: Path) -> None:
    settings = {"symbol": "BTCUSDT", "marginType": "ISOLATED", "leverage": 20}
    answers = {
        "GET /fapi/v1/positionSide/dual": Reply({"dualSidePosition": False}),
        "GET /fapi/v1/symbolConfig": [Reply([settings]), Reply([settings | {"leverage": 21}])],
        "POST /fapi/v1/leverage": Reply(body(shared, "setLeverage", "usdm")),
    }

    _, exchange = ask(lambda client: client.prepare(PERP, Decimal(21)), answers, symbols=(PERP,))

    assert [sent.parameters.get("leverage") for sent in exchange.sent if sent.method == "POST"] == [
        "21"
    ]


@draws("binance", fetchLeverageTiers=("usdm",))
def test_tiers_without_a_first_one_are_unclear(shared: Path) -> None:
    empty = body(shared, "fetchLeverageTiers", "usdm")
    [case] = cases(shared, "binance", "fetchPositions")
    whole = case["http"][0]["response"]
    markets = recorded.markets(shared, "binance", "fapi/v1/exchangeInfo")

    def answers(tiers: Any) -> dict[str, Any]:
        return {
            "GET /fapi/v1/exchangeInfo": Reply(markets),
            "GET /fapi/v1/leverageBracket": Reply(tiers),
        }

    found, _ = ask(lambda client: client.market(PERP), answers(whole), symbols=(PERP,))
    with pytest.raises(Unavailable):
        ask(lambda client: client.market(PERP), answers(empty), symbols=(PERP,))

    assert (found.maintenance, found.max_leverage) == (Decimal("0.004"), Decimal(125))
