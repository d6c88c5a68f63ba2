"""Rules of markets: steps and minimums, from `markets.lock`, the shipped snapshot or the rule file.

A snapshot is one JSON document per exchange, in `markets/`, with the words of a rule file's
`backtest: {market: …}`. `markets.lock` has the same shape and lies beside the rule files, committed
with them, so that a backtest means the same everywhere.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from runner.model.errors import Refused
from runner.model.markets import Market
from runner.model.money import Grid

LOCK_NAME = "markets.lock"
_SNAPSHOTS = Path(__file__).parent / "markets"
_SCHEMA = 1


def market_rules(symbol: str, exchange: str, fallback: Market | None, lock: Path | None) -> Market:
    """The lock's rules, else the snapshot's, else the rule file's own; never guessed."""
    if lock is not None and lock.exists():
        locked = _from_document(lock, exchange, symbol)
        if locked is not None:
            return locked
    snapshot = _SNAPSHOTS / f"{exchange}.json"
    known = _from_document(snapshot, exchange, symbol) if snapshot.exists() else None
    market = known or fallback
    if market is not None:
        return market
    raise Refused(
        f"no rules of the market `{symbol}` on {exchange} are known; write them in the rule file: "
        "`backtest: {market: {tick: 0.01, step: 0.0001, min_quantity: 0.0001, min_notional: 5}}`"
    )


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
    base, _, quote = symbol.partition("/")
    return Market(
        symbol=symbol,
        base=base,
        quote=quote,
        price=Grid.of(Decimal(entry["tick"])),
        quantity=Grid.of(Decimal(entry["step"])),
        minimum_quantity=Decimal(entry["min_quantity"]),
        minimum_notional=Decimal(entry["min_notional"]),
        source=source,
    )
