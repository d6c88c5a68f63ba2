"""Markets as OKX tells them ("instruments"); numbers are read as exact decimals.

Contracts are counted there; what we say in base currency is that many times `size`. Source:
okx.com/docs-v5, public-data get-instruments, get-position-tiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from runner.exchange import reading
from runner.exchange.okx import answers
from runner.exchange.okx.symbols import family_of, instrument_id, is_contract, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt, Refused
from runner.model.markets import Market, MarketKind
from runner.model.money import Grid

#: The code of "instrument does not exist" (error-code-rest-api-public).
NO_SUCH_INSTRUMENT = "51001"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A market and what one unit of OKX's `sz` is there, in base currency: 1 on spot."""

    market: Market
    size: Decimal

    def units(self, quantity: Decimal) -> Decimal:
        """A quantity in base currency as OKX counts it; Halt where that is not exact."""
        units = quantity / self.size
        if units * self.size != quantity or quantity % self.market.quantity.step:
            step = self.market.quantity.step
            raise Halt(
                f"{quantity} of `{self.market.symbol}` is not a multiple of {step}, the smallest "
                "that okx trades; nothing was sent"
            )
        return units


@dataclass(frozen=True, slots=True)
class Tier:
    """The first tier of a contract: maintenance as a fraction of the notional, leverage."""

    maintenance: Decimal
    max_leverage: Decimal


def instrument(document: Any, symbol: str, read_on: str) -> Instrument | None:
    """The rules of `symbol`, `None` if it is not there; Refused where it cannot be traded."""
    for row in answers.rows(document):
        if symbol_of(row) == symbol:
            if row.get("state") != "live":
                raise Refused(f"okx does not trade `{symbol}` at this time: trade another symbol")
            return _instrument(row, symbol, read_on)
    return None


def symbols(document: Any) -> list[str]:
    """All that we trade, as a rule file writes them."""
    return [name for row in answers.rows(document) if (name := symbol_of(row))]


def symbol_of(row: Row) -> str:
    """BTC/USDT, BTC/USDT:USDT; empty for what is neither spot nor a linear perpetual contract."""
    if row.get("instType") == "SPOT":
        base, quote = row.get("baseCcy"), row.get("quoteCcy")
        name = f"{base}/{quote}"
    else:
        base, _, quote = str(row.get("instFamily")).partition("-")
        name = f"{base}/{quote}:{quote}"
        if row.get("ctType") != "linear" or row.get("settleCcy") != quote:
            return ""
        if row.get("ctValCcy") != base:
            return ""
    return name if base and quote and row.get("instId") == instrument_id(name) else ""


def _instrument(row: Row, symbol: str, read_on: str) -> Instrument:
    size = Decimal(1)
    if is_contract(symbol):
        size = reading.number(row, "ctVal") * reading.number(row, "ctMult")
    try:
        price = Grid.of(reading.number(row, "tickSz"))
        quantity = Grid.of(size * reading.number(row, "lotSz"))
    except ValueError:
        raise Unreadable(f"the steps of {symbol} are none that can be traded in") from None
    market = Market(
        symbol,
        symbol.partition("/")[0],
        quote_of(symbol),
        price,
        quantity,
        size * reading.number(row, "minSz"),
        Decimal(0),  # OKX has none
        f"okx instruments, {read_on}",
    )
    return Instrument(market, size)


def tier(document: Any, symbol: str) -> Tier:
    """The first tier of a contract; of another one's there is none."""
    family = family_of(symbol)
    rows = [it for it in answers.rows(document) if family in (it.get("instFamily"), it.get("uly"))]
    if not rows:
        raise Unreadable(f"without the tiers of {symbol}")
    first = min(rows, key=lambda row: reading.number(row, "tier"))
    maintenance = reading.number(first, "mmr")
    leverage = reading.number(first, "maxLever")
    if not 0 < maintenance < 1 or leverage < 1:
        raise Unreadable("with a first tier that is none")
    return Tier(maintenance, leverage)


def unknown(symbol: str, kind: MarketKind, known: list[str]) -> Refused:
    """What to write in the place of a symbol that is not there."""
    spelled = [name for name in known if instrument_id(name) == instrument_id(symbol).upper()]
    close = spelled or get_close_matches(symbol.upper(), known, 1)
    help_ = f"; did you mean `{close[0]}`?" if close else ""
    return Refused(f"okx has no {kind} market `{symbol}`{help_}")
