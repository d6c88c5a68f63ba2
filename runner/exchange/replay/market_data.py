"""Public answers that spot and futures give alike: the clock, bars and prices; nothing to come."""

from __future__ import annotations

from typing import Any

from runner.exchange.replay.asked import symbol_of, symbols_of
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.route import Json
from runner.exchange.replay.tape import Bar
from runner.exchange.replay.venue import Venue
from runner.exchange.replay.wire import Parameters
from runner.model.money import text_of

DAY_MS, DAY_BARS = 86_400_000, 1442  # bars of a minute, the forming one and a spare


def ping(venue: Venue, parameters: Parameters) -> Json:
    """GET …/ping."""
    return {}


def server_time(venue: Venue, parameters: Parameters) -> Json:
    """GET …/time: the simulated clock."""
    return {"serverTime": venue.now_ms}


def klines(venue: Venue, parameters: Parameters) -> list[list[Any]]:
    """GET …/klines: closed bars and the forming one, of which only the open is known."""
    tape = venue.tape(symbol_of(venue, parameters))
    if parameters.text("interval") != venue.setup.timeframe:
        raise Refusal(-1120, "Invalid interval.")
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    return [_kline(bar) for bar in tape.visible(venue.now_ms, start, end, parameters.limit(500))]


def price(venue: Venue, parameters: Parameters) -> Any:
    """GET …/ticker/price: the newest close."""
    documents = [
        {"symbol": symbol, "price": text_of(venue.tape(symbol).last_price)}
        for symbol in symbols_of(venue, parameters)
    ]
    return _one_or_all(parameters, documents)


def book_ticker(venue: Venue, parameters: Parameters) -> Any:
    """GET …/ticker/bookTicker: bars have no book; both sides are the newest close."""
    documents = []
    for symbol in symbols_of(venue, parameters):
        last = text_of(venue.tape(symbol).last_price)
        sides = {"bidPrice": last, "bidQty": "0.0", "askPrice": last, "askQty": "0.0"}
        documents.append({"symbol": symbol, **sides})
    return _one_or_all(parameters, documents)


def day_ticker(venue: Venue, parameters: Parameters) -> Any:
    """GET …/ticker/24hr: over the bars that opened within the last day."""
    documents = [_day(venue, symbol) for symbol in symbols_of(venue, parameters)]
    return _one_or_all(parameters, documents)


def _day(venue: Venue, symbol: str) -> Json:
    now, tape = venue.now_ms, venue.tape(symbol)
    shown = tape.visible(now, now - DAY_MS, now, DAY_BARS)
    bars = [bar for bar in shown if bar.closed_at <= now]
    last = tape.last_price
    first = bars[0].open if bars else last
    return {
        "symbol": symbol,
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
        "volume": text_of(float(sum(bar.volume for bar in bars))),
        "openTime": now - DAY_MS,
        "closeTime": now,
    }


def _one_or_all(parameters: Parameters, documents: list[Json]) -> Any:
    return documents[0] if "symbol" in parameters else documents


def _kline(bar: Bar) -> list[Any]:
    """Quote volume, trades and taker volumes are not in the data: zero."""
    prices = [text_of(value) for value in (bar.open, bar.high, bar.low, bar.close, bar.volume)]
    return [bar.opened_at, *prices, bar.closed_at - 1, "0.0", 0, "0.0", "0.0", "0"]
