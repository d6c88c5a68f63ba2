"""Fields of an answer, each with the kind it must have; raises Unreadable without its content."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from runner.exchange.wire import Unreadable

Row = Mapping[str, Any]

#: A number of money or goods has no more digits, and no greater power of ten.
_DIGITS, _POWER = 60, 30
_WHOLE = 2**63  # what a whole number stays below, either way


def rows(document: Any, key: str) -> list[Row]:
    """A list of objects below `key`."""
    return listed(document.get(key) if isinstance(document, dict) else None)


def fields(document: Any) -> Row:
    """An object."""
    if not isinstance(document, dict):
        raise Unreadable("not with the object that is documented")
    return document


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
    if type(found) is not int or abs(found) >= _WHOLE:
        raise Unreadable(f"without a whole `{key}`")
    return found


def number(row: Any, key: str) -> Decimal:
    """A finite number of sane size that is written as text, exactly."""
    return exact(text(row, key), key)


def fraction(row: Any, key: str) -> Decimal:
    """A number that is written as such, or as text; the shortest decimal that names it."""
    found = row.get(key) if isinstance(row, dict) else None
    if type(found) in (int, float):
        return exact(str(found), key)
    return number(row, key)


def exact(written: str, key: str) -> Decimal:
    """What is written; one that no market has would overflow whatever is reckoned with it."""
    try:
        found = Decimal(written) if len(written) <= 2 * _DIGITS else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise Unreadable(f"with a `{key}` that is not a number")
    _, digits, power = found.as_tuple()
    assert isinstance(power, int)  # it is finite
    if len(digits) > _DIGITS or abs(power) > _POWER or abs(found.adjusted()) > _POWER:
        raise Unreadable(f"with a `{key}` that is too long")
    return found


def equal(name: str, found: object, wanted: object) -> None:
    """What the answer says is what was sent or asked for."""
    if found != wanted:
        raise Unreadable(f"`{name}` is {found}, not {wanted}")
