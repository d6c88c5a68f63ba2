"""What the embedded exchange knows, in SQLite: it outlives every process, also a killed one.

Money and quantities are REAL columns, that is the very doubles of the core. What changes an order
or a balance is committed with fsync before it is answered; a clock that merely moved is committed
without (the bars since the last fsync repeat themselves).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from runner.exchange.replay.orders import Fill, Kind, ListStatus, Order, OrderList, Status

LEDGER_FILE = "exchange.db"

_TABLES = """
CREATE TABLE IF NOT EXISTS state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    bar INTEGER NOT NULL, cash REAL NOT NULL, fees REAL NOT NULL,
    quantity REAL NOT NULL, entry_price REAL NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    order_id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL, client_order_id TEXT NOT NULL UNIQUE,
    side TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
    quantity REAL NOT NULL, spend REAL NOT NULL, price REAL NOT NULL, stop_price REAL NOT NULL,
    executed REAL NOT NULL, executed_quote REAL NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS open_orders ON orders (order_id) WHERE status = 'NEW';
CREATE TABLE IF NOT EXISTS lists (
    list_id INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fills (
    trade_id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders, side TEXT NOT NULL,
    price REAL NOT NULL, quantity REAL NOT NULL, fee REAL NOT NULL,
    maker INTEGER NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refusals (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, client_order_id TEXT NOT NULL,
    code INTEGER NOT NULL, message TEXT NOT NULL);
"""


class EventKind(StrEnum):
    """What the event log tells apart."""

    ORDER = "order"
    ORDER_LIST = "order_list"
    FILL = "fill"
    CANCEL = "cancel"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class State:
    """`bar`: index of the newest closed bar; the rest is `core.book`'s account and position."""

    bar: int
    cash: float
    fees: float
    quantity: float
    entry_price: float


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows a list answer holds: from an id or a time on the first `limit`, else the last."""

    from_id: int | None
    start_ms: int | None
    end_ms: int | None
    limit: int


class Ledger:
    """The open database. `at_commit` is called with "before" and "after" of each durable commit."""

    def __init__(self, path: Path) -> None:
        self.at_commit: Callable[[str], None] = lambda moment: None
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Folds the write-ahead log in and lets go of the file."""
        self._db.close()

    @contextmanager
    def changes(self) -> Iterator[None]:
        """Everything within is committed together, with fsync."""
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self.at_commit("before")
        self._db.execute("COMMIT")
        self.at_commit("after")

    def move_clock(self, bar: int) -> None:
        """Bars up to `bar` have closed and nothing else happened."""
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("UPDATE state SET bar = ?", (bar,))

    def state(self) -> State | None:
        """`None` in a new ledger."""
        row = self._db.execute(
            "SELECT bar, cash, fees, quantity, entry_price FROM state"
        ).fetchone()
        return None if row is None else State(*row)

    def save_state(self, state: State) -> None:
        """The account as it is now."""
        self._db.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?)", _values(state))

    def save_order(self, order: Order) -> None:
        """A new order, or what became of one."""
        self._db.execute(f"INSERT OR REPLACE INTO orders VALUES ({_marks(14)})", _values(order))

    def save_list(self, pair: OrderList) -> None:
        """A new order list, or what became of one."""
        self._db.execute(f"INSERT OR REPLACE INTO lists VALUES ({_marks(4)})", _values(pair))

    def add_fill(self, fill: Fill) -> None:
        """One execution."""
        self._db.execute(f"INSERT INTO fills VALUES ({_marks(8)})", _values(fill))

    def add_event(self, at_ms: int, kind: EventKind, detail: dict[str, Any]) -> None:
        """The next line of the event log, at the simulated time."""
        self._db.execute(
            "INSERT INTO events (at_ms, kind, detail) VALUES (?, ?, ?)",
            (at_ms, kind, json.dumps(detail)),
        )

    def add_refusal(self, at_ms: int, client_order_id: str, code: int, message: str) -> None:
        """A write that was refused; it changed nothing, but tells who asked twice."""
        with self.changes():
            self._db.execute(
                "INSERT INTO refusals (at_ms, client_order_id, code, message) VALUES (?, ?, ?, ?)",
                (at_ms, client_order_id, code, message),
            )

    def next_id(self, table: str, column: str) -> int:
        """Ids count from 1 without holes."""
        (last,) = self._db.execute(f"SELECT max({column}) FROM {table}").fetchone()
        return (last or 0) + 1

    def open_orders(self) -> list[Order]:
        """Resting orders, oldest first."""
        return self._orders("WHERE status = 'NEW' ORDER BY order_id", ())

    def order(self, order_id: int) -> Order | None:
        """The order of an exchange's id."""
        return next(iter(self._orders("WHERE order_id = ?", (order_id,))), None)

    def order_named(self, client_order_id: str) -> Order | None:
        """The order of a client's id, whatever became of it."""
        return next(iter(self._orders("WHERE client_order_id = ?", (client_order_id,))), None)

    def orders_of(self, list_id: int) -> list[Order]:
        """Both legs of an order list."""
        return self._orders("WHERE list_id = ? ORDER BY order_id", (list_id,))

    def orders_within(self, window: Window) -> list[Order]:
        """Orders of any status, oldest first."""
        return self._orders(*_window("order_id", "created_at", window))[:: _direction(window)]

    def order_list(self, list_id: int) -> OrderList | None:
        """The order list of an exchange's id."""
        return next(iter(self._lists("WHERE list_id = ?", (list_id,))), None)

    def list_named(self, client_order_id: str) -> OrderList | None:
        """The order list of a client's id."""
        return next(iter(self._lists("WHERE client_order_id = ?", (client_order_id,))), None)

    def open_lists(self) -> list[OrderList]:
        """Order lists that still rest, oldest first."""
        return self._lists("WHERE status = 'EXECUTING' ORDER BY list_id", ())

    def fills_of(self, order_id: int) -> list[Fill]:
        """Executions of one order."""
        return self._fills("WHERE order_id = ? ORDER BY trade_id", (order_id,))

    def fills_within(self, window: Window) -> list[Fill]:
        """Executions, oldest first."""
        return self._fills(*_window("trade_id", "at_ms", window))[:: _direction(window)]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Every table as rows with their column names: what tests judge by."""
        tables = ("state", "orders", "lists", "fills", "events", "refusals")
        return {table: self._rows(table) for table in tables}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        cursor = self._db.execute(f"SELECT * FROM {table} ORDER BY 1")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _orders(self, where: str, values: tuple[Any, ...]) -> list[Order]:
        return [
            Order(row[0], row[1], row[2], row[3], Kind(row[4]), Status(row[5]), *row[6:])
            for row in self._db.execute(f"SELECT * FROM orders {where}", values)
        ]

    def _lists(self, where: str, values: tuple[Any, ...]) -> list[OrderList]:
        return [
            OrderList(row[0], row[1], ListStatus(row[2]), row[3])
            for row in self._db.execute(f"SELECT * FROM lists {where}", values)
        ]

    def _fills(self, where: str, values: tuple[Any, ...]) -> list[Fill]:
        return [Fill(*row) for row in self._db.execute(f"SELECT * FROM fills {where}", values)]


def _values(row: State | Order | OrderList | Fill) -> tuple[Any, ...]:
    """The fields in order; `dataclasses.astuple` would copy each of them deeply."""
    return tuple(getattr(row, name) for name in row.__slots__)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _window(key: str, time: str, window: Window) -> tuple[str, tuple[Any, ...]]:
    order = "ASC" if _direction(window) == 1 else "DESC"
    where = f"WHERE {key} >= ? AND {time} >= ? AND {time} <= ? ORDER BY {key} {order} LIMIT ?"
    far = 2**63 - 1
    end = far if window.end_ms is None else window.end_ms
    return where, (window.from_id or 0, window.start_ms or 0, end, window.limit)


def _direction(window: Window) -> int:
    return -1 if window.from_id is None and window.start_ms is None else 1
