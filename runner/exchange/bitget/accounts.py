"""An account as Bitget tells it: money, positions, payments and settings; numbers exact.

Source: bitget.com/api-doc, Get-Account-Assets; of futures Get-Account-List, get-all-position,
Get-Account-Bill, Get-Single-Account, Get-History-Funding-Rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.bitget import envelope
from runner.exchange.bitget.forms import ISOLATED, ONE_WAY
from runner.exchange.bitget.symbols import MARGIN_COIN, market_id
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate

FUNDING_FEE = "contract_settle_fee"
_SIGNS = {"long": 1, "short": -1}
#: What to do about hedge mode, about cross margin, and about margin in several currencies.
TO_ONE_WAY = "close its positions, then choose One-way Mode at Bitget → Futures → Preferences"
TO_ISOLATED = "close it there, or choose Isolated as its margin mode"
TO_SINGLE = "choose Single-asset Mode at Bitget → Futures → Preferences"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an account has set for a symbol; leverage by direction."""

    isolated: bool
    long_leverage: Decimal
    short_leverage: Decimal
    one_way: bool
    single_asset: bool


def spot_balances(document: Any) -> dict[str, Balance]:
    """What is held, by currency."""
    return {
        reading.text(row, "coin"): Balance(
            reading.number(row, "available"),
            reading.number(row, "frozen") + reading.number(row, "locked"),
        )
        for row in envelope.rows(document)
    }


def wallets(document: Any) -> dict[str, Balance]:
    """The wallet by currency: in it all margins, free what new isolated orders may use."""
    found = {}
    for row in envelope.rows(document):
        wallet = reading.number(row, "accountEquity") - _open_profit(row)
        free = min(reading.number(row, "isolatedMaxAvailable"), wallet)
        found[reading.text(row, "marginCoin")] = Balance(free, wallet - free)
    return found


def _open_profit(row: Row) -> Decimal:
    """What positions have gained and not realized, in all or in its two parts."""
    if envelope.said(row, "unrealizedPL"):
        return reading.number(row, "unrealizedPL")
    parts = ("crossedUnrealizedPL", "isolatedUnrealizedPL")
    told = [reading.number(row, name) for name in parts if envelope.said(row, name)]
    return sum(told, Decimal(0))


def positions(document: Any, symbols: tuple[str, ...]) -> dict[str, Held]:
    """Those of `symbols` that hold something; Halt in hedge mode, and with cross margin."""
    ours = {market_id(symbol): symbol for symbol in symbols}
    found = {}
    for row in envelope.rows(document):
        symbol = ours.get(reading.text(row, "symbol"))
        if symbol is not None and reading.number(row, "total"):
            if symbol in found:
                raise Unreadable(f"with two positions of {symbol}")
            found[symbol] = _held(row, symbol)
    return found


def _held(row: Row, symbol: str) -> Held:
    reading.equal("marginCoin", reading.text(row, "marginCoin"), MARGIN_COIN)
    if reading.text(row, "posMode") != ONE_WAY:
        raise Halt(f"`{symbol}` is held in hedge mode: {TO_ONE_WAY}")
    if reading.text(row, "marginMode") != ISOLATED:
        raise Halt(f"`{symbol}` is held with cross margin: {TO_ISOLATED}")
    sign, quantity = _SIGNS.get(reading.text(row, "holdSide")), reading.number(row, "total")
    if sign is None or quantity < 0:
        raise Unreadable("with a position on no side")
    liquidation = reading.number(row, "liquidationPrice")
    return Held(
        symbol,
        sign * quantity,
        reading.number(row, "openPriceAvg"),
        reading.number(row, "marginSize"),
        liquidation if liquidation > 0 else None,
    )


def settings(document: Any) -> Settings:
    """What is set for the symbol that was asked about."""
    row = envelope.data(document)
    reading.equal("marginCoin", reading.text(row, "marginCoin"), MARGIN_COIN)
    long, short = (reading.fraction(row, f"isolated{way}Lever") for way in ("Long", "Short"))
    return Settings(
        reading.text(row, "marginMode") == ISOLATED,
        long,
        short,
        reading.text(row, "posMode") == ONE_WAY,
        reading.text(row, "assetMode") == "single",
    )


@dataclass(frozen=True, slots=True)
class Bills:
    """One page of funding payments; `count` rows of all symbols, `before` asks for older ones."""

    payments: tuple[Funding, ...]
    count: int
    before: str


def bills(document: Any, symbol: str) -> Bills:
    """Those of one symbol; Halt where one is not in our currency."""
    found, rows = [], envelope.rows(document, "bills")
    for row in rows:
        reading.equal("businessType", reading.text(row, "businessType"), FUNDING_FEE)
        if reading.text(row, "symbol").upper() != market_id(symbol):
            continue
        if (coin := reading.text(row, "coin").upper()) != MARGIN_COIN:
            raise Halt(f"not supported yet: funding in {coin}; {TO_SINGLE}")
        found.append(Funding(envelope.instant(row, "cTime"), reading.number(row, "amount")))
    before = envelope.said(envelope.data(document), "endId")
    return Bills(tuple(found), len(rows), before)


def rates(document: Any, symbol: str) -> list[Rate]:
    """Settled funding rates, as they are listed: the newest first."""
    found = []
    for row in envelope.rows(document):
        reading.equal("symbol", reading.text(row, "symbol").upper(), market_id(symbol))
        rate = float(reading.number(row, "fundingRate"))
        found.append(Rate(envelope.instant(row, "fundingTime"), rate))
    return found
