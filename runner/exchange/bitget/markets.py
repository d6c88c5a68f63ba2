"""Markets and bars as Bitget tells them, of spot and of futures; numbers are exact decimals.

Source: bitget.com/api-doc, Get-Symbols, Get-All-Symbols-Contracts, Get-Query-Position-Lever,
Get-Candle-Data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from runner.exchange import reading
from runner.exchange.bitget import envelope
from runner.exchange.bitget.symbols import MARGIN_COIN, market_id
from runner.exchange.dialect import BarRow
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.money import Grid

_MOST_PLACES = 15


@dataclass(frozen=True, slots=True)
class Tier:
    """The first tier of a symbol: maintenance as a fraction of the notional, highest leverage."""

    maintenance: Decimal
    max_leverage: Decimal


def spot_symbols(document: Any) -> list[str]:
    """All markets, as a rule file writes them."""
    return [_spot_symbol(row) for row in envelope.rows(document)]


def contract_symbols(document: Any) -> list[str]:
    """All perpetual contracts, as a rule file writes them."""
    return [name for row in envelope.rows(document) if (name := _contract_symbol(row))]


def _spot_symbol(row: Row) -> str:
    return f"{reading.text(row, 'baseCoin')}/{reading.text(row, 'quoteCoin')}"


def _contract_symbol(row: Row) -> str:
    """BTC/USDT:USDT; empty for a contract that ends, and for one margined in another currency."""
    quote, coins = row.get("quoteCoin"), row.get("supportMarginCoins")
    if row.get("symbolType") != "perpetual" or quote != MARGIN_COIN or coins != [MARGIN_COIN]:
        return ""
    return f"{row.get('baseCoin')}/{quote}:{quote}"


def _row(document: Any, symbol: str, named: Callable[[Row], str]) -> Row | None:
    rows = envelope.rows(document)
    return next(
        (it for it in rows if named(it) == symbol and it.get("symbol") == market_id(symbol)), None
    )


def spot_market(document: Any, symbol: str, read_on: str) -> Market | None:
    """The rules of `symbol`, `None` if it is not there; Refused where it is not traded."""
    row = _row(document, symbol, _spot_symbol)
    if row is None:
        return None
    if reading.text(row, "status") != "online":
        raise Refused(_not_traded(symbol))
    if reading.text(row, "quoteCoin") != MARGIN_COIN:
        raise Refused(
            f"bitget tells the least amount of `{symbol}` in {MARGIN_COIN} alone: trade a symbol "
            f"that is quoted in {MARGIN_COIN}"
        )
    return Market(
        symbol,
        reading.text(row, "baseCoin"),
        reading.text(row, "quoteCoin"),
        _grid(_step_of(row, "pricePrecision")),
        _grid(_step_of(row, "quantityPrecision")),
        reading.number(row, "minTradeAmount"),
        reading.number(row, "minTradeUSDT"),
        f"bitget spot symbols, {read_on}",
    )


def quote_places(document: Any, symbol: str) -> int:
    """How many decimals an amount to spend may have there."""
    row = _row(document, symbol, _spot_symbol)
    return 0 if row is None else _places(row, "quotePrecision")


def contract(document: Any, symbol: str, read_on: str) -> Market | None:
    """The same of a contract, its tier still to be read."""
    row = _row(document, symbol, _contract_symbol)
    if row is None:
        return None
    if reading.text(row, "symbolStatus") != "normal":
        raise Refused(_not_traded(symbol))
    price = reading.number(row, "priceEndStep") * _step_of(row, "pricePlace")
    quantity = reading.number(row, "sizeMultiplier")
    if quantity <= 0 or quantity % _step_of(row, "volumePlace"):
        raise Unreadable("with a quantity step that cannot be written in its decimals")
    return Market(
        symbol,
        reading.text(row, "baseCoin"),
        reading.text(row, "quoteCoin"),
        _grid(price),
        _grid(quantity),
        reading.number(row, "minTradeNum"),
        reading.number(row, "minTradeUSDT"),
        f"bitget futures contracts, {read_on}",
    )


def _not_traded(symbol: str) -> str:
    return f"bitget does not offer trading at this time at `{symbol}`: trade another symbol"


def _places(row: Row, key: str) -> int:
    found = reading.text(row, key)
    if not found.isdecimal() or int(found) > _MOST_PLACES:
        raise Unreadable(f"without a number of decimals in `{key}`")
    return int(found)


def _step_of(row: Row, key: str) -> Decimal:
    return Decimal(1).scaleb(-_places(row, key))


def _grid(step: Decimal) -> Grid:
    try:
        return Grid.of(step)
    except ValueError:
        raise Unreadable("with steps that cannot be traded in") from None


def suggestion(symbol: str, known: list[str]) -> str:
    """What to write in the place of an unknown symbol, as the end of a sentence."""
    spelled = [name for name in known if market_id(name) == market_id(symbol).upper()]
    close = spelled or get_close_matches(symbol.upper(), known, 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def tier(document: Any, symbol: str) -> Tier:
    """The first tier."""
    for row in envelope.rows(document):
        if row.get("symbol") == market_id(symbol) and row.get("level") == "1":
            maintenance = reading.number(row, "keepMarginRate")
            leverage = reading.number(row, "leverage")
            if not 0 < maintenance < 1 or leverage < 1:
                raise Unreadable("with a first tier that is none")
            return Tier(maintenance, leverage)
    raise Unreadable(f"without the tiers of {symbol}")


def bars(document: Any) -> list[BarRow]:
    """Rows of bars, oldest first; the doubles nearest to the exchange's decimals."""
    found = envelope.data(document)
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise Unreadable("not with a list of bars")
    try:
        rows = [_bar(row) for row in found]
    except (IndexError, TypeError, ValueError):
        raise Unreadable("with bars that are not numbers") from None
    if not all(all(map(math.isfinite, row)) for row in rows):
        raise Unreadable("with bars that are not numbers")
    if len({row[0] for row in rows}) != len(rows):
        raise Unreadable("with one bar twice")
    return sorted(rows)


def _bar(row: list[str]) -> BarRow:
    return (int(row[0]), float(row[1]), float(row[2]), float(row[3]), float(row[4]), float(row[5]))


def server_time(document: Any) -> int:
    """UTC milliseconds."""
    return envelope.instant(envelope.data(document), "serverTime")
