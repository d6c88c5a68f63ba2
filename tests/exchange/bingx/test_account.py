"""The account at BingX, in our words: balances, positions, funding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.model.accounts import Venue
from runner.model.errors import Halt, Unavailable
from runner.model.holdings import Funding, Held
from tests.exchange.asked import PERP
from tests.exchange.bingx.room import asked
from tests.exchange.bingx.told import BALANCES, INCOME, POSITIONS, good
from tests.exchange.scripted import NOW

DAY = 86_400_000


def held_of(symbol: str, told: Any, venue: Venue = Venue.LIVE) -> Any:
    answers = {BALANCES[symbol]: told}
    return asked(lambda it: it.balances(), answers, (symbol,), venue=venue)[0]


def wallet(**changed: Any) -> dict[str, Any]:
    known = {"asset": "USDT", "balance": "194.8212", "availableMargin": "193.7609"}
    return good([known | changed])


def test_balances_of_spot_are_free_or_locked() -> None:
    rows = [{"asset": "BTC", "free": "1.5", "locked": "0.5"}, {"asset": "USDT", "free": "0"}]
    rows[1]["locked"] = "7"

    found = held_of("BTC/USDT", good({"balances": rows}))

    assert (found["BTC"].free, found["BTC"].total) == (Decimal("1.5"), Decimal(2))
    assert found["USDT"].total == 7


def test_the_wallet_of_futures_holds_all_margins() -> None:
    found = held_of(PERP, wallet())["USDT"]

    assert (found.free, found.total) == (Decimal("193.7609"), Decimal("194.8212"))


@pytest.mark.parametrize(("available", "free"), [("200", "194.8212"), ("-3", "0")])
def test_what_is_free_is_never_more_than_the_wallet_nor_below_zero(
    available: str, free: str
) -> None:
    found = held_of(PERP, wallet(availableMargin=available))["USDT"]

    assert (found.free, found.total) == (Decimal(free), Decimal("194.8212"))


def test_the_play_money_of_the_test_venue_counts_as_usdt_there_and_nowhere_else() -> None:
    assert set(held_of(PERP, wallet(asset="VST"), Venue.TESTNET)) == {"USDT"}
    assert set(held_of(PERP, wallet(asset="VST"))) == {"VST"}


@pytest.mark.parametrize("symbol", BALANCES)
@pytest.mark.parametrize("told", [good(None), good({}), good([{}]), good({"balances": [{}]})])
def test_balances_that_are_not_as_documented_are_not_read(symbol: str, told: Any) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        held_of(symbol, told)


def position(**changed: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"symbol": "BTC-USDT", "positionId": "1", "currency": "USDT"}
    known |= {"positionAmt": "0.02", "positionSide": "LONG", "isolated": True}
    known |= {"avgPrice": "60000.1", "initialMargin": "400", "margin": "390.5"}
    known |= {"unrealizedProfit": "-9.5", "liquidationPrice": 41000.5, "onlyOnePosition": True}
    return known | changed


def positions(*rows: dict[str, Any]) -> Any:
    return asked(lambda it: it.positions(), {POSITIONS: good(list(rows))}, (PERP,))[0]


def test_a_position_is_told_with_its_margin_alone() -> None:
    other = position(symbol="ETH-USDT", isolated=False)

    assert positions(position(), other) == {
        PERP: Held(PERP, Decimal("0.02"), Decimal("60000.1"), Decimal(400), Decimal("41000.5"))
    }


def test_a_short_is_below_zero_and_may_have_no_price_of_liquidation() -> None:
    found = positions(position(positionSide="SHORT", liquidationPrice=0))[PERP]

    assert (found.quantity, found.liquidation_price) == (Decimal("-0.02"), None)


def test_what_holds_nothing_is_no_position() -> None:
    assert positions() == {}
    assert positions(position(positionAmt="0", isolated=False)) == {}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([position(isolated=False)], "cross margin: close it there, or choose Isolated"),
        ([position(onlyOnePosition=False)], "hedge mode: close its positions, then choose One-Way"),
        ([position(), position(positionSide="SHORT")], "held twice"),
    ],
)
def test_a_position_that_is_not_as_we_trade_halts(rows: list[Any], words: str) -> None:
    with pytest.raises(Halt, match=words):
        positions(*rows)


@pytest.mark.parametrize(
    "changed",
    [
        {"positionSide": "BOTH"},
        {"positionAmt": "-1"},
        {"positionAmt": None},
        {"margin": "-20"},
        {"avgPrice": ""},
        {"liquidationPrice": None},
    ],
)
def test_a_position_that_is_not_as_documented_is_not_read(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        positions(position(**changed))


def payment(at: int, income: str, **changed: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"symbol": "BTC-USDT", "incomeType": "FUNDING_FEE", "asset": "USDT"}
    return known | {"income": income, "time": at, "tranId": f"{at}", "tradeId": ""} | changed


def funded(told: Any, venue: Venue = Venue.LIVE) -> tuple[Any, Any]:
    answers = {INCOME: told}
    return asked(lambda it: it.fundings(PERP, NOW - 9 * DAY), answers, (PERP,), venue=venue)


def test_funding_is_told_oldest_first_and_once() -> None:
    early, late = NOW - 8 * DAY, NOW - DAY
    told = [good([payment(early, "-0.0292")]), good([payment(late, "0.5"), payment(early, "9")])]
    told[1]["data"][1] |= payment(early, "-0.0292")

    found, exchange = funded(told)

    assert found == [Funding(early, Decimal("-0.0292")), Funding(late, Decimal("0.5"))]
    assert len(exchange.sent) == 2
    assert exchange.sent[0].parameters["incomeType"] == "FUNDING_FEE"


def test_no_funding_may_be_told_as_null() -> None:
    assert funded(good(None))[0] == []


def test_funding_in_another_currency_halts_but_in_play_money() -> None:
    with pytest.raises(Halt, match="funding in USDC"):
        funded(good([payment(NOW, "1", asset="USDC")]))
    with pytest.raises(Halt, match="funding in VST"):
        funded(good([payment(NOW, "1", asset="VST")]))
    assert funded(good([payment(NOW, "1", asset="VST")]), Venue.TESTNET)[0]


@pytest.mark.parametrize("changed", [{"symbol": "ETH-USDT"}, {"incomeType": "ADL"}, {"time": None}])
def test_a_payment_that_is_not_as_documented_is_not_read(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="unclearly"):
        funded(good([payment(NOW, "1") | changed]))


def test_spot_has_no_positions_no_funding_and_no_liquidations() -> None:
    async def question(client: Any) -> Any:
        await client.prepare("BTC/USDT", Decimal(3))
        return [
            await client.positions(),
            await client.fundings("BTC/USDT", 0),
            await client.liquidations("BTC/USDT", 0),
        ]

    found, exchange = asked(question, {})

    assert found == [{}, [], []]
    assert exchange.sent == []
