"""Markets, tiers, bars and rates as BingX tells them; numbers are read as exact decimals.

Source: docs-v3, Spot and Swap, Market Data; Position and Maintenance Margin Ratio.
"""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from runner.exchange import reading
from runner.exchange.bingx import answers
from runner.exchange.bingx.symbols import market_id
from runner.exchange.dialect import BarRow
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from runner.model.holdings import Rate
from runner.model.markets import Market, MarketKind
from runner.model.money import Grid

_SETTLED_IN = "USDT"
_ONLINE = 1  # of pairs and contracts alike
_MOST_DIGITS = 15


def market(document: Any, symbol: str, kind: MarketKind, read_on: str) -> Market | None:
    """The rules of `symbol`, of a contract without its tier; `None` if it is not there.

    Refused where it is not traded as we trade.
    """
    row = next((it for it in _rows(document, kind) if _symbol(it, kind) == symbol), None)
    if row is None:
        return None
    if not _is_open(row, kind):
        raise Refused(
            f"bingx does not offer trading by programs at `{symbol}` now: trade another symbol"
        )
    return _contract(row, symbol, read_on) if _is_futures(kind) else _pair(row, symbol, read_on)


def symbols(document: Any, kind: MarketKind) -> list[str]:
    """All that could be traded, as a rule file writes them."""
    return [name for row in _rows(document, kind) if (name := _symbol(row, kind))]


def _is_futures(kind: MarketKind) -> bool:
    return kind is MarketKind.FUTURES


def _rows(document: Any, kind: MarketKind) -> list[Row]:
    return answers.listed(document, "" if _is_futures(kind) else "symbols")


def _symbol(row: Row, kind: MarketKind) -> str:
    """BTC/USDT or BTC/USDT:USDT; empty for contracts that are settled in anything else."""
    base, dash, quote = reading.text(row, "symbol").partition("-")
    if not dash or not base or not quote:
        return ""
    if not _is_futures(kind):
        return f"{base}/{quote}"
    settled = quote == row.get("currency") == _SETTLED_IN
    return f"{base}/{quote}:{quote}" if settled else ""


def suggestion(symbol: str, known: list[str]) -> str:
    """What to write in the place of an unknown symbol, as the end of a sentence."""
    spelled = [name for name in known if market_id(name) == market_id(symbol).upper()]
    close = spelled or get_close_matches(symbol.upper(), known, 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _is_open(row: Row, kind: MarketKind) -> bool:
    """Online, and programs may both open and close, or buy and sell."""
    names = ("apiStateOpen", "apiStateClose") if _is_futures(kind) else _SPOT_STATES
    allowed = all(row.get(name) in (True, "true") for name in names)
    return row.get("status") == _ONLINE and allowed


_SPOT_STATES = ("apiStateBuy", "apiStateSell")


def _pair(row: Row, symbol: str, read_on: str) -> Market:
    """`minQty` is not used: BingX has given it up, and derives it from `minNotional`."""
    base, _, quote = symbol.partition("/")
    step = reading.fraction(row, "stepSize")
    return Market(
        symbol,
        base,
        quote,
        _grid(reading.fraction(row, "tickSize"), symbol),
        _grid(step, symbol),
        step,
        reading.fraction(row, "minNotional"),
        f"bingx common/symbols, {read_on}",
    )


def _contract(row: Row, symbol: str, read_on: str) -> Market:
    base, _, quote = symbol.partition(":")[0].partition("/")
    return Market(
        symbol,
        base,
        quote,
        _grid(_step(row, "pricePrecision"), symbol),
        _grid(_step(row, "quantityPrecision"), symbol),
        reading.fraction(row, "tradeMinQuantity"),
        reading.fraction(row, "tradeMinUSDT"),
        f"bingx quote/contracts, {read_on}",
    )


def _step(row: Row, key: str) -> Decimal:
    """Told as a number of digits behind the point."""
    digits = reading.whole(row, key)
    if not 0 <= digits <= _MOST_DIGITS:
        raise Unreadable(f"with a `{key}` that is none")
    return Decimal(1).scaleb(-digits)


def _grid(step: Decimal, symbol: str) -> Grid:
    try:
        return Grid.of(step)
    except ValueError:
        raise Unreadable(f"the steps of {symbol} are none that can be traded in") from None


def with_tier(found: Market, tiers: Any, leverage: Any) -> Market:
    """The contract with maintenance of its first tier, and with the highest leverage."""
    rows = answers.listed(tiers)
    for row in rows:
        reading.equal("symbol", reading.text(row, "symbol"), market_id(found.symbol))
    first = next((row for row in rows if answers.number(row, "minPositionVal") == 0), None)
    maintenance = reading.fraction(first, "maintMarginRatio")
    told = answers.fields(leverage)
    most = min(answers.stamp(told, "maxLongLeverage"), answers.stamp(told, "maxShortLeverage"))
    if not 0 < maintenance < 1 or most < 1:
        raise Unreadable(f"without the first tier of {found.symbol}")
    return replace(found, maintenance=maintenance, max_leverage=Decimal(most))


def bars(document: Any, timeframe: Timeframe) -> list[BarRow]:
    """Rows of bars, oldest first; the doubles nearest to the exchange's decimals.

    BingX counts days from 16:00 UTC unless it is told otherwise: what opens between the bars of
    UTC is not taken for one of them.
    """
    told = answers.inside(document)
    if not isinstance(told, list):
        raise Unreadable("not with a list of bars")
    rows = sorted(_bar(row) for row in told)
    opened = [row[0] for row in rows]
    if len(opened) != len(set(opened)):
        raise Unreadable("with a bar twice")
    if any((at - timeframe.origin_ms) % timeframe.ms for at in opened):
        raise Unreadable("with bars that are not counted in UTC")
    return rows


def _bar(row: Any) -> BarRow:
    """A list on spot, an object of contracts; bars of a mark price open at `openTime`."""
    if isinstance(row, dict):
        opened = row.get("openTime", row.get("time"))
        row = [opened, *(row.get(name) for name in ("open", "high", "low", "close", "volume"))]
    try:
        at, prices = row[0], [float(value) for value in row[1:6]]
    except (IndexError, TypeError, ValueError, KeyError):
        raise Unreadable("with bars that are not numbers") from None
    if type(at) is not int or len(prices) != 5 or not all(map(math.isfinite, prices)) or at <= 0:
        raise Unreadable("with bars that are not numbers")
    return at, prices[0], prices[1], prices[2], prices[3], prices[4]


def rates(rows: list[Row], symbol: str) -> list[Rate]:
    """Settled funding rates, oldest first."""
    found = set()
    for row in rows:
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
        rate = float(reading.fraction(row, "fundingRate"))
        found.add((answers.stamp(row, "fundingTime"), rate))
    return [Rate(at, rate) for at, rate in sorted(found)]


def server_time(document: Any) -> int:
    """UTC milliseconds."""
    return answers.stamp(answers.fields(document), "serverTime")
