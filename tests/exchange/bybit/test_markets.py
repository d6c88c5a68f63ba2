"""Markets and tiers of Bybit: read as recorded, refused in words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.bybit import markets
from runner.model.errors import Refused, Unavailable
from runner.model.markets import MarketKind
from tests.exchange.asked import PERP
from tests.exchange.bybit.room import asked
from tests.exchange.bybit.test_recorded import body, renamed
from tests.exchange.bybit.told import MARKETS, TIERS, bad, instrument, page
from tests.exchange.recorded import draws
from tests.exchange.recorded import markets as markets_told

#: Category → the end of the address under which its markets were recorded.
TOLD = {
    "spot": "v5/market/instruments-info?category=spot",
    "linear": "v5/market/instruments-info?category=linear&limit=1000",
    "inverse": "v5/market/instruments-info?category=inverse&limit=1000",
}
BEFORE_LAUNCH = tuple(f"{TOLD[it]}&status=PreLaunch" for it in ("linear", "inverse"))


def raw(shared: Path, category: str) -> Any:
    return markets_told(shared, "bybit", TOLD[category])


@draws("bybit", raw_markets=(TOLD["spot"],))
def test_markets_of_spot_are_read(shared: Path) -> None:
    market, _ = asked(lambda client: client.market("BTC/USDT"), {MARKETS: raw(shared, "spot")})

    assert (market.base, market.quote, market.kind) == ("BTC", "USDT", MarketKind.SPOT)
    assert (market.price.step, market.quantity.step) == (Decimal("0.1"), Decimal("0.000001"))
    assert (market.minimum_quantity, market.minimum_notional) == (Decimal("0.000011"), Decimal(5))
    assert market.source == "bybit instruments-info, 2023-11-14"


@draws(
    "bybit", fetchMarketLeverageTiers=("BTCUSDT risk limit (docs)",), raw_markets=(TOLD["linear"],)
)
def test_contracts_are_read_with_their_first_tier(shared: Path) -> None:
    """The documented tier is in percent; today's are fractions."""
    percent = renamed(body(shared, "fetchMarketLeverageTiers"), "linear", symbol="BTCUSDT")
    fractions = renamed(percent, "linear", maintenanceMargin="0.005", initialMargin="0.01")
    for tiers in (percent, fractions):
        answers = {MARKETS: raw(shared, "linear"), TIERS: tiers}

        market, _ = asked(lambda client: client.market(PERP), answers, (PERP,))

        assert (market.quantity.step, market.minimum_quantity) == (Decimal("0.001"),) * 2
        assert (market.price.step, market.minimum_notional) == (Decimal("0.10"), Decimal(5))
        assert (market.maintenance, market.max_leverage) == (Decimal("0.005"), Decimal(100))


@pytest.mark.parametrize(
    ("symbol", "close"),
    [
        ("BTCC/USDT", "BTC/USDT"),
        ("btc/usdt", "BTC/USDT"),
        ("ETHH/USDT:USDT", "ETH/USDT:USDT"),
        ("BTCUSDT:USDT", "BTC/USDT:USDT"),
    ],
)
@pytest.mark.parametrize("nothing", [bad(10001, "Not supported symbols"), None])
def test_a_market_that_is_not_there_is_refused_with_a_suggestion(
    shared: Path, symbol: str, close: str, nothing: Any
) -> None:
    kind = MarketKind.FUTURES if ":" in symbol else MarketKind.SPOT
    category = "linear" if kind is MarketKind.FUTURES else "spot"
    answers = {MARKETS: [nothing or page(category), raw(shared, category), page(category)]}

    with pytest.raises(Refused) as refused:
        asked(lambda client: client.market(symbol), answers, (symbol,))

    assert str(refused.value) == f"bybit has no {kind} market `{symbol}`; did you mean `{close}`?"


def test_only_perpetuals_settled_in_usdt_are_markets(shared: Path) -> None:
    rows = raw(shared, "linear")["result"]["list"]
    rows += raw(shared, "inverse")["result"]["list"]
    in_usdc = {"quoteCoin": "USDC", "settleCoin": "USDC"}
    rows += [rows[0] | in_usdc | {"symbol": name} for name in ("BTCPERP", "BTCUSDC")]
    rows += [rows[0] | {"settleCoin": "USDC"}]
    rows += [rows[0] | {"symbol": "BTCUSDT-26DEC25", "contractType": "LinearFutures"}]

    assert markets.symbols(rows, MarketKind.FUTURES) == ["BTC/USDT:USDT", "ETH/USDT:USDT"]


@draws("bybit", raw_markets=(TOLD["inverse"], *BEFORE_LAUNCH))
def test_lists_of_other_markets_hold_none_of_ours(shared: Path) -> None:
    linear, inverse = (markets_told(shared, "bybit", it) for it in BEFORE_LAUNCH)

    with pytest.raises(Refused, match="bybit has no futures market"):
        asked(lambda client: client.market(PERP), {MARKETS: linear}, (PERP,))
    for answer in (inverse, raw(shared, "inverse")):
        with pytest.raises(Unavailable, match="the market `BTC/USDT:USDT` unclearly"):
            asked(lambda client: client.market(PERP), {MARKETS: answer}, (PERP,))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"status": "Closed"}, "does not offer trading at this time"),
        ({"isPreListing": True}, "before its launch"),
    ],
)
def test_a_market_that_is_not_traded_now_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        asked(
            lambda client: client.market("BTC/USDT"),
            {MARKETS: page("spot", instrument(**changed))},
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"priceFilter": {"tickSize": "0"}},
        {"priceFilter": {}},
        {"priceFilter": None},
        {"lotSizeFilter": {"basePrecision": "-1", "quotePrecision": "1", "minOrderAmt": "5"}},
        {"lotSizeFilter": {"basePrecision": "0.1", "minOrderAmt": "5"}},
        {"baseCoin": "BTC", "lotSizeFilter": "1"},
    ],
)
def test_steps_that_are_none_are_no_market(changed: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="the market `BTC/USDT` unclearly"):
        asked(
            lambda client: client.market("BTC/USDT"),
            {MARKETS: page("spot", instrument(**changed))},
        )


@pytest.mark.parametrize(
    "changed",
    [
        {"isLowestRisk": 0},
        {"symbol": "ETHUSDT"},
        {"maintenanceMargin": "0"},
        {"initialMargin": "0.1"},  # times 100: neither a whole nor a hundred percent
        {"maxLeverage": "many"},
    ],
)
def test_a_tier_that_is_none_is_no_market(shared: Path, changed: dict[str, Any]) -> None:
    tiers = renamed(body(shared, "fetchMarketLeverageTiers"), "linear", symbol="BTCUSDT")
    answers = {MARKETS: raw(shared, "linear"), TIERS: renamed(tiers, "linear", **changed)}

    with pytest.raises(Unavailable, match="the tiers of"):
        asked(lambda client: client.market(PERP), answers, (PERP,))
