"""Fields of an answer, each with the kind it must have; raises Unreadable without its content."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from runner.exchange.wire import Unreadable

Row = Mapping[str, Any]


def rows(document: Any, key: str) -> list[Row]:
    """A list of objects below `key`."""
    return listed(document.get(key) if isinstance(document, dict) else None)


def listed(document: Any) -> list[Row]:
    """A list of objects."""
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise Unreadable("not with the list that is documented")
    return document


def text(row: Any, key: str) -> str:
    """Text that is not empty."""
    found = row.get(key) if isinstance(row, dict) else None
    if not isinstance(found, str) or not found:
        raise Unreadable(f"without `{key}`")
    return found


def whole(row: Any, key: str) -> int:
    """A whole number."""
    found = row.get(key) if isinstance(row, dict) else None
    if type(found) is not int:
        raise Unreadable(f"without a whole `{key}`")
    return found


def number(row: Any, key: str) -> Decimal:
    """A finite number that is written as text, exactly."""
    try:
        found = Decimal(text(row, key))
    except InvalidOperation:
        raise Unreadable(f"with a `{key}` that is not a number") from None
    if not found.is_finite():
        raise Unreadable(f"with a `{key}` that is not a number")
    return found


def fraction(row: Any, key: str) -> Decimal:
    """A number that is written as such, or as text; the shortest decimal that names it."""
    found = row.get(key) if isinstance(row, dict) else None
    if type(found) in (int, float):
        return Decimal(repr(found))
    return number(row, key)


def equal(name: str, found: object, wanted: object) -> None:
    """What the answer says is what was sent or asked for."""
    if found != wanted:
        raise Unreadable(f"`{name}` is {found}, not {wanted}")
