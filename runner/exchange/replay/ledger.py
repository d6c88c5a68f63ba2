"""What the embedded exchange knows, in SQLite: it outlives every process, also a killed one.

What changes an order or a balance is committed with fsync before it is answered; a clock that
merely moved is committed without (the steps since the last fsync repeat themselves).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.exchange.replay.orders import Fill, Kind, ListStatus, Order, OrderList, Payment, Status
from runner.exchange.replay.tables import NAMES, TABLES, EventKind, Holding, State, Window

LEDGER_FILE = "exchange.db"

Row = State | Holding | Order | OrderList | Fill | Payment


class Ledger:
    """The open database. `at_commit` is called with "before" and "after" of each durable commit."""

    def __init__(self, path: Path) -> None:
        self.at_commit: Callable[[str], None] = lambda moment: None
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(TABLES)

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

    def move_clock(self, step: int, instant: int) -> None:
        """The bars up to `instant` have closed and nothing else happened."""
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(
            "UPDATE state SET step = ?, instant = ?, in_bar = 0, after = 0, symbol = 0, phase = 0",
            (step, instant),
        )

    def state(self) -> State | None:
        """`None` in a new ledger."""
        row = self._db.execute("SELECT * FROM state").fetchone()
        return None if row is None else State(*row[1:])

    def save_state(self, state: State) -> None:
        """Clock and account as they are now."""
        self._db.execute(f"INSERT OR REPLACE INTO state VALUES (1, {_marks(9)})", _values(state))

    def holdings(self) -> dict[str, Holding]:
        """Positions and settings by symbol; empty in a new ledger."""
        rows = [Holding(*row) for row in self._db.execute("SELECT * FROM positions")]
        return {row.symbol: row for row in rows}

    def save_holding(self, holding: Holding) -> None:
        """A position as it is now."""
        self._put("positions", holding)

    def save_order(self, order: Order) -> None:
        """A new order, or what became of one."""
        self._put("orders", order)

    def save_list(self, pair: OrderList) -> None:
        """A new order list, or what became of one."""
        self._put("lists", pair)

    def add_fill(self, fill: Fill) -> None:
        """One execution."""
        self._put("fills", fill)

    def add_payment(self, payment: Payment) -> None:
        """One payment of funding."""
        self._put("payments", payment)

    def add_event(
        self, step: int, at_ms: int, kind: EventKind, symbol: str, detail: dict[str, Any]
    ) -> None:
        """The next line of the event log, at the simulated time."""
        self._db.execute(
            "INSERT INTO events (step, at_ms, kind, symbol, detail) VALUES (?, ?, ?, ?, ?)",
            (step, at_ms, kind, symbol, json.dumps(detail)),
        )

    def add_refusal(self, at_ms: int, client_order_id: str, code: int, message: str) -> None:
        """A write that was refused; it changed nothing, but tells who asked twice."""
        with self.changes():
            self._db.execute(
                "INSERT INTO refusals (at_ms, client_order_id, code, message) VALUES (?, ?, ?, ?)",
                (at_ms, client_order_id, code, message),
            )

    def add_bars(
        self, symbol: str, rows: list[tuple[int, float, float, float, float, float]]
    ) -> None:
        """Bars that came into being after the start; `opened_at` first, as `bars_of` has them."""
        self._db.executemany(
            f"INSERT INTO bars VALUES ({_marks(7)})", [(symbol, *row) for row in rows]
        )

    def bars_of(self, symbol: str) -> list[tuple[int, float, float, float, float, float]]:
        """The same, oldest first."""
        wanted = "SELECT opened_at, open, high, low, close, volume FROM bars"
        return self._db.execute(
            f"{wanted} WHERE symbol = ? ORDER BY opened_at", (symbol,)
        ).fetchall()

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

    def orders_within(self, window: Window, which: str = "") -> list[Order]:
        """Orders of any status, oldest first; `which` is a further condition in SQL."""
        where, values = _window("order_id", "created_at", which, window)
        return self._orders(where, values)[:: _direction(window)]

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
        where, values = _window("trade_id", "at_ms", "", window)
        return self._fills(where, values)[:: _direction(window)]

    def payments_within(self, window: Window) -> list[Payment]:
        """Payments of funding, oldest first; of all symbols where the window names none."""
        where, values = _window("payment_id", "at_ms", "", window)
        found = self._db.execute(f"SELECT * FROM payments {where}", values)
        return [Payment(*row) for row in found][:: _direction(window)]

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Every table as rows with their column names: what tests judge by."""
        return {table: self._rows(table) for table in NAMES}

    def _put(self, table: str, row: Row) -> None:
        values = _values(row)
        self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({_marks(len(values))})", values)

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


def _values(row: Row) -> tuple[Any, ...]:
    """The fields in order; `dataclasses.astuple` would copy each of them deeply."""
    return tuple(getattr(row, name) for name in row.__slots__)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _window(key: str, time: str, which: str, window: Window) -> tuple[str, tuple[Any, ...]]:
    order = "ASC" if _direction(window) == 1 else "DESC"
    further = f"AND {which} " if which else ""
    where = (
        f"WHERE (symbol = ? OR ? = '') AND {key} >= ? AND {time} >= ? AND {time} <= ? {further}"
        f"ORDER BY {key} {order} LIMIT ?"
    )
    end = 2**63 - 1 if window.end_ms is None else window.end_ms
    start = window.start_ms or 0
    return where, (window.symbol, window.symbol, window.from_id or 0, start, end, window.limit)


def _direction(window: Window) -> int:
    return -1 if window.from_id is None and window.start_ms is None else 1
