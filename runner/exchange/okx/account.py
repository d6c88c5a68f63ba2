"""The account as OKX tells it: balances, positions, payments, settings; numbers exact.

Source: okx.com/docs-v5, trading-account-rest-api: get-balance, get-positions, get-bills-details,
get-account-configuration, get-leverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.okx import answers
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.symbols import instrument_id, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate

FUNDING_FEE = "8"  # type of a bill
#: What to do about hedge mode, and about cross margin.
ONE_WAY = "close its positions, then choose one-way mode as position mode in OKX's trade settings"
ISOLATED = "close it there: runner orders with isolated margin"


@dataclass(frozen=True, slots=True)
class Account:
    """How an account is set: its mode (1 spot, 2 futures, 3 and 4 with several currencies)."""

    mode: str
    one_way: bool
    moves_margin: bool  # into and out of isolated positions, by itself


def account(document: Any) -> Account:
    """The account's settings."""
    row = answers.only(document)
    mode, held = reading.text(row, "acctLv"), reading.text(row, "posMode")
    if mode not in ("1", "2", "3", "4") or held not in ("net_mode", "long_short_mode"):
        raise Unreadable("with an account mode or position mode that is not documented")
    isolated = row.get("ctIsoMode", "automatic")
    return Account(mode, held == "net_mode", isolated == "automatic")


def leverage(document: Any, symbol: str) -> Decimal:
    """That of a contract with isolated margin, in one-way mode."""
    row = answers.only(document)
    reading.equal("instId", reading.text(row, "instId"), instrument_id(symbol))
    reading.equal("mgnMode", reading.text(row, "mgnMode"), "isolated")
    reading.equal("posSide", reading.text(row, "posSide"), "net")
    return reading.number(row, "lever")


def spot_balances(document: Any) -> dict[str, Balance]:
    """By currency: what may be spent, and what is set aside for orders."""
    return {
        reading.text(row, "ccy"): Balance(_available(row), answers.amount(row, "frozenBal"))
        for row in _details(document)
    }


def balances(document: Any) -> dict[str, Balance]:
    """The wallet by currency, margins and all, without what isolated positions gained or lost."""
    found = {}
    for row in _details(document):
        if answers.amount(row, "isoEq") and not row.get("isoUpl"):
            raise Unreadable("without `isoUpl`")
        wallet = reading.number(row, "eq") - answers.amount(row, "isoUpl")
        free = min(_available(row), wallet)
        found[reading.text(row, "ccy")] = Balance(free, wallet - free)
    return found


def _details(document: Any) -> list[Row]:
    return reading.rows(answers.only(document), "details")


def _available(row: Row) -> Decimal:
    """Told as one or the other, by the account's mode."""
    return reading.number(row, "availBal" if row.get("availBal") else "availEq")


def positions(document: Any, instruments: dict[str, Instrument]) -> dict[str, Held]:
    """Those of `instruments` (by OKX's name) that hold something; Halt in hedge mode."""
    found = [row for row in answers.rows(document) if row.get("instId") in instruments]
    rows = [row for row in found if answers.amount(row, "pos")]
    held = [_held(row, instruments[row["instId"]]) for row in rows]
    if len({position.symbol for position in held}) != len(held):
        raise Halt(f"a contract is held with isolated and with cross margin: {ISOLATED}")
    return {position.symbol: position for position in held}


def _held(row: Row, instrument: Instrument) -> Held:
    symbol = instrument.market.symbol
    if reading.text(row, "posSide") != "net":
        raise Halt(f"`{symbol}` is held in hedge mode: {ONE_WAY}")
    if reading.text(row, "mgnMode") != "isolated":
        raise Halt(f"`{symbol}` is held with cross margin: {ISOLATED}")
    liquidation = answers.amount(row, "liqPx")
    return Held(
        symbol,
        reading.number(row, "pos") * instrument.size,
        reading.number(row, "avgPx"),
        reading.number(row, "margin"),
        liquidation if liquidation > 0 else None,
    )


def fundings(rows: list[Row], symbol: str) -> list[Funding]:
    """Funding payments of one contract; Halt where one is not in quote currency."""
    found = []
    for row in rows:
        reading.equal("type", reading.text(row, "type"), FUNDING_FEE)
        if reading.text(row, "instId") != instrument_id(symbol):
            continue
        if (currency := reading.text(row, "ccy")) != quote_of(symbol):
            raise Halt(f"not supported yet: funding in {currency}; trade contracts in that quote")
        found.append(Funding(answers.instant(row, "ts"), reading.number(row, "pnl")))
    return found


def rates(document: Any, symbol: str) -> list[Rate]:
    """Settled funding rates, newest first."""
    found = []
    for row in answers.rows(document):
        reading.equal("instId", reading.text(row, "instId"), instrument_id(symbol))
        rate = float(reading.number(row, "realizedRate"))
        found.append(Rate(answers.instant(row, "fundingTime"), rate))
    return found
