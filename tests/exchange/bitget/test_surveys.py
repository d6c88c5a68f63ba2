"""What Bitget tells of markets, bars, money and positions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.bitget.bars import TIMEFRAMES
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from runner.model.exchanges.bitget import SUPPORT
from runner.model.markets import MarketKind
from tests.exchange.asked import PERP
from tests.exchange.bitget.answers import CONTRACTS, SYMBOLS, asked, good, symbol_row
from tests.exchange.bitget.desk import Heard, at_bitget
from tests.exchange.scripted import NOW, Reply

TIERS = "GET /api/v2/mix/market/query-position-lever"
POSITIONS = "GET /api/v2/mix/position/all-position"
ACCOUNTS, BILLS = "GET /api/v2/mix/account/accounts", "GET /api/v2/mix/account/bill"
RATES = "GET /api/v2/mix/market/history-fund-rate"
HOUR = Timeframe("1h", 3_600_000)
DAY = 86_400_000


def contract_info(**changed: Any) -> dict[str, Any]:
    known = {
        "symbol": "BTCUSDT",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "supportMarginCoins": ["USDT"],
        "minTradeNum": "0.001",
        "priceEndStep": "5",
        "volumePlace": "3",
        "pricePlace": "1",
        "sizeMultiplier": "0.001",
        "symbolType": "perpetual",
        "minTradeUSDT": "5",
        "symbolStatus": "normal",
    }
    return known | changed


def tier(**changed: Any) -> dict[str, Any]:
    known = {"symbol": "BTCUSDT", "level": "1", "leverage": "125", "keepMarginRate": "0.004"}
    return known | changed


def of_spot(rows: list[Any], symbol: str = "BTC/USDT") -> Any:
    return at_bitget(lambda client: client.market(symbol), {SYMBOLS: good(rows)})[0]


def of_futures(rows: list[Any], tiers: Any = None, symbol: str = PERP) -> Any:
    answers = {CONTRACTS: good(rows), TIERS: good([tier()] if tiers is None else tiers)}
    return asked(lambda client: client.market(symbol), answers)


def test_a_market_of_spot_has_its_steps_and_minimums() -> None:
    market = of_spot([symbol_row(symbol="ETHUSDT", baseCoin="ETH"), symbol_row()])

    assert (market.symbol, market.base, market.quote) == ("BTC/USDT", "BTC", "USDT")
    assert (market.price.step, market.quantity.step) == (Decimal("0.01"), Decimal("0.000001"))
    assert (market.minimum_quantity, market.minimum_notional) == (0, 1)
    assert market.source == "bitget spot symbols, 2023-11-14"


def test_a_contract_has_its_steps_and_its_first_tier() -> None:
    """A price ends in fives where its step says so."""
    market = of_futures([contract_info()], [tier(level="2", leverage="100"), tier()])

    assert (market.symbol, market.base, market.quote) == (PERP, "BTC", "USDT")
    assert (market.price.step, market.quantity.step) == (Decimal("0.5"), Decimal("0.001"))
    assert (market.minimum_quantity, market.minimum_notional) == (Decimal("0.001"), Decimal(5))
    assert (market.maintenance, market.max_leverage) == (Decimal("0.004"), Decimal(125))


@pytest.mark.parametrize(
    ("symbol", "suggestion"),
    [
        ("BTC/USDT", "; did you mean `BTC/USDT:USDT`?"),
        ("BTCUSDT", "; did you mean `BTC/USDT:USDT`?"),
        ("BTC/USTD:USTD", "; did you mean `BTC/USDT:USDT`?"),
        ("ETH/BTC:BTC", ""),
    ],
)
def test_an_unknown_contract_is_refused_with_a_suggestion(symbol: str, suggestion: str) -> None:
    """Contracts that end, and such that are margined otherwise, are not among those it knows."""
    others = [contract_info(symbolType="delivery"), contract_info(quoteCoin="USD")]
    others.append(contract_info(supportMarginCoins=["BTC", "USDT"]))

    with pytest.raises(Refused) as refused:
        of_futures([*others, contract_info()], symbol=symbol)

    assert str(refused.value) == f"bitget has no futures market `{symbol}`{suggestion}"


@pytest.mark.parametrize(
    "other",
    [{"symbolType": "delivery"}, {"supportMarginCoins": ["BTC", "USDT"]}, {"symbol": "BTCUSDT_2"}],
)
def test_a_contract_of_another_kind_is_not_taken_for_it(other: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bitget has no futures market `BTC/USDT:USDT`"):
        of_futures([contract_info(**other)])


def test_an_unknown_market_of_spot_is_refused_with_a_suggestion() -> None:
    with pytest.raises(Refused, match=r"no spot market `btc/usdt`; did you mean `BTC/USDT`\?"):
        of_spot([symbol_row()], "btc/usdt")


@pytest.mark.parametrize("status", ["maintain", "limit_open", "restrictedAPI", "off", "listed"])
def test_a_contract_that_is_not_traded_is_refused(status: str) -> None:
    with pytest.raises(Refused, match="does not offer trading at this time"):
        of_futures([contract_info(symbolStatus=status)])


def test_a_market_of_spot_that_is_not_traded_or_not_quoted_in_usdt_is_refused() -> None:
    with pytest.raises(Refused, match="does not offer trading at this time"):
        of_spot([symbol_row(status="halt")])
    with pytest.raises(Refused, match="trade a symbol that is quoted in USDT"):
        of_spot([symbol_row(symbol="ETHBTC", baseCoin="ETH", quoteCoin="BTC")], "ETH/BTC")


@pytest.mark.parametrize(
    "changed",
    [
        {"sizeMultiplier": "0"},
        {"sizeMultiplier": "0.0005"},
        {"volumePlace": "three"},
        {"volumePlace": "99"},
        {"priceEndStep": "0"},
        {"pricePlace": None},
        {"minTradeNum": "NaN"},
        {"minTradeUSDT": 5},
    ],
)
def test_a_contract_that_is_not_told_as_documented_is_not_used(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        of_futures([contract_info(**changed)])


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [tier(symbol="ETHUSDT")],
        [tier(level="2")],
        [tier(keepMarginRate="1")],
        [tier(keepMarginRate="0")],
        [tier(leverage="0")],
        {},
    ],
)
def test_a_contract_without_a_first_tier_is_not_used(tiers: Any) -> None:
    with pytest.raises(Unavailable, match="the tiers of"):
        of_futures([contract_info()], tiers)


@pytest.mark.parametrize("body", [{"data": []}, {"code": 0, "data": []}, [], {"code": "00000"}])
def test_an_answer_out_of_its_envelope_is_not_understood(body: Any) -> None:
    if body == {"code": "00000"}:
        with pytest.raises(Refused, match="has no spot market"):
            at_bitget(lambda client: client.market("BTC/USDT"), {SYMBOLS: Reply(body)})
    else:
        with pytest.raises(Unavailable):
            at_bitget(lambda client: client.market("BTC/USDT"), {SYMBOLS: Reply(body)})


# Bars.


def bar(opened: int) -> list[str]:
    return [str(opened), "1", "3", "0.5", "2", "10", "20", "20"]


def bars(since: int, limit: int, answers: Any, symbol: str = "BTC/USDT") -> tuple[Any, Heard]:
    kind = "mix" if ":" in symbol else "spot"
    recent, old = (f"GET /api/v2/{kind}/market/{name}" for name in ("candles", "history-candles"))
    places = {recent: answers, old: answers}
    return at_bitget(
        lambda client: client.bars(symbol, HOUR, since, limit), places, symbols=(symbol,)
    )


def test_bars_are_asked_for_by_their_end_until_there_are_enough_or_no_more() -> None:
    first = NOW - 450 * HOUR.ms
    pages = [good([bar(first + n * HOUR.ms) for n in range(start, start + 200)])
             for start in (0, 199, 398)]  # fmt: skip

    some, exchange = bars(first, 250, [*pages])
    all_, asked_all = bars(first, 1000, [*pages])

    assert [row[0] for row in some] == [first + n * HOUR.ms for n in range(250)]
    assert len(all_) == 598
    assert [it.parameters["endTime"] for it in asked_all.sent] == [
        str(first + 199 * HOUR.ms),
        str(first + 398 * HOUR.ms),
        str(NOW),
    ]
    assert len(exchange.sent) == 2
    assert exchange.sent[0].parameters == {
        "symbol": "BTCUSDT",
        "granularity": "1h",
        "startTime": str(first),
        "endTime": str(first + 199 * HOUR.ms),
        "limit": "200",
    }


def test_old_bars_are_asked_for_where_they_are_kept() -> None:
    _, exchange = bars(NOW - 62 * DAY, 2000, good([]))

    assert [path.rpartition("/")[2] for path in exchange.paths] == [
        *["history-candles"],
        *["candles"] * 7,
    ]
    assert "startTime" not in exchange.sent[0].parameters


def test_bars_before_the_first_one_that_is_wanted_are_left_out() -> None:
    since = NOW - 2 * HOUR.ms
    told = good([bar(since - HOUR.ms), bar(since), bar(since + HOUR.ms)])

    rows, _ = bars(since, 10, told)

    assert [row[0] for row in rows] == [since, since + HOUR.ms]
    assert bars(NOW + 1, 10, told)[0] == []


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        ["row"],
        [["soon", "1", "1", "1", "1", "1"]],
        [[str(NOW), "1", "1", "1"]],
        [[str(NOW), "1", "nan", "1", "1", "1"]],
        [[str(NOW), "1", "high", "1", "1", "1"]],
        [bar(NOW), bar(NOW)],
    ],
)
def test_bars_that_are_not_told_as_documented_are_not_understood(data: Any) -> None:
    with pytest.raises(Unavailable, match="tells the bars unclearly"):
        bars(NOW - HOUR.ms, 1, good(data))


def test_bars_of_contracts_and_of_their_mark_price_are_different_questions() -> None:
    recent, old = "GET /api/v2/mix/market/candles", "GET /api/v2/mix/market/history-mark-candles"
    answers = {recent: good([bar(NOW - HOUR.ms)]), old: good([])}

    plain, exchange = bars(NOW - HOUR.ms, 1, answers[recent], PERP)
    mark, heard = at_bitget(
        lambda client: client.mark_bars(PERP, HOUR, NOW - 60 * DAY, 1), answers, symbols=(PERP,)
    )

    assert plain == mark
    assert "kLineType" not in exchange.sent[0].parameters
    assert exchange.sent[0].parameters["productType"] == "USDT-FUTURES"
    assert heard.paths[0] == old
    assert heard.sent[-1].parameters["kLineType"] == "MARK"


@pytest.mark.parametrize("kind", MarketKind)
def test_the_table_offers_the_timeframes_that_can_be_asked_for(kind: MarketKind) -> None:
    spot = kind is MarketKind.SPOT
    words = {text for text, it in TIMEFRAMES.items() if (it.spot if spot else it.futures)}

    assert set(SUPPORT.kinds[kind].timeframes) == words
    with pytest.raises(Refused, match="bitget has no bars of `8h`; there is `12h`, `15m`"):
        at_bitget(lambda client: client.bars("BTC/USDT", Timeframe("8h", 8 * HOUR.ms), 1, 1), {})


# Money, positions, payments.
