"""What every answer of Bitget is wrapped in, and how it writes times; raises Unreadable."""

from __future__ import annotations

from typing import Any

from runner.exchange import reading
from runner.exchange.reading import Row
from runner.exchange.wire import Unreadable

#: The code of a good answer.
GOOD = "00000"


def data(document: Any) -> Any:
    """What a good answer holds."""
    reading.equal("code", reading.text(document, "code"), GOOD)
    return document.get("data")


def rows(document: Any, key: str = "") -> list[Row]:
    """A list of objects, below `key` of the data where it is named; none is written as null."""
    found = data(document)
    if key:
        if not isinstance(found, dict):
            raise Unreadable("not with the fields that are documented")
        found = found.get(key)
    return reading.listed([] if found is None else found)


def instant(row: Any, key: str) -> int:
    """UTC milliseconds, which are written as text."""
    found = reading.text(row, key)
    if not found.isdecimal():
        raise Unreadable(f"without a time in `{key}`")
    return int(found)


def said(row: Any, key: str) -> str:
    """Text that may be empty, or not be there."""
    found = row.get(key)
    if found is not None and not isinstance(found, str):
        raise Unreadable(f"with a `{key}` that is no text")
    return found or ""
