"""What every answer of OKX is wrapped in: `code`, `msg` and a list `data`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable


def rows(document: Any) -> list[Row]:
    """The rows of a good answer."""
    return reading.listed(_data(document))


def only(document: Any) -> Row:
    """The row of an answer that has one."""
    found = rows(document)
    if len(found) != 1:
        raise Unreadable("not with one row")
    return found[0]


def bills(document: Any) -> list[Row]:
    """A page of the account's bills, which has a next one behind its last number."""
    found = rows(document)
    for row in found:
        reading.text(row, "billId")
    return found


def lists(document: Any) -> list[list[Any]]:
    """The rows of a good answer whose rows are lists, as bars are."""
    found = _data(document)
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise Unreadable("not with the list that is documented")
    return found


def whole(document: Any) -> Mapping[str, Any]:
    """An answer as it came."""
    _data(document)
    found: Mapping[str, Any] = document
    return found


def instant(row: Row, key: str) -> int:
    """UTC milliseconds, which OKX writes as text."""
    digits = reading.text(row, key)
    if not digits.isascii() or not digits.isdecimal():
        raise Unreadable(f"with a `{key}` that is no instant")
    return int(digits)


def amount(row: Row, key: str) -> Decimal:
    """A number; nothing where it does not apply, which OKX writes as empty text or leaves out."""
    return reading.number(row, key) if row.get(key) else Decimal(0)


def _data(document: Any) -> Any:
    if not isinstance(document, dict) or document.get("code") != "0" or "data" not in document:
        raise Unreadable("not in the wrapping that is documented")
    return document["data"]


def server_time(document: Any) -> int:
    """UTC milliseconds."""
    return instant(only(document), "ts")
