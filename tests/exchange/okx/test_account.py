"""Markets, balances, positions, payments and settings as OKX tells them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runner.exchange.balances import Balance
from runner.model.errors import Halt, Refused, Unavailable
from runner.model.holdings import Funding, Held, Rate
from tests.exchange.asked import PERP
from tests.exchange.okx.answers import CONTRACT, MARKETS, SPOT_MARKET, ask, at, no, ok
from tests.exchange.scripted import NOW, Scripted

DAY = 86_400_000
ON_FUTURES: dict[str, Any] = {"symbols": (PERP,)}
#: As told of a contract: `instId` is empty.
TIER = {"instFamily": "BTC-USDT", "uly": "BTC-USDT", "instId": "", "tier": "1"}
TIER |= {"mmr": "0.004", "maxLever": "100"}
TIERS = ok(TIER | {"tier": "2", "mmr": "0.005", "maxLever": "75"}, TIER)


def test_a_contract_is_told_in_base_currency() -> None:
    market, exchange = ask(
        lambda it: it.market(PERP), at({"GET public/position-tiers": TIERS}), **ON_FUTURES
    )

    assert market.quantity.step == market.minimum_quantity == Decimal("0.0001")
    assert (market.price.step, market.minimum_notional) == (Decimal("0.01"), Decimal(0))
    assert (market.maintenance, market.max_leverage) == (Decimal("0.004"), Decimal(100))
    assert market.source == "okx instruments, 2023-11-14"
    assert exchange.sent[1].parameters == {
        "instType": "SWAP",
        "tdMode": "isolated",
        "instFamily": "BTC-USDT",
    }


def test_a_multiplier_counts() -> None:
    answers = at({"GET public/instruments": ok(CONTRACT | {"ctVal": "0.001", "ctMult": "10"})})

    market, _ = ask(
        lambda it: it.market(PERP), answers | at({"GET public/position-tiers": TIERS}), **ON_FUTURES
    )

    assert market.quantity.step == Decimal("0.0001")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"state": "suspend"}, "does not trade `BTC/USDT:USDT` at this time"),
        ({"ctType": "inverse"}, "okx has no futures market `BTC/USDT:USDT`"),
        ({"settleCcy": "USDC"}, "okx has no futures market `BTC/USDT:USDT`"),
        ({"ctValCcy": "USD"}, "okx has no futures market `BTC/USDT:USDT`"),
        ({"instId": "BTC-USDT-240927"}, "okx has no futures market `BTC/USDT:USDT`"),
    ],
)
def test_a_contract_that_is_not_ours_is_refused(changed: dict[str, str], words: str) -> None:
    answers = at({"GET public/instruments": ok(CONTRACT | changed)})

    with pytest.raises(Refused, match=words):
        ask(lambda it: it.market(PERP), answers, **ON_FUTURES)


def test_an_unknown_market_is_refused_with_a_suggestion() -> None:
    answers = {"GET /api/v5/public/instruments": [no("51001"), *MARKETS.values()]}

    with pytest.raises(Refused, match="no spot market `BTC/USTD`; did you mean `BTC/USDT`"):
        ask(lambda it: it.market("BTC/USTD"), answers)


@pytest.mark.parametrize("changed", [{"lotSz": "0"}, {"tickSz": ""}, {"minSz": "x"}])
def test_a_market_without_its_steps_is_unclear(changed: dict[str, str]) -> None:
    answers = at({"GET public/instruments": ok(SPOT_MARKET | changed)})

    with pytest.raises(Unavailable, match="unclearly"):
        ask(lambda it: it.market("BTC/USDT"), answers)


@pytest.mark.parametrize(
    "tiers",
    [
        ok(),
        ok(TIER | {"mmr": "1"}),
        ok(TIER | {"instFamily": "ETH-USDT", "uly": "ETH-USDT"}),
        ok(TIER | {"instFamily": "", "uly": "", "instId": "BTC-USDT"}),  # of a margin pair
    ],
)
def test_a_contract_without_a_first_tier_is_unclear(tiers: Any) -> None:
    with pytest.raises(Unavailable, match="the tiers"):
        ask(lambda it: it.market(PERP), at({"GET public/position-tiers": tiers}), **ON_FUTURES)


def told(**changed: str) -> dict[str, Any]:
    known = {"ccy": "USDT", "cashBal": "900", "availBal": "800", "availEq": "", "frozenBal": "100"}
    return at({"GET account/balance": ok({"details": [known | changed]})})


def test_a_spot_balance_is_what_may_be_spent_and_what_orders_hold() -> None:
    for answers in (told(), told(availBal="", availEq="800")):
        balances, _ = ask(lambda it: it.balances(), answers)
        assert balances == {"USDT": Balance(Decimal(800), Decimal(100))}


def test_a_wallet_of_futures_holds_the_margins_but_not_what_positions_gained() -> None:
    answers = told(eq="965", isoEq="65", isoUpl="15", upl="15")

    balances, _ = ask(lambda it: it.balances(), answers, **ON_FUTURES)

    assert balances["USDT"].free == Decimal(800)
    assert balances["USDT"].total == Decimal(950)


def test_a_margin_whose_gain_is_not_told_is_unclear() -> None:
    with pytest.raises(Unavailable, match="without `isoUpl`"):
        ask(lambda it: it.balances(), told(eq="965", isoEq="65"), **ON_FUTURES)


POSITION = {
    "instId": "BTC-USDT-SWAP",
    "instType": "SWAP",
    "posSide": "net",
    "mgnMode": "isolated",
    "pos": "-1.5",
    "avgPx": "60000.1",
    "margin": "90",
    "liqPx": "64000",
}


def positions(*rows: dict[str, str]) -> tuple[Any, Scripted]:
    answers = at({"GET account/positions": ok(*rows)})
    return ask(lambda it: it.positions(), answers, **ON_FUTURES)


def test_a_position_is_told_in_base_currency_below_zero_for_a_short() -> None:
    held, exchange = positions(POSITION, POSITION | {"instId": "ETH-USDT-SWAP"})

    assert held == {
        PERP: Held(PERP, Decimal("-0.015"), Decimal("60000.1"), Decimal(90), Decimal(64000))
    }
    assert exchange.sent[-1].parameters == {"instType": "SWAP"}


@pytest.mark.parametrize("rows", [(), (POSITION | {"pos": "0"},), (POSITION | {"pos": ""},)])
def test_a_position_of_nothing_is_none(rows: tuple[dict[str, str], ...]) -> None:
    assert positions(*rows)[0] == {}


def test_a_position_may_have_no_liquidation_price() -> None:
    assert positions(POSITION | {"liqPx": ""})[0][PERP].liquidation_price is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((POSITION | {"posSide": "short"},), "held in hedge mode: close its positions, then"),
        ((POSITION | {"mgnMode": "cross"},), "held with cross margin: close it there"),
        ((POSITION, POSITION), "with isolated and with cross margin"),
    ],
)
def test_a_position_that_we_do_not_trade_halts(rows: Any, words: str) -> None:
    with pytest.raises(Halt, match=words):
        positions(*rows)


def bill(at_ms: int, pnl: str, **changed: str) -> dict[str, str]:
    known = {"billId": str(at_ms), "type": "8", "instId": "BTC-USDT-SWAP", "ccy": "USDT"}
    return known | {"ts": str(at_ms), "pnl": pnl, "balChg": "0"} | changed


def fundings(answers: dict[str, Any], since_ms: int) -> tuple[Any, Scripted]:
    return ask(lambda it: it.fundings(PERP, since_ms), at(answers), **ON_FUTURES)


def test_funding_is_told_oldest_first_of_one_contract() -> None:
    rows = [bill(NOW, "-1.5"), bill(NOW - 1, "9", instId="ETH-USDT-SWAP"), bill(NOW - 2, "0.5")]

    found, exchange = fundings({"GET account/bills": ok(*rows)}, NOW - DAY)

    assert found == [Funding(NOW - 2, Decimal("0.5")), Funding(NOW, Decimal("-1.5"))]
    assert exchange.sent[0].parameters == {
        "instType": "SWAP",
        "type": "8",
        "begin": str(NOW - DAY),
        "limit": "100",
    }


def test_old_funding_is_told_elsewhere_and_in_pages() -> None:
    pages = [ok(*(bill(NOW - n, "1") for n in range(100))), ok(bill(NOW - 100, "1"))]

    found, exchange = fundings({"GET account/bills-archive": pages}, NOW - 20 * DAY)

    assert len(found) == 101
    assert exchange.sent[1].parameters["after"] == str(NOW - 99)


def test_funding_in_another_currency_halts() -> None:
    with pytest.raises(Halt, match="funding in BTC"):
        fundings({"GET account/bills": ok(bill(NOW, "1", ccy="BTC"))}, NOW)


def test_funding_rates_are_those_that_were_settled() -> None:
    def rate(at_ms: int) -> dict[str, str]:
        told = {"instId": "BTC-USDT-SWAP", "fundingTime": str(at_ms)}
        return told | {"fundingRate": "0.9", "realizedRate": "0.0001"}

    pages = [ok(*(rate(NOW - n) for n in range(100))), ok(rate(NOW - 100), rate(NOW - 101))]
    answers = at({"GET public/funding-rate-history": pages})

    rates, exchange = ask(lambda it: it.rates(PERP, NOW - 100), answers, **ON_FUTURES)

    assert len(rates) == 101
    assert (rates[0], rates[-1]) == (Rate(NOW - 100, 0.0001), Rate(NOW, 0.0001))
    assert exchange.sent[1].parameters["after"] == str(NOW - 99)
