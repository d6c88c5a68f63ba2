"""Markets, tiers, bars and prices as Bybit tells them; numbers are read as exact decimals.

Source: github bybit-exchange/docs, v5/market.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from runner.exchange import reading
from runner.exchange.bybit import answers
from runner.exchange.bybit.symbols import CATEGORIES, market_id
from runner.exchange.dialect import BarRow
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Refused
from runner.model.holdings import Rate
from runner.model.markets import Market, MarketKind
from runner.model.money import Grid

#: "Request parameter error": what a question about a symbol that is not there is answered with.
NO_SUCH_SYMBOL = "10001"
_SETTLED_IN = "USDT"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A market; `spend_step`: of spot, in what steps an amount of quote currency is spent."""

    market: Market
    spend_step: Decimal | None


@dataclass(frozen=True, slots=True)
class Tier:
    """The first tier of a symbol: maintenance as a fraction of the notional, highest leverage."""

    maintenance: Decimal
    max_leverage: Decimal


def instrument(document: Any, symbol: str, kind: MarketKind, read_on: str) -> Instrument | None:
    """The rules of `symbol`, of a contract without its tier; `None` if it is not there.

    Refused where it is not traded as we trade.
    """
    rows = answers.listed(document, CATEGORIES[kind])
    row = next((it for it in rows if _symbol(it, kind) == symbol), None)
    if row is None:
        return None
    if missing := _lacks(row):
        raise Refused(f"bybit does not offer {missing} at `{symbol}`: trade another symbol")
    return _instrument(row, symbol, kind, read_on)


def symbols(rows: list[Row], kind: MarketKind) -> list[str]:
    """All that could be traded, as a rule file writes them."""
    return [name for row in rows if (name := _symbol(row, kind))]


def _symbol(row: Row, kind: MarketKind) -> str:
    """BTC/USDT or BTC/USDT:USDT; empty for contracts that end, or are settled in anything else."""
    base, quote = row.get("baseCoin"), row.get("quoteCoin")
    if row.get("symbol") != f"{base}{quote}":
        return ""
    if kind is MarketKind.SPOT:
        return f"{base}/{quote}"
    perpetual = row.get("contractType") == "LinearPerpetual"
    settled = quote == row.get("settleCoin") == _SETTLED_IN
    return f"{base}/{quote}:{quote}" if perpetual and settled else ""


def suggestion(symbol: str, known: list[str]) -> str:
    """What to write in the place of an unknown symbol, as the end of a sentence."""
    spelled = [name for name in known if market_id(name) == market_id(symbol).upper()]
    close = spelled or get_close_matches(symbol.upper(), known, 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _lacks(row: Row) -> str:
    """What a market does not offer of what we need, in words; empty if it offers all."""
    if row.get("status") != "Trading":
        return "trading at this time"
    return "continuous trading (it is before its launch)" if row.get("isPreListing") is True else ""


def _instrument(row: Row, symbol: str, kind: MarketKind, read_on: str) -> Instrument:
    lot, price = row.get("lotSizeFilter"), row.get("priceFilter")
    spot = kind is MarketKind.SPOT
    step = reading.number(lot, "basePrecision" if spot else "qtyStep")
    told = isinstance(lot, dict) and "minOrderQty" in lot  # of spot it may vanish one day
    least = reading.number(lot, "minOrderQty") if told else step
    try:
        market = Market(
            symbol,
            reading.text(row, "baseCoin"),
            reading.text(row, "quoteCoin"),
            Grid.of(reading.number(price, "tickSize")),
            Grid.of(step),
            least,
            reading.number(lot, "minOrderAmt" if spot else "minNotionalValue"),
            f"bybit instruments-info, {read_on}",
        )
        spend = Grid.of(reading.number(lot, "quotePrecision")).step if spot else None
    except ValueError as wrong:
        if isinstance(wrong, Unreadable):
            raise
        raise Unreadable(f"the steps of {symbol} are none that can be traded in") from None
    return Instrument(market, spend)


def tier(document: Any, symbol: str) -> Tier:
    """The first tier. Rates are told as fractions, or as percent: one tells which, the first margin
    times the highest leverage, which is the whole.
    """
    for row in answers.listed(document, CATEGORIES[MarketKind.FUTURES]):
        if row.get("symbol") == market_id(symbol) and row.get("isLowestRisk") == 1:
            leverage = reading.number(row, "maxLeverage")
            whole = reading.fraction(row, "initialMargin") * leverage
            unit = next((it for it in (1, 100) if it / 2 < whole < it * 2), 0)
            maintenance = reading.fraction(row, "maintenanceMargin") / (unit or 1)
            if not unit or not 0 < maintenance < 1 or leverage < 1:
                break
            return Tier(maintenance, leverage)
    raise Unreadable(f"without the first tier of {symbol}")


def bars(document: Any, symbol: str, kind: MarketKind) -> list[BarRow]:
    """Rows of bars, oldest first; the doubles nearest to the exchange's decimals.

    Bars of a mark price have no volume: it is zero.
    """
    told = answers.result(document)
    reading.equal("category", told.get("category"), CATEGORIES[kind])
    reading.equal("symbol", told.get("symbol"), market_id(symbol))
    listed = told.get("list")
    if not isinstance(listed, list) or not all(isinstance(row, list) for row in listed):
        raise Unreadable("not with a list of bars")
    rows = [_bar(row) for row in reversed(listed)]
    opened = [row[0] for row in rows]
    if opened != sorted(set(opened)):
        raise Unreadable("with bars that are not in order")
    return rows


def _bar(row: list[Any]) -> BarRow:
    try:
        at, prices = int(row[0]), [float(text) for text in row[1:6]]
    except (IndexError, TypeError, ValueError):
        raise Unreadable("with bars that are not numbers") from None
    if len(prices) == 4:
        prices.append(0.0)
    if len(prices) != 5 or not all(map(math.isfinite, prices)) or at <= 0:
        raise Unreadable("with bars that are not numbers")
    return at, prices[0], prices[1], prices[2], prices[3], prices[4]


def rates(document: Any, symbol: str) -> list[Rate]:
    """Settled funding rates, oldest first."""
    found = []
    for row in answers.listed(document, CATEGORIES[MarketKind.FUTURES]):
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
        rate = float(reading.number(row, "fundingRate"))
        found.append(Rate(answers.stamp(row, "fundingRateTimestamp"), rate))
    return sorted(found, key=lambda settled: settled.at_ms)


def last_price(document: Any, symbol: str, kind: MarketKind) -> Decimal:
    """The price of the last trade."""
    rows = answers.listed(document, CATEGORIES[kind])
    for row in rows:
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
        return reading.number(row, "lastPrice")
    raise Unreadable("without a price")


def server_time(document: Any) -> int:
    """UTC milliseconds; told in nanoseconds."""
    found = reading.text(answers.result(document), "timeNano")
    if not (found.isascii() and found.isdigit()):
        raise Unreadable("with a time that is none")
    return int(found) // 1_000_000
