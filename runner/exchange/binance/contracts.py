"""Futures as Binance tells them: markets, positions, payments, settings; numbers exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.balances import Balance
from runner.exchange.binance.markets import steps_of, traded
from runner.exchange.binance.symbols import market_id, quote_of
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable
from runner.model.errors import Halt
from runner.model.holdings import Funding, Held, Rate
from runner.model.markets import Market
from runner.model.values import dataclass

#: What we send, and every contract must offer.
_TYPES, _TIMES = {"LIMIT", "MARKET", "STOP_MARKET"}, {"GTC", "GTX"}
FUNDING_FEE = "FUNDING_FEE"
MARGIN = "isolatedWallet"  # set aside for a position, without what it gained or lost
#: What to do about hedge mode, and about cross margin.
ONE_WAY = "close its positions, then choose One-way Mode at Binance → Futures → Preferences"
ISOLATED = "close it there, or choose Isolated as its margin mode"


@dataclass(frozen=True, slots=True)
class Tier:
    """The first tier of a symbol: maintenance as a fraction of the notional, highest leverage."""

    maintenance: Decimal
    max_leverage: Decimal


@dataclass(frozen=True, slots=True)
class Settings:
    """What an account has set for a symbol."""

    isolated: bool
    leverage: Decimal


def market(document: Any, symbol: str, read_on: str) -> Market | None:
    """The rules of `symbol`, its tier still to be read; `None` if it is not there.

    Refused where it lacks what we send.
    """
    row = traded(document, symbol, _symbol, _lacks)
    return None if row is None else _market(row, symbol, read_on)


def symbols(document: Any) -> list[str]:
    """All perpetual contracts, as a rule file writes them."""
    return [name for row in reading.rows(document, "symbols") if (name := _symbol(row))]


def _symbol(row: Row) -> str:
    """BTC/USDT:USDT; empty for a contract that ends, and for one margined in base currency."""
    quote = row.get("quoteAsset")
    if row.get("contractType") != "PERPETUAL" or row.get("marginAsset") != quote:
        return ""
    return f"{row.get('baseAsset')}/{quote}:{quote}"


def _lacks(row: Row) -> str:
    """What a market does not offer of what we send, in words; empty if it offers all."""
    missing = sorted(_TYPES - set(row.get("orderTypes") or ()))
    missing += sorted(_TIMES - set(row.get("timeInForce") or ()))
    if row.get("status") != "TRADING":
        return "trading at this time"
    return f"{missing[0]} orders" if missing else ""


def _market(row: Row, symbol: str, read_on: str) -> Market:
    filters = {reading.text(item, "filterType"): item for item in reading.rows(row, "filters")}
    steps = steps_of(filters, symbol)
    return Market(
        symbol,
        reading.text(row, "baseAsset"),
        reading.text(row, "quoteAsset"),
        steps.price,
        steps.quantity,
        steps.minimum_quantity,
        reading.number(filters.get("MIN_NOTIONAL", {}), "notional"),
        f"binance futures exchangeInfo, {read_on}",
    )


def tier(document: Any, symbol: str) -> Tier:
    """The first tier; the answer is one row where a symbol was asked for, or a list."""
    rows = [document] if isinstance(document, dict) else reading.listed(document)
    for row in rows:
        if row.get("symbol") == market_id(symbol):
            tiers = reading.rows(row, "brackets")
            first = min(tiers, key=lambda it: reading.whole(it, "bracket"), default=None)
            maintenance = reading.fraction(first, "maintMarginRatio")
            leverage = reading.whole(first, "initialLeverage")
            if not 0 < maintenance < 1 or leverage < 1:
                raise Unreadable("with a first tier that is none")
            return Tier(maintenance, Decimal(leverage))
    raise Unreadable(f"without the tiers of {symbol}")


def balances(document: Any) -> dict[str, Balance]:
    """The wallet by currency: in it all margins, free what new orders may use."""
    found = {}
    for row in reading.listed(document):
        free = reading.number(row, "availableBalance")
        wallet = reading.number(row, "balance")
        found[reading.text(row, "asset")] = Balance(free, wallet - free)
    return found


def account_id(document: Any) -> str:
    """`accountAlias`, a code of the account that each row has; empty where it is not told."""
    told = {row.get("accountAlias") for row in reading.listed(document)}
    alias = told.pop() if len(told) == 1 else None
    return alias if isinstance(alias, str) else ""


def positions(document: Any, symbols: tuple[str, ...]) -> dict[str, Held]:
    """Those of `symbols` that hold something; Halt in hedge mode, where a symbol has two."""
    ours = {market_id(symbol): symbol for symbol in symbols}
    rows = [row for row in reading.listed(document) if row.get("symbol") in ours]
    held = [_held(row, ours[row["symbol"]]) for row in rows if reading.number(row, "positionAmt")]
    return {position.symbol: position for position in held}


def _held(row: Row, symbol: str) -> Held:
    if reading.text(row, "positionSide") != "BOTH":
        raise Halt(f"`{symbol}` is held in hedge mode: {ONE_WAY}")
    liquidation, margin = reading.number(row, "liquidationPrice"), reading.number(row, MARGIN)
    if not margin:
        raise Halt(f"`{symbol}` is held with cross margin: {ISOLATED}")
    return Held(
        symbol,
        reading.number(row, "positionAmt"),
        reading.number(row, "entryPrice"),
        margin,
        liquidation if liquidation > 0 else None,
    )


def hedges(document: Any) -> bool:
    """Whether the account is in hedge mode."""
    found = document.get("dualSidePosition") if isinstance(document, dict) else None
    if type(found) is not bool:
        raise Unreadable("without `dualSidePosition`")
    return found


def settings(document: Any, symbol: str) -> Settings:
    """Margin mode and leverage of one symbol."""
    for row in reading.listed(document):
        if row.get("symbol") == market_id(symbol):
            margin = reading.text(row, "marginType")
            return Settings(margin == "ISOLATED", Decimal(reading.whole(row, "leverage")))
    raise Unreadable(f"without the settings of {symbol}")


def fundings(document: Any, symbol: str) -> list[Funding]:
    """Funding payments, oldest first; Halt where one is not in quote currency."""
    found = []
    for row in reading.listed(document):
        reading.equal("incomeType", reading.text(row, "incomeType"), FUNDING_FEE)
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
        if (asset := reading.text(row, "asset")) != quote_of(symbol):
            raise Halt(f"not supported yet: funding in {asset}; switch Multi-Assets Mode off")
        found.append(Funding(reading.whole(row, "time"), reading.number(row, "income")))
    return sorted(found, key=lambda payment: payment.at_ms)


def rates(document: Any, symbol: str) -> list[Rate]:
    """Settled funding rates, oldest first."""
    found = []
    for row in reading.listed(document):
        reading.equal("symbol", reading.text(row, "symbol"), market_id(symbol))
        rate = float(reading.number(row, "fundingRate"))
        found.append(Rate(reading.whole(row, "fundingTime"), rate))
    return sorted(found, key=lambda settled: settled.at_ms)
