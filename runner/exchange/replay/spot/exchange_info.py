"""The markets of a spot run and their filters."""

from __future__ import annotations

import json

from runner.exchange.replay.asked import symbols_of
from runner.exchange.replay.filters import MAXIMUM, decimals, price_and_lot
from runner.exchange.replay.orders import Kind
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.route import Json
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import text_of

# Declared, never enforced: running into limits belongs to the fault layer.
RATE_LIMITS = [
    {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
    {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
    {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000},
]
TYPES = [Kind.LIMIT, Kind.LIMIT_MAKER, Kind.MARKET, Kind.STOP_LOSS]


def exchange_info(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/exchangeInfo: of the symbols asked for, else of all."""
    return {
        "timezone": "UTC",
        "serverTime": venue.now_ms,
        "rateLimits": RATE_LIMITS,
        "exchangeFilters": [],
        "symbols": [_market(venue, symbol) for symbol in _wanted(venue, parameters)],
    }


def _wanted(venue: Venue, parameters: Parameters) -> tuple[str, ...]:
    names = parameters.get("symbols")
    if names is None:
        return symbols_of(venue, parameters)
    try:
        wanted = json.loads(names)
    except ValueError:
        raise Refusal(-1135, "JSON sent for parameter 'symbols' is not valid") from None
    if not isinstance(wanted, list) or not all(name in venue.symbols for name in wanted):
        raise Refusal(-1121, "Invalid symbol.")
    return tuple(wanted)


def _market(venue: Venue, symbol: str) -> Json:
    market = venue.market(symbol)
    base_decimals = decimals(market.quantity.step)
    quote_decimals = decimals(market.price.step)
    return {
        "symbol": symbol,
        "status": "TRADING",
        "baseAsset": market.base,
        "baseAssetPrecision": base_decimals,
        "baseCommissionPrecision": base_decimals,
        "quoteAsset": market.quote,
        "quotePrecision": quote_decimals,
        "quoteAssetPrecision": quote_decimals,
        "quoteCommissionPrecision": quote_decimals,
        "orderTypes": TYPES,
        "icebergAllowed": False,
        "ocoAllowed": True,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": False,
        "amendAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            *price_and_lot(market),
            {
                "filterType": "NOTIONAL",
                "minNotional": text_of(market.minimum_notional),
                "applyMinToMarket": True,
                "maxNotional": text_of(MAXIMUM),
                "applyMaxToMarket": False,
                "avgPriceMins": 0,
            },
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    }
