"""Markets, bars and balances as Binance spot tells them; numbers are read as exact decimals.

Bars, times and steps are told alike by futures; the rest of those is read in `contracts.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.binance.forms import SPOT_TYPES
from runner.exchange.binance.symbols import market_id
from runner.exchange.dialect import BarRow
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.money import Grid
from runner.model.values import dataclass

#: The code of "invalid symbol" (errors.md).
NO_SUCH_SYMBOL = "-1121"


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of price and quantity, and the least quantity in base currency."""

    price: Grid
    quantity: Grid
    minimum_quantity: Decimal


def market(document: Any, symbol: str, read_on: str) -> Market | None:
    """The rules of `symbol`, `None` if it is not there; Refused where it lacks what we send."""
    row = traded(document, symbol, _symbol, _lacks)
    return None if row is None else _market(row, symbol, read_on)


def traded(
    document: Any, symbol: str, named: Callable[[Row], str], lacks: Callable[[Row], str]
) -> Row | None:
    """The row of `symbol` as `named` reads it; Refused where `lacks` tells what is not offered."""
    row = next((it for it in reading.rows(document, "symbols") if named(it) == symbol), None)
    if row is not None and (missing := lacks(row)):
        raise Refused(f"binance does not offer {missing} at `{symbol}`: trade another symbol")
    return row


def symbols(document: Any) -> list[str]:
    """All symbols, as a rule file writes them."""
    return [_symbol(row) for row in reading.rows(document, "symbols")]


def _symbol(row: Row) -> str:
    return f"{reading.text(row, 'baseAsset')}/{reading.text(row, 'quoteAsset')}"


def suggestion(symbol: str, known: list[str]) -> str:
    """What to write in the place of an unknown symbol, as the end of a sentence."""
    spelled = [name for name in known if market_id(name) == market_id(symbol).upper()]
    close = spelled or get_close_matches(symbol.upper(), known, 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _lacks(row: Row) -> str:
    """What a market does not offer of what we send, in words; empty if it offers all."""
    missing = sorted(SPOT_TYPES - set(row.get("orderTypes") or ()))
    if row.get("status") != "TRADING":
        return "trading at this time"
    if row.get("isSpotTradingAllowed") is False:
        return "spot trading"
    return f"{missing[0]} orders" if missing else ""


def _market(row: Row, symbol: str, read_on: str) -> Market:
    filters = {reading.text(item, "filterType"): item for item in reading.rows(row, "filters")}
    notionals = [filters[name] for name in ("NOTIONAL", "MIN_NOTIONAL") if name in filters]
    steps = steps_of(filters, symbol)
    return Market(
        symbol,
        reading.text(row, "baseAsset"),
        reading.text(row, "quoteAsset"),
        steps.price,
        steps.quantity,
        steps.minimum_quantity,
        max([reading.number(item, "minNotional") for item in notionals], default=Decimal(0)),
        f"binance exchangeInfo, {read_on}",
    )


def steps_of(filters: Mapping[str, Row], symbol: str) -> Steps:
    """The steps of a market's filters, which spot and futures name alike."""
    price, lot = filters.get("PRICE_FILTER", {}), filters.get("LOT_SIZE", {})
    at_market = filters.get("MARKET_LOT_SIZE", {"stepSize": "0", "minQty": "0"})
    try:
        return Steps(
            Grid.of(reading.number(price, "tickSize")),
            Grid.of(
                _common_step(reading.number(lot, "stepSize"), reading.number(at_market, "stepSize"))
            ),
            max(reading.number(lot, "minQty"), reading.number(at_market, "minQty")),
        )
    except ValueError:
        raise Unreadable(f"the filters of {symbol} are not steps that can be traded in") from None


def _common_step(one: Decimal, other: Decimal) -> Decimal:
    """The smallest step that is a multiple of both; a step of zero asks for nothing."""
    if not one or not other:
        return one or other
    scale = Decimal(10) ** 15
    return Decimal(math.lcm(int(one * scale), int(other * scale))) / scale


def bars(document: Any) -> list[BarRow]:
    """Rows of bars; the doubles nearest to the exchange's decimals."""
    if not isinstance(document, list) or not all(isinstance(row, list) for row in document):
        raise Unreadable("not with a list of bars")
    try:
        rows = [(row[0], *(float(text) for text in row[1:6])) for row in document]
    except (IndexError, TypeError, ValueError):
        raise Unreadable("with bars that are not numbers") from None
    opened = [row[0] for row in rows]
    if any(type(at) is not int for at in opened) or opened != sorted(set(opened)):
        raise Unreadable("with bars that are not in order")
    if not all(len(row) == 6 and all(map(math.isfinite, row)) for row in rows):
        raise Unreadable("with bars that are not numbers")
    return rows


def balances(document: Any) -> dict[str, Balance]:
    """What is held, by currency."""
    rows = reading.rows(document, "balances")
    return {
        reading.text(row, "asset"): Balance(
            reading.number(row, "free"), reading.number(row, "locked")
        )
        for row in rows
    }


def account_id(document: Any) -> str:
    """`uid` of the account; empty where it is not told."""
    uid = document.get("uid") if isinstance(document, dict) else None
    return str(uid) if type(uid) is int else ""


def facts(document: Any) -> Mapping[str, Any]:
    """A mapping as it came."""
    if not isinstance(document, dict):
        raise Unreadable("not with fields")
    return document


def server_time(document: Any) -> int:
    """UTC milliseconds."""
    return reading.whole(document, "serverTime")
