"""Reads through the door: values to the last digit, and errors that say what to do."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange import library
from runner.exchange.balances import Balance
from runner.exchange.client import Client
from runner.exchange.transport import Transport
from runner.model.bars import Timeframe
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.orders import Execution, OrderReport, OrderState, Side, Unknown
from tests.exchange.asked import ENTRY, PINNED, STOP, fill, row
from tests.exchange.scripted import (
    NOW,
    Loopback,
    Reply,
    Scripted,
    door,
    opened,
    refusal,
    serving,
)

INFO, ORDER, ALL = "GET /api/v3/exchangeInfo", "GET /api/v3/order", "GET /api/v3/allOrders"
HOUR = Timeframe("1h", 3_600_000)


def ask(
    question: Callable[[Client], Awaitable[Any]], answers: dict[str, Any], **options: Any
) -> tuple[Any, Scripted]:
    async def act() -> tuple[Any, Scripted]:
        async with door(answers, **options) as (client, exchange):
            return await question(client), exchange

    return asyncio.run(act())


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
    market, exchange = ask(lambda client: client.market(), {INFO: {"symbols": [symbol_row()]}})

    assert exchange.sent[0].parameters == {"symbol": "BTCUSDT"}
    assert (market.symbol, market.base, market.quote) == ("BTC/USDT", "BTC", "USDT")
    assert (market.price.step, market.quantity.step) == (Decimal("0.01"), Decimal("0.00001"))
    assert market.minimum_quantity == Decimal("0.00002")
    assert market.minimum_notional == Decimal(5)
    assert market.source == "binance exchangeInfo, 2023-11-14"


def test_recorded_markets_are_read(shared: Path) -> None:
    file = shared / "facts" / "fixtures" / "binance" / "raw_markets.json"
    info = json.loads(file.read_text())["http"][0]["response"]
    assert info["symbols"]
    for item in info["symbols"]:
        symbol = f"{item['baseAsset']}/{item['quoteAsset']}"

        market, _ = ask(lambda client: client.market(), {INFO: info}, symbol=symbol)

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
        lambda client: client.market(), {INFO: {"symbols": [symbol_row(filters=filters)]}}
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
        ask(lambda client: client.market(), answers, symbol=symbol)

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
        ask(lambda client: client.market(), {INFO: {"symbols": [symbol_row(**changed)]}})


@pytest.mark.parametrize("step", ["0", "-1", "NaN", "0.0000000000000001", "", None, 0.1])
def test_a_market_with_an_impossible_tick_is_not_used(step: Any) -> None:
    row_ = symbol_row(filters={"PRICE_FILTER": {"tickSize": step}})

    with pytest.raises(Unavailable, match="unclearly"):
        ask(lambda client: client.market(), {INFO: {"symbols": [row_]}})


KLINE = [NOW, "0.1", "0.3", "0.05", "60000.123456789012", "1e-7", NOW + 1, "0", 1, "0", "0", "0"]


def test_bars_are_the_doubles_nearest_to_the_exchanges_decimals() -> None:
    bars, exchange = ask(
        lambda client: client.bars(HOUR, NOW, 2),
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
        ask(lambda client: client.bars(Timeframe("7m", 420_000), NOW, 2), {})


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
        ask(lambda client: client.bars(HOUR, NOW, 2), {"GET /api/v3/klines": Reply(rows)})


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


TRADE = fill("0.00500", id=9, orderId=28, time=NOW + 40)
FILLED = OrderReport(
    "e" * 32,
    "28",
    "BTC/USDT",
    Side.BUY,
    OrderState.FILLED,
    Execution(Decimal("0.00500"), Decimal("60000.10"), Decimal("0.3"), NOW + 40),
)


def looked_up(**changed: Any) -> dict[str, Any]:
    return {name: it for name, it in row(ENTRY, **changed).items() if name != "fills"}


def test_an_order_that_filled_is_read_with_its_trades() -> None:
    report, exchange = ask(
        lambda client: client.order("e" * 32),
        {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([TRADE])},
    )

    assert report == FILLED
    assert exchange.sent[0].parameters["origClientOrderId"] == "e" * 32
    assert exchange.sent[1].parameters["orderId"] == "28"


def test_an_order_is_absent_only_where_the_exchange_says_so() -> None:
    report, _ = ask(
        lambda client: client.order("e" * 32), {ORDER: refusal(-2013, "Order does not exist.")}
    )

    assert report is None


@pytest.mark.parametrize(
    "answer",
    [
        refusal(-2013, "Order does not exist.", 200),
        refusal(-2013, "Order does not exist.", 404),
        refusal(-2013, "Order does not exist.", 503),
        refusal(-2011, "Unknown order sent."),
        refusal(-2026, "Order was archived."),
        refusal(-1000, "An unknown error occurred."),
        Reply("Order does not exist. -2013", 400),
        Reply("", 404),
        Reply([], 200),
        Reply({}, 200),
        Reply(looked_up(clientOrderId="x" * 32)),
        Reply(looked_up(symbol="ETHUSDT")),
        Reply(act="drop"),
        Reply(act="hang"),
    ],
)
def test_everything_else_is_no_proof_of_absence(
    answer: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    with pytest.raises(Unavailable):
        ask(lambda client: client.order("e" * 32), {ORDER: answer})


def test_fills_that_do_not_add_up_are_asked_for_later() -> None:
    short = fill("0.004", id=9, time=NOW)

    with pytest.raises(Unavailable, match="its fills unclearly"):
        ask(
            lambda client: client.order("e" * 32),
            {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([short])},
        )


def test_a_fee_in_another_currency_stops_trading() -> None:
    trade = fill("0.00500", id=9, time=NOW, commissionAsset="BNB")

    with pytest.raises(Halt, match="not supported yet: fees in BNB"):
        ask(
            lambda client: client.order("e" * 32),
            {ORDER: looked_up(), "GET /api/v3/myTrades": Reply([trade])},
        )


def test_more_fills_than_one_answer_holds_are_read_page_by_page() -> None:
    pages = [
        Reply([fill("0.000001", id=number, time=NOW) for number in range(1000)]),
        Reply([fill("0.000001", id=number, time=NOW) for number in range(1000, 1500)]),
    ]

    report, exchange = ask(
        lambda client: client.order("e" * 32),
        {ORDER: looked_up(executedQty="0.0015"), "GET /api/v3/myTrades": pages},
    )

    assert report.execution.quantity == Decimal("0.0015")
    assert exchange.sent[2].parameters["fromId"] == "1000"


def test_open_orders_are_all_that_rests() -> None:
    rows = [row(STOP, orderId=3), row(STOP, orderId=4, clientOrderId="by-hand")]

    reports, _ = ask(lambda client: client.open_orders(), {"GET /api/v3/openOrders": Reply(rows)})

    assert [report.client_order_id for report in reports] == ["5" * 32, "by-hand"]
    assert {report.state for report in reports} == {OrderState.ACCEPTED}


def test_an_order_is_found_in_the_list_of_all_orders() -> None:
    report, exchange = ask(
        lambda client: client.find("5" * 32, NOW - 9),
        {ALL: Reply([looked_up(), row(STOP, orderId=29)])},
    )

    assert report.exchange_order_id == "29"
    assert exchange.sent[0].parameters["startTime"] == str(NOW - 9)


def test_the_list_of_all_orders_is_read_to_its_end() -> None:
    page = [row(STOP, orderId=number, clientOrderId=f"n{number}") for number in range(1000)]
    answers = {ALL: [Reply(page), Reply([row(STOP, orderId=1000)])]}

    found, exchange = ask(lambda client: client.find("5" * 32, NOW), answers)
    absent, _ = ask(lambda client: client.find("0" * 32, NOW), {ALL: [Reply(page), Reply([])]})

    assert found.exchange_order_id == "1000"
    assert exchange.sent[1].parameters["orderId"] == "1000"
    assert absent is None


KEY_FAULTS = {-2014: "has not the form", -2008: "does not know this key", -1022: "`api_secret`"}
KEY_FAULTS |= {-2015: "this address is not on its list", -1002: "does not let this key"}


@pytest.mark.parametrize(("code", "words"), KEY_FAULTS.items())
def test_a_wrong_key_is_refused_and_says_what_may_be_wrong(code: int, words: str) -> None:
    """Also after calls that went well: ccxt then takes -2015 for a passing overload."""
    good = Reply({"balances": []})

    async def act() -> None:
        answers = {"GET /api/v3/account": [good, refusal(code, "Library words.", 401)]}
        async with door(answers) as (client, _):
            await client.balances()
            with pytest.raises(Refused, match=words) as refused:
                await client.balances()
            assert "Library" not in str(refused.value)

    asyncio.run(act())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply("", 500), r"binance does not tell the balances \(HTTP 500\): try again later"),
        (refusal(-1001, "Disconnected."), r"\(-1001: Disconnected\.\): try again later"),
        (Reply("<html>", 403), "firewall refuses this address"),
        (Reply("", 429, {"Retry-After": "7"}), r"limits this address \(HTTP 429\): wait 7 s"),
        (Reply("", 418, {"Retry-After": "soon"}), r"\(HTTP 418\): wait a minute"),
        (Reply("<html>", 200), "unclearly: it is not JSON"),
        (Reply("", 302, {"Location": "/x"}), "HTTP 302"),
        (Reply(act="drop"), "api.binance.com dropped the connection; try again later"),
        (Reply(act="hang"), "api.binance.com did not answer in time"),
    ],
)
def test_a_read_that_fails_says_what_and_where(
    answer: Reply, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_TIMEOUT_MS", 300)

    with pytest.raises(Unavailable, match=words):
        ask(lambda client: client.balances(), {"GET /api/v3/account": answer})


def test_a_place_that_is_not_served_is_refused() -> None:
    with pytest.raises(Refused, match="does not serve this place"):
        ask(
            lambda client: client.server_time(),
            {"GET /api/v3/time": Reply({"code": 0, "msg": "Restricted."}, 451)},
        )


@pytest.mark.parametrize(
    ("server", "words"), [(-3200, "3.2 s ahead of"), (90_000, "90.0 s behind")]
)
def test_a_wrong_clock_is_measured(server: int, words: str) -> None:
    answers = {
        "GET /api/v3/account": refusal(-1021, "Timestamp for this request is outside."),
        "GET /api/v3/time": {"serverTime": NOW + server},
    }

    with pytest.raises(Unavailable, match=f"this clock is {words} that of binance"):
        ask(lambda client: client.balances(), answers)


def test_an_exchange_that_comes_back_at_another_port_is_found_again() -> None:
    async def act() -> tuple[int, int]:
        async with serving({"GET /api/v3/time": {"serverTime": 1}}) as (_, transport):
            client = await opened(transport)
            first = await client.server_time()
        async with serving({"GET /api/v3/time": {"serverTime": 2}}) as (_, moved):
            assert isinstance(transport.resolver, Loopback)
            assert isinstance(moved.resolver, Loopback)
            transport.resolver.port = moved.resolver.port
            second = await client.server_time()
            await client.close()
        return first, second

    assert asyncio.run(act()) == (1, 2)


class Nowhere(Loopback):
    """A name server that knows no name."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        raise OSError("no such name")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("closed", "api.binance.com cannot be reached"),
        ("stranger", r"api.binance.com does not prove that it is api.binance.com \(certificate\)"),
        ("nameless", "the address of api.binance.com cannot be found"),
    ],
)
def test_an_exchange_that_is_not_there_is_named_and_why(fault: str, words: str) -> None:
    async def act() -> None:
        async with serving({}) as (exchange, transport):
            port = transport.resolver.port if isinstance(transport.resolver, Loopback) else 0
            there = {
                "closed": Transport(Loopback(1), transport.ssl_context),
                "stranger": Transport(Loopback(port), ssl.create_default_context()),
                "nameless": Transport(Nowhere(port), transport.ssl_context),
            }[fault]
            client = await opened(there)
            with pytest.raises(Unavailable, match=words):
                await client.server_time()
            outcome = await client.submit((ENTRY,), PINNED)
            await client.close()

        assert isinstance(outcome, Unknown)
        assert exchange.sent == []

    asyncio.run(act())
