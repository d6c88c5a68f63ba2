"""What every answer of Deribit is wrapped in (JSON-RPC), and its numbers.

Numbers are written as such, not as text: each is taken as the shortest decimal that names it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange import reading
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable


def result(document: Any) -> Any:
    """What a good answer holds."""
    if not isinstance(document, dict) or document.get("jsonrpc") != "2.0":
        raise Unreadable("not in the wrapping that is documented")
    if "result" not in document or "error" in document:
        raise Unreadable("not with a result alone")
    return document["result"]


def rows(document: Any) -> list[Row]:
    """A result that is a list of objects."""
    return reading.listed(result(document))


def fields(document: Any) -> Row:
    """A result that is an object."""
    found = result(document)
    if not isinstance(found, dict):
        raise Unreadable("not with fields")
    return found


def amount(row: Row, key: str) -> Decimal:
    """A finite number."""
    found = row.get(key)
    if type(found) in (int, float):
        return reading.exact(str(found), key)
    raise Unreadable(f"without a number `{key}`")


def some(row: Row, key: str) -> Decimal:
    """The same; nothing where it does not apply, and so is not told."""
    return Decimal(0) if row.get(key) is None else amount(row, key)


def server_time(document: Any) -> int:
    """UTC milliseconds."""
    return reading.whole({"time": result(document)}, "time")
