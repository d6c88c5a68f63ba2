"""The account as Bitget tells it: money, positions, payments, rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.model.errors import Halt, Unavailable
from runner.model.holdings import Funding, Held, Rate
from tests.exchange.asked import PERP
from tests.exchange.bitget.answers import asked, good
from tests.exchange.bitget.desk import at_bitget
from tests.exchange.bitget.test_surveys import ACCOUNTS, BILLS, DAY, POSITIONS, RATES
from tests.exchange.scripted import NOW


def test_money_of_spot_is_free_or_locked() -> None:
    row = {"coin": "BTC", "available": "0.1", "frozen": "0.02", "locked": "0.003"}

    found, _ = at_bitget(
        lambda client: client.balances(), {"GET /api/v2/spot/account/assets": good([row])}
    )

    assert found == {"BTC": Balance(Decimal("0.1"), Decimal("0.023"))}


def wallet(**changed: Any) -> dict[str, Any]:
    known = {"marginCoin": "USDT", "available": "900", "isolatedMaxAvailable": "900"}
    known |= {"accountEquity": "1010.5", "unrealizedPL": "10.5", "assetMode": "single"}
    return known | {"crossedUnrealizedPL": "0", "isolatedUnrealizedPL": "10.5"} | changed


@pytest.mark.parametrize(
    ("changed", "free", "locked"),
    [
        ({}, "900", "100"),
        ({"unrealizedPL": ""}, "900", "100"),
        ({"unrealizedPL": "-10.5", "accountEquity": "989.5"}, "900", "100"),
        ({"isolatedMaxAvailable": "2000"}, "1000", "0"),
    ],
)
def test_the_wallet_of_futures_holds_margins_but_not_what_positions_have_gained(
    changed: dict[str, str], free: str, locked: str
) -> None:
    found = asked(lambda client: client.balances(), {ACCOUNTS: good([wallet(**changed)])})

    assert found == {"USDT": Balance(Decimal(free), Decimal(locked))}


def held(**changed: Any) -> dict[str, Any]:
    known = {"marginCoin": "USDT", "symbol": "BTCUSDT", "holdSide": "long", "marginSize": "9.5"}
    known |= {"total": "0.010", "openPriceAvg": "25000", "marginMode": "isolated"}
    return known | {"posMode": "one_way_mode", "liquidationPrice": "24144.1"} | changed


def test_positions_are_told_by_side() -> None:
    short = held(symbol="ETHUSDT", holdSide="short", liquidationPrice="0")
    rows = [held(), short, held(symbol="XRPUSDT", posMode="hedge_mode")]

    found = asked(lambda client: client.positions(), {POSITIONS: good(rows)})

    ten = Decimal("0.010")
    assert found == {
        PERP: Held(PERP, ten, Decimal(25000), Decimal("9.5"), Decimal("24144.1")),
        "ETH/USDT:USDT": Held("ETH/USDT:USDT", -ten, Decimal(25000), Decimal("9.5"), None),
    }
    assert asked(lambda client: client.positions(), {POSITIONS: good(None)}) == {}
    assert asked(lambda client: client.positions(), {POSITIONS: good([held(total="0")])}) == {}
    assert at_bitget(lambda client: client.positions(), {})[0] == {}


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        ([held(posMode="hedge_mode")], Halt, "in hedge mode: close its positions, then choose"),
        ([held(marginMode="crossed")], Halt, "with cross margin: close it there, or choose"),
        ([held(holdSide="net")], Unavailable, "a position on no side"),
        ([held(total="-1")], Unavailable, "a position on no side"),
        ([held(), held()], Unavailable, "with two positions of BTC/USDT:USDT"),
        ([held(marginCoin="USDC")], Unavailable, "`marginCoin` is USDC"),
        ([held(marginSize="")], Unavailable, "without `marginSize`"),
    ],
)
def test_a_position_that_is_not_one_way_and_isolated_is_not_traded(
    rows: list[Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        asked(lambda client: client.positions(), {POSITIONS: good(rows)})


def bill(**changed: Any) -> dict[str, Any]:
    known = {"billId": "1", "symbol": "BTCUSDT", "amount": "-0.5", "fee": "0", "coin": "USDT"}
    return known | {"businessType": "contract_settle_fee", "cTime": str(NOW - 5)} | changed


def bills(*rows: Any, end: str = "") -> dict[str, Any]:
    return good({"bills": list(rows), "endId": end})


def test_funding_is_asked_for_month_by_month_and_told_oldest_first() -> None:
    since = NOW - 40 * DAY
    pages = [
        bills(bill(amount="0.25", cTime=str(since + 1))),
        bills(bill(), bill(symbol="ETHUSDT")),
    ]

    found, exchange = at_bitget(
        lambda client: client.fundings(PERP, since), {BILLS: pages}, symbols=(PERP,)
    )

    assert found == [Funding(since + 1, Decimal("0.25")), Funding(NOW - 5, Decimal("-0.5"))]
    assert exchange.sent[0].parameters["endTime"] == str(since + 30 * DAY)
    assert {it.parameters["businessType"] for it in exchange.sent} == {"contract_settle_fee"}


def test_payments_are_read_page_by_page_and_never_in_a_circle() -> None:
    full = bills(*[bill(cTime=str(NOW - 100 + n)) for n in range(100)], end="8")

    found = asked(lambda client: client.fundings(PERP, NOW - 200), {BILLS: [full, bills()]})

    assert len(found) == 100
    with pytest.raises(Unavailable, match="the same page of payments again"):
        asked(lambda client: client.fundings(PERP, NOW - 200), {BILLS: full})


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (bill(coin="USDC"), Halt),
        (bill(businessType="open_long"), Unavailable),
        (bill(amount="much"), Unavailable),
        (bill(cTime=5), Unavailable),
    ],
)
def test_a_payment_that_is_not_one_of_funding_is_not_counted(
    row: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        asked(lambda client: client.fundings(PERP, NOW - 200), {BILLS: bills(row)})


def rate(at_ms: int, of: str = "0.0001") -> dict[str, str]:
    return {"symbol": "BTCUSDT", "fundingRate": of, "fundingTime": str(at_ms)}


def test_rates_are_read_from_the_newest_on_until_far_enough_back() -> None:
    pages = [good([rate(1000 - n) for n in range(100)]), good([rate(900 - n) for n in range(100)])]

    found, exchange = at_bitget(
        lambda client: client.rates(PERP, 850), {RATES: pages}, symbols=(PERP,)
    )

    assert found == [Rate(at_ms, 0.0001) for at_ms in range(850, 1001)]
    assert [it.parameters["pageNo"] for it in exchange.sent] == ["1", "2"]
    with pytest.raises(Unavailable, match="`symbol` is ETHUSDT"):
        asked(
            lambda client: client.rates(PERP, 1), {RATES: good([rate(1) | {"symbol": "ETHUSDT"}])}
        )


def test_rates_that_are_told_again_end_the_list() -> None:
    full = good([rate(1000 - n) for n in range(100)])

    assert len(asked(lambda client: client.rates(PERP, 1), {RATES: full})) == 100
