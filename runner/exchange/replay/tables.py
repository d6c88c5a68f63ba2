"""The ledger's tables, and the rows that no other module owns.

Money and quantities are REAL columns, that is the very doubles of the core.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TABLES = """
CREATE TABLE IF NOT EXISTS state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    step INTEGER NOT NULL, instant INTEGER NOT NULL, in_bar INTEGER NOT NULL,
    after INTEGER NOT NULL, symbol INTEGER NOT NULL, phase INTEGER NOT NULL,
    cash REAL NOT NULL, fees REAL NOT NULL, funding REAL NOT NULL);
CREATE TABLE IF NOT EXISTS positions (
    symbol TEXT PRIMARY KEY,
    side REAL NOT NULL, quantity REAL NOT NULL, entry_price REAL NOT NULL, margin REAL NOT NULL,
    funding REAL NOT NULL, leverage REAL NOT NULL, isolated INTEGER NOT NULL,
    updated_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    order_id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL, client_order_id TEXT NOT NULL UNIQUE,
    side TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, symbol TEXT NOT NULL,
    quantity REAL NOT NULL, spend REAL NOT NULL, price REAL NOT NULL, stop_price REAL NOT NULL,
    reduces INTEGER NOT NULL, post_only INTEGER NOT NULL, by_mark INTEGER NOT NULL,
    active_from INTEGER NOT NULL,
    executed REAL NOT NULL, executed_quote REAL NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS open_orders ON orders (order_id) WHERE status = 'NEW';
CREATE TABLE IF NOT EXISTS lists (
    list_id INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fills (
    trade_id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders,
    symbol TEXT NOT NULL, side TEXT NOT NULL, price REAL NOT NULL, quantity REAL NOT NULL,
    fee REAL NOT NULL, realized REAL NOT NULL, maker INTEGER NOT NULL, at_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS fills_of_order ON fills (order_id);
CREATE TABLE IF NOT EXISTS payments (
    payment_id INTEGER PRIMARY KEY, symbol TEXT NOT NULL, income REAL NOT NULL,
    at_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS bars (
    symbol TEXT NOT NULL, opened_at INTEGER NOT NULL, open REAL NOT NULL, high REAL NOT NULL,
    low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL, PRIMARY KEY (symbol, opened_at));
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, step INTEGER NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
    symbol TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refusals (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, client_order_id TEXT NOT NULL,
    code INTEGER NOT NULL, message TEXT NOT NULL);
"""

NAMES = ("state", "positions", "orders", "lists", "fills", "payments", "events", "refusals")


class EventKind(StrEnum):
    """What the event log tells apart.

    `step` of an event is the clock's: what a move of the clock brought carries the step that it
    led to, what a request did the step that it found. Wherever `step` changes, the clock moved.
    """

    ORDER = "order"
    ORDER_LIST = "order_list"
    FILL = "fill"
    LIQUIDATION = "liquidation"
    CANCEL = "cancel"
    EXPIRE = "expire"
    FUNDING = "funding"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class State:
    """Where the clock stands (see timeline.py), and `core.book`'s account."""

    step: int
    instant: int
    in_bar: int
    after: int
    symbol: int
    phase: int
    cash: float
    fees: float
    funding: float


@dataclass(frozen=True, slots=True)
class Holding:
    """`core.book`'s position of a symbol, and what the account has set for it.

    `leverage` is 0.0 on spot; `isolated` 1 where the margin is the position's own.
    """

    symbol: str
    side: float
    quantity: float
    entry_price: float
    margin: float
    funding: float
    leverage: float
    isolated: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a symbol (empty: of all) a list answer holds, at most `limit`.

    From an id or a time on the first, else the last.
    """

    symbol: str
    from_id: int | None
    start_ms: int | None
    end_ms: int | None
    limit: int
