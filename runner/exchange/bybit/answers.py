"""What every answer of Bybit has around its rows: `result`, `list`, `category`, a cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable

#: The library puts a cursor into the address as it came; nothing in it may begin a parameter.
_CURSOR = re.compile(r"[A-Za-z0-9%_.,:=-]*")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one answer; `cursor` asks for those behind them, empty where there are none."""

    rows: list[Row]
    cursor: str


def result(document: Any) -> Row:
    """What the answer is about."""
    found = document.get("result") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        raise Unreadable("without `result`")
    return found


def listed(document: Any, category: str) -> list[Row]:
    """The rows of an answer about markets of one category."""
    return page(document, category).rows


def page(document: Any, category: str | None) -> Page:
    """The same with its cursor; `None` where an answer is about no category."""
    told = result(document)
    if category is not None:
        reading.equal("category", told.get("category"), category)
    cursor = told.get("nextPageCursor") or ""
    if not isinstance(cursor, str) or not _CURSOR.fullmatch(cursor):
        raise Unreadable("with a cursor that cannot be sent")
    return Page(reading.rows(told, "list"), cursor)


def stamp(row: Any, key: str) -> int:
    """UTC milliseconds, written as text."""
    found = reading.text(row, key)
    if not (found.isascii() and found.isdigit() and len(found) < 16):
        raise Unreadable(f"with a `{key}` that is no time")
    return int(found)


def amount(row: Any, key: str) -> Decimal:
    """A number as text; empty text is nothing."""
    if isinstance(row, dict) and row.get(key) == "":
        return Decimal(0)
    return reading.number(row, key)
