"""What a run has left at the exchange and in its journal, and whether its stops always rested."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.engine.replay import JOURNAL_FILE
from runner.exchange.replay.ledger import LEDGER_FILE
from runner.journal.auditfile import files_in, gap_of, verified, vouched_for
from runner.journal.database import Journal
from runner.model.orders import ENDED, OrderState

_TABLES = ("orders", "fills", "payments", "events", "lists", "positions", "state")
_ENDED = ("FILLED", "CANCELED", "EXPIRED")


@dataclass(frozen=True)
class Left:
    """What must be as if nobody had been killed."""

    ledger: dict[str, list[Any]]
    orders: list[tuple[Any, ...]]
    fundings: list[Any]
    summary: Any


def left_in(folder: Path) -> Left:
    """What the run in `folder` has left."""
    history = Journal.read(folder / "run" / JOURNAL_FILE)
    orders = [
        (one.request, one.state, one.execution, one.exchange_order_id, one.body)
        for one in history.orders()
    ]
    return Left(ledger(folder), orders, history.fundings(), history.summary())


def ledger(folder: Path) -> dict[str, list[Any]]:
    """What the exchange has on disk: every order, fill, event and balance, in order."""
    database = sqlite3.connect(folder / "run" / LEDGER_FILE)
    try:
        return {
            name: database.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
            for name in _TABLES
        }
    finally:
        database.close()


def strays(folder: Path) -> list[str]:
    """Orders that the journal and the exchange do not agree on, by client order id."""
    told = {row[2]: row[5] for row in ledger(folder)["orders"]}
    journal = {
        record.client_order_id: record.state
        for record in Journal.read(folder / "run" / JOURNAL_FILE).orders()
        if record.exchange_order_id is not None
    }
    liquidated = [name for name in told if name.startswith("autoclose-")]
    taken = [name for name in journal if name not in told]
    wrong = [] if len(liquidated) == len(taken) else [*liquidated, *taken]
    wrong += [name for name in told.keys() - journal.keys() if name not in liquidated]
    wrong += [
        name
        for name in told.keys() & journal.keys()
        if (told[name] in _ENDED) is not (journal[name] in ENDED)
    ]
    return wrong


def audit_wrong(folder: Path) -> list[str]:
    """What is missing in the audit log, or not as the journal vouches for it."""
    vouched = Journal.read(folder / "run" / JOURNAL_FILE).vouched()
    if vouched is None:
        return ["nothing is vouched for"]
    found = vouched_for(verified(files_in(folder / "run"), {vouched.hash}), vouched)
    return [str(one.bad or gap_of(one)) for one in found if one.bad or gap_of(one)]


def never_sent(folder: Path) -> int:
    """Orders that a late start gave up without having sent them."""
    orders = Journal.read(folder / "run" / JOURNAL_FILE).orders()
    return sum(one.state is OrderState.EXPIRED and one.pinned is None for one in orders)


@dataclass(frozen=True)
class Bare:
    """The clock moved on from `step` with less behind stops than was held."""

    step: int
    symbol: str
    held: float
    behind_stops: float


def left_bare(folder: Path) -> list[Bare]:
    """Where the clock moved while a position was not behind stops for all of it."""
    return list(_bare(ledger(folder)["events"]))


def _bare(events: list[Any]) -> Iterator[Bare]:
    held: dict[str, float] = {}
    stops: dict[str, dict[int, float]] = {}
    for number, (_, step, _, kind, symbol, text) in enumerate(events):
        detail = json.loads(text)
        resting = stops.setdefault(symbol, {})
        if kind == "order" and detail["reduces"] and detail["stop_price"]:
            resting[detail["order_id"]] = detail["quantity"]
        elif kind in ("cancel", "expire"):
            resting.pop(detail["order_id"], None)
        elif kind == "fill":
            resting.pop(detail["order_id"], None)
            held[symbol] = detail["held"]
        if number + 1 == len(events) or events[number + 1][1] != step:
            for name, quantity in held.items():
                behind = sum(stops[name].values())
                if behind < abs(quantity) * (1 - 1e-9):
                    yield Bare(step, name, quantity, behind)
