"""The exchange's "no": code, text and HTTP status as Binance gives them.

Source of codes and texts: Binance spot API docs, errors.md.
"""

from __future__ import annotations


class Refusal(Exception):
    """Nothing happened; the request gets this answer."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def filter_failure(name: str) -> Refusal:
    """The order breaks a filter of `exchangeInfo`."""
    return Refusal(-1013, f"Filter failure: {name}")


def insufficient_balance() -> Refusal:
    """Cash or free base currency does not cover the order."""
    return Refusal(-2010, "Account has insufficient balance for requested action.")


def illegal(name: str, pattern: str) -> Refusal:
    """A parameter's text is not of its form."""
    return Refusal(
        -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern}'."
    )


def mandatory(name: str) -> Refusal:
    """A parameter is missing or empty."""
    return Refusal(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def not_permitted() -> Refusal:
    """The key is unknown or may not do this."""
    return Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)
