"""Markets, bars and balances through the door: values to the last digit."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.exchange.client import Client
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from tests.exchange.recorded import draws, markets
from tests.exchange.scripted import NOW, Reply, ask, refusal

INFO = "GET /api/v3/exchangeInfo"
HOUR = Timeframe("1h", 3_600_000)


def symbol_row(**changed: Any) -> dict[str, Any]:
    filters: dict[str, dict[str, Any]] = {
        "PRICE_FILTER": {"tickSize": "0.01000000"},
        "LOT_SIZE": {"stepSize": "0.00001000", "minQty": "0.00002000"},
        "MARKET_LOT_SIZE": {"stepSize": "0.00000000", "minQty": "0.00000000"},
        "NOTIONAL": {"minNotional": "5.00000000", "applyMinToMarket": True},
    }
    filters |= changed.pop("filters", {})
    known = {
        "symbol": "BTCUSDT",
        "status": "TRADING",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
        "isSpotTradingAllowed": True,
        "filters": [{"filterType": name} | fields for name, fields in filters.items() if fields],
    }
    return known | changed


def test_a_market_has_its_exact_steps_and_minimums() -> None:
    market, exchange = ask(
        lambda client: client.market("BTC/USDT"), {INFO: {"symbols": [symbol_row()]}}
    )

    assert exchange.sent[0].parameters == {"symbol": "BTCUSDT"}
    assert (market.symbol, market.base, market.quote) == ("BTC/USDT", "BTC", "USDT")
    assert (market.price.step, market.quantity.step) == (Decimal("0.01"), Decimal("0.00001"))
    assert market.minimum_quantity == Decimal("0.00002")
    assert market.minimum_notional == Decimal(5)
    assert market.source == "binance exchangeInfo, 2023-11-14"


@draws("binance", raw_markets=("api/v3/exchangeInfo",))
def test_recorded_markets_are_read(shared: Path) -> None:
    info = markets(shared, "binance", "api/v3/exchangeInfo")
    assert info["symbols"]
    for item in info["symbols"]:
        symbol = f"{item['baseAsset']}/{item['quoteAsset']}"

        market, _ = ask(partial(Client.market, symbol=symbol), {INFO: info})

        lot = next(one for one in item["filters"] if one["filterType"] == "LOT_SIZE")
        assert market.symbol == symbol
        assert market.quantity.step == Decimal(lot["stepSize"])


@pytest.mark.parametrize(
    ("lot", "at_market", "step"),
    [
        ("0.00001000", "0.00100000", "0.001"),
        ("0.00002000", "0.00003000", "0.00006"),
        ("1.00000000", "0.10000000", "1"),
    ],
)
def test_a_quantity_step_fits_market_and_limit_orders(lot: str, at_market: str, step: str) -> None:
    filters = {
        "LOT_SIZE": {"stepSize": lot, "minQty": "0.00002000"},
        "MARKET_LOT_SIZE": {"stepSize": at_market, "minQty": "0.00500000"},
        "NOTIONAL": {},
        "MIN_NOTIONAL": {"minNotional": "10.00000000"},
    }

    market, _ = ask(
        lambda client: client.market("BTC/USDT"), {INFO: {"symbols": [symbol_row(filters=filters)]}}
    )

    assert market.quantity.step == Decimal(step)
    assert market.minimum_quantity == Decimal("0.005")
    assert market.minimum_notional == Decimal(10)


@pytest.mark.parametrize(
    ("symbol", "suggestion"),
    [
        ("BTCUSDT", "; did you mean `BTC/USDT`?"),
        ("btc/usdt", "; did you mean `BTC/USDT`?"),
        ("BTC/USTD", "; did you mean `BTC/USDT`?"),
        ("QQQQQ/ZZZZ", ""),
    ],
)
@pytest.mark.parametrize("first", [refusal(-1121, "Invalid symbol."), Reply({"symbols": []})])
def test_an_unknown_symbol_is_refused_with_a_suggestion(
    symbol: str, suggestion: str, first: Reply
) -> None:
    answers = {INFO: [first, Reply({"symbols": [symbol_row()]})]}

    with pytest.raises(Refused) as refused:
        ask(lambda client: client.market(symbol), answers)

    assert str(refused.value) == f"binance has no spot market `{symbol}`{suggestion}"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "BREAK"}, "trading at this time"),
        ({"isSpotTradingAllowed": False}, "spot trading"),
        ({"orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"]}, "STOP_LOSS orders"),
    ],
)
def test_a_market_without_what_we_send_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        ask(lambda client: client.market("BTC/USDT"), {INFO: {"symbols": [symbol_row(**changed)]}})


@pytest.mark.parametrize("step", ["0", "-1", "NaN", "0.0000000000000001", "", None, 0.1])
def test_a_market_with_an_impossible_tick_is_not_used(step: Any) -> None:
    row_ = symbol_row(filters={"PRICE_FILTER": {"tickSize": step}})

    with pytest.raises(Unavailable, match="unclearly"):
        ask(lambda client: client.market("BTC/USDT"), {INFO: {"symbols": [row_]}})


KLINE = [NOW, "0.1", "0.3", "0.05", "60000.123456789012", "1e-7", NOW + 1, "0", 1, "0", "0", "0"]


def test_bars_are_the_doubles_nearest_to_the_exchanges_decimals() -> None:
    bars, exchange = ask(
        lambda client: client.bars("BTC/USDT", HOUR, NOW, 2),
        {"GET /api/v3/klines": Reply([KLINE, [NOW + HOUR.ms, *KLINE[1:]]])},
    )

    assert exchange.sent[0].parameters == {
        "symbol": "BTCUSDT",
        "interval": "1h",
        "startTime": str(NOW),
        "limit": "2",
    }
    assert bars[0] == (NOW, 0.1, 0.3, 0.05, 60000.123456789012, 1e-7)
    assert bars[1][0] == NOW + HOUR.ms


def test_a_timeframe_that_is_not_served_is_refused_without_asking() -> None:
    with pytest.raises(Refused, match=r"no bars of `7m`; there is `12h`, .*`1w`"):
        ask(lambda client: client.bars("BTC/USDT", Timeframe("7m", 420_000), NOW, 2), {})


@pytest.mark.parametrize(
    "rows",
    [
        {"code": 0},
        [KLINE, KLINE],
        [[str(NOW), *KLINE[1:]]],
        [[NOW, "a", "1", "1", "1", "1"]],
        [[NOW, "inf", "1", "1", "1", "1"]],
        [[NOW, "1", "1"]],
        [[NOW, None, "1", "1", "1", "1"]],
    ],
)
def test_bars_that_are_no_bars_are_not_used(rows: Any) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        ask(
            lambda client: client.bars("BTC/USDT", HOUR, NOW, 2),
            {"GET /api/v3/klines": Reply(rows)},
        )


def test_balances_are_exact_and_signed_with_the_given_clock() -> None:
    rows = [
        {"asset": "BTC", "free": "0.1", "locked": "0.02"},
        {"asset": "X", "free": "0", "locked": "0"},
    ]

    balances, exchange = ask(
        lambda client: client.balances(), {"GET /api/v3/account": {"balances": rows}}
    )

    assert balances["BTC"] == Balance(Decimal("0.1"), Decimal("0.02"))
    assert exchange.sent[0].parameters["timestamp"] == str(NOW)


def test_the_time_and_the_facts_of_the_key_are_passed_on() -> None:
    facts = {"ipRestrict": True, "createTime": 1}

    told, _ = ask(
        lambda client: client.key_facts(), {"GET /sapi/v1/account/apiRestrictions": facts}
    )
    time, _ = ask(lambda client: client.server_time(), {"GET /api/v3/time": {"serverTime": 5}})

    assert (told, time) == (facts, 5)
