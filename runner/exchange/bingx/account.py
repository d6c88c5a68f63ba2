"""The account as BingX tells it: balances, positions, settings, payments, the key; numbers exact.

Source: docs-v3, Spot → Account Endpoints, Swap → Account Endpoints and Trades Endpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.bingx import answers
from runner.exchange.bingx.forms import ISOLATED
from runner.exchange.bingx.symbols import market_id, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.accounts import Venue
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held

FUNDING_FEE = "FUNDING_FEE"
#: What contracts are margined in at the test venue, in the place of USDT.
_PLAY_MONEY = "VST"
_MARGINS = frozenset({ISOLATED, "CROSSED", "SEPARATE_ISOLATED"})
#: What to do about hedge mode, and about cross margin.
ONE_WAY = "close its positions, then choose One-Way Mode at BingX → Perpetual Futures → Settings"
TO_ISOLATED = "close it there, or choose Isolated as its margin mode"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an account has set for a symbol; a leverage of zero is one that differs by side."""

    isolated: bool
    leverage: Decimal


def spot_balances(document: Any) -> dict[str, Balance]:
    """What is held, by currency."""
    rows = answers.fields(document).get("balances")
    return {
        reading.text(row, "asset"): Balance(
            answers.number(row, "free"), answers.number(row, "locked")
        )
        for row in reading.listed(rows)
    }


def balances(document: Any, venue: Venue) -> dict[str, Balance]:
    """The wallet by currency: in it all margins, free what new orders may use."""
    found = {}
    for row in reading.listed(answers.inside(document)):
        wallet = reading.number(row, "balance")
        free = min(max(reading.number(row, "availableMargin"), Decimal(0)), wallet)
        found[_currency(reading.text(row, "asset"), venue)] = Balance(free, wallet - free)
    return found


def _currency(told: str, venue: Venue) -> str:
    return "USDT" if told == _PLAY_MONEY and venue is not Venue.LIVE else told


def positions(document: Any, symbols: tuple[str, ...]) -> dict[str, Held]:
    """Those of `symbols` that hold something; Halt in hedge mode, where a symbol has two."""
    ours = {market_id(symbol): symbol for symbol in symbols}
    rows = reading.listed(answers.inside(document))
    held = [
        _held(row, ours[row["symbol"]])
        for row in rows
        if row.get("symbol") in ours and reading.number(row, "positionAmt")
    ]
    found = {position.symbol: position for position in held}
    if len(found) != len(held):
        raise Halt(f"a symbol is held twice at bingx, in hedge mode: {ONE_WAY}")
    return found


def _held(row: Row, symbol: str) -> Held:
    """`margin` is told with what the position has gained or lost."""
    if row.get("onlyOnePosition") is False:
        raise Halt(f"`{symbol}` is held in hedge mode: {ONE_WAY}")
    if row.get("isolated") is not True:
        raise Halt(f"`{symbol}` is held with cross margin: {TO_ISOLATED}")
    side, size = reading.text(row, "positionSide"), reading.number(row, "positionAmt")
    margin = reading.number(row, "initialMargin")
    if "margin" in row:
        margin = reading.number(row, "margin") - reading.number(row, "unrealizedProfit")
    if side not in ("LONG", "SHORT") or size <= 0 or margin <= 0:
        raise Unreadable("with a position that has no side, size or margin")
    liquidation = reading.fraction(row, "liquidationPrice")
    return Held(
        symbol,
        size if side == "LONG" else -size,
        reading.number(row, "avgPrice"),
        margin,
        liquidation if liquidation > 0 else None,
    )


def hedges(document: Any) -> bool:
    """Whether the account is in hedge mode; told as text, or as such."""
    found = answers.fields(document).get("dualSidePosition")
    if found in ("true", "false"):
        return bool(found == "true")
    if type(found) is not bool:
        raise Unreadable("without `dualSidePosition`")
    return found


def is_isolated(document: Any) -> bool:
    """Margin mode of one symbol."""
    told = reading.text(answers.fields(document), "marginType")
    if told not in _MARGINS:
        raise Unreadable("with a `marginType` that is not documented")
    return told == ISOLATED


def leverage(document: Any) -> Decimal:
    """Leverage of one symbol, which is that of both sides; zero where they differ."""
    told = answers.fields(document)
    long, short = answers.stamp(told, "longLeverage"), answers.stamp(told, "shortLeverage")
    return Decimal(long if long == short else 0)


def fundings(rows: list[Row], symbol: str, venue: Venue) -> list[Funding]:
    """Funding payments, oldest first, each once; Halt where one is not in quote currency."""
    found = {}
    for row in rows:
        reading.equal("incomeType", reading.text(row, "incomeType"), FUNDING_FEE)
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
        currency, quote = _currency(reading.text(row, "asset"), venue), quote_of(symbol)
        if currency != quote:
            raise Halt(f"not supported yet: funding in {currency}; pay it in {quote} and resume")
        payment = Funding(answers.stamp(row, "time"), reading.number(row, "income"))
        found[reading.text(row, "tranId")] = payment
    return sorted(found.values(), key=lambda payment: payment.at_ms)


def facts(document: Any) -> Mapping[str, Any]:
    """A mapping as it came."""
    if not isinstance(document, dict):
        raise Unreadable("not with fields")
    return document


def uid(document: Any) -> str:
    """Whose key it is."""
    return str(answers.stamp(answers.fields(document), "uid"))
