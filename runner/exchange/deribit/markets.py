"""Markets, bars and balances as Deribit tells them; numbers are read as exact decimals.

Source: docs.deribit.com, public/get_instruments, public/get_tradingview_chart_data,
private/get_account_summaries; articles/spot-trading-venues.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.deribit import answers
from runner.exchange.dialect import BarRow
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.money import Grid

#: Ours: theirs. Absent are those of which it is not documented whence they are counted: 3, 6 and 12
#: hours and days, which Deribit settles at 08:00 UTC, while ours open at midnight.
TIMEFRAMES = {
    "1m": "1",
    "3m": "3",
    "5m": "5",
    "15m": "15",
    "30m": "30",
    "1h": "60",
    "2h": "120",
}
_COLUMNS = ("ticks", "open", "high", "low", "close", "volume")
#: There, and always true, where orders go on to Coinbase Exchange.
_ROUTED = ("is_cbe_routed", "is_csr")


def market(document: Any, symbol: str, read_on: str) -> Market | None:
    """The rules of `symbol`, `None` if it is not there; Refused where it cannot be traded."""
    row = next((it for it in answers.rows(document) if _symbol(it) == symbol), None)
    if row is None:
        return None
    if any(flag in row for flag in _ROUTED):
        raise Refused(
            f"deribit passes orders of `{symbol}` on to Coinbase Exchange, where it has neither "
            "bars nor stops at the market: trade a symbol that deribit matches itself"
        )
    if row.get("is_active") is not True or row.get("state", "open") != "open":
        raise Refused(f"deribit does not trade `{symbol}` at this time: trade another symbol")
    return _market(row, symbol, read_on)


def symbols(document: Any) -> list[str]:
    """All that are matched at Deribit, as a rule file writes them."""
    rows = [row for row in answers.rows(document) if not any(flag in row for flag in _ROUTED)]
    return [name for row in rows if (name := _symbol(row))]


def _symbol(row: Row) -> str:
    """Empty for what is not spot."""
    base, quote = row.get("base_currency"), row.get("quote_currency")
    if row.get("kind") != "spot" or row.get("instrument_name") != f"{base}_{quote}":
        return ""
    return f"{base}/{quote}"


def suggestion(symbol: str, known: list[str]) -> str:
    """What to write in the place of an unknown symbol, as the end of a sentence."""
    close = get_close_matches(symbol.upper(), known, 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _market(row: Row, symbol: str, read_on: str) -> Market:
    least = answers.amount(row, "min_trade_amount")
    steps = [answers.amount(row, "contract_size"), least]
    prices = [answers.amount(row, "tick_size")]
    prices += [answers.amount(it, "tick_size") for it in reading.rows(row, "tick_size_steps")]
    try:
        return Market(
            symbol,
            reading.text(row, "base_currency"),
            reading.text(row, "quote_currency"),
            Grid.of(_common_step(prices)),
            Grid.of(_common_step(steps)),
            least,
            Decimal(0),
            f"deribit instruments, {read_on}",
        )
    except ValueError:
        raise Unreadable(f"the steps of {symbol} are none that can be traded in") from None


def _common_step(steps: list[Decimal]) -> Decimal:
    """The smallest step that is a multiple of all."""
    scale = Decimal(10) ** 15
    if any(step <= 0 or step * scale % 1 for step in steps):
        raise Unreadable("with a step that is none")
    return Decimal(math.lcm(*(int(step * scale) for step in steps))) / scale


def bars(document: Any, span_ms: int) -> list[BarRow]:
    """Rows of bars, told column by column; the doubles nearest to the exchange's decimals."""
    told = answers.fields(document)
    if told.get("status") == "no_data":
        return []
    reading.equal("status", told.get("status"), "ok")
    columns = [told.get(name) for name in _COLUMNS]
    if len({len(it) if isinstance(it, list) else -1 for it in columns}) != 1:
        raise Unreadable("with columns of bars that are not alike")
    rows = list(zip(*(it for it in columns if isinstance(it, list)), strict=True))
    if not all(type(number) in (int, float) for row in rows for number in row):
        raise Unreadable("with bars that are not numbers")
    opened = [row[0] for row in rows]
    if any(type(at) is not int or at % span_ms for at in opened):
        raise Unreadable("with bars that open at another time")
    if opened != sorted(set(opened)) or not all(all(map(math.isfinite, row)) for row in rows):
        raise Unreadable("with bars that are not in order, or no numbers")
    return [
        (row[0], float(row[1]), float(row[2]), float(row[3]), float(row[4]), float(row[5]))
        for row in rows
    ]


def balances(document: Any) -> Mapping[str, Balance]:
    """What is held, by currency: what other currencies are worth as a security is not counted."""
    return {
        reading.text(row, "currency"): _balance(row)
        for row in reading.rows(answers.fields(document), "summaries")
    }


def _balance(row: Row) -> Balance:
    total = answers.amount(row, "balance")
    set_aside = answers.some(row, "spot_reserve") + answers.some(row, "additional_reserve")
    available = answers.amount(row, "available_funds")
    free = max(min(available, total - set_aside), Decimal(0))
    return Balance(free, total - free)


def account_id(document: Any) -> str:
    """`id` of the account; empty where it is not told."""
    found = answers.fields(document).get("id")
    return str(found) if type(found) is int and found > 0 else ""


def facts(document: Any) -> Mapping[str, Any]:
    """What is told of keys, as it came; Refused where a second factor is asked for first."""
    found = answers.result(document)
    if isinstance(found, dict) and found.get("security_key_authorization_required") is True:
        raise Refused(
            "deribit lists API keys only after a security key (2FA), which runner has not: let "
            "API keys be listed without it at Deribit → Account → Security"
        )
    told: Mapping[str, Any] = document
    return told
