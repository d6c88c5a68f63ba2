"""The exchange's "no": code, text and HTTP status as Binance gives them.

Source of codes and texts: Binance spot API docs, errors.md; of futures the error-code page of the
USDⓈ-M docs.
"""

from __future__ import annotations

from runner.model.markets import MarketKind


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


def insufficient(kind: MarketKind) -> Refusal:
    """Cash, margin or free base currency does not cover the order."""
    if kind is MarketKind.FUTURES:
        return Refusal(-2019, "Margin is insufficient.")
    return Refusal(-2010, "Account has insufficient balance for requested action.")


def duplicate(kind: MarketKind, *, conditional: bool) -> Refusal:
    """The client's id was used before."""
    if kind is MarketKind.SPOT:
        return Refusal(-2010, "Duplicate order sent.")
    if conditional:
        return Refusal(-20132, "Client algo id is duplicated.")
    return Refusal(-4116, "ClientOrderId is duplicated.")


def would_take(kind: MarketKind) -> Refusal:
    """A post-only order that the next open is beyond."""
    if kind is MarketKind.SPOT:
        return Refusal(-2010, "Order would immediately match and take.")
    return Refusal(
        -5022,
        "Due to the order could not be executed as maker, the Post Only order will be rejected. "
        "The order will not be recorded in the order history",
    )


def too_small(kind: MarketKind, least: str) -> Refusal:
    """An order that opens is worth less than the market's minimum."""
    if kind is MarketKind.SPOT:
        return filter_failure("NOTIONAL")
    text = f"Order's notional must be no smaller than {least} (unless you choose reduce only)."
    return Refusal(-4164, text)


def market_closed(kind: MarketKind) -> Refusal:
    """No bar of the symbol follows."""
    if kind is MarketKind.SPOT:
        return Refusal(-1013, "Market is closed.")
    return Refusal(
        -4108, "Symbol is on delivering or delivered or settling or closed or pre-trading."
    )


def nothing_to_reduce() -> Refusal:
    """A reduce-only order without a position on the other side."""
    return Refusal(-2022, "ReduceOnly Order is rejected.")


def crossed() -> Refusal:
    """New exposure while the symbol's margin is crossed, which is not simulated."""
    return Refusal(
        -4087, "User can only place reduce only order until the symbol's marginType is ISOLATED."
    )


def unknown_order() -> Refusal:
    """A cancel names no resting order."""
    return Refusal(-2011, "Unknown order sent.")


def missing_order() -> Refusal:
    """A query names no order."""
    return Refusal(-2013, "Order does not exist.")


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
