"""Bars that come into being while the exchange runs: live prices, on which fills are simulated.

In: closed bars, and of forming ones the open. Out: longer tapes, in the ledger before they count.
"""

from __future__ import annotations

from typing import Any

from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue

#: opened_at (UTC ms), open, high, low, close, volume.
Row = tuple[int, float, float, float, float, float]


def regrow(ledger: Ledger, tapes: tuple[Tape, ...]) -> None:
    """A process that starts anew has all that was ever told."""
    for tape in tapes:
        rows = ledger.bars_of(tape.bars.symbol)
        if rows:
            tape.append(rows)


def grow(venue: Venue, document: Any) -> None:
    """`{"bars": {symbol: rows}, "forming": {symbol: [opened_at, open]}}`, symbols as rule files
    write them; raises KeyError or ValueError.

    What is known, and what comes after its instant was played, is left out.
    """
    tapes = {tape.bars.symbol: tape for tape in venue.timeline.tapes}
    news = {symbol: _news(venue, tapes[symbol], rows) for symbol, rows in document["bars"].items()}
    with venue.ledger.changes():
        for symbol, rows in news.items():
            venue.ledger.add_bars(symbol, rows)
    for symbol, rows in news.items():
        tapes[symbol].append(rows)
    for symbol, (opened_at, price) in document["forming"].items():
        tapes[symbol].begin(int(opened_at), float(price))
    venue.timeline.grow()


def _news(venue: Venue, tape: Tape, rows: list[list[float]]) -> list[Row]:
    bars, now_ms = tape.bars, venue.timeline.now_ms
    newest = int(bars.opened_at[-1])
    found: list[Row] = []
    for opened_at, *prices in rows:
        open_, high, low, close, volume = map(float, prices)
        if int(opened_at) > newest and int(opened_at) + bars.timeframe.ms > now_ms:
            newest = int(opened_at)
            found.append((newest, open_, high, low, close, volume))
    return found
