"""What every answer of BingX has around its rows, and its numbers: as text, or as numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable

#: How rows spell our id: contracts mostly the first, spot the second.
NAMES = ("clientOrderId", "clientOrderID")


def inside(document: Any) -> Any:
    """What the answer is about; `words.py` has seen its code."""
    if not isinstance(document, dict) or "data" not in document:
        raise Unreadable("without `data`")
    return document["data"]


def fields(document: Any) -> Row:
    """The same where it is an object."""
    found = inside(document)
    if not isinstance(found, dict):
        raise Unreadable("not with fields")
    return found


def listed(document: Any, key: str = "") -> list[Row]:
    """Rows below `data`, or below `key` in it; no rows may be told as null."""
    found = fields(document) if key else {"": inside(document)}
    if key not in found:
        raise Unreadable(f"without `{key}`")
    return reading.listed([] if found[key] is None else found[key])


def number(row: Any, key: str) -> Decimal:
    """A finite number, as text or as such; empty text is nothing."""
    if isinstance(row, dict) and row.get(key) == "":
        return Decimal(0)
    found = reading.fraction(row, key)
    if not found.is_finite():
        raise Unreadable(f"with a `{key}` that is not a number")
    return found


def stamp(row: Any, key: str) -> int:
    """UTC milliseconds, or another whole number that is not below zero."""
    found = row.get(key) if isinstance(row, dict) else None
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 20:
        return int(found)
    if type(found) is int and found >= 0:
        return found
    raise Unreadable(f"without a whole `{key}`")


def identity(row: Any) -> str:
    """The exchange's number of an order."""
    number = str(stamp(row, "orderId"))
    if number == "0":
        raise Unreadable("without a whole `orderId`")
    return number


def name_of(row: Row) -> str | None:
    """Our id in a row; empty where the order has none, `None` where the row does not tell."""
    told = [row[name] for name in NAMES if name in row]
    if not told:
        return None
    if not all(isinstance(name, str) for name in told):
        raise Unreadable("with a name of an order that is none")
    return next((name for name in told if name), "")
