"""What is public and fixed: contracts, their tiers, recorded funding rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange.replay import market_data
from runner.exchange.replay.asked import symbol_of, symbols_of
from runner.exchange.replay.filters import ASSET_DECIMALS, MAXIMUM, digits, price_and_lot
from runner.exchange.replay.orders import Kind
from runner.exchange.replay.route import Json
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import text_of

# Declared, never enforced: running into limits belongs to the fault layer.
RATE_LIMITS = [
    {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400},
    {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200},
    {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 300},
]
TYPES = [Kind.LIMIT, Kind.MARKET, Kind.STOP_MARKET]
NEVER_MS = 4_133_404_800_000  # how Binance writes that a perpetual contract is not delivered
MOST_LEVERAGE = Decimal(125)  # Binance's, where the market's rules name none


def exchange_info(venue: Venue, parameters: Parameters) -> Json:
    """GET /fapi/v1/exchangeInfo."""
    quote = venue.market(venue.symbols[0]).quote
    return {
        "timezone": "UTC",
        "serverTime": venue.now_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": RATE_LIMITS,
        "exchangeFilters": [],
        "assets": [{"asset": quote, "marginAvailable": True, "autoAssetExchange": "0"}],
        "symbols": [_contract(venue, symbol) for symbol in venue.symbols],
    }


def leverage_bracket(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/leverageBracket: one tier without an end, the one that is simulated."""
    return [
        {
            "symbol": symbol,
            "notionalCoef": 1.0,
            "brackets": [
                {
                    "bracket": 1,
                    "initialLeverage": int(most_leverage(venue, symbol)),
                    "notionalCap": 10**15,
                    "notionalFloor": 0,
                    "maintMarginRatio": venue.wallet.margin(symbol).maintenance,
                    "cum": 0.0,
                }
            ],
        }
        for symbol in symbols_of(venue, parameters)
    ]


def most_leverage(venue: Venue, symbol: str) -> Decimal:
    """The first tier's."""
    return venue.market(symbol).max_leverage or MOST_LEVERAGE


def mark_klines(venue: Venue, parameters: Parameters) -> list[list[Any]]:
    """GET /fapi/v1/markPriceKlines: here contracts are worth what they last traded at."""
    rows = market_data.klines(venue, parameters)
    return [[*row[:5], "0", *row[6:]] for row in rows]  # nobody trades at a mark price


def funding_rates(venue: Venue, parameters: Parameters) -> list[Json]:
    """GET /fapi/v1/fundingRate: what is recorded up to now, oldest first."""
    symbol = symbol_of(venue, parameters)
    funding = venue.tape(symbol).funding
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    last = venue.now_ms if end is None else min(end, venue.now_ms)
    rows: list[Json] = [
        {
            "symbol": symbol,
            "fundingTime": int(stamp),
            "fundingRate": text_of(float(rate)),
            "markPrice": "",
        }
        for stamp, rate in zip(funding.stamps_ms, funding.rates, strict=True)
        if (start or 0) <= stamp <= last
    ]
    limit = parameters.limit(100)
    return rows[:limit] if start is not None else rows[-limit:]


def _contract(venue: Venue, symbol: str) -> Json:
    market = venue.market(symbol)
    margin = venue.wallet.margin(symbol)
    return {
        "symbol": symbol,
        "pair": symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": NEVER_MS,
        "onboardDate": venue.timeline.first_open,
        "status": "TRADING",
        "maintMarginPercent": text_of(margin.maintenance * 100.0),
        "requiredMarginPercent": "5.0000",
        "baseAsset": market.base,
        "quoteAsset": market.quote,
        "marginAsset": market.quote,
        "pricePrecision": digits(market.price.step),
        "quantityPrecision": digits(market.quantity.step),
        "baseAssetPrecision": ASSET_DECIMALS,
        "quotePrecision": ASSET_DECIMALS,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "triggerProtect": "0.0500",
        "liquidationFee": "0.0",
        "marketTakeBound": "0.05",
        "orderTypes": TYPES,
        "timeInForce": ["GTC", "GTX"],
        "permissionSets": [],
        "filters": [
            *price_and_lot(market),
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": text_of(market.minimum_quantity),
                "maxQty": text_of(MAXIMUM),
                "stepSize": text_of(market.quantity.step),
            },
            {"filterType": "MIN_NOTIONAL", "notional": text_of(market.minimum_notional)},
        ],
    }
