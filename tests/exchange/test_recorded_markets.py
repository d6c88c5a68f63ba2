"""Every recorded market: read to the step as ccxt read it, or refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from runner.exchange.client import Client
from runner.model.errors import Refused
from runner.model.markets import Market
from tests.exchange.bingx import told as at_bingx
from tests.exchange.bitget.answers import good
from tests.exchange.bybit import told as at_bybit
from tests.exchange.okx.answers import ok
from tests.exchange.recorded import ALL, Each, cases, draws, markets
from tests.exchange.scripted import ask

#: Where each exchange tells its markets: of spot, of contracts.
TOLD = {
    "binance": ("api/v3/exchangeInfo", "fapi/v1/exchangeInfo"),
    "bybit": (
        "v5/market/instruments-info?category=spot",
        "v5/market/instruments-info?category=linear&limit=1000",
    ),
    "okx": (
        "api/v5/public/instruments?instType=SPOT",
        "api/v5/public/instruments?instType=SWAP",
    ),
    "deribit": ("api/v2/public/get_instruments", "api/v2/public/get_instruments"),
    "bingx": ("openApi/spot/v1/common/symbols", "openApi/swap/v2/quote/contracts"),
    "bitget": (
        "api/v2/spot/public/symbols",
        "api/v2/mix/market/contracts?productType=USDT-FUTURES",
    ),
}


def binance_tiers(name: str) -> dict[str, Any]:
    first = {"bracket": 1, "initialLeverage": 125, "maintMarginRatio": 0.004}
    return {"GET /fapi/v1/leverageBracket": [{"symbol": name, "brackets": [first]}]}


def bybit_tiers(name: str) -> dict[str, Any]:
    first = {"id": 1, "symbol": name, "isLowestRisk": 1, "maxLeverage": "100.00"}
    first |= {"maintenanceMargin": "0.005", "initialMargin": "0.01"}
    return {at_bybit.TIERS: at_bybit.page("linear", first)}


def okx_tiers(name: str) -> dict[str, Any]:
    first = {"tier": "1", "mmr": "0.004", "maxLever": "100"}
    first["instFamily"] = name.removesuffix("-SWAP")
    return {"GET /api/v5/public/position-tiers": ok(first)}


def bingx_tiers(name: str) -> dict[str, Any]:
    rows = at_bingx.tiers()
    rows["data"] = [it | {"symbol": name} for it in rows["data"]]
    return {at_bingx.TIERS: rows, at_bingx.LEVERAGE: at_bingx.sides()}


def bitget_tiers(name: str) -> dict[str, Any]:
    first = {"symbol": name, "level": "1", "leverage": "125", "keepMarginRate": "0.004"}
    return {"GET /api/v2/mix/market/query-position-lever": good([first])}


#: Tiers are told apart from contracts, by the exchange's name of one; Deribit's are not asked for.
TIERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "binance": binance_tiers,
    "bybit": bybit_tiers,
    "okx": okx_tiers,
    "deribit": lambda _: {},
    "bingx": bingx_tiers,
    "bitget": bitget_tiers,
}


#: What is said of a market that is not traded.
NO_MARKET, NO_FUTURES = "has no (spot|futures) market", "does not trade futures at deribit"


def is_traded(exchange: str, told: dict[str, Any]) -> bool:
    """Spot, and perpetual contracts that are margined in USDT."""
    perpetual = told["swap"] and told["linear"] and told["settle"] == "USDT"
    return told["spot"] or (perpetual and exchange != "deribit")


def market_of(exchange: str, told: dict[str, Any], shared: Path) -> Market:
    """The same market through the door."""
    symbol, contract = told["symbol"], not told["spot"]
    address = TOLD[exchange][contract]
    answers = {f"GET /{address.partition('?')[0]}": markets(shared, exchange, address)}
    answers |= TIERS[exchange](told["id"]) if contract else {}
    question = partial(Client.market, symbol=symbol)
    found, _ = ask(question, answers, exchange=exchange, symbols=(symbol,))
    market: Market = found
    return market


def unit_of(exchange: str, told: dict[str, Any]) -> Decimal:
    """OKX counts contracts; runner counts what is in them."""
    return exact(told["contractSize"]) if exchange == "okx" and told["swap"] else Decimal(1)


def exact(number: float | None) -> Decimal:
    """A double of ccxt's as it was written; nothing is zero."""
    return Decimal(str(number or 0))


@pytest.mark.parametrize("exchange", TOLD)
@draws(Each("exchange"), markets=ALL)
def test_every_recorded_market_is_read_as_ccxt_read_it_or_refused_by_name(
    exchange: str, shared: Path
) -> None:
    for case in cases(shared, exchange, "markets"):
        told = case["parsed"]
        if not is_traded(exchange, told):
            with pytest.raises(Refused, match=f"{NO_MARKET} `{told['symbol']}`|{NO_FUTURES}"):
                market_of(exchange, told, shared)
            continue
        market = market_of(exchange, told, shared)
        unit = unit_of(exchange, told)
        names = (told["symbol"], told["base"], told["quote"])
        assert (market.symbol, market.base, market.quote) == names
        assert market.price.step == exact(told["precision"]["price"])
        assert market.quantity.step == exact(told["precision"]["amount"]) * unit
        least = exact(told["limits"]["amount"]["min"]) * unit
        if least:
            assert market.minimum_quantity == least, told["symbol"]
        assert market.minimum_notional == exact(told["limits"]["cost"]["min"]), told["symbol"]
