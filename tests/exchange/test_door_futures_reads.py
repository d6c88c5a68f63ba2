"""Futures read through the door: markets, money, positions, payments."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.model.bars import Timeframe
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.holdings import Funding, Held, Rate
from runner.model.orders import Execution, OrderState, Side
from tests.exchange.asked import PERP, PERP_TARGET, contract_row, user_trade
from tests.exchange.recorded import draws, markets
from tests.exchange.scripted import NOW, Reply, ask, refusal

INFO, TIERS = "GET /fapi/v1/exchangeInfo", "GET /fapi/v1/leverageBracket"
RISK, BALANCE = "GET /fapi/v3/positionRisk", "GET /fapi/v3/balance"
INCOME, FORCED = "GET /fapi/v1/income", "GET /fapi/v1/forceOrders"
TRADES = "GET /fapi/v1/userTrades"
#: Of developers.binance.com, Notional-and-Leverage-Brackets; out of order on purpose.
BRACKETS = [
    {"bracket": 2, "initialLeverage": 100, "maintMarginRatio": 0.005, "cum": 50.0},
    {"bracket": 1, "initialLeverage": 125, "maintMarginRatio": 0.004, "cum": 0.0},
]
TIER = {"symbol": "BTCUSDT", "brackets": BRACKETS}


def symbol_row(**changed: Any) -> dict[str, Any]:
    filters = [
        {"filterType": "PRICE_FILTER", "tickSize": "0.10"},
        {"filterType": "LOT_SIZE", "stepSize": "0.001", "minQty": "0.001"},
        {"filterType": "MARKET_LOT_SIZE", "stepSize": "0.001", "minQty": "0.001"},
        {"filterType": "MIN_NOTIONAL", "notional": "100"},
    ]
    known = {
        "symbol": "BTCUSDT",
        "contractType": "PERPETUAL",
        "status": "TRADING",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
        "filters": filters,
    }
    return known | changed


def asked(question: Any, answers: dict[str, Any]) -> Any:
    return ask(question, answers, symbols=(PERP, "ETH/USDT:USDT"))[0]


@pytest.mark.parametrize("tiers", [TIER, [TIER], [{"symbol": "ETHUSDT", "brackets": []}, TIER]])
def test_a_contract_has_its_steps_and_its_first_tier(tiers: Any) -> None:
    answers = {INFO: {"symbols": [symbol_row()]}, TIERS: Reply(tiers)}

    market, exchange = ask(lambda client: client.market(PERP), answers, symbols=(PERP,))

    assert {sent.host for sent in exchange.sent} == {"fapi.binance.com"}
    assert exchange.sent[1].parameters["symbol"] == "BTCUSDT"
    assert (market.symbol, market.base, market.quote) == (PERP, "BTC", "USDT")
    assert (market.price.step, market.quantity.step) == (Decimal("0.1"), Decimal("0.001"))
    assert (market.minimum_quantity, market.minimum_notional) == (Decimal("0.001"), Decimal(100))
    assert (market.maintenance, market.max_leverage) == (Decimal("0.004"), Decimal(125))
    assert market.source == "binance futures exchangeInfo, 2023-11-14"


@draws("binance", raw_markets=("fapi/v1/exchangeInfo",))
def test_recorded_contracts_are_read(shared: Path) -> None:
    info = markets(shared, "binance", "fapi/v1/exchangeInfo")

    for item in info["symbols"]:
        symbol = f"{item['baseAsset']}/{item['quoteAsset']}:{item['marginAsset']}"
        tiers = TIER | {"symbol": item["symbol"]}

        market = asked(lambda client, it=symbol: client.market(it), {INFO: info, TIERS: tiers})

        assert market.symbol == symbol


@pytest.mark.parametrize(
    ("symbol", "suggestion"),
    [
        ("BTC/USDT", "; did you mean `BTC/USDT:USDT`?"),
        ("BTCUSDT", "; did you mean `BTC/USDT:USDT`?"),
        ("BTC/USTD:USTD", "; did you mean `BTC/USDT:USDT`?"),
        ("QQQQQ/ZZZZ:ZZZZ", ""),
    ],
)
def test_an_unknown_contract_is_refused_with_a_suggestion(symbol: str, suggestion: str) -> None:
    dated = symbol_row(contractType="CURRENT_QUARTER", symbol="BTCUSDT_261225")
    answers = {INFO: {"symbols": [dated, symbol_row()]}}

    with pytest.raises(Refused) as refused:
        asked(lambda client: client.market(symbol), answers)

    assert str(refused.value) == f"binance has no futures market `{symbol}`{suggestion}"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "SETTLING"}, "trading at this time"),
        ({"orderTypes": ["LIMIT", "MARKET"]}, "STOP_MARKET orders"),
        ({"timeInForce": ["GTC"]}, "GTX orders"),
    ],
)
def test_a_contract_without_what_we_send_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        asked(lambda client: client.market(PERP), {INFO: {"symbols": [symbol_row(**changed)]}})


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        {"symbol": "ETHUSDT", "brackets": BRACKETS},
        {"symbol": "BTCUSDT", "brackets": []},
        {"symbol": "BTCUSDT", "brackets": [BRACKETS[0] | {"maintMarginRatio": 1}]},
        {"symbol": "BTCUSDT", "brackets": [BRACKETS[0] | {"maintMarginRatio": None}]},
        {"symbol": "BTCUSDT", "brackets": [BRACKETS[0] | {"initialLeverage": 0}]},
    ],
)
def test_a_contract_without_a_first_tier_is_not_used(tiers: Any) -> None:
    answers = {INFO: {"symbols": [symbol_row()]}, TIERS: Reply(tiers)}

    with pytest.raises(Unavailable, match="the tiers of"):
        asked(lambda client: client.market(PERP), answers)


def test_bars_and_time_come_from_the_futures_exchange() -> None:
    kline = [NOW, "0.1", "0.3", "0.05", "60000.1", "1", NOW + 1, "0", 1, "0", "0", "0"]
    hour = Timeframe("1h", 3_600_000)

    bars, exchange = ask(
        lambda client: client.bars(PERP, hour, NOW, 2),
        {"GET /fapi/v1/klines": Reply([kline])},
        symbols=(PERP,),
    )

    assert bars == [(NOW, 0.1, 0.3, 0.05, 60000.1, 1.0)]
    assert exchange.sent[0].parameters["symbol"] == "BTCUSDT"
    time = asked(lambda client: client.server_time(), {"GET /fapi/v1/time": {"serverTime": 5}})
    assert time == 5


def test_a_wrong_clock_is_measured_by_the_futures_exchange() -> None:
    answers = {
        BALANCE: refusal(-1021, "Timestamp for this request is outside."),
        "GET /fapi/v1/time": {"serverTime": NOW - 3200},
    }

    with pytest.raises(Unavailable, match=r"3.2 s ahead of that of binance"):
        asked(lambda client: client.balances(), answers)


def test_a_balance_is_the_wallet_with_what_is_set_aside_in_it() -> None:
    row = {"asset": "USDT", "balance": "122607.35137903", "availableBalance": "23.72469206"}

    balances = asked(lambda client: client.balances(), {BALANCE: Reply([row])})

    assert balances["USDT"].free == Decimal("23.72469206")
    assert balances["USDT"].total == Decimal("122607.35137903")
    assert isinstance(balances["USDT"], Balance)


def risk_row(**changed: Any) -> dict[str, Any]:
    known = {"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "-0.300"}
    known |= {"entryPrice": "60000.123456", "isolatedWallet": "1800.5", "isolatedMargin": "1700"}
    return known | {"liquidationPrice": "65739.91"} | changed


def test_positions_are_those_of_our_symbols_that_hold_something() -> None:
    rows = [
        risk_row(),
        risk_row(symbol="ETHUSDT", positionAmt="0.000", isolatedWallet="0"),
        risk_row(symbol="LTCUSDT"),
    ]

    positions = asked(lambda client: client.positions(), {RISK: Reply(rows)})

    short = Held(
        PERP, Decimal("-0.3"), Decimal("60000.123456"), Decimal("1800.5"), Decimal("65739.91")
    )
    assert positions == {PERP: short}


def test_a_position_that_cannot_be_liquidated_names_no_price() -> None:
    rows = [risk_row(positionAmt="1", liquidationPrice="0")]

    positions = asked(lambda client: client.positions(), {RISK: Reply(rows)})

    assert positions[PERP].liquidation_price is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"positionSide": "SHORT"}, "held in hedge mode: close its positions, then choose One-way"),
        ({"isolatedWallet": "0"}, "held with cross margin: close it there, or choose Isolated"),
    ],
)
def test_a_position_that_is_not_ours_to_count_stops(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Halt, match=words):
        asked(lambda client: client.positions(), {RISK: Reply([risk_row(**changed)])})


def payment(at_ms: int, income: str, **changed: Any) -> dict[str, Any]:
    known = {"symbol": "BTCUSDT", "incomeType": "FUNDING_FEE", "asset": "USDT"}
    return known | {"income": income, "time": at_ms, "tranId": 1} | changed


def test_funding_is_paid_below_zero_and_received_above() -> None:
    rows = [payment(NOW + 9, "0.25"), payment(NOW, "-0.37500000")]

    fundings, exchange = ask(
        lambda client: client.fundings(PERP, NOW - 5), {INCOME: Reply(rows)}, symbols=(PERP,)
    )

    assert fundings == [Funding(NOW, Decimal("-0.375")), Funding(NOW + 9, Decimal("0.25"))]
    sent = exchange.sent[0].parameters
    assert (sent["incomeType"], sent["symbol"]) == ("FUNDING_FEE", "BTCUSDT")
    assert sent["startTime"] == str(NOW - 5)


def test_more_funding_than_one_answer_holds_is_read_on() -> None:
    pages = [Reply([payment(NOW + n, "1") for n in range(1000)]), Reply([payment(NOW + 2000, "2")])]

    fundings, exchange = ask(
        lambda client: client.fundings(PERP, NOW), {INCOME: pages}, symbols=(PERP,)
    )

    assert len(fundings) == 1001
    assert exchange.sent[1].parameters["startTime"] == str(NOW + 1000)


def test_funding_in_another_currency_stops() -> None:
    with pytest.raises(Halt, match="funding in BNB"):
        asked(
            lambda client: client.fundings(PERP, NOW),
            {INCOME: Reply([payment(NOW, "-1", asset="BNB")])},
        )


@pytest.mark.parametrize("changed", [{"symbol": "ETHUSDT"}, {"incomeType": "COMMISSION"}])
def test_payments_that_were_not_asked_for_are_not_counted(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        asked(
            lambda client: client.fundings(PERP, NOW),
            {INCOME: Reply([payment(NOW, "-1", **changed)])},
        )


def test_a_liquidation_is_read_with_its_fills() -> None:
    named = {"clientOrderId": "autoclose-1596107620040000020", "orderId": 60, "time": NOW - 9}
    row = contract_row(PERP_TARGET, status="FILLED", executedQty="0.30", **named)
    fills = [user_trade("0.1", "50000"), user_trade("0.2", "50003", id=10)]

    [report], exchange = ask(
        lambda client: client.liquidations(PERP, NOW - 60),
        {FORCED: Reply([row]), TRADES: Reply(fills)},
        symbols=(PERP,),
    )

    assert exchange.sent[0].parameters["startTime"] == str(NOW - 60)
    assert exchange.sent[1].parameters["orderId"] == "60"
    assert report.client_order_id.startswith("autoclose-")
    assert (report.side, report.state) == (Side.SELL, OrderState.FILLED)
    assert report.execution == Execution(Decimal("0.3"), Decimal("50002"), Decimal("0.6"), NOW + 7)


def test_liquidations_are_told_once_and_page_by_page() -> None:
    def row(number: int) -> dict[str, Any]:
        named = {"clientOrderId": "adl_autoclose", "orderId": number, "time": NOW + number}
        return contract_row(PERP_TARGET) | named

    pages = [Reply([row(n) for n in range(100)]), Reply([row(99), row(100)])]

    reports, exchange = ask(
        lambda client: client.liquidations(PERP, NOW), {FORCED: pages}, symbols=(PERP,)
    )

    assert [report.exchange_order_id for report in reports] == [str(n) for n in range(101)]
    assert exchange.sent[1].parameters["startTime"] == str(NOW + 99)


def test_spot_has_no_positions_no_funding_and_no_liquidations_and_asks_nothing() -> None:
    async def act(client: Any) -> list[Any]:
        await client.prepare("BTC/USDT", Decimal(1))
        return [
            await client.positions(),
            await client.fundings("BTC/USDT", 0),
            await client.liquidations("BTC/USDT", 0),
        ]

    told, exchange = ask(act, {})

    assert told == [{}, [], []]
    assert exchange.sent == []


def test_mark_prices_are_bars_of_another_series() -> None:
    kline = [NOW, "0.1", "0.3", "0.05", "60000.1", "0", NOW + 1, "0", 1, "0", "0", "0"]
    hour = Timeframe("1h", 3_600_000)

    bars = asked(
        lambda client: client.mark_bars(PERP, hour, NOW, 2),
        {"GET /fapi/v1/markPriceKlines": Reply([kline])},
    )

    assert bars == [(NOW, 0.1, 0.3, 0.05, 60000.1, 0.0)]


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT"])
def test_funding_rates_are_those_of_the_symbol_oldest_first(symbol: str) -> None:
    rows = [
        {"symbol": symbol, "fundingTime": NOW + at, "fundingRate": rate, "markPrice": "1"}
        for at, rate in ((9, "-0.00012500"), (1, "0.0001"))
    ]
    answers = {"GET /fapi/v1/fundingRate": Reply(rows)}

    if symbol != "BTCUSDT":
        with pytest.raises(Unavailable, match="unclearly"):
            asked(lambda client: client.rates(PERP, NOW), answers)
        return
    rates = asked(lambda client: client.rates(PERP, NOW), answers)
    assert rates == [Rate(NOW + 1, 0.0001), Rate(NOW + 9, -0.000125)]
