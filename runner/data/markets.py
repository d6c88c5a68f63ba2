"""Rules of markets: steps and minimums, from `markets.lock`, the shipped snapshot or the rule file.

A snapshot is one JSON document per exchange and kind of market, in `markets/`, with the words of a
rule file's `backtest: {market: …}`; an entry may name a source of its own. `markets.lock` has the
same shape and lies beside the rule files, committed with them, so that a backtest means the same
everywhere.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from runner.model.errors import Refused
from runner.model.markets import Market, MarketKind
from runner.model.money import Grid

LOCK_NAME = "markets.lock"
_SNAPSHOTS = Path(__file__).parent / "markets"
_SCHEMA = 1


def market_rules(symbol: str, exchange: str, fallback: Market | None, lock: Path | None) -> Market:
    """The lock's rules, else the snapshot's, else the rule file's own; never guessed.

    `fallback` holds for every symbol that no document knows, and supplies the margin of a contract
    whose document says nothing about it.
    """
    known = locked_market(lock, exchange, symbol) or _from_snapshot(exchange, symbol)
    market = known or _own(fallback, symbol)
    if market is None:
        raise Refused(
            f"no rules of the market `{symbol}` on {exchange} are known; write them in the rule "
            f"file: {_block_of(symbol, None)}"
        )
    return market if market.kind is MarketKind.SPOT else _with_margin(market, fallback)


def refuse_leverage(market: Market, leverage: Decimal) -> None:
    """The leverage is one that the market allows and that no liquidation follows at once."""
    if market.max_leverage is not None and leverage > market.max_leverage:
        raise Refused(
            f"leverage is {leverage:f}x; {market.symbol} allows {market.max_leverage:f}x "
            f"({market.source}): lower `leverage`"
        )
    if market.maintenance is not None and leverage * market.maintenance >= 1:
        raise Refused(
            f"leverage is {leverage:f}x; at a maintenance margin of {_percent(market.maintenance)} "
            f"every position in {market.symbol} would be liquidated at once: lower `leverage`"
        )


def locked_market(lock: Path | None, exchange: str, symbol: str) -> Market | None:
    """The rules that `markets.lock` has of a market; `None` where it has none."""
    return _from_document(lock, exchange, symbol) if lock is not None and lock.exists() else None


def _from_snapshot(exchange: str, symbol: str) -> Market | None:
    snapshot = _SNAPSHOTS / f"{exchange}{'-futures' if ':' in symbol else ''}.json"
    return _from_document(snapshot, exchange, symbol) if snapshot.exists() else None


def _own(fallback: Market | None, symbol: str) -> Market | None:
    """The rule file's rules, said of this symbol."""
    if fallback is None:
        return None
    base, quote = _currencies(symbol)
    return replace(fallback, symbol=symbol, base=base, quote=quote)


def _with_margin(market: Market, fallback: Market | None) -> Market:
    """Maintenance rate and leverage of a contract, both from one place."""
    if market.maintenance is not None and market.max_leverage is not None:
        return market
    if fallback is None or fallback.maintenance is None or fallback.max_leverage is None:
        raise Refused(
            f"no maintenance margin of `{market.symbol}` is known ({market.source}); write it in "
            f"the rule file: {_block_of(market.symbol, market)}"
        )
    return replace(
        market,
        maintenance=fallback.maintenance,
        max_leverage=fallback.max_leverage,
        source=f"{market.source}, margin from {fallback.source}",
    )


def _block_of(symbol: str, market: Market | None) -> str:
    """What to write in the rule file, with what is known of it."""
    steps = "tick: 0.01, step: 0.0001, min_quantity: 0.0001, min_notional: 5"
    if market is not None:
        steps = (
            f"tick: {market.price.step:f}, step: {market.quantity.step:f}, min_quantity: "
            f"{market.minimum_quantity:f}, min_notional: {market.minimum_notional:f}"
        )
    margin = ", maintenance: 0.5%, max_leverage: 20x" if ":" in symbol else ""
    return f"`backtest: {{market: {{{steps}{margin}}}}}`"


def _from_document(path: Path, exchange: str, symbol: str) -> Market | None:
    """`None` when the document says nothing about this market."""
    try:
        document = json.loads(path.read_bytes())
        if document["schema"] != _SCHEMA:
            raise Refused(f"{path} is of schema {document['schema']}; runner reads {_SCHEMA}")
        if document["exchange"] != exchange or symbol not in document["markets"]:
            return None
        return _market(symbol, document["markets"][symbol], str(document["source"]))
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise Refused(f"{path} cannot be read ({reason}); check the file") from None
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        what = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else "it is damaged"
        raise Refused(
            f"{path} has no rules of `{symbol}` that can be read: {what}; restore it from its "
            "repository or remove it"
        ) from None


def _market(symbol: str, entry: Any, source: str) -> Market:
    base, quote = _currencies(symbol)
    return Market(
        symbol=symbol,
        base=base,
        quote=quote,
        price=Grid.of(Decimal(entry["tick"])),
        quantity=Grid.of(Decimal(entry["step"])),
        minimum_quantity=Decimal(entry["min_quantity"]),
        minimum_notional=Decimal(entry["min_notional"]),
        source=str(entry.get("source", source)),
        maintenance=_between(entry.get("maintenance"), Decimal(0), Decimal(1)),
        max_leverage=_between(entry.get("max_leverage"), Decimal("0.99"), Decimal(1000)),
    )


def _between(text: Any, above: Decimal, below: Decimal) -> Decimal | None:
    """Raises ValueError where a number is there and lies outside."""
    if text is None:
        return None
    number = Decimal(text)
    if not above < number < below:
        raise ValueError(f"{number} is not between {above} and {below}")
    return number


def _currencies(symbol: str) -> tuple[str, str]:
    """Base and quote of "XRP/USDT" and "XRP/USDT:USDT"."""
    base, _, rest = symbol.partition("/")
    return base, rest.partition(":")[0]


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * 100).normalize():f}%"
