"""What BingX tells of markets, bars and rates, in our words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.model.accounts import Venue
from runner.model.bars import Timeframe
from runner.model.errors import Refused, Unavailable
from runner.model.holdings import Rate
from runner.model.markets import Market
from tests.exchange.asked import PERP
from tests.exchange.bingx.room import asked
from tests.exchange.bingx.told import (
    BARS,
    CONTRACTS,
    LEVERAGE,
    MARK_BARS,
    PAIRS,
    RATES,
    SWAP,
    TIERS,
    bad,
    contract,
    good,
    pair,
    sides,
    tiers,
)
from tests.exchange.scripted import NOW, Reply

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
TEN = NOW - NOW % (10 * MINUTE)  # a time at which bars open


def market(symbol: str, answers: dict[str, Any], venue: Venue = Venue.LIVE) -> Market:
    found: Market = asked(lambda it: it.market(symbol), answers, (symbol,), venue=venue)[0]
    return found


def test_a_pair_is_traded_in_its_steps() -> None:
    found = market("BTC/USDT", {PAIRS: good({"symbols": [pair(symbol="ETH-USDT"), pair()]})})

    assert (found.symbol, found.base, found.quote) == ("BTC/USDT", "BTC", "USDT")
    assert (found.price.step, found.quantity.step) == (Decimal("0.01"), Decimal("0.00001"))
    assert found.minimum_quantity == Decimal("0.00001")
    assert found.minimum_notional == 5
    assert found.source == "bingx common/symbols, 2023-11-14"


def test_a_contract_is_traded_in_its_steps_with_its_first_tier() -> None:
    answers = {CONTRACTS: good([contract()]), TIERS: tiers(), LEVERAGE: sides()}

    found = market(PERP, answers)

    assert (found.symbol, found.base, found.quote) == (PERP, "BTC", "USDT")
    assert (found.price.step, found.quantity.step) == (Decimal("0.1"), Decimal("0.0001"))
    assert (found.minimum_quantity, found.minimum_notional) == (Decimal("0.0001"), Decimal(2))
    assert (found.maintenance, found.max_leverage) == (Decimal("0.0038"), Decimal(100))


@pytest.mark.parametrize(
    "changed",
    [{"status": 0}, {"status": 29}, {"apiStateBuy": False}, {"apiStateSell": ""}],
)
def test_a_pair_that_is_closed_to_programs_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="trade another symbol"):
        market("BTC/USDT", {PAIRS: good({"symbols": [pair(**changed)]})})


@pytest.mark.parametrize(
    "changed", [{"status": 25}, {"apiStateOpen": "false"}, {"apiStateClose": None}]
)
def test_a_contract_that_is_closed_to_programs_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="trade another symbol"):
        market(PERP, {CONTRACTS: good([contract(**changed)])})


@pytest.mark.parametrize("first", [good({"symbols": []}), bad(100204), bad(80014)])
def test_an_unknown_pair_is_refused_with_a_suggestion(first: Any) -> None:
    known = good({"symbols": [pair(), pair(symbol="ETH-USDT")]})

    with pytest.raises(Refused, match="no spot market `BTC/USDC`; did you mean `BTC/USDT`"):
        market("BTC/USDC", {PAIRS: [first, known]})


def test_a_contract_that_is_settled_in_another_currency_is_none_of_ours() -> None:
    known = good([contract(currency="USDC"), contract(symbol="ETH-USDT")])

    with pytest.raises(Refused, match="no futures market"):
        market(PERP, {CONTRACTS: known})


@pytest.mark.parametrize(
    "changed",
    [
        {"stepSize": 0},
        {"tickSize": "fine"},
        {"stepSize": None},
        {"minNotional": None},
        {"symbol": ""},
    ],
)
def test_a_pair_that_is_not_as_documented_is_not_read(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        market("BTC/USDT", {PAIRS: good({"symbols": [pair(**changed)]})})


@pytest.mark.parametrize(
    "answers",
    [
        {TIERS: good([])},
        {TIERS: tiers(maintMarginRatio="2")},
        {TIERS: tiers(symbol="ETH-USDT")},
        {TIERS: tiers(minPositionVal="1")},
        {LEVERAGE: sides(maxShortLeverage=0)},
        {LEVERAGE: good(None)},
        {CONTRACTS: good([contract(pricePrecision=-1)])},
        {CONTRACTS: good([contract(quantityPrecision="4")])},
    ],
)
def test_a_contract_that_is_not_as_documented_is_not_read(answers: dict[str, Any]) -> None:
    known = {CONTRACTS: good([contract()]), TIERS: tiers(), LEVERAGE: sides()}

    with pytest.raises(Unavailable, match="unclearly"):
        market(PERP, known | answers)


def test_there_is_no_spot_at_the_test_venue() -> None:
    with pytest.raises(Refused, match="no spot at its test venue"):
        market("BTC/USDT", {}, Venue.TESTNET)


def test_contracts_of_the_test_venue_have_a_host_of_their_own() -> None:
    answers = {CONTRACTS: good([contract()]), TIERS: tiers(), LEVERAGE: sides()}

    found, exchange = asked(lambda it: it.market(PERP), answers, (PERP,), venue=Venue.TESTNET)

    assert found.symbol == PERP
    assert {it.host.partition(":")[0] for it in exchange.sent} == {"open-api-vst.bingx.com"}


def spot_bar(at: int, price: float = 2.0) -> list[Any]:
    return [at, price, price + 1, price - 1, price, 0.59, at + 1, 17.0]


def bar(at: int, name: str = "time") -> dict[str, Any]:
    known = {"open": "2", "close": "2", "high": "3", "low": "1", "volume": "0.59"}
    return known | {name: at}


def bars(
    told: Any, symbol: str = PERP, text: str = "10m", limit: int = 5, since: int = TEN
) -> tuple[Any, Any]:
    timeframe = Timeframe.parse(text)
    assert timeframe is not None
    return asked(
        lambda it: it.bars(symbol, timeframe, since, limit), {BARS[symbol]: told}, (symbol,)
    )


@pytest.mark.parametrize(
    ("symbol", "make", "zone"), [("BTC/USDT", spot_bar, "0"), (PERP, bar, "0")]
)
def test_bars_are_told_oldest_first_and_counted_in_utc(symbol: str, make: Any, zone: str) -> None:
    since = TEN - 3 * 5 * MINUTE
    opened = [since, since + 5 * MINUTE, since + 10 * MINUTE]
    told = good([make(at) for at in (opened[2], opened[1], opened[0], since - 5 * MINUTE)])

    found, exchange = bars([told, good([])], symbol, "5m", since=since)

    assert found == [(at, 2.0, 3.0, 1.0, 2.0, 0.59) for at in opened]
    asked_for = exchange.sent[0].parameters
    assert asked_for["timeZone"] == zone
    assert (asked_for["interval"], asked_for["startTime"]) == ("5m", str(since - 1))
    assert int(asked_for["endTime"]) == since + 5 * 5 * MINUTE - 1


def test_bars_are_asked_for_until_there_are_enough() -> None:
    start = TEN - 3000 * MINUTE
    first = [bar(start + i * MINUTE) for i in range(1000)]
    second = [bar(start + (1000 + i) * MINUTE) for i in range(200)]

    found, exchange = bars([good(first), good(second)], text="1m", limit=1200, since=start)

    assert len(found) == 1200
    assert len(exchange.sent) == 2


def test_bars_before_the_first_of_a_market_are_skipped_by_weeks() -> None:
    week = 7 * DAY
    monday = TEN - TEN % week + 4 * DAY
    if monday > TEN:
        monday -= week
    told = [good([]), good([bar(monday)]), good([bar(monday), bar(monday + HOUR)]), good([])]

    found, exchange = bars(told, text="1h", limit=300, since=monday - 400 * DAY)

    assert [row[0] for row in found] == [monday, monday + HOUR]
    assert [it.parameters["interval"] for it in exchange.sent[:3]] == ["1h", "1w", "1h"]


def test_a_market_without_any_bars_has_none() -> None:
    assert bars(good([]), text="1h", since=TEN - DAY)[0] == []


@pytest.mark.parametrize(
    "told",
    [
        good([bar(TEN + 1)]),
        good([bar(TEN), bar(TEN)]),
        good([bar(TEN) | {"open": "much"}]),
        good([bar(TEN) | {"high": "NaN"}]),
        good([bar(TEN, "opened")]),
        good([[TEN, 1.0, 2.0]]),
        good(["bar"]),
        good([5]),
        good({}),
        good(None),
    ],
)
def test_bars_that_are_not_as_documented_are_not_read(told: Any) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        bars(told, text="5m", since=TEN - HOUR)


def test_days_that_begin_at_another_hour_are_not_taken_for_those_of_utc() -> None:
    midnight = TEN - TEN % DAY

    with pytest.raises(Unavailable, match="not counted in UTC"):
        bars(good([spot_bar(midnight - 8 * HOUR)]), "BTC/USDT", "1d", since=midnight - 9 * DAY)


def test_bars_of_the_mark_price_are_those_of_contracts() -> None:
    hour = Timeframe.parse("1h")
    assert hour is not None
    opened = TEN - TEN % HOUR
    told = bar(opened, "openTime") | {"closeTime": opened + HOUR - 1}

    found, exchange = asked(
        lambda it: it.mark_bars(PERP, hour, opened, 1), {MARK_BARS: good([told])}, (PERP,)
    )

    assert found == [(opened, 2.0, 3.0, 1.0, 2.0, 0.59)]
    assert "timeZone" not in exchange.sent[0].parameters


def test_a_timeframe_that_bingx_has_not_is_refused() -> None:
    with pytest.raises(Refused, match=r"no bars of `10m`; there is `12h`, `15m`"):
        bars(good([]))


def test_rates_are_told_oldest_first() -> None:
    told = [
        {"symbol": "BTC-USDT", "fundingRate": "0.00027100", "fundingTime": NOW - 8 * HOUR},
        {"symbol": "BTC-USDT", "fundingRate": "-0.0001", "fundingTime": NOW - 16 * HOUR},
        {"symbol": "BTC-USDT", "fundingRate": "0.1", "fundingTime": NOW - 17 * HOUR},
    ]

    found, _ = asked(lambda it: it.rates(PERP, NOW - 16 * HOUR), {RATES: good(told)}, (PERP,))

    assert found == [Rate(NOW - 16 * HOUR, -0.0001), Rate(NOW - 8 * HOUR, 0.000271)]


def test_rates_of_another_contract_are_not_read() -> None:
    told = good([{"symbol": "ETH-USDT", "fundingRate": "0.1", "fundingTime": NOW}])

    with pytest.raises(Unavailable, match="unclearly"):
        asked(lambda it: it.rates(PERP, NOW - HOUR), {RATES: told}, (PERP,))


def test_the_clock_of_bingx_is_told() -> None:
    found, _ = asked(
        lambda it: it.server_time(),
        {f"GET {SWAP}/v2/server/time": Reply(good({"serverTime": 1675319535362}))},
    )

    assert found == 1675319535362
