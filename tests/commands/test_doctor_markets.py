"""`runner doctor` holds leverage, sizes and stops against what the exchange says of its markets."""

from __future__ import annotations

from typing import Any

import pytest

from runner.commands.checks.markets import market_checks
from runner.commands.checks.verdict import Check, Verdict
from tests.commands.answering import RIGHTS, answers, asked, bar, rows, strategy
from tests.conftest import ROOT
from tests.exchange.key_answers import ANSWERS, NOW
from tests.exchange.scripted import Reply
from tests.exchange.test_door_futures_reads import TIER
from tests.exchange.test_door_futures_reads import symbol_row as contract
from tests.exchange.test_door_markets import symbol_row
from tests.exchange.test_door_prepare import settings
from tests.rules.files import GOOD, a_file

FUTURES = strategy(
    a_file(
        ("[read, spot]", "[read, futures]"),
        ("market: spot", "market: futures"),
        ("[BTC/USDT]", "[BTC/USDT:USDT]"),
        ("limits: {", "limits: {max_leverage: 3x, "),
        ("timeframe: 1h", "timeframe: 1h\nposition: {leverage: 2x}"),
    )
)


def of_futures(margin: str, leverage: int, *, hedges: bool) -> dict[str, Any]:
    return {
        "GET /fapi/v1/time": {"serverTime": NOW},
        RIGHTS: ANSWERS["binance"] | {"enableSpotAndMarginTrading": False},
        "GET /fapi/v1/exchangeInfo": {"symbols": [contract()]},
        "GET /fapi/v1/leverageBracket": TIER,
        "GET /fapi/v1/klines": [Reply([bar(500)]), Reply([bar(1), bar(0)])],
        "GET /fapi/v1/positionSide/dual": {"dualSidePosition": hedges},
        "GET /fapi/v1/symbolConfig": settings(margin, leverage),
    }


@pytest.mark.parametrize(
    ("margin", "leverage", "hedges", "verdict", "words"),
    [
        ("ISOLATED", 2, False, Verdict.OK, "one-way mode, isolated margin, leverage 2x"),
        ("CROSSED", 20, False, Verdict.OK, "leverage 20x; a start sets isolated margin and 2x"),
        ("ISOLATED", 2, True, Verdict.REFUSED, "the account is in hedge mode"),
    ],
)
def test_a_contract_is_looked_at_and_left_as_it_is(
    margin: str, leverage: int, hedges: bool, verdict: Verdict, words: str
) -> None:
    seen, exchange = asked(of_futures(margin, leverage, hedges=hedges), FUTURES)

    [check] = rows(seen, "position")
    assert check.verdict is verdict
    assert words in check.fact
    assert {sent.method for sent in exchange.sent} == {"GET"}
    assert seen.told["BTC/USDT:USDT"].market.max_leverage == 125


def market_rows(text: str, known: dict[str, Any]) -> list[Check]:
    """Of a file over the rules that the exchange tells now."""
    of = strategy(text)
    seen, _ = asked(known, of)
    return list(market_checks(of, ROOT / "x.yaml", seen.told))


def told(**changed: Any) -> dict[str, Any]:
    return answers(info={"symbols": [symbol_row(**changed)]})


NOTIONAL = {"NOTIONAL": {"minNotional": "25.0", "applyMinToMarket": True}}
STOP = ("{distance: 2 * atr(14)}", "{distance: 10%}")


@pytest.mark.parametrize(
    ("text", "known", "verdict", "words"),
    [
        (
            a_file(("risk: 1%", "notional: 10 USDT")),
            told(filters=NOTIONAL),
            Verdict.REFUSED,
            "the smallest order is about 10 USDT; the market's minimum is 25 USDT",
        ),
        (
            a_file(("risk: 1%", "quantity: 0.00004 BTC")),
            told(),
            Verdict.REFUSED,
            "the market's minimum is 5 USDT, more at a price of 60000.5",
        ),
        (
            a_file(("risk: 1%", "notional: 20 USDT")),
            told(filters={"LOT_SIZE": {"stepSize": "0.001", "minQty": "0.001"}}),
            Verdict.REFUSED,
            "the market's minimum is 0.001 BTC, more at a price of 60000.5",
        ),
        (
            a_file(("risk: 1%", "notional: 5.2 USDT"), STOP),
            told(),
            Verdict.WARNING,
            "the smallest order sells for less than 5 USDT at a stop 10% away",
        ),
        (
            a_file(("{distance: 2 * atr(14)}", "{distance: 0.01%}")),
            told(filters={"PRICE_FILTER": {"tickSize": "10.0"}}),
            Verdict.REFUSED,
            "a stop 0.01% away is nearer than one tick at a price of 60000.5",
        ),
        (
            GOOD,
            told(filters={"PRICE_FILTER": {"tickSize": "10.0"}}),
            Verdict.WARNING,
            "a backtest goes by other rules",
        ),
    ],
)
def test_sizes_and_stops_are_held_against_the_rules_of_now(
    text: str, known: dict[str, Any], verdict: Verdict, words: str
) -> None:
    found = [check for check in market_rows(text, known) if words in check.fact]

    assert [check.verdict for check in found] == [verdict]


def test_a_market_that_is_not_recorded_can_be_traded_where_the_exchange_tells_its_rules() -> None:
    text = a_file(("[BTC/USDT]", "[NEW/USDT]"))
    known = told(symbol="NEWUSDT", baseAsset="NEW")

    found = [check for check in market_rows(text, known) if check.name == "market"]

    assert [check.verdict for check in found] == [Verdict.WARNING, Verdict.OK]
