"""The account as Bybit tells it: its kind, balances, positions, payments; numbers exact.

Source: github bybit-exchange/docs, v5/account and v5/position.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.bybit import answers
from runner.exchange.bybit.symbols import CATEGORIES, market_id, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held
from runner.model.markets import MarketKind

_LINEAR = CATEGORIES[MarketKind.FUTURES]
#: `unifiedMarginStatus`: unified trading accounts 1.0 and 2.0, each also as pro version (enum).
_UNIFIED, _CLASSIC = frozenset({3, 4, 5, 6}), frozenset({1})
SETTLEMENT = "SETTLEMENT"  # `type` of a funding payment (enum, type(uta-translog))
#: What to do about a classic account, hedge mode, cross margin, margin that is added by itself.
UNIFIED = "upgrade it at Bybit → Assets → Unified Trading Account, or use another account"
ONE_WAY = "close its positions, then choose One-Way Mode in Bybit's trading preferences"
ISOLATED = (
    "choose Isolated Margin at Bybit → Derivatives → Margin Mode; it holds for the whole account"
)
NO_ADDING = "switch Auto Margin Replenishment off for its position there"


@dataclass(frozen=True, slots=True)
class Account:
    """Its kind; `isolated`: every position has its own margin, which only the account can set."""

    unified: bool
    isolated: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What an account has set for a symbol; `adds_margin`: from its wallet, when it runs short."""

    one_way: bool
    leverage: Decimal
    adds_margin: bool


def account(document: Any) -> Account:
    """Kind and margin mode."""
    told = answers.result(document)
    status, mode = reading.whole(told, "unifiedMarginStatus"), reading.text(told, "marginMode")
    if status not in _UNIFIED | _CLASSIC:
        raise Unreadable("with a `unifiedMarginStatus` that is not documented")
    return Account(status in _UNIFIED, mode == "ISOLATED_MARGIN")


def balances(document: Any, traded: Set[str]) -> dict[str, Balance]:
    """By currency: the wallet with all margins; free what new orders may use.

    What the account has nothing of is not told: of `traded` it is nothing. Halt where one of them
    is owed: what is borrowed is not to be traded with.
    """
    accounts = reading.rows(answers.result(document), "list")
    if len(accounts) != 1 or accounts[0].get("accountType") != "UNIFIED":
        raise Unreadable("not with the unified account alone")
    found = dict.fromkeys(sorted(traded), Balance(Decimal(0), Decimal(0)))
    for row in reading.rows(accounts[0], "coin"):
        currency, wallet = reading.text(row, "coin"), reading.number(row, "walletBalance")
        if currency in traded and answers.amount(row, "borrowAmount"):
            raise Halt(f"{currency} is borrowed at bybit: repay it there, then resume")
        free = max(wallet - _taken(row), Decimal(0))
        found[currency] = Balance(free, wallet - free)
    return found


def _taken(row: Row) -> Decimal:
    """What orders, positions and a bonus keep from being used (wallet-balance, isolated margin).

    `bonus` may pay for losses, never for an order of spot.
    """
    words = ("locked", "totalOrderIM", "totalPositionIM")
    bonus = answers.amount(row, "bonus") if "bonus" in row else Decimal(0)
    return sum((answers.amount(row, word) for word in words), bonus)


def positions(rows: list[Row], symbols: tuple[str, ...]) -> dict[str, Held]:
    """Those of `symbols` that hold something; Halt in hedge mode, where a symbol has two."""
    ours = {market_id(symbol): symbol for symbol in symbols}
    held = [
        _held(row, ours[row["symbol"]])
        for row in rows
        if row.get("symbol") in ours and reading.number(row, "size")
    ]
    return {position.symbol: position for position in held}


def _held(row: Row, symbol: str) -> Held:
    if reading.whole(row, "positionIdx") != 0:
        raise Halt(f"`{symbol}` is held in hedge mode: {ONE_WAY}")
    side, size = reading.text(row, "side"), reading.number(row, "size")
    margin, liquidation = answers.amount(row, "positionBalance"), answers.amount(row, "liqPrice")
    if side not in ("Buy", "Sell") or size <= 0 or margin <= 0:
        raise Unreadable("with a position that has no side, size or margin")
    return Held(
        symbol,
        size if side == "Buy" else -size,
        reading.number(row, "avgPrice"),
        margin,
        liquidation if liquidation > 0 else None,
    )


def settings(document: Any, symbol: str) -> Settings:
    """Position mode and leverage of one symbol, told also where nothing is held."""
    rows = answers.listed(document, _LINEAR)
    for row in rows:
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
    if not rows:
        raise Unreadable(f"without the settings of {symbol}")
    return Settings(
        [reading.whole(row, "positionIdx") for row in rows] == [0],
        reading.number(rows[0], "leverage"),
        any(reading.whole(row, "autoAddMargin") != 0 for row in rows),
    )


def fundings(rows: list[Row], symbol: str) -> list[Funding]:
    """Funding payments of one symbol, oldest first; Halt where one is not in quote currency."""
    found = []
    for row in rows:
        reading.equal("type", reading.text(row, "type"), SETTLEMENT)
        reading.equal("category", reading.text(row, "category"), _LINEAR)
        if reading.text(row, "symbol") != market_id(symbol):
            continue
        if (currency := reading.text(row, "currency")) != quote_of(symbol):
            raise Halt(f"not supported yet: funding in {currency}; pay it in {quote_of(symbol)}")
        amount = reading.number(row, "funding")
        kept = amount + answers.amount(row, "cashFlow") - answers.amount(row, "fee")
        reading.equal("change", reading.number(row, "change"), kept)  # which way it went
        found.append(Funding(answers.stamp(row, "transactionTime"), amount))
    return sorted(found, key=lambda payment: payment.at_ms)


def account_id(document: Any) -> str:
    """`userID`, of a sub-account its own; empty where it is not told."""
    found = answers.result(document).get("userID")
    return str(found) if type(found) is int and found > 0 else ""


def facts(document: Any) -> Mapping[str, Any]:
    """A mapping as it came."""
    answers.result(document)
    found: Mapping[str, Any] = document
    return found
