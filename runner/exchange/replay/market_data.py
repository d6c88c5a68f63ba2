"""Public endpoints: the market's rules, the clock, bars and prices; nothing of the future."""

from __future__ import annotations

import json
from typing import Any

from runner.exchange.replay.answers import Json, symbol_id
from runner.exchange.replay.filters import decimals, filters
from runner.exchange.replay.orders import Kind
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.tape import Bar
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import text_of

DAY_MS, DAY_BARS = 86_400_000, 1442  # bars of a minute, the forming one and a spare
# Declared, never enforced: running into limits belongs to the fault layer.
RATE_LIMITS = [
    {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
    {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
    {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000},
]


def ping(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/ping."""
    return {}


def server_time(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/time: the simulated clock."""
    return {"serverTime": venue.tape.now_ms}


def exchange_info(venue: Venue, parameters: Parameters) -> Json:
    """GET /api/v3/exchangeInfo: the one market and its filters."""
    _check_symbols(venue, parameters)
    return {
        "timezone": "UTC",
        "serverTime": venue.tape.now_ms,
        "rateLimits": RATE_LIMITS,
        "exchangeFilters": [],
        "symbols": [_market(venue)],
    }


def klines(venue: Venue, parameters: Parameters) -> list[list[Any]]:
    """GET /api/v3/klines: closed bars and the forming one, of which only the open is known."""
    check_symbol(venue, parameters)
    if parameters.text("interval") != venue.setup.timeframe:
        raise Refusal(-1120, "Invalid interval.")
    bars = venue.tape.visible(
        parameters.integer("startTime"), parameters.integer("endTime"), parameters.limit(500)
    )
    return [_kline(bar) for bar in bars]


def price(venue: Venue, parameters: Parameters) -> Any:
    """GET /api/v3/ticker/price: the newest close."""
    symbol = symbol_id(venue.setup.market)
    return _one_or_all(
        venue, parameters, {"symbol": symbol, "price": text_of(venue.tape.last_price)}
    )


def book_ticker(venue: Venue, parameters: Parameters) -> Any:
    """GET /api/v3/ticker/bookTicker: bars have no book; both sides are the newest close."""
    last = text_of(venue.tape.last_price)
    document = {
        "symbol": symbol_id(venue.setup.market),
        "bidPrice": last,
        "bidQty": "0.0",
        "askPrice": last,
        "askQty": "0.0",
    }
    return _one_or_all(venue, parameters, document)


def day_ticker(venue: Venue, parameters: Parameters) -> Any:
    """GET /api/v3/ticker/24hr: over the bars that opened within the last day."""
    now, last = venue.tape.now_ms, venue.tape.last_price
    shown = venue.tape.visible(now - DAY_MS, now, DAY_BARS)
    bars = [bar for bar in shown if bar.closed_at <= now]
    first = bars[0].open if bars else last
    volume = sum(bar.volume for bar in bars)
    document = {
        "symbol": symbol_id(venue.setup.market),
        "priceChange": text_of(last - first),
        "priceChangePercent": text_of((last - first) / first * 100),
        "lastPrice": text_of(last),
        "bidPrice": text_of(last),
        "bidQty": "0.0",
        "askPrice": text_of(last),
        "askQty": "0.0",
        "openPrice": text_of(first),
        "highPrice": text_of(max((bar.high for bar in bars), default=last)),
        "lowPrice": text_of(min((bar.low for bar in bars), default=last)),
        "volume": text_of(float(volume)),
        "openTime": now - DAY_MS,
        "closeTime": now,
    }
    return _one_or_all(venue, parameters, document)


def check_symbol(venue: Venue, parameters: Parameters) -> None:
    """The symbol, where one was sent, is the market's."""
    symbol = parameters.get("symbol")
    if symbol is not None and symbol != symbol_id(venue.setup.market):
        raise Refusal(-1121, "Invalid symbol.")


def _check_symbols(venue: Venue, parameters: Parameters) -> None:
    check_symbol(venue, parameters)
    names = parameters.get("symbols")
    if names is None:
        return
    try:
        wanted = json.loads(names)
    except ValueError:
        raise Refusal(-1135, "JSON sent for parameter 'symbols' is not valid") from None
    if wanted != [symbol_id(venue.setup.market)]:
        raise Refusal(-1121, "Invalid symbol.")


def _one_or_all(venue: Venue, parameters: Parameters, document: Json) -> Any:
    check_symbol(venue, parameters)
    return document if "symbol" in parameters else [document]


def _kline(bar: Bar) -> list[Any]:
    """Quote volume, trades and taker volumes are not in the data: zero."""
    prices = [text_of(value) for value in (bar.open, bar.high, bar.low, bar.close, bar.volume)]
    return [bar.opened_at, *prices, bar.closed_at - 1, "0.0", 0, "0.0", "0.0", "0"]


def _market(venue: Venue) -> Json:
    market = venue.setup.market
    base_decimals = decimals(market.quantity.step)
    quote_decimals = decimals(market.price.step)
    return {
        "symbol": symbol_id(market),
        "status": "TRADING",
        "baseAsset": market.base,
        "baseAssetPrecision": base_decimals,
        "baseCommissionPrecision": base_decimals,
        "quoteAsset": market.quote,
        "quotePrecision": quote_decimals,
        "quoteAssetPrecision": quote_decimals,
        "quoteCommissionPrecision": quote_decimals,
        "orderTypes": list(Kind),
        "icebergAllowed": False,
        "ocoAllowed": True,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": False,
        "amendAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": filters(market),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "NONE",
        "allowedSelfTradePreventionModes": ["NONE"],
    }
